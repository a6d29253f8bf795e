//! Pixels of an overview from those of a finer level. What is invalid never enters: neither what the mask or alpha hides,
//! nor nodata, nor NaN.

use rayon::prelude::*;

use super::axis::{Axis, Table};
use super::options::OverviewResampling;
use super::piece::{Piece, with_same_type};
use super::sample::{OverviewSample, Weighted};
use crate::cog::Nodata;
use crate::raster::{Sample, Samples, with_samples};

/// How a level is made of a finer one.
#[derive(Debug)]
pub(super) struct Reduction {
    pub(super) columns: Axis,
    pub(super) rows: Axis,
    /// The pixels that are covered, along both axes; other kernels than the mean reach beyond.
    pub(super) covered: [Axis; 2],
    pub(super) method: OverviewResampling,
    pub(super) nodata: Option<Nodata>,
    /// Whether the last plane is alpha, which hides the others where it is 0.
    pub(super) has_alpha: bool,
}

/// Columns and rows of a piece that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) col: u32,
    pub(super) row: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The source pixels of one plane that are at hand.
struct Source<'a, T> {
    plane: &'a [T],
    col: u32,
    row: u32,
    stride: usize,
    /// 0 where a pixel is hidden from this plane.
    shown: Option<&'a [u8]>,
    nodata: Option<(T, T)>,
}

impl Reduction {
    /// Makes a part of `target` from `source`, which holds all pixels that the part is made of.
    pub(super) fn run(&self, source: &Piece, target: &mut Piece, part: Part) {
        if part.width == 0 || part.height == 0 {
            return;
        }
        let shown = self.shown(source);
        let bands = target.planes.len().saturating_sub(usize::from(self.has_alpha));
        for (index, (from, to)) in source.planes.iter().zip(&mut target.planes).enumerate() {
            let nodata = if index < bands { self.nodata } else { None };
            let place = (target.col, target.row, target.width as usize);
            with_same_type!(from, to, (from, to) => {
                let source = Source {
                    plane: from,
                    col: source.col,
                    row: source.row,
                    stride: source.width as usize,
                    shown: shown.as_deref(),
                    nodata: OverviewSample::nodata(nodata),
                };
                self.run_plane(&source, to, place, part);
            });
        }
        if let (Some(from), Some(to)) = (&source.mask, &mut target.mask) {
            self.run_mask(source, from, to, (target.col, target.row, target.width as usize), part);
        }
    }

    /// The mask, and alpha where it isn't 0, of a piece; `None` if nothing is hidden.
    fn shown(&self, source: &Piece) -> Option<Vec<u8>> {
        let alpha = source.planes.last().filter(|_| self.has_alpha && source.planes.len() > 1);
        if alpha.is_none() && source.mask.is_none() {
            return None;
        }
        let mut shown = source.mask.clone().unwrap_or_else(|| vec![255; source.planes.first().map_or(0, Samples::len)]);
        if let Some(alpha) = alpha {
            with_samples!(alpha, alpha => {
                for (shown, sample) in shown.iter_mut().zip(alpha) {
                    if sample.real() == 0.0 {
                        *shown = 0;
                    }
                }
            });
        }
        shown.contains(&0).then_some(shown)
    }

