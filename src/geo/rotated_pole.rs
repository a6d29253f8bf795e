//! Longitude and latitude about a pole of one's own, as weather models have them.

use super::Point;

/// The turned sphere: where its pole is, and which of its meridians runs to the earth's pole, all in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RotatedPole {
    /// Latitude of the turned pole, in the meridian of `center_lon` (on its far side).
    pub(super) pole_lat: f64,
    /// Turned longitude of the earth's pole.
    pub(super) pole_lon: f64,
    /// The meridian that both spheres share.
    pub(super) center_lon: f64,
}

impl RotatedPole {
    /// From longitude and latitude to turned ones, all in degrees.
    pub(super) fn forward(&self, lon_lat_deg: Point) -> Point {
        let turned = self.turned(lon_lat_deg.x - self.center_lon, lon_lat_deg.y, -1.0);
        Point::new(within_half_turn(turned.x + self.pole_lon), turned.y)
    }

    /// From turned longitude and latitude.
    pub(super) fn inverse(&self, own: Point) -> Point {
        let place = self.turned(own.x - self.pole_lon, own.y, 1.0);
        Point::new(within_half_turn(place.x + self.center_lon), place.y)
    }

    fn turned(&self, lon_deg: f64, lat_deg: f64, way: f64) -> Point {
        let (sin_pole, cos_pole) = self.pole_lat.to_radians().sin_cos();
        let (sin_lon, cos_lon) = lon_deg.to_radians().sin_cos();
        let (sin_lat, cos_lat) = lat_deg.to_radians().sin_cos();
        let up = sin_pole * sin_lat + way * cos_pole * cos_lat * cos_lon;
        let across = cos_lat * sin_lon;
        let forwards = sin_pole * cos_lat * cos_lon - way * cos_pole * sin_lat;
        Point::new(across.atan2(forwards).to_degrees(), up.atan2(across.hypot(forwards)).to_degrees())
    }
}

fn within_half_turn(lon_deg: f64) -> f64 {
    if lon_deg.abs() <= 180.0 { lon_deg } else { (lon_deg + 180.0).rem_euclid(360.0) - 180.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the European domain of regional climate models: its pole lies at 39.25° N, 162° W.
    const EUROPE: RotatedPole = RotatedPole { pole_lat: 39.25, pole_lon: 0.0, center_lon: 18.0 };

    #[test]
    fn the_middle_of_the_domain_is_where_its_equator_and_meridian_cross() {
        let middle = EUROPE.forward(Point::new(18.0, 50.75));
        assert!(middle.x.abs() < 1e-9 && middle.y.abs() < 1e-9, "{middle:?}");
        let pole = EUROPE.inverse(Point::new(0.0, 90.0));
        assert!((pole.y - 39.25).abs() < 1e-9 && (pole.x.abs() - 162.0).abs() < 1e-9, "{pole:?}");
    }

    #[test]
    fn places_lead_back_to_where_they_began() {
        for lon in [-170.0, -20.0, 0.0, 18.0, 75.0, 180.0] {
            for lat in [-80.0, -10.0, 0.0, 50.75, 72.0, 89.0] {
                let back = EUROPE.inverse(EUROPE.forward(Point::new(lon, lat)));
                let off = (back.x - lon + 180.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 1e-9 && (back.y - lat).abs() < 1e-9, "{lon} {lat} {back:?}");
            }
        }
    }
}
