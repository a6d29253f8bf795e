//! Positions in an image of the pixels of a part of a view: by a polynomial through few exact places where that is good enough,
//! else exact at sparse points of each row, on parabolas between.

use super::View;
use super::geometry::ImageGeometry;
use super::smooth::Smooth;
use super::surface::Surface;
use crate::geo::Point;

/// A rectangle of a view's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) col: u32,
    pub(super) row: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Patch {
    pub(super) fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Two halves along the longer side; `None` for a single pixel.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        let Self { col, row, width, height } = *self;
        if width.max(height) < 2 {
            return None;
        }
        Some(if height >= width {
            let upper = height / 2;
            [Self { height: upper, ..*self }, Self { row: row + upper, height: height - upper, ..*self }]
        } else {
            let left = width / 2;
            [Self { width: left, ..*self }, Self { col: col + left, width: width - left, ..*self }]
        })
    }
}

/// Columns and rows (of full-resolution pixels, edges) of a patch's pixel centres; NaN where there is none.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one for each patch, and never in a list")]
pub(super) enum Positions {
    /// One column for each column of the patch, one row for each of its rows.
    Separable { cols: Vec<f64>, rows: Vec<f64> },
    /// Both as polynomials.
    Smooth(Smooth),
    /// Both for each pixel, row by row.
    Free { width: usize, cols: Vec<f64>, rows: Vec<f64> },
}

/// Runs of pixels up to this length are computed one by one.
const SHORT_RUN_PX: usize = 5;

impl Positions {
    /// The positions of `patch`, of which interpolated ones may be off by `tolerance_px` pixels of the full resolution. `whole` are
    /// those of the whole view, where they are known.
    pub(super) fn of(
        geometry: &ImageGeometry,
        view: &View,
        patch: Patch,
        tolerance_px: f64,
        whole: Option<&Surface>,
    ) -> Self {
        Self::at_offset(geometry, view, patch, tolerance_px, (0.5, whole))
    }

    /// Those of the corners of the patch's pixels: one more column and row than it has of pixels.
    pub(super) fn of_corners(
        geometry: &ImageGeometry,
        view: &View,
        patch: Patch,
        tolerance_px: f64,
        whole: Option<&Surface>,
    ) -> Self {
        let with_last = Patch { width: patch.width + 1, height: patch.height + 1, ..patch };
        Self::at_offset(geometry, view, with_last, tolerance_px, (0.0, whole))
    }

    /// Positions of a whole view, edges included, where polynomials are good for them and save anything.
    pub(super) fn of_whole(geometry: &ImageGeometry, view: &View, tolerance_px: f64) -> Option<Surface> {
        let (width, height) = (f64::from(view.width()), f64::from(view.height()));
        let exact = |col: f64, row: f64| exact(geometry, view, col, row);
        (!geometry.is_separable()).then(|| Surface::fit((0.0, width), (0.0, height), tolerance_px, exact)).flatten()
    }

    /// `offset` pixels right of and below the first corner of each pixel.
    fn at_offset(
        geometry: &ImageGeometry,
        view: &View,
        patch: Patch,
        tolerance_px: f64,
        (offset, whole): (f64, Option<&Surface>),
    ) -> Self {
        let exact = |col: f64, row: f64| exact(geometry, view, col + offset, row + offset);
        if geometry.is_separable() {
            let (first_col, first_row) = (f64::from(patch.col), f64::from(patch.row));
            let col = |i: u32| exact(first_col + f64::from(i), first_row).x;
            let row = |i: u32| exact(first_col, first_row + f64::from(i)).y;
            return Self::Separable {
                cols: (0..patch.width).map(col).collect(),
                rows: (0..patch.height).map(row).collect(),
            };
        }
        let first = (f64::from(patch.col), f64::from(patch.row));
        let (width, height) = (patch.width as usize, patch.height as usize);
        if let Some(&surface) = whole {
            return Self::Smooth(Smooth::new(surface, (first.0 + offset, first.1 + offset), width, height));
        }
        let last = (first.0 + f64::from(patch.width - 1), first.1 + f64::from(patch.height - 1));
        match Surface::fit((first.0, last.0), (first.1, last.1), tolerance_px, exact) {
            Some(surface) => Self::Smooth(Smooth::new(surface, first, width, height)),
            None => Self::free(patch, tolerance_px, exact),
        }
    }

