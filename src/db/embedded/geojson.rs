//! GeoJSON (RFC 7946), and the reference systems that older files name (GeoJSON 2008, "crs").

use std::path::{Path, PathBuf};

use geojson::{GeometryValue, Position};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::decode::decode;
use super::geometry::{Geometry, Xy};
use super::placed::Placed;
use super::{read_whole_file, stem};
use crate::db::{Column, ColumnBuilder, DbError, Inference, ReadTable, Store, TableInfo, Value};
use crate::geo::Crs;

/// A GeoJSON file as a store of one table, named by the file.
#[derive(Debug)]
pub struct GeoJsonFile {
    path: PathBuf,
}

impl GeoJsonFile {
    /// A store on this file. Nothing is read yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn malformed(&self, problem: impl Into<String>, advice: &str) -> DbError {
        DbError::Malformed { path: self.path.clone(), problem: problem.into(), advice: advice.to_owned() }
    }
}

const EXPORT_AGAIN: &str = "export it again as GeoJSON (a FeatureCollection)";
const REPROJECT: &str = "export it in WGS 84 (EPSG:4326)";

impl Store for GeoJsonFile {
    fn tables(&self) -> Result<Vec<TableInfo>, DbError> {
        Ok(vec![TableInfo { name: stem(&self.path), row_count: None, has_geometry: true }])
    }

    fn read(&self, _table: &str, max_rows: usize) -> Result<ReadTable, DbError> {
        let bytes = read_whole_file(&self.path)?;
        let decoded = decode(&bytes).ok_or_else(|| self.malformed("not a text file", EXPORT_AGAIN))?;
        let file: FileObject<'_> = serde_json::from_str(&decoded.text)
            .map_err(|error| self.malformed(format!("not valid GeoJSON: {error}"), EXPORT_AGAIN))?;
        let crs = self.crs(&file)?;
        let features = match (file.kind.as_ref(), file.features) {
            ("FeatureCollection", Some(features)) => features,
            ("Feature", _) => vec![
                serde_json::from_str(&decoded.text)
                    .map_err(|error| self.malformed(format!("not valid GeoJSON: {error}"), EXPORT_AGAIN))?,
            ],
            (kind, _) => return Err(self.malformed(format!("a \"{kind}\", not a FeatureCollection"), EXPORT_AGAIN)),
        };
        let rows = read_features(&features, max_rows);
        let is_truncated = rows.is_truncated;
        let mut read = rows
            .placed
            .into_table(rows.columns, &crs)
            .map_err(|error| self.malformed(error.to_string(), REPROJECT))?
            .ok_or_else(|| self.malformed("more rows than can be counted", "split it"))?;
        if is_truncated {
            read.table = read.table.truncated();
        }
        read.notes.extend(decoded.note.map(str::to_owned));
        Ok(read)
    }
}

impl GeoJsonFile {
    /// The system that the file names; WGS 84 for one that names none.
    fn crs(&self, file: &FileObject<'_>) -> Result<Crs, DbError> {
        let Some(name) = file.crs.as_ref().and_then(|crs| crs.pointer("/properties/name")?.as_str()) else {
            return Ok(Crs::wgs84());
        };
        if name.ends_with("CRS84") {
            return Ok(Crs::wgs84());
        }
        let code = name.rsplit(':').next().and_then(|code| code.parse().ok()).filter(|_| name.contains("EPSG"));
        code.and_then(|code| Crs::from_epsg(code).ok())
            .ok_or_else(|| self.malformed(format!("its coordinate system \"{name}\" is not known"), REPROJECT))
    }
}

/// The outermost object. Features are parsed one by one, so that a bad one can be set aside.
#[derive(Deserialize)]
struct FileObject<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    crs: Option<Json>,
}

#[derive(Deserialize)]
struct FeatureObject {
    geometry: Option<geojson::Geometry>,
    #[serde(default)]
    properties: Option<Properties>,
    id: Option<Json>,
}

