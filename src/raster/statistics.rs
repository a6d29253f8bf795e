//! What a band's values are like: bounds, mean, spread, percentiles, histogram.
//!
//! Only valid, finite values count. Callers choose what they pass: a whole band, an overview or a sample of blocks.

use super::counted::Collected;
use super::{Histogram, SampleType, Samples};

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
    /// Statistics over several parts of one band, each a plane and its mask; see [`StatisticsCollector`] for what they cost.
    pub fn of_parts(parts: &[(&Samples, &[u8])], percents: &[f64]) -> Option<Self> {
        let total: u64 = parts.iter().map(|(plane, _)| plane.len() as u64).sum();
        let (first, _) = parts.first()?;
        let mut collector = StatisticsCollector::new(first.sample_type(), total);
        parts.iter().for_each(|(plane, mask)| collector.add(plane, mask));
        collector.finish(percents)
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

/// Gathers the values of a band part by part, so that no part need be kept.
///
/// Types of 8 bits, and of 16 bits where there are many samples, are counted and take at most 512 KiB; of other types each valid
/// value is kept, in 4 bytes, or 8 for types of 64 bits and complex ones.
#[derive(Debug)]
pub struct StatisticsCollector {
    total: u64,
    values: Collected,
}

impl StatisticsCollector {
    /// For about that many samples of a type. Others may come, but then take 8 bytes each.
    pub fn new(sample_type: SampleType, samples: u64) -> Self {
        Self { total: 0, values: Collected::new(sample_type, samples) }
    }

    /// Bytes that a collector for that many samples of a type takes at most.
    pub fn max_bytes(sample_type: SampleType, samples: u64) -> u64 {
        Collected::max_bytes(sample_type, samples)
    }

    /// Takes in a plane and its mask.
    pub fn add(&mut self, plane: &Samples, mask: &[u8]) {
        self.total += plane.len() as u64;
        self.values.add(plane, mask);
    }

    /// Statistics of what was taken in; `None` when there is no valid value.
    ///
    /// `percents` are the percentiles asked for, each 0 to 100 (others are cut to that range). All figures are exact.
    pub fn finish(self, percents: &[f64]) -> Option<BandStatistics> {
        let counted = self.values.sorted();
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
        Some(BandStatistics {
            min,
            max,
            mean,
            std_dev: variance.sqrt(),
            valid_count,
            valid_percent: 100.0 * valid_count as f64 / self.total as f64,
            percentiles,
            histogram,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{INVALID, VALID};

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

    #[test]
    fn every_type_gives_the_same_figures_however_it_is_kept() {
        let values: Vec<i16> = (0..100).map(|at| at * 37 % 101 - 50).collect();
        let mask = vec![VALID; values.len()];
        let of = |plane: Samples| BandStatistics::of(&plane, &mask, &[0.0, 12.5, 50.0, 100.0]).unwrap();
        let wide = of(Samples::F64(values.iter().map(|&value| f64::from(value)).collect()));
        let narrow = of(Samples::I8(values.iter().map(|&value| i8::try_from(value).unwrap()).collect()));
        let many: Vec<i16> = values.iter().copied().cycle().take(300_000).collect();
        let counted = BandStatistics::of(&Samples::I16(many.clone()), &vec![VALID; many.len()], &[50.0]).unwrap();
        assert_eq!((counted.percentile(50.0), counted.valid_count), (wide.percentile(50.0), 300_000));
        for other in [
            narrow,
            of(Samples::F32(values.iter().map(|&value| f32::from(value)).collect())),
            of(Samples::I32(values.iter().map(|&value| i32::from(value)).collect())),
            of(Samples::I64(values.iter().map(|&value| i64::from(value)).collect())),
            of(Samples::I16(values)),
        ] {
            assert_eq!((&other.percentiles, &other.histogram), (&wide.percentiles, &wide.histogram));
            assert!((other.mean - wide.mean).abs() < 1e-9 && (other.std_dev - wide.std_dev).abs() < 1e-9);
        }
        let large = of(Samples::U32((0..100).map(|at| u32::MAX - at).collect()));
        assert_eq!((large.min, large.max), (f64::from(u32::MAX - 99), f64::from(u32::MAX)));
    }
}
