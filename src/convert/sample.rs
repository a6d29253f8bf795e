//! What the types of samples have in common when overviews are made: sums, means and their rounding.

use crate::cog::{Nodata, NodataSample};

/// A sum of weighted samples.
pub(super) trait Weighted<T>: Default {
    fn add(&mut self, value: T, weight: f64);
    /// The mean, rounded as the type asks for; `None` if nothing was added.
    fn mean(&self) -> Option<T>;
}

/// A sample that means can be made of.
pub(super) trait OverviewSample: NodataSample + Default {
    /// What sums it up without losing digits.
    type Sum: Weighted<Self>;
    /// Whether there are samples that are no number.
    const HAS_NAN: bool;

    /// The mean of four.
    fn mean_of_four(values: [Self; 4]) -> Self;

    /// Whether both are the same value; NaN is the same as NaN.
    fn is_same(self, other: Self) -> bool {
        self == other || (self.is_nan() && other.is_nan())
    }

    /// The value itself, or its neighbour if it happens to be nodata.
    fn other_than(self, nodata: Self) -> Self;

    /// The nodata value and its tolerance, if the type can hold it.
    fn nodata(nodata: Option<Nodata>) -> Option<(Self, Self)> {
        let value = nodata.and_then(Self::from_nodata)?;
        Some((value, Self::tolerance(value)))
    }

    /// The value where there is none, and nodata isn't either: 0 below a mask, else NaN made it so.
    fn nothing(is_masked: bool) -> Self;
}

/// Sum of numbers that `f64` holds exactly.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plain {
    sum: f64,
    weight: f64,
}

impl Plain {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn mean(&self) -> Option<f64> {
        (self.weight.abs() > 1e-9).then(|| self.sum / self.weight)
    }
}

/// Sum of the differences from the first number, for integers with more digits than `f64` has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FromFirst {
    first: Option<i128>,
    differences: Plain,
}

macro_rules! integers {
    ($($type:ty: $sum:ty),*) => {$(
        impl Weighted<$type> for Plain {
            #[inline]
            fn add(&mut self, value: $type, weight: f64) {
                self.add(f64::from(value), weight);
            }

            #[inline]
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats are limited to the type")]
            fn mean(&self) -> Option<$type> {
                self.mean().map(|mean| mean.round() as $type)
            }
        }

        impl OverviewSample for $type {
            type Sum = Plain;
            const HAS_NAN: bool = false;

            #[inline]
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the mean of four is one of the type")]
            fn mean_of_four(values: [Self; 4]) -> Self {
                let sum = values.into_iter().map(<$sum>::from).sum::<$sum>();
                // Halves are rounded away from zero.
                let half = if sum < 0 { 1 } else { 2 };
                ((sum + half) >> 2) as Self
            }

            fn other_than(self, nodata: Self) -> Self {
                match self {
                    value if value != nodata => value,
                    Self::MAX => Self::MAX - 1,
                    value => value + 1,
                }
            }

            fn nothing(_: bool) -> Self {
                0
            }
        }
    )*};
}
integers!(u8: i32, i8: i32, u16: i32, i16: i32, u32: i64, i32: i64);

macro_rules! long_integers {
    ($($type:ty),*) => {$(
        impl Weighted<$type> for FromFirst {
            fn add(&mut self, value: $type, weight: f64) {
                let value = i128::from(value);
                let first = *self.first.get_or_insert(value);
                self.differences.add((value - first) as f64, weight);
            }

            #[allow(clippy::cast_possible_truncation, reason = "differences of 64-bit integers fit")]
            fn mean(&self) -> Option<$type> {
                let mean = self.first? + self.differences.mean()?.round() as i128;
                Some(<$type>::try_from(mean.clamp(i128::from(<$type>::MIN), i128::from(<$type>::MAX))).unwrap_or_default())
            }
        }

        impl OverviewSample for $type {
            type Sum = FromFirst;
            const HAS_NAN: bool = false;

            fn mean_of_four(values: [Self; 4]) -> Self {
                let sum: i128 = values.into_iter().map(i128::from).sum();
                let half = if sum < 0 { 1 } else { 2 };
                Self::try_from((sum + half) >> 2).unwrap_or_default()
            }

            fn other_than(self, nodata: Self) -> Self {
                match self {
                    value if value != nodata => value,
                    Self::MAX => Self::MAX - 1,
                    value => value + 1,
                }
            }

            fn nothing(_: bool) -> Self {
                0
            }
        }
    )*};
}
long_integers!(u64, i64);

