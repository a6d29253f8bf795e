//! Positions: [`Point`] in any plane (the owner says which), [`LonLat`] on the earth in degrees.

/// A position in some coordinate system: x east or to the right, y north or down, as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// East, longitude or column.
    pub x: f64,
    /// North, latitude or row.
    pub y: f64,
}

impl Point {
    /// A point of its two coordinates.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Neither coordinate is NaN or infinite.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

impl From<LonLat> for Point {
    fn from(position: LonLat) -> Self {
        Self { x: position.lon_deg, y: position.lat_deg }
    }
}

/// A position on WGS 84 in degrees: longitude from -180 to 180, latitude from -90 to 90.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    lon_deg: f64,
    lat_deg: f64,
}

impl LonLat {
    /// A place; `None` outside -180 to 180 and -90 to 90, and for NaN.
    #[must_use]
    pub fn new(lon_deg: f64, lat_deg: f64) -> Option<Self> {
        let is_on_earth = (-180.0..=180.0).contains(&lon_deg) && (-90.0..=90.0).contains(&lat_deg);
        is_on_earth.then_some(Self { lon_deg, lat_deg })
    }

    /// As [`Self::new`], but longitudes beyond the antimeridian are taken round the earth.
    #[must_use]
    pub fn wrapped(lon_deg: f64, lat_deg: f64) -> Option<Self> {
        Self::new(wrap_degrees(lon_deg), lat_deg)
    }

    /// Degrees east of Greenwich, -180 to 180.
    #[must_use]
    pub const fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Degrees north of the equator, -90 to 90.
    #[must_use]
    pub const fn lat_deg(self) -> f64 {
        self.lat_deg
    }
}

/// The same direction between -180 and 180 degrees; both ends are kept as they are.
#[must_use]
pub(crate) fn wrap_degrees(lon_deg: f64) -> f64 {
    if (-180.0..=180.0).contains(&lon_deg) { lon_deg } else { (lon_deg + 180.0).rem_euclid(360.0) - 180.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_beyond_the_pole_is_refused() {
        assert!(LonLat::new(0.0, 90.5).is_none());
        assert!(LonLat::new(f64::NAN, 0.0).is_none());
        assert!(LonLat::new(0.0, f64::NAN).is_none());
    }

    #[test]
    fn longitudes_wrap_and_the_antimeridian_keeps_its_side() {
        let lon_deg = |lon_deg| LonLat::wrapped(lon_deg, 1.0).map(LonLat::lon_deg);
        assert_eq!(lon_deg(190.0), Some(-170.0));
        assert_eq!(lon_deg(-540.0), Some(-180.0));
        assert_eq!(lon_deg(180.0), Some(180.0));
        assert_eq!(lon_deg(-180.0), Some(-180.0));
        assert_eq!(LonLat::new(190.0, 1.0), None);
    }
}
