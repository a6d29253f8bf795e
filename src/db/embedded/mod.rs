//! Files as stores of targets: `GeoPackage`, CSV and `GeoJSON`, each read into one typed table, or asked in SQL.

mod answer;
mod answers;
mod csv;
mod decode;
mod functions;
mod geojson;
mod geometry;
mod geopackage;
mod memory;
mod placed;
mod sqlite;
mod wkb;
mod write;

pub use answers::{EmbeddedStore, TARGETS_TABLE};
pub use csv::CsvFile;
pub use geojson::GeoJsonFile;
pub use geopackage::GeoPackage;
pub use write::{create_geopackage, import_into_geopackage};

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{DbError, Store};

/// The kinds of file that hold targets, the one to prefer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FileKind {
    GeoPackage,
    GeoJson,
    Csv,
}

fn file_kind(path: &Path) -> Option<FileKind> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "gpkg" => Some(FileKind::GeoPackage),
        "geojson" => Some(FileKind::GeoJson),
        "csv" | "tsv" => Some(FileKind::Csv),
        _ => None,
    }
}

/// True when the file's ending is one of a file of targets.
pub fn is_target_file(path: &Path) -> bool {
    file_kind(path).is_some()
}

/// The files of targets among `paths`, in their order. Of files that differ in their ending only, one export of the same
/// table in several formats, the `GeoPackage` is taken, else the `GeoJSON`.
pub fn target_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut best: BTreeMap<PathBuf, FileKind> = BTreeMap::new();
    let kinds = || paths.iter().filter_map(|path| Some((path, path.with_extension(""), file_kind(path)?)));
    for (_, stem, kind) in kinds() {
        let entry = best.entry(stem).or_insert(kind);
        *entry = kind.min(*entry);
    }
    kinds().filter(|(_, stem, kind)| best.get(stem) == Some(kind)).map(|(path, ..)| path.clone()).collect()
}

/// The store in a file, by its ending. Nothing is read yet.
pub fn open(path: &Path) -> Result<Box<dyn Store>, DbError> {
    match file_kind(path) {
        Some(FileKind::GeoPackage) => Ok(Box::new(GeoPackage::new(path))),
        Some(FileKind::GeoJson) => Ok(Box::new(GeoJsonFile::new(path))),
        Some(FileKind::Csv) => Ok(Box::new(CsvFile::new(path))),
        None => Err(DbError::UnknownFormat { path: path.to_owned() }),
    }
}

/// Text files above this are refused: they would not leave room for the table that they make.
const MAX_TEXT_BYTES: u64 = 512 << 20;

/// The bytes of a text file of a size that fits in memory with what is made of it.
fn read_text_file(path: &Path) -> Result<Vec<u8>, DbError> {
    let io = |source| DbError::Io { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MAX_TEXT_BYTES {
        return Err(DbError::Malformed {
            path: path.to_owned(),
            problem: format!("{} MB, more than {} MB", bytes >> 20, MAX_TEXT_BYTES >> 20),
            advice: "save it as a GeoPackage or split it".to_owned(),
        });
    }
    fs::read(path).map_err(io)
}

/// The file's name without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_exports_of_one_table_the_geopackage_is_taken() {
        let paths =
            ["a/targets.csv", "a/notes.txt", "a/targets.GPKG", "b/targets.csv", "a/ships.geojson", "a/ships.csv"];
        let taken = target_files(&paths.map(PathBuf::from));
        assert_eq!(taken, ["a/targets.GPKG", "b/targets.csv", "a/ships.geojson"].map(PathBuf::from));
    }

    #[test]
    fn an_unknown_ending_names_the_known_ones() {
        let error = open(Path::new("a/targets.xlsx")).err().unwrap().to_string();
        assert!(error.contains("targets.xlsx") && error.contains(".gpkg"), "{error}");
    }
}
