//! Tables as files that other programs read: CSV (RFC 4180) and `GeoJSON` (RFC 7946).

use std::io::{self, Write};

use serde_json::{Map, Number, Value as Json};

use super::{Column, Table, Value};
use crate::geo::LonLat;

/// Writes some rows and columns as CSV in UTF-8, names on top: numbers with a point, ISO dates, nothing for a null.
pub fn write_csv(table: &Table, columns: &[usize], rows: &[u32], out: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let columns: Vec<&Column> = columns.iter().filter_map(|at| table.column(*at)).collect();
    writer.write_record(columns.iter().map(|column| column.name()))?;
    for row in rows {
        writer.write_record(columns.iter().map(|column| field(column.value(*row as usize))))?;
    }
    writer.flush()
}

/// A cell as it stands in a file.
fn field(value: Value<'_>) -> String {
    match value {
        Value::Real(real) if real.is_infinite() => if real > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        value => value.to_string(),
    }
}

/// Some rows of all columns as CSV.
pub fn csv_text(table: &Table, rows: &[u32]) -> String {
    let columns: Vec<usize> = (0..table.columns().len()).collect();
    let mut text = Vec::new();
    // Writing to memory never fails.
    let _ = write_csv(table, &columns, rows, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Writes some rows as points of a `FeatureCollection`, the columns as their properties. `positions` has one for each row of the
/// table; a row without one becomes a feature without a geometry.
pub fn write_geojson(
    table: &Table,
    columns: &[usize],
    rows: &[u32],
    positions: &[LonLat],
    mut out: impl Write,
) -> io::Result<()> {
    let columns: Vec<&Column> = columns.iter().filter_map(|at| table.column(*at)).collect();
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (at, row) in rows.iter().enumerate() {
        let row = *row as usize;
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        let properties: Map<String, Json> =
            columns.iter().map(|column| (column.name().to_owned(), json(column.value(row)))).collect();
        let geometry = positions
            .get(row)
            .map_or(Json::Null, |at| serde_json::json!({"type": "Point", "coordinates": [at.lon_deg(), at.lat_deg()]}));
        let feature = serde_json::json!({"type": "Feature", "geometry": geometry, "properties": properties});
        serde_json::to_writer(&mut out, &feature)?;
    }
    out.write_all(b"\n]}\n")
}

/// A cell as JSON. What JSON has no number for (NaN, infinities) is null.
fn json(value: Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => Json::Bool(yes),
        Value::Integer(whole) => Json::Number(whole.into()),
        Value::Real(real) => Number::from_f64(real).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.to_owned()),
        Value::Date(_) | Value::DateTime(_) => Json::String(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{ColumnData, embedded};
    use jiff::civil::date;

    fn table() -> Table {
        Table::new(vec![
            Column::new("name", ColumnData::Text([Some("a \"b\", c\nd"), None].into_iter().collect())),
            Column::new("length_m", ColumnData::Real(vec![Some(1.5), Some(f64::NAN)])),
            Column::new("seen", ColumnData::Date(vec![Some(date(2024, 5, 18)), None])),
        ])
        .unwrap()
    }

    fn position(lon_deg: f64, lat_deg: f64) -> LonLat {
        LonLat::new(lon_deg, lat_deg).unwrap()
    }

    #[test]
    fn csv_is_read_back_as_it_was() {
        let text = csv_text(&table(), &[1, 0]);
        assert_eq!(text, "name,length_m,seen\n,NaN,\n\"a \"\"b\"\", c\nd\",1.5,2024-05-18\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let read = embedded::open(&path).unwrap().read("a", 10).unwrap().table;
        assert_eq!(read.column(0), table().take(&[1, 0]).column(0));
        assert_eq!(read.value(1, 1), Value::Real(1.5));
        assert_eq!(read.value(2, 1), Value::Date(date(2024, 5, 18)));
    }

    #[test]
    fn geojson_is_read_back_with_its_places() {
        let mut text = Vec::new();
        let positions = [position(-54.5, -25.25), position(3.0, 4.0)];
        write_geojson(&table(), &[0, 1], &[0, 1], &positions, &mut text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojson");
        std::fs::write(&path, &text).unwrap();
        let read = embedded::open(&path).unwrap().read("a", 10).unwrap();
        let (lon, lat) = read.geometry_columns.unwrap();
        assert_eq!((read.table.value(lon, 0), read.table.value(lat, 0)), (Value::Real(-54.5), Value::Real(-25.25)));
        let name = read.table.column_index("name").unwrap();
        assert_eq!(read.table.value(name, 0), Value::Text("a \"b\", c\nd"));
        let parsed: Json = serde_json::from_slice(&text).unwrap();
        assert_eq!(parsed["features"][1]["properties"]["length_m"], Json::Null);
    }

    #[test]
    fn no_rows_are_an_empty_collection() {
        let mut text = Vec::new();
        write_geojson(&table(), &[0], &[], &[], &mut text).unwrap();
        assert_eq!(serde_json::from_slice::<Json>(&text).unwrap()["features"], serde_json::json!([]));
    }
}
