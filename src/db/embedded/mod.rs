//! Files as stores of targets: `GeoPackage`, CSV and `GeoJSON`, each read into one typed table.

mod csv;
mod decode;

pub use csv::CsvFile;

use std::fs;
use std::path::Path;

use super::DbError;

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
