//! From a window of source pixels to the pixels of a view. Plain slices; dispatched once a plane by sample type.

use super::kernel::{Footing, Kernel};
use super::positions::Positions;
use crate::raster::{INVALID, PixelWindow, Sample, Samples, VALID};

/// Weights that a fallback has at most.
const FALLBACK_TAPS: usize = 4;
/// A source index that stands for none.
const NOWHERE: u32 = u32::MAX;
/// What is added before a position is cut to a pixel, as GDAL does: an edge that rounding puts a hair before belongs to the next.
pub(super) const EDGE: f64 = 1e-10;
/// Below this sum of weights there is too little valid data for a mean.
const LEAST_WEIGHT: f64 = 1e-6;

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
        let pixel = (position + EDGE).floor() as u32;
        Some(pixel.min(size.saturating_sub(1)))
    }

    /// Index into the window's planes of the nearest pixel.
    fn index(&self, col: Option<u32>, row: Option<u32>) -> u32 {
        let inside = |col: u32, row: u32| {
            let in_window = self.window.contains_pixel(col, row);
            in_window.then(|| (row - self.window.row()) * self.window.width() + (col - self.window.col()))
        };
        col.zip(row).and_then(|(col, row)| inside(col, row)).unwrap_or(NOWHERE)
    }

    /// For every pixel of the patch the index of its nearest pixel in the window, or [`NOWHERE`] if that is outside or invalid.
    pub(super) fn nearest(&self, positions: &Positions, mask: &[u8]) -> Vec<u32> {
        let (per_col, per_row) = self.level_per_full;
        let of_col = |&col: &f64| Self::pixel(col * per_col, self.width);
        let of_row = |&row: &f64| Self::pixel(row * per_row, self.height);
        let valid = |index: u32| match mask.get(index as usize) {
            Some(&mask) if mask != INVALID => index,
            _ => NOWHERE,
        };
        match positions {
            Positions::Separable { cols, rows } => {
                let cols: Vec<Option<u32>> = cols.iter().map(of_col).collect();
                let rows = rows.iter().map(of_row);
                rows.flat_map(|row| cols.iter().map(move |&col| (col, row)))
                    .map(|(col, row)| valid(self.index(col, row)))
                    .collect()
            }
            Positions::Free { cols, rows, .. } => {
                cols.iter().zip(rows).map(|(col, row)| valid(self.index(of_col(col), of_row(row)))).collect()
            }
        }
    }
}

/// Where the pixels of a patch go in planes of the whole view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) first: usize,
    pub(super) stride: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Target {
    /// The rows of the patch within a plane of the view.
    pub(super) fn rows_of<'a, T>(&self, plane: &'a mut [T]) -> impl Iterator<Item = &'a mut [T]> + use<'a, T> {
        let (width, height) = (self.width, self.height);
        plane
            .get_mut(self.first..)
            .unwrap_or_default()
            .chunks_mut(self.stride.max(1))
            .take(height)
            .filter_map(move |row| row.get_mut(..width))
    }

    /// The rows of the patch within a plane of the view, and the parts of `patch` that belong to them.
    fn rows<'a, T, P>(&self, plane: &'a mut [T], patch: &'a [P]) -> impl Iterator<Item = (&'a mut [T], &'a [P])> {
        self.rows_of(plane).zip(patch.chunks(self.width.max(1)))
    }

    pub(super) fn write_mask(&self, nearest: &[u32], mask: &mut [u8]) {
        for (mask, indices) in self.rows(mask, nearest) {
            for (mask, &index) in mask.iter_mut().zip(indices) {
                *mask = if index == NOWHERE { INVALID } else { VALID };
            }
        }
    }

    fn write_nearest<T: Copy>(&self, source: &[T], nearest: &[u32], plane: &mut [T]) {
        for (plane, indices) in self.rows(plane, nearest) {
            for (to, &index) in plane.iter_mut().zip(indices) {
                if let Some(&sample) = source.get(index as usize) {
                    *to = sample;
                }
            }
        }
    }
}

/// Runs `$body` for two planes of the same type, whichever that is; planes of different types are left alone.
macro_rules! with_same_type {
    ($from:expr, $to:expr, ($source:ident, $target:ident) => $body:expr) => {
        with_same_type!(@ $from, $to, $source, $target, $body,
            U8, I8, U16, I16, U32, I32, U64, I64, F32, F64, CI16, CI32, CF32, CF64)
    };
    (@ $from:expr, $to:expr, $source:ident, $target:ident, $body:expr, $($variant:ident),*) => {
        match ($from, $to) {
            $((Samples::$variant($source), Samples::$variant($target)) => $body,)*
            _ => {}
        }
    };
}

