//! From a value to a byte or a colour: by table for 8- and 16-bit samples, by formula for everything else.
//!
//! Tables are filled by the same formula, so both ways give the same picture.

use super::colormap::{NamedColormap, Ramp};
use super::stretch::Range;
use super::{nearest_whole, to_byte};
use crate::raster::{Sample, SampleType, Samples, with_samples};

/// Entries of the tables that stand for a curve between 0 and 1: small enough for the nearest cache.
const STEPS: usize = 4096;

/// Fully transparent.
pub(super) const NOTHING: [u8; 4] = [0; 4];

/// What each value of an 8- or 16-bit type becomes, by the value's bits.
#[derive(Debug, Clone, PartialEq)]
enum Table<T> {
    U8(Box<[T; 1 << 8]>),
    I8(Box<[T; 1 << 8]>),
    U16(Box<[T; 1 << 16]>),
    I16(Box<[T; 1 << 16]>),
}

impl<T: Copy> Table<T> {
    /// `None` for wider types.
    fn new(sample_type: SampleType, entry: impl Fn(f64) -> T) -> Option<Self> {
        let bytes = 0..=u8::MAX;
        let words = 0..=u16::MAX;
        match sample_type {
            SampleType::U8 => boxed(bytes.map(|v| entry(f64::from(v)))).map(Self::U8),
            SampleType::I8 => boxed(bytes.map(|v| entry(f64::from(v.cast_signed())))).map(Self::I8),
            SampleType::U16 => boxed(words.map(|v| entry(f64::from(v)))).map(Self::U16),
            SampleType::I16 => boxed(words.map(|v| entry(f64::from(v.cast_signed())))).map(Self::I16),
            _ => None,
        }
    }

    /// Looks up a run of samples; `false` if they are of another type than the table.
    fn look_up(&self, plane: &Samples, start: usize, out: &mut [T]) -> bool {
        match (self, plane) {
            (Self::U8(table), Samples::U8(plane)) => each(plane, start, out, |v| table[usize::from(v)]),
            (Self::I8(table), Samples::I8(plane)) => each(plane, start, out, |v| table[usize::from(v.cast_unsigned())]),
            (Self::U16(table), Samples::U16(plane)) => each(plane, start, out, |v| table[usize::from(v)]),
            (Self::I16(table), Samples::I16(plane)) => {
                each(plane, start, out, |v| table[usize::from(v.cast_unsigned())]);
            }
            _ => return false,
        }
        true
    }
}

/// As many entries as the array has, or `None`.
fn boxed<T, const N: usize>(entries: impl Iterator<Item = T>) -> Option<Box<[T; N]>> {
    entries.collect::<Box<[T]>>().try_into().ok()
}

/// Fills `out` from the samples from `start` on.
#[inline]
fn each<S: Copy, T>(plane: &[S], start: usize, out: &mut [T], entry: impl Fn(S) -> T) {
    for (out, &sample) in out.iter_mut().zip(plane.get(start..).unwrap_or_default()) {
        *out = entry(sample);
    }
}

/// Fills `out` with opaque colours, each part out of a table of its own.
#[inline]
fn each_color<S: Copy + Into<usize>, const N: usize>(
    [red_of, green_of, blue_of]: [&[u8; N]; 3],
    planes: [&[S]; 3],
    start: usize,
    out: &mut [[u8; 4]],
) {
    let [red, green, blue] = planes.map(|plane| plane.get(start..).unwrap_or_default());
    for (((out, &red), &green), &blue) in out.iter_mut().zip(red).zip(green).zip(blue) {
        *out = [red_of[red.into()], green_of[green.into()], blue_of[blue.into()], u8::MAX];
    }
}

/// A table over the steps from 0 to 1.
type Steps<T> = Box<[T; STEPS]>;

fn steps<T>(entry: impl Fn(f64) -> T) -> [T; STEPS] {
    std::array::from_fn(|step| entry(step as f64 / (STEPS - 1) as f64))
}

/// The entry of the step nearest to a position; what lies outside 0 to 1 takes the nearest end, NaN the first.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the number is below STEPS")]
fn at_position<T: Copy>(steps: &[T; STEPS], position: f64) -> T {
    const LAST: f64 = (STEPS - 1) as f64;
    steps[nearest_whole(position * LAST, LAST) as usize % STEPS]
}

/// One channel of a colour picture: values to bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    range: Range,
    gamma: f64,
    /// The byte at each step from 0 to 1; none where gamma is 1.
    steps: Option<Steps<u8>>,
    table: Option<Table<u8>>,
}