macro_rules! floats {
    ($($type:ty),*) => {$(
        impl Weighted<$type> for Plain {
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one body for both widths")]
            fn add(&mut self, value: $type, weight: f64) {
                self.add(value as f64, weight);
            }

            #[inline]
            #[allow(clippy::cast_possible_truncation, reason = "rounding to the type is what is asked for")]
            fn mean(&self) -> Option<$type> {
                self.mean().map(|mean| mean as $type)
            }
        }

        impl OverviewSample for $type {
            type Sum = Plain;
            const HAS_NAN: bool = true;

            fn mean_of_four(values: [Self; 4]) -> Self {
                values.into_iter().sum::<Self>() / 4.0
            }

            #[allow(clippy::float_cmp, reason = "only the very value is taken for nodata")]
            fn other_than(self, nodata: Self) -> Self {
                if self == nodata { self.next_up() } else { self }
            }

            fn nothing(is_masked: bool) -> Self {
                if is_masked { 0.0 } else { Self::NAN }
            }
        }
    )*};
}
floats!(f32, f64);

/// Sum of both parts of complex numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Both {
    real: Plain,
    imaginary: Plain,
}

macro_rules! complex {
    ($($type:ty),*) => {$(
        impl Weighted<[$type; 2]> for Both {
            fn add(&mut self, value: [$type; 2], weight: f64) {
                self.real.add(f64::from(value[0]), weight);
                self.imaginary.add(f64::from(value[1]), weight);
            }

            fn mean(&self) -> Option<[$type; 2]> {
                Some([Weighted::<$type>::mean(&self.real)?, Weighted::<$type>::mean(&self.imaginary)?])
            }
        }

        impl OverviewSample for [$type; 2] {
            type Sum = Both;
            const HAS_NAN: bool = <$type as OverviewSample>::HAS_NAN;

            fn mean_of_four(values: [Self; 4]) -> Self {
                [values.map(|value| value[0]), values.map(|value| value[1])].map(OverviewSample::mean_of_four)
            }

            #[allow(clippy::float_cmp, reason = "only the very value is taken for nodata")]
            fn other_than(self, nodata: Self) -> Self {
                if self == nodata { [self[0].other_than(nodata[0]), self[1]] } else { self }
            }

            fn nothing(is_masked: bool) -> Self {
                [<$type>::nothing(is_masked); 2]
            }
        }
    )*};
}
complex!(i16, i32, f32, f64);

#[cfg(test)]
mod tests {
    use super::*;

    fn mean<T: OverviewSample>(values: &[T]) -> Option<T> {
        let mut sum = T::Sum::default();
        values.iter().for_each(|&value| sum.add(value, 1.0));
        sum.mean()
    }

    #[test]
    fn both_ways_to_a_mean_of_four_round_alike() {
        for values in [[1_i16, 2, 2, 1], [-1, -2, -2, -1], [-1, 0, 0, 0], [-1, -1, 0, 0], [i16::MIN; 4], [i16::MAX; 4]]
        {
            assert_eq!(mean(&values), Some(i16::mean_of_four(values)), "{values:?}");
        }
        assert_eq!(u8::mean_of_four([255, 255, 255, 254]), 255);
        assert_eq!(i16::mean_of_four([-1, -2, -2, -1]), -2);
        assert_eq!(mean::<u8>(&[]), None);
    }

    #[test]
    fn integers_of_64_bits_keep_every_digit() {
        let value = (1_i64 << 60) + 1;
        assert_eq!(mean(&[value; 3]), Some(value));
        assert_eq!(i64::mean_of_four([value; 4]), value);
        assert_eq!(u64::mean_of_four([u64::MAX; 4]), u64::MAX);
        assert_eq!(mean(&[u64::MAX, u64::MAX - 2]), Some(u64::MAX - 1));
    }

    #[test]
    fn a_mean_that_happens_to_be_nodata_becomes_its_neighbour() {
        assert_eq!(0_i16.other_than(0), 1);
        assert_eq!(255_u8.other_than(255), 254);
        assert_eq!(7_u8.other_than(0), 7);
        assert!(0.0_f32.other_than(0.0) > 0.0);
    }
}
