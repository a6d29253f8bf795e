//! Files as stores of targets: `GeoPackage`, CSV, `GeoJSON` and Shapefile, each read into one typed table, or asked in SQL.

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
mod shapefile;
mod sqlite;
mod wkb;
mod write;

pub use answers::{EmbeddedStore, TARGETS_TABLE};
pub use csv::CsvFile;
pub use geojson::GeoJsonFile;
pub use geopackage::GeoPackage;
pub use shapefile::Shapefile;
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
    Shapefile,
    Csv,
}

fn file_kind(path: &Path) -> Option<FileKind> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "gpkg" => Some(FileKind::GeoPackage),
        "geojson" => Some(FileKind::GeoJson),
        "shp" => Some(FileKind::Shapefile),
        "csv" | "tsv" => Some(FileKind::Csv),
        _ => None,
    }
}

/// True when the file's ending is one of a file of targets.
pub fn is_target_file(path: &Path) -> bool {
    file_kind(path).is_some()
}

/// The files of targets among `paths`, in their order. Of files that differ in their ending only, one export of the same
/// table in several formats, the `GeoPackage` is taken, else the `GeoJSON`, else the
/// Shapefile.
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
        Some(FileKind::Shapefile) => Ok(Box::new(Shapefile::new(path))),
        Some(FileKind::Csv) => Ok(Box::new(CsvFile::new(path))),
        None => Err(DbError::UnknownFormat { path: path.to_owned() }),
    }
}

/// Files that are read whole are refused above this: they would not leave room for the table that they make.
const MAX_WHOLE_BYTES: u64 = 512 << 20;

/// The bytes of a file of a size that fits in memory with what is made of it.
fn read_whole_file(path: &Path) -> Result<Vec<u8>, DbError> {
    let io = |source| DbError::Io { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MAX_WHOLE_BYTES {
        return Err(DbError::Malformed {
            path: path.to_owned(),
            problem: format!("{} MB, more than {} MB", bytes >> 20, MAX_WHOLE_BYTES >> 20),
            advice: "save it as a GeoPackage or split it".to_owned(),
        });
    }
    fs::read(path).map_err(io)
}

/// The bytes of the file of the same name with another ending, in small or in capital letters; `None` where there is none.
fn read_file_beside(path: &Path, ending: &str) -> Result<Option<Vec<u8>>, DbError> {
    let candidates = [ending.to_owned(), ending.to_ascii_uppercase()].map(|ending| path.with_extension(ending));
    candidates.iter().find(|path| path.is_file()).map(|path| read_whole_file(path)).transpose()
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
