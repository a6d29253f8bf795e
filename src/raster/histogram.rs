//! Counts of values in bins of equal width.

/// Counts of values between `low` and `high` in bins of equal width; the last bin holds `high` too.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    low: f64,
    high: f64,
    counts: Vec<u64>,
}

impl Histogram {
    /// An empty histogram; `None` unless both bounds are finite, `low <= high` and there is at least one bin.
    pub fn new(low: f64, high: f64, bins: usize) -> Option<Self> {
        if !(low.is_finite() && high.is_finite() && low <= high && bins > 0) {
            return None;
        }
        Some(Self { low, high, counts: vec![0; bins] })
    }

    /// Lower edge of the first bin.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Upper edge of the last bin.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// How many values each bin holds, lowest bin first.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How many values all bins hold together.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Width of a bin in the values' own unit; 0 when both bounds are the same.
    pub fn bin_width(&self) -> f64 {
        (self.high / self.counts.len() as f64) - (self.low / self.counts.len() as f64)
    }

    /// The edges of the bins: one more than there are bins, the first `low`, the last `high`.
    pub fn edges(&self) -> Vec<f64> {
        let bins = self.counts.len() as f64;
        (0..=self.counts.len())
            .map(|index| {
                let share = index as f64 / bins;
                self.low * (1.0 - share) + self.high * share
            })
            .collect()
    }

    /// Which bin a value belongs to; `None` outside the bounds and for NaN.
    pub fn bin_of(&self, value: f64) -> Option<usize> {
        if !(self.low..=self.high).contains(&value) {
            return None;
        }
        let width = self.bin_width();
        if width <= 0.0 {
            return Some(0);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of bins")]
        let bin = ((value / width) - (self.low / width)) as usize;
        Some(bin.min(self.counts.len() - 1))
    }

    /// Counts `times` values that equal `value`; values outside the bounds are left out.
    pub fn add(&mut self, value: f64, times: u64) {
        if let Some(count) = self.bin_of(value).and_then(|bin| self.counts.get_mut(bin)) {
            *count = count.saturating_add(times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_is_in_the_last_bin_and_nothing_past_it() {
        let mut histogram = Histogram::new(0.0, 10.0, 5).unwrap();
        for value in [0.0, 1.9, 2.0, 10.0, 10.1, -0.1, f64::NAN] {
            histogram.add(value, 1);
        }
        assert_eq!(histogram.counts(), [2, 1, 0, 0, 1]);
        assert_eq!(histogram.edges(), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
    }

    #[test]
    fn one_single_value_fills_the_first_bin() {
        let mut histogram = Histogram::new(3.0, 3.0, 4).unwrap();
        histogram.add(3.0, 7);
        assert_eq!(histogram.counts(), [7, 0, 0, 0]);
    }

    #[test]
    fn the_whole_range_of_f64_does_not_overflow() {
        let mut histogram = Histogram::new(f64::MIN, f64::MAX, 2).unwrap();
        histogram.add(-1.0, 1);
        histogram.add(f64::MAX, 1);
        assert_eq!(histogram.total(), 2);
        assert!(histogram.edges().iter().all(|edge| edge.is_finite()));
    }

    #[test]
    fn bounds_that_make_no_sense_are_refused() {
        assert_eq!(Histogram::new(1.0, 0.0, 2), None);
        assert_eq!(Histogram::new(0.0, f64::NAN, 2), None);
        assert_eq!(Histogram::new(0.0, 1.0, 0), None);
    }
}
