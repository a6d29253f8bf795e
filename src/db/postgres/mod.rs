//! `PostgreSQL` as a store: connecting as psql's users know it, and questions that can be stopped at any time.
//!
//! Each connection belongs to a worker thread of its own; see `pool`. Nothing is written but by an import that the user
//! asked for.

mod answer;
mod catalog;
mod columns;
mod connection;
mod conninfo;
mod copy;
mod decode;
mod error;
mod keyword;
mod numeric;
mod plan;
mod pool;
mod schema;
mod secret;
mod settings;
mod tables;
mod tls;
mod user_files;
mod vault;

pub use catalog::{ColumnIndex, GeometryColumn, ServerColumn, ServerTable};
pub use connection::ServerInfo;
pub use error::ConnectError;
pub use schema::{SCHEMA, grant_script};
pub use secret::Secret;
pub use settings::{ServerAddress, ServerLogin, SslMode};
pub use tables::DescribedTable;
pub use vault::{Vault, VaultError};

use std::time::{Duration, Instant};

use self::answer::{Asked, ask, problem};
use self::connection::Connected;
use self::pool::{Pool, Trouble};
use self::settings::Resolved;
use super::query::{Dialect, IsCancelled, Limits, Query, QueryError, QueryStore, SqlProblem, check_reads_only};
use super::{Answer, DbError};

/// A database on a server.
pub struct PostgresStore {
    pool: Pool,
    address: ServerAddress,
}

impl PostgresStore {
    /// A store on a server. It is connected to by the first question; only the settings are looked at now.
    pub fn new(login: &ServerLogin) -> Result<Self, ConnectError> {
        let settings = Resolved::of_user(login)?;
        let tls = tls::connector(&settings)?;
        Ok(Self { pool: Pool::new(settings, tls), address: login.address.clone() })
    }

    /// What was said about the server, without a password.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    fn settings(&self) -> &Resolved {
        self.pool.settings()
    }

    /// Connects, and tells what is there.
    pub fn info(&self, timeout: Duration, is_cancelled: IsCancelled<'_>) -> Result<ServerInfo, QueryError> {
        let deadline = deadline_of(Instant::now(), timeout);
        let info = self.with_connection(deadline, timeout, is_cancelled, |connected| {
            connected.client.simple_query("")?;
            connected.has_answered = true;
            Ok(connected.info.clone())
        })?;
        info.map_err(|error| QueryError::Store(DbError::Connect(ConnectError::lost(&error, self.pool.settings()))))
    }

    /// The schema in which this role makes tables.
    pub fn current_schema(&self) -> Result<String, QueryError> {
        let answer = self.query(&Query::new("SELECT current_schema()::text"), &Limits::default(), &|| false)?;
        Ok(answer.table.value(0, 0).as_str().unwrap_or("public").to_owned())
    }

    /// Does something with a connection. One that has died since it was used last is replaced, once.
    fn with_connection<T: Send + 'static>(
        &self,
        deadline: Instant,
        timeout: Duration,
        is_cancelled: IsCancelled<'_>,
        work: impl Fn(&mut Connected) -> Result<T, postgres::Error> + Clone + Send + 'static,
    ) -> Result<Result<T, postgres::Error>, QueryError> {
        let told = |trouble| self.told(trouble, timeout);
        let lent = self.pool.lend(deadline, is_cancelled).map_err(told)?;
        match self.pool.run(lent, (deadline, is_cancelled), work.clone()) {
            Err(Trouble::Stale) => {}
            other => return other.map_err(told),
        }
        let lent = self.pool.lend_new(deadline, is_cancelled).map_err(told)?;
        self.pool.run(lent, (deadline, is_cancelled), work).map_err(told)
    }

    fn told(&self, trouble: Trouble, timeout: Duration) -> QueryError {
        match trouble {
            Trouble::Cancelled => QueryError::Cancelled,
            Trouble::TimedOut => QueryError::TimedOut { after: timeout },
            Trouble::Connect(error) => QueryError::Store(DbError::Connect(error)),
            Trouble::Stale | Trouble::Gone => QueryError::Store(DbError::Connect(ConnectError::Lost {
                server: self.pool.settings().label(),
                reason: "the connection ended unexpectedly".to_owned(),
            })),
        }
    }
}

impl QueryStore for PostgresStore {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn label(&self) -> String {
        self.pool.settings().label()
    }

    fn query(&self, query: &Query, limits: &Limits, is_cancelled: IsCancelled<'_>) -> Result<Answer, QueryError> {
        let start = Instant::now();
        check_reads_only(&query.sql, Dialect::Postgres)?;
        let asked = std::sync::Arc::new(Asked::new(query, limits)?);
        let deadline = deadline_of(start, limits.timeout);
        let for_worker = std::sync::Arc::clone(&asked);
        let result = self.with_connection(deadline, limits.timeout, is_cancelled, move |connected| {
            let table = ask(connected, &for_worker)?;
            Ok((table, connected.info.warnings.clone()))
        })?;
        match result {
            Ok((Some(table), notes)) => Ok(Answer { table, notes, elapsed: start.elapsed() }),
            Ok((None, _)) => Err(QueryError::Sql(SqlProblem {
                message: "more rows than can be counted, or a parameter without a name".to_owned(),
                hint: Some("write parameters as :name, not as $1".to_owned()),
                code: None,
                position: None,
            })),
            Err(error) => Err(problem(&error, &asked, self.pool.settings())),
        }
    }
}

fn deadline_of(start: Instant, timeout: Duration) -> Instant {
    start.checked_add(timeout).unwrap_or(start + Duration::from_hours(24 * 365))
}