pub(super) use with_same_type;

/// Copies the nearest pixels of a plane.
pub(super) fn nearest_plane(source: &Samples, nearest: &[u32], target: Target, plane: &mut Samples) {
    with_same_type!(source, plane, (source, plane) => target.write_nearest(source, nearest, plane));
}

/// Weights for every pixel of a patch.
pub(super) struct Weights<'a> {
    pub(super) source: Source,
    pub(super) kernels: (Kernel, Kernel),
    pub(super) positions: &'a Positions,
    pub(super) nearest: &'a [u32],
    /// What is taken instead near invalid pixels and the image's edges, where there is such a thing.
    pub(super) fallback: Option<(Kernel, Kernel)>,
}

/// Weights along one axis for the pixels of a row of the patch.
#[derive(Default)]
struct AxisWeights {
    taps: usize,
    footings: Vec<Footing>,
    weights: Vec<f32>,
}

impl AxisWeights {
    fn of(&mut self, kernel: &Kernel, positions: impl Iterator<Item = f64>, size: u32) {
        self.taps = kernel.taps() as usize;
        self.footings.clear();
        self.weights.clear();
        for position in positions {
            let start = self.weights.len();
            self.weights.resize(start + self.taps, 0.0);
            let footing = match self.weights.get_mut(start..) {
                Some(weights) if position.is_finite() => kernel.weigh(position, size, weights),
                _ => Footing::default(),
            };
            self.footings.push(footing);
        }
    }

    fn get(&self, at: usize) -> Option<(Footing, &[f32])> {
        Some((*self.footings.get(at)?, self.weights.get(at * self.taps..(at + 1) * self.taps)?))
    }
}

