//! Where the map stands on the screen: between points of the screen and the plane that the frames of all maps share (for the
//! usual map that is EPSG:3857 in metres), in doubles, so that nothing shakes at the finest zoom.

use crate::document::MapPosition;
use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, MapFrame, Point, TileCoord, lon_lat_from_mercator};
use egui::{Pos2, Rect, pos2, vec2};
use std::sync::Arc;

/// Side of a map tile in points at its own zoom level.
pub const TILE_POINTS: f64 = 256.0;
/// The whole world is some 360 points wide.
pub const LEAST_ZOOM: f64 = 0.5;
/// Some 6 mm a point.
pub const MOST_ZOOM: f64 = 24.0;

/// Once around the earth, in the plane.
pub const WORLD_M: f64 = 2.0 * MERCATOR_HALF_WORLD_M;

/// The same place of the world between its edges.
pub fn around_the_world(x: f64) -> f64 {
    if x.abs() <= MERCATOR_HALF_WORLD_M {
        x
    } else {
        (x + MERCATOR_HALF_WORLD_M).rem_euclid(WORLD_M) - MERCATOR_HALF_WORLD_M
    }
}

/// The map at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewport {
    /// The map's place in the window, in points.
    pub rect: Rect,
    /// What the plane shows.
    pub frame: Arc<MapFrame>,
    /// What is in its middle, in the plane.
    pub center: Point,
    /// As in [`MapPosition`].
    pub zoom: f64,
}

impl Viewport {
    /// The same but for less than a pixel: the world's corner stands on a pixel's corner, so that tiles at their own zoom
    /// are drawn pixel for pixel.
    pub fn on_whole_pixels(&self, pixels_per_point: f32) -> Self {
        let metres_per_pixel = self.metres_per_point() / f64::from(pixels_per_point.max(0.1));
        let middle = self.rect.center();
        let snap = |from_corner_m: f64, middle_points: f32| {
            // Pixels from the screen's corner to the world's.
            let at = f64::from(middle_points) * f64::from(pixels_per_point) - from_corner_m / metres_per_pixel;
            (at - at.round()) * metres_per_pixel
        };
        let x = self.center.x + snap(self.center.x + MERCATOR_HALF_WORLD_M, middle.x);
        let y = self.center.y - snap(MERCATOR_HALF_WORLD_M - self.center.y, middle.y);
        Self { center: Point::new(x, y), ..self.clone() }
    }

    /// The map once for each time that the world is seen around the earth, each standing so that what it shows of the plane is
    /// within the world; the first is this one. A map in another frame does not go around.
    pub fn copies(&self) -> Vec<Self> {
        self.copies_beside(0.0)
    }

    /// The same with those beside: for what reaches beyond the edge of the world.
    pub fn copies_and_neighbours(&self) -> Vec<Self> {
        self.copies_beside(1.0)
    }

    fn copies_beside(&self, margin: f64) -> Vec<Self> {
        /// More worlds side by side are too small to be looked at.
        const MOST: f64 = 4.0;
        let mut copies = vec![self.clone()];
        let Some(bounds) = self.bounds().filter(|_| self.frame.is_web_mercator()) else { return copies };
        let number = |x: f64| ((x + MERCATOR_HALF_WORLD_M) / WORLD_M).floor();
        let first = (number(bounds.min_x()) - margin).max(-MOST);
        let last = (number(bounds.max_x()) + margin).min(MOST);
        let mut at = first;
        while at <= last {
            if at != 0.0 {
                copies.push(Self { center: Point::new(self.center.x - at * WORLD_M, self.center.y), ..self.clone() });
            }
            at += 1.0;
        }
        copies
    }

    /// West, south, east and north of what is seen in degrees; the whole breadth of the world where it is seen around the
    /// antimeridian.
    pub fn degrees(&self) -> Option<[f64; 4]> {
        let bounds = self.bounds()?;
        let low = lon_lat_from_mercator(bounds.min_x(), bounds.min_y());
        let high = lon_lat_from_mercator(bounds.max_x(), bounds.max_y());
        let goes_around = low.x < -180.0 || high.x > 180.0;
        let (west, east) = if goes_around { (-180.0, 180.0) } else { (low.x, high.x) };
        let (south, north) = (low.y.max(-90.0), high.y.min(90.0));
        (west < east && south < north).then_some([west, south, east, north])
    }

