//! Land, lakes, borders and rivers in tiles, at three levels of detail.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::BasemapError;
use super::reader::Reader;
use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, TileCoord, mercator_from_lon_lat};

/// Steps of a tile's own grid along its side.
const EXTENT: i32 = 16_384;
/// Levels coarser than these metres a screen point are used; the last one has no limit.
const COARSER_THAN_M_PER_PX: [f64; 2] = [28_000.0, 1_800.0];

/// Triangles that fill an area. Vertices are shares of the tile's width and height from its north-west corner, southward.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fill {
    /// The corners.
    pub vertices: Vec<[f32; 2]>,
    /// Places in `vertices`, three for each triangle.
    pub triangles: Vec<u32>,
}

/// Lines end to end; positions as those of [`Fill`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    positions: Vec<[f32; 2]>,
    ends: Vec<usize>,
}

impl Lines {
    /// Each line's positions, two or more.
    pub fn iter(&self) -> impl Iterator<Item = &[[f32; 2]]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.positions.get(start..*end))
    }

    /// Ends the line that was being pushed; one of a single position is dropped.
    fn end_line(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        if self.positions.len() > start + 1 {
            self.ends.push(self.positions.len());
        } else {
            self.positions.truncate(start);
        }
    }
}

/// The shapes of one tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where the tile is, EPSG:3857 metres.
    pub bounds: BoundingBox,
    /// Land, lakes included.
    pub land: Fill,
    /// Lakes, to be drawn over the land.
    pub lakes: Fill,
    /// Where land meets sea.
    pub coast: Lines,
    /// Between countries.
    pub borders: Lines,
    /// Rivers.
    pub rivers: Lines,
}

/// A tile that is decoded when it is first asked for.
#[derive(Debug)]
struct Slot {
    bounds: BoundingBox,
    bytes: &'static [u8],
    cell: OnceLock<Cell>,
}

impl Slot {
    fn cell(&self) -> &Cell {
        // A test decodes every tile of the assets; an unreadable one would be empty sea.
        self.cell.get_or_init(|| decode(self.bytes, self.bounds).unwrap_or_else(|_| empty(self.bounds)))
    }
}

#[derive(Debug)]
struct Level {
    grid_zoom: u8,
    slots: FxHashMap<(u32, u32), Slot>,
}

/// Every level of detail, the coarsest first.
#[derive(Debug, Default)]
pub struct Shapes {
    levels: Vec<Level>,
}

impl Shapes {
    /// Reads the directories of an asset; the tiles are left for later.
    pub(super) fn parse(bytes: &'static [u8]) -> Result<Self, BasemapError> {
        let mut reader = Reader::new(bytes);
        reader.expect(b"CGBM\x01")?;
        let levels = reader.u8()?;
        let levels = (0..levels).map(|_| level(&mut reader)).collect::<Result<_, _>>()?;
        if reader.is_at_end() { Ok(Self { levels }) } else { Err(reader.damaged()) }
    }

    /// The tiles that a box touches, of the level for this many metres a screen point.
    pub(super) fn cells(&self, bounds: BoundingBox, metres_per_px: f64) -> Vec<&Cell> {
        let finer = COARSER_THAN_M_PER_PX.iter().filter(|limit| metres_per_px <= **limit).count();
        let Some(level) = self.levels.get(finer).or(self.levels.last()) else { return Vec::new() };
        let (columns, rows) = level.span(bounds);
        let places = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        places.filter_map(|place| level.slots.get(&place)).map(Slot::cell).collect()
    }

    pub(super) fn is_land(&self, position: LonLat) -> bool {
        let place = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let Some(at) = BoundingBox::new(place.x, place.y, place.x, place.y) else { return false };
        self.cells(at, 0.0).iter().any(|cell| {
            let x = (place.x - cell.bounds.min_x()) / cell.bounds.width();
            let y = (cell.bounds.max_y() - place.y) / cell.bounds.height();
            cell.land.contains([x, y])
        })
    }
}

impl Level {
    /// Columns and rows of the tiles that a box touches, within the world.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid")]
    fn span(&self, bounds: BoundingBox) -> (std::ops::RangeInclusive<u32>, std::ops::RangeInclusive<u32>) {
        let tiles = f64::from(1_u32 << self.grid_zoom.min(31));
        let tile = |metres: f64| {
            let share = (metres + MERCATOR_HALF_WORLD_M) / (2.0 * MERCATOR_HALF_WORLD_M);
            (share * tiles).clamp(0.0, tiles - 1.0) as u32
        };
        (tile(bounds.min_x())..=tile(bounds.max_x()), tile(-bounds.max_y())..=tile(-bounds.min_y()))
    }
}

