//! Web Mercator tiles (z/x/y, y counted from the north), EPSG:3857.

use super::{BoundingBox, LonLat, Point};

/// Half the side of the Web Mercator world in metres: pi times the equatorial radius of WGS 84.
pub const MERCATOR_HALF_WORLD_M: f64 = std::f64::consts::PI * 6_378_137.0;

/// The latitude at which the Web Mercator world is a square: `atan(sinh(pi))`.
pub const MERCATOR_MAX_LAT_DEG: f64 = 85.051_128_779_806_6;

/// Finest zoom level; 2^30 tiles a side still fit `u32` and metres still have digits to spare.
const MAX_ZOOM: u8 = 30;

/// One tile of the pyramid; x and y are below 2^z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// `None` where z is above 30 or x or y is outside of the level.
    #[must_use]
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        if z > MAX_ZOOM {
            return None;
        }
        let side = 1_u32 << z;
        (x < side && y < side).then_some(Self { z, x, y })
    }

    /// The tile that holds a place; places beyond the square world belong to its outermost row. `None` for z above 30.
    #[must_use]
    pub fn from_lon_lat(position: LonLat, z: u8) -> Option<Self> {
        if z > MAX_ZOOM {
            return None;
        }
        let side = 1_u32 << z;
        let place = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let index = |from_edge_m: f64| {
            let at = (from_edge_m / (2.0 * MERCATOR_HALF_WORLD_M) * f64::from(side)).floor();
            // In range by the clamp; NaN cannot come from a checked position.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let index = at.clamp(0.0, f64::from(side - 1)) as u32;
            index
        };
        Self::new(z, index(place.x + MERCATOR_HALF_WORLD_M), index(MERCATOR_HALF_WORLD_M - place.y))
    }

    /// Zoom level.
    #[must_use]
    pub const fn z(self) -> u8 {
        self.z
    }

    /// Column from the west.
    #[must_use]
    pub const fn x(self) -> u32 {
        self.x
    }

    /// Row from the north.
    #[must_use]
    pub const fn y(self) -> u32 {
        self.y
    }

    /// The tile's square in EPSG:3857, metres. Neighbours share their sides' very numbers.
    #[must_use]
    pub fn bounds(self) -> BoundingBox {
        let side = f64::from(1_u32 << self.z);
        let edge = |index: u32| (f64::from(index) / side * 2.0 - 1.0) * MERCATOR_HALF_WORLD_M;
        let (west, east) = (edge(self.x), edge(self.x + 1));
        let (north, south) = (-edge(self.y), -edge(self.y + 1));
        BoundingBox::from_ordered_sides(west, south, east, north)
    }

    /// The tile of the next coarser level that holds this one; `None` at the top.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let z = self.z.checked_sub(1)?;
        Some(Self { z, x: self.x / 2, y: self.y / 2 })
    }

    /// The four tiles of the next finer level, north-west, north-east, south-west, south-east; `None` at the bottom.
    #[must_use]
    pub fn children(self) -> Option<[Self; 4]> {
        (self.z < MAX_ZOOM).then(|| {
            let child = |dx, dy| Self { z: self.z + 1, x: self.x * 2 + dx, y: self.y * 2 + dy };
            [child(0, 0), child(1, 0), child(0, 1), child(1, 1)]
        })
    }
}

impl std::fmt::Display for TileCoord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

/// Spherical Mercator on the radius of WGS 84 (EPSG method 1024); not finite at the poles. Longitudes are not wrapped.
pub(crate) fn mercator_from_lon_lat(lon_deg: f64, lat_deg: f64) -> Point {
    let radius_m = MERCATOR_HALF_WORLD_M / std::f64::consts::PI;
    let sin = lat_deg.to_radians().sin();
    Point::new(lon_deg / 180.0 * MERCATOR_HALF_WORLD_M, sin.atanh() * radius_m)
}

/// Degrees of a place in EPSG:3857. Longitudes are not wrapped.
pub(crate) fn lon_lat_from_mercator(x_m: f64, y_m: f64) -> Point {
    let radius_m = MERCATOR_HALF_WORLD_M / std::f64::consts::PI;
    Point::new(x_m / MERCATOR_HALF_WORLD_M * 180.0, (y_m / radius_m).sinh().atan().to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tile_outside_of_its_level_is_refused() {
        assert!(TileCoord::new(0, 0, 0).is_some());
        assert!(TileCoord::new(0, 1, 0).is_none());
        assert!(TileCoord::new(3, 0, 8).is_none());
        assert!(TileCoord::new(31, 0, 0).is_none());
    }

    #[test]
    fn the_top_tile_is_the_square_world() {
        let b = TileCoord::new(0, 0, 0).unwrap().bounds();
        assert!((b.min_x() + 20_037_508.342_789_244).abs() < 1e-6);
        assert!((b.max_y() - 20_037_508.342_789_244).abs() < 1e-6);
        let corner = lon_lat_from_mercator(b.max_x(), b.max_y());
        assert!((corner.x - 180.0).abs() < 1e-12 && (corner.y - MERCATOR_MAX_LAT_DEG).abs() < 1e-12);
    }

    #[test]
    fn neighbours_share_their_side_exactly() {
        let tile = TileCoord::new(17, 70_001, 43_210).unwrap();
        let east = TileCoord::new(17, 70_002, 43_210).unwrap();
        let south = TileCoord::new(17, 70_001, 43_211).unwrap();
        assert!(tile.bounds().max_x().to_bits() == east.bounds().min_x().to_bits());
        assert!(tile.bounds().min_y().to_bits() == south.bounds().max_y().to_bits());
    }

    #[test]
    fn a_known_city_lies_in_its_known_tile() {
        let berlin = LonLat::new(13.377_7, 52.516_3).unwrap();
        assert_eq!(TileCoord::from_lon_lat(berlin, 10).unwrap().to_string(), "10/550/335");
    }

    #[test]
    fn poles_belong_to_the_outermost_rows() {
        let north = LonLat::new(180.0, 90.0).unwrap();
        assert_eq!(TileCoord::from_lon_lat(north, 4).unwrap().to_string(), "4/15/0");
    }

    proptest! {
        #[test]
        fn the_middle_of_a_tile_leads_back_to_it(z in 0_u8..=24, x in any::<u32>(), y in any::<u32>()) {
            let side = 1_u32 << z;
            let tile = TileCoord::new(z, x % side, y % side).unwrap();
            let c = tile.bounds().center();
            let place = lon_lat_from_mercator(c.x, c.y);
            let lon_lat = LonLat::new(place.x, place.y).unwrap();
            prop_assert_eq!(TileCoord::from_lon_lat(lon_lat, z), Some(tile));
        }

        #[test]
        fn children_fill_their_parent(z in 0_u8..20, x in any::<u32>(), y in any::<u32>()) {
            let side = 1_u32 << z;
            let tile = TileCoord::new(z, x % side, y % side).unwrap();
            let children = tile.children().unwrap();
            let all = children.iter().map(|c| c.bounds()).reduce(|a, b| a.union(&b));
            prop_assert_eq!(all, Some(tile.bounds()));
            prop_assert!(children.iter().all(|c| c.parent() == Some(tile)));
        }
    }
}
