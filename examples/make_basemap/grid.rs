//! Shapes cut to the tiles of one zoom level, so that a map reads and draws only those in view.

use crate::cut::Cut;
use crate::encode::CellShapes;
use crate::topojson::{Line, Polygon, Position};
use crate::world;

#[derive(Clone, Default)]
struct Shapes {
    land: Vec<Polygon>,
    lakes: Vec<Polygon>,
    borders: Vec<Line>,
    rivers: Vec<Line>,
}

/// Shapes of the world, from 0 to 1 eastward and southward in Web Mercator.
pub struct Grid {
    zoom: u8,
    world: Shapes,
}

impl Grid {
    /// An empty grid of the tiles of a zoom level.
    pub fn new(zoom: u8) -> Self {
        Self { zoom, world: Shapes::default() }
    }

    /// Adds a polygon of land.
    pub fn add_land(&mut self, polygon: &Polygon) {
        self.world.land.extend(world::polygon(polygon));
    }

    /// Adds a lake.
    pub fn add_lake(&mut self, polygon: &Polygon) {
        self.world.lakes.extend(world::polygon(polygon));
    }

    /// Adds a border.
    pub fn add_border(&mut self, line: &Line) {
        self.world.borders.extend(world::line(line));
    }

    /// Adds a river.
    pub fn add_river(&mut self, line: &Line) {
        self.world.rivers.extend(world::line(line));
    }

    /// The tiles that have a shape, each with its shapes from 0 to 1 across the tile.
    pub fn cells(self) -> Vec<CellShapes> {
        let mut cells = Vec::new();
        split(self.world, 0, 0, self.zoom, &mut cells);
        cells
    }
}

/// Cuts shapes that run from 0 to 1 across a tile into its four quarters, `levels` times.
fn split(shapes: Shapes, x: u32, y: u32, levels: u8, cells: &mut Vec<CellShapes>) {
    let Shapes { land, lakes, borders, rivers } = &shapes;
    if land.is_empty() && lakes.is_empty() && borders.is_empty() && rivers.is_empty() {
        return;
    }
    if levels == 0 {
        cells.push(CellShapes {
            x,
            y,
            land: shapes.land,
            lakes: shapes.lakes,
            borders: shapes.borders,
            rivers: shapes.rivers,
        });
        return;
    }
    for (dy, north_south) in (0..2).map(|dy| (dy, half(&shapes, 1, dy))) {
        for dx in 0..2 {
            split(half(&north_south, 0, dx), 2 * x + dx, 2 * y + dy, levels - 1, cells);
        }
    }
}

/// The first (0) or second (1) half of shapes along an axis, stretched to 0 to 1.
fn half(shapes: &Shapes, axis: usize, side: u32) -> Shapes {
    let cut = Cut { axis, at: 0.5, keeps_below: side == 0 };
    let stretch = |line: Line| -> Line {
        let stretched = |mut position: Position| {
            position[axis] = position[axis] * 2.0 - f64::from(side);
            position
        };
        line.into_iter().map(stretched).collect()
    };
    let polygons = |polygons: &[Polygon]| -> Vec<Polygon> {
        let parts = polygons.iter().filter_map(|polygon| cut.polygon(polygon));
        parts.map(|rings| rings.into_iter().map(stretch).collect()).collect()
    };
    let lines = |lines: &[Line]| lines.iter().flat_map(|line| cut.line(line)).map(stretch).collect();
    Shapes {
        land: polygons(&shapes.land),
        lakes: polygons(&shapes.lakes),
        borders: lines(&shapes.borders),
        rivers: lines(&shapes.rivers),
    }
}
