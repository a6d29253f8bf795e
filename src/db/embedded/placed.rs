//! Rows with a geometry, as they are read: the geometry's point is brought to longitude and latitude, and a row without
//! one is set aside.

use super::geometry::Geometry;
use crate::db::{Column, ColumnData, ReadTable, SetAside, Table};
use crate::geo::{BoundingBox, Crs, CrsError, Point, Transformer};

/// What a row without a geometry is set aside for.
const EMPTY: &str = "no position: its geometry is empty";

/// The points of the rows read so far, in the store's own system, and where each row stands in the store.
#[derive(Debug, Default)]
pub(super) struct Placed {
    xs: Vec<f64>,
    ys: Vec<f64>,
    lines: Vec<u64>,
    set_aside: Vec<SetAside>,
}

impl Placed {
    /// Number of rows that have a point.
    pub(super) fn len(&self) -> usize {
        self.xs.len()
    }

    /// Whether all points can be longitudes and latitudes.
    pub(super) fn can_be_degrees(&self) -> bool {
        self.xs.iter().all(|x| x.abs() <= 180.0) && self.ys.iter().all(|y| y.abs() <= 90.0)
    }

    /// Takes a row's point. False when the row is set aside and its values shall not be taken either.
    pub(super) fn push(&mut self, line: u64, geometry: Option<&Geometry>) -> bool {
        let Some([x, y]) = geometry.and_then(Geometry::representative_point) else {
            self.set_aside(line, EMPTY.to_owned());
            return false;
        };
        self.xs.push(x);
        self.ys.push(y);
        self.lines.push(line);
        true
    }

    /// Leaves a row out.
    pub(super) fn set_aside(&mut self, line: u64, reason: String) {
        self.set_aside.push(SetAside { line, reason });
    }

    /// The table of the rows' other columns with their longitude and latitude at its end. `None` when the columns
    /// don't have the rows that were placed.
    pub(super) fn into_table(mut self, mut columns: Vec<Column>, crs: &Crs) -> Result<Option<ReadTable>, CrsError> {
        let mut read = ReadTable::default();
        let transformer = Transformer::new(crs, &Crs::wgs84(), self.bounds())?;
        if !transformer.is_identity() {
            transformer.forward_slice(&mut self.xs, &mut self.ys);
            read.notes.extend(transformer.note().map(str::to_owned));
        }
        let lost: Vec<bool> = self.xs.iter().zip(&self.ys).map(|(x, y)| !(x.is_finite() && y.is_finite())).collect();
        let first = columns.len();
        columns.push(Column::new(free_name("longitude", &columns), reals(self.xs)));
        columns.push(Column::new(free_name("latitude", &columns), reals(self.ys)));
        let Some(mut table) = Table::new(columns) else { return Ok(None) };
        if lost.contains(&true) {
            let reason = format!("outside of where {} is defined", crs.name());
            let of_line = |line: &u64| SetAside { line: *line, reason: reason.clone() };
            let pairs = || self.lines.iter().zip(&lost);
            self.set_aside.extend(pairs().filter(|(_, lost)| **lost).map(|(line, _)| of_line(line)));
            let kept: Vec<u32> = (0..).zip(&lost).filter(|(_, lost)| !**lost).map(|(row, _)| row).collect();
            read.lines = pairs().filter(|(_, lost)| !**lost).map(|(line, _)| *line).collect();
            table = table.take(&kept);
        } else {
            read.lines = self.lines;
        }
        read.table = table;
        read.geometry_columns = Some((first, first + 1));
        read.set_aside = self.set_aside;
        read.set_aside.sort_by_key(|row| row.line);
        Ok(Some(read))
    }

    fn bounds(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.xs.iter().zip(&self.ys).map(|(&x, &y)| Point::new(x, y)))
    }
}

fn reals(values: Vec<f64>) -> ColumnData {
    ColumnData::Real(values.into_iter().map(Some).collect())
}

/// The name, or one of its kind that no column has yet.
fn free_name(name: &str, columns: &[Column]) -> String {
    let is_taken = |name: &str| columns.iter().any(|column| column.name().eq_ignore_ascii_case(name));
    if is_taken(name) { format!("{name} (geometry)") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Value;

    fn ids(values: &[i64]) -> Vec<Column> {
        vec![Column::new("id", ColumnData::Integer(values.iter().copied().map(Some).collect()))]
    }

    fn point(x: f64, y: f64) -> Geometry {
        Geometry::Points(vec![[x, y]])
    }

    #[test]
    fn projected_points_become_degrees() {
        let mut placed = Placed::default();
        assert!(placed.push(1, Some(&point(742_000.0, 7_188_000.0))));
        assert!(!placed.push(2, None));
        let utm = Crs::from_epsg(32721).unwrap();
        let read = placed.into_table(ids(&[1]), &utm).unwrap().unwrap();
        assert_eq!(read.geometry_columns, Some((1, 2)));
        let (lon, lat) = (read.table.value(1, 0).as_f64().unwrap(), read.table.value(2, 0).as_f64().unwrap());
        // PROJ: cs2cs EPSG:32721 EPSG:4326
        assert!((lon - -54.594_315).abs() < 2e-6 && (lat - -25.405_230).abs() < 2e-6, "{lon} {lat}");
        assert_eq!(read.set_aside, [SetAside { line: 2, reason: EMPTY.to_owned() }]);
    }

    #[test]
    fn what_no_longitude_belongs_to_is_set_aside() {
        let mut placed = Placed::default();
        assert!(placed.push(7, Some(&point(1e30, 1e30))));
        assert!(placed.push(8, Some(&point(742_000.0, 7_188_000.0))));
        let read = placed.into_table(ids(&[1, 2]), &Crs::from_epsg(32721).unwrap()).unwrap().unwrap();
        assert_eq!((read.table.row_count(), read.table.value(0, 0)), (1, Value::Integer(2)));
        assert_eq!(read.lines, [8]);
        assert_eq!(read.set_aside.first().map(|row| row.line), Some(7));
    }

    #[test]
    fn columns_of_the_same_name_are_told_apart() {
        let mut placed = Placed::default();
        assert!(placed.push(1, Some(&point(1.0, 2.0))));
        let columns = vec![Column::new("Longitude", ColumnData::Real(vec![None]))];
        let read = placed.into_table(columns, &Crs::wgs84()).unwrap().unwrap();
        let names: Vec<_> = read.table.columns().iter().map(Column::name).collect();
        assert_eq!(names, ["Longitude", "longitude (geometry)", "latitude"]);
    }
}
