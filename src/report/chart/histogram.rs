//! Histograms: how many rows there are in each range of a number or time.

use super::bars::stand;
use super::build::{Ask, Bucket, line_axis, range_of};
use super::column::{is_categorical, position};
use super::error::ChartError;
use super::marks::{Chart, Marks};
use super::spec::Scale;
use super::ticks::nice_step;
use crate::db::{Column, ValueKind};

/// More ranges than this are never made.
const MOST_BINS: u32 = 500;
/// As many as suit the data are between these.
const OWN_BINS: std::ops::RangeInclusive<f64> = 8.0..=60.0;
const DAY_S: f64 = 86_400.0;

pub(super) fn chart(ask: &Ask<'_>) -> Result<Chart, ChartError> {
    let x = ask.x()?;
    if is_categorical(x) {
        let (column, part) = (x.name().to_owned(), "the bottom axis");
        return Err(ChartError::WrongKind { column, part, needed: "numbers or times (a bar chart counts texts)" });
    }
    let heights = ask.heights()?;
    let grouping = ask.grouping()?;
    let scale = if x.kind().is_numeric() { ask.spec.x_scale } else { Scale::Linear };
    let positions: Vec<Option<f64>> = ask.rows.iter().map(|row| position(x, *row, scale)).collect();
    let bins = Bins::suiting(x, scale, &positions, ask.spec.bins);
    let group_count = grouping.count();
    let mut buckets = vec![Bucket::default(); bins.count * group_count];
    let mut left_out = 0;
    for (place, row) in ask.rows.iter().enumerate() {
        let bin = positions.get(place).copied().flatten().and_then(|position| bins.of(position));
        let bucket = bin.and_then(|bin| buckets.get_mut(bin * group_count + usize::from(grouping.of(place))));
        let is_taken = bucket.is_some_and(|bucket| bucket.take(*row, heights, ask.spec.aggregate));
        left_out += usize::from(!is_taken);
    }
    let stacks = (0..bins.count).map(|bin| bins.edges(bin)).zip(buckets.chunks(group_count).map(<[Bucket]>::to_vec));
    let (bars, y_axis) = stand(ask, stacks, &grouping, ask.aggregate_title(heights));
    let shown = (bins.count > 0).then(|| (bins.low, bins.edges(bins.count - 1).1));
    let x_axis = line_axis(x, scale, shown);
    let title = if heights.is_none() { x_axis.title.clone() } else { format!("{} by {}", y_axis.title, x_axis.title) };
    let mut chart = ask.plain(title, (x_axis, y_axis), grouping.groups, Marks::Bars(bars));
    chart.left_out = left_out;
    Ok(chart)
}

/// Ranges of equal width, side by side; each holds its lower end, the last one both ends.
struct Bins {
    low: f64,
    width: f64,
    count: usize,
}

impl Bins {
    fn suiting(column: &Column, scale: Scale, positions: &[Option<f64>], wanted: u32) -> Self {
        let Some((low, high)) = range_of(positions.iter().flatten().copied()) else {
            return Self { low: 0.0, width: 1.0, count: 0 };
        };
        let span = high - low;
        if wanted > 0 && span > 0.0 {
            let count = wanted.min(MOST_BINS);
            return Self { low, width: span / f64::from(count), count: count as usize };
        }
        let unit = if column.kind().is_temporal() { DAY_S } else { 1.0 };
        let is_whole = matches!(column.kind(), ValueKind::Integer | ValueKind::Date) && scale == Scale::Linear;
        let least = if is_whole { unit } else { 0.0 };
        let own = own_width(positions, span);
        let width = if span > 0.0 { (nice_step(own / unit) * unit).max(least) } else { least.max(smallest(low)) };
        let low = (low / width).floor() * width;
        // A value at the upper edge of the last range begins a range of its own: whole numbers have one each.
        let count = ((high - low) / width).floor() + 1.0;
        Self { low, width, count: whole(count.min(f64::from(MOST_BINS))) }
    }

    fn of(&self, position: f64) -> Option<usize> {
        let bin = ((position - self.low) / self.width).floor();
        if self.count == 0 || bin.is_nan() || bin < 0.0 {
            return None;
        }
        Some(whole(bin).min(self.count - 1))
    }

    fn edges(&self, bin: usize) -> (f64, f64) {
        (self.low + bin as f64 * self.width, self.low + (bin + 1) as f64 * self.width)
    }
}

/// The width by Freedman and Diaconis (1981): twice the range between the quartiles over the cube root of the count.
fn own_width(positions: &[Option<f64>], span: f64) -> f64 {
    let mut known: Vec<f64> = positions.iter().flatten().copied().collect();
    let count = known.len() as f64;
    let mut quantile = |share: f64| {
        let place = whole((count - 1.0) * share);
        if place < known.len() { *known.select_nth_unstable_by(place, f64::total_cmp).1 } else { 0.0 }
    };
    let width = 2.0 * (quantile(0.75) - quantile(0.25)) / count.cbrt();
    let bins = if width > 0.0 { span / width } else { *OWN_BINS.end() };
    span / bins.clamp(*OWN_BINS.start(), *OWN_BINS.end())
}

/// A width around a single value.
fn smallest(value: f64) -> f64 {
    nice_step(value.abs() * 0.1).min(1.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no less than 0; saturates")]
fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}
