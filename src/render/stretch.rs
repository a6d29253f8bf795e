//! Which source values become the darkest and the brightest of a channel.

use std::sync::Arc;

use super::style::{Channels, Stretch, Style};
use super::{ColorSource, StyleError};
use crate::raster::{BandStatistics, SampleType};

/// The percentiles of the default cut.
pub const DEFAULT_CUT: (f64, f64) = (2.0, 98.0);

/// The source values shown darkest and brightest; the other way round where `low > high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The value that becomes 0.
    pub low: f64,
    /// The value that becomes 1.
    pub high: f64,
}

impl Range {
    /// Where a value lies in the range, from 0 to 1, cut at both ends; a range of one value puts that value halfway.
    pub fn position(self, value: f64) -> f64 {
        let (low, per_unit) = self.line();
        ((value - low) * per_unit).clamp(0.0, 1.0)
    }

    /// `(value - line.0) * line.1` runs from 0 to 1 over the range.
    pub(super) fn line(self) -> (f64, f64) {
        let width = self.high - self.low;
        if width == 0.0 { (self.low - 0.5, 1.0) } else { (self.low, width.recip()) }
    }
}

/// One channel of a style: what its values are known to be.
pub(super) struct Channel<'a> {
    pub(super) sample_type: Option<SampleType>,
    pub(super) statistics: Option<&'a Arc<BandStatistics>>,
}

impl Style {
    /// The percentiles that the statistics given to [`Style::painter`] must have.
    pub fn percentiles(&self) -> [f64; 2] {
        match self.stretch {
            Stretch::Percentile { low, high } => [low, high],
            _ => [DEFAULT_CUT.0, DEFAULT_CUT.1],
        }
    }

    /// Whether the look depends on the statistics of the values shown.
    pub fn needs_statistics(&self, source: &ColorSource) -> bool {
        match self.stretch {
            Stretch::None | Stretch::Manual(_) => false,
            Stretch::MinMax | Stretch::Percentile { .. } => true,
            Stretch::Auto => match &self.channels {
                Channels::Rgb(bands) => {
                    bands.iter().any(|&band| source.bands.get(band).is_none_or(|b| b.sample_type != SampleType::U8))
                }
                Channels::Single(_) => source.palette.is_none() || self.colormap.is_some(),
                Channels::Expression(_) => true,
            },
        }
    }
}

