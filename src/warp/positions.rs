//! Positions in an image of the pixels of a part of a view: exact at sparse points, interpolated where that is as good.

use super::View;
use super::geometry::ImageGeometry;
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
pub(super) enum Positions {
    /// One column for each column of the patch, one row for each of its rows.
    Separable { cols: Vec<f64>, rows: Vec<f64> },
    /// Both for each pixel, row by row.
    Free { width: usize, cols: Vec<f64>, rows: Vec<f64> },
}

/// Side of the squares between whose corners is interpolated, in pixels of the view.
const CELL_PX: u32 = 32;

impl Positions {
    /// The positions of `patch`, of which interpolated ones may be off by `tolerance_px` pixels of the full resolution.
    pub(super) fn of(geometry: &ImageGeometry, view: &View, patch: Patch, tolerance_px: f64) -> Self {
        let crs_from_pixel = view.crs_from_pixel();
        let exact = |col: f64, row: f64| {
            let place = crs_from_pixel.apply(col + 0.5, row + 0.5);
            geometry.pixel_from_view(place).unwrap_or(Point::new(f64::NAN, f64::NAN))
        };
        if geometry.is_separable() {
            let (first_col, first_row) = (f64::from(patch.col), f64::from(patch.row));
            let col = |i: u32| exact(first_col + f64::from(i), first_row).x;
            let row = |i: u32| exact(first_col, first_row + f64::from(i)).y;
            return Self::Separable {
                cols: (0..patch.width).map(col).collect(),
                rows: (0..patch.height).map(row).collect(),
            };
        }
        let mut field = Field {
            exact,
            patch,
            tolerance_px,
            cols: vec![f64::NAN; patch.pixels()],
            rows: vec![f64::NAN; patch.pixels()],
        };
        field.fill();
        Self::Free { width: patch.width as usize, cols: field.cols, rows: field.rows }
    }

    /// Column and row of the patch's pixel at this column and row of the patch; NaN where there is none.
    #[cfg(test)]
    pub(super) fn at(&self, col: usize, row: usize) -> Point {
        match self {
            Self::Separable { cols, rows } => Point::new(cols[col], rows[row]),
            Self::Free { width, cols, rows } => Point::new(cols[row * width + col], rows[row * width + col]),
        }
    }

    /// The smallest box around those positions that lie in 0 .. `width` and 0 .. `height`: least and greatest column and row.
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
            Self::Free { cols, rows, .. } => {
                for (&col, &row) in cols.iter().zip(rows) {
                    if inside(col, width) && inside(row, height) {
                        (extent[0], extent[2]) = (extent[0].min(col), extent[2].max(col));
                        (extent[1], extent[3]) = (extent[1].min(row), extent[3].max(row));
                    }
                }
            }
        }
        (extent[0] <= extent[2] && extent[1] <= extent[3]).then_some(extent)
    }
}

/// Positions of all pixels of a patch while they are being computed.
struct Field<F> {
    exact: F,
    patch: Patch,
    tolerance_px: f64,
    cols: Vec<f64>,
    rows: Vec<f64>,
}

/// A rectangle of pixels of the patch, both ends included, with the positions of its four corner pixels.
#[derive(Clone, Copy)]
struct Cell {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    /// Top left, top right, bottom left, bottom right.
    corners: [Point; 4],
}

impl<F: Fn(f64, f64) -> Point> Field<F> {
    fn exact_at(&self, col: u32, row: u32) -> Point {
        (self.exact)(f64::from(self.patch.col + col), f64::from(self.patch.row + row))
    }

    fn fill(&mut self) {
        let (right, bottom) = (self.patch.width - 1, self.patch.height - 1);
        let stops = |end: u32| (0..end).step_by(CELL_PX as usize).chain([end]).collect::<Vec<u32>>();
        let (stop_cols, stop_rows) = (stops(right), stops(bottom));
        let corner_row =
            |field: &Self, row: u32| -> Vec<Point> { stop_cols.iter().map(|&col| field.exact_at(col, row)).collect() };
        let mut upper = corner_row(self, 0);
        if stop_rows.len() == 1 {
            self.cells_between(&stop_cols, (0, 0), &upper, &upper);
        }
        for rows in stop_rows.windows(2) {
            if let &[top, bottom] = rows {
                let lower = corner_row(self, bottom);
                self.cells_between(&stop_cols, (top, bottom), &upper, &lower);
                upper = lower;
            }
        }
    }

    fn cells_between(&mut self, stop_cols: &[u32], (top, bottom): (u32, u32), upper: &[Point], lower: &[Point]) {
        if let (&[only], &[above], &[below]) = (stop_cols, upper, lower) {
            self.fill_cell(Cell { left: only, top, right: only, bottom, corners: [above, above, below, below] });
        }
        for ((cols, above), below) in stop_cols.windows(2).zip(upper.windows(2)).zip(lower.windows(2)) {
            if let (&[left, right], &[a, b], &[c, d]) = (cols, above, below) {
                self.fill_cell(Cell { left, top, right, bottom, corners: [a, b, c, d] });
            }
        }
    }

