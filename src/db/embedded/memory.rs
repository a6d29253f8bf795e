//! A table of a text file as a table of an `SQLite` database in memory.

use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Connection, Result, params_from_iter};

use crate::db::query::quoted;
use crate::db::{Column, Table, Value, ValueKind};

/// Loads a table under a name, and under a second one if that differs.
pub(super) fn load(table: &Table, name: &str, other_name: &str) -> Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(&create_table(table, name))?;
    if !table.columns().is_empty() {
        insert(&transaction, table, name)?;
    }
    if !other_name.eq_ignore_ascii_case(name) {
        let view = format!("CREATE VIEW {} AS SELECT * FROM {}", quoted(other_name), quoted(name));
        transaction.execute_batch(&view)?;
    }
    transaction.commit()?;
    Ok(connection)
}

/// The statement that makes a table of these columns.
pub(super) fn create_table(table: &Table, name: &str) -> String {
    let column = |column: &Column| format!("{} {}", quoted(column.name()), declared(column.kind()));
    let columns: Vec<String> = table.columns().iter().map(column).collect();
    format!("CREATE TABLE {} ({})", quoted(name), columns.join(", "))
}

/// The type that a `GeoPackage` declares for a kind (OGC 12-128r19, table 1).
pub(super) fn declared(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Bool => "BOOLEAN",
        ValueKind::Integer => "INTEGER",
        ValueKind::Real => "REAL",
        ValueKind::Date => "DATE",
        ValueKind::DateTime => "DATETIME",
        ValueKind::Text => "TEXT",
    }
}

fn insert(connection: &Connection, table: &Table, name: &str) -> Result<()> {
    let marks: Vec<String> = (1..=table.columns().len()).map(|number| format!("?{number}")).collect();
    let mut statement = connection.prepare(&format!("INSERT INTO {} VALUES ({})", quoted(name), marks.join(", ")))?;
    for row in 0..table.row_count() {
        statement.execute(params_from_iter(table.columns().iter().map(|column| bindable(column.value(row)))))?;
    }
    Ok(())
}

/// A cell as `SQLite` keeps it: days and times as texts.
pub(super) fn bindable(value: Value<'_>) -> ToSqlOutput<'_> {
    match value {
        Value::Null => ToSqlOutput::Owned(SqlValue::Null),
        Value::Bool(yes) => ToSqlOutput::Owned(SqlValue::Integer(i64::from(yes))),
        Value::Integer(whole) => ToSqlOutput::Owned(SqlValue::Integer(whole)),
        Value::Real(real) => ToSqlOutput::Owned(SqlValue::Real(real)),
        Value::Date(date) => ToSqlOutput::Owned(SqlValue::Text(date.to_string())),
        Value::DateTime(instant) => ToSqlOutput::Owned(SqlValue::Text(instant.to_string())),
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
    }
}
