//! Maps of the unit sphere by formulas of longitude and latitude in radians.

use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

use super::sought;
use crate::geo::Point;

/// Steps of Newton's method for an auxiliary angle.
const STEPS: usize = 50;

/// A map. Formulas are those of J. P. Snyder and P. M. Voxland, An Album of Map Projections (USGS Professional Paper 1453).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::geo) enum Shape {
    Eckert1,
    Eckert2,
    Eckert3,
    Eckert4,
    Eckert5,
    Eckert6,
    Winkel1 { cos_lat_1: f64 },
    WinkelTripel { cos_lat_1: f64 },
    Aitoff,
    Hammer,
    Gall,
    NaturalEarth,
    Kavrayskiy7,
    CrasterParabolic,
    QuarticAuthalic,
    Wagner7,
}

impl Shape {
    /// One of each.
    #[cfg(test)]
    pub(super) const ALL: [Self; 16] = [
        Self::Eckert1,
        Self::Eckert2,
        Self::Eckert3,
        Self::Eckert4,
        Self::Eckert5,
        Self::Eckert6,
        Self::Winkel1 { cos_lat_1: 0.6 },
        Self::WinkelTripel { cos_lat_1: 2.0 / PI },
        Self::Aitoff,
        Self::Hammer,
        Self::Gall,
        Self::NaturalEarth,
        Self::Kavrayskiy7,
        Self::CrasterParabolic,
        Self::QuarticAuthalic,
        Self::Wagner7,
    ];

    pub(super) fn forward(&self, place: Point) -> Point {
        let (lon, lat) = (place.x, place.y);
        let (sin, cos) = lat.sin_cos();
        match *self {
            Self::Eckert1 => {
                let scale = 2.0 * (2.0 / (3.0 * PI)).sqrt();
                Point::new(scale * lon * (1.0 - lat.abs() / PI), scale * lat)
            }
            Self::Eckert2 => {
                let root = (4.0 - 3.0 * sin.abs()).sqrt();
                let up = (2.0 * PI / 3.0).sqrt() * (2.0 - root);
                Point::new(2.0 * lon / (6.0 * PI).sqrt() * root, up.copysign(lat))
            }
            Self::Eckert3 => {
                let scale = 2.0 / (4.0 * PI + PI * PI).sqrt();
                Point::new(scale * lon * (1.0 + (1.0 - (2.0 * lat / PI).powi(2)).max(0.0).sqrt()), 2.0 * scale * lat)
            }
            Self::Eckert4 => {
                let wanted = (2.0 + FRAC_PI_2) * sin;
                let angle = solved(
                    |t| t + t.sin() * (t.cos() + 2.0) - wanted,
                    |t| 1.0 + (2.0 * t).cos() + 2.0 * t.cos(),
                    0.895 * lat + 0.022_3 * lat.powi(3),
                );
                let across = 2.0 / (4.0 * PI + PI * PI).sqrt() * lon * (1.0 + angle.cos());
                Point::new(across, 2.0 * (PI / (4.0 + PI)).sqrt() * angle.sin())
            }
            Self::Eckert5 => {
                let scale = 1.0 / (2.0 + PI).sqrt();
                Point::new(scale * lon * (1.0 + cos), 2.0 * scale * lat)
            }
            Self::Eckert6 => {
                let wanted = (1.0 + FRAC_PI_2) * sin;
                let angle = solved(|t| t + t.sin() - wanted, |t| 1.0 + t.cos(), lat);
                let scale = 1.0 / (2.0 + PI).sqrt();
                Point::new(scale * lon * (1.0 + angle.cos()), 2.0 * scale * angle)
            }
            Self::Winkel1 { cos_lat_1 } => Point::new(0.5 * lon * (cos_lat_1 + cos), lat),
            Self::WinkelTripel { cos_lat_1 } => {
                let aitoff = Self::Aitoff.forward(place);
                Point::new(0.5 * (aitoff.x + lon * cos_lat_1), 0.5 * (aitoff.y + lat))
            }
            Self::Aitoff => {
                let (across, up) = (cos * (lon / 2.0).sin(), sin);
                // The angle from the middle, by what is exact for small ones as well.
                let angle = across.hypot(up).atan2(cos * (lon / 2.0).cos());
                let stretch = if angle.abs() < 1e-12 { 1.0 } else { angle / across.hypot(up) };
                Point::new(2.0 * across * stretch, up * stretch)
            }
            Self::Hammer => {
                let stretch = (2.0 / (1.0 + cos * (lon / 2.0).cos())).sqrt();
                Point::new(2.0 * stretch * cos * (lon / 2.0).sin(), stretch * sin)
            }
            Self::Gall => Point::new(lon / SQRT_2, (1.0 + SQRT_2 / 2.0) * (lat / 2.0).tan()),
            Self::NaturalEarth => {
                let (p2, p4) = (lat * lat, lat.powi(4));
                let across = 0.870_700 - 0.131_979 * p2 - 0.013_791 * p4 + p4 * p4 * p2 * (0.003_971 - 0.001_529 * p2);
                let up = 1.007_226 + p2 * (0.015_085 + p4 * (-0.044_475 + 0.028_874 * p2 - 0.005_916 * p4));
                Point::new(lon * across, lat * up)
            }
            Self::Kavrayskiy7 => {
                let across = (1.0 / 3.0 - (lat / PI).powi(2)).max(0.0).sqrt();
                Point::new(1.5 * lon * across, lat)
            }
            Self::CrasterParabolic => {
                let across = (3.0 / PI).sqrt() * lon * (2.0 * (2.0 * lat / 3.0).cos() - 1.0);
                Point::new(across, (3.0 * PI).sqrt() * (lat / 3.0).sin())
            }
            Self::QuarticAuthalic => Point::new(lon * cos / (lat / 2.0).cos(), 2.0 * (lat / 2.0).sin()),
            Self::Wagner7 => {
                let sin_angle = 65.0_f64.to_radians().sin() * sin;
                let cos_angle = (1.0 - sin_angle * sin_angle).sqrt();
                let stretch = (2.0 / (1.0 + cos_angle * (lon / 3.0).cos())).sqrt();
                let across = 2.667_23 * cos_angle * (lon / 3.0).sin() * stretch;
                Point::new(across, 1.241_04 * sin_angle * stretch)
            }
        }
    }