impl Weights<'_> {
    /// Fills a plane with weighted means of valid pixels; `mask` is the band's own, where any pixel of it is invalid. Pixels whose
    /// nearest source pixel is invalid in all bands are left as they are.
    pub(super) fn plane(&self, source: &Samples, mask: Option<&[u8]>, target: Target, plane: &mut Samples) {
        with_same_type!(source, plane, (source, plane) => self.typed_plane(source, mask, target, plane));
    }

    fn typed_plane<T: Mean>(&self, source: &[T], mask: Option<&[u8]>, target: Target, plane: &mut [T]) {
        let (per_col, per_row) = self.source.level_per_full;
        let (mut across, mut down) = (AxisWeights::default(), AxisWeights::default());
        if let Positions::Separable { cols, .. } = self.positions {
            across.of(&self.kernels.0, cols.iter().map(|col| col * per_col), self.source.width);
        }
        for (row, (plane, nearest)) in target.rows(plane, self.nearest).enumerate() {
            match self.positions {
                Positions::Separable { rows, .. } => {
                    let position = rows.get(row).copied().unwrap_or(f64::NAN);
                    down.of(&self.kernels.1, std::iter::once(position * per_row), self.source.height);
                }
                Positions::Free { width, cols, rows } => {
                    let part = row * width..(row + 1) * width;
                    let (cols, rows) = (cols.get(part.clone()).unwrap_or_default(), rows.get(part).unwrap_or_default());
                    across.of(&self.kernels.0, cols.iter().map(|col| col * per_col), self.source.width);
                    down.of(&self.kernels.1, rows.iter().map(|row| row * per_row), self.source.height);
                }
            }
            let is_separable = matches!(self.positions, Positions::Separable { .. });
            for (col, (to, &index)) in plane.iter_mut().zip(nearest).enumerate() {
                if index == NOWHERE {
                    continue;
                }
                let weights = across.get(col).zip(down.get(if is_separable { 0 } else { col }));
                let mean = match weights {
                    Some((across, down))
                        if self.fallback.is_none() || self.is_whole(source, mask, across.0, down.0) =>
                    {
                        self.mean(source, mask, across, down)
                    }
                    _ => self.fallback_mean(source, mask, col, row),
                };
                // Too little weight around a valid pixel: that pixel alone.
                if let Some(mean) = mean.or_else(|| source.get(index as usize).copied()) {
                    *to = mean;
                }
            }
        }
    }

    /// Whether all pixels that the kernels stand on lie in the image and are valid.
    fn is_whole<T: Mean>(&self, source: &[T], mask: Option<&[u8]>, across: Footing, down: Footing) -> bool {
        let (taps_across, taps_down) = (i64::from(self.kernels.0.taps()), i64::from(self.kernels.1.taps()));
        let window = self.source.window;
        let (col, row) = (across.first - i64::from(window.col()), down.first - i64::from(window.row()));
        let (Ok(first), Ok(end), Ok(top)) =
            (usize::try_from(col), usize::try_from(col + taps_across), usize::try_from(row))
        else {
            return false;
        };
        let width = window.width() as usize;
        if end > width || row + taps_down > i64::from(window.height()) {
            return false;
        }
        (top..).zip(0..taps_down).all(|(row, _)| {
            let range = row * width + first..row * width + end;
            let is_valid = mask.is_none_or(|mask| mask.get(range.clone()).is_some_and(|part| !part.contains(&INVALID)));
            is_valid && source.get(range).is_some_and(|part| !part.iter().any(|sample| sample.is_nan()))
        })
    }

    /// The mean by the kernels that are taken near invalid pixels.
    fn fallback_mean<T: Mean>(&self, source: &[T], mask: Option<&[u8]>, col: usize, row: usize) -> Option<T> {
        let (kernel_across, kernel_down) = self.fallback.as_ref()?;
        let (per_col, per_row) = self.source.level_per_full;
        let (at_col, at_row) = self.positions.get(col, row)?;
        let weigh = |kernel: &Kernel, position: f64, size: u32| {
            let mut weights = [0.0; FALLBACK_TAPS];
            let taps = weights.get_mut(..kernel.taps() as usize)?;
            Some((kernel.weigh(position, size, taps), weights))
        };
        let across = weigh(kernel_across, at_col * per_col, self.source.width)?;
        let down = weigh(kernel_down, at_row * per_row, self.source.height)?;
        self.mean(source, mask, (across.0, &across.1), (down.0, &down.1))
    }

    fn mean<T: Mean>(
        &self,
        source: &[T],
        mask: Option<&[u8]>,
        across: (Footing, &[f32]),
        down: (Footing, &[f32]),
    ) -> Option<T> {
        let window = self.source.window;
        let stride = window.width() as usize;
        let offset = |pixel: i64, first: u32, size: u32| {
            usize::try_from(pixel - i64::from(first)).ok().filter(|&at| at < size as usize)
        };
        let (mut real, mut imaginary, mut total) = (0.0_f64, 0.0_f64, 0.0_f64);
        let mut row = down.0.first;
        for &row_weight in down.1 {
            let start = offset(row, window.row(), window.height()).map(|row| row * stride);
            row += i64::from(down.0.step);
            let Some(start) = start.filter(|_| row_weight != 0.0) else { continue };
            let samples = source.get(start..start + stride)?;
            let mask = mask.and_then(|mask| mask.get(start..start + stride));
            let mut col = across.0.first;
            for &col_weight in across.1 {
                let at = offset(col, window.col(), window.width());
                col += i64::from(across.0.step);
                let Some((at, sample)) = at.and_then(|at| samples.get(at).map(|sample| (at, sample))) else { continue };
                if mask.and_then(|mask| mask.get(at)).is_some_and(|&mask| mask == INVALID) || sample.is_nan() {
                    continue;
                }
                let weight = f64::from(row_weight * col_weight);
                total += weight;
                real += weight * sample.real();
                if T::IS_COMPLEX {
                    imaginary += weight * sample.imaginary();
                }
            }
        }
        (total > LEAST_WEIGHT).then(|| T::from_parts(real / total, imaginary / total))
    }
}

/// Samples that a mean can be taken of.
pub(super) trait Mean: Sample {
    const IS_COMPLEX: bool = false;
    /// The nearest value of this type.
    fn from_parts(real: f64, imaginary: f64) -> Self;
}

macro_rules! mean {
    ($($type:ty: $round:expr;)*) => {$(
        impl Mean for $type {
            // One body for all types; `as` keeps to the range of each.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast)]
            fn from_parts(real: f64, _: f64) -> Self {
                let round: fn(f64) -> f64 = $round;
                round(real) as $type
            }
        }
    )*};
}
mean! {
    u8: half_up; i8: half_up; u16: half_up; i16: half_up; u32: half_up; i32: half_up;
    u64: half_up; i64: half_up; f32: |value| value; f64: |value| value;
}

/// To the nearest whole number, halves upwards as in GDAL.
fn half_up(value: f64) -> f64 {
    (value + 0.5).floor()
}

macro_rules! complex_mean {
    ($($type:ty),*) => {$(
        impl Mean for [$type; 2] {
            const IS_COMPLEX: bool = true;
            fn from_parts(real: f64, imaginary: f64) -> Self {
                [Mean::from_parts(real, 0.0), Mean::from_parts(imaginary, 0.0)]
            }
        }
    )*};
}
complex_mean!(i16, i32, f32, f64);