    /// Metres of the plane a point of the screen, at a zoom.
    pub fn metres_per_point_at(zoom: f64) -> f64 {
        2.0 * MERCATOR_HALF_WORLD_M / (TILE_POINTS * zoom.exp2())
    }

    /// Metres of the plane a point of the screen.
    pub fn metres_per_point(&self) -> f64 {
        Self::metres_per_point_at(self.zoom)
    }

    /// Metres on the ground a point of the screen, in the map's middle; not a number where the map has no place on the earth.
    pub fn ground_metres_per_point(&self) -> f64 {
        if !self.frame.is_on_earth() {
            return f64::NAN;
        }
        let widens_to_the_poles = self.frame.is_web_mercator() || self.frame.crs().is_geographic();
        let lat_deg = self.center_lon_lat().map_or(0.0, LonLat::lat_deg);
        self.metres_per_point() * if widens_to_the_poles { lat_deg.to_radians().cos() } else { 1.0 }
    }

    /// Where a place stands on the screen.
    pub fn screen_from_plane(&self, place: Point) -> Pos2 {
        let metres = self.metres_per_point();
        let middle = self.rect.center();
        #[expect(clippy::cast_possible_truncation, reason = "points of the screen are f32")]
        let (dx, dy) = (((place.x - self.center.x) / metres) as f32, ((self.center.y - place.y) / metres) as f32);
        pos2(middle.x + dx, middle.y + dy)
    }

    /// The place under a point of the screen.
    pub fn plane_from_screen(&self, at: Pos2) -> Point {
        let metres = self.metres_per_point();
        let offset = at - self.rect.center();
        Point::new(self.center.x + f64::from(offset.x) * metres, self.center.y - f64::from(offset.y) * metres)
    }

    /// Where a position stands on the screen; `None` where the map does not reach it.
    pub fn screen_from_lon_lat(&self, position: LonLat) -> Option<Pos2> {
        let place = self.frame.place(position)?;
        Some(self.screen_from_plane(self.frame.plane_from_frame(place)))
    }

    /// The position under a point of the screen; `None` beyond the world.
    pub fn lon_lat_from_screen(&self, at: Pos2) -> Option<LonLat> {
        self.lon_lat_from_plane(self.plane_from_screen(at))
    }

    /// The position in the map's middle.
    pub fn center_lon_lat(&self) -> Option<LonLat> {
        self.lon_lat_from_plane(self.center)
    }

    fn lon_lat_from_plane(&self, at: Point) -> Option<LonLat> {
        let at = if self.frame.is_web_mercator() { Point::new(around_the_world(at.x), at.y) } else { at };
        let inside = at.x.abs() <= MERCATOR_HALF_WORLD_M && at.y.abs() <= MERCATOR_HALF_WORLD_M;
        inside.then(|| self.frame.lon_lat(self.frame.frame_from_plane(at))).flatten()
    }

    /// As the document keeps it.
    pub fn position(&self) -> Option<MapPosition> {
        let middle = self.center_lon_lat()?;
        Some(MapPosition { lon_deg: middle.lon_deg(), lat_deg: middle.lat_deg(), zoom: self.zoom })
    }

    /// What is visible, the plane.
    pub fn bounds(&self) -> Option<BoundingBox> {
        let upper_left = self.plane_from_screen(self.rect.left_top());
        let lower_right = self.plane_from_screen(self.rect.right_bottom());
        BoundingBox::new(upper_left.x, lower_right.y, lower_right.x, upper_left.y)
    }

    /// A box of the plane on the screen.
    pub fn screen_rect(&self, bounds: &BoundingBox) -> Rect {
        let upper_left = self.screen_from_plane(Point::new(bounds.min_x(), bounds.max_y()));
        let lower_right = self.screen_from_plane(Point::new(bounds.max_x(), bounds.min_y()));
        Rect::from_min_max(upper_left, lower_right)
    }

