//! Well-known binary: the geometries of `GeoPackage`, `PostGIS` and their relatives. Reads ISO WKB (OGC 06-103r4, 8.2) and
//! `PostGIS`' extended form with its flags for Z, M and SRID. Heights and measures are skipped.

use thiserror::Error;

use super::geometry::{Geometry, Xy};

/// Why a geometry can't be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum WkbError {
    /// The bytes end before the geometry does.
    #[error("the geometry ends too early")]
    Truncated,
    /// A type that has no point to stand for it.
    #[error("geometry type {0} is not known")]
    UnknownType(u32),
    /// Collections within collections, deeper than anybody means.
    #[error("geometries are nested too deeply")]
    TooDeep,
    /// The first bytes aren't those of a `GeoPackage` geometry.
    #[error("not a GeoPackage geometry")]
    NotGeoPackage,
}

const FLAG_Z: u32 = 0x8000_0000;
const FLAG_M: u32 = 0x4000_0000;
const FLAG_SRID: u32 = 0x2000_0000;
const MAX_DEPTH: usize = 8;

/// A geometry with the reference system that the bytes name.
#[derive(Debug, PartialEq)]
pub(super) struct ParsedGeometry {
    pub(super) geometry: Geometry,
    pub(super) srid: Option<i32>,
}

/// Parses well-known binary.
pub(super) fn parse_wkb(bytes: &[u8]) -> Result<ParsedGeometry, WkbError> {
    let mut reader = Reader { bytes, srid: None };
    let geometry = reader.geometry(0)?;
    Ok(ParsedGeometry { geometry, srid: reader.srid })
}

/// Parses a `GeoPackage` geometry: a header with an envelope, then well-known binary (OGC 12-128r19, 2.1.3).
pub(super) fn parse_geopackage(blob: &[u8]) -> Result<ParsedGeometry, WkbError> {
    let (header, rest) = blob.split_first_chunk::<8>().ok_or(WkbError::NotGeoPackage)?;
    let [b'G', b'P', _version, flags, srid @ ..] = *header else {
        return Err(WkbError::NotGeoPackage);
    };
    let srid = if flags & 1 == 1 { i32::from_le_bytes(srid) } else { i32::from_be_bytes(srid) };
    let envelope_bytes = match flags >> 1 & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(WkbError::NotGeoPackage),
    };
    let is_empty = flags >> 4 & 1 == 1;
    if is_empty {
        return Ok(ParsedGeometry { geometry: Geometry::Points(Vec::new()), srid: Some(srid) });
    }
    let wkb = rest.get(envelope_bytes..).ok_or(WkbError::Truncated)?;
    Ok(ParsedGeometry { geometry: parse_wkb(wkb)?.geometry, srid: Some(srid) })
}

struct Reader<'a> {
    bytes: &'a [u8],
    srid: Option<i32>,
}

/// What the first bytes of a geometry say about the rest.
#[derive(Clone, Copy)]
struct Layout {
    is_little_endian: bool,
    /// Numbers of a position: 2 to 4.
    dimensions: usize,
}

