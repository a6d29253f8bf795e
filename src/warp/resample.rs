//! From a window of source pixels to the pixels of a view. Plain slices; dispatched once a plane by sample type.

use std::borrow::Cow;

use super::kernel::{Footing, Kernel};
use super::nearest::{NOWHERE, Source};
use super::positions::Positions;
use crate::raster::{INVALID, Sample, Samples, VALID, with_samples};

/// Weights that a fallback has at most.
const FALLBACK_TAPS: usize = 4;
/// Below this sum of weights there is too little valid data for a mean.
const LEAST_WEIGHT: f64 = 1e-6;

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

    /// One row of the patch within a plane of the view.
    fn row_of<'a, T>(&self, plane: &'a mut [T], row: usize) -> Option<&'a mut [T]> {
        let start = self.first + row * self.stride;
        plane.get_mut(start..start + self.width)
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

    /// Three planes in one pass over the indices; `false` if they are not of one type and size.
    fn write_three<T: Sample>(&self, _: &[T], [a, b, c]: [&mut (&Samples, &mut Samples); 3], nearest: &[u32]) -> bool {
        let (Some(from_a), Some(from_b), Some(from_c)) = (T::of(a.0), T::of(b.0), T::of(c.0)) else { return false };
        let (Some(to_a), Some(to_b), Some(to_c)) = (T::of_mut(a.1), T::of_mut(b.1), T::of_mut(c.1)) else {
            return false;
        };
        let size = from_a.len();
        let (Some(from_b), Some(from_c)) = (from_b.get(..size), from_c.get(..size)) else { return false };
        for ((to_a, to_b), (to_c, indices)) in self.rows_of(to_a).zip(self.rows_of(to_b)).zip(self.rows(to_c, nearest))
        {
            // All slices are cut to one length first, so that the loop checks no bounds but the index's.
            let count = indices.len().min(to_a.len()).min(to_b.len()).min(to_c.len());
            let (indices, to_a) = (&indices[..count], &mut to_a[..count]);
            let (to_b, to_c) = (&mut to_b[..count], &mut to_c[..count]);
            for at in 0..count {
                let index = indices[at] as usize;
                if index < size {
                    to_a[at] = from_a[index];
                    to_b[at] = from_b[index];
                    to_c[at] = from_c[index];
                }
            }
        }
        true
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

/// Copies the nearest pixels of planes, each a source and where it goes.
pub(super) fn nearest_planes(planes: &mut [(&Samples, &mut Samples)], nearest: &[u32], target: Target) {
    for group in planes.chunks_mut(3) {
        if let [a, b, c] = group
            && with_samples!(a.0, first => target.write_three(first, [&mut *a, &mut *b, &mut *c], nearest))
        {
            continue;
        }
        for (source, plane) in group {
            with_same_type!(source, plane, (source, plane) => target.write_nearest(source, nearest, plane));
        }
    }
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
    weights: Vec<f64>,
}

impl AxisWeights {
    fn of(&mut self, kernel: &Kernel, positions: impl ExactSizeIterator<Item = f64>, size: u32) {
        self.taps = kernel.taps() as usize;
        self.weights.resize(positions.len() * self.taps, 0.0);
        self.footings.clear();
        let weights = self.weights.chunks_exact_mut(self.taps.max(1));
        self.footings.extend(positions.zip(weights).map(|(position, weights)| {
            if position.is_finite() {
                return kernel.weigh(position, size, weights);
            }
            weights.fill(0.0);
            Footing::default()
        }));
    }

    fn get(&self, at: usize) -> Option<(Footing, &[f64])> {
        Some((*self.footings.get(at)?, self.weights.get(at * self.taps..(at + 1) * self.taps)?))
    }
}

/// One band that is being resampled.
pub(super) struct Band<'a> {
    pub(super) source: &'a Samples,
    /// The band's own mask, where any pixel of it is invalid.
    pub(super) mask: Option<Cow<'a, [u8]>>,
    /// Where it goes: a plane of the whole view.
    pub(super) plane: &'a mut Samples,
}

/// Weights for the pixels of one row of the patch, made once for all bands.
#[derive(Default)]
struct Line {
    across: AxisWeights,
    /// One for each pixel, or one for all where positions are separable.
    down: AxisWeights,
    /// Of each pixel the index of the first source pixel that its kernels stand on; [`NOWHERE`] if some lie outside of the window.
    bases: Vec<u32>,
}

impl Line {
    fn get(&self, col: usize) -> Option<((Footing, &[f64]), (Footing, &[f64]))> {
        let row = if self.down.footings.len() == 1 { 0 } else { col };
        self.across.get(col).zip(self.down.get(row))
    }

    fn find_bases(&mut self, source: &Source) {
        let window = source.window;
        let inside = |footing: Footing, taps: usize, first: u32, size: u32| {
            let at = u32::try_from(footing.first - i64::from(first)).ok()?;
            let fits = footing.step == 1 && at as usize + taps <= size as usize;
            fits.then_some(at)
        };
        let (across, down) = (self.across.taps, self.down.taps);
        let base = |col: Footing, row: Footing| {
            let row = inside(row, down, window.row(), window.height())?;
            Some(row * window.width() + inside(col, across, window.col(), window.width())?)
        };
        self.bases.clear();
        let cols = self.across.footings.iter();
        if let [row] = self.down.footings.as_slice() {
            self.bases.extend(cols.map(|&col| base(col, *row).unwrap_or(NOWHERE)));
        } else {
            self.bases.extend(cols.zip(&self.down.footings).map(|(&col, &row)| base(col, row).unwrap_or(NOWHERE)));
        }
    }
}

