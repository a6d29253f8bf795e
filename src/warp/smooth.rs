//! Positions of a patch that lie on a [`Surface`].

use super::surface::Surface;

/// Pixels of the straight runs that a line of positions can be taken apart into.
pub(super) const RUN_PX: usize = 16;
/// Pixels of the full resolution that runs may be off where they stand in for positions to tell their extent.
const EXTENT_TOLERANCE_PX: f64 = 1.0 / 128.0;

/// Columns and rows of the pixels of a patch, as polynomials.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Smooth {
    surface: Surface,
    /// The column and the row that the patch's first position has on the surface.
    first: (f64, f64),
    width: usize,
    height: usize,
}

impl Smooth {
    #[expect(clippy::large_types_passed_by_value, reason = "it is kept")]
    pub(super) fn new(surface: Surface, first: (f64, f64), width: usize, height: usize) -> Self {
        Self { surface, first, width, height }
    }

    /// Columns of the patch.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Rows of the patch.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// The position of the patch's pixel at this column and row of the patch; `None` outside of the patch.
    pub(super) fn get(&self, col: usize, row: usize) -> Option<(f64, f64)> {
        let place = self.surface.at(self.first.0 + col as f64, self.first.1 + row as f64);
        (col < self.width && row < self.height).then_some((place.x, place.y))
    }

    /// Columns and rows of the positions of each row of the patch, from the top.
    pub(super) fn for_each_line(&self, mut each: impl FnMut(&[f64], &[f64])) {
        let offsets: Vec<usize> = (0..self.width).collect();
        self.for_each_line_at(&offsets, |_, cols, rows| each(cols, rows));
    }

    /// The same for a single row of the patch.
    pub(super) fn with_line(&self, row: usize, each: impl FnOnce(&[f64], &[f64])) {
        let scaled = self.surface.scaled_cols(self.first.0, 0..self.width);
        let (mut cols, mut rows) = (vec![0.0; self.width], vec![0.0; self.width]);
        self.surface.line(self.first.1 + row as f64, &scaled, &mut cols, &mut rows);
        each(&cols, &rows);
    }

    /// The same for each row of the patch, only where runs of [`RUN_PX`] pixels begin, and for the last pixel. `each` is given the
    /// patch's row, too.
    pub(super) fn for_each_knot_line(&self, each: impl FnMut(usize, &[f64], &[f64])) {
        let starts = (0..self.width).step_by(RUN_PX);
        let offsets: Vec<usize> = starts.chain(self.width.checked_sub(1)).collect();
        self.for_each_line_at(&offsets, each);
    }

    fn for_each_line_at(&self, offsets: &[usize], mut each: impl FnMut(usize, &[f64], &[f64])) {
        let scaled = self.surface.scaled_cols(self.first.0, offsets.iter().copied());
        let (mut cols, mut rows) = (vec![0.0; offsets.len()], vec![0.0; offsets.len()]);
        for row in 0..self.height {
            self.surface.line(self.first.1 + row as f64, &scaled, &mut cols, &mut rows);
            each(row, &cols, &rows);
        }
    }

    /// How far straight runs can be off, columns and rows, in pixels of the full resolution.
    pub(super) fn off_runs(&self) -> (f64, f64) {
        self.surface.bend(RUN_PX as f64)
    }

    /// A box around all positions, hardly larger than it must be: least and greatest column and row.
    pub(super) fn extent(&self) -> [f64; 4] {
        let (mut all_cols, mut all_rows) = (Extent::default(), Extent::default());
        let mut add = |cols: &[f64], rows: &[f64]| {
            all_cols.add(cols);
            all_rows.add(rows);
        };
        let (off_col, off_row) = self.off_runs();
        let (off_col, off_row) = if off_col.max(off_row) <= EXTENT_TOLERANCE_PX {
            self.for_each_knot_line(|_, cols, rows| add(cols, rows));
            (off_col, off_row)
        } else {
            self.for_each_line(add);
            (0.0, 0.0)
        };
        let [(left, right), (top, bottom)] = [all_cols, all_rows].map(Extent::ends);
        [left - off_col, top - off_row, right + off_col, bottom + off_row]
    }
}

/// The least and the greatest of many numbers, none of them NaN, found several at a time.
struct Extent {
    least: [f64; 4],
    greatest: [f64; 4],
}

impl Default for Extent {
    fn default() -> Self {
        Self { least: [f64::INFINITY; 4], greatest: [f64::NEG_INFINITY; 4] }
    }
}

impl Extent {
    fn add(&mut self, numbers: &[f64]) {
        let (fours, rest) = numbers.as_chunks::<4>();
        for four in fours {
            self.add_four(*four);
        }
        rest.iter().for_each(|&one| self.add_four([one; 4]));
    }

    #[inline]
    fn add_four(&mut self, four: [f64; 4]) {
        for ((least, greatest), number) in self.least.iter_mut().zip(&mut self.greatest).zip(four) {
            *least = if number < *least { number } else { *least };
            *greatest = if number > *greatest { number } else { *greatest };
        }
    }

    fn ends(self) -> (f64, f64) {
        let least = self.least.into_iter().fold(f64::INFINITY, f64::min);
        (least, self.greatest.into_iter().fold(f64::NEG_INFINITY, f64::max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Point;

    fn patch(bend: f64) -> Smooth {
        let exact = |col: f64, row: f64| Point::new(3.0 * col + bend * row * row, 500.0 - 2.0 * row + bend * col * col);
        let surface = Surface::fit((0.0, 100.0), (0.0, 90.0), 1e-6, exact).unwrap();
        Smooth::new(surface, (20.5, 10.5), 70, 60)
    }

    #[test]
    fn the_extent_is_that_of_the_positions_with_a_hair_more() {
        for bend in [0.0, 1e-5, 1e-2] {
            let smooth = patch(bend);
            let mut exact = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            for (col, row) in (0..60).flat_map(|row| (0..70).map(move |col| (col, row))) {
                let (x, y) = smooth.get(col, row).unwrap();
                exact = [exact[0].min(x), exact[1].min(y), exact[2].max(x), exact[3].max(y)];
            }
            let [left, top, right, bottom] = smooth.extent();
            let over = [exact[0] - left, exact[1] - top, right - exact[2], bottom - exact[3]];
            assert!(over.iter().all(|over| (-1e-9..0.01).contains(over)), "{bend}: {over:?}");
        }
    }

    #[test]
    fn runs_are_off_by_no_more_than_is_said() {
        let smooth = patch(1e-3);
        let (off_col, off_row) = smooth.off_runs();
        let mut worst = (0.0_f64, 0.0_f64);
        smooth.for_each_knot_line(|row, cols, rows| {
            assert_eq!(cols.len(), 6);
            for col in 0..64 {
                let (run, step) = (col / RUN_PX, (col % RUN_PX) as f64 / RUN_PX as f64);
                let on_run = |knots: &[f64]| knots[run] + (knots[run + 1] - knots[run]) * step;
                let (x, y) = smooth.get(col, row).unwrap();
                worst = (worst.0.max((on_run(cols) - x).abs()), worst.1.max((on_run(rows) - y).abs()));
            }
        });
        assert!(worst.0 <= off_col + 1e-9 && worst.1 <= off_row + 1e-9, "{worst:?} {off_col} {off_row}");
        assert!(off_row < 2.0 * worst.1 + 1e-9, "it is no wild guess: {worst:?} {off_row}");
    }
}
