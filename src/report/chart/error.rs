//! Why a table and a wish make no chart.

use thiserror::Error;

use super::ChartKind;

/// What is wrong with a wish.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChartError {
    /// A column that the chart can't do without was not named.
    #[error("a {kind} needs a column for {part}")]
    ColumnMissing {
        /// The kind of chart.
        kind: ChartKind,
        /// What the column is for.
        part: &'static str,
    },
    /// The table has no column of this name.
    #[error("there is no column \"{column}\" (the columns: {}); choose another for {part}", columns.join(", "))]
    NoSuchColumn {
        /// The name that was asked for.
        column: String,
        /// What the column is for.
        part: &'static str,
        /// The names that there are.
        columns: Vec<String>,
    },
    /// The column holds something else than the part needs.
    #[error("the column \"{column}\" holds no {needed}; choose another for {part}")]
    WrongKind {
        /// The column.
        column: String,
        /// What the column is for.
        part: &'static str,
        /// What it would have to hold.
        needed: &'static str,
    },
}
