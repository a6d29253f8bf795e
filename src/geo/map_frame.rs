//! The plane that a map is drawn in: Web Mercator, the reference system of an image, or the bare pixels of one.
//!
//! Every frame has a square world that is cut into tiles like the Web Mercator one: one tile at zoom 0, four at zoom 1, y counted
//! from the north. The squares of all frames on the earth have the same side in metres, so that a zoom level means the same
//! scale in each of them, and two images of one reference system share a frame as long as they lie within the same square.

use super::tile_coord::MERCATOR_HALF_WORLD_M;
use super::{BoundingBox, Crs, LonLat, Point, TileCoord, Transformer, lon_lat_from_mercator, mercator_from_lon_lat};

/// Side of the world of longitudes and latitudes.
const WORLD_DEG: f64 = 360.0;
/// Half the side of the world of pixels, at least: at zoom 15 a tile of 256 shows them one to one.
const HALF_WORLD_PX: f64 = 4_194_304.0;

/// A plane with a square world.
#[derive(Debug, Clone)]
pub struct MapFrame {
    crs: Crs,
    world: BoundingBox,
    /// From the frame to longitude and latitude; `None` where it has no place on the earth.
    lon_lat_from_frame: Option<Transformer>,
}

impl MapFrame {
    /// The frame of the usual map.
    #[must_use]
    pub fn web_mercator() -> Self {
        let half = MERCATOR_HALF_WORLD_M;
        let world = BoundingBox::from_ordered_sides(-half, -half, half, half);
        Self::new(Crs::web_mercator(), world)
    }

    /// The frame of a reference system, so placed that `bounds` (of what is to be seen, in its coordinates) lie in its world.
    ///
    /// `None` where the bounds are larger than a world.
    #[must_use]
    pub fn of_crs(crs: &Crs, bounds: BoundingBox) -> Option<Self> {
        if *crs == Crs::web_mercator() && Self::web_mercator().holds(bounds) {
            return Some(Self::web_mercator());
        }
        let half = match crs.metres_per_unit() {
            Some(metres) => MERCATOR_HALF_WORLD_M / metres,
            None => WORLD_DEG / 2.0,
        };
        // Steps of half a world: coordinates that carry the number of a zone, or go on beyond the antimeridian.
        let center = bounds.center();
        let step = |at: f64| (at / half).round() * half;
        let (x, y) = (step(center.x), step(center.y));
        let world = BoundingBox::new(x - half, y - half, x + half, y + half)?;
        let frame = Self::new(crs.clone(), world);
        frame.holds(bounds).then_some(frame)
    }

    /// The frame of an image's own pixels: x is the column, y is minus the row, both counted from the upper left corner.
    ///
    /// Its system is [`Crs::pixels`].
    #[must_use]
    pub fn of_pixels(width: u32, height: u32) -> Self {
        let half = f64::from(width.max(height)).max(HALF_WORLD_PX);
        let world = BoundingBox::from_ordered_sides(-half, -half, half, half);
        Self::new(Crs::pixels(), world)
    }

    fn new(crs: Crs, world: BoundingBox) -> Self {
        let lon_lat_from_frame = Transformer::new(&crs, &Crs::wgs84(), None).ok();
        Self { crs, world, lon_lat_from_frame }
    }

    fn holds(&self, bounds: BoundingBox) -> bool {
        bounds.corners().into_iter().all(|corner| self.world.contains(corner))
    }

    /// The reference system of the frame's coordinates.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// It is the frame of the usual map.
    #[must_use]
    pub fn is_web_mercator(&self) -> bool {
        self.crs == Crs::web_mercator()
    }

    /// It has a place on the earth: [`Self::lon_lat`] and [`Self::place`] can answer.
    #[must_use]
    pub fn is_on_earth(&self) -> bool {
        self.lon_lat_from_frame.is_some()
    }

    /// The square that tile 0/0/0 covers.
    #[must_use]
    pub fn world(&self) -> BoundingBox {
        self.world
    }

    /// The square that a tile covers. Neighbours share their sides' very numbers.
    #[must_use]
    pub fn tile_bounds(&self, tile: TileCoord) -> BoundingBox {
        if self.is_web_mercator() {
            return tile.bounds();
        }
        let tiles = f64::from(1_u32 << tile.z());
        let side = self.world.width();
        let x = |index: u32| self.world.min_x() + f64::from(index) / tiles * side;
        let y = |index: u32| self.world.max_y() - f64::from(index) / tiles * side;
        let (column, row) = (tile.x(), tile.y());
        BoundingBox::from_ordered_sides(x(column), y(row + 1), x(column + 1), y(row))
    }

