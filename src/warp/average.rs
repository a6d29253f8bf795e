//! Means over the part of the image that each pixel of a view covers.
//!
//! A pixel of the view covers the source pixels between the positions of its first and its last corner, the outer ones by their
//! share, as in GDAL's warper. It is valid where it covers any valid source pixel at all.

use super::nearest::EDGE;
use super::positions::Positions;
use super::resample::{Mean, Target, with_same_type};
use crate::raster::{INVALID, PixelWindow, Samples, VALID};

/// Source pixels along one axis that a pixel of the view covers: `first` to before `end`, and the shares of the outer two.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: u32,
    end: u32,
    first_share: f64,
    last_share: f64,
}

impl Span {
    /// Between two positions (edges, in either order) on an axis of `size` pixels; `None` where they enclose none of it.
    fn between(a: f64, b: f64, size: u32) -> Option<Self> {
        let size_px = f64::from(size);
        let is_inside = a.max(b) > 0.0 && a.min(b) < size_px;
        if a.is_nan() || b.is_nan() || !is_inside {
            return None;
        }
        let (from, to) = (a.min(b).max(0.0), a.max(b).min(size_px));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
        let (first, end) = ((from + EDGE).floor() as u32, (to - EDGE).ceil().max(0.0) as u32);
        let first = first.min(size.saturating_sub(1));
        let end = end.clamp(first + 1, size);
        if end - first == 1 {
            return Some(Self { first, end, first_share: 1.0, last_share: 1.0 });
        }
        let (first_share, last_share) = (1.0 - (from - f64::from(first)), 1.0 - (f64::from(end) - to));
        Some(Self { first, end, first_share, last_share })
    }

    /// As [`Self::between`], on an axis whose ends meet: of a pixel across the seam the part on the side of its middle.
    fn between_on_ring(a: f64, b: f64, size: u32, is_ring: bool) -> Option<Self> {
        let size_px = f64::from(size);
        if !is_ring || (a - b).abs() <= size_px / 2.0 {
            return Self::between(a, b, size);
        }
        let (low, high) = (a.min(b), a.max(b));
        if low > size_px - high { Self::between(0.0, low, size) } else { Self::between(high, size_px, size) }
    }

    /// The share of a pixel of the span.
    fn share(&self, pixel: u32) -> f64 {
        match pixel {
            pixel if pixel == self.first => self.first_share,
            pixel if pixel + 1 == self.end => self.last_share,
            _ => 1.0,
        }
    }
}

/// What the pixels of a patch cover: spans of columns and of rows, in pixels of a level.
#[derive(Debug)]
enum Spans {
    Separable { cols: Vec<Option<Span>>, rows: Vec<Option<Span>> },
    Free { width: usize, boxes: Vec<Option<(Span, Span)>> },
}

/// What the pixels of a patch cover.
#[derive(Debug)]
pub(super) struct Covers(Spans);

/// The level that is read: its size, the same over the full size, and whether its first and last columns meet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) level_per_full: (f64, f64),
    pub(super) is_ring: bool,
}

impl Covers {
    /// Of the positions of a patch's corners: one more column and row of them than the patch has pixels.
    pub(super) fn of(corners: &Positions, grid: Grid) -> Self {
        let (per_col, per_row) = grid.level_per_full;
        let across = |a: f64, b: f64| Span::between_on_ring(a * per_col, b * per_col, grid.width, grid.is_ring);
        let down = |a: f64, b: f64| Span::between(a * per_row, b * per_row, grid.height);
        Self(match corners {
            Positions::Separable { cols, rows } => Spans::Separable {
                cols: cols.windows(2).map(|pair| across(pair[0], pair[1])).collect(),
                rows: rows.windows(2).map(|pair| down(pair[0], pair[1])).collect(),
            },
            Positions::Smooth(_) | Positions::Free { .. } => {
                let (mut width, mut boxes) = (0, Vec::new());
                let (mut above_cols, mut above_rows): (Vec<f64>, Vec<f64>) = Default::default();
                corners.for_each_line(|cols, rows| {
                    let above = above_cols.iter().zip(&above_rows);
                    boxes.extend(
                        above.zip(cols.iter().zip(rows).skip(1)).map(|((&col, &row), (&next_col, &next_row))| {
                            across(col, next_col).zip(down(row, next_row))
                        }),
                    );
                    width = cols.len();
                    above_cols.clear();
                    above_cols.extend_from_slice(cols);
                    above_rows.clear();
                    above_rows.extend_from_slice(rows);
                });
                Spans::Free { width: width.saturating_sub(1), boxes }
            }
        })
    }

    /// The pixels of the level that are covered; `None` where none are.
    pub(super) fn window(&self) -> Option<PixelWindow> {
        let around = |spans: &mut dyn Iterator<Item = Span>| {
            spans.map(|span| (span.first, span.end)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        };
        let (cols, rows) = match &self.0 {
            Spans::Separable { cols, rows } => {
                (around(&mut cols.iter().copied().flatten())?, around(&mut rows.iter().copied().flatten())?)
            }
            Spans::Free { boxes, .. } => {
                let boxes = || boxes.iter().copied().flatten();
                (around(&mut boxes().map(|(cols, _)| cols))?, around(&mut boxes().map(|(_, rows)| rows))?)
            }
        };
        PixelWindow::new(cols.0, rows.0, cols.1 - cols.0, rows.1 - rows.0)
    }

    fn at(&self, col: usize, row: usize) -> Option<(Span, Span)> {
        match &self.0 {
            Spans::Separable { cols, rows } => (*cols.get(col)?).zip(*rows.get(row)?),
            Spans::Free { width, boxes } => boxes.get(row * width + col).copied().flatten(),
        }
    }
}

/// A window that was read, and what the pixels of a patch cover of it.
pub(super) struct Averages<'a> {
    pub(super) covers: &'a Covers,
    pub(super) window: PixelWindow,
    /// Which pixels of the window are valid.
    pub(super) mask: &'a [u8],
    pub(super) target: Target,
}

