//! One question to an `SQLite` connection: bound, run until its end, its limits or its cancellation, and brought into
//! typed columns.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ToSql};

use super::sqlite;
use crate::db::query::{Bound, IsCancelled, Limits, Parameter, QueryError, SqlProblem};
use crate::db::wkt::text_of_geopackage;
use crate::db::{Answer, Column, ColumnBuilder, Inference, Table, Value, blob_text};

/// How often it is looked whether a question is still wanted.
const LOOK: Duration = Duration::from_millis(5);

/// A question that is ready to run.
pub(super) struct Run<'a> {
    pub(super) connection: &'a Connection,
    pub(super) bound: &'a Bound,
    pub(super) limits: &'a Limits,
    pub(super) deadline: Instant,
    pub(super) is_cancelled: IsCancelled<'a>,
}

/// Runs a question. Another thread looks meanwhile whether it is to be stopped.
pub(super) fn run(run: &Run<'_>, path: &Path) -> Result<Answer, QueryError> {
    let handle = run.connection.get_interrupt_handle();
    let (is_cancelled, deadline) = (run.is_cancelled, run.deadline);
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !is_done.load(Ordering::Acquire) {
                if is_cancelled() || Instant::now() >= deadline {
                    handle.interrupt();
                }
                std::thread::park_timeout(LOOK);
            }
        });
        let _end = EndOfWatch { is_done: &is_done, watcher: watcher.thread() };
        rows_of(run).map_err(|error| problem(error, run, path))
    })
}

/// Ends the watcher, also when the question ends by a panic.
struct EndOfWatch<'a> {
    is_done: &'a AtomicBool,
    watcher: &'a Thread,
}

impl Drop for EndOfWatch<'_> {
    fn drop(&mut self) {
        self.is_done.store(true, Ordering::Release);
        self.watcher.unpark();
    }
}

enum Failure {
    Sqlite(rusqlite::Error),
    Stopped,
    Writes,
    TooManyRows,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn rows_of(run: &Run<'_>) -> Result<Answer, Failure> {
    let mut statement = run.connection.prepare(&run.bound.sql)?;
    if !statement.readonly() {
        return Err(Failure::Writes);
    }
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let is_boolean = booleans(&statement);
    for (number, value) in (1..).zip(&run.bound.values) {
        statement.raw_bind_parameter(number, value)?;
    }
    let mut builders: Vec<ColumnBuilder> = names.iter().map(|_| ColumnBuilder::new()).collect();
    let (mut count, mut bytes, mut is_truncated) = (0_usize, 0_usize, false);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if count >= run.limits.rows || bytes >= run.limits.bytes {
            is_truncated = true;
            break;
        }
        // A short question may be over before the watcher has looked once.
        if count % 1024 == 0 && ((run.is_cancelled)() || Instant::now() >= run.deadline) {
            return Err(Failure::Stopped);
        }
        count += 1;
        for (at, builder) in builders.iter_mut().enumerate() {
            let is_boolean = is_boolean.get(at).copied().unwrap_or(false);
            bytes = bytes.saturating_add(push(builder, row.get_ref(at)?, is_boolean));
        }
    }
    let columns = names.into_iter().zip(builders);
    let columns = columns.map(|(name, builder)| Column::new(name, builder.finish(Inference::Temporal))).collect();
    let table = Table::new(columns).ok_or(Failure::TooManyRows)?;
    Ok(Answer { table: if is_truncated { table.truncated() } else { table }, ..Answer::default() })
}

fn booleans(statement: &Statement<'_>) -> Vec<bool> {
    let is_boolean = |declared: Option<&str>| declared.is_some_and(|name| name.eq_ignore_ascii_case("boolean"));
    statement.columns().map(|column| is_boolean(column.decl_type())).collect()
}

/// Appends a value; the bytes that it takes.
fn push(builder: &mut ColumnBuilder, value: ValueRef<'_>, is_boolean: bool) -> usize {
    match value {
        ValueRef::Null => builder.push(Value::Null),
        ValueRef::Integer(whole) if is_boolean => builder.push(Value::Bool(whole != 0)),
        ValueRef::Integer(whole) => builder.push(Value::Integer(whole)),
        ValueRef::Real(real) => builder.push(Value::Real(real)),
        ValueRef::Text(bytes) => {
            builder.push(Value::Text(&String::from_utf8_lossy(bytes)));
            return bytes.len();
        }
        ValueRef::Blob(bytes) => {
            let text = text_of_geopackage(bytes).unwrap_or_else(|| blob_text(bytes));
            builder.push(Value::Text(&text));
            return text.len();
        }
    }
    8
}

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match self {
            Self::Null => SqlValue::Null,
            Self::Bool(yes) => SqlValue::Integer(i64::from(*yes)),
            Self::Integer(whole) => SqlValue::Integer(*whole),
            Self::Real(real) => SqlValue::Real(*real),
            Self::Text(text) => return Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
            Self::Date(_) | Self::DateTime(_) | Self::List(_) => SqlValue::Text(self.to_string()),
        }))
    }
}

fn problem(failure: Failure, run: &Run<'_>, path: &Path) -> QueryError {
    let sql_problem = |message: String, position: Option<usize>| {
        let position = position.map(|made| run.bound.source_position(made));
        QueryError::Sql(SqlProblem { hint: hint(&message), message, code: None, position })
    };
    let stopped = || {
        if (run.is_cancelled)() { QueryError::Cancelled } else { QueryError::TimedOut { after: run.limits.timeout } }
    };
    match failure {
        Failure::Stopped => stopped(),
        Failure::Writes => QueryError::Refused {
            what: "this statement".to_owned(),
            reason: "it would change the database; questions only read".to_owned(),
            position: 0,
        },
        Failure::TooManyRows => sql_problem("more rows than can be counted".to_owned(), None),
        Failure::Sqlite(rusqlite::Error::SqlInputError { msg, offset, .. }) => {
            sql_problem(msg, usize::try_from(offset).ok())
        }
        Failure::Sqlite(error) => match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => stopped(),
            Some(
                ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::CannotOpen
                | ErrorCode::SystemIoFailure,
            ) => QueryError::Store(sqlite::wrap(path, error)),
            _ => {
                let message = match &error {
                    rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
                    other => other.to_string(),
                };
                sql_problem(message, None)
            }
        },
    }
}

/// What to do about the usual mistakes.
fn hint(message: &str) -> Option<String> {
    let hint = if message.starts_with("no such table") {
        "the targets of a file are in the table targets; SELECT name FROM sqlite_schema lists all"
    } else if message.starts_with("no such column") {
        "SELECT name FROM pragma_table_info('targets') lists the columns"
    } else if message.starts_with("no such function") {
        "the embedded store speaks SQLite's SQL, not PostgreSQL's"
    } else {
        return None;
    };
    Some(hint.to_owned())
}
