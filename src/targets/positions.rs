//! Where a table's rows are: checked longitudes and latitudes, and the reason for each row that has none.

use super::{Mapping, TargetsError};
use crate::db::{ReadTable, SetAside, Table, Value, parse_real};
use crate::geo::LonLat;

/// The rows that have a position, and those that don't.
pub(super) struct Positions {
    /// Rows of the table with a position, in its order.
    pub(super) rows: Vec<u32>,
    /// The position of each of `rows`.
    pub(super) points: Vec<LonLat>,
    /// The others.
    pub(super) set_aside: Vec<SetAside>,
}

impl Positions {
    /// Checks each row. Fails when the columns aren't there or when no row has a position.
    pub(super) fn of_table(set: &str, read: &ReadTable, mapping: &Mapping) -> Result<Self, TargetsError> {
        let longitude = place(set, &read.table, mapping.longitude.as_deref(), "longitude")?;
        let latitude = place(set, &read.table, mapping.latitude.as_deref(), "latitude")?;
        let mut positions = Self { rows: Vec::new(), points: Vec::new(), set_aside: Vec::new() };
        for row in read.table.rows() {
            let index = row as usize;
            match position(read.table.value(longitude, index), read.table.value(latitude, index)) {
                Ok(point) => {
                    positions.rows.push(row);
                    positions.points.push(point);
                }
                Err(reason) => {
                    let line = read.lines.get(index).copied().unwrap_or_else(|| u64::from(row) + 1);
                    positions.set_aside.push(SetAside { line, reason });
                }
            }
        }
        match positions.set_aside.first() {
            Some(first) if positions.rows.is_empty() => Err(TargetsError::NoPositions {
                set: set.to_owned(),
                rows: read.table.row_count(),
                line: first.line,
                reason: first.reason.clone(),
            }),
            _ => Ok(positions),
        }
    }
}

fn place(set: &str, table: &Table, column: Option<&str>, part: &'static str) -> Result<usize, TargetsError> {
    let columns = || table.columns().iter().map(|column| column.name().to_owned()).collect();
    let Some(name) = column else {
        return Err(TargetsError::NoPositionColumn { set: set.to_owned(), part, columns: columns() });
    };
    table.column_index(name).ok_or_else(|| TargetsError::NoSuchColumn {
        set: set.to_owned(),
        column: name.to_owned(),
        columns: columns(),
    })
}

fn position(longitude: Value<'_>, latitude: Value<'_>) -> Result<LonLat, String> {
    let degrees = |value: Value<'_>, part: &str| match value {
        Value::Null => Err(format!("no {part}")),
        value => number(value).ok_or_else(|| format!("{part} \"{value}\" is not a number")),
    };
    let (lon_deg, lat_deg) = (degrees(longitude, "longitude")?, degrees(latitude, "latitude")?);
    LonLat::new(lon_deg, lat_deg)
        .ok_or_else(|| format!("{lon_deg}, {lat_deg} is not on the earth (longitude -180 to 180, latitude -90 to 90)"))
}

/// A cell's number, also where a word elsewhere in the column has made texts of all of them.
pub(super) fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Text(text) => {
            let text = text.trim();
            parse_real(text).or_else(|| parse_real(&text.replace(',', ".")))
        }
        value => value.as_f64(),
    }
}