/// Properties in the file's order, which is the order of the table's columns.
struct Properties(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(entry) = map.next_entry()? {
                    properties.push(entry);
                }
                Ok(Properties(properties))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

struct Rows {
    placed: Placed,
    columns: Vec<Column>,
    is_truncated: bool,
}

fn read_features(features: &[&RawValue], max_rows: usize) -> Rows {
    let mut placed = Placed::default();
    let mut columns = GrowingColumns::default();
    for (number, raw) in (1..).zip(features) {
        if placed.len() >= max_rows {
            return Rows { placed, columns: columns.finish(), is_truncated: true };
        }
        match serde_json::from_str::<FeatureObject>(raw.get()) {
            Err(error) => placed.set_aside(number, format!("not a valid feature: {error}")),
            Ok(feature) => {
                let geometry = feature.geometry.map(|geometry| reduced(geometry.value));
                if placed.push(number, geometry.as_ref()) {
                    columns.push_row(feature.properties, feature.id);
                }
            }
        }
    }
    Rows { placed, columns: columns.finish(), is_truncated: false }
}

/// Columns that appear as features name them.
#[derive(Default)]
struct GrowingColumns {
    names: rustc_hash::FxHashMap<String, usize>,
    columns: Vec<(String, ColumnBuilder, usize)>,
    row_count: usize,
}

impl GrowingColumns {
    fn push_row(&mut self, properties: Option<Properties>, id: Option<Json>) {
        for (name, value) in properties.map(|properties| properties.0).unwrap_or_default() {
            self.push(name, &value);
        }
        // The feature's own id is the key when its properties have none.
        if let Some(id) = id
            && !self.columns.iter().any(|(name, ..)| name.eq_ignore_ascii_case("id") && name != "id")
        {
            self.push("id".to_owned(), &id);
        }
        self.row_count += 1;
    }

    /// Sets a cell of the row that is being read; the first of two of one name stays.
    fn push(&mut self, name: String, value: &Json) {
        let place = self.names.get(&name).copied().unwrap_or_else(|| {
            self.names.insert(name.clone(), self.columns.len());
            self.columns.push((name, ColumnBuilder::new(), 0));
            self.columns.len() - 1
        });
        let Some((_, builder, length)) = self.columns.get_mut(place) else { return };
        if *length > self.row_count {
            return;
        }
        for _ in *length..self.row_count {
            builder.push(Value::Null);
        }
        push_json(builder, value);
        *length = self.row_count + 1;
    }

    fn finish(self) -> Vec<Column> {
        let row_count = self.row_count;
        let column = |(name, mut builder, length): (String, ColumnBuilder, usize)| {
            (length..row_count).for_each(|_| builder.push(Value::Null));
            Column::new(name, builder.finish(Inference::Temporal))
        };
        self.columns.into_iter().map(column).collect()
    }
}

fn push_json(builder: &mut ColumnBuilder, value: &Json) {
    match value {
        Json::Null => builder.push(Value::Null),
        Json::Bool(yes) => builder.push(Value::Bool(*yes)),
        Json::String(text) => builder.push(Value::Text(text)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => builder.push(Value::Integer(whole)),
            (None, Some(real)) => builder.push(Value::Real(real)),
            (None, None) => builder.push(Value::Text(&number.to_string())),
        },
        nested @ (Json::Array(_) | Json::Object(_)) => builder.push(Value::Text(&nested.to_string())),
    }
}

fn reduced(geometry: GeometryValue) -> Geometry {
    match geometry {
        GeometryValue::Point { coordinates } => Geometry::Points(line([coordinates])),
        GeometryValue::MultiPoint { coordinates } => Geometry::Points(line(coordinates)),
        GeometryValue::LineString { coordinates } => Geometry::Lines(vec![line(coordinates)]),
        GeometryValue::MultiLineString { coordinates } => Geometry::Lines(coordinates.into_iter().map(line).collect()),
        GeometryValue::Polygon { coordinates } => Geometry::Polygons(vec![coordinates.into_iter().map(line).collect()]),
        GeometryValue::MultiPolygon { coordinates } => {
            Geometry::Polygons(coordinates.into_iter().map(|rings| rings.into_iter().map(line).collect()).collect())
        }
        GeometryValue::GeometryCollection { geometries } => {
            Geometry::Collection(geometries.into_iter().map(|geometry| reduced(geometry.value)).collect())
        }
    }
}

fn line(positions: impl IntoIterator<Item = Position>) -> Vec<Xy> {
    positions.into_iter().filter_map(|position| position.as_slice().first_chunk::<2>().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ValueKind;

    fn read(text: &str) -> Result<ReadTable, DbError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("targets.geojson");
        std::fs::write(&path, text).unwrap();
        GeoJsonFile::new(&path).read("targets", usize::MAX)
    }

    fn error_of(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    const DAM: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[-54.5,-25.4,190]},
        "properties":{"name":"Itaipú","class":"dam","date":"2020-05-18","length":1630,"tags":["a","b"]}}"#;

    #[test]
    fn properties_become_typed_columns_in_the_order_of_the_file() {
        let read = read(&collection(DAM)).unwrap();
        let columns: Vec<_> = read.table.columns().iter().map(|column| (column.name(), column.kind())).collect();
        let expected = [
            ("name", ValueKind::Text),
            ("class", ValueKind::Text),
            ("date", ValueKind::Date),
            ("length", ValueKind::Integer),
            ("tags", ValueKind::Text),
            ("id", ValueKind::Integer),
            ("longitude", ValueKind::Real),
            ("latitude", ValueKind::Real),
        ];
        assert_eq!(columns, expected);
        assert_eq!(read.geometry_columns, Some((6, 7)));
        assert_eq!(read.table.value(6, 0), Value::Real(-54.5));
        assert_eq!(read.table.value(4, 0), Value::Text(r#"["a","b"]"#));
    }

    #[test]
    fn a_property_that_only_some_features_have_is_null_for_the_others() {
        let other = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"height":2.5}}"#;
        let read = read(&collection(&format!("{DAM},{other},{DAM}"))).unwrap();
        let height = read.table.column_index("height").unwrap();
        let name = read.table.column_index("name").unwrap();
        assert_eq!(
            (0..3).map(|row| read.table.value(height, row).as_f64()).collect::<Vec<_>>(),
            [None, Some(2.5), None]
        );
        assert_eq!(read.table.value(name, 1), Value::Null);
        assert_eq!(read.table.value(name, 2), Value::Text("Itaipú"));
    }

    #[test]
    fn a_bad_feature_is_set_aside_by_number_and_the_others_are_read() {
        let bad = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":"here"},"properties":{}}"#;
        let empty = r#"{"type":"Feature","geometry":null,"properties":null}"#;
        let read = read(&collection(&format!("{bad},{DAM},{empty}"))).unwrap();
        assert_eq!(read.table.row_count(), 1);
        let aside: Vec<_> = read.set_aside.iter().map(|row| row.line).collect();
        assert_eq!(aside, [1, 3]);
    }

    #[test]
    fn an_old_file_may_name_its_reference_system() {
        let utm = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32721"}},
            "features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[742000,7188000]},"properties":{}}]}"#;
        let read = read(utm).unwrap();
        assert!((read.table.value(0, 0).as_f64().unwrap() - -54.594_315).abs() < 2e-6);
        let unknown = utm.replace("32721", "99999");
        assert!(error_of(&unknown).contains("EPSG::99999"));
    }

    #[test]
    fn a_file_that_is_no_feature_collection_says_so() {
        for (text, problem) in [
            ("{\"type\":\"Topology\"}", "a \"Topology\""),
            ("{\"features\":[]}", "missing field `type`"),
            ("[1,2", "not valid GeoJSON"),
            ("", "not valid GeoJSON"),
        ] {
            let error = error_of(text);
            assert!(error.contains(problem) && error.contains("targets.geojson"), "{error}");
        }
    }

    #[test]
    fn a_single_feature_is_a_table_of_one_row() {
        assert_eq!(read(DAM).unwrap().table.row_count(), 1);
    }
}
