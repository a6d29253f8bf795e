//! The geometries of a Shapefile (`.shp`), record by record, so that a bad one costs its own row only. Where the records are says the
//! index (`.shx`) if there is a whole one, else each record says where the next one is.

use std::io::Cursor;

use shapefile::record::{PolygonRing, traits::HasXY};
use shapefile::{ReadableShape, Shape};

use crate::db::embedded::geometry::{Geometry, Xy, polygons_of_rings};

const HEADER_BYTES: usize = 100;
const FILE_CODE: i32 = 9994;
const RECORD_HEADER_BYTES: usize = 8;

/// The file's records.
pub(super) struct Shapes<'a> {
    bytes: &'a [u8],
    /// Where each record's header starts.
    starts: Vec<usize>,
    /// Whether the last record is not wholly there.
    pub(super) is_cut_off: bool,
}

impl<'a> Shapes<'a> {
    /// Looks where the records are. `None` for what is no such file.
    pub(super) fn find(bytes: &'a [u8], index: Option<&[u8]>) -> Option<Self> {
        if bytes.len() < HEADER_BYTES || be_i32(bytes, 0)? != FILE_CODE {
            return None;
        }
        if let Some(starts) = index.and_then(|index| indexed(index, bytes)) {
            return Some(Self { bytes, starts, is_cut_off: false });
        }
        let mut starts = Vec::new();
        let mut at = HEADER_BYTES;
        while at < bytes.len() {
            let Some(record) = record_bytes(bytes, at) else {
                return Some(Self { bytes, starts, is_cut_off: true });
            };
            starts.push(at);
            at += RECORD_HEADER_BYTES + record.len();
        }
        Some(Self { bytes, starts, is_cut_off: false })
    }

    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// A record's geometry; `None` for one that has none. An error says what is wrong with the record.
    pub(super) fn get(&self, at: usize) -> Result<Option<Geometry>, String> {
        let record = self.starts.get(at).and_then(|start| record_bytes(self.bytes, *start));
        let record = record.ok_or("its geometry is cut off")?;
        if !counts_can_be(record) {
            return Err("its geometry can't be read: it states more points than it has".to_owned());
        }
        let size = i32::try_from(record.len()).map_err(|error| error.to_string())?;
        let shape = Shape::read_from(&mut Cursor::new(record), size)
            .map_err(|error| format!("its geometry can't be read: {error}"))?;
        Ok(geometry(shape))
    }
}

fn be_i32(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|four| i32::from_be_bytes(*four))
}

/// What a record holds; `None` where it can't be there.
fn record_bytes(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let words = usize::try_from(be_i32(bytes, start.checked_add(4)?)?).ok()?;
    let from = start.checked_add(RECORD_HEADER_BYTES)?;
    bytes.get(from..from.checked_add(words.checked_mul(2)?)?).filter(|record| record.len() >= 4)
}

/// Where the index says that the records are; `None` unless all of them can be there.
fn indexed(index: &[u8], bytes: &[u8]) -> Option<Vec<usize>> {
    if index.len() < HEADER_BYTES || be_i32(index, 0)? != FILE_CODE {
        return None;
    }
    let entries = index.get(HEADER_BYTES..)?.chunks_exact(RECORD_HEADER_BYTES);
    let start = |entry: &[u8]| usize::try_from(be_i32(entry, 0)?).ok()?.checked_mul(2);
    let starts: Vec<usize> = entries.map(start).collect::<Option<_>>()?;
    let can_be = |start: &usize| *start >= HEADER_BYTES && record_bytes(bytes, *start).is_some();
    starts.iter().all(can_be).then_some(starts)
}

/// Whether a record has room for the parts and points that it states, so that no memory is taken for what can't be there: numbers of
/// parts and points after a box of four numbers, then where each part begins (ESRI Shapefile Technical Description, pages 5 to 20).
fn counts_can_be(record: &[u8]) -> bool {
    let number = |at: usize| {
        let four = record.get(at..).and_then(|rest| rest.first_chunk());
        four.and_then(|four| usize::try_from(i32::from_le_bytes(*four)).ok())
    };
    let (parts, points, start) = match number(0) {
        Some(3 | 5 | 13 | 15 | 23 | 25 | 31) => (number(36), number(40), 44),
        Some(8 | 18 | 28) => (Some(0), number(36), 40),
        _ => return true,
    };
    let Some((parts, points)) = parts.zip(points) else { return false };
    let needed = parts.checked_mul(4).zip(points.checked_mul(16)).and_then(|(parts, points)| parts.checked_add(points));
    if needed.and_then(|needed| needed.checked_add(start)).is_none_or(|needed| needed > record.len()) {
        return false;
    }
    let firsts: Vec<Option<usize>> = (0..parts).map(|part| number(start + 4 * part)).collect();
    firsts.is_sorted() && firsts.iter().all(|first| first.is_some_and(|first| first <= points))
}

fn geometry(shape: Shape) -> Option<Geometry> {
    Some(match shape {
        Shape::NullShape => return None,
        Shape::Point(point) => Geometry::Points(vec![xy(&point)]),
        Shape::PointM(point) => Geometry::Points(vec![xy(&point)]),
        Shape::PointZ(point) => Geometry::Points(vec![xy(&point)]),
        Shape::Multipoint(points) => Geometry::Points(line(points.points())),
        Shape::MultipointM(points) => Geometry::Points(line(points.points())),
        Shape::MultipointZ(points) => Geometry::Points(line(points.points())),
        Shape::Polyline(parts) => lines(parts.parts()),
        Shape::PolylineM(parts) => lines(parts.parts()),
        Shape::PolylineZ(parts) => lines(parts.parts()),
        Shape::Polygon(polygon) => polygons(polygon.rings()),
        Shape::PolygonM(polygon) => polygons(polygon.rings()),
        Shape::PolygonZ(polygon) => polygons(polygon.rings()),
        // The mean of its corners stands for a body.
        Shape::Multipatch(body) => {
            Geometry::Points(body.patches().iter().flat_map(|patch| line(patch.points())).collect())
        }
    })
}

fn xy(point: &impl HasXY) -> Xy {
    [point.x(), point.y()]
}

fn line(points: &[impl HasXY]) -> Vec<Xy> {
    points.iter().map(xy).collect()
}

fn lines(parts: &[Vec<impl HasXY>]) -> Geometry {
    Geometry::Lines(parts.iter().map(|part| line(part)).collect())
}

fn polygons(rings: &[PolygonRing<impl HasXY>]) -> Geometry {
    polygons_of_rings(rings.iter().map(|ring| line(ring.points())).collect())
}
