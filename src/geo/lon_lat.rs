//! A place on the earth in degrees, WGS 84.

/// Longitude and latitude in degrees, east and north positive, checked to be on the earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    lon_deg: f64,
    lat_deg: f64,
}

impl LonLat {
    /// A place; `None` outside -180 to 180 and -90 to 90, and for NaN.
    pub fn new(lon_deg: f64, lat_deg: f64) -> Option<Self> {
        let is_on_earth = (-180.0..=180.0).contains(&lon_deg) && (-90.0..=90.0).contains(&lat_deg);
        is_on_earth.then_some(Self { lon_deg, lat_deg })
    }

    /// Longitude in degrees, east positive.
    pub fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Latitude in degrees, north positive.
    pub fn lat_deg(self) -> f64 {
        self.lat_deg
    }
}
