//! Whole tables from a server, up to a number of rows, with longitude and latitude of their geometry.

use std::sync::Arc;
use std::time::Duration;

use super::catalog::{self, ColumnIndex, ServerColumn, ServerTable};
use super::{ConnectError, PostgresStore, ServerInfo, deadline_of};
use crate::db::query::{IsCancelled, Limits, Query, QueryError, QueryStore, quoted};
use crate::db::{DbError, ReadTable, Store, Table, TableInfo};

/// How long the catalog may take to answer.
const CATALOG_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a table may take to be read.
const READ_TIMEOUT: Duration = Duration::from_mins(10);

/// A table with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedTable {
    /// The table.
    pub table: ServerTable,
    /// Its columns.
    pub columns: Vec<ServerColumn>,
    /// The server that it is on.
    pub server: ServerInfo,
}

impl DescribedTable {
    /// The schema of `PostGIS`.
    pub fn postgis_schema(&self) -> &str {
        self.server.postgis.as_ref().map_or("public", |(_, schema)| schema.as_str())
    }

    /// The columns for a SELECT: the geometry at the end, as longitude and latitude.
    pub fn selected(&self) -> String {
        selected(self)
    }

    /// Rows of [`Self::selected`] columns as a store's table.
    pub fn read_table_of(&self, table: Table) -> ReadTable {
        read_table_of(self, table)
    }

    /// The names of the columns that [`Self::selected`] gives.
    pub fn column_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.others().map(|column| column.name.clone()).collect();
        if self.table.geometry.is_some() {
            names.extend(["longitude", "latitude"].map(|part| free_name(part, self)));
        }
        names
    }

    /// The columns of the key in its order; none where there is no key.
    pub fn key_columns(&self) -> Vec<&ServerColumn> {
        let mut columns: Vec<&ServerColumn> = self.columns.iter().filter(|column| column.key_place.is_some()).collect();
        columns.sort_by_key(|column| column.key_place);
        columns
    }

    /// The columns that an index has in order.
    pub fn ordered_columns(&self) -> impl Iterator<Item = &ServerColumn> {
        self.others().filter(|column| column.index == ColumnIndex::Orders)
    }

    /// The columns but the geometry, and what only says once more where that is.
    fn others(&self) -> impl Iterator<Item = &ServerColumn> {
        let geometry = self.table.geometry.as_ref();
        let repeats = move |column: &ServerColumn| {
            geometry.is_some_and(|geometry| geometry.name == column.name || column.repeats(geometry).is_some())
        };
        self.columns.iter().filter(move |column| !repeats(column))
    }
}

impl PostgresStore {
    /// Every table that the role may read, those with a geometry first.
    pub fn server_tables(&self, is_cancelled: IsCancelled<'_>) -> Result<Vec<ServerTable>, QueryError> {
        self.look_up(is_cancelled, catalog::tables)
    }

    /// One table and its columns.
    pub fn describe(&self, table: &str, is_cancelled: IsCancelled<'_>) -> Result<DescribedTable, QueryError> {
        let name: Arc<str> = table.into();
        let found = self.look_up(is_cancelled, move |connected| {
            let Some(table) = catalog::table(connected, &name)? else { return Ok(None) };
            let columns = catalog::columns(connected, &table.name)?;
            Ok(Some(DescribedTable { columns, table, server: connected.info.clone() }))
        })?;
        match found {
            Some(found) => Ok(found),
            None => Err(QueryError::Store(DbError::NoSuchTable {
                path: self.label().into(),
                table: table.to_owned(),
                available: self.server_tables(is_cancelled)?.into_iter().map(|table| table.name).collect(),
            })),
        }
    }

    fn look_up<T: Send + 'static>(
        &self,
        is_cancelled: IsCancelled<'_>,
        work: impl Fn(&mut super::Connected) -> Result<T, postgres::Error> + Clone + Send + 'static,
    ) -> Result<T, QueryError> {
        let deadline = deadline_of(std::time::Instant::now(), CATALOG_TIMEOUT);
        let result = self.with_connection(deadline, CATALOG_TIMEOUT, is_cancelled, work)?;
        result.map_err(|error| QueryError::Store(DbError::Connect(ConnectError::lost(&error, self.settings()))))
    }

    /// Reads a table with all of its columns, the geometry as longitude and latitude.
    pub fn read_table(
        &self,
        described: &DescribedTable,
        max_rows: usize,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<ReadTable, QueryError> {
        let sql = format!("SELECT {} FROM {}", selected(described), described.table.name);
        let limits = Limits { rows: max_rows, bytes: usize::MAX, timeout: READ_TIMEOUT };
        let answer = self.query(&Query::new(sql), &limits, is_cancelled)?;
        Ok(read_table_of(described, answer.table))
    }
}

/// The columns of a described table for a SELECT: the geometry at the end, as longitude and latitude.
fn selected(described: &DescribedTable) -> String {
    let mut selected: Vec<String> = described.others().map(|column| quoted(&column.name)).collect();
    if let Some(geometry) = &described.table.geometry {
        let schema = described.postgis_schema();
        let point = geometry.lon_lat_point(schema);
        for (function, part) in [("ST_X", "longitude"), ("ST_Y", "latitude")] {
            let name = free_name(part, described);
            selected.push(format!("{}.{function}({point}) AS {}", quoted(schema), quoted(&name)));
        }
    }
    selected.join(", ")
}

fn free_name(part: &str, described: &DescribedTable) -> String {
    let is_taken = described.others().any(|column| column.name.eq_ignore_ascii_case(part));
    if is_taken { format!("{part} (geometry)") } else { part.to_owned() }
}

/// Rows of [`selected`] columns as a store's table.
fn read_table_of(described: &DescribedTable, table: Table) -> ReadTable {
    let count = table.columns().len();
    let geometry_columns = described.table.geometry.as_ref().and(count.checked_sub(2)).map(|first| (first, first + 1));
    let lines = (1..).take(table.row_count()).collect();
    ReadTable { table, geometry_columns, lines, ..ReadTable::default() }
}

impl Store for PostgresStore {
    fn tables(&self) -> Result<Vec<TableInfo>, DbError> {
        let tables = self.server_tables(&|| false).map_err(as_db_error)?;
        let info = |table: ServerTable| TableInfo {
            name: table.name,
            row_count: None,
            has_geometry: table.geometry.is_some(),
        };
        Ok(tables.into_iter().map(info).collect())
    }

    fn read(&self, table: &str, max_rows: usize) -> Result<ReadTable, DbError> {
        let described = self.describe(table, &|| false).map_err(as_db_error)?;
        self.read_table(&described, max_rows, &|| false).map_err(as_db_error)
    }
}

fn as_db_error(error: QueryError) -> DbError {
    match error {
        QueryError::Store(error) => error,
        other => DbError::Query(Box::new(other)),
    }
}