impl Reader<'_> {
    fn geometry(&mut self, depth: usize) -> Result<Geometry, WkbError> {
        if depth > MAX_DEPTH {
            return Err(WkbError::TooDeep);
        }
        let is_little_endian = self.take::<1>()? == [1];
        let code = self.u32(is_little_endian)?;
        if code & FLAG_SRID != 0 {
            let srid = self.take::<4>()?;
            self.srid = Some(if is_little_endian { i32::from_le_bytes(srid) } else { i32::from_be_bytes(srid) });
        }
        let plain = code & !(FLAG_Z | FLAG_M | FLAG_SRID);
        let (iso_dimensions, kind) = (plain / 1000, plain % 1000);
        let has_z = code & FLAG_Z != 0 || matches!(iso_dimensions, 1 | 3);
        let has_m = code & FLAG_M != 0 || matches!(iso_dimensions, 2 | 3);
        let layout = Layout { is_little_endian, dimensions: 2 + usize::from(has_z) + usize::from(has_m) };
        match kind {
            1 => Ok(Geometry::Points(vec![self.position(layout)?])),
            2 | 8 => Ok(Geometry::Lines(vec![self.positions(layout)?])),
            3 | 17 => Ok(Geometry::Polygons(vec![self.rings(layout)?])),
            4..=7 | 9..=12 | 15 | 16 => self.parts(layout, depth),
            _ => Err(WkbError::UnknownType(code)),
        }
    }

    /// Several geometries, each with a head of its own. Parts of one kind become one geometry of that kind. The parts
    /// of a curve make lines and those of a curve polygon rings, which is close enough for a point to stand for them.
    fn parts(&mut self, layout: Layout, depth: usize) -> Result<Geometry, WkbError> {
        let count = self.count(layout, 5)?;
        let mut parts = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            parts.push(self.geometry(depth + 1)?);
        }
        Ok(merge(parts))
    }

    fn rings(&mut self, layout: Layout) -> Result<Vec<Vec<Xy>>, WkbError> {
        let count = self.count(layout, 4)?;
        (0..count).map(|_| self.positions(layout)).collect()
    }

    fn positions(&mut self, layout: Layout) -> Result<Vec<Xy>, WkbError> {
        let count = self.count(layout, 8 * layout.dimensions)?;
        (0..count).map(|_| self.position(layout)).collect()
    }

    fn position(&mut self, layout: Layout) -> Result<Xy, WkbError> {
        let x = self.f64(layout)?;
        let y = self.f64(layout)?;
        for _ in 2..layout.dimensions {
            self.take::<8>()?;
        }
        Ok([x, y])
    }

    /// A count of things that take at least `least_bytes` each: one that can't be true is refused before memory is
    /// taken for it.
    fn count(&mut self, layout: Layout, least_bytes: usize) -> Result<usize, WkbError> {
        let count = self.u32(layout.is_little_endian)? as usize;
        if count > self.bytes.len() / least_bytes { Err(WkbError::Truncated) } else { Ok(count) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or(WkbError::Truncated)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn u32(&mut self, is_little_endian: bool) -> Result<u32, WkbError> {
        let bytes = self.take::<4>()?;
        Ok(if is_little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&mut self, layout: Layout) -> Result<f64, WkbError> {
        let bytes = self.take::<8>()?;
        Ok(if layout.is_little_endian { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }
}

fn merge(parts: Vec<Geometry>) -> Geometry {
    let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
    for part in &parts {
        match part {
            Geometry::Points(more) => points.extend_from_slice(more),
            Geometry::Lines(more) => lines.extend_from_slice(more),
            Geometry::Polygons(more) => polygons.extend_from_slice(more),
            Geometry::Collection(_) => return Geometry::Collection(parts),
        }
    }
    match (points.is_empty(), lines.is_empty(), polygons.is_empty()) {
        (_, true, true) => Geometry::Points(points),
        (true, false, true) => Geometry::Lines(lines),
        (true, true, false) => Geometry::Polygons(polygons),
        _ => Geometry::Collection(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn points(text: &str) -> Result<Geometry, WkbError> {
        parse_wkb(&hex(text)).map(|parsed| parsed.geometry)
    }

    const X1_Y2_LITTLE: &str = "000000000000f03f0000000000000040";

    #[test]
    fn a_point_is_read_in_both_byte_orders() {
        let expected = Ok(Geometry::Points(vec![[1.0, 2.0]]));
        assert_eq!(points(&format!("0101000000{X1_Y2_LITTLE}")), expected);
        assert_eq!(points("00000000013ff00000000000004000000000000000"), expected);
    }

    #[test]
    fn heights_and_measures_are_skipped_in_iso_and_extended_form() {
        let expected = Ok(Geometry::Points(vec![[1.0, 2.0]]));
        let height = "0000000000000840";
        assert_eq!(points(&format!("01e9030000{X1_Y2_LITTLE}{height}")), expected);
        assert_eq!(points(&format!("0101000080{X1_Y2_LITTLE}{height}")), expected);
        assert_eq!(points(&format!("01b90b0000{X1_Y2_LITTLE}{height}{height}")), expected);
    }

    #[test]
    fn an_extended_geometry_names_its_reference_system() {
        let parsed = parse_wkb(&hex(&format!("0101000020e6100000{X1_Y2_LITTLE}"))).unwrap();
        assert_eq!(parsed.srid, Some(4326));
    }

    #[test]
    fn parts_of_one_kind_become_one_geometry() {
        let point = format!("0101000000{X1_Y2_LITTLE}");
        assert_eq!(points(&format!("010400000002000000{point}{point}")), Ok(Geometry::Points(vec![[1.0, 2.0]; 2])));
        let line = format!("010200000001000000{X1_Y2_LITTLE}");
        let collection = points(&format!("010700000002000000{point}{line}"));
        assert!(matches!(collection, Ok(Geometry::Collection(parts)) if parts.len() == 2));
    }

    #[test]
    fn counts_that_cannot_be_true_take_no_memory() {
        assert_eq!(points("0102000000ffffffff"), Err(WkbError::Truncated));
        assert_eq!(points("0103000000ffffffff"), Err(WkbError::Truncated));
        assert_eq!(points("0107000000ffffffff"), Err(WkbError::Truncated));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let polygon = hex(&format!("01030000000100000002000000{X1_Y2_LITTLE}{X1_Y2_LITTLE}"));
        assert!(parse_wkb(&polygon).is_ok());
        for length in 0..polygon.len() {
            assert_eq!(parse_wkb(&polygon[..length]), Err(WkbError::Truncated), "{length}");
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        assert_eq!(points(&"010700000001000000".repeat(100)), Err(WkbError::TooDeep));
    }

    #[test]
    fn a_geopackage_header_is_skipped_with_any_envelope() {
        let point = format!("0101000000{X1_Y2_LITTLE}");
        for (flags, envelope) in [("01", 0), ("03", 32), ("05", 48), ("07", 48), ("09", 64)] {
            let blob = hex(&format!("475000{flags}e6100000{}{point}", "00".repeat(envelope)));
            let parsed = parse_geopackage(&blob).unwrap();
            assert_eq!(parsed, ParsedGeometry { geometry: Geometry::Points(vec![[1.0, 2.0]]), srid: Some(4326) });
        }
    }

    #[test]
    fn an_empty_geopackage_geometry_has_no_point() {
        let parsed = parse_geopackage(&hex("47500011e6100000")).unwrap();
        assert_eq!(parsed.geometry.representative_point(), None);
        assert_eq!(parse_geopackage(b"GIF89a..").unwrap_err(), WkbError::NotGeoPackage);
        assert_eq!(parse_geopackage(b"GP").unwrap_err(), WkbError::NotGeoPackage);
    }
}