/// The range of every channel. Where nothing is known of the values, that of their type.
pub(super) fn ranges(style: &Style, channels: &[Channel<'_>]) -> Result<Vec<Range>, StyleError> {
    let bytes_rgb = channels.len() > 1 && channels.iter().all(|channel| channel.sample_type == Some(SampleType::U8));
    match &style.stretch {
        Stretch::Manual(ranges) => manual(ranges, channels.len()),
        Stretch::Auto if bytes_rgb => Ok(channels.iter().map(type_range).collect()),
        Stretch::None => Ok(channels.iter().map(type_range).collect()),
        Stretch::MinMax => Ok(from_statistics(channels, |statistics| (statistics.min, statistics.max))),
        Stretch::Auto => Ok(from_statistics(channels, |statistics| cut(statistics, DEFAULT_CUT))),
        Stretch::Percentile { low, high } => {
            if !(low.is_finite() && high.is_finite() && 0.0 <= *low && low < high && *high <= 100.0) {
                return Err(StyleError::Percentiles { low: *low, high: *high });
            }
            Ok(from_statistics(channels, |statistics| cut(statistics, (*low, *high))))
        }
    }
}

fn manual(ranges: &[(f64, f64)], channels: usize) -> Result<Vec<Range>, StyleError> {
    if let Some(&(low, high)) = ranges.iter().find(|(low, high)| !(low.is_finite() && high.is_finite())) {
        return Err(StyleError::Range { low, high });
    }
    let range = |&(low, high): &(f64, f64)| Range { low, high };
    match ranges {
        [one] => Ok(vec![range(one); channels]),
        _ if ranges.len() == channels => Ok(ranges.iter().map(range).collect()),
        _ => Err(StyleError::RangeCount { given: ranges.len(), channels }),
    }
}

fn from_statistics(channels: &[Channel<'_>], range: impl Fn(&BandStatistics) -> (f64, f64)) -> Vec<Range> {
    let known = |channel: &Channel<'_>| {
        let (low, high) = range(channel.statistics?);
        (low.is_finite() && high.is_finite()).then_some(Range { low, high })
    };
    channels.iter().map(|channel| known(channel).unwrap_or_else(|| type_range(channel))).collect()
}

/// Two percentiles: as counted, or read from the histogram if others were counted.
fn cut(statistics: &BandStatistics, (low, high): (f64, f64)) -> (f64, f64) {
    let value = |percent| statistics.percentile(percent).unwrap_or_else(|| from_histogram(statistics, percent));
    (value(low), value(high))
}

/// The percentile's value, evenly spread within the histogram's bin.
fn from_histogram(statistics: &BandStatistics, percent: f64) -> f64 {
    let histogram = &statistics.histogram;
    let wanted = percent / 100.0 * histogram.total() as f64;
    let mut below = 0.0;
    for (bin, &count) in histogram.counts().iter().enumerate() {
        let count = count as f64;
        if below + count >= wanted && count > 0.0 {
            let bins = bin as f64 + (wanted - below) / count;
            return histogram.low() + histogram.bin_width() * bins;
        }
        below += count;
    }
    histogram.high()
}

/// The range of the values' type; 0 to 1 for floats and for calculated values.
fn type_range(channel: &Channel<'_>) -> Range {
    let (low, high) = channel.sample_type.and_then(SampleType::range).unwrap_or((0.0, 1.0));
    Range { low, high }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Samples;
    use crate::render::to_byte;

    fn statistics(values: Vec<u16>, percents: &[f64]) -> Arc<BandStatistics> {
        let mask = vec![255; values.len()];
        Arc::new(BandStatistics::of(&Samples::U16(values), &mask, percents).unwrap())
    }

    fn style(stretch: Stretch) -> Style {
        Style { stretch, ..Style::default() }
    }

    fn one_range(stretch: Stretch, sample_type: SampleType, statistics: Option<&Arc<BandStatistics>>) -> Range {
        ranges(&style(stretch), &[Channel { sample_type: Some(sample_type), statistics }]).unwrap()[0]
    }

    #[test]
    fn wide_values_are_cut_at_2_and_98_percent_by_default() {
        let known = statistics((0..=1000).collect(), &[2.0, 98.0]);
        assert_eq!(one_range(Stretch::Auto, SampleType::U16, Some(&known)), Range { low: 20.0, high: 980.0 });
    }

    #[test]
    fn bytes_as_colours_are_shown_as_they_are_by_default() {
        let known = statistics((50..=100).collect(), &[2.0, 98.0]);
        let channel = || Channel { sample_type: Some(SampleType::U8), statistics: Some(&known) };
        let found = ranges(&style(Stretch::Auto), &[channel(), channel(), channel()]).unwrap();
        assert_eq!(found, [Range { low: 0.0, high: 255.0 }; 3]);
    }

    #[test]
    fn min_and_max_come_from_the_statistics() {
        let known = statistics(vec![7, 3, 9], &[]);
        assert_eq!(one_range(Stretch::MinMax, SampleType::U16, Some(&known)), Range { low: 3.0, high: 9.0 });
    }

    #[test]
    fn a_percentile_that_was_not_counted_is_read_from_the_histogram() {
        let known = statistics((0..=10_000).collect(), &[]);
        let range = one_range(Stretch::Percentile { low: 10.0, high: 90.0 }, SampleType::U16, Some(&known));
        assert!((range.low - 1000.0).abs() < 40.0 && (range.high - 9000.0).abs() < 40.0, "{range:?}");
    }

    #[test]
    fn values_of_which_nothing_is_known_take_the_range_of_their_type() {
        assert_eq!(one_range(Stretch::Auto, SampleType::I16, None), Range { low: -32768.0, high: 32767.0 });
        assert_eq!(one_range(Stretch::None, SampleType::F32, None), Range { low: 0.0, high: 1.0 });
    }

    #[test]
    fn one_manual_range_serves_every_channel_but_two_do_not_serve_three() {
        let channel = || Channel { sample_type: None, statistics: None };
        let three = [channel(), channel(), channel()];
        let found = ranges(&style(Stretch::Manual(vec![(1.0, 2.0)])), &three).unwrap();
        assert_eq!(found, [Range { low: 1.0, high: 2.0 }; 3]);
        let error = ranges(&style(Stretch::Manual(vec![(1.0, 2.0); 2])), &three).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the number of ranges (2) is not that of the channels (3): give one for all or one for each"
        );
    }

    #[test]
    fn percentiles_in_the_wrong_order_are_refused() {
        let channel = Channel { sample_type: None, statistics: None };
        assert!(ranges(&style(Stretch::Percentile { low: 98.0, high: 2.0 }), &[channel]).is_err());
    }

    fn in_quarters(range: Range, value: f64) -> u8 {
        to_byte(range.position(value) * 4.0)
    }

    #[test]
    fn a_range_of_one_value_puts_it_halfway() {
        let range = Range { low: 5.0, high: 5.0 };
        assert_eq!([4.0, 5.0, 6.0].map(|value| in_quarters(range, value)), [0, 2, 4]);
    }

    #[test]
    fn a_range_the_other_way_round_turns_the_picture_into_its_negative() {
        let range = Range { low: 10.0, high: 0.0 };
        assert_eq!([0.0, 2.5, 10.0].map(|value| in_quarters(range, value)), [4, 3, 0]);
    }
}