    /// Interpolates where the middles of the cell and of its sides are met; else does so in four smaller cells.
    fn fill_cell(&mut self, cell: Cell) {
        let Cell { left, top, right, bottom, corners } = cell;
        if right - left <= 1 && bottom - top <= 1 {
            for ((col, row), at) in
                [(left, top), (right, top), (left, bottom), (right, bottom)].into_iter().zip(corners)
            {
                self.set(col, row, at);
            }
            return;
        }
        let (middle_col, middle_row) = (left.midpoint(right), top.midpoint(bottom));
        let middles = [
            (middle_col, top),
            (left, middle_row),
            (middle_col, middle_row),
            (right, middle_row),
            (middle_col, bottom),
        ];
        let exact = middles.map(|(col, row)| self.exact_at(col, row));
        let met = middles.iter().zip(&exact).all(|(&(col, row), exact)| {
            let guess = cell.interpolate(col, row);
            // NaN meets nothing.
            (guess.x - exact.x).abs() <= self.tolerance_px && (guess.y - exact.y).abs() <= self.tolerance_px
        });
        if met {
            for row in top..=bottom {
                for col in left..=right {
                    self.set(col, row, cell.interpolate(col, row));
                }
            }
            return;
        }
        let [a, b, c, d] = corners;
        let [north, west, middle, east, south] = exact;
        for quarter in [
            Cell { left, top, right: middle_col, bottom: middle_row, corners: [a, north, west, middle] },
            Cell { left: middle_col, top, right, bottom: middle_row, corners: [north, b, middle, east] },
            Cell { left, top: middle_row, right: middle_col, bottom, corners: [west, middle, c, south] },
            Cell { left: middle_col, top: middle_row, right, bottom, corners: [middle, east, south, d] },
        ] {
            self.fill_cell(quarter);
        }
    }

    fn set(&mut self, col: u32, row: u32, position: Point) {
        let at = row as usize * self.patch.width as usize + col as usize;
        if let (Some(to_col), Some(to_row)) = (self.cols.get_mut(at), self.rows.get_mut(at)) {
            (*to_col, *to_row) = (position.x, position.y);
        }
    }
}

impl Cell {
    fn interpolate(&self, col: u32, row: u32) -> Point {
        let share = |at: u32, from: u32, to: u32| f64::from(at - from) / f64::from((to - from).max(1));
        let (s, t) = (share(col, self.left, self.right), share(row, self.top, self.bottom));
        let [a, b, c, d] = self.corners;
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            let (upper, lower) = (a + (b - a) * s, c + (d - c) * s);
            upper + (lower - upper) * t
        };
        Point::new(mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y))
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
        let len = patch.pixels();
        let mut field =
            Field { exact: counted, patch, tolerance_px, cols: vec![f64::NAN; len], rows: vec![f64::NAN; len] };
        field.fill();
        (Positions::Free { width: patch.width as usize, cols: field.cols, rows: field.rows }, calls.get())
    }

    fn bent(col: f64, row: f64) -> Point {
        Point::new(col * 2.0 + 1e-5 * row * row, 300.0 - row + 1e-5 * col * row)
    }

    #[test]
    fn interpolated_positions_keep_the_tolerance_and_save_work() {
        let patch = Patch { col: 5, row: 7, width: 256, height: 200 };
        let (positions, calls) = field(patch, 0.03, bent);
        for (col, row) in [(0, 0), (255, 199), (13, 100), (200, 31), (97, 63)] {
            let (got, want) = (positions.at(col, row), bent(col as f64 + 5.0, row as f64 + 7.0));
            assert!((got.x - want.x).abs() < 0.03 && (got.y - want.y).abs() < 0.03, "{got:?} {want:?}");
        }
        assert!(calls < 256 * 200 / 50, "{calls}");
    }

    #[test]
    fn a_jump_is_followed_to_the_pixel() {
        let jump = |col: f64, row: f64| if col < 41.0 { Point::new(col, row) } else { Point::new(f64::NAN, f64::NAN) };
        let (positions, _) = field(Patch { col: 0, row: 0, width: 100, height: 50 }, 0.1, jump);
        assert_eq!(positions.at(40, 20), Point::new(40.0, 20.0));
        assert!(positions.at(41, 20).x.is_nan());
        assert!(positions.at(99, 49).x.is_nan());
    }

    #[test]
    fn patches_of_one_row_column_or_pixel_are_filled() {
        for (width, height) in [(1, 1), (1, 70), (70, 1), (33, 2), (2, 65)] {
            let (positions, _) = field(Patch { col: 3, row: 4, width, height }, 0.03, bent);
            let (col, row) = (width - 1, height - 1);
            assert_eq!(positions.at(col as usize, row as usize), bent(f64::from(col + 3), f64::from(row + 4)));
            assert!(positions.at(0, 0).is_finite());
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
