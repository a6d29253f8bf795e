//! What part of the world, at what size.

use crate::geo::{Affine, BoundingBox, Crs, MapFrame, TileCoord};

/// Pixels that a view may have.
const MAX_PIXELS: u64 = 1 << 28;

/// A north-up grid of `width` x `height` pixels over a box in some reference system.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    crs: Crs,
    bbox: BoundingBox,
    width: u32,
    height: u32,
}

impl View {
    /// `None` where the box has no area, or the grid has no pixels or more than 2^28.
    #[must_use]
    pub fn new(crs: Crs, bbox: BoundingBox, width: u32, height: u32) -> Option<Self> {
        let pixels = u64::from(width) * u64::from(height);
        let usable = (1..=MAX_PIXELS).contains(&pixels) && bbox.width() > 0.0 && bbox.height() > 0.0;
        usable.then_some(Self { crs, bbox, width, height })
    }

    /// A tile of the Web Mercator pyramid at `size` x `size` pixels; sizes are kept between 1 and 8192.
    #[must_use]
    pub fn tile(tile: TileCoord, size: u32) -> Self {
        let size = size.clamp(1, 8192);
        Self { crs: Crs::web_mercator(), bbox: tile.bounds(), width: size, height: size }
    }

    /// A tile of a frame at `size` x `size` pixels; sizes are kept between 1 and 8192.
    #[must_use]
    pub fn frame_tile(frame: &MapFrame, tile: TileCoord, size: u32) -> Self {
        let size = size.clamp(1, 8192);
        Self { crs: frame.crs().clone(), bbox: frame.tile_bounds(tile), width: size, height: size }
    }

    /// The reference system of the box.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// The outer edges of the grid.
    #[must_use]
    pub fn bbox(&self) -> BoundingBox {
        self.bbox
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// From the view's pixels (edges) to its coordinates.
    #[must_use]
    pub fn crs_from_pixel(&self) -> Affine {
        Affine::of_grid(&self.bbox, self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_without_area_or_pixels_is_refused() {
        let line = BoundingBox::new(0.0, 0.0, 1.0, 0.0).unwrap();
        let square = BoundingBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
        assert!(View::new(Crs::wgs84(), line, 10, 10).is_none());
        assert!(View::new(Crs::wgs84(), square, 0, 10).is_none());
        assert!(View::new(Crs::wgs84(), square, 1 << 20, 1 << 20).is_none());
        assert!(View::new(Crs::wgs84(), square, 10, 10).is_some());
    }

    #[test]
    fn a_views_first_pixel_is_in_the_north_west() {
        let square = BoundingBox::new(0.0, 10.0, 4.0, 14.0).unwrap();
        let view = View::new(Crs::wgs84(), square, 4, 2).unwrap();
        let corner = view.crs_from_pixel().apply(0.0, 0.0);
        assert_eq!((corner.x, corner.y), (0.0, 14.0));
        let last = view.crs_from_pixel().apply(4.0, 2.0);
        assert_eq!((last.x, last.y), (4.0, 10.0));
    }
}
