//! SQL to a file of targets. A `GeoPackage` is asked as it is, read-only; its feature tables have columns `longitude` and
//! `latitude` besides. A CSV or `GeoJSON` file is loaded into memory as table `targets`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::Connection;

use super::answer::{Run, run};
use super::functions::{self, LonLatOf};
use super::{FileKind, GeoPackage, file_kind, memory, open, sqlite, stem};
use crate::db::query::{Dialect, IsCancelled, Limits, Query, QueryError, QueryStore, bind, check_reads_only};
use crate::db::{Answer, DbError};

/// The table that a file of targets is asked under, whatever the file is called.
pub const TARGETS_TABLE: &str = "targets";

/// How often a question that waits for its turn looks whether it is still wanted.
const TURN: Duration = Duration::from_millis(5);

/// A file of targets that answers SQL.
pub struct EmbeddedStore {
    path: PathBuf,
    is_geopackage: bool,
    idle: Mutex<Idle>,
}

/// Connections that nobody uses, and what the file was like when they were made.
#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    stamp: Option<Stamp>,
    /// A table in memory is loaded once, and asked by one at a time.
    is_loaned: bool,
}

/// Tells a file that was changed from one that wasn't.
type Stamp = (u64, Option<SystemTime>);

impl EmbeddedStore {
    /// A store on a `GeoPackage`, CSV or `GeoJSON` file. It is opened, and loaded if need be, by the first question.
    pub fn new(path: &Path) -> Result<Self, DbError> {
        let Some(kind) = file_kind(path) else { return Err(DbError::UnknownFormat { path: path.to_owned() }) };
        Ok(Self { path: path.to_owned(), is_geopackage: kind == FileKind::GeoPackage, idle: Mutex::default() })
    }

    fn stamp(&self) -> Result<Stamp, DbError> {
        let metadata =
            std::fs::metadata(&self.path).map_err(|source| DbError::Io { path: self.path.clone(), source })?;
        Ok((metadata.len(), metadata.modified().ok()))
    }

    /// A connection to what the file holds now. Of a table in memory there is one, which is waited for.
    fn take(&self, deadline: Instant, is_cancelled: IsCancelled<'_>) -> Result<Connection, QueryError> {
        let stamp = self.stamp()?;
        loop {
            {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                if idle.stamp != Some(stamp) {
                    *idle = Idle { stamp: Some(stamp), is_loaned: idle.is_loaned, ..Idle::default() };
                }
                if let Some(connection) = idle.connections.pop() {
                    idle.is_loaned = true;
                    return Ok(connection);
                }
                if self.is_geopackage || !idle.is_loaned {
                    idle.is_loaned = true;
                    break;
                }
            }
            if is_cancelled() {
                return Err(QueryError::Cancelled);
            }
            if Instant::now() >= deadline {
                return Err(QueryError::TimedOut { after: Duration::ZERO });
            }
            std::thread::sleep(TURN);
        }
        self.connect().inspect_err(|_| self.give_back(None, stamp)).map_err(QueryError::from)
    }

    fn give_back(&self, connection: Option<Connection>, stamp: Stamp) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.is_loaned = false;
        // A connection to what the file held before is of no use any more.
        if idle.stamp == Some(stamp) {
            idle.connections.extend(connection);
        }
    }

    fn connect(&self) -> Result<Connection, DbError> {
        if self.is_geopackage { self.connect_geopackage() } else { self.load() }
    }

    /// Opens a `GeoPackage` with a view over each of its feature tables that has longitude and latitude.
    fn connect_geopackage(&self) -> Result<Connection, DbError> {
        let connection = sqlite::open(&self.path)?;
        let file = GeoPackage::new(&self.path);
        let layers = file.layers(&connection)?;
        let systems = layers.iter().filter_map(|layer| layer.lon_lat.clone()).collect();
        let lon_lat_of: LonLatOf = Arc::new(systems);
        let wrap = |error| sqlite::wrap(&self.path, error);
        functions::add(&connection, &lon_lat_of).map_err(wrap)?;
        connection.pragma_update(None, "temp_store", "MEMORY").map_err(wrap)?;
        for layer in &layers {
            connection.execute_batch(&layer.view(&layer.table)).map_err(wrap)?;
        }
        let has_targets = file.table_names(&connection)?.iter().any(|name| name.eq_ignore_ascii_case(TARGETS_TABLE));
        if let Some(first) = layers.first().filter(|_| !has_targets) {
            connection.execute_batch(&first.view(TARGETS_TABLE)).map_err(wrap)?;
        }
        Ok(connection)
    }

    /// Loads a text file into memory.
    fn load(&self) -> Result<Connection, DbError> {
        let store = open(&self.path)?;
        let read = store.read(&stem(&self.path), usize::MAX)?;
        let wrap = |error| sqlite::wrap(&self.path, error);
        let connection = memory::load(&read.table, TARGETS_TABLE, &stem(&self.path)).map_err(wrap)?;
        functions::add(&connection, &LonLatOf::default()).map_err(wrap)?;
        connection.pragma_update(None, "query_only", true).map_err(wrap)?;
        Ok(connection)
    }
}

impl QueryStore for EmbeddedStore {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn label(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    fn query(&self, query: &Query, limits: &Limits, is_cancelled: IsCancelled<'_>) -> Result<Answer, QueryError> {
        let start = Instant::now();
        check_reads_only(&query.sql, Dialect::Sqlite)?;
        let bound = bind(query, Dialect::Sqlite)?;
        let deadline = start.checked_add(limits.timeout).unwrap_or(start + Duration::from_hours(24));
        let stamp = self.stamp()?;
        let connection = self.take(deadline, is_cancelled)?;
        let answer = run(&Run { connection: &connection, bound: &bound, limits, deadline, is_cancelled }, &self.path);
        self.give_back(Some(connection), stamp);
        let mut answer = answer?;
        if self.is_geopackage && sqlite::unwritten_changes(&self.path) {
            let text = "another program has changes to the file that it has not saved yet: they are not shown";
            answer.notes.push(text.to_owned());
        }
        answer.elapsed = start.elapsed();
        Ok(answer)
    }
}
