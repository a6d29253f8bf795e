//! Rows into a server's table by COPY: all of them in one transaction, or none.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use postgres::Transaction;

use super::catalog;
use super::connection::Connected;
use super::plan::{Plan, Source, table_name};
use super::{ConnectError, PostgresStore, deadline_of};
use crate::db::query::{QueryError, SqlProblem, quoted};
use crate::db::{DbError, Import, Imported, Value};

/// How long an import may take.
const TIMEOUT: Duration = Duration::from_hours(12);
/// Bytes that are sent at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// What goes wrong between two statements of an import.
enum Failure {
    Server(postgres::Error),
    Io(std::io::Error),
    Told(String),
    Stopped,
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self::Server(error)
    }
}

/// Shared with the side that waits.
#[derive(Default)]
struct State {
    rows: AtomicUsize,
    is_cancelled: AtomicBool,
}

impl PostgresStore {
    /// Writes tables, all or nothing. `progress` is told the rows so far and says whether to go on.
    pub fn import(
        &self,
        imports: Vec<Import>,
        progress: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Vec<Imported>, QueryError> {
        let deadline = deadline_of(Instant::now(), TIMEOUT);
        let state = Arc::new(State::default());
        let for_worker = Arc::clone(&state);
        let is_cancelled = || {
            let is_wanted = progress(state.rows.load(Ordering::Relaxed));
            if !is_wanted {
                state.is_cancelled.store(true, Ordering::Relaxed);
            }
            !is_wanted
        };
        let told = |trouble| self.told(trouble, TIMEOUT);
        let lent = self.pool.lend_new(deadline, &is_cancelled).map_err(told)?;
        let result = self
            .pool
            .run(lent, (deadline, &is_cancelled), move |connected| Ok(import(connected, &imports, &for_worker)));
        match result.map_err(told)? {
            Ok(Ok(imported)) => Ok(imported),
            Ok(Err(Failure::Stopped)) => Err(QueryError::Cancelled),
            Ok(Err(Failure::Told(message))) => Err(problem(message, None)),
            Ok(Err(Failure::Io(error))) => {
                let from_server = error.get_ref().and_then(|inner| inner.downcast_ref::<postgres::Error>());
                Err(from_server.map_or_else(|| problem(error.to_string(), None), |error| self.import_problem(error)))
            }
            Ok(Err(Failure::Server(error))) | Err(error) => Err(self.import_problem(&error)),
        }
    }

    fn import_problem(&self, error: &postgres::Error) -> QueryError {
        match error.as_db_error() {
            Some(said) => {
                let hint = said.detail().or(said.where_()).or(said.hint()).map(str::to_owned);
                problem(format!("nothing was imported: {}", said.message()), hint)
            }
            None => QueryError::Store(DbError::Connect(ConnectError::lost(error, self.settings()))),
        }
    }

    /// Runs statements that change the database, all or nothing.
    pub fn execute(&self, sql: &str) -> Result<(), QueryError> {
        let deadline = deadline_of(Instant::now(), TIMEOUT);
        let told = |trouble| self.told(trouble, TIMEOUT);
        let lent = self.pool.lend_new(deadline, &|| false).map_err(told)?;
        let sql = sql.to_owned();
        let result = self.pool.run(lent, (deadline, &|| false), move |connected| {
            let mut transaction = connected.client.transaction()?;
            transaction.batch_execute(&sql)?;
            transaction.commit()
        });
        result.map_err(told)?.map_err(|error| match error.as_db_error() {
            Some(said) => problem(said.message().to_owned(), said.hint().or(said.detail()).map(str::to_owned)),
            None => QueryError::Store(DbError::Connect(ConnectError::lost(&error, self.settings()))),
        })
    }
}

fn problem(message: String, hint: Option<String>) -> QueryError {
    QueryError::Sql(SqlProblem { message, hint, code: None, position: None })
}

fn import(connected: &mut Connected, imports: &[Import], state: &State) -> Result<Vec<Imported>, Failure> {
    let postgis = connected.info.postgis.as_ref().map(|(_, schema)| schema.clone());
    let mut plans = Vec::new();
    for import in imports {
        let name = table_name(&import.table_name);
        let found = catalog::table(connected, &name)?;
        plans.push(match found {
            None => Plan::for_new_table(import, &name, postgis.as_deref()),
            Some(found) => {
                let columns = catalog::columns(connected, &found.name)?;
                if let Some(geometry) = found.geometry.as_ref().filter(|geometry| !matches!(geometry.srid, 0 | 4326)) {
                    return Err(Failure::Told(format!(
                        "the geometries of {} are in EPSG:{}, what is imported in EPSG:4326; import into another table",
                        found.name, geometry.srid
                    )));
                }
                Plan::for_table(import, &found.name, &columns).map_err(Failure::Told)?
            }
        });
    }
    let mut transaction = connected.client.transaction()?;
    let mut imported: Vec<Imported> = Vec::new();
    let mut made: Vec<&str> = Vec::new();
    for (import, plan) in imports.iter().zip(&plans) {
        if let Some(create) = plan.create.as_ref().filter(|_| !made.contains(&plan.table.as_str())) {
            transaction.batch_execute(create)?;
            made.push(&plan.table);
        }
        copy(&mut transaction, import, plan, state)?;
        imported.push(Imported {
            table: import.table_name.clone(),
            sql_name: plan.table.clone(),
            is_new: plan.create.is_some(),
            rows: import.table.row_count(),
            columns: plan.columns.iter().map(|column| (column.name.clone(), column.type_name.clone())).collect(),
        });
    }
    let mut finished: Vec<&str> = Vec::new();
    for plan in &plans {
        if finished.contains(&plan.table.as_str()) {
            continue;
        }
        finished.push(&plan.table);
        transaction.batch_execute(&format!("{}ANALYZE {}", plan.finish, plan.table))?;
    }
    if state.is_cancelled.load(Ordering::Relaxed) {
        return Err(Failure::Stopped);
    }
    transaction.commit()?;
    Ok(imported)
}

/// Sends the rows in the text format of COPY (PostgreSQL 15, COPY, "Text Format").
fn copy(transaction: &mut Transaction<'_>, import: &Import, plan: &Plan, state: &State) -> Result<(), Failure> {
    let names: Vec<String> = plan.columns.iter().map(|column| quoted(&column.name)).collect();
    let mut writer = transaction.copy_in(&format!("COPY {} ({}) FROM STDIN", plan.table, names.join(", ")))?;
    let mut buffer = String::with_capacity(BUFFER_BYTES * 2);
    for row in 0..import.table.row_count() {
        for (at, column) in plan.columns.iter().enumerate() {
            if at > 0 {
                buffer.push('\t');
            }
            match field(import, &column.source, row) {
                None => buffer.push_str("\\N"),
                Some(text) => push_escaped(&mut buffer, &text),
            }
        }
        buffer.push('\n');
        if buffer.len() >= BUFFER_BYTES {
            if state.is_cancelled.load(Ordering::Relaxed) {
                return Err(Failure::Stopped);
            }
            writer.write_all(buffer.as_bytes()).map_err(Failure::Io)?;
            buffer.clear();
        }
        state.rows.fetch_add(1, Ordering::Relaxed);
    }
    writer.write_all(buffer.as_bytes()).map_err(Failure::Io)?;
    writer.finish()?;
    Ok(())
}

fn field(import: &Import, source: &Source, row: usize) -> Option<String> {
    let position = || import.positions.as_ref().and_then(|positions| positions.get(row));
    match source {
        Source::Column(at) => text_of(import.table.value(*at, row)),
        Source::Position => position().map(|place| format!("SRID=4326;POINT({} {})", place.lon_deg(), place.lat_deg())),
        Source::Longitude => position().map(|place| place.lon_deg().to_string()),
        Source::Latitude => position().map(|place| place.lat_deg().to_string()),
        Source::Rest(columns) => {
            let entries = columns.iter().filter_map(|at| {
                let value = import.table.value(*at, row);
                let name = import.table.column(*at)?.name().to_owned();
                (!value.is_null()).then(|| (name, json(value)))
            });
            Some(serde_json::Value::Object(entries.collect()).to_string())
        }
    }
}

fn json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(yes) => yes.into(),
        Value::Integer(whole) => whole.into(),
        // NaN has no form in JSON.
        Value::Real(real) => real.into(),
        other => other.to_string().into(),
    }
}

fn text_of(value: Value<'_>) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Real(real) if real.is_infinite() => Some(if real > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()),
        // A text with a NUL can't be stored at all; without it, it can.
        Value::Text(text) => Some(text.replace('\0', "")),
        other => Some(other.to_string()),
    }
}

fn push_escaped(buffer: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\\' => buffer.push_str("\\\\"),
            '\n' => buffer.push_str("\\n"),
            '\r' => buffer.push_str("\\r"),
            '\t' => buffer.push_str("\\t"),
            other => buffer.push(other),
        }
    }
}
