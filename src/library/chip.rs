//! A chip: the small part of an image around a place, north up, as many metres of ground across whatever the latitude.

use super::Source;
use crate::cog::BlockCache;
use crate::geo::{BoundingBox, Crs, LonLat, mercator_from_lon_lat};
use crate::library::LibraryError;
use crate::render::{Painter, RgbaImage};
use crate::warp::{Resampling, View};

/// The square around a place, `across_m` metres of ground wide, in `pixels` x `pixels`; `None` at the poles, where the map
/// ends, and where there is no width.
pub fn chip_view(position: LonLat, across_m: f64, pixels: u32) -> Option<View> {
    let middle = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
    let half = across_m / position.lat_deg().to_radians().cos() / 2.0;
    if !(half.is_finite() && half > 0.0) {
        return None;
    }
    let bounds = BoundingBox::new(middle.x - half, middle.y - half, middle.x + half, middle.y + half)?;
    View::new(Crs::web_mercator(), bounds, pixels, pixels)
}

/// A chip's picture; `None` where the source has no data there.
pub fn chip(
    source: &Source,
    view: &View,
    (painter, resampling): (&Painter, Resampling),
    cache: &BlockCache,
) -> Result<Option<RgbaImage>, LibraryError> {
    let raster = source.read(view, painter.bands(), resampling, cache)?;
    Ok(Some(painter.paint(&raster)).filter(|picture| !picture.is_blank()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_is_as_wide_on_the_ground_at_any_latitude() {
        for lat_deg in [0.0, 45.0, -60.0] {
            let position = LonLat::new(10.0, lat_deg).unwrap();
            let view = chip_view(position, 1000.0, 64).unwrap();
            let ground_m = view.bbox().width() * lat_deg.to_radians().cos();
            assert!((ground_m - 1000.0).abs() < 1e-6, "{lat_deg}");
            assert_eq!((view.width(), view.height()), (64, 64));
        }
    }

    #[test]
    fn there_is_no_chip_of_nothing() {
        let here = LonLat::new(10.0, 50.0).unwrap();
        assert!(chip_view(here, 0.0, 64).is_none());
        assert!(chip_view(here, f64::NAN, 64).is_none());
        assert!(chip_view(here, 100.0, 0).is_none());
        assert!(chip_view(LonLat::new(0.0, 90.0).unwrap(), 100.0, 64).is_none());
    }
}