    /// Row by row, each as few exact positions as its own bend needs.
    fn free(patch: Patch, tolerance_px: f64, exact: impl Fn(f64, f64) -> Point) -> Self {
        let width = patch.width as usize;
        let (mut cols, mut rows) = (vec![f64::NAN; patch.pixels()], vec![f64::NAN; patch.pixels()]);
        for (row, (cols, rows)) in (patch.row..).zip(cols.chunks_mut(width).zip(rows.chunks_mut(width))) {
            let exact_at = |at: usize| exact(f64::from(patch.col) + at as f64, f64::from(row));
            let mut run = Run { exact_at, tolerance_px, cols, rows };
            run.fill(0, width - 1, run.place(0), run.place(width - 1));
        }
        Self::Free { width, cols, rows }
    }

    /// Column and row of the patch's pixel at this column and row of the patch; `None` outside of the patch.
    pub(super) fn get(&self, col: usize, row: usize) -> Option<(f64, f64)> {
        match self {
            Self::Separable { cols, rows } => (cols.get(col).copied()).zip(rows.get(row).copied()),
            Self::Smooth(smooth) => smooth.get(col, row),
            Self::Free { width, cols, rows } => {
                let at = row * width + col;
                (cols.get(at).copied()).zip(rows.get(at).copied())
            }
        }
    }

    /// Columns and rows of the positions of each row of the patch, from the top, where these are not separable.
    pub(super) fn for_each_line(&self, mut each: impl FnMut(&[f64], &[f64])) {
        match self {
            Self::Separable { .. } => {}
            Self::Smooth(smooth) => smooth.for_each_line(each),
            Self::Free { width, cols, rows } => {
                let width = (*width).max(1);
                cols.chunks(width).zip(rows.chunks(width)).for_each(|(cols, rows)| each(cols, rows));
            }
        }
    }

    /// The smallest box, or one that is hardly larger, around those positions that lie in 0 .. `width` and 0 .. `height`: least and greatest column and row.
    pub(super) fn extent_within(&self, width: f64, height: f64) -> Option<[f64; 4]> {
        let mut extent = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let inside = |value: f64, size: f64| (0.0..=size).contains(&value);
        match self {
            Self::Separable { cols, rows } => {
                for &col in cols.iter().filter(|&&col| inside(col, width)) {
                    (extent[0], extent[2]) = (extent[0].min(col), extent[2].max(col));
                }
                for &row in rows.iter().filter(|&&row| inside(row, height)) {
                    (extent[1], extent[3]) = (extent[1].min(row), extent[3].max(row));
                }
            }
            Self::Smooth(_) | Self::Free { .. } => {
                if let Self::Smooth(smooth) = self {
                    let [left, top, right, bottom] = smooth.extent();
                    if left >= 0.0 && top >= 0.0 && right <= width && bottom <= height {
                        return Some([left, top, right, bottom]);
                    }
                }
                self.for_each_line(|cols, rows| {
                    for (&col, &row) in cols.iter().zip(rows) {
                        if inside(col, width) && inside(row, height) {
                            (extent[0], extent[2]) = (extent[0].min(col), extent[2].max(col));
                            (extent[1], extent[3]) = (extent[1].min(row), extent[3].max(row));
                        }
                    }
                });
            }
        }
        (extent[0] <= extent[2] && extent[1] <= extent[3]).then_some(extent)
    }
}

/// The position of a column and row of the view; NaN where there is none.
fn exact(geometry: &ImageGeometry, view: &View, col: f64, row: f64) -> Point {
    let place = view.crs_from_pixel().apply(col, row);
    geometry.pixel_from_view(place).unwrap_or(Point::new(f64::NAN, f64::NAN))
}

/// The positions of one row of a patch while they are being computed.
struct Run<'a, F> {
    exact_at: F,
    tolerance_px: f64,
    cols: &'a mut [f64],
    rows: &'a mut [f64],
}

