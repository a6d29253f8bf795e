//! What questions to the embedded store may call beside `SQLite`'s own functions: where a geometry is, its text, and the
//! usual functions of numbers.

use std::sync::Arc;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use rustc_hash::FxHashMap;

use super::wkb;
use crate::db::wkt::text_of_geopackage;
use crate::geo::{Point, Transformer};

/// From the reference systems of a file, by their numbers in it, to longitude and latitude.
pub(super) type LonLatOf = Arc<FxHashMap<i32, Transformer>>;

/// A function of one number.
type OfOne = fn(f64) -> f64;

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    // They read nothing but their arguments, so that views may call them.
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Adds the functions to a connection: `longitude(geometry)` and `latitude(geometry)` in degrees, `ST_X`, `ST_Y` in the
/// geometry's own system, `ST_AsText`, `sqrt`, `exp`, `ln`, `log10`, `pow`, `floor`, `ceil`.
pub(super) fn add(connection: &Connection, lon_lat_of: &LonLatOf) -> Result<()> {
    for (name, part) in [("longitude", Part::X), ("latitude", Part::Y)] {
        let lon_lat_of = Arc::clone(lon_lat_of);
        connection.create_scalar_function(name, 1, FLAGS, move |context| Ok(degrees(context, &lon_lat_of, part)))?;
    }
    for (name, part) in [("st_x", Part::X), ("st_y", Part::Y)] {
        connection.create_scalar_function(
            name,
            1,
            FLAGS,
            move |context| Ok(point(context).map(|(p, _)| part.of(p))),
        )?;
    }
    connection
        .create_scalar_function("st_astext", 1, FLAGS, |context| Ok(blob(context).and_then(text_of_geopackage)))?;
    let of_one: [(&str, OfOne); 6] = [
        ("sqrt", f64::sqrt),
        ("exp", f64::exp),
        ("ln", f64::ln),
        ("log10", f64::log10),
        ("floor", f64::floor),
        ("ceil", f64::ceil),
    ];
    for (name, function) in of_one {
        connection.create_scalar_function(name, 1, FLAGS, move |context| Ok(number(context, 0).map(function)))?;
    }
    connection.create_scalar_function("pow", 2, FLAGS, |context| {
        Ok(number(context, 0).zip(number(context, 1)).map(|(base, exponent)| base.powf(exponent)))
    })
}

/// Adds what the triggers of a table's spatial index call when a row is inserted (OGC 12-128r19, annex F.3), for points.
pub(super) fn add_for_index(connection: &Connection) -> Result<()> {
    for (name, part) in [("st_minx", Part::X), ("st_maxx", Part::X), ("st_miny", Part::Y), ("st_maxy", Part::Y)] {
        connection.create_scalar_function(
            name,
            1,
            FLAGS,
            move |context| Ok(point(context).map(|(p, _)| part.of(p))),
        )?;
    }
    connection.create_scalar_function("st_isempty", 1, FLAGS, |context| Ok(point(context).is_none()))
}

#[derive(Clone, Copy)]
enum Part {
    X,
    Y,
}

impl Part {
    fn of(self, point: Point) -> f64 {
        match self {
            Self::X => point.x,
            Self::Y => point.y,
        }
    }
}

fn degrees(context: &Context<'_>, lon_lat_of: &LonLatOf, part: Part) -> Option<f64> {
    let (point, srid) = point(context)?;
    let transformer = lon_lat_of.get(&srid)?;
    transformer.forward(point).map(|lon_lat| part.of(lon_lat))
}

/// The point that stands for the first argument, and the number of its reference system.
fn point(context: &Context<'_>) -> Option<(Point, i32)> {
    let parsed = wkb::parse_geopackage(blob(context)?).ok()?;
    let [x, y] = parsed.geometry.representative_point()?;
    Some((Point::new(x, y), parsed.srid?))
}

fn blob<'a>(context: &'a Context<'_>) -> Option<&'a [u8]> {
    match context.get_raw(0) {
        ValueRef::Blob(blob) => Some(blob),
        _ => None,
    }
}

fn number(context: &Context<'_>, at: usize) -> Option<f64> {
    match context.get_raw(at) {
        ValueRef::Integer(whole) => Some(whole as f64),
        ValueRef::Real(real) => Some(real),
        _ => None,
    }
}
