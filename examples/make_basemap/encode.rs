//! Tiles of shapes as bytes: positions on a grid of the tile, as differences in variable-length numbers; polygons with
//! their triangles. `assets/basemap/README.md` describes the format; `cogscope::basemap` reads it.

use anyhow::{Result, ensure};
use earcut::int::{EarcutI32, deviation};

use crate::topojson::{Line, Polygon};

/// Steps of the grid along a tile's side.
pub const EXTENT: f64 = 16_384.0;

/// The shapes of one tile, from 0 to 1 eastward and southward across it.
pub struct CellShapes {
    pub x: u32,
    pub y: u32,
    pub land: Vec<Polygon>,
    pub lakes: Vec<Polygon>,
    pub borders: Vec<Line>,
    pub rivers: Vec<Line>,
}

/// The file of shapes as it grows.
pub struct Encoder {
    bytes: Vec<u8>,
    triangulation: EarcutI32,
}

impl Encoder {
    /// The head of a file.
    pub fn new() -> Self {
        Self { bytes: b"CGBM\x01\x03".to_vec(), triangulation: EarcutI32::new() }
    }

    /// Adds a level: its directory, then its tiles.
    pub fn level(&mut self, grid_zoom: u8, cells: &[CellShapes]) -> Result<()> {
        let mut blobs = Vec::new();
        let mut report = Report::default();
        for cell in cells {
            let mut blob = Vec::new();
            self.polygons(&cell.land, &mut blob, &mut report)?;
            self.polygons(&cell.lakes, &mut blob, &mut report)?;
            lines(&cell.borders, &mut blob);
            lines(&cell.rivers, &mut blob);
            blobs.push((cell.x, cell.y, blob));
        }
        let before = self.bytes.len();
        self.bytes.push(grid_zoom);
        put(&mut self.bytes, blobs.len() as u64);
        for (x, y, blob) in &blobs {
            put(&mut self.bytes, u64::from(*x));
            put(&mut self.bytes, u64::from(*y));
            put(&mut self.bytes, blob.len() as u64);
        }
        for (.., blob) in &blobs {
            self.bytes.extend(blob);
        }
        let Report { vertices, triangles, deviation, area } = report;
        let (bytes, cells) = (self.bytes.len() - before, cells.len());
        println!("zoom {grid_zoom}: {cells} tiles, {vertices} vertices, {triangles} triangles, {bytes} bytes");
        // The filled area must be that of the polygons: what is lost are slivers along the edges of tiles.
        ensure!(deviation * 10_000 <= area, "triangles miss {deviation} of {area}");
        Ok(())
    }

    /// The whole file.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn polygons(&mut self, polygons: &[Polygon], blob: &mut Vec<u8>, report: &mut Report) -> Result<()> {
        let kept: Vec<Vec<Vec<[i32; 2]>>> = polygons.iter().filter_map(quantised).collect();
        put(blob, kept.len() as u64);
        for rings in kept {
            put(blob, rings.len() as u64);
            for ring in &rings {
                positions(ring, blob);
            }
            let vertices: Vec<[i32; 2]> = rings.iter().flatten().copied().collect();
            let mut starts = Vec::new();
            let mut start = 0_u32;
            for ring in &rings {
                starts.push(start);
                start += u32::try_from(ring.len())?;
            }
            let holes = starts.get(1..).unwrap_or_default();
            let mut triangles: Vec<u32> = Vec::new();
            self.triangulation.earcut(vertices.iter().copied(), holes, &mut triangles);
            put(blob, (triangles.len() / 3) as u64);
            let mut before = 0;
            for index in &triangles {
                put_signed(blob, i64::from(*index) - before);
                before = i64::from(*index);
            }
            report.vertices += vertices.len();
            report.triangles += triangles.len() / 3;
            report.deviation += deviation(vertices.iter().copied(), holes, &triangles);
            report.area += rings.first().map_or(0, |ring| double_area(ring).abs());
        }
        Ok(())
    }
}

#[derive(Default)]
struct Report {
    vertices: usize,
    triangles: usize,
    deviation: i64,
    area: i64,
}

/// A polygon on the grid; `None` when nothing of it is left there.
fn quantised(polygon: &Polygon) -> Option<Vec<Vec<[i32; 2]>>> {
    let mut rings = polygon.iter().map(|ring| on_grid(ring, true)).filter(|ring| double_area(ring) != 0);
    let outer = rings.next()?;
    let rings: Vec<_> = [outer].into_iter().chain(rings).collect();
    let areas: Vec<i64> = rings.iter().map(|ring| double_area(ring).abs()).collect();
    let (outer, holes) = areas.split_first()?;
    (*outer > holes.iter().sum()).then_some(rings)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the grid")]
fn on_grid(line: &Line, is_ring: bool) -> Vec<[i32; 2]> {
    let step = |share: f64| (share * EXTENT).round().clamp(0.0, EXTENT) as i32;
    let mut positions: Vec<[i32; 2]> = line.iter().map(|position| position.map(step)).collect();
    positions.dedup();
    if is_ring && positions.first() == positions.last() {
        positions.pop();
    }
    positions
}

fn double_area(ring: &[[i32; 2]]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1])).sum()
}

fn lines(lines: &[Line], blob: &mut Vec<u8>) {
    let kept: Vec<_> = lines.iter().map(|line| on_grid(line, false)).filter(|line| line.len() > 1).collect();
    put(blob, kept.len() as u64);
    for line in &kept {
        positions(line, blob);
    }
}

fn positions(positions: &[[i32; 2]], blob: &mut Vec<u8>) {
    put(blob, positions.len() as u64);
    let mut before = [0, 0];
    for [x, y] in positions {
        put_signed(blob, i64::from(x - before[0]));
        put_signed(blob, i64::from(y - before[1]));
        before = [*x, *y];
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
pub fn put(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// Small numbers of either sign in few bytes: 0, -1, 1, -2 as 0, 1, 2, 3.
pub fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put(bytes, ((value << 1) ^ (value >> 63)).cast_unsigned());
}