impl<F: Fn(usize) -> Point> Run<'_, F> {
    fn place(&self, at: usize) -> Point {
        (self.exact_at)(at)
    }

    fn set(&mut self, at: usize, place: Point) {
        if let (Some(col), Some(row)) = (self.cols.get_mut(at), self.rows.get_mut(at)) {
            (*col, *row) = (place.x, place.y);
        }
    }

    /// Fills `from` to `to`, both included, whose places are known: where a straight line nearly meets the place in the middle, by
    /// the parabola that does, else in two halves.
    fn fill(&mut self, from: usize, to: usize, first: Point, last: Point) {
        if to - from < SHORT_RUN_PX {
            for at in from..=to {
                self.set(at, self.place(at));
            }
            return;
        }
        let steps = (to - from) as f64;
        let (col_step, row_step) = ((last.x - first.x) / steps, (last.y - first.y) / steps);
        let on_line = |at: usize| {
            let t = (at - from) as f64;
            Point::new(first.x + col_step * t, first.y + row_step * t)
        };
        let middle = from + (to - from) / 2;
        let (guess, exact) = (on_line(middle), self.place(middle));
        // NaN meets nothing.
        let (off_x, off_y) = (exact.x - guess.x, exact.y - guess.y);
        if off_x.abs() + off_y.abs() <= self.tolerance_px {
            let at_middle = ((middle - from) * (to - middle)) as f64;
            for at in from..=to {
                let (line, bend) = (on_line(at), ((at - from) * (to - at)) as f64 / at_middle);
                self.set(at, Point::new(line.x + off_x * bend, line.y + off_y * bend));
            }
        } else {
            self.fill(from, middle - 1, first, self.place(middle - 1));
            self.fill(middle, to, exact, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(patch: Patch, tolerance_px: f64, exact: impl Fn(f64, f64) -> Point) -> (Positions, usize) {
        let calls = std::cell::Cell::new(0);
        let counted = |col: f64, row: f64| {
            calls.set(calls.get() + 1);
            exact(col, row)
        };
        (Positions::free(patch, tolerance_px, counted), calls.get())
    }

    fn at(positions: &Positions, col: usize, row: usize) -> Point {
        let (x, y) = positions.get(col, row).unwrap();
        Point::new(x, y)
    }

    fn bent(col: f64, row: f64) -> Point {
        Point::new(col * 2.0 + 1e-5 * row * row, 300.0 - row + 1e-5 * col * row)
    }

    #[test]
    fn interpolated_positions_keep_the_tolerance_and_save_work() {
        let patch = Patch { col: 5, row: 7, width: 256, height: 200 };
        let (positions, calls) = field(patch, 0.03, bent);
        for (col, row) in [(0, 0), (255, 199), (13, 100), (200, 31), (97, 63)] {
            let (got, want) = (at(&positions, col, row), bent(col as f64 + 5.0, row as f64 + 7.0));
            assert!((got.x - want.x).abs() < 0.03 && (got.y - want.y).abs() < 0.03, "{got:?} {want:?}");
        }
        assert!(calls <= 200 * 10, "{calls}");
    }

    #[test]
    fn a_jump_is_followed_to_the_pixel() {
        let jump = |col: f64, row: f64| if col < 41.0 { Point::new(col, row) } else { Point::new(f64::NAN, f64::NAN) };
        let (positions, _) = field(Patch { col: 0, row: 0, width: 100, height: 50 }, 0.1, jump);
        assert!((at(&positions, 40, 20).x - 40.0).abs() < 1e-9);
        assert!(at(&positions, 41, 20).x.is_nan());
        assert!(at(&positions, 99, 49).x.is_nan());
    }

    #[test]
    fn patches_of_one_row_column_or_pixel_are_filled() {
        for (width, height) in [(1, 1), (1, 70), (70, 1), (33, 2), (2, 65)] {
            let (positions, _) = field(Patch { col: 3, row: 4, width, height }, 0.03, bent);
            let (col, row) = (width - 1, height - 1);
            assert_eq!(at(&positions, col as usize, row as usize), bent(f64::from(col + 3), f64::from(row + 4)));
            assert!(at(&positions, 0, 0).is_finite());
        }
    }

    #[test]
    fn a_patch_is_halved_down_to_a_pixel() {
        let patch = Patch { col: 0, row: 0, width: 3, height: 2 };
        let [left, right] = patch.halves().unwrap();
        assert_eq!((left.width, right.width, right.col), (1, 2, 1));
        assert_eq!(left.pixels() + right.pixels(), patch.pixels());
        assert_eq!(Patch { col: 0, row: 0, width: 1, height: 1 }.halves(), None);
    }
}
