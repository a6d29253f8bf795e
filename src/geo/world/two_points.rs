//! The two-point equidistant projection: distances from two places are true.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::geo::Point;

/// Of two places on the unit sphere. The middle of the map is the middle of the line between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::geo) struct TwoPoints {
    /// Directions from the centre of the sphere.
    places: [[f64; 3]; 2],
    /// Half of the angle between them.
    half: f64,
    /// Unit vectors: to the middle between both, along the line, and to the left of it.
    frame: [[f64; 3]; 3],
}

impl TwoPoints {
    /// Of two places as longitude and latitude in radians; `None` if they are one, or lie opposite to each other.
    pub(in crate::geo) fn new(first: Point, second: Point) -> Option<Self> {
        let places = [direction(first), direction(second)];
        let [a, b] = places;
        let half = dot(a, b).clamp(-1.0, 1.0).acos() / 2.0;
        let middle = unit([a[0] + b[0], a[1] + b[1], a[2] + b[2]])?;
        let along = unit([b[0] - a[0], b[1] - a[1], b[2] - a[2]])?;
        (half > 1e-9 && half < FRAC_PI_2 - 1e-9).then_some(Self {
            places,
            half,
            frame: [middle, along, cross(middle, along)],
        })
    }

    pub(super) fn forward(&self, place: Point) -> Point {
        let to = direction(place);
        let [first, second] = self.places.map(|from| {
            // Exact for small angles as well.
            let cross = cross(from, to);
            dot(cross, cross).sqrt().atan2(dot(from, to))
        });
        let x = (first * first - second * second) / (4.0 * self.half);
        let y = (first * first - (x + self.half).powi(2)).max(0.0).sqrt();
        Point::new(x, y.copysign(dot(to, self.frame[2])))
    }

    /// `None` outside of the map.
    pub(super) fn inverse(&self, on_plane: Point) -> Option<Point> {
        let (x, y) = (on_plane.x, on_plane.y);
        let (first, second) = (y.hypot(x + self.half), y.hypot(x - self.half));
        if first > PI + 1e-9 || second > PI + 1e-9 {
            return None;
        }
        // The part of the direction in the plane of both places follows from its angles with them, the rest from its length.
        let forwards = (first.cos() + second.cos()) / (2.0 * self.half.cos());
        let along = (second.cos() - first.cos()) / (2.0 * self.half.sin());
        let square = 1.0 - forwards * forwards - along * along;
        if square < -1e-9 {
            return None;
        }
        let left = square.max(0.0).sqrt().copysign(y);
        let [middle, line, side] = self.frame;
        let part = |axis: usize| forwards * middle[axis] + along * line[axis] + left * side[axis];
        let (x, y, z) = (part(0), part(1), part(2));
        Some(Point::new(y.atan2(x), z.atan2(x.hypot(y))))
    }
}

fn direction(place: Point) -> [f64; 3] {
    let ((sin_lon, cos_lon), (sin_lat, cos_lat)) = (place.x.sin_cos(), place.y.sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit(v: [f64; 3]) -> Option<[f64; 3]> {
    let length = dot(v, v).sqrt();
    (length > 1e-9).then(|| v.map(|part| part / length))
}
