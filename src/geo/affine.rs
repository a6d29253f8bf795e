//! Affine maps between pixels and a reference system.
//!
//! Pixel coordinates are those of edges: (0, 0) is the outer corner of the first pixel, (0.5, 0.5) its centre.

use super::{BoundingBox, Point};

/// x = `x_origin` + col * `x_per_col` + row * `x_per_row`, and the same for y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    x_origin: f64,
    x_per_col: f64,
    x_per_row: f64,
    y_origin: f64,
    y_per_col: f64,
    y_per_row: f64,
}

impl Affine {
    /// Of GDAL's six numbers: x of the corner, x per column, x per row, y of the corner, y per column, y per row.
    #[must_use]
    pub const fn from_gdal(numbers: [f64; 6]) -> Self {
        let [x_origin, x_per_col, x_per_row, y_origin, y_per_col, y_per_row] = numbers;
        Self { x_origin, x_per_col, x_per_row, y_origin, y_per_col, y_per_row }
    }

    /// GDAL's six numbers of this map.
    #[must_use]
    pub const fn to_gdal(&self) -> [f64; 6] {
        [self.x_origin, self.x_per_col, self.x_per_row, self.y_origin, self.y_per_col, self.y_per_row]
    }

    /// The north-up map of a grid of `width` x `height` pixels that covers `bbox` exactly.
    #[must_use]
    pub fn of_grid(bbox: &BoundingBox, width: u32, height: u32) -> Self {
        Self {
            x_origin: bbox.min_x(),
            x_per_col: bbox.width() / f64::from(width.max(1)),
            x_per_row: 0.0,
            y_origin: bbox.max_y(),
            y_per_col: 0.0,
            y_per_row: -bbox.height() / f64::from(height.max(1)),
        }
    }

    /// x of the outer corner of the first pixel.
    #[must_use]
    pub const fn x_origin(&self) -> f64 {
        self.x_origin
    }

    /// y of the outer corner of the first pixel.
    #[must_use]
    pub const fn y_origin(&self) -> f64 {
        self.y_origin
    }

    /// Where a place in pixels lies.
    #[must_use]
    pub fn apply(&self, col: f64, row: f64) -> Point {
        Point {
            x: self.x_origin + col * self.x_per_col + row * self.x_per_row,
            y: self.y_origin + col * self.y_per_col + row * self.y_per_row,
        }
    }

    /// The map from coordinates to pixels (`x` of the result is the column); `None` where the map is flat or not finite.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        // Without rotation each axis stands alone, which keeps a grid's own edges exact.
        let inverse = if self.is_axis_parallel() {
            Self {
                x_origin: -self.x_origin / self.x_per_col,
                x_per_col: 1.0 / self.x_per_col,
                x_per_row: 0.0,
                y_origin: -self.y_origin / self.y_per_row,
                y_per_col: 0.0,
                y_per_row: 1.0 / self.y_per_row,
            }
        } else {
            let determinant = self.x_per_col * self.y_per_row - self.x_per_row * self.y_per_col;
            Self {
                x_origin: (self.x_per_row * self.y_origin - self.x_origin * self.y_per_row) / determinant,
                x_per_col: self.y_per_row / determinant,
                x_per_row: -self.x_per_row / determinant,
                y_origin: (self.x_origin * self.y_per_col - self.x_per_col * self.y_origin) / determinant,
                y_per_col: -self.y_per_col / determinant,
                y_per_row: self.x_per_col / determinant,
            }
        };
        inverse.to_gdal().iter().all(|n| n.is_finite()).then_some(inverse)
    }

    /// The map for a grid whose pixels are `col_factor` x `row_factor` of this one's (a pyramid level: full size / level size).
    #[must_use]
    pub fn with_pixels_scaled(&self, col_factor: f64, row_factor: f64) -> Self {
        Self {
            x_per_col: self.x_per_col * col_factor,
            x_per_row: self.x_per_row * row_factor,
            y_per_col: self.y_per_col * col_factor,
            y_per_row: self.y_per_row * row_factor,
            ..*self
        }
    }

    /// The map after moving the origin by so many pixels: pixel (0, 0) of the result is (`col`, `row`) of this one.
    #[must_use]
    pub fn with_origin_at(&self, col: f64, row: f64) -> Self {
        let origin = self.apply(col, row);
        Self { x_origin: origin.x, y_origin: origin.y, ..*self }
    }

    /// Columns run along x and rows along y: neither rotated nor sheared.
    #[must_use]
    pub fn is_axis_parallel(&self) -> bool {
        self.x_per_row == 0.0 && self.y_per_col == 0.0
    }

    /// Length of a step of one column and of one row, in the reference system's units.
    #[must_use]
    pub fn pixel_size(&self) -> (f64, f64) {
        (self.x_per_col.hypot(self.y_per_col), self.x_per_row.hypot(self.y_per_row))
    }

    /// The box around a grid of `width` x `height` pixels; `None` where it is not finite.
    #[must_use]
    pub fn bounds(&self, width: u32, height: u32) -> Option<BoundingBox> {
        let (w, h) = (f64::from(width), f64::from(height));
        let corners = [self.apply(0.0, 0.0), self.apply(w, 0.0), self.apply(w, h), self.apply(0.0, h)];
        if corners.iter().all(|p| p.is_finite()) { BoundingBox::around(corners) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_corner_is_the_origin_and_rows_go_down() {
        let a = Affine::from_gdal([100.0, 10.0, 0.0, 500.0, 0.0, -10.0]);
        assert_eq!(a.apply(0.0, 0.0), Point::new(100.0, 500.0));
        assert_eq!(a.apply(2.0, 3.0), Point::new(120.0, 470.0));
        assert_eq!(a.bounds(2, 3), BoundingBox::new(100.0, 470.0, 120.0, 500.0));
    }

    #[test]
    fn a_flat_map_has_no_inverse() {
        assert!(Affine::from_gdal([0.0, 0.0, 0.0, 0.0, 0.0, -1.0]).inverse().is_none());
        assert!(Affine::from_gdal([0.0, 1.0, 2.0, 0.0, 2.0, 4.0]).inverse().is_none());
        assert!(Affine::from_gdal([0.0, f64::NAN, 0.0, 0.0, 0.0, 1.0]).inverse().is_none());
    }

    #[test]
    fn a_level_covers_what_the_full_image_covers() {
        let full = Affine::from_gdal([10.0, 2.0, 0.5, 20.0, 0.25, -3.0]);
        let level = full.with_pixels_scaled(1001.0 / 501.0, 77.0 / 39.0);
        let (a, b) = (full.apply(1001.0, 77.0), level.apply(501.0, 39.0));
        assert!((a.x - b.x).abs() < 1e-9 && (a.y - b.y).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn the_inverse_takes_a_place_back_to_its_pixel(
            col in -1e4..1e4_f64, row in -1e4..1e4_f64, size in 1e-4..1e3_f64, turn in -3.1..3.1_f64, x in -1e7..1e7_f64,
        ) {
            let (sin, cos) = turn.sin_cos();
            let a = Affine::from_gdal([x, size * cos, size * sin, 5e6, size * sin, -size * cos]);
            let back = a.inverse().unwrap();
            let p = a.apply(col, row);
            let q = back.apply(p.x, p.y);
            let tolerance = 1e-8 * (1e7 / size).max(1.0);
            prop_assert!((q.x - col).abs() < tolerance && (q.y - row).abs() < tolerance, "{q:?}");
        }
    }
}