    /// The tile level whose pixels come nearest to those of the screen, rather too fine than too coarse.
    pub fn tile_level(&self, pixels_per_point: f32) -> u8 {
        let level = (self.zoom + f64::from(pixels_per_point).log2() + 0.25).round().clamp(0.0, 28.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let level = level as u8;
        level
    }

    /// The tiles of a level that are visible, and a ring of `margin` tiles around them, from the middle outwards.
    pub fn tiles(&self, level: u8, margin: u32) -> Vec<(TileCoord, bool)> {
        let Some(bounds) = self.bounds() else { return Vec::new() };
        let side = f64::from(1_u32 << level.min(30));
        let column = |x: f64| f64::midpoint(x / MERCATOR_HALF_WORLD_M, 1.0) * side;
        let row = |y: f64| (1.0 - y / MERCATOR_HALF_WORLD_M) / 2.0 * side;
        let (west, east) = (column(bounds.min_x()), column(bounds.max_x()));
        let (north, south) = (row(bounds.max_y()), row(bounds.min_y()));
        let index = |at: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the level's tiles")]
            let index = at.floor().clamp(0.0, side - 1.0) as u32;
            index
        };
        if east < 0.0 || south < 0.0 || west >= side || north >= side {
            return Vec::new();
        }
        let (x0, x1, y0, y1) = (index(west), index(east), index(north), index(south));
        let last = index(side);
        let middle = (f64::midpoint(west, east), f64::midpoint(north, south));
        let mut tiles = Vec::new();
        for y in y0.saturating_sub(margin)..=y1.saturating_add(margin).min(last) {
            for x in x0.saturating_sub(margin)..=x1.saturating_add(margin).min(last) {
                let visible = (x0..=x1).contains(&x) && (y0..=y1).contains(&y);
                if let Some(tile) = TileCoord::new(level, x, y) {
                    let (dx, dy) = (f64::from(x) + 0.5 - middle.0, f64::from(y) + 0.5 - middle.1);
                    tiles.push((dx * dx + dy * dy, tile, visible));
                }
            }
        }
        tiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        tiles.into_iter().map(|(_, tile, visible)| (tile, visible)).collect()
    }

