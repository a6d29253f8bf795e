//! The Van der Grinten projection of a sphere: the whole earth in a circle.
//!
//! Formulas of J. P. Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395), pages 241 and 242.

use std::f64::consts::PI;

use super::Point;

/// Below this, in radians and in radii, a position lies on an axis, where the formulas divide by 0.
const ON_AXIS: f64 = 1e-10;

/// Between longitude and latitude in degrees and metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct VanDerGrinten {
    pub(super) radius_m: f64,
    pub(super) center_lon_deg: f64,
    pub(super) false_easting_m: f64,
    pub(super) false_northing_m: f64,
}

impl VanDerGrinten {
    pub(super) fn forward(&self, lon_lat_deg: Point) -> Point {
        let lon = (lon_lat_deg.x - self.center_lon_deg + 180.0).rem_euclid(360.0).to_radians() - PI;
        let lat = lon_lat_deg.y.clamp(-90.0, 90.0).to_radians();
        let (across, up) = unit_circle(lon.abs(), lat.abs());
        let scale = PI * self.radius_m;
        Point::new(
            self.false_easting_m + scale * across.copysign(lon),
            self.false_northing_m + scale * up.copysign(lat),
        )
    }

    /// `None` outside of the circle.
    pub(super) fn inverse(&self, own: Point) -> Option<Point> {
        let scale = PI * self.radius_m;
        let (x, y) = ((own.x - self.false_easting_m) / scale, (own.y - self.false_northing_m) / scale);
        let (xx, yy) = (x * x, y * y);
        let square = xx + yy;
        if square > 1.0 + ON_AXIS {
            return None;
        }
        let lat = if y.abs() < ON_AXIS { 0.0 } else { latitude(y.abs(), xx, yy)?.copysign(y) };
        let lon = if x.abs() < ON_AXIS {
            0.0
        } else {
            PI * (square - 1.0 + (1.0 + 2.0 * (xx - yy) + square * square).sqrt()) / (2.0 * x)
        };
        Some(Point::new(self.center_lon_deg + lon.to_degrees(), lat.to_degrees()))
    }
}

/// Position in the circle of radius 1 of a longitude and a latitude from 0 on, in radians.
fn unit_circle(lon: f64, lat: f64) -> (f64, f64) {
    let theta = (2.0 * lat / PI).min(1.0).asin();
    if lat < ON_AXIS {
        return (lon / PI, 0.0);
    }
    if lon < ON_AXIS || PI / 2.0 - lat < ON_AXIS {
        return (0.0, (theta / 2.0).tan());
    }
    let a = (PI / lon - lon / PI).abs() / 2.0;
    let g = theta.cos() / (theta.sin() + theta.cos() - 1.0);
    let p = g * (2.0 / theta.sin() - 1.0);
    let q = a * a + g;
    let (aa, pp) = (a * a, p * p);
    let sum = pp + aa;
    let across = (a * (g - pp) + (aa * (g - pp).powi(2) - sum * (g * g - pp)).max(0.0).sqrt()) / sum;
    let up = (p * q - a * ((aa + 1.0) * sum - q * q).max(0.0).sqrt()) / sum;
    (across, up)
}

/// Latitude in radians, by the cubic equation that it solves.
fn latitude(y: f64, xx: f64, yy: f64) -> Option<f64> {
    let square = xx + yy;
    let c1 = -y * (1.0 + square);
    let c2 = c1 - 2.0 * yy + xx;
    let c3 = -2.0 * c1 + 1.0 + 2.0 * yy + square * square;
    let d = yy / c3 + (2.0 * c2.powi(3) / c3.powi(3) - 9.0 * c1 * c2 / (c3 * c3)) / 27.0;
    let a1 = (c1 - c2 * c2 / (3.0 * c3)) / c3;
    let m1 = 2.0 * (-a1 / 3.0).max(0.0).sqrt();
    let cosine = 3.0 * d / (a1 * m1);
    let angle = cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0).acos() / 3.0)?;
    Some(PI * (-m1 * (angle + PI / 3.0).cos() - c2 / (3.0 * c3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLOBE: VanDerGrinten =
        VanDerGrinten { radius_m: 1.0, center_lon_deg: -85.0, false_easting_m: 0.0, false_northing_m: 0.0 };

    #[test]
    fn positions_are_those_of_the_manual() {
        // The numerical example of page 324.
        let found = GLOBE.forward(Point::new(-160.0, -50.0));
        assert!((found.x + 1.195_415_4).abs() < 1e-7 && (found.y + 0.996_073_3).abs() < 1e-7, "{found:?}");
        let equator = GLOBE.forward(Point::new(5.0, 0.0));
        assert!((equator.x - PI / 2.0).abs() < 1e-12 && equator.y == 0.0);
    }

    #[test]
    fn positions_lead_back_to_where_they_began() {
        for lon in [-264.0, -160.0, -85.0, -84.9, 5.0, 94.0] {
            for lat in [-89.0, -50.0, -0.01, 0.0, 23.0, 66.0, 89.9] {
                let back = GLOBE.inverse(GLOBE.forward(Point::new(lon, lat))).unwrap();
                assert!((back.x - lon).abs() < 1e-6 && (back.y - lat).abs() < 1e-8, "{lon} {lat}: {back:?}");
            }
        }
        assert_eq!(GLOBE.inverse(Point::new(3.0, 3.0)), None);
    }
}
