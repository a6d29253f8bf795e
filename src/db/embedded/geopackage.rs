//! `GeoPackage` files (OGC 12-128r19): feature tables with their reference systems, and tables without a geometry.

use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};

use super::placed::Placed;
use super::{sqlite, wkb};
use crate::db::query::quoted;
use crate::db::{Column, ColumnBuilder, DbError, Inference, ReadTable, Store, Table, TableInfo, Value};
use crate::geo::{Crs, Transformer};

/// A `GeoPackage` as a store of its tables.
#[derive(Debug)]
pub struct GeoPackage {
    path: PathBuf,
}

/// A column as the file declares it.
struct Declared {
    name: String,
    is_boolean: bool,
    is_geometry: bool,
    is_key: bool,
}

/// A feature table as questions see it.
pub(super) struct Layer {
    pub(super) table: String,
    geometry: String,
    /// The number of its reference system in the file, with the way from there to longitude and latitude.
    pub(super) lon_lat: Option<(i32, Transformer)>,
    has_lon_lat: bool,
}

impl Layer {
    /// The statement that makes a view of this name: the table's columns, and where its geometry is.
    pub(super) fn view(&self, name: &str) -> String {
        let (table, geometry) = (quoted(&self.table), quoted(&self.geometry));
        let place = if self.has_lon_lat {
            String::new()
        } else {
            format!(", longitude({geometry}) AS longitude, latitude({geometry}) AS latitude")
        };
        format!("CREATE TEMP VIEW {} AS SELECT *{place} FROM main.{table}", quoted(name))
    }
}

const REPROJECT: &str = "export it in WGS 84 (EPSG:4326)";