    /// Middle and zoom that show all of `bounds` with a margin; a single point is shown at `most_zoom`.
    pub fn fitting(rect: Rect, bounds: &BoundingBox, most_zoom: f64) -> (Point, f64) {
        /// Room for what lies on the map's edges: buttons, scale bar.
        const MARGIN_POINTS: f32 = 56.0;
        let room = (rect.size() - 2.0 * vec2(MARGIN_POINTS, MARGIN_POINTS)).max(vec2(32.0, 32.0));
        let metres = (bounds.width() / f64::from(room.x)).max(bounds.height() / f64::from(room.y));
        let zoom = (2.0 * MERCATOR_HALF_WORLD_M / (TILE_POINTS * metres)).log2();
        let zoom = if zoom.is_nan() { most_zoom } else { zoom.clamp(LEAST_ZOOM, most_zoom) };
        (bounds.center(), zoom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewport(zoom: f64) -> Viewport {
        let center = crate::geo::mercator_from_lon_lat(-54.6, -25.4);
        let rect = Rect::from_min_size(pos2(300.0, 40.0), vec2(800.0, 600.0));
        Viewport { rect, frame: Arc::default(), center, zoom }
    }

    #[test]
    fn the_screen_and_the_world_are_each_others_inverse() {
        for zoom in [1.0, 9.3, 20.0] {
            let viewport = viewport(zoom);
            for at in [pos2(300.0, 40.0), pos2(512.5, 333.25), pos2(1100.0, 640.0)] {
                let back = viewport.screen_from_plane(viewport.plane_from_screen(at));
                assert!((back - at).length() < 0.01, "{zoom} {at:?} {back:?}");
            }
        }
    }

    #[test]
    fn the_middle_is_in_the_middle_and_north_is_up() {
        let viewport = viewport(10.0);
        assert_eq!(viewport.screen_from_plane(viewport.center), viewport.rect.center());
        let north = viewport.screen_from_lon_lat(LonLat::new(-54.6, -25.3).unwrap()).unwrap();
        assert!(north.y < viewport.rect.center().y);
    }

    #[test]
    fn tiles_at_their_own_zoom_stand_on_whole_pixels() {
        for (zoom, pixels_per_point) in [(12.0, 1.0_f32), (15.0, 1.0), (12.0, 2.0), (14.0, 1.5)] {
            let mut given = viewport(zoom);
            given.rect = Rect::from_min_size(pos2(296.0, 40.5), vec2(689.0, 533.0));
            let snapped = given.on_whole_pixels(pixels_per_point);
            let moved = snapped.screen_from_plane(given.center) - given.rect.center();
            assert!(moved.length() < 0.75 / pixels_per_point, "by less than a pixel: {moved:?}");
            let (tile, _) = snapped.tiles(12, 0).into_iter().next().unwrap();
            let corner = snapped.screen_rect(&tile.bounds()).min * pixels_per_point;
            assert!(
                (corner.x - corner.x.round()).abs() < 0.02 && (corner.y - corner.y.round()).abs() < 0.02,
                "{corner:?}"
            );
        }
    }

    #[test]
    fn at_its_own_zoom_a_tile_is_256_points_wide() {
        let viewport = viewport(12.0);
        let (tile, _) = viewport.tiles(12, 0).into_iter().next().unwrap();
        assert!((viewport.screen_rect(&tile.bounds()).width() - 256.0).abs() < 0.01);
    }

    #[test]
    fn tiles_cover_the_view_and_come_from_the_middle() {
        let viewport = viewport(12.0);
        let tiles = viewport.tiles(12, 1);
        let shown: Vec<_> = tiles.iter().filter(|(_, visible)| *visible).collect();
        assert!((12..=20).contains(&shown.len()), "{}", shown.len());
        let middle = viewport.screen_rect(&tiles.first().unwrap().0.bounds());
        assert!(middle.contains(viewport.rect.center()));
        let covered = shown.iter().map(|(t, _)| viewport.screen_rect(&t.bounds())).reduce(Rect::union).unwrap();
        assert!(covered.contains_rect(viewport.rect));
    }

    #[test]
    fn beyond_the_antimeridian_the_world_goes_on() {
        let at = |lon: f64| crate::geo::mercator_from_lon_lat(lon, 0.0);
        let fiji = Viewport { center: at(179.9), ..viewport(9.0) };
        let copies = fiji.copies();
        assert_eq!(copies.len(), 2);
        let samoa = LonLat::new(-179.95, 0.0).unwrap();
        let seen = |copy: &Viewport| copy.screen_from_lon_lat(samoa).is_some_and(|at| copy.rect.contains(at));
        assert_eq!(copies.iter().map(seen).collect::<Vec<_>>(), [false, true]);
        let place = copies[1].screen_from_lon_lat(samoa).unwrap();
        let back = fiji.lon_lat_from_screen(place).unwrap();
        assert!((back.lon_deg() + 179.95).abs() < 1e-6, "the pointer is there, too: {back:?}");
        let tiles: Vec<u32> = copies.iter().flat_map(|copy| copy.tiles(9, 0)).map(|(tile, _)| tile.x()).collect();
        assert!(tiles.contains(&0) && tiles.contains(&511), "{tiles:?}");
        assert_eq!(fiji.degrees().map(|sides| (sides[0], sides[2])), Some((-180.0, 180.0)));
        assert_eq!(viewport(9.0).copies().len(), 1);
        assert_eq!(viewport(9.0).copies_and_neighbours().len(), 3);
        assert_eq!(viewport(0.5).copies().len(), 3, "800 points show the world of 362 more than twice");
    }

    #[test]
    fn beyond_the_world_there_are_no_tiles() {
        let mut viewport = viewport(5.0);
        viewport.center.x = 10.0 * MERCATOR_HALF_WORLD_M;
        assert!(viewport.tiles(5, 1).is_empty());
    }

    #[test]
    fn fitting_shows_all_of_a_box() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 480.0));
        let bounds = BoundingBox::new(-6.1e6, -3.0e6, -6.0e6, -2.8e6).unwrap();
        let (center, zoom) = Viewport::fitting(rect, &bounds, 18.0);
        let shown = Viewport { rect, frame: Arc::default(), center, zoom }.screen_rect(&bounds);
        assert!(rect.contains_rect(shown));
        assert!(shown.height() > 350.0);
        let point = BoundingBox::new(0.0, 0.0, 0.0, 0.0).unwrap();
        assert_eq!(Viewport::fitting(rect, &point, 15.0).1, 15.0);
    }
}
