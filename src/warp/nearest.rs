//! The nearest pixels in a window of a level for the pixels of a patch.
//!
//! Positions that are smooth are followed along short straight runs in whole numbers of 1/65,536 pixel, some additions a pixel; all
//! others are cut to pixels one by one.

use super::positions::Positions;
use super::smooth::{RUN_PX, Smooth};
use crate::raster::{INVALID, PixelWindow};

/// A source index that stands for none.
pub(super) const NOWHERE: u32 = u32::MAX;
/// What is added before a position is cut to a pixel, as GDAL does: an edge that rounding puts a hair before belongs to the next.
pub(super) const EDGE: f64 = 1e-10;
/// The same for positions along runs, in their unit: as much as rounding may put them before an edge.
const RUN_EDGE: i32 = 8;
/// Binary digits after the point of positions along runs.
const FRACTION_BITS: u32 = 16;
/// Windows of more columns or rows don't fit in what is left before the point.
const MAX_RUN_WINDOW: u32 = (1 << (31 - FRACTION_BITS)) - 2;
/// Pixels that a run may be off the curve that it stands for.
const RUN_TOLERANCE_PX: f64 = 1.0 / 512.0;

/// Column and row in a window, in the unit of runs.
type Knot = (i32, i32);

/// How positions (of the full resolution) lead into a window of a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// The level's size / the full size, of columns and rows.
    pub(super) level_per_full: (f64, f64),
    /// The level's size.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The part of the level that was read.
    pub(super) window: PixelWindow,
}

impl Source {
    /// The pixel of the level that holds a position along one axis; `None` outside.
    fn pixel(position: f64, size: u32) -> Option<u32> {
        if position.is_nan() || position < 0.0 || position + EDGE > f64::from(size) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
        let pixel = (position + EDGE) as u32;
        Some(pixel.min(size.saturating_sub(1)))
    }

    /// The column of the window that holds a column of the full resolution; `None` outside of the window.
    fn window_col(&self, col: f64) -> Option<u32> {
        let col = Self::pixel(col * self.level_per_full.0, self.width)?.checked_sub(self.window.col())?;
        (col < self.window.width()).then_some(col)
    }

    /// The index of the first pixel of the window's row that holds a row of the full resolution; `None` outside of the window.
    fn window_row(&self, row: f64) -> Option<u32> {
        let row = Self::pixel(row * self.level_per_full.1, self.height)?.checked_sub(self.window.row())?;
        (row < self.window.height()).then(|| row * self.window.width())
    }

    /// For every pixel of the patch the index of its nearest pixel in the window, or [`NOWHERE`] if that is outside or invalid.
    pub(super) fn nearest(&self, positions: &Positions, mask: &[u8]) -> Vec<u32> {
        let mut indices = Vec::new();
        match positions {
            Positions::Separable { cols, rows } => {
                let cols: Vec<Option<u32>> = cols.iter().map(|&col| self.window_col(col)).collect();
                let inside: Option<Vec<u32>> = cols.iter().copied().collect();
                indices.reserve(cols.len() * rows.len());
                for &row in rows {
                    match (self.window_row(row), &inside) {
                        (Some(row), Some(cols)) => indices.extend(cols.iter().map(|col| row + col)),
                        (row, _) => {
                            indices
                                .extend(cols.iter().map(|&col| row.zip(col).map_or(NOWHERE, |(row, col)| row + col)));
                        }
                    }
                }
            }
            Positions::Smooth(smooth) if self.can_run(smooth) => self.add_runs(smooth, &mut indices),
            Positions::Smooth(_) | Positions::Free { .. } => {
                positions.for_each_line(|cols, rows| self.add_line(cols, rows, &mut indices));
            }
        }
        if mask.contains(&INVALID) {
            for index in &mut indices {
                if mask.get(*index as usize).is_none_or(|&mask| mask == INVALID) {
                    *index = NOWHERE;
                }
            }
        }
        indices
    }

    fn add_line(&self, cols: &[f64], rows: &[f64], indices: &mut Vec<u32>) {
        indices.extend(cols.iter().zip(rows).map(|(&col, &row)| {
            self.window_col(col).zip(self.window_row(row)).map_or(NOWHERE, |(col, row)| row + col)
        }));
    }

