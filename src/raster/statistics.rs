//! What a band's values are like: bounds, mean, spread, percentiles, histogram.
//!
//! Only valid, finite values count. Callers choose what they pass: a whole band, an overview or a sample of blocks.

use super::{Histogram, INVALID, Sample, Samples};

/// Bins of the histogram in [`BandStatistics`].
pub const HISTOGRAM_BINS: usize = 256;

/// A share of the values in percent, and the value below which it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// 0 to 100.
    pub percent: f64,
    /// In the band's own unit, interpolated linearly between the two nearest values.
    pub value: f64,
}

/// Statistics of one band's valid values. Complex samples count with their real part.
#[derive(Debug, Clone, PartialEq)]
pub struct BandStatistics {
    /// Lowest value.
    pub min: f64,
    /// Highest value.
    pub max: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation of the population (divided by the count, not by the count less one).
    pub std_dev: f64,
    /// How many values went in.
    pub valid_count: u64,
    /// Share of the samples that are valid, 0 to 100.
    pub valid_percent: f64,
    /// The percentiles that were asked for, in that order.
    pub percentiles: Vec<Percentile>,
    /// Counts in [`HISTOGRAM_BINS`] bins between `min` and `max`.
    pub histogram: Histogram,
}

impl BandStatistics {
    /// Statistics over several parts of one band, each a plane and its mask; `None` when there is no valid value.
    ///
    /// `percents` are the percentiles asked for, each 0 to 100 (others are cut to that range). Exact for types of 8 and 16 bits
    /// at any size; other types need 8 bytes of memory for each valid value.
    pub fn of_parts(parts: &[(&Samples, &[u8])], percents: &[f64]) -> Option<Self> {
        let total: u64 = parts.iter().map(|(plane, _)| plane.len() as u64).sum();
        let counted = Counted::of_parts(parts)?;
        let min = counted.first()?;
        let max = counted.last()?;
        let valid_count = counted.count();
        let mean = counted.weighted().map(|(value, times)| value * times).sum::<f64>() / valid_count as f64;
        let variance =
            counted.weighted().map(|(value, times)| (value - mean).powi(2) * times).sum::<f64>() / valid_count as f64;
        let mut histogram = Histogram::new(min, max, HISTOGRAM_BINS)?;
        counted.fill(&mut histogram);
        let percentiles = percents
            .iter()
            .filter_map(|&percent| counted.percentile(percent).map(|value| Percentile { percent, value }))
            .collect();
        Some(Self {
            min,
            max,
            mean,
            std_dev: variance.sqrt(),
            valid_count,
            valid_percent: 100.0 * valid_count as f64 / total as f64,
            percentiles,
            histogram,
        })
    }

    /// Statistics of one plane and its mask; see [`BandStatistics::of_parts`].
    pub fn of(plane: &Samples, mask: &[u8], percents: &[f64]) -> Option<Self> {
        Self::of_parts(&[(plane, mask)], percents)
    }

    /// The value of a percentile that was asked for.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        self.percentiles.iter().find(|known| (known.percent - percent).abs() < 1e-9).map(|known| known.value)
    }
}

/// All valid values in ascending order, either one by one or as counts of each distinct value.
enum Counted {
    /// Distinct values, ascending, with how often each occurs (never 0).
    Distinct(Vec<(f64, u64)>),
    /// Every value, ascending.
    Sorted(Vec<f64>),
}

impl Counted {
    /// `None` when there is no valid value.
    fn of_parts(parts: &[(&Samples, &[u8])]) -> Option<Self> {
        let small =
            |plane: &Samples| matches!(plane, Samples::U8(_) | Samples::I8(_) | Samples::U16(_) | Samples::I16(_));
        let counted = if parts.iter().all(|(plane, _)| small(plane)) {
            Self::Distinct(distinct(parts))
        } else {
            let mut values = Vec::new();
            for (plane, mask) in parts {
                super::with_samples!(plane, plane => collect_valid(plane, mask, &mut values));
            }
            values.sort_unstable_by(f64::total_cmp);
            Self::Sorted(values)
        };
        (counted.count() > 0).then_some(counted)
    }

    fn count(&self) -> u64 {
        match self {
            Self::Distinct(values) => values.iter().map(|(_, times)| times).sum(),
            Self::Sorted(values) => values.len() as u64,
        }
    }

    fn first(&self) -> Option<f64> {
        match self {
            Self::Distinct(values) => values.first().map(|(value, _)| *value),
            Self::Sorted(values) => values.first().copied(),
        }
    }

    fn last(&self) -> Option<f64> {
        match self {
            Self::Distinct(values) => values.last().map(|(value, _)| *value),
            Self::Sorted(values) => values.last().copied(),
        }
    }

