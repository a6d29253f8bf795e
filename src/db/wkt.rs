//! Geometries as text: well-known binary (ISO, `PostGIS`' extended form, `GeoPackage`'s with its header) written out as
//! extended well-known text, with heights and measures: `SRID=4326;POINT Z (1 2 3)`. `PostGIS` reads it back as it was.

use std::fmt::Write;

const FLAG_Z: u32 = 0x8000_0000;
const FLAG_M: u32 = 0x4000_0000;
const FLAG_SRID: u32 = 0x2000_0000;
const MAX_DEPTH: usize = 8;

/// The text of well-known binary; `None` for bytes that are none.
pub(in crate::db) fn text_of_wkb(bytes: &[u8]) -> Option<String> {
    let mut writer = Writer { bytes, text: String::new(), srid: None };
    writer.geometry(0)?;
    let srid = writer.srid.filter(|srid| *srid != 0).map(|srid| format!("SRID={srid};")).unwrap_or_default();
    writer.bytes.is_empty().then(|| srid + &writer.text)
}

/// The text of a `GeoPackage` geometry (OGC 12-128r19, 2.1.3), without its reference system, which is the table's.
pub(in crate::db) fn text_of_geopackage(blob: &[u8]) -> Option<String> {
    let [b'G', b'P', _version, flags, _, _, _, _, rest @ ..] = blob else { return None };
    let envelope_bytes = match flags >> 1 & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return None,
    };
    text_of_wkb(rest.get(envelope_bytes..)?)
}

struct Writer<'a> {
    bytes: &'a [u8],
    text: String,
    srid: Option<u32>,
}

/// What the first bytes of a geometry say about the rest.
#[derive(Clone, Copy)]
struct Layout {
    is_little_endian: bool,
    has_z: bool,
    has_m: bool,
}

impl Layout {
    fn numbers(self) -> usize {
        2 + usize::from(self.has_z) + usize::from(self.has_m)
    }

    fn suffix(self) -> &'static str {
        match (self.has_z, self.has_m) {
            (false, false) => "",
            (true, false) => " Z",
            (false, true) => " M",
            (true, true) => " ZM",
        }
    }
}

/// How the parts of a geometry are written within it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// With their names.
    Named,
    /// Without the name that this one implies.
    Unnamed(u32),
}

impl Writer<'_> {
    fn geometry(&mut self, depth: usize) -> Option<()> {
        let (kind, layout) = self.head()?;
        let _ = write!(self.text, "{}{}", name_of(kind)?, layout.suffix());
        self.body(kind, layout, depth)
    }

    fn head(&mut self) -> Option<(u32, Layout)> {
        let is_little_endian = self.take::<1>()? == [1];
        let code = self.u32(is_little_endian)?;
        if code & FLAG_SRID != 0 {
            self.srid = Some(self.u32(is_little_endian)?);
        }
        let plain = code & !(FLAG_Z | FLAG_M | FLAG_SRID);
        let has_z = code & FLAG_Z != 0 || matches!(plain / 1000, 1 | 3);
        let has_m = code & FLAG_M != 0 || matches!(plain / 1000, 2 | 3);
        Some((plain % 1000, Layout { is_little_endian, has_z, has_m }))
    }

    fn body(&mut self, kind: u32, layout: Layout, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            1 => self.point(layout),
            2 | 8 => self.list(layout, |writer| writer.position(layout)),
            3 | 17 => self.list(layout, |writer| writer.list(layout, |writer| writer.position(layout))),
            4 => self.parts(layout, depth, Parts::Unnamed(1)),
            5 | 9 | 10 | 11 => self.parts(layout, depth, Parts::Unnamed(2)),
            6 | 12 | 15 => self.parts(layout, depth, Parts::Unnamed(3)),
            16 => self.parts(layout, depth, Parts::Unnamed(17)),
            7 => self.parts(layout, depth, Parts::Named),
            _ => None,
        }
    }

    /// An empty point has NaN for its coordinates.
    fn point(&mut self, layout: Layout) -> Option<()> {
        let start = self.text.len();
        self.text.push('(');
        let is_empty = self.position(layout)?;
        self.text.push(')');
        if is_empty {
            self.text.truncate(start);
            self.text.push_str(" EMPTY");
        } else if layout.suffix().is_empty() {
            return Some(());
        } else {
            self.text.insert(start, ' ');
        }
        Some(())
    }

    fn list<T>(&mut self, layout: Layout, mut part: impl FnMut(&mut Self) -> Option<T>) -> Option<()> {
        let count = self.u32(layout.is_little_endian)? as usize;
        if count > self.bytes.len() / 4 {
            return None;
        }
        if count == 0 {
            self.text.push_str(if self.text.ends_with(['(', ',']) { "EMPTY" } else { " EMPTY" });
            return Some(());
        }
        if self.text.ends_with(['Z', 'M']) {
            self.text.push(' ');
        }
        self.text.push('(');
        for at in 0..count {
            if at > 0 {
                self.text.push(',');
            }
            part(self)?;
        }
        self.text.push(')');
        Some(())
    }

    fn parts(&mut self, layout: Layout, depth: usize, parts: Parts) -> Option<()> {
        self.list(layout, |writer| {
            let (kind, layout) = writer.head()?;
            if parts != Parts::Unnamed(kind) {
                let _ = write!(writer.text, "{}{}", name_of(kind)?, layout.suffix());
                return writer.body(kind, layout, depth + 1);
            }
            if kind == 1 {
                let is_empty = writer.wrapped_position(layout)?;
                return (!is_empty).then_some(()).or_else(|| writer.replace_last_by_empty());
            }
            writer.body(kind, layout, depth + 1)
        })
    }

    fn wrapped_position(&mut self, layout: Layout) -> Option<bool> {
        self.text.push('(');
        let is_empty = self.position(layout)?;
        self.text.push(')');
        Some(is_empty)
    }

    fn replace_last_by_empty(&mut self) -> Option<()> {
        let start = self.text.rfind('(')?;
        self.text.truncate(start);
        self.text.push_str("EMPTY");
        Some(())
    }

    /// Writes a position; true when all of its numbers are NaN.
    fn position(&mut self, layout: Layout) -> Option<bool> {
        let mut is_empty = true;
        for at in 0..layout.numbers() {
            let bytes = self.take::<8>()?;
            let number = if layout.is_little_endian { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
            is_empty &= number.is_nan();
            let _ = write!(self.text, "{}{number}", if at > 0 { " " } else { "" });
        }
        Some(is_empty)
    }

    fn u32(&mut self, is_little_endian: bool) -> Option<u32> {
        let bytes = self.take::<4>()?;
        Some(if is_little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*taken)
    }
}

