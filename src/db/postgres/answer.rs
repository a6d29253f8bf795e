//! One question of the user's: one prepared statement in a transaction that only reads and is rolled back, its rows
//! fetched in portions until the end or a limit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use postgres::error::{ErrorPosition, SqlState};
use postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Row, Statement, Transaction};

use super::ConnectError;
use super::columns::Columns;
use super::connection::Connected;
use super::decode::is_known;
use super::pool::is_broken;
use super::settings::Resolved;
use crate::db::query::{
    Bound, Dialect, Limits, Parameter, Query, QueryError, SqlProblem, bind, bind_each, quoted, statement_of,
};
use crate::db::{DbError, Table};

/// Rows of the first portion; the next ones have as many as make some megabytes.
const FIRST_PORTION: usize = 200;
const PORTION_BYTES: usize = 4 << 20;
const MOST_OF_PORTION: usize = 20_000;
/// How long a question waits for a table that somebody else has locked.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// A question that is ready to run.
pub(super) struct Asked {
    /// One number for each name.
    shared: Bound,
    /// One number each time that a name occurs.
    each: Bound,
    uses_each: AtomicBool,
    limits: Limits,
}

impl Asked {
    pub(super) fn new(query: &Query, limits: &Limits) -> Result<Self, QueryError> {
        Ok(Self {
            shared: bind(query, Dialect::Postgres)?,
            each: bind_each(query, Dialect::Postgres)?,
            uses_each: AtomicBool::new(false),
            limits: *limits,
        })
    }

    fn bound(&self) -> &Bound {
        if self.uses_each.load(Ordering::Relaxed) { &self.each } else { &self.shared }
    }
}

/// Asks. The error is the server's; [`problem`] says what it means.
pub(super) fn ask(connected: &mut Connected, asked: &Asked) -> Result<Option<Table>, postgres::Error> {
    let start = Instant::now();
    let mut transaction = connected.client.build_transaction().read_only(true).start()?;
    connected.has_answered = true;
    let answer = answer(&mut transaction, asked, start);
    // What the server still works on was cancelled or has failed; ending the transaction is all that is left.
    let ended = transaction.rollback();
    let answer = answer?;
    ended?;
    Ok(answer)
}

fn answer(transaction: &mut Transaction<'_>, asked: &Asked, start: Instant) -> Result<Option<Table>, postgres::Error> {
    let timeout = asked.limits.timeout;
    transaction.batch_execute(&format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        milliseconds(timeout),
        milliseconds(timeout.min(LOCK_TIMEOUT))
    ))?;
    let statement = match prepare(transaction, &asked.shared.sql, &asked.shared.values) {
        Err(error) if is_about_types(&error) && asked.each != asked.shared => {
            asked.uses_each.store(true, Ordering::Relaxed);
            prepare(transaction, &asked.each.sql, &asked.each.values)?
        }
        prepared => prepared?,
    };
    let bound = asked.bound();
    let names: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
    let statement = if types.iter().all(is_known) { statement } else { with_texts(transaction, bound, &types)? };
    let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
    let values: Vec<TextValue<'_>> = bound.values.iter().map(TextValue).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    if statement.params().len() != values.len() {
        // A `$1` of the user's own.
        return Ok(None);
    }
    let portal = transaction.bind(&statement, &values)?;
    let mut columns = Columns::new(&names, &types);
    let mut portion = FIRST_PORTION;
    let mut is_truncated = false;
    loop {
        let wanted = portion.min(asked.limits.rows.saturating_sub(columns.row_count()).saturating_add(1));
        let rows = transaction.query_portal(&portal, i32::try_from(wanted).unwrap_or(i32::MAX))?;
        let is_last = rows.len() < wanted;
        for row in &rows {
            if columns.row_count() >= asked.limits.rows || columns.bytes() >= asked.limits.bytes {
                is_truncated = true;
                break;
            }
            push(&mut columns, row, &types)?;
        }
        // The server's own deadline is for one portion.
        if is_last || is_truncated {
            break;
        }
        if start.elapsed() >= timeout {
            return Ok(columns.finish().map(Table::truncated));
        }
        let bytes_of_row = (columns.bytes() / columns.row_count().max(1)).max(1);
        portion = (PORTION_BYTES / bytes_of_row).clamp(1, MOST_OF_PORTION);
    }
    Ok(columns.finish().map(|table| if is_truncated { table.truncated() } else { table }))
}

fn milliseconds(duration: Duration) -> u128 {
    // Zero would mean for ever, and the server's setting has 31 bits.
    duration.as_millis().clamp(1, 2_147_483_647)
}

fn push(columns: &mut Columns, row: &Row, types: &[Type]) -> Result<(), postgres::Error> {
    columns.count_row(row.raw_size_bytes());
    for (at, ty) in types.iter().enumerate() {
        let Raw(bytes) = row.try_get(at)?;
        columns.push(at, ty, bytes);
    }
    Ok(())
}