impl Curve {
    pub(super) fn new(range: Range, gamma: f64, sample_type: Option<SampleType>) -> Self {
        let linear = (gamma - 1.0).abs() < 1e-9;
        let steps = (!linear).then(|| Box::new(steps(|position| to_byte(255.0 * bend(position, gamma)))));
        let mut curve = Self { range, gamma, steps, table: None };
        curve.table = sample_type.and_then(|sample_type| Table::new(sample_type, |value| curve.byte(value)));
        curve
    }

    /// The byte of one value.
    fn byte(&self, value: f64) -> u8 {
        to_byte(255.0 * bend(self.range.position(value), self.gamma))
    }

    /// The colours of the samples of three planes from `start` on, in one pass; `false` if some curve has no table, or planes are not
    /// of one type.
    pub(super) fn look_up_colors(curves: &[Self; 3], planes: [&Samples; 3], start: usize, out: &mut [[u8; 4]]) -> bool {
        let [Some(red), Some(green), Some(blue)] = curves.each_ref().map(|curve| curve.table.as_ref()) else {
            return false;
        };
        match ([red, green, blue], planes) {
            ([Table::U8(r), Table::U8(g), Table::U8(b)], [Samples::U8(red), Samples::U8(green), Samples::U8(blue)]) => {
                each_color([r, g, b], [red, green, blue], start, out);
            }
            (
                [Table::U16(r), Table::U16(g), Table::U16(b)],
                [Samples::U16(red), Samples::U16(green), Samples::U16(blue)],
            ) => each_color([r, g, b], [red, green, blue], start, out),
            _ => return false,
        }
        true
    }

    /// The bytes of the samples from `start` on, as many as `out` takes.
    pub(super) fn apply(&self, plane: &Samples, start: usize, out: &mut [u8]) {
        if self.table.as_ref().is_some_and(|table| table.look_up(plane, start, out)) {
            return;
        }
        let (low, per_unit) = self.range.line();
        match &self.steps {
            None => with_samples!(plane, plane => {
                each(plane, start, out, |sample| to_byte((sample.real() - low) * per_unit * 255.0));
            }),
            Some(steps) => with_samples!(plane, plane => {
                each(plane, start, out, |sample| at_position(steps, (sample.real() - low) * per_unit));
            }),
        }
    }
}

/// Colours of a single value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Colors {
    scale: Scale,
    table: Option<Table<[u8; 4]>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Scale {
    /// A colour for each step of a range.
    Steps { range: Range, colors: Steps<[u8; 4]> },
    /// Colours at values.
    Ramp(Ramp),
    /// Colours of whole numbers from 0 on.
    Palette(Vec<[u8; 4]>),
}

impl Scale {
    fn color(&self, value: f64) -> [u8; 4] {
        match self {
            _ if value.is_nan() => NOTHING,
            Self::Steps { range, colors } => at_position(colors, range.position(value)),
            Self::Ramp(ramp) => ramp.color(value).unwrap_or(NOTHING),
            Self::Palette(colors) => {
                palette_index(value).and_then(|index| colors.get(index)).copied().unwrap_or(NOTHING)
            }
        }
    }
}

impl Colors {
    /// A named map over a range.
    pub(super) fn named(map: &NamedColormap, range: Range, gamma: f64, sample_type: Option<SampleType>) -> Self {
        let colors = steps(|position| {
            let [red, green, blue] = map.sample(bend(position, gamma));
            [red, green, blue, u8::MAX]
        });
        Self::new(Scale::Steps { range, colors: Box::new(colors) }, sample_type)
    }

    pub(super) fn ramp(ramp: Ramp, sample_type: Option<SampleType>) -> Self {
        Self::new(Scale::Ramp(ramp), sample_type)
    }

    pub(super) fn palette(colors: Vec<[u8; 4]>, sample_type: Option<SampleType>) -> Self {
        Self::new(Scale::Palette(colors), sample_type)
    }

    fn new(scale: Scale, sample_type: Option<SampleType>) -> Self {
        let table = sample_type.and_then(|sample_type| Table::new(sample_type, |value| scale.color(value)));
        Self { scale, table }
    }

    /// The colours of the samples from `start` on, as many as `out` takes.
    pub(super) fn apply(&self, plane: &Samples, start: usize, out: &mut [[u8; 4]]) {
        if self.table.as_ref().is_some_and(|table| table.look_up(plane, start, out)) {
            return;
        }
        with_samples!(plane, plane => {
            let values = plane.get(start..).unwrap_or_default().iter().map(|sample| sample.real());
            self.apply_values(values, out);
        });
    }

