//! Bonne's projection of an ellipsoid: parallels are true arcs about one centre.
//!
//! Formulas of IOGP's Guidance Note 7-2 (method 9827).

use super::Point;

/// Steps of the way from a meridian's length to a latitude.
const STEPS: usize = 12;

/// Between longitude and latitude in degrees and metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bonne {
    pub(super) semi_major_m: f64,
    /// Square of the eccentricity.
    pub(super) eccentricity_2: f64,
    /// The parallel whose scale and distance are true; not 0.
    pub(super) parallel_deg: f64,
    pub(super) center_lon_deg: f64,
    pub(super) false_easting_m: f64,
    pub(super) false_northing_m: f64,
}

impl Bonne {
    pub(super) fn forward(&self, lon_lat_deg: Point) -> Option<Point> {
        let lon = lon_lat_deg.x - self.center_lon_deg;
        let lon = if lon.abs() <= 180.0 { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
        let lat = lon_lat_deg.y.to_radians();
        if lon_lat_deg.y.abs() > 90.0 + 1e-9 {
            return None;
        }
        let (centre, radius) = self.centre_and_radius(lat);
        let along = self.parallel_radius(lat) * lon.to_radians();
        let angle = if radius.abs() < 1e-12 { 0.0 } else { along / radius };
        let (x, y) = (radius * angle.sin(), centre - radius * angle.cos());
        Some(Point::new(self.false_easting_m + self.semi_major_m * x, self.false_northing_m + self.semi_major_m * y))
    }

    /// `None` outside of the map.
    pub(super) fn inverse(&self, own: Point) -> Option<Point> {
        let x = (own.x - self.false_easting_m) / self.semi_major_m;
        let y = (own.y - self.false_northing_m) / self.semi_major_m;
        let parallel = self.parallel_deg.to_radians();
        let (centre, _) = self.centre_and_radius(parallel);
        let side = parallel.signum();
        let radius = x.hypot(centre - y) * side;
        let lat = self.latitude(centre + self.meridian(parallel) - radius)?;
        let angle = (x * side).atan2((centre - y) * side);
        let across = self.parallel_radius(lat);
        let lon = if across < 1e-12 { 0.0 } else { (radius * angle / across).to_degrees() };
        (lon.abs() <= 180.0 + 1e-9).then(|| Point::new(self.center_lon_deg + lon, lat.to_degrees()))
    }

    /// Distance of the centre of all arcs from the origin, and the radius of the arc of a latitude, in semi-major axes.
    fn centre_and_radius(&self, lat: f64) -> (f64, f64) {
        let parallel = self.parallel_deg.to_radians();
        // The origin lies on the parallel that is true.
        let of_origin = self.parallel_radius(parallel) / parallel.sin();
        (of_origin, of_origin + self.meridian(parallel) - self.meridian(lat))
    }

    /// Radius of the circle of a latitude.
    fn parallel_radius(&self, lat: f64) -> f64 {
        lat.cos() / (1.0 - self.eccentricity_2 * lat.sin().powi(2)).sqrt()
    }

    /// Length of the meridian from the equator.
    fn meridian(&self, lat: f64) -> f64 {
        let (e2, e4, e6) = (self.eccentricity_2, self.eccentricity_2.powi(2), self.eccentricity_2.powi(3));
        let e8 = e4 * e4;
        (1.0 - e2 / 4.0 - 3.0 * e4 / 64.0 - 5.0 * e6 / 256.0 - 175.0 * e8 / 16_384.0) * lat
            - (3.0 * e2 / 8.0 + 3.0 * e4 / 32.0 + 45.0 * e6 / 1024.0 + 105.0 * e8 / 4096.0) * (2.0 * lat).sin()
            + (15.0 * e4 / 256.0 + 45.0 * e6 / 1024.0 + 525.0 * e8 / 16_384.0) * (4.0 * lat).sin()
            - (35.0 * e6 / 3072.0 + 175.0 * e8 / 12_288.0) * (6.0 * lat).sin()
            + 315.0 * e8 / 131_072.0 * (8.0 * lat).sin()
    }

    /// The latitude of a meridian's length; `None` beyond the pole.
    fn latitude(&self, length: f64) -> Option<f64> {
        let quarter = std::f64::consts::FRAC_PI_2;
        if length.abs() > self.meridian(quarter) + 1e-9 {
            return None;
        }
        let mut lat = length / self.meridian(quarter) * quarter;
        for _ in 0..STEPS {
            let curved = 1.0 - self.eccentricity_2 * lat.sin().powi(2);
            let slope = (1.0 - self.eccentricity_2) / (curved * curved.sqrt());
            lat = (lat - (self.meridian(lat) - length) / slope).clamp(-quarter, quarter);
        }
        Some(lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn france(parallel_deg: f64) -> Bonne {
        Bonne {
            semi_major_m: 6_378_249.2,
            eccentricity_2: 0.006_803_487_646_3,
            parallel_deg,
            center_lon_deg: 2.337_229_17,
            false_easting_m: 100.0,
            false_northing_m: 200.0,
        }
    }

    #[test]
    fn the_origin_has_the_false_coordinates_and_places_lead_back() {
        for parallel in [45.0, -30.0] {
            let bonne = france(parallel);
            let origin = bonne.forward(Point::new(2.337_229_17, parallel)).unwrap();
            assert!((origin.x - 100.0).abs() < 1e-6 && (origin.y - 200.0).abs() < 1e-6, "{origin:?}");
            for (lon, lat) in [(-5.0, 48.0), (8.2, 41.5), (2.3, 51.0), (-40.0, -20.0), (30.0, 0.0)] {
                let back = bonne.inverse(bonne.forward(Point::new(lon, lat)).unwrap()).unwrap();
                assert!((back.x - lon).abs() < 1e-9 && (back.y - lat).abs() < 1e-9, "{lon} {lat} {back:?}");
            }
        }
    }

    #[test]
    fn outside_of_the_map_there_is_no_place() {
        assert_eq!(france(45.0).inverse(Point::new(3e7, 0.0)), None);
        assert_eq!(france(45.0).forward(Point::new(0.0, 91.0)), None);
    }
}