/// Prepares the statement. The server finds out what type each parameter is of; where it can't, the value tells.
fn prepare(transaction: &mut Transaction<'_>, sql: &str, values: &[Parameter]) -> Result<Statement, postgres::Error> {
    let mut types = vec![Type::UNKNOWN; values.len()];
    loop {
        // A failed statement ends the transaction; a savepoint keeps it.
        let mut savepoint = transaction.savepoint("prepare")?;
        match savepoint.prepare_typed(sql, &types) {
            Ok(statement) => {
                savepoint.commit()?;
                return Ok(statement);
            }
            Err(error) => {
                savepoint.rollback()?;
                let number = undetermined(&error).filter(|_| is_about_types(&error));
                let place = number.and_then(|number| number.checked_sub(1));
                match place.and_then(|place| Some((types.get_mut(place)?, values.get(place)?))) {
                    Some((ty, value)) if *ty == Type::UNKNOWN => *ty = type_of(value),
                    _ => return Err(error),
                }
            }
        }
    }
}

/// True where the server can't tell what type a parameter has.
fn is_about_types(error: &postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::INDETERMINATE_DATATYPE | &SqlState::AMBIGUOUS_PARAMETER | &SqlState::UNDEFINED_FUNCTION)
    )
}

/// The number of the parameter in "could not determine data type of parameter $1", in any language.
fn undetermined(error: &postgres::Error) -> Option<usize> {
    let message = error.as_db_error()?.message();
    let after = message.rsplit_once('$')?.1;
    after.get(..after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()))?.parse().ok()
}

fn type_of(value: &Parameter) -> Type {
    match value {
        Parameter::Bool(_) => Type::BOOL,
        Parameter::Integer(_) => Type::INT8,
        Parameter::Real(_) => Type::FLOAT8,
        Parameter::Date(_) => Type::DATE,
        Parameter::DateTime(_) => Type::TIMESTAMP,
        Parameter::Null | Parameter::Text(_) | Parameter::List(_) => Type::TEXT,
    }
}

/// The same statement with the columns that can't be read here as texts.
fn with_texts(transaction: &mut Transaction<'_>, bound: &Bound, types: &[Type]) -> Result<Statement, postgres::Error> {
    let aliases: Vec<String> = (1..=types.len()).map(|number| quoted(&format!("c{number}"))).collect();
    let selected: Vec<String> = types
        .iter()
        .zip(&aliases)
        .map(|(ty, alias)| if is_known(ty) { alias.clone() } else { format!("{alias}::text") })
        .collect();
    let sql = format!(
        "SELECT {} FROM (\n{}\n) AS q({})",
        selected.join(", "),
        statement_of(&bound.sql, Dialect::Postgres),
        aliases.join(", ")
    );
    prepare(transaction, &sql, &bound.values)
}

/// A value in text form: the server reads it as whatever type it expects.
#[derive(Debug)]
struct TextValue<'a>(&'a Parameter);

impl ToSql for TextValue<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        if *self.0 == Parameter::Null {
            return Ok(IsNull::Yes);
        }
        out.extend_from_slice(self.0.to_string().as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// The bytes of a value of any type.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// What the server's error means for the one who asked.
pub(super) fn problem(error: &postgres::Error, asked: &Asked, settings: &Resolved) -> QueryError {
    let Some(said) = error.as_db_error() else {
        return QueryError::Store(DbError::Connect(ConnectError::lost(error, settings)));
    };
    if is_broken(error) || *said.code() == SqlState::ADMIN_SHUTDOWN {
        return QueryError::Store(DbError::Connect(ConnectError::lost(error, settings)));
    }
    let position = match said.position() {
        Some(ErrorPosition::Original(number)) => {
            Some(asked.bound().source_position_of_character(usize::try_from(*number).unwrap_or(usize::MAX)))
        }
        _ => None,
    };
    match *said.code() {
        SqlState::QUERY_CANCELED => QueryError::TimedOut { after: asked.limits.timeout },
        SqlState::READ_ONLY_SQL_TRANSACTION => QueryError::Refused {
            what: "this statement".to_owned(),
            reason: format!("it would change the database; questions only read ({})", said.message()),
            position: position.unwrap_or(0),
        },
        _ => QueryError::Sql(SqlProblem {
            message: said.message().to_owned(),
            hint: hint(said),
            code: Some(said.code().code().to_owned()),
            position,
        }),
    }
}

/// The server's hint or detail, or what is usually the matter.
fn hint(said: &postgres::error::DbError) -> Option<String> {
    if let Some(hint) = said.hint().or_else(|| said.detail()) {
        return Some(hint.to_owned());
    }
    let hint = match *said.code() {
        SqlState::UNDEFINED_TABLE => {
            "SELECT table_schema, table_name FROM information_schema.tables lists the tables; \
             one outside of the search path needs its schema: schema.table"
        }
        SqlState::INSUFFICIENT_PRIVILEGE => "ask the owner for GRANT SELECT",
        SqlState::LOCK_NOT_AVAILABLE => "somebody else has locked the table; try again",
        SqlState::AMBIGUOUS_PARAMETER | SqlState::INDETERMINATE_DATATYPE => "say its type, as in :name::text",
        _ => return None,
    };
    Some(hint.to_owned())
}