impl GeoPackage {
    /// A store on this file. Nothing is read yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn open(&self) -> Result<Connection, DbError> {
        sqlite::open(&self.path)
    }

    fn sqlite(&self) -> impl Fn(rusqlite::Error) -> DbError + '_ {
        |error| sqlite::wrap(&self.path, error)
    }

    fn tables_of(&self, connection: &Connection) -> Result<Vec<TableInfo>, DbError> {
        let is_geopackage = "SELECT count(*) FROM sqlite_schema WHERE name = 'gpkg_contents'";
        let count: i64 = connection.query_row(is_geopackage, [], |row| row.get(0)).map_err(self.sqlite())?;
        if count == 0 {
            return Err(DbError::Malformed {
                path: self.path.clone(),
                problem: "an SQLite file, but not a GeoPackage: it has no table gpkg_contents".to_owned(),
                advice: "export the table as GeoPackage".to_owned(),
            });
        }
        let has_geometry = "SELECT count(*) FROM sqlite_schema WHERE name = 'gpkg_geometry_columns'";
        let geometries: i64 = connection.query_row(has_geometry, [], |row| row.get(0)).map_err(self.sqlite())?;
        let geometry = if geometries == 0 {
            "0"
        } else {
            "EXISTS (SELECT 1 FROM gpkg_geometry_columns g WHERE lower(g.table_name) = lower(c.table_name))"
        };
        let sql = format!(
            "SELECT c.table_name, {geometry} AS placed FROM gpkg_contents c
             JOIN sqlite_schema s ON lower(s.name) = lower(c.table_name)
             WHERE c.data_type IN ('features', 'attributes') ORDER BY placed DESC, c.rowid"
        );
        let mut statement = connection.prepare(&sql).map_err(self.sqlite())?;
        let rows = statement
            .query_map([], |row| Ok(TableInfo { name: row.get(0)?, row_count: None, has_geometry: row.get(1)? }));
        rows.and_then(Iterator::collect).map_err(self.sqlite())
    }

    fn columns(&self, connection: &Connection, table: &str) -> Result<Vec<Declared>, DbError> {
        let geometry = if self.tables_of(connection)?.iter().any(|info| info.name == table && info.has_geometry) {
            let sql = "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?1)";
            connection.query_row(sql, [table], |row| row.get::<_, String>(0)).optional().map_err(self.sqlite())?
        } else {
            None
        };
        let mut statement =
            connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1)").map_err(self.sqlite())?;
        let rows = statement.query_map([table], |row| {
            let name: String = row.get(0)?;
            Ok(Declared {
                is_geometry: geometry.as_ref().is_some_and(|geometry| geometry.eq_ignore_ascii_case(&name)),
                is_boolean: row.get::<_, String>(1)?.eq_ignore_ascii_case("BOOLEAN"),
                is_key: row.get::<_, i64>(2)? == 1,
                name,
            })
        });
        rows.and_then(Iterator::collect).map_err(self.sqlite())
    }

    /// The reference system of a feature table: by the authority's code where it is known, else by its definition.
    fn crs(&self, connection: &Connection, table: &str) -> Result<Crs, DbError> {
        let sql = "SELECT s.srs_id, s.srs_name, s.organization, s.organization_coordsys_id, s.definition
             FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
             WHERE lower(g.table_name) = lower(?1)";
        let found = connection
            .query_row(sql, [table], |row| {
                let texts: [Option<String>; 3] = [row.get(1)?, row.get(2)?, row.get(4)?];
                Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(3)?, texts))
            })
            .map_err(self.sqlite())?;
        let (id, code, [name, organization, definition]) = found;
        // 0 is "undefined geographic" (2.1.3 of the standard): degrees all the same.
        if id == Some(0) {
            return Ok(Crs::wgs84());
        }
        let is_epsg = organization.is_some_and(|organization| organization.eq_ignore_ascii_case("epsg"));
        let by_code = code.filter(|_| is_epsg).and_then(|code| Crs::from_epsg(u32::try_from(code).ok()?).ok());
        by_code
            .or_else(|| Crs::from_wkt(definition.as_deref()?).ok())
            .ok_or_else(|| self.unknown_crs(&name.unwrap_or_else(|| "undefined".to_owned())))
    }

    /// The names of all tables and views that the file lists.
    pub(super) fn table_names(&self, connection: &Connection) -> Result<Vec<String>, DbError> {
        Ok(self.tables_of(connection)?.into_iter().map(|info| info.name).collect())
    }

    /// The feature tables.
    pub(super) fn layers(&self, connection: &Connection) -> Result<Vec<Layer>, DbError> {
        let tables = self.tables_of(connection)?.into_iter().filter(|info| info.has_geometry);
        let mut layers = Vec::new();
        for TableInfo { name: table, .. } in tables {
            let columns = self.columns(connection, &table)?;
            let Some(geometry) = columns.iter().find(|column| column.is_geometry) else { continue };
            let has = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
            // A system that isn't known leaves longitude and latitude empty; the rest of the table can be asked for.
            let to_lon_lat = self.crs(connection, &table).and_then(|crs| {
                Transformer::new(&crs, &Crs::wgs84(), None).map_err(|error| self.unknown_crs(&error.to_string()))
            });
            layers.push(Layer {
                lon_lat: self.srs_id(connection, &table)?.zip(to_lon_lat.ok()),
                geometry: geometry.name.clone(),
                has_lon_lat: has("longitude") || has("latitude"),
                table,
            });
        }
        Ok(layers)
    }

    fn srs_id(&self, connection: &Connection, table: &str) -> Result<Option<i32>, DbError> {
        let sql = "SELECT srs_id FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?1)";
        connection.query_row(sql, [table], |row| row.get(0)).map_err(self.sqlite())
    }

    fn unknown_crs(&self, name: &str) -> DbError {
        DbError::Malformed {
            path: self.path.clone(),
            problem: format!("its coordinate system \"{name}\" is not known"),
            advice: REPROJECT.to_owned(),
        }
    }

    fn read_rows(&self, source: &Source<'_>, max_rows: usize) -> Result<Rows, DbError> {
        let names: Vec<String> = source.columns.iter().map(|column| quoted(&column.name)).collect();
        // SQLite has no LIMIT above i64; one row more than asked for tells whether there are more.
        let limit = i64::try_from(max_rows.saturating_add(1)).unwrap_or(i64::MAX);
        let sql = format!("SELECT {} FROM {} LIMIT {limit}", names.join(", "), quoted(source.table));
        let mut statement = source.connection.prepare(&sql).map_err(self.sqlite())?;
        let mut rows = Rows::new(source.columns.len());
        let mut cursor = statement.query([]).map_err(self.sqlite())?;
        while let Some(row) = cursor.next().map_err(self.sqlite())? {
            if rows.count >= max_rows {
                rows.is_truncated = true;
                break;
            }
            rows.push(row, source.columns).map_err(self.sqlite())?;
        }
        Ok(rows)
    }
}

impl Store for GeoPackage {
    fn tables(&self) -> Result<Vec<TableInfo>, DbError> {
        self.tables_of(&self.open()?)
    }