    /// The colours of calculated values.
    pub(super) fn apply_values(&self, values: impl Iterator<Item = f64>, out: &mut [[u8; 4]]) {
        match &self.scale {
            Scale::Steps { range, colors } => {
                let (low, per_unit) = range.line();
                for (out, value) in out.iter_mut().zip(values) {
                    let color = at_position(colors, (value - low) * per_unit);
                    *out = if value.is_nan() { NOTHING } else { color };
                }
            }
            scale => out.iter_mut().zip(values).for_each(|(out, value)| *out = scale.color(value)),
        }
    }
}

/// Gamma on a value between 0 and 1.
fn bend(position: f64, gamma: f64) -> f64 {
    if (gamma - 1.0).abs() < 1e-9 { position } else { position.powf(gamma.recip()) }
}

/// The index that a value means, if it is a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a whole number in range")]
fn palette_index(value: f64) -> Option<usize> {
    (value.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&value)).then_some(value as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: Range = Range { low: 1000.0, high: 9000.0 };

    #[test]
    fn the_16_bit_table_equals_the_formula_on_floats() {
        for gamma in [1.0, 1.4] {
            let curve = Curve::new(RANGE, gamma, Some(SampleType::U16));
            let integers: Vec<u16> = (0..=u16::MAX).collect();
            let floats: Vec<f32> = integers.iter().map(|&v| f32::from(v)).collect();
            let mut by_table = vec![0; integers.len()];
            let mut by_formula = vec![0; integers.len()];
            curve.apply(&Samples::U16(integers), 0, &mut by_table);
            curve.apply(&Samples::F32(floats), 0, &mut by_formula);
            let worst = by_table.iter().zip(&by_formula).map(|(a, b): (&u8, &u8)| a.abs_diff(*b)).max().unwrap();
            assert!(worst <= u8::from(gamma > 1.0), "they differ by {worst} at gamma {gamma}");
        }
    }

    #[test]
    fn signed_tables_follow_the_values_not_the_bits() {
        let range = Range { low: -100.0, high: 100.0 };
        let mut out = [0; 3];
        Curve::new(range, 1.0, Some(SampleType::I16)).apply(&Samples::I16(vec![-100, 0, 100]), 0, &mut out);
        assert_eq!(out, [0, 128, 255]);
        Curve::new(range, 1.0, Some(SampleType::I8)).apply(&Samples::I8(vec![-100, 0, 100]), 0, &mut out);
        assert_eq!(out, [0, 128, 255]);
    }

    #[test]
    fn a_plane_of_another_type_than_promised_is_still_right() {
        let mut out = [0; 2];
        Curve::new(RANGE, 1.0, Some(SampleType::U16)).apply(&Samples::F64(vec![1000.0, 9000.0]), 0, &mut out);
        assert_eq!(out, [0, 255]);
    }

    #[test]
    fn gamma_above_one_brightens_the_middle_and_keeps_the_ends() {
        let mut out = [0; 3];
        let plane = Samples::F32(vec![1000.0, 5000.0, 9000.0]);
        Curve::new(RANGE, 2.0, None).apply(&plane, 0, &mut out);
        // 0.5^(1/2) * 255 = 180.3
        assert_eq!(out, [0, 180, 255]);
    }

    #[test]
    fn a_named_map_gives_the_same_by_table_and_by_formula() {
        let map = NamedColormap::new("viridis").unwrap();
        let colors = Colors::named(&map, RANGE, 1.0, Some(SampleType::U16));
        let mut by_table = vec![NOTHING; 10_000];
        let mut by_formula = by_table.clone();
        colors.apply(&Samples::U16((0..10_000).collect()), 0, &mut by_table);
        colors.apply(&Samples::F32((0..10_000_u16).map(f32::from).collect()), 0, &mut by_formula);
        assert_eq!(by_table, by_formula);
        assert_ne!(by_table[1000], by_table[9000]);
    }

    #[test]
    fn what_is_no_number_or_no_index_of_the_palette_shows_nothing() {
        let palette = Colors::palette(vec![[1, 2, 3, 255]], Some(SampleType::U8));
        let mut out = [[9; 4]; 2];
        palette.apply(&Samples::U8(vec![0, 1]), 0, &mut out);
        assert_eq!(out, [[1, 2, 3, 255], NOTHING]);
        palette.apply(&Samples::F32(vec![f32::NAN, 0.5]), 0, &mut out);
        assert_eq!(out, [NOTHING; 2]);
    }
}
