//! Makes `sample_data/targets.gpkg` from `sample_data/targets.csv`: the same rows, a point for each.
//!
//! `cargo run --no-default-features --example make_sample_geopackage [CSV] [GPKG]`
//!
//! The file follows OGC 12-128r19 (GeoPackage 1.3): application id, the required reference systems, contents and
//! geometry columns.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cogscope::db::{Column, ReadTable, Store, Table, Value, ValueKind, embedded::CsvFile};
use cogscope::targets::Mapping;
use rusqlite::types::ToSql;
use rusqlite::{Connection, params_from_iter};

const CSV: &str = "sample_data/targets.csv";
const GEOPACKAGE: &str = "sample_data/targets.gpkg";
const WGS84_WKT: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
    PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433],AUTHORITY[\"EPSG\",\"4326\"]]";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let csv = arguments.next().unwrap_or_else(|| CSV.to_owned());
    let geopackage = arguments.next().unwrap_or_else(|| GEOPACKAGE.to_owned());
    let read = CsvFile::new(Path::new(&csv)).read("targets", usize::MAX)?;
    if let Some(row) = read.set_aside.first() {
        bail!("{csv}: line {}: {}", row.line, row.reason);
    }
    write_geopackage(Path::new(&geopackage), &read).with_context(|| format!("{geopackage} can't be written"))
}

/// The columns that become attributes: all but the position, which becomes the geometry.
struct Layer<'a> {
    table: &'a Table,
    longitude: usize,
    latitude: usize,
    attributes: Vec<&'a Column>,
}

impl<'a> Layer<'a> {
    fn of(read: &'a ReadTable) -> Result<Self> {
        let table = &read.table;
        let mapping = Mapping::guess(table, None);
        let place = |part: Option<&str>| part.and_then(|name| table.column_index(name));
        let longitude = place(mapping.longitude.as_deref()).context("no column for the longitude")?;
        let latitude = place(mapping.latitude.as_deref()).context("no column for the latitude")?;
        let is_attribute = |index: &usize| *index != longitude && *index != latitude;
        let attributes = (0..table.columns().len()).filter(is_attribute).filter_map(|index| table.column(index));
        let layer = Self { table, longitude, latitude, attributes: attributes.collect() };
        match layer.attributes.first().map(|column| column.kind()) {
            Some(ValueKind::Integer) => Ok(layer),
            _ => bail!("the first column is not a key of whole numbers"),
        }
    }

    fn position(&self, row: usize) -> Result<(f64, f64)> {
        let number = |column| self.table.value(column, row).as_f64().context("a row has no position");
        Ok((number(self.longitude)?, number(self.latitude)?))
    }
}

fn write_geopackage(path: &Path, read: &ReadTable) -> Result<()> {
    let layer = Layer::of(read)?;
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut connection = Connection::open(path)?;
    // The whole file is made in one go: a journal would only leave a file behind if this is stopped.
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(include_str!("sample_geopackage.sql"))?;
    transaction.execute(
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84 geodetic', 4326, 'EPSG', 4326, ?1, 'longitude, latitude')",
        [WGS84_WKT],
    )?;
    transaction.execute_batch(&create_table(&layer))?;
    let marks = (1..=layer.attributes.len() + 1).map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ");
    let mut insert = transaction.prepare(&format!("INSERT INTO targets VALUES ({marks})"))?;
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for row in 0..layer.table.row_count() {
        let (lon, lat) = layer.position(row)?;
        bounds = [bounds[0].min(lon), bounds[1].min(lat), bounds[2].max(lon), bounds[3].max(lat)];
        // The key stands first, the geometry second, as GeoPackages usually have it.
        let mut cells: Vec<Box<dyn ToSql>> = layer.attributes.iter().map(|column| cell(column.value(row))).collect();
        cells.insert(1, Box::new(point_blob(lon, lat)));
        insert.execute(params_from_iter(cells.iter()))?;
    }
    drop(insert);
    transaction.execute(
        "INSERT INTO gpkg_contents VALUES ('targets', 'features', 'targets', 'Places on the sample imagery',
         '2026-11-24T00:00:00.000Z', ?1, ?2, ?3, ?4, 4326)",
        bounds,
    )?;
    transaction.execute("INSERT INTO gpkg_geometry_columns VALUES ('targets', 'geom', 'POINT', 4326, 0, 0)", [])?;
    transaction.commit()?;
    connection.execute_batch("VACUUM")?;
    Ok(())
}

fn create_table(layer: &Layer<'_>) -> String {
    let mut sql = String::from("CREATE TABLE targets (");
    for (place, column) in layer.attributes.iter().enumerate() {
        let name = column.name().replace('"', "\"\"");
        let kind = match column.kind() {
            ValueKind::Integer if place == 0 => "INTEGER PRIMARY KEY NOT NULL, geom POINT",
            ValueKind::Bool => "BOOLEAN",
            ValueKind::Integer => "INTEGER",
            ValueKind::Real => "REAL",
            ValueKind::Date => "DATE",
            ValueKind::DateTime => "DATETIME",
            ValueKind::Text => "TEXT",
        };
        let comma = if place == 0 { "" } else { ", " };
        // Writing to a String can't fail.
        let _ = write!(sql, "{comma}\"{name}\" {kind}");
    }
    sql.push(')');
    sql
}

fn cell(value: Value<'_>) -> Box<dyn ToSql> {
    match value {
        Value::Null => Box::new(None::<i64>),
        Value::Bool(yes) => Box::new(yes),
        Value::Integer(whole) => Box::new(whole),
        Value::Real(real) => Box::new(real),
        // DATETIME is UTC with a Z (table 1 of the standard).
        Value::DateTime(instant) => Box::new(format!("{instant}Z")),
        Value::Date(_) | Value::Text(_) => Box::new(value.to_string()),
    }
}

/// A point as a `GeoPackage` holds it: header (little endian, no envelope, EPSG:4326), then WKB.
fn point_blob(lon: f64, lat: f64) -> Vec<u8> {
    let mut blob = b"GP\x00\x01".to_vec();
    blob.extend(4326_i32.to_le_bytes());
    blob.push(1);
    blob.extend(1_u32.to_le_bytes());
    blob.extend(lon.to_le_bytes());
    blob.extend(lat.to_le_bytes());
    blob
}
