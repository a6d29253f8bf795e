//! The map below the imagery: land, lakes, rivers, borders and names of Natural Earth, compiled into the program.
//!
//! Shapes are cut to tiles and triangulated beforehand; opening the map reads the directories of the assets only, and a
//! tile is decoded when it is first in view. Coordinates are EPSG:3857 metres, or shares of a tile. Knows nothing of how
//! anything is drawn. `assets/basemap/README.md` says where the data comes from.

mod error;
mod places;
mod reader;
mod shapes;

pub use error::BasemapError;
pub use places::{CountryLabel, Place, Places};
pub use shapes::{Cell, Fill, Lines, Shapes};

use std::sync::LazyLock;

use crate::geo::{BoundingBox, LonLat};

static SHAPES: &[u8] = include_bytes!("../../assets/basemap/shapes.bin");
static PLACES: &[u8] = include_bytes!("../../assets/basemap/places.bin");

/// The base map. Get it by [`Basemap::embedded`].
#[derive(Debug, Default)]
pub struct Basemap {
    shapes: Shapes,
    places: Places,
}

impl Basemap {
    /// The map that is compiled into the program. The first call takes some 3 ms.
    pub fn embedded() -> &'static Self {
        static BASEMAP: LazyLock<Basemap> = LazyLock::new(|| {
            // The assets are part of the program, and a test decodes all of them: an empty map instead of a message.
            Basemap {
                shapes: Shapes::parse(SHAPES).unwrap_or_default(),
                places: Places::parse(PLACES).unwrap_or_default(),
            }
        });
        &BASEMAP
    }

    /// The tiles of shapes that a box in EPSG:3857 metres touches, of the level of detail for this many metres a screen
    /// point. Tiles that are first in view are decoded, some 60 microseconds each.
    pub fn cells(&self, bounds: BoundingBox, metres_per_px: f64) -> Vec<&Cell> {
        self.shapes.cells(bounds, metres_per_px)
    }

    /// Names of countries and towns.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// True when the finest level has land there. Lakes are land.
    pub fn is_land(&self, position: LonLat) -> bool {
        self.shapes.is_land(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_land(lon: f64, lat: f64) -> bool {
        Basemap::embedded().is_land(LonLat::new(lon, lat).unwrap())
    }

    #[test]
    fn land_and_sea_are_where_they_are() {
        for (name, lon, lat) in [
            ("Brasilia", -47.9, -15.8),
            ("Itaipu", -54.59, -25.41),
            ("Mount Everest", 86.925, 27.988),
            ("Greenland's ice", -40.0, 72.0),
            ("the South Pole's coast", 0.0, -80.0),
            ("Chukotka, west of the antimeridian", 178.0, 66.5),
            ("Chukotka, east of the antimeridian", -175.0, 66.3),
            ("Fiji", 178.0, -17.8),
        ] {
            assert!(is_land(lon, lat), "{name}");
        }
        for (name, lon, lat) in [
            ("the Atlantic", -25.0, 0.0),
            ("the Pacific at the antimeridian", 180.0, 0.0),
            ("the Caspian Sea", 51.0, 42.0),
            ("the Black Sea", 34.0, 43.3),
            ("off Olinda", -34.5, -8.0),
            ("the North Pole", 0.0, 84.9),
        ] {
            assert!(!is_land(lon, lat), "{name}");
        }
    }
}