    fn run_plane<T: OverviewSample>(
        &self,
        source: &Source<'_, T>,
        target: &mut [T],
        (col, row, stride): (u32, u32, usize),
        part: Part,
    ) {
        let from = (part.col - col) as usize;
        let columns = from..from + part.width as usize;
        let first_row = (part.row - row) as usize * stride;
        let Some(target) = target.get_mut(first_row..first_row + part.height as usize * stride) else { return };
        let is_whole = source.shown.is_none() && source.nodata.is_none() && !T::HAS_NAN;
        let in_pairs = is_whole && self.columns.is_pairs() && self.rows.is_pairs();
        let table = Table::new(&self.columns, part.col, if in_pairs { part.col } else { part.col + part.width });
        target.par_chunks_mut(stride.max(1)).enumerate().for_each(|(index, target)| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let Some(target) = target.get_mut(columns.clone()) else { return };
            let row = part.row + index;
            match self.method {
                _ if in_pairs => quarter_row(source, row, part.col, target),
                OverviewResampling::Nearest => self.nearest_row(source, row, &table, target),
                OverviewResampling::Mode => self.mode_row(source, row, &table, target),
                _ => self.weighted_row(source, (part.col, row), &table, target),
            }
        });
    }

    fn nearest_row<T: OverviewSample>(&self, source: &Source<'_, T>, row: u32, table: &Table, target: &mut [T]) {
        let line = source.line(self.rows.span(row).start);
        for ((columns, _), sample) in table.iter().zip(target) {
            let at = (columns.start - source.col) as usize;
            *sample = line.get(at).copied().unwrap_or_default();
        }
    }

    fn mode_row<T: OverviewSample>(&self, source: &Source<'_, T>, row: u32, table: &Table, target: &mut [T]) {
        let rows = self.rows.span(row);
        let mut counts: Vec<(T, usize)> = Vec::new();
        for ((columns, _), sample) in table.iter().zip(target) {
            counts.clear();
            let mut most: Option<(T, usize)> = None;
            for row in rows.start..rows.end {
                for col in columns.start..columns.end {
                    let Some(value) = source.valid(col, row) else { continue };
                    let found = counts.iter().position(|(known, _)| known.is_same(value));
                    let count = if let Some((_, count)) = found.and_then(|at| counts.get_mut(at)) {
                        *count += 1;
                        *count
                    } else {
                        counts.push((value, 1));
                        1
                    };
                    if most.is_none_or(|(_, so_far)| count > so_far) {
                        most = Some((value, count));
                    }
                }
            }
            *sample = most.map_or_else(|| source.nothing(), |(value, _)| value);
        }
    }

    fn weighted_row<T: OverviewSample>(
        &self,
        source: &Source<'_, T>,
        (first_col, row): (u32, u32),
        table: &Table,
        target: &mut [T],
    ) {
        let rows = self.rows.span(row);
        let mut row_weights = Vec::new();
        self.rows.add_weights(row, &mut row_weights);
        for ((index, (columns, column_weights)), sample) in (0..).zip(table.iter()).zip(target) {
            let mut sum = T::Sum::default();
            let mut is_whole = true;
            for (row, row_weight) in (rows.start..rows.end).zip(&row_weights) {
                for (col, column_weight) in (columns.start..columns.end).zip(column_weights) {
                    match source.valid(col, row) {
                        Some(value) => sum.add(value, row_weight * column_weight),
                        None => is_whole = false,
                    }
                }
            }
            let mean = if self.method == OverviewResampling::Cubic && !is_whole {
                self.mean_of_covered(source, first_col + index, row)
            } else {
                sum.mean()
            };
            *sample = match (mean, source.nodata) {
                (Some(mean), Some((nodata, _))) => mean.other_than(nodata),
                (Some(mean), None) => mean,
                (None, _) => source.nothing(),
            };
        }
    }

    /// What takes the place of cubic convolution where a part of the pixels is missing: weights of both signs could add up
    /// to nearly nothing.
    fn mean_of_covered<T: OverviewSample>(&self, source: &Source<'_, T>, col: u32, row: u32) -> Option<T> {
        let [columns, rows] = [(&self.covered[0], col), (&self.covered[1], row)].map(|(axis, at)| axis.span(at));
        let mut sum = T::Sum::default();
        for row in rows.start..rows.end {
            (columns.start..columns.end).filter_map(|col| source.valid(col, row)).for_each(|value| sum.add(value, 1.0));
        }
        sum.mean()
    }

    /// A pixel is valid if one of those that it is made of is; by cubic convolution, one of those that it covers.
    fn run_mask(&self, source: &Piece, from: &[u8], to: &mut [u8], place: (u32, u32, usize), part: Part) {
        let (col, row, stride) = place;
        let from_stride = source.width as usize;
        let (columns, rows) = match self.method {
            OverviewResampling::Cubic => (&self.covered[0], &self.covered[1]),
            _ => (&self.columns, &self.rows),
        };
        let table = Table::new(columns, part.col, part.col + part.width);
        let first = (part.col - col) as usize;
        for target_row in part.row..part.row + part.height {
            let rows = rows.span(target_row);
            let start = (target_row - row) as usize * stride;
            let Some(line) = to.get_mut(start..start + stride) else { continue };
            for ((columns, _), mask) in table.iter().zip(line.iter_mut().skip(first)) {
                let range = (columns.start - source.col) as usize..(columns.end - source.col) as usize;
                let is_valid = (rows.start..rows.end).any(|row| {
                    let at = (row - source.row) as usize * from_stride;
                    from.get(at + range.start..at + range.end).is_some_and(|line| line.iter().any(|&mask| mask != 0))
                });
                *mask = if is_valid { 255 } else { 0 };
            }
        }
    }
}

impl<T: OverviewSample> Source<'_, T> {
    /// A row of samples, from the first column that is at hand on.
    fn line(&self, row: u32) -> &[T] {
        let start = (row - self.row) as usize * self.stride;
        self.plane.get(start..start + self.stride).unwrap_or_default()
    }

    /// The sample at a position, if it is valid.
    #[inline]
    fn valid(&self, col: u32, row: u32) -> Option<T> {
        let at = (row - self.row) as usize * self.stride + (col - self.col) as usize;
        if self.shown.is_some_and(|shown| shown.get(at) == Some(&0)) {
            return None;
        }
        let value = *self.plane.get(at)?;
        let is_nodata = self.nodata.is_some_and(|(nodata, tolerance)| value.is_nodata(nodata, tolerance));
        if is_nodata || value.is_nan() { None } else { Some(value) }
    }

    /// The value of a pixel that nothing valid was found for.
    fn nothing(&self) -> T {
        self.nodata.map_or_else(|| T::nothing(self.shown.is_some()), |(nodata, _)| nodata)
    }
}

/// Means of two by two samples that are all valid.
fn quarter_row<T: OverviewSample>(source: &Source<'_, T>, row: u32, col: u32, target: &mut [T]) {
    let from = (2 * col - source.col) as usize;
    let [upper, lower] =
        [2 * row, 2 * row + 1].map(|row| source.line(row).get(from..).unwrap_or_default().as_chunks::<2>().0);
    for ((sample, upper), lower) in target.iter_mut().zip(upper).zip(lower) {
        *sample = T::mean_of_four([upper[0], upper[1], lower[0], lower[1]]);
    }
}
