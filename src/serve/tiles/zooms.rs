//! The zoom levels at which a layer's tiles are worth asking for.

use super::TILE_PX;
use crate::geo::{Crs, MERCATOR_HALF_WORLD_M};
use crate::serve::layer::Layer;
use crate::serve::resolution::units_per_pixel;

/// The finest level of the grid that is offered.
pub(in crate::serve) const FINEST: u8 = 24;

/// The coarsest level at which the layer fills about a tile, and the finest, whose pixels are about its own.
///
/// As rio-tiler and GDAL's COG driver choose them: the level nearest to the resolution, and as many coarser ones as the pyramid would
/// have levels.
pub(super) fn of(layer: &Layer) -> (u8, u8) {
    let resolution = units_per_pixel(layer.source(), &Crs::web_mercator());
    let (Some(place), Some(resolution)) = (layer.place(), resolution) else { return (0, FINEST) };
    let (width, height) = (place.mercator.width() / resolution, place.mercator.height() / resolution);
    let mut factor = 1.0;
    while (width.round() / factor).floor().min((height.round() / factor).floor()) > f64::from(TILE_PX) {
        factor *= 2.0;
    }
    (nearest(resolution * factor), nearest(resolution))
}

/// The level whose pixels, in metres of the map, are nearest to these by ratio.
fn nearest(resolution_m: f64) -> u8 {
    let cell_m = |zoom: u8| 2.0 * MERCATOR_HALF_WORLD_M / f64::from(TILE_PX) / f64::from(zoom).exp2();
    let not_finer = (0..=FINEST).find(|&zoom| resolution_m >= cell_m(zoom) * (1.0 - 1e-8)).unwrap_or(FINEST);
    let coarser = not_finer.saturating_sub(1);
    let is_exact = (resolution_m - cell_m(not_finer)).abs() / cell_m(not_finer) <= 1e-8;
    if !is_exact && cell_m(coarser) / resolution_m < resolution_m / cell_m(not_finer) { coarser } else { not_finer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_belongs_to_the_nearest_level() {
        assert_eq!(nearest(156_543.033_928_041), 0);
        assert_eq!(nearest(1e9), 0);
        assert_eq!(nearest(38.218_514_142_588_14), 12);
        assert_eq!(nearest(40.0), 12);
        assert_eq!(nearest(70.0), 11);
        assert_eq!(nearest(50.0), 12, "below the middle of two levels by ratio");
        assert_eq!(nearest(1e-9), FINEST);
    }
}