    /// The tile that holds a place of the frame; `None` outside of the world and for a zoom that tiles don't have.
    #[must_use]
    pub fn tile_at(&self, place: Point, zoom: u8) -> Option<TileCoord> {
        let shares = self.share_of_world(place);
        let tiles = f64::from(1_u32.checked_shl(u32::from(zoom))?);
        let index = |share: f64| {
            let at = (share * tiles).floor();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^31")]
            let index = at.min(tiles - 1.0) as u32;
            (0.0..=1.0).contains(&share).then_some(index)
        };
        TileCoord::new(zoom, index(shares.x)?, index(shares.y)?)
    }

    /// Where in the world a place lies: 0, 0 is its upper left corner, 1, 1 its lower right one.
    #[must_use]
    pub fn share_of_world(&self, place: Point) -> Point {
        let side = self.world.width();
        Point::new((place.x - self.world.min_x()) / side, (self.world.max_y() - place.y) / side)
    }

    /// The place at a share of the world; see [`Self::share_of_world`].
    #[must_use]
    pub fn place_at_share(&self, share: Point) -> Point {
        let side = self.world.width();
        Point::new(self.world.min_x() + share.x * side, self.world.max_y() - share.y * side)
    }

    /// Where a place stands in the plane that all frames share: the world stretched to the numbers of Web Mercator's, so that
    /// [`TileCoord::bounds`] holds for the tiles of every frame.
    #[must_use]
    pub fn plane_from_frame(&self, place: Point) -> Point {
        if self.is_web_mercator() {
            return place;
        }
        let share = self.share_of_world(place);
        Point::new((2.0 * share.x - 1.0) * MERCATOR_HALF_WORLD_M, (1.0 - 2.0 * share.y) * MERCATOR_HALF_WORLD_M)
    }

    /// The place that stands there in the plane; see [`Self::plane_from_frame`].
    #[must_use]
    pub fn frame_from_plane(&self, at: Point) -> Point {
        if self.is_web_mercator() {
            return at;
        }
        let half = MERCATOR_HALF_WORLD_M;
        self.place_at_share(Point::new(f64::midpoint(at.x / half, 1.0), (1.0 - at.y / half) / 2.0))
    }

    /// Units of the frame that a pixel of a map of `tile_size_px` is wide at a zoom, which may be broken.
    #[must_use]
    pub fn units_per_px(&self, zoom: f64, tile_size_px: f64) -> f64 {
        self.world.width() / (zoom.exp2() * tile_size_px)
    }

    /// Longitude and latitude of a place of the frame; `None` where it has none.
    #[must_use]
    pub fn lon_lat(&self, place: Point) -> Option<LonLat> {
        let degrees = if self.is_web_mercator() {
            lon_lat_from_mercator(place.x, place.y)
        } else {
            self.lon_lat_from_frame.as_ref()?.forward(place)?
        };
        LonLat::wrapped(degrees.x, degrees.y)
    }

    /// The place of a longitude and latitude in the frame; `None` where the frame doesn't reach it.
    #[must_use]
    pub fn place(&self, position: LonLat) -> Option<Point> {
        if self.is_web_mercator() {
            return Some(mercator_from_lon_lat(position.lon_deg(), position.lat_deg())).filter(|p| p.is_finite());
        }
        let mut place = self.lon_lat_from_frame.as_ref()?.inverse(position.into())?;
        if self.crs.is_geographic() {
            place.x += ((self.world.center().x - place.x) / WORLD_DEG).round() * WORLD_DEG;
        }
        Some(place)
    }
}

impl Default for MapFrame {
    fn default() -> Self {
        Self::web_mercator()
    }
}

