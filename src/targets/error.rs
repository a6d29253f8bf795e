//! Why a table holds no targets.

use thiserror::Error;

use crate::db::DbError;

/// A table that couldn't be made into targets.
#[derive(Debug, Error)]
pub enum TargetsError {
    /// Rows can't be told apart.
    #[error("{table} has no primary key, by which its rows could be shown page by page")]
    NoKey {
        /// The table.
        table: String,
    },
    /// The store couldn't be read.
    #[error(transparent)]
    Store(#[from] DbError),
    /// No column looks like a longitude or a latitude.
    #[error(
        "{set}: no column for the {part} (its columns: {}); name one \"{part}\" or choose it by hand",
        columns.join(", ")
    )]
    NoPositionColumn {
        /// The file or table.
        set: String,
        /// Longitude or latitude.
        part: &'static str,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// The mapping names a column that isn't there.
    #[error("{set}: no column \"{column}\" (its columns: {}); choose another", columns.join(", "))]
    NoSuchColumn {
        /// The file or table.
        set: String,
        /// The column that was asked for.
        column: String,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// Not one row has a position on the earth.
    #[error(
        "{set}: none of its {rows} rows has a position (row {line}: {reason}); give longitude and latitude in degrees, \
         or save it as a GeoPackage with its coordinate system"
    )]
    NoPositions {
        /// The file or table.
        set: String,
        /// Number of rows.
        rows: usize,
        /// Line or number of the first row.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}