fn name_of(kind: u32) -> Option<&'static str> {
    Some(match kind {
        1 => "POINT",
        2 => "LINESTRING",
        3 => "POLYGON",
        4 => "MULTIPOINT",
        5 => "MULTILINESTRING",
        6 => "MULTIPOLYGON",
        7 => "GEOMETRYCOLLECTION",
        8 => "CIRCULARSTRING",
        9 => "COMPOUNDCURVE",
        10 => "CURVEPOLYGON",
        11 => "MULTICURVE",
        12 => "MULTISURFACE",
        15 => "POLYHEDRALSURFACE",
        16 => "TIN",
        17 => "TRIANGLE",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect()
    }

    /// Well-known binary and text as PostGIS 3.3 writes them (`ST_AsEWKB`, `ST_AsEWKT` with ISO's blanks).
    #[test]
    fn geometries_are_written_as_postgis_reads_them() {
        for (binary, text) in [
            ("0101000000000000000000F03F0000000000000040", "POINT(1 2)"),
            ("0101000020E6100000000000000000F03F0000000000000040", "SRID=4326;POINT(1 2)"),
            ("0101000080000000000000F03F00000000000000400000000000000840", "POINT Z (1 2 3)"),
            ("0101000040000000000000F03F00000000000000400000000000000840", "POINT M (1 2 3)"),
            ("01010000C0000000000000F03F000000000000004000000000000008400000000000001040", "POINT ZM (1 2 3 4)"),
            ("01E9030000000000000000F03F00000000000000400000000000000840", "POINT Z (1 2 3)"),
            ("0101000000000000000000F87F000000000000F87F", "POINT EMPTY"),
            ("010300000000000000", "POLYGON EMPTY"),
            ("010700000000000000", "GEOMETRYCOLLECTION EMPTY"),
            ("010400000001000000 0101000000000000000000F03F0000000000000040", "MULTIPOINT((1 2))"),
            ("010700000001000000 0101000000000000000000F03F0000000000000040", "GEOMETRYCOLLECTION(POINT(1 2))"),
            (
                "010600000001000000 010300000001000000 01000000 000000000000F03F0000000000000040",
                "MULTIPOLYGON(((1 2)))",
            ),
        ] {
            assert_eq!(text_of_wkb(&hex(&binary.replace(' ', ""))).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_cut_off_or_no_geometry_has_no_text() {
        let whole = hex("0101000000000000000000F03F0000000000000040");
        for length in 0..whole.len() {
            assert_eq!(text_of_wkb(&whole[..length]), None);
        }
        assert_eq!(text_of_wkb(&hex("0102000000FFFFFFFF")), None);
        assert_eq!(text_of_geopackage(b"GIF89a..."), None);
        let nested = "010700000001000000".repeat(100);
        assert_eq!(text_of_wkb(&hex(&nested)), None);
    }
}