fn level(reader: &mut Reader<'static>) -> Result<Level, BasemapError> {
    let grid_zoom = reader.u8()?;
    let count = reader.count(3)?;
    let mut directory = Vec::with_capacity(count);
    for _ in 0..count {
        let (x, y) = (reader.u32()?, reader.u32()?);
        let bounds = TileCoord::new(grid_zoom, x, y).ok_or_else(|| reader.damaged())?.bounds();
        directory.push(((x, y), bounds, reader.u32()? as usize));
    }
    let mut slots = FxHashMap::default();
    for (place, bounds, length) in directory {
        slots.insert(place, Slot { bounds, bytes: reader.take(length)?, cell: OnceLock::new() });
    }
    Ok(Level { grid_zoom, slots })
}

fn empty(bounds: BoundingBox) -> Cell {
    Cell {
        bounds,
        land: Fill::default(),
        lakes: Fill::default(),
        coast: Lines::default(),
        borders: Lines::default(),
        rivers: Lines::default(),
    }
}

fn decode(bytes: &[u8], bounds: BoundingBox) -> Result<Cell, BasemapError> {
    let mut reader = Reader::new(bytes);
    let mut cell = empty(bounds);
    polygons(&mut reader, &mut cell.land, &mut cell.coast)?;
    polygons(&mut reader, &mut cell.lakes, &mut Lines::default())?;
    lines(&mut reader, &mut cell.borders)?;
    lines(&mut reader, &mut cell.rivers)?;
    if reader.is_at_end() { Ok(cell) } else { Err(reader.damaged()) }
}

fn polygons(reader: &mut Reader<'_>, fill: &mut Fill, outline: &mut Lines) -> Result<(), BasemapError> {
    for _ in 0..reader.count(2)? {
        let first = fill.vertices.len();
        for _ in 0..reader.count(2)? {
            let ring = positions(reader)?;
            outlines(&ring, outline);
            fill.vertices.extend(ring.iter().map(|position| share(*position)));
        }
        let vertices = fill.vertices.len() - first;
        let mut before = 0;
        for _ in 0..3 * reader.count(3)? {
            before += i64::from(reader.i32()?);
            let index = usize::try_from(before).ok().filter(|index| *index < vertices);
            let index = index.and_then(|index| u32::try_from(first + index).ok());
            fill.triangles.push(index.ok_or_else(|| reader.damaged())?);
        }
    }
    Ok(())
}

fn lines(reader: &mut Reader<'_>, lines: &mut Lines) -> Result<(), BasemapError> {
    for _ in 0..reader.count(3)? {
        lines.positions.extend(positions(reader)?.into_iter().map(share));
        lines.end_line();
    }
    Ok(())
}

fn positions(reader: &mut Reader<'_>) -> Result<Vec<[i32; 2]>, BasemapError> {
    let count = reader.count(2)?;
    let mut at = [0_i32; 2];
    let mut positions = Vec::with_capacity(count);
    for _ in 0..count {
        at = [at[0].wrapping_add(reader.i32()?), at[1].wrapping_add(reader.i32()?)];
        if at.iter().any(|step| !(0..=EXTENT).contains(step)) {
            return Err(reader.damaged());
        }
        positions.push(at);
    }
    Ok(positions)
}

/// The parts of a ring that are no edge of the tile: the rest is where the tile cuts the land, not a coast.
fn outlines(ring: &[[i32; 2]], lines: &mut Lines) {
    let next = ring.iter().cycle().skip(1);
    for (a, b) in ring.iter().zip(next) {
        let is_cut = (0..2).any(|axis| a.get(axis) == b.get(axis) && matches!(a.get(axis), Some(&0 | &EXTENT)));
        if is_cut {
            lines.end_line();
            continue;
        }
        if lines.positions.len() == lines.ends.last().copied().unwrap_or(0) {
            lines.positions.push(share(*a));
        }
        lines.positions.push(share(*b));
    }
    lines.end_line();
}

#[expect(clippy::cast_possible_truncation, reason = "of 15 bits, which f32 holds exactly")]
fn share(position: [i32; 2]) -> [f32; 2] {
    position.map(|step| (f64::from(step) / f64::from(EXTENT)) as f32)
}