    /// Each value with how often it occurs.
    fn weighted(&self) -> Box<dyn Iterator<Item = (f64, f64)> + '_> {
        match self {
            Self::Distinct(values) => Box::new(values.iter().map(|&(value, times)| (value, times as f64))),
            Self::Sorted(values) => Box::new(values.iter().map(|&value| (value, 1.0))),
        }
    }

    fn fill(&self, histogram: &mut Histogram) {
        match self {
            Self::Distinct(values) => values.iter().for_each(|&(value, times)| histogram.add(value, times)),
            Self::Sorted(values) => values.iter().for_each(|&value| histogram.add(value, 1)),
        }
    }

    /// The value at `rank`, counted from 0 in ascending order.
    fn at(&self, rank: u64) -> Option<f64> {
        match self {
            Self::Sorted(values) => values.get(usize::try_from(rank).ok()?).copied(),
            Self::Distinct(values) => {
                let mut below = 0;
                values.iter().find_map(|&(value, times)| {
                    below += times;
                    (rank < below).then_some(value)
                })
            }
        }
    }

    /// Linear interpolation between closest ranks, `rank = percent / 100 * (count - 1)` (Hyndman and Fan's type 7).
    fn percentile(&self, percent: f64) -> Option<f64> {
        let rank = (percent / 100.0).clamp(0.0, 1.0) * (self.count() - 1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
        let whole = rank.floor() as u64;
        let low = self.at(whole)?;
        let high = self.at(whole + 1).unwrap_or(low);
        let share = rank - rank.floor();
        Some(low * (1.0 - share) + high * share)
    }
}

/// What is added to 16-bit values, signed or not, to count them from 0.
const OFFSET: i32 = 32_768;

/// Counts of the distinct values of types that have at most 65,536 of them.
fn distinct(parts: &[(&Samples, &[u8])]) -> Vec<(f64, u64)> {
    let mut counts = vec![0_u64; 3 * 32_768];
    for (plane, mask) in parts {
        match plane {
            Samples::U8(plane) => count(plane, mask, &mut counts),
            Samples::I8(plane) => count(plane, mask, &mut counts),
            Samples::U16(plane) => count(plane, mask, &mut counts),
            Samples::I16(plane) => count(plane, mask, &mut counts),
            _ => {}
        }
    }
    (-OFFSET..).zip(counts).filter(|&(_, times)| times > 0).map(|(value, times)| (f64::from(value), times)).collect()
}

/// Counts valid samples by their value plus [`OFFSET`].
fn count<T: Sample + Into<i32>>(plane: &[T], mask: &[u8], counts: &mut [u64]) {
    for (&sample, &mask) in plane.iter().zip(mask) {
        let index = usize::try_from(sample.into() + OFFSET).unwrap_or_default();
        if let Some(count) = counts.get_mut(index) {
            *count += u64::from(mask != INVALID);
        }
    }
}

fn collect_valid<T: Sample>(plane: &[T], mask: &[u8], values: &mut Vec<f64>) {
    let valid = plane.iter().zip(mask).filter(|&(_, &mask)| mask != INVALID).map(|(sample, _)| sample.real());
    values.extend(valid.filter(|value| value.is_finite()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::VALID;

    #[test]
    fn masked_and_non_finite_values_never_enter() {
        let plane = Samples::F32(vec![1.0, 2.0, f32::NAN, 1e30, f32::INFINITY]);
        let statistics = BandStatistics::of(&plane, &[VALID, VALID, VALID, INVALID, VALID], &[50.0]).unwrap();
        assert_eq!((statistics.min, statistics.max, statistics.mean), (1.0, 2.0, 1.5));
        assert_eq!(statistics.valid_count, 2);
        assert!((statistics.valid_percent - 40.0).abs() < 1e-12);
        assert_eq!(statistics.percentile(50.0), Some(1.5));
    }

    #[test]
    fn a_band_without_valid_values_has_no_statistics() {
        assert_eq!(BandStatistics::of(&Samples::U8(vec![1, 2]), &[INVALID; 2], &[]), None);
        assert_eq!(BandStatistics::of(&Samples::F64(vec![f64::NAN]), &[VALID], &[]), None);
    }

    #[test]
    fn counting_and_sorting_agree() {
        let values: Vec<u16> = (0..1000_u32).map(|i| u16::try_from(i * 7919 % 65_536).unwrap()).collect();
        let wide: Vec<u32> = values.iter().map(|&value| u32::from(value)).collect();
        let mask = vec![VALID; values.len()];
        let percents = [0.0, 2.0, 33.3, 98.0, 100.0];
        let counted = BandStatistics::of(&Samples::U16(values), &mask, &percents).unwrap();
        let sorted = BandStatistics::of(&Samples::U32(wide), &mask, &percents).unwrap();
        assert_eq!(counted.percentiles, sorted.percentiles);
        assert_eq!(counted.histogram, sorted.histogram);
        assert!((counted.mean - sorted.mean).abs() < 1e-9 && (counted.std_dev - sorted.std_dev).abs() < 1e-9);
    }

    #[test]
    fn spread_is_that_of_the_population() {
        let statistics = BandStatistics::of(&Samples::I8(vec![-1, 1]), &[VALID; 2], &[]).unwrap();
        assert!((statistics.std_dev - 1.0).abs() < 1e-12);
    }

    #[test]
    fn parts_count_together() {
        let low = Samples::I16(vec![-32_768, 0]);
        let high = Samples::U16(vec![65_535, 9]);
        let statistics =
            BandStatistics::of_parts(&[(&low, &[VALID; 2]), (&high, &[VALID, INVALID])], &[0.0, 100.0]).unwrap();
        assert_eq!(statistics.percentile(0.0), Some(-32_768.0));
        assert_eq!(statistics.percentile(100.0), Some(65_535.0));
        assert_eq!(statistics.histogram.total(), 3);
    }
}
