//! What every store of targets answers, be it a file or a server.

use super::error::DbError;
use super::table::Table;

/// A table of a store, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// The name to ask for.
    pub name: String,
    /// Rows, where the store knows the number without counting.
    pub row_count: Option<u64>,
    /// True when the rows have a position of their own (a geometry column).
    pub has_geometry: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The line of a text file (from 1), the feature's number (from 1), or the row's key in a database.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// What came out of one table of a store.
#[derive(Debug, Clone, Default)]
pub struct ReadTable {
    /// The rows, in the store's order.
    pub table: Table,
    /// Place of the longitude and latitude columns (WGS 84 degrees) that were made from a geometry.
    pub geometry_columns: Option<(usize, usize)>,
    /// The line (or number, or key) in the source of each row of `table`.
    pub lines: Vec<u64>,
    /// Rows that couldn't be read, with the reason.
    pub set_aside: Vec<SetAside>,
    /// What else the user should know, such as an approximate change of datum.
    pub notes: Vec<String>,
}

/// A store of tables. Reading blocks: call it from a job.
pub trait Store: Send + Sync {
    /// The tables that can be read, those with positions first.
    fn tables(&self) -> Result<Vec<TableInfo>, DbError>;

    /// Reads a table, at most `max_rows` of it; the answer says whether there were more.
    fn read(&self, table: &str, max_rows: usize) -> Result<ReadTable, DbError>;
}