    fn read(&self, table: &str, max_rows: usize) -> Result<ReadTable, DbError> {
        let connection = self.open()?;
        let tables = self.tables_of(&connection)?;
        if !tables.iter().any(|info| info.name == table) {
            let available = tables.into_iter().map(|info| info.name).collect();
            return Err(DbError::NoSuchTable { path: self.path.clone(), table: table.to_owned(), available });
        }
        let columns = self.columns(&connection, table)?;
        let has_geometry = columns.iter().any(|column| column.is_geometry);
        let crs = if has_geometry { self.crs(&connection, table)? } else { Crs::wgs84() };
        let rows = self.read_rows(&Source { connection: &connection, table, columns: &columns }, max_rows)?;
        let (is_truncated, binary) = (rows.is_truncated, rows.binary_columns(&columns));
        let too_many = || DbError::Malformed {
            path: self.path.clone(),
            problem: "more rows than can be counted".to_owned(),
            advice: "split it".to_owned(),
        };
        let mut read = if has_geometry {
            let (placed, columns) = rows.finish(&columns);
            placed.into_table(columns, &crs).map_err(|error| self.unknown_crs(&error.to_string()))?
        } else {
            rows.into_plain_table(&columns)
        }
        .ok_or_else(too_many)?;
        if is_truncated {
            read.table = read.table.truncated();
        }
        read.notes.extend(binary);
        if sqlite::unwritten_changes(&self.path) {
            read.notes
                .push("another program has changes to it that it has not saved yet: they are not shown".to_owned());
        }
        Ok(read)
    }
}

struct Source<'a> {
    connection: &'a Connection,
    table: &'a str,
    columns: &'a [Declared],
}

/// Rows as they come out of the file.
struct Rows {
    placed: Placed,
    builders: Vec<ColumnBuilder>,
    has_binary: Vec<bool>,
    lines: Vec<u64>,
    count: usize,
    is_truncated: bool,
}

impl Rows {
    fn new(columns: usize) -> Self {
        Self {
            placed: Placed::default(),
            builders: (0..columns).map(|_| ColumnBuilder::new()).collect(),
            has_binary: vec![false; columns],
            lines: Vec::new(),
            count: 0,
            is_truncated: false,
        }
    }

    fn push(&mut self, row: &Row<'_>, columns: &[Declared]) -> rusqlite::Result<()> {
        self.count += 1;
        let line = line_of(row, columns, self.count)?;
        if let Some(place) = columns.iter().position(|column| column.is_geometry)
            && !self.place(line, row.get_ref(place)?)
        {
            return Ok(());
        }
        self.lines.push(line);
        for (index, (builder, column)) in self.builders.iter_mut().zip(columns).enumerate() {
            match row.get_ref(index)? {
                _ if column.is_geometry => {}
                ValueRef::Null => builder.push(Value::Null),
                ValueRef::Integer(whole) if column.is_boolean => builder.push(Value::Bool(whole != 0)),
                ValueRef::Integer(whole) => builder.push(Value::Integer(whole)),
                ValueRef::Real(real) => builder.push(Value::Real(real)),
                ValueRef::Text(bytes) => builder.push(Value::Text(&String::from_utf8_lossy(bytes))),
                ValueRef::Blob(_) => {
                    builder.push(Value::Null);
                    if let Some(has_binary) = self.has_binary.get_mut(index) {
                        *has_binary = true;
                    }
                }
            }
        }
        Ok(())
    }

    /// Places a row; false when it is set aside.
    fn place(&mut self, line: u64, geometry: ValueRef<'_>) -> bool {
        let parsed = match geometry {
            ValueRef::Null => return self.placed.push(line, None),
            ValueRef::Blob(blob) => wkb::parse_geopackage(blob),
            _ => Err(wkb::WkbError::NotGeoPackage),
        };
        match parsed {
            Ok(parsed) => self.placed.push(line, Some(&parsed.geometry)),
            Err(error) => {
                self.placed.set_aside(line, error.to_string());
                false
            }
        }
    }

    /// Says which columns have values that can't be shown.
    fn binary_columns(&self, columns: &[Declared]) -> Option<String> {
        let names: Vec<&str> =
            columns.iter().zip(&self.has_binary).filter(|(_, binary)| **binary).map(|(c, _)| c.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("binary values are not shown: {}", names.join(", ")))
    }

    fn finish(self, columns: &[Declared]) -> (Placed, Vec<Column>) {
        let finished = self.builders.into_iter().zip(columns).filter(|(_, column)| !column.is_geometry);
        let finished =
            finished.map(|(builder, column)| Column::new(column.name.clone(), builder.finish(Inference::Temporal)));
        (self.placed, finished.collect())
    }

    fn into_plain_table(mut self, columns: &[Declared]) -> Option<ReadTable> {
        let lines = std::mem::take(&mut self.lines);
        let table = Table::new(self.finish(columns).1)?;
        Some(ReadTable { table, lines, ..ReadTable::default() })
    }
}

/// The row's key, else its number.
fn line_of(row: &Row<'_>, columns: &[Declared], number: usize) -> rusqlite::Result<u64> {
    let key = match columns.iter().position(|column| column.is_key) {
        Some(place) => row.get_ref(place)?.as_i64().ok().and_then(|key| u64::try_from(key).ok()),
        None => None,
    };
    Ok(key.unwrap_or(number as u64))
}
