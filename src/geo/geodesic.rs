//! Lengths and areas on the ellipsoid of WGS 84, by Karney's algorithms.

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic, PolygonArea, Winding};

use super::LonLat;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Length in metres of the shortest way between two places.
#[must_use]
pub fn distance_m(from: LonLat, to: LonLat) -> f64 {
    WGS84.inverse(from.lat_deg(), from.lon_deg(), to.lat_deg(), to.lon_deg())
}

/// Length in metres of the way through all places in turn; 0 for fewer than two.
#[must_use]
pub fn path_length_m(places: &[LonLat]) -> f64 {
    places.iter().zip(places.iter().skip(1)).map(|(&from, &to)| distance_m(from, to)).sum()
}

/// The place that lies `distance_m` from another in the direction `azimuth_deg`, clockwise from north; `None` where a number is not
/// finite.
#[must_use]
pub fn destination(from: LonLat, azimuth_deg: f64, distance_m: f64) -> Option<LonLat> {
    let (lat_deg, lon_deg) = WGS84.direct(from.lat_deg(), from.lon_deg(), azimuth_deg, distance_m);
    LonLat::wrapped(lon_deg, lat_deg)
}

/// Direction in degrees clockwise from north, 0 to 360, in which the shortest way to another place begins.
#[must_use]
pub fn azimuth_deg(from: LonLat, to: LonLat) -> f64 {
    let (begin_deg, _, _) = WGS84.inverse(from.lat_deg(), from.lon_deg(), to.lat_deg(), to.lon_deg());
    let begin_deg: f64 = begin_deg;
    begin_deg.rem_euclid(360.0)
}

/// Size of a ring of places (the first not repeated).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RingSize {
    /// Length of its sides in metres, the closing one included.
    pub perimeter_m: f64,
    /// What it encloses in square metres, whichever way round it runs.
    pub area_m2: f64,
}

/// Perimeter and area of a ring whose sides are shortest ways; `None` for fewer than three places.
#[must_use]
pub fn ring_size(places: &[LonLat]) -> Option<RingSize> {
    if places.len() < 3 {
        return None;
    }
    let mut ring = PolygonArea::new(&WGS84, Winding::CounterClockwise);
    for place in places {
        ring.add_point(place.lat_deg(), place.lon_deg());
    }
    let (perimeter_m, area_m2, _) = ring.compute(true);
    Some(RingSize { perimeter_m, area_m2: area_m2.abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon_deg: f64, lat_deg: f64) -> LonLat {
        LonLat::new(lon_deg, lat_deg).unwrap()
    }

    #[test]
    fn a_degree_of_the_equator_has_its_length() {
        assert!((distance_m(at(0.0, 0.0), at(1.0, 0.0)) - 111_319.490_8).abs() < 1e-3);
        assert!((azimuth_deg(at(0.0, 0.0), at(-1.0, 0.0)) - 270.0).abs() < 1e-9);
    }

    #[test]
    fn a_way_across_the_antimeridian_is_short() {
        assert!(distance_m(at(179.5, 10.0), at(-179.5, 10.0)) < 112_000.0);
        assert!((path_length_m(&[at(0.0, 0.0), at(1.0, 0.0), at(0.0, 0.0)]) - 222_638.981_6).abs() < 1e-3);
    }

    #[test]
    fn a_step_and_the_way_back_agree() {
        let start = at(13.4, 52.5);
        let end = destination(start, 30.0, 5_000.0).unwrap();
        assert!((distance_m(start, end) - 5_000.0).abs() < 1e-6);
        assert!((azimuth_deg(start, end) - 30.0).abs() < 1e-6);
    }

    #[test]
    fn a_ring_has_the_same_area_both_ways_round() {
        let ring = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        let mut reversed = ring;
        reversed.reverse();
        let (size, other) = (ring_size(&ring).unwrap(), ring_size(&reversed).unwrap());
        assert!((size.area_m2 - 12_308_778_361.469).abs() < 1.0, "{size:?}");
        assert!((other.area_m2 - size.area_m2).abs() < 1e-3);
        assert!(ring_size(&ring[..2]).is_none());
    }
}
