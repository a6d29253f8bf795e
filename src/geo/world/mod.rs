//! Projections of a sphere for maps of the whole earth that the crates lack: Eckert's, Goode's, Winkel's and their like. Longitudes
//! and latitudes of an ellipsoid are taken as those of the sphere, as in PROJ.

mod goode;
mod shapes;
mod text;
mod two_points;

use std::f64::consts::{FRAC_PI_2, PI};

use super::Point;
pub(super) use goode::Goode;
pub(super) use shapes::Shape;
pub(super) use two_points::TwoPoints;

/// Steps of Newton's method on the way back from the plane.
const STEPS: usize = 30;
/// How near the way back has to come, in radii.
const NEAR: f64 = 1e-12;
/// What a place that the way back leads to may be off at most, in radii.
const FOUND: f64 = 1e-9;
/// Difference that derivatives are taken over, in radians.
const DIFFERENCE: f64 = 1e-6;

/// One of these projections, between longitude and latitude in degrees and metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct World {
    pub(super) kind: Kind,
    pub(super) radius_m: f64,
    pub(super) center_lon_deg: f64,
    pub(super) false_easting_m: f64,
    pub(super) false_northing_m: f64,
}

/// How the unit sphere is laid on the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Shape(Shape),
    Goode(Goode),
    TwoPoints(TwoPoints),
}

impl World {
    /// From longitude and latitude.
    pub(super) fn forward(&self, lon_lat_deg: Point) -> Option<Point> {
        let lon = (lon_lat_deg.x - self.center_lon_deg).to_radians();
        // The antimeridian belongs to both sides.
        let lon = if lon.abs() <= PI { lon } else { (lon + PI).rem_euclid(2.0 * PI) - PI };
        let lat = lon_lat_deg.y.to_radians();
        if lat.abs() > FRAC_PI_2 + 1e-12 {
            return None;
        }
        let place = Point::new(lon, lat.clamp(-FRAC_PI_2, FRAC_PI_2));
        let on_plane = match &self.kind {
            Kind::Shape(shape) => shape.forward(place),
            Kind::Goode(goode) => goode.forward(place),
            Kind::TwoPoints(points) => points.forward(place),
        };
        let (x, y) = (self.radius_m * on_plane.x, self.radius_m * on_plane.y);
        Some(Point::new(self.false_easting_m + x, self.false_northing_m + y))
    }

    /// To longitude and latitude; `None` outside of the map.
    pub(super) fn inverse(&self, own: Point) -> Option<Point> {
        let x = (own.x - self.false_easting_m) / self.radius_m;
        let y = (own.y - self.false_northing_m) / self.radius_m;
        let on_plane = Point::new(x, y);
        let place = match &self.kind {
            Kind::Shape(shape) => shape.inverse(on_plane),
            Kind::Goode(goode) => goode.inverse(on_plane),
            Kind::TwoPoints(points) => points.inverse(on_plane),
        }?;
        Some(Point::new(self.center_lon_deg + place.x.to_degrees(), place.y.to_degrees()))
    }
}

/// The place that `forward` lays at `wanted`, sought from `guess` on; `None` if there is none on the earth.
fn sought(forward: impl Fn(Point) -> Point, wanted: Point, guess: Point) -> Option<Point> {
    let mut place = guess;
    for _ in 0..STEPS {
        let found = forward(place);
        let (dx, dy) = (wanted.x - found.x, wanted.y - found.y);
        if dx.hypot(dy) < NEAR {
            break;
        }
        // Derivatives are taken towards the middle, where the map goes on.
        let step = |at: f64| if at > 0.0 { -DIFFERENCE } else { DIFFERENCE };
        let (east, north) = (step(place.x), step(place.y));
        let along = forward(Point::new(place.x + east, place.y));
        let up = forward(Point::new(place.x, place.y + north));
        let (xl, yl) = ((along.x - found.x) / east, (along.y - found.y) / east);
        let (xp, yp) = ((up.x - found.x) / north, (up.y - found.y) / north);
        let area = xl * yp - xp * yl;
        let (lon, lat) = ((dx * yp - dy * xp) / area, (dy * xl - dx * yl) / area);
        if !(lon.is_finite() && lat.is_finite()) {
            break;
        }
        let lon = (place.x + lon.clamp(-1.0, 1.0)).clamp(-PI, PI);
        place = Point::new(lon, (place.y + lat.clamp(-0.5, 0.5)).clamp(-FRAC_PI_2, FRAC_PI_2));
    }
    let found = forward(place);
    ((found.x - wanted.x).hypot(found.y - wanted.y) < FOUND).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(kind: Kind) -> World {
        World { kind, radius_m: 6_378_137.0, center_lon_deg: 10.0, false_easting_m: 1000.0, false_northing_m: -2000.0 }
    }

    #[test]
    fn every_kind_leads_back_to_where_it_began() {
        let shapes = Shape::ALL.map(Kind::Shape);
        let others = [Kind::Goode(Goode::Whole), Kind::Goode(Goode::Interrupted)];
        let points = TwoPoints::new(Point::new(-1.0, 0.2), Point::new(0.5, 0.9)).unwrap();
        for kind in shapes.into_iter().chain(others).chain([Kind::TwoPoints(points)]) {
            let world = world(kind);
            for lon in [-169.0, -120.0, -60.3, 0.0, 10.0, 44.0, 100.0, 189.0] {
                for lat in [-88.0, -60.0, -30.5, -1e-3, 0.0, 35.0, 42.0, 70.0, 88.5] {
                    let own = world.forward(Point::new(lon, lat)).unwrap();
                    let back = world.inverse(own).unwrap_or_else(|| panic!("{kind:?} {lon} {lat}"));
                    assert!(
                        (back.x - lon).abs() < 1e-5 && (back.y - lat).abs() < 1e-6,
                        "{kind:?} {lon} {lat} {back:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn outside_of_the_map_there_is_no_place() {
        for shape in Shape::ALL {
            let world = world(Kind::Shape(shape));
            assert_eq!(world.inverse(Point::new(3e7, 0.0)), None, "{shape:?}");
            assert_eq!(world.forward(Point::new(0.0, 91.0)), None);
        }
        let interrupted = world(Kind::Goode(Goode::Interrupted));
        // Between the lobes of the Indian Ocean.
        assert_eq!(interrupted.inverse(Point::new(80.0_f64.to_radians() * 6_378_137.0, -7_500_000.0)), None);
    }
}
