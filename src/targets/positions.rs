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

/// From the name of an image and a pixel in it (column and row, from 0 at the upper left corner) to where that is.
/// `None` for an image that isn't there, or that has no position.
pub type PlacePixel<'a> = &'a dyn Fn(&str, f64, f64) -> Option<LonLat>;

impl Positions {
    /// Checks each row. Fails when the columns aren't there or when no row has a position, unless the positions come from
    /// images, which may not be open yet.
    pub(super) fn of_table(
        set: &str,
        read: &ReadTable,
        mapping: &Mapping,
        place_pixel: Option<PlacePixel<'_>>,
    ) -> Result<Self, TargetsError> {
        let column = |name: &Option<String>, part| place(set, &read.table, name.as_deref(), part);
        let of_row: Box<dyn Fn(usize) -> Result<LonLat, String>> = if mapping.is_by_pixel() {
            let pixel = (column(&mapping.pixel_column, "pixel's column")?, column(&mapping.pixel_row, "pixel's row")?);
            let image = column(&mapping.image, "image")?;
            Box::new(move |row| {
                let value = |column| read.table.value(column, row);
                pixel_position(value(image), (value(pixel.0), value(pixel.1)), place_pixel)
            })
        } else {
            let longitude = column(&mapping.longitude, "longitude")?;
            let latitude = column(&mapping.latitude, "latitude")?;
            Box::new(move |row| position(read.table.value(longitude, row), read.table.value(latitude, row)))
        };
        let mut positions = Self { rows: Vec::new(), points: Vec::new(), set_aside: Vec::new() };
        for row in read.table.rows() {
            let index = row as usize;
            match of_row(index) {
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
            Some(first) if positions.rows.is_empty() && !mapping.is_by_pixel() => Err(TargetsError::NoPositions {
                set: set.to_owned(),
                rows: read.table.row_count(),
                line: first.line,
                reason: first.reason.clone(),
            }),
            _ => Ok(positions),
        }
    }
}

fn pixel_position(
    image: Value<'_>,
    (column, row): (Value<'_>, Value<'_>),
    place_pixel: Option<PlacePixel<'_>>,
) -> Result<LonLat, String> {
    let whole = |value: Value<'_>, part: &str| {
        number(value).filter(|number| number.is_finite()).ok_or_else(|| format!("no {part} of a pixel"))
    };
    let (column, row) = (whole(column, "column")?, whole(row, "row")?);
    let name = match image {
        Value::Null => return Err("no image".to_owned()),
        value => value.to_string(),
    };
    place_pixel
        .and_then(|place| place(&name, column, row))
        .ok_or_else(|| format!("the image \"{name}\" is not open, or has no position"))
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
