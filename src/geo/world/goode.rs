//! Goode's homolosine: the sinusoidal projection in the middle, Mollweide's towards the poles; whole, or interrupted in the oceans.

use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

use super::shapes::solved;
use crate::geo::Point;

/// Latitude at which both projections have parallels of the same length, in degrees: 40° 44' 11.8".
const JOINT_DEG: f64 = 40.0 + 44.0 / 60.0 + 11.8 / 3600.0;
/// What Mollweide's part is moved towards the equator by, in radii.
const MOVED: f64 = 0.052_80;
/// Lobes of the north: western edge, eastern edge, central meridian, in degrees.
const NORTH: [(f64, f64, f64); 2] = [(-180.0, -40.0, -100.0), (-40.0, 180.0, 30.0)];
/// Lobes of the south.
const SOUTH: [(f64, f64, f64); 4] =
    [(-180.0, -100.0, -160.0), (-100.0, -20.0, -60.0), (-20.0, 80.0, 20.0), (80.0, 180.0, 140.0)];
/// Parts of the far north that a lobe repeats beyond its edges, so that Greenland and the Chukchi Peninsula are whole: lobe, western
/// edge, eastern edge, southern edge.
const REPEATED: [(usize, f64, f64, f64); 3] =
    [(0, -40.0, -10.0, 60.0), (1, -180.0, -160.0, 50.0), (1, -50.0, -40.0, 60.0)];
/// How far beyond an edge a place still belongs to a lobe, in radians.
const ON_EDGE: f64 = 1e-9;

/// Which of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::geo) enum Goode {
    Whole,
    Interrupted,
}

impl Goode {
    pub(super) fn forward(self, place: Point) -> Point {
        let Self::Interrupted = self else { return homolosine(place, MOVED, 0.710_930_781_979_023_6) };
        let lobes = lobes(place.y >= 0.0);
        let lobe = lobes.iter().find(|lobe| place.x <= lobe.1.to_radians()).or(lobes.last());
        let middle = lobe.map_or(0.0, |lobe| lobe.2).to_radians();
        let own = homolosine(Point::new(place.x - middle, place.y), joint_step(), JOINT_DEG.to_radians());
        Point::new(own.x + middle, own.y)
    }

    /// `None` outside of the map, and between its lobes.
    pub(super) fn inverse(self, on_plane: Point) -> Option<Point> {
        let Self::Interrupted = self else {
            let place = homolosine_back(on_plane, MOVED, 0.710_930_781_979_023_6)?;
            return (place.x.abs() <= PI + ON_EDGE).then_some(place);
        };
        let is_north = on_plane.y >= 0.0;
        let lobes = lobes(is_north);
        let index = lobes.iter().position(|lobe| on_plane.x <= lobe.1.to_radians()).unwrap_or(lobes.len() - 1);
        let &(west, east, middle) = lobes.get(index)?;
        let middle = middle.to_radians();
        let own = Point::new(on_plane.x - middle, on_plane.y);
        let place = homolosine_back(own, joint_step(), JOINT_DEG.to_radians())?;
        let place = Point::new(place.x + middle, place.y);
        let is_between =
            |west: f64, east: f64| place.x >= west.to_radians() - ON_EDGE && place.x <= east.to_radians() + ON_EDGE;
        let is_repeated = |&(lobe, west, east, south): &(usize, f64, f64, f64)| {
            is_north && lobe == index && place.y >= south.to_radians() && is_between(west, east)
        };
        (is_between(west, east) || REPEATED.iter().any(is_repeated)).then_some(place)
    }
}

fn lobes(is_north: bool) -> &'static [(f64, f64, f64)] {
    if is_north { &NORTH } else { &SOUTH }
}

/// What Mollweide's part is moved by so that both meet at the joint.
fn joint_step() -> f64 {
    let joint = JOINT_DEG.to_radians();
    SQRT_2 * mollweide_angle(joint).sin() - joint
}

/// The auxiliary angle of Mollweide's projection.
fn mollweide_angle(lat: f64) -> f64 {
    let wanted = PI * lat.sin();
    if FRAC_PI_2 - lat.abs() < 1e-10 {
        return lat;
    }
    // In the double angle Newton's method converges towards the poles as well.
    solved(|t| 2.0 * t + (2.0 * t).sin() - wanted, |t| 2.0 + 2.0 * (2.0 * t).cos(), 0.9 * lat)
}

fn homolosine(place: Point, moved: f64, joint: f64) -> Point {
    let (lon, lat) = (place.x, place.y);
    if lat.abs() <= joint {
        return Point::new(lon * lat.cos(), lat);
    }
    let angle = mollweide_angle(lat);
    Point::new(2.0 * SQRT_2 / PI * lon * angle.cos(), SQRT_2 * angle.sin() - moved.copysign(lat))
}

fn homolosine_back(on_plane: Point, moved: f64, joint: f64) -> Option<Point> {
    if on_plane.y.abs() <= joint {
        return Some(Point::new(on_plane.x / on_plane.y.cos(), on_plane.y));
    }
    let sin = (on_plane.y + moved.copysign(on_plane.y)) / SQRT_2;
    if sin.abs() > 1.0 + ON_EDGE {
        return None;
    }
    let angle = sin.clamp(-1.0, 1.0).asin();
    let lat = ((2.0 * angle + (2.0 * angle).sin()) / PI).clamp(-1.0, 1.0).asin();
    let across = 2.0 * SQRT_2 / PI * angle.cos();
    let lon = if across < ON_EDGE { 0.0 } else { on_plane.x / across };
    (lon.abs() <= 2.0 * PI).then_some(Point::new(lon, lat))
}