    fn can_run(&self, smooth: &Smooth) -> bool {
        let (off_col, off_row) = smooth.off_runs();
        let (per_col, per_row) = self.level_per_full;
        self.window.width().max(self.window.height()) <= MAX_RUN_WINDOW
            && off_col * per_col <= RUN_TOLERANCE_PX
            && off_row * per_row <= RUN_TOLERANCE_PX
    }

    /// The inner loop of nearest: along each run, a position grows by the same each pixel.
    fn add_runs(&self, smooth: &Smooth, indices: &mut Vec<u32>) {
        indices.reserve(smooth.width() * smooth.height());
        let mut knots: Vec<Knot> = Vec::new();
        smooth.for_each_knot_line(|row, cols, rows| {
            knots.clear();
            knots.extend(cols.iter().zip(rows).map_while(|(&col, &row)| self.knot(col, row)));
            if knots.len() < cols.len() {
                smooth.with_line(row, |cols, rows| self.add_line(cols, rows, indices));
                return;
            }
            let start = indices.len();
            indices.resize(start + smooth.width(), 0);
            let (runs, rest) = indices.get_mut(start..).unwrap_or_default().as_chunks_mut::<RUN_PX>();
            let last = if rest.is_empty() { runs.len().saturating_sub(1) } else { runs.len() };
            let mut pairs = knots.windows(2).enumerate().map(|(number, pair)| {
                let [from, to] = [pair.first(), pair.last()].map(|knot| knot.copied().unwrap_or_default());
                // The last knot is that of the last pixel, all others those of the first pixel of the next run.
                let steps = if number < last || rest.is_empty() { RUN_PX } else { rest.len() };
                let steps = if number == last { steps - 1 } else { steps };
                (from, (per_step(to.0 - from.0, steps), per_step(to.1 - from.1, steps)))
            });
            for (run, (from, step)) in runs.iter_mut().zip(&mut pairs) {
                self.fill_run(run, from, step);
            }
            if let Some((from, step)) = pairs.next() {
                self.fill_run(rest, from, step);
            }
        });
    }

    /// Indices of the pixels of a run.
    #[inline]
    fn fill_run(&self, run: &mut [u32], (mut col, mut row): Knot, step: Knot) {
        let width = self.window.width();
        let whole = |position: i32| (position >> FRACTION_BITS).cast_unsigned();
        let steps = i32::try_from(run.len().saturating_sub(1)).unwrap_or(0);
        let (first_row, last_row) = (whole(row), whole(row + steps * step.1));
        // Most runs stay in one row or go over to the next; for these it takes no multiplication.
        let start = first_row * width;
        if first_row == last_row {
            for to in run {
                *to = start + whole(col);
                col += step.0;
            }
        } else if first_row.abs_diff(last_row) == 1 {
            let next = last_row * width;
            for to in run {
                *to = whole(col) + if whole(row) == first_row { start } else { next };
                col += step.0;
                row += step.1;
            }
        } else {
            for to in run {
                *to = whole(row) * width + whole(col);
                col += step.0;
                row += step.1;
            }
        }
    }

    /// A position in the window in the unit of runs; `None` if it is not inside, or too near to the far edge to be sure.
    fn knot(&self, col: f64, row: f64) -> Option<Knot> {
        let (per_col, per_row) = self.level_per_full;
        let along = |position: f64, first: u32, size: u32| {
            let unit = f64::from(1_u32 << FRACTION_BITS);
            let inside = position - f64::from(first);
            #[expect(clippy::cast_possible_truncation, reason = "what is beyond an i32 is cut to it, and not inside")]
            let whole = (inside * unit) as i32;
            let end = (size << FRACTION_BITS).cast_signed() - 4 * RUN_EDGE;
            (inside >= 0.0 && whole < end).then_some(whole + RUN_EDGE)
        };
        let col = along(col * per_col, self.window.col(), self.window.width())?;
        Some((col, along(row * per_row, self.window.row(), self.window.height())?))
    }
}

