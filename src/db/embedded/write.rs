//! Tables into a `GeoPackage` (OGC 12-128r19), a new one or one that is there: all of them or none. The only place that
//! writes to a file of targets, and only to the one that the user named for it.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value as SqlValue};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, params_from_iter};

use super::memory::{bindable, declared};
use super::{functions, sqlite};
use crate::db::import::plain_name;
use crate::db::query::{QueryError, SqlProblem, quoted};
use crate::db::{DbError, Import, Imported, Table};
use crate::geo::LonLat;

const WGS84_WKT: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
    PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433],AUTHORITY[\"EPSG\",\"4326\"]]";
/// Rows between two looks at whether to go on.
const LOOK_ROWS: usize = 1000;

/// Why nothing was written.
enum Failure {
    Sqlite(rusqlite::Error),
    Told(String),
    Stopped,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Writes tables into a `GeoPackage`. A file that isn't there is made whole under another name and then put in place.
/// `progress` is told the rows so far and says whether to go on.
pub fn import_into_geopackage(
    path: &Path,
    imports: &[Import],
    progress: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Vec<Imported>, QueryError> {
    if path.exists() {
        return write(path, imports, progress);
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = Path::new(&temporary);
    let io = |source| QueryError::Store(DbError::Io { path: path.to_owned(), source });
    if temporary.exists() {
        std::fs::remove_file(temporary).map_err(io)?;
    }
    let result = write(temporary, imports, progress)
        .and_then(|imported| std::fs::rename(temporary, path).map(|()| imported).map_err(io));
    if result.is_err() {
        // What was half made is of no use; that it can't be removed changes nothing about the error.
        let _ = std::fs::remove_file(temporary);
    }
    result
}

fn write(path: &Path, imports: &[Import], progress: &dyn Fn(usize) -> bool) -> Result<Vec<Imported>, QueryError> {
    let result = Connection::open(path).map_err(Failure::from).and_then(|mut connection| {
        functions::add_for_index(&connection)?;
        let transaction = connection.transaction()?;
        make_geopackage(&transaction)?;
        let mut done = 0;
        let mut imported = Vec::new();
        for import in imports {
            imported.push(one(&transaction, import, &mut |rows| progress(done + rows))?);
            done += import.table.row_count();
        }
        transaction.commit()?;
        Ok(imported)
    });
    result.map_err(|failure| match failure {
        Failure::Sqlite(rusqlite::Error::SqliteFailure(code, Some(message)))
            if code.code == ErrorCode::ConstraintViolation =>
        {
            let message = format!("nothing was imported: {message}");
            QueryError::Sql(SqlProblem { message, hint: None, code: None, position: None })
        }
        Failure::Sqlite(error) => QueryError::Store(sqlite::wrap(path, error)),
        Failure::Told(message) => QueryError::Sql(SqlProblem { message, hint: None, code: None, position: None }),
        Failure::Stopped => QueryError::Cancelled,
    })
}

/// The tables that every `GeoPackage` has, where they aren't there yet.
fn make_geopackage(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let is_new: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if is_new == 0 {
        // 'GPKG' and version 1.3.0.
        transaction.execute_batch("PRAGMA application_id = 1196444487; PRAGMA user_version = 10300")?;
    }
    transaction.execute_batch(include_str!("geopackage.sql"))?;
    transaction.execute(
        "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES ('WGS 84 geodetic', 4326, 'EPSG', 4326, ?1, 'degrees')",
        [WGS84_WKT],
    )?;
    Ok(())
}

/// Where the values of a column come from.
enum Source {
    Column(usize),
    Position,
}

fn one(
    transaction: &Transaction<'_>,
    import: &Import,
    progress: &mut dyn FnMut(usize) -> bool,
) -> Result<Imported, Failure> {
    let name = &import.table_name;
    let known: Option<String> = transaction
        .query_row("SELECT name FROM sqlite_schema WHERE lower(name) = lower(?1)", [name], |row| row.get(0))
        .optional()?;
    let (name, is_new) = known.map_or((name.clone(), true), |known| (known, false));
    if is_new {
        create(transaction, import, &name)?;
    }
    let columns = sources(transaction, import, &name)?;
    let names: Vec<String> = columns.iter().map(|(column, ..)| quoted(column)).collect();
    let marks: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", quoted(&name), names.join(", "), marks.join(", "));
    let mut statement = transaction.prepare(&sql)?;
    for row in 0..import.table.row_count() {
        let value = |source: &Source| match source {
            Source::Column(at) => bindable(import.table.value(*at, row)),
            Source::Position => position(import, row),
        };
        statement.execute(params_from_iter(columns.iter().map(|(_, _, source)| value(source))))?;
        if row % LOOK_ROWS == 0 && !progress(row) {
            return Err(Failure::Stopped);
        }
    }
    describe(transaction, import, &name)?;
    Ok(Imported {
        is_new,
        rows: import.table.row_count(),
        columns: columns.into_iter().map(|(name, type_name, _)| (name, type_name)).collect(),
        sql_name: quoted(&name),
        table: name,
    })
}

fn create(transaction: &Transaction<'_>, import: &Import, name: &str) -> rusqlite::Result<()> {
    let key = import.key();
    let names: Vec<&str> = import.table.columns().iter().map(crate::db::Column::name).collect();
    let free = |wanted: &str| {
        let is_taken = |name: &str| names.iter().any(|taken| taken.eq_ignore_ascii_case(name));
        if is_taken(wanted) { format!("{wanted}_") } else { wanted.to_owned() }
    };
    let mut declarations = Vec::new();
    if key.is_none() {
        declarations.push(format!("{} INTEGER PRIMARY KEY AUTOINCREMENT", quoted(&free("fid"))));
    }
    let geometry = free("geom");
    if import.positions.is_some() {
        declarations.push(format!("{} POINT NOT NULL", quoted(&geometry)));
    }
    for column in import.table.columns() {
        let is_key = key.is_some_and(|key| key.name() == column.name());
        let suffix = if is_key { " PRIMARY KEY" } else { "" };
        declarations.push(format!("{} {}{suffix}", quoted(column.name()), declared(column.kind())));
    }
    transaction.execute_batch(&format!("CREATE TABLE {} ({})", quoted(name), declarations.join(", ")))?;
    for column in import.table.columns().iter().filter(|column| import.is_indexed(column.name())) {
        let index = quoted(&format!("{}_{}", plain_name(name), plain_name(column.name())));
        let sql = format!("CREATE INDEX IF NOT EXISTS {index} ON {} ({})", quoted(name), quoted(column.name()));
        transaction.execute_batch(&sql)?;
    }
    let kind = if import.positions.is_some() { "features" } else { "attributes" };
    transaction.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?1, ?2, ?1, ?3)",
        (name, kind, import.positions.as_ref().map(|_| 4326)),
    )?;
    if import.positions.is_some() {
        let sql = "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, 'POINT', 4326, 0, 0)";
        transaction.execute(sql, (name, &geometry))?;
    }
    Ok(())
}

/// The table's columns that get values: name, type, source.
fn sources(
    transaction: &Transaction<'_>,
    import: &Import,
    name: &str,
) -> Result<Vec<(String, String, Source)>, Failure> {
    let geometry: Option<(String, i64)> = transaction
        .query_row(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?1)",
            [name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((_, srs_id)) = geometry.as_ref().filter(|(_, srs_id)| *srs_id != 4326) {
        return Err(Failure::Told(format!(
            "the geometries of {name} are in another system ({srs_id}), what is imported in EPSG:4326; \
             import into another table"
        )));
    }
    let mut statement = transaction.prepare("SELECT name, type FROM pragma_table_info(?1)")?;
    let there: Vec<(String, String)> =
        statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut sources = Vec::new();
    for (at, column) in import.table.columns().iter().enumerate() {
        let part = import.part_of(column.name()).map(|part| part.to_string());
        let found = there.iter().find(|(known, _)| known.eq_ignore_ascii_case(column.name())).or_else(|| {
            there.iter().find(|(known, _)| part.as_ref().is_some_and(|part| known.eq_ignore_ascii_case(part)))
        });
        match found {
            Some((known, type_name)) => sources.push((known.clone(), type_name.clone(), Source::Column(at))),
            // Where the geometry has the position, the column that it came from needs no place of its own.
            None if geometry.is_some() && import.is_place(column.name()) => {}
            None => {
                let names: Vec<&str> = there.iter().map(|(name, _)| name.as_str()).collect();
                return Err(Failure::Told(format!(
                    "nothing was imported: {name} has no column for {} (it has {}); leave them out or import into another table",
                    column.name(),
                    names.join(", ")
                )));
            }
        }
    }
    if let Some((column, _)) = geometry.filter(|_| import.positions.is_some()) {
        sources.push((column, "POINT".to_owned(), Source::Position));
    }
    Ok(sources)
}

fn position(import: &Import, row: usize) -> ToSqlOutput<'_> {
    let place = import.positions.as_ref().and_then(|positions| positions.get(row));
    ToSqlOutput::Owned(place.map_or(SqlValue::Null, |place| SqlValue::Blob(point(*place))))
}

/// A point in WGS 84 as a `GeoPackage` keeps it (2.1.3): little-endian, no envelope.
fn point(place: LonLat) -> Vec<u8> {
    let mut blob = b"GP\x00\x01\xE6\x10\x00\x00\x01\x01\x00\x00\x00".to_vec();
    blob.extend(place.lon_deg().to_le_bytes());
    blob.extend(place.lat_deg().to_le_bytes());
    blob
}

/// Widens the bounds that the file states for the table, and notes the change.
fn describe(transaction: &Transaction<'_>, import: &Import, name: &str) -> rusqlite::Result<()> {
    let places = import.positions.as_deref().unwrap_or_default();
    let widest = |value: fn(&LonLat) -> f64, pick: fn(f64, f64) -> f64| places.iter().map(value).reduce(pick);
    transaction.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
            min_x = min(coalesce(min_x, ?2), ?2), min_y = min(coalesce(min_y, ?3), ?3),
            max_x = max(coalesce(max_x, ?4), ?4), max_y = max(coalesce(max_y, ?5), ?5)
         WHERE lower(table_name) = lower(?1) AND (?2 IS NOT NULL OR data_type = 'attributes')",
        (
            name,
            widest(|place| place.lon_deg(), f64::min),
            widest(|place| place.lat_deg(), f64::min),
            widest(|place| place.lon_deg(), f64::max),
            widest(|place| place.lat_deg(), f64::max),
        ),
    )?;
    Ok(())
}

/// An empty `GeoPackage` with tables `targets` and `images`, for those who have none yet.
pub fn create_geopackage(path: &Path) -> Result<(), QueryError> {
    use crate::db::{Column, ColumnData, TextColumn};
    let text = |name: &str| Column::new(name, ColumnData::Text(TextColumn::default()));
    let table = |columns: Vec<Column>| Table::new(columns).unwrap_or_default();
    let part = |part: crate::db::Part| (part, part.to_string());
    let targets = Import {
        table_name: "targets".to_owned(),
        table: table(vec![
            text("image"),
            text("class"),
            text("name"),
            Column::new("date", ColumnData::Date(Vec::new())),
            Column::new("confidence", ColumnData::Real(Vec::new())),
        ]),
        positions: Some(Vec::new()),
        place_columns: Vec::new(),
        parts: [crate::db::Part::Class, crate::db::Part::Image, crate::db::Part::Date].map(part).to_vec(),
    };
    let images = Import {
        table_name: "images".to_owned(),
        table: table(vec![text("name"), text("path"), Column::new("acquired", ColumnData::Date(Vec::new()))]),
        positions: None,
        place_columns: Vec::new(),
        parts: Vec::new(),
    };
    import_into_geopackage(path, &[targets, images], &|_| true).map(|_| ())
}