impl Fill {
    /// True when a position is in one of the triangles.
    fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let corner = |index: &u32| self.vertices.get(*index as usize).map(|vertex| vertex.map(f64::from));
        self.triangles.as_chunks::<3>().0.iter().any(|[a, b, c]| {
            let (Some(a), Some(b), Some(c)) = (corner(a), corner(b), corner(c)) else { return false };
            let side = |p: [f64; 2], q: [f64; 2]| (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
            let sides = [side(a, b), side(b, c), side(c, a)];
            sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSET: &[u8] = include_bytes!("../../assets/basemap/shapes.bin");

    fn world() -> BoundingBox {
        let half = MERCATOR_HALF_WORLD_M;
        BoundingBox::new(-half, -half, half, half).unwrap()
    }

    /// Share of the square world that a level's land fills.
    fn land_share(level: &Level) -> f64 {
        let cells: Vec<Cell> = level.slots.values().map(|slot| decode(slot.bytes, slot.bounds).unwrap()).collect();
        let area = |fill: &Fill| {
            let corner = |index: &u32| fill.vertices[*index as usize].map(f64::from);
            let triangles = fill.triangles.as_chunks::<3>().0.iter();
            let double = |[a, b, c]: &[u32; 3]| {
                let (a, b, c) = (corner(a), corner(b), corner(c));
                ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs()
            };
            triangles.map(double).sum::<f64>() / 2.0
        };
        cells.iter().map(|cell| area(&cell.land)).sum::<f64>() / f64::from(1_u32 << (2 * level.grid_zoom))
    }

    #[test]
    fn every_tile_decodes_and_the_levels_agree_on_how_much_land_there_is() {
        let shapes = Shapes::parse(ASSET).unwrap();
        assert_eq!(shapes.levels.iter().map(|level| level.grid_zoom).collect::<Vec<_>>(), [0, 3, 6]);
        let shares: Vec<f64> = shapes.levels.iter().map(land_share).collect();
        let finest = *shares.last().unwrap();
        // Web Mercator makes the far north and the Antarctic larger than the 29 % of the sphere that is land.
        assert!((0.3..0.45).contains(&finest), "{finest}");
        assert!(shares.iter().all(|share| (share - finest).abs() < 0.01), "{shares:?}");
    }

    #[test]
    fn the_level_follows_the_scale() {
        let shapes = Shapes::parse(ASSET).unwrap();
        let tiles_across = |metres_per_px| {
            let cell = shapes.cells(world(), metres_per_px).first().unwrap().bounds;
            (world().width() / cell.width()).round()
        };
        assert_eq!([156_543.0, 10_000.0, 10.0].map(tiles_across), [1.0, 8.0, 64.0]);
    }

    #[test]
    fn only_tiles_that_the_view_touches_are_given() {
        let shapes = Shapes::parse(ASSET).unwrap();
        let itaipu = mercator_from_lon_lat(-54.6, -25.4);
        let view = BoundingBox::new(itaipu.x - 1e5, itaipu.y - 1e5, itaipu.x + 1e5, itaipu.y + 1e5).unwrap();
        let cells = shapes.cells(view, 500.0);
        assert!((1..=4).contains(&cells.len()));
        assert!(cells.iter().all(|cell| cell.bounds.intersects(&view)));
        assert!(cells.iter().any(|cell| cell.borders.iter().count() > 0));
    }

    #[test]
    fn coasts_leave_out_the_edges_of_tiles() {
        let mut coast = Lines::default();
        outlines(&[[0, 0], [EXTENT, 0], [EXTENT, EXTENT], [5000, 6000], [0, EXTENT]], &mut coast);
        let lines: Vec<_> = coast.iter().map(<[_]>::len).collect();
        assert_eq!(lines, [3]);
        let whole_tile = [[0, 0], [EXTENT, 0], [EXTENT, EXTENT], [0, EXTENT]];
        let mut none = Lines::default();
        outlines(&whole_tile, &mut none);
        assert_eq!(none.iter().count(), 0);
    }

    #[test]
    fn a_damaged_asset_is_an_error() {
        assert_eq!(Shapes::parse(b"CGBM\x02").unwrap_err(), BasemapError::WrongFormat);
        for length in [5, 6, 7, 20, 1000, ASSET.len() - 1] {
            assert!(Shapes::parse(&ASSET[..length]).is_err(), "{length}");
        }
        assert!(decode(b"\x01\x01\x03\x00\x00\x02\x02", world()).is_err());
    }
}