impl Averages<'_> {
    /// Marks the pixels that cover something valid.
    pub(super) fn write_mask(&self, mask: &mut [u8]) {
        for (row, pixels) in self.target.rows_of(mask).enumerate() {
            for (col, pixel) in pixels.iter_mut().enumerate() {
                let is_valid = self.covers.at(col, row).is_some_and(|(cols, rows)| {
                    (rows.first..rows.end)
                        .any(|row| self.part(self.mask, row, cols).iter().any(|&mask| mask != INVALID))
                });
                *pixel = if is_valid { VALID } else { INVALID };
            }
        }
    }

    /// Fills a plane with means of the samples that are valid in `band_mask`.
    pub(super) fn plane(&self, source: &Samples, band_mask: &[u8], plane: &mut Samples) {
        with_same_type!(source, plane, (source, plane) => self.typed_plane(source, band_mask, plane));
    }

    fn typed_plane<T: Mean>(&self, source: &[T], band_mask: &[u8], plane: &mut [T]) {
        for (row, pixels) in self.target.rows_of(plane).enumerate() {
            for (col, pixel) in pixels.iter_mut().enumerate() {
                let Some((cols, rows)) = self.covers.at(col, row) else { continue };
                if let Some(mean) = self.mean(source, band_mask, cols, rows) {
                    *pixel = mean;
                }
            }
        }
    }

    /// The mean; where the band has nothing valid although the pixels do, the band's value there (its nodata value).
    fn mean<T: Mean>(&self, source: &[T], band_mask: &[u8], cols: Span, rows: Span) -> Option<T> {
        let (mut real, mut imaginary, mut total, mut instead) = (0.0, 0.0, 0.0, None);
        for row in rows.first..rows.end {
            let row_share = rows.share(row);
            let valid = self.part(band_mask, row, cols).iter().zip(self.part(self.mask, row, cols));
            for (col, (&sample, (&valid, &mask))) in (cols.first..).zip(self.part(source, row, cols).iter().zip(valid))
            {
                if valid == INVALID || sample.is_nan() {
                    instead = instead.or((mask != INVALID).then_some(sample));
                    continue;
                }
                let share = row_share * cols.share(col);
                total += share;
                real += share * sample.real();
                if T::IS_COMPLEX {
                    imaginary += share * sample.imaginary();
                }
            }
        }
        if total > 0.0 { Some(T::from_parts(real / total, imaginary / total)) } else { instead }
    }

    /// The part of a row of the window's plane between two columns of the level.
    fn part<'p, T>(&self, plane: &'p [T], row: u32, cols: Span) -> &'p [T] {
        let at = |col: u32| {
            let (row, col) = (row.checked_sub(self.window.row())?, col.checked_sub(self.window.col())?);
            Some(row as usize * self.window.width() as usize + col as usize)
        };
        let range = at(cols.first).zip(at(cols.end));
        range.and_then(|(from, to)| plane.get(from..to)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_pixels_count_by_their_share() {
        let span = Span::between(8.25, 12.5, 100).unwrap();
        assert_eq!((span.first, span.end), (8, 13));
        assert_eq!([8, 9, 11, 12].map(|pixel| span.share(pixel)), [0.75, 1.0, 1.0, 0.5]);
        assert_eq!(Span::between(12.5, 8.25, 100), Some(span), "rows may run either way");
    }

    #[test]
    fn a_pixel_inside_of_one_source_pixel_is_that_pixel() {
        let span = Span::between(7.2, 7.6, 100).unwrap();
        assert_eq!((span.first, span.end, span.share(7)), (7, 8, 1.0));
        assert_eq!(Span::between(7.0, 8.0, 100).map(|span| (span.first, span.end)), Some((7, 8)));
    }

    #[test]
    fn what_lies_outside_of_the_image_does_not_count() {
        let span = Span::between(-3.0, 1.5, 100).unwrap();
        assert_eq!((span.first, span.end, span.share(0), span.share(1)), (0, 2, 1.0, 0.5));
        assert_eq!(Span::between(99.5, 140.0, 100).map(|span| (span.first, span.end)), Some((99, 100)));
        assert_eq!(Span::between(-3.0, 0.0, 100), None);
        assert_eq!(Span::between(100.0, 101.0, 100), None);
        assert_eq!(Span::between(f64::NAN, 5.0, 100), None);
    }

    #[test]
    fn a_pixel_across_the_seam_of_the_earth_does_not_cover_all_of_it() {
        let seam = Span::between_on_ring(359.0, 0.5, 360, true).unwrap();
        assert_eq!((seam.first, seam.end), (359, 360));
        let seam = Span::between_on_ring(359.8, 2.5, 360, true).unwrap();
        assert_eq!((seam.first, seam.end), (0, 3));
        assert_eq!(Span::between_on_ring(1.0, 300.0, 360, false).map(|span| (span.first, span.end)), Some((1, 300)));
    }
}
