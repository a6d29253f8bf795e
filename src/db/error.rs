//! What can be wrong with a store: which file, what, and what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A store that couldn't be opened or read.
#[derive(Debug, Error)]
pub enum DbError {
    /// The file couldn't be read at all.
    #[error("{}: can't be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The ending is none that this module reads.
    #[error("{}: not a file of targets; open a .gpkg, .csv, .geojson or .shp file", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The content isn't what the ending says.
    #[error("{}: {problem}; {advice}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line or the byte where it is known.
        problem: String,
        /// What the user can do.
        advice: String,
    },
    /// The file holds no table with positions.
    #[error("{}: no targets in it: {problem}; {advice}", path.display())]
    NoTargets {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        problem: String,
        /// What the user can do.
        advice: String,
    },
    /// There is no such table.
    #[error("{}: no table named \"{table}\"; it has {}", path.display(), available.join(", "))]
    NoSuchTable {
        /// The file.
        path: PathBuf,
        /// The name that was asked for.
        table: String,
        /// The names that there are.
        available: Vec<String>,
    },
    /// The server can't be asked.
    #[error(transparent)]
    Connect(#[from] super::postgres::ConnectError),
    /// A question that the program itself has asked failed.
    #[error(transparent)]
    Query(Box<super::QueryError>),
    /// The database engine refused.
    #[error("{}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
}