/// What a position grows by in each of some steps, rounded; there may be no steps.
fn per_step(distance: i32, steps: usize) -> i32 {
    const RUN_BITS: u32 = RUN_PX.trailing_zeros();
    if steps == RUN_PX {
        return (distance + (1 << (RUN_BITS - 1))) >> RUN_BITS;
    }
    let steps = i32::try_from(steps).unwrap_or(i32::MAX).max(1);
    (distance + steps / 2).div_euclid(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Point;
    use crate::raster::VALID;
    use crate::warp::surface::Surface;

    fn source(col: u32, row: u32, width: u32, height: u32) -> Source {
        let window = PixelWindow::new(col, row, width, height).unwrap();
        Source { level_per_full: (0.5, 0.5), width: 4000, height: 3000, window }
    }

    fn smooth(width: usize, height: usize, exact: impl Fn(f64, f64) -> Point) -> Positions {
        let surface = Surface::fit((0.0, width as f64), (0.0, height as f64), 1e-3, exact).expect("the map is smooth");
        Positions::Smooth(Smooth::new(surface, (0.5, 0.5), width, height))
    }

    fn bent(col: f64, row: f64) -> Point {
        Point::new(800.0 + 2.4 * col + 0.3 * row + 2e-4 * col * row, 620.0 - 0.2 * col + 2.3 * row + 1e-4 * col * col)
    }

    /// Pixel by pixel, from exact positions.
    fn expected(source: &Source, width: usize, height: usize, exact: impl Fn(f64, f64) -> Point) -> Vec<u32> {
        let at = |col: usize, row: usize| {
            let place = exact(col as f64 + 0.5, row as f64 + 0.5);
            let (col, row) = (source.window_col(place.x), source.window_row(place.y));
            col.zip(row).map_or(NOWHERE, |(col, row)| row + col)
        };
        (0..height).flat_map(|row| (0..width).map(move |col| (col, row))).map(|(col, row)| at(col, row)).collect()
    }

    #[test]
    fn runs_meet_the_nearest_pixels_but_for_hardly_any() {
        for (width, height) in [(256, 256), (250, 3), (17, 40), (16, 5), (1, 9), (5, 1)] {
            let whole = source(0, 0, 2000, 1500);
            let found = whole.nearest(&smooth(width, height, bent), &[VALID; 2000 * 1500]);
            let wanted = expected(&whole, width, height, bent);
            let differ = found.iter().zip(&wanted).filter(|(a, b)| a != b).count();
            assert_eq!(found.len(), wanted.len());
            assert!(differ * 1000 <= found.len(), "{differ} of {}", found.len());
        }
    }

    #[test]
    fn what_lies_outside_of_the_window_is_nowhere() {
        let part = source(420, 330, 200, 170);
        let found = part.nearest(&smooth(256, 256, bent), &[VALID; 200 * 170]);
        let wanted = expected(&part, 256, 256, bent);
        assert!(wanted.contains(&NOWHERE) && wanted.iter().any(|&index| index != NOWHERE));
        let differ = found.iter().zip(&wanted).filter(|(a, b)| a != b).count();
        assert!(differ < 100, "{differ}");
    }

    #[test]
    fn what_is_invalid_is_nowhere() {
        let whole = source(0, 0, 2000, 1500);
        let mut mask = vec![VALID; 2000 * 1500];
        mask.iter_mut().step_by(3).for_each(|mask| *mask = INVALID);
        let all = whole.nearest(&smooth(64, 64, bent), &[VALID; 2000 * 1500]);
        let found = whole.nearest(&smooth(64, 64, bent), &mask);
        for (all, found) in all.into_iter().zip(found) {
            assert_eq!(found, if all % 3 == 0 { NOWHERE } else { all });
        }
    }

    #[test]
    fn edges_belong_to_the_pixel_after_them_on_runs_too() {
        // A quarter turn at half the size: all centres lie on edges.
        let turned = |col: f64, row: f64| Point::new(100.0 + 4.0 * row - 2.0, 1000.0 - 4.0 * col - 2.0);
        let whole = source(0, 0, 2000, 1500);
        let found = whole.nearest(&smooth(40, 30, turned), &[VALID; 2000 * 1500]);
        assert_eq!(found, expected(&whole, 40, 30, turned));
    }

    #[test]
    fn separable_positions_are_combined() {
        let rows = vec![-3.0, 10.0, 11.0];
        let positions = Positions::Separable { cols: vec![f64::NAN, 0.5, 7.9], rows };
        let found = source(0, 0, 100, 100).nearest(&positions, &[VALID; 10_000]);
        assert_eq!(found, [NOWHERE, NOWHERE, NOWHERE, NOWHERE, 500, 503, NOWHERE, 500, 503]);
    }
}