    /// `None` outside of the map.
    pub(super) fn inverse(&self, on_plane: Point) -> Option<Point> {
        let (edge, pole) = (self.forward(Point::new(PI, 0.0)).x, self.forward(Point::new(0.0, FRAC_PI_2)).y);
        if !(on_plane.x.abs() <= 1.2 * edge && on_plane.y.abs() <= 1.5 * pole) {
            return None;
        }
        let lat = (on_plane.y / pole).clamp(-0.97, 0.97) * FRAC_PI_2;
        let across = self.forward(Point::new(PI, lat)).x.max(0.05);
        let lon = (on_plane.x / across).clamp(-0.97, 0.97) * PI;
        let forward = |place: Point| self.forward(place);
        // The corners of some maps are reached from nearer to the middle only.
        let guesses = [Point::new(lon, lat), Point::new(lon, 0.6 * lat), Point::new(0.7 * lon, 0.9 * lat)];
        guesses.into_iter().find_map(|guess| sought(forward, on_plane, guess))
    }
}

/// Where `function` is 0, by Newton's method from `start` on.
pub(super) fn solved(function: impl Fn(f64) -> f64, derivative: impl Fn(f64) -> f64, start: f64) -> f64 {
    let mut angle = start;
    for _ in 0..STEPS {
        let slope = derivative(angle);
        let step = function(angle) / slope;
        if !step.is_finite() || step.abs() < 1e-15 {
            break;
        }
        angle = (angle - step).clamp(-FRAC_PI_2, FRAC_PI_2);
    }
    angle
}