impl PartialEq for MapFrame {
    fn eq(&self, other: &Self) -> bool {
        self.crs == other.crs && self.world == other.world
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> BoundingBox {
        BoundingBox::new(min_x, min_y, max_x, max_y).unwrap()
    }

    fn antarctica() -> MapFrame {
        MapFrame::of_crs(&Crs::from_epsg(3031).unwrap(), bbox(-3e6, -3e6, 3e6, 3e6)).unwrap()
    }

    #[test]
    fn the_pole_has_a_place_in_a_polar_frame() {
        let frame = antarctica();
        let pole = frame.place(LonLat::new(0.0, -90.0).unwrap()).unwrap();
        assert!(pole.x.hypot(pole.y) < 1e-6);
        let place = Point::new(1_000_000.0, -500_000.0);
        let there = frame.place(frame.lon_lat(place).unwrap()).unwrap();
        assert!((there.x - place.x).hypot(there.y - place.y) < 1e-3);
        assert!(frame.is_on_earth() && !frame.is_web_mercator());
    }

    #[test]
    fn tiles_cut_the_world_like_those_of_the_usual_map() {
        let frame = antarctica();
        let whole = frame.tile_bounds(TileCoord::new(0, 0, 0).unwrap());
        assert_eq!(whole, frame.world());
        let (north_west, south_east) = (TileCoord::new(1, 0, 0).unwrap(), TileCoord::new(1, 1, 1).unwrap());
        assert_eq!(frame.tile_bounds(north_west).min_y().to_bits(), frame.tile_bounds(south_east).max_y().to_bits());
        let mercator = MapFrame::web_mercator();
        let tile = TileCoord::new(9, 300, 200).unwrap();
        assert_eq!(mercator.tile_bounds(tile), tile.bounds());
        let scale = frame.tile_bounds(tile).width() / mercator.tile_bounds(tile).width();
        assert!((scale - 1.0).abs() < 1e-12, "a zoom level means the same scale");
    }

    #[test]
    fn the_middle_of_a_tile_lies_in_that_tile() {
        let frames = [antarctica(), MapFrame::web_mercator(), MapFrame::of_pixels(3000, 200)];
        for frame in frames {
            for (z, x, y) in [(0, 0, 0), (3, 5, 2), (12, 4000, 17), (22, 1 << 21, 1 << 20)] {
                let tile = TileCoord::new(z, x, y).unwrap();
                assert_eq!(frame.tile_at(frame.tile_bounds(tile).center(), z), Some(tile));
            }
            let beyond = Point::new(frame.world().max_x() + 1.0, 0.0);
            assert_eq!(frame.tile_at(beyond, 3), None);
            assert_eq!(frame.tile_at(Point::new(0.0, 0.0), 40), None);
        }
    }

    #[test]
    fn coordinates_with_the_number_of_a_zone_get_a_world_around_them() {
        let zone = Crs::from_epsg(5678).unwrap();
        let bounds = bbox(4_400_000.0, 5_300_000.0, 4_500_000.0, 5_400_000.0);
        let frame = MapFrame::of_crs(&zone, bounds).unwrap();
        assert!(frame.world().contains(bounds.center()));
        let far = bbox(52_300_000.0, 5_300_000.0, 52_400_000.0, 5_400_000.0);
        assert!(MapFrame::of_crs(&zone, far).unwrap().world().contains(far.center()));
        assert_eq!(MapFrame::of_crs(&zone, bbox(0.0, 0.0, 1e9, 1.0)), None);
    }

    #[test]
    fn tiles_of_every_frame_have_the_same_bounds_in_the_plane() {
        let tile = TileCoord::new(7, 60, 66).unwrap();
        for frame in [antarctica(), MapFrame::web_mercator(), MapFrame::of_pixels(3000, 200)] {
            let (own, plane) = (frame.tile_bounds(tile), tile.bounds());
            let corner = frame.plane_from_frame(Point::new(own.min_x(), own.max_y()));
            assert!((corner.x - plane.min_x()).abs() < 1e-6 && (corner.y - plane.max_y()).abs() < 1e-6);
            let back = frame.frame_from_plane(corner);
            assert!((back.x - own.min_x()).abs() < 1e-6 && (back.y - own.max_y()).abs() < 1e-6);
        }
    }

    #[test]
    fn degrees_go_on_beyond_the_antimeridian() {
        let frame = MapFrame::of_crs(&Crs::wgs84(), bbox(170.0, -20.0, 200.0, 10.0)).unwrap();
        let place = frame.place(LonLat::new(-175.0, 0.0).unwrap()).unwrap();
        assert!((place.x - 185.0).abs() < 1e-12);
        assert_eq!(frame.lon_lat(place), LonLat::new(-175.0, 0.0));
    }

    #[test]
    fn pixels_have_no_place_on_the_earth() {
        let frame = MapFrame::of_pixels(100, 50);
        assert!(!frame.is_on_earth());
        assert_eq!(frame.lon_lat(Point::new(10.0, -10.0)), None);
        assert_eq!(frame.place(LonLat::new(10.0, 10.0).unwrap()), None);
        assert!((frame.units_per_px(15.0, 256.0) - 1.0).abs() < 1e-12);
        assert_eq!(frame.share_of_world(Point::new(0.0, 0.0)), Point::new(0.5, 0.5));
        assert_eq!(frame.place_at_share(Point::new(0.5, 0.5)), Point::new(0.0, 0.0));
    }
}