impl Weights<'_> {
    /// Fills planes with weighted means of valid pixels. Pixels whose nearest source pixel is invalid in all bands are left as they
    /// are.
    pub(super) fn planes(&self, bands: &mut [Band<'_>], target: Target) {
        let (per_col, per_row) = self.source.level_per_full;
        let (width, height) = (self.source.width, self.source.height);
        let mut line = Line::default();
        let mut row = 0;
        let mut finish = |line: &mut Line| {
            line.find_bases(&self.source);
            let nearest = self.nearest.get(row * target.width..).unwrap_or_default();
            for band in &mut *bands {
                let mask = band.mask.as_deref();
                with_same_type!(band.source, &mut *band.plane, (source, plane) => {
                    if let Some(plane) = target.row_of(plane, row) {
                        self.typed_row(source, mask, line, row, (plane, nearest));
                    }
                });
            }
            row += 1;
        };
        match self.positions {
            Positions::Separable { cols, rows } => {
                line.across.of(&self.kernels.0, cols.iter().map(|col| col * per_col), width);
                for row in rows {
                    line.down.of(&self.kernels.1, std::iter::once(row * per_row), height);
                    finish(&mut line);
                }
            }
            positions => positions.for_each_line(|cols, rows| {
                line.across.of(&self.kernels.0, cols.iter().map(|col| col * per_col), width);
                line.down.of(&self.kernels.1, rows.iter().map(|row| row * per_row), height);
                finish(&mut line);
            }),
        }
    }

    fn typed_row<T: Mean>(
        &self,
        source: &[T],
        mask: Option<&[u8]>,
        line: &Line,
        row: usize,
        (plane, nearest): (&mut [T], &[u32]),
    ) {
        match (mask, line.across.taps, line.down.taps) {
            (None, 2, 2) => self.row_of_taps::<T, 2>(source, line, row, (plane, nearest)),
            (None, 3, 3) => self.row_of_taps::<T, 3>(source, line, row, (plane, nearest)),
            (None, 4, 4) => self.row_of_taps::<T, 4>(source, line, row, (plane, nearest)),
            _ => {
                for (col, (to, &index)) in plane.iter_mut().zip(nearest).enumerate() {
                    if index != NOWHERE {
                        *to = self.pixel(source, mask, line, (col, row), index).unwrap_or(*to);
                    }
                }
            }
        }
    }

    /// A row of a band without invalid pixels, by kernels of `TAPS` x `TAPS` weights: the inner loop of all but nearest.
    fn row_of_taps<T: Mean, const TAPS: usize>(
        &self,
        source: &[T],
        line: &Line,
        row: usize,
        (plane, nearest): (&mut [T], &[u32]),
    ) {
        let stride = self.source.window.width() as usize;
        let across = line.across.weights.as_chunks::<TAPS>().0;
        let down = line.down.weights.as_chunks::<TAPS>().0;
        let of_all_down = if let [one] = down { Some(one) } else { None };
        let pixels = plane.iter_mut().zip(nearest).zip(line.bases.iter().zip(across));
        for (col, ((to, &index), (&base, across))) in pixels.enumerate() {
            let Some(down) = of_all_down.or_else(|| down.get(col)).filter(|_| index != NOWHERE) else { continue };
            let samples = if base == NOWHERE || T::IS_COMPLEX { None } else { square(source, base as usize, stride) };
            let sum = samples.map_or(f64::NAN, |samples: [&[T; TAPS]; TAPS]| {
                let mut sum = 0.0;
                for (samples, weight) in samples.iter().zip(down) {
                    let mut of_row = 0.0;
                    for (sample, weight) in samples.iter().zip(across) {
                        of_row += weight * sample.real();
                    }
                    sum += weight * of_row;
                }
                sum
            });
            // Where something is no number, each sample has to be looked at.
            if sum.is_finite() {
                *to = T::from_parts(sum, 0.0);
            } else {
                *to = self.pixel(source, None, line, (col, row), index).unwrap_or(*to);
            }
        }
    }

    /// One pixel, whatever lies around it.
    fn pixel<T: Mean>(
        &self,
        source: &[T],
        mask: Option<&[u8]>,
        line: &Line,
        (col, row): (usize, usize),
        index: u32,
    ) -> Option<T> {
        let mean = match line.get(col) {
            Some((across, down)) if self.fallback.is_none() || self.is_whole(source, mask, across.0, down.0) => {
                self.mean(source, mask, across, down)
            }
            _ => self.fallback_mean(source, mask, col, row),
        };
        // Too little weight around a valid pixel: that pixel alone.
        mean.or_else(|| source.get(index as usize).copied())
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
        across: (Footing, &[f64]),
        down: (Footing, &[f64]),
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
                let weight = row_weight * col_weight;
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

/// `TAPS` samples of each of as many rows, from an index of a plane on; `None` beyond its end.
#[inline]
fn square<T, const TAPS: usize>(plane: &[T], first: usize, stride: usize) -> Option<[&[T; TAPS]; TAPS]> {
    let top = plane.get(first..)?.first_chunk::<TAPS>()?;
    let mut rows = [top; TAPS];
    for (row, samples) in rows.iter_mut().enumerate().skip(1) {
        *samples = plane.get(first + row * stride..)?.first_chunk()?;
    }
    Some(rows)
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
    u8: plus_half; u16: plus_half; u32: plus_half; u64: plus_half;
    i8: half_up; i16: half_up; i32: half_up; i64: half_up;
    f32: |value| value; f64: |value| value;
}

/// To the nearest whole number, halves upwards as in GDAL.
fn half_up(value: f64) -> f64 {
    (value + 0.5).floor()
}

/// The same for numbers that are cut to whole ones at 0 and above.
fn plus_half(value: f64) -> f64 {
    value + 0.5
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
