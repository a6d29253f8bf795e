//! Questions in SQL to any store: the text with named parameters, how much may come back, and what did.
//!
//! A parameter is written `:name`. It is bound, never pasted into the text. What a user may write in each dialect is in
//! [`Dialect`]; nothing here opens a connection.

mod check;
mod error;
mod lexer;
mod parameter;
mod rewrite;

pub use error::{Located, QueryError, SqlProblem};
pub use parameter::Parameter;

pub(in crate::db) use check::{check_reads_only, statement_of};
pub use lexer::quoted;
pub(in crate::db) use rewrite::{Bound, bind, bind_each};

use std::sync::Arc;
use std::time::Duration;

use super::Table;

/// The kind of SQL that a store understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `PostgreSQL`, with `PostGIS` where the server has it.
    Postgres,
    /// `SQLite`: the embedded store.
    Sqlite,
}

/// A question: SQL in the dialect of the store that it is put to, and the values of its parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// One statement that reads. `:name` stands for a parameter, outside of texts, quoted names and comments.
    pub sql: String,
    /// The parameters by name, without the colon. Those that the text doesn't mention do no harm.
    pub parameters: Vec<(String, Parameter)>,
}

impl Query {
    /// A question without parameters.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), parameters: Vec::new() }
    }

    /// The same question with a value for a parameter; an earlier value of that name is replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Parameter>) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value.into()));
        self
    }
}

/// How much a question may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows that come back at most; the table says whether there were more.
    pub rows: usize,
    /// Bytes of values that come back at most, as the store sends them.
    pub bytes: usize,
    /// How long the store may take.
    pub timeout: Duration,
}

impl Default for Limits {
    /// 100,000 rows, 256 MiB, one minute.
    fn default() -> Self {
        Self { rows: 100_000, bytes: 256 << 20, timeout: Duration::from_mins(1) }
    }
}

/// What a store answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The rows; [`Table::is_truncated`] when the limits cut them off.
    pub table: Table,
    /// What the user should know besides, such as that the role may do more than read.
    pub notes: Vec<String>,
    /// From the question to the last row.
    pub elapsed: Duration,
}

/// Whether the one who asked has lost interest. It is looked at every few milliseconds, from another thread.
pub type IsCancelled<'a> = &'a (dyn Fn() -> bool + Sync);

/// A store that answers SQL. Every call blocks: make it from a job.
pub trait QueryStore: Send + Sync {
    /// The SQL that it understands.
    fn dialect(&self) -> Dialect;

    /// What the store is called, without any password.
    fn label(&self) -> String;

    /// Answers one question, in a transaction that can't write and is rolled back. Returns within 200 ms of a
    /// cancellation.
    fn query(&self, query: &Query, limits: &Limits, is_cancelled: IsCancelled<'_>) -> Result<Answer, QueryError>;
}

impl<S: QueryStore + ?Sized> QueryStore for Arc<S> {
    fn dialect(&self) -> Dialect {
        (**self).dialect()
    }

    fn label(&self) -> String {
        (**self).label()
    }

    fn query(&self, query: &Query, limits: &Limits, is_cancelled: IsCancelled<'_>) -> Result<Answer, QueryError> {
        (**self).query(query, limits, is_cancelled)
    }
}
