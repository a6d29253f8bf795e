//! Bar charts: a bar, or several on or beside one another, for each distinct value.

use super::aggregate::Aggregate;
use super::axis::{Axis, column_title};
use super::build::{Ask, Bucket, Grouping, MOST_CATEGORIES, height, height_axis, left_over_note, range_of};
use super::column::{categories, is_categorical};
use super::error::ChartError;
use super::marks::{Bar, Chart, Marks};
use super::spec::Scale;

/// Half of a bar's width; categories are 1 apart.
const HALF_WIDTH: f64 = 0.4;

pub(super) fn chart(ask: &Ask<'_>) -> Result<Chart, ChartError> {
    let (x, heights) = (ask.x()?, ask.heights()?);
    let grouping = ask.grouping()?;
    let mut found = categories(x, ask.rows, MOST_CATEGORIES);
    let group_count = grouping.count();
    let mut buckets = vec![Bucket::default(); found.names.len() * group_count];
    let mut left_out = 0;
    for (place, row) in ask.rows.iter().enumerate() {
        let Some(category) = found.of_rows.get(place).copied().flatten() else { continue };
        let bucket = buckets.get_mut(category as usize * group_count + usize::from(grouping.of(place)));
        let is_taken = bucket.is_some_and(|bucket| bucket.take(*row, heights, ask.spec.aggregate));
        left_out += usize::from(!is_taken);
    }
    let mut stacks: Vec<(String, Vec<Bucket>)> =
        found.names.drain(..).zip(buckets.chunks(group_count).map(<[Bucket]>::to_vec)).collect();
    if is_categorical(x) {
        sort_by_height(&mut stacks, ask.spec.aggregate);
    }
    let (names, stacks): (Vec<String>, Vec<Vec<Bucket>>) = stacks.into_iter().unzip();
    let centers = (0..stacks.len()).map(|at| (at as f64 - HALF_WIDTH, at as f64 + HALF_WIDTH));
    let (bars, y_axis) = stand(ask, centers.zip(stacks), &grouping, ask.aggregate_title(heights));
    let note = left_over_note(x, names.len(), found.left_over);
    let x_axis = Axis::categories(column_title(x.name()), names);
    let title = format!("{} by {}", y_axis.title, x_axis.title);
    let mut chart = ask.plain(title, (x_axis, y_axis), grouping.groups, Marks::Bars(bars));
    chart.left_out = left_out;
    chart.notes.extend(note);
    Ok(chart)
}

/// The highest first; of equal ones the one that comes first by name.
fn sort_by_height(stacks: &mut [(String, Vec<Bucket>)], aggregate: Aggregate) {
    let whole = |buckets: &[Bucket]| {
        let mut whole = Bucket::default();
        for bucket in buckets {
            whole.join(bucket);
        }
        whole.value(aggregate).unwrap_or(f64::NEG_INFINITY)
    };
    stacks.sort_by_cached_key(|(name, buckets)| (Descending(whole(buckets)), name.clone()));
}

#[derive(PartialEq)]
struct Descending(f64);

impl Eq for Descending {}

impl PartialOrd for Descending {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Descending {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0)
    }
}

/// Bars of groups on top of one another where heights add up (counts and sums of what isn't negative), side by side else.
pub(super) fn stand(
    ask: &Ask<'_>,
    stacks: impl Iterator<Item = ((f64, f64), Vec<Bucket>)>,
    grouping: &Grouping,
    title: String,
) -> (Vec<Bar>, Axis) {
    let (aggregate, scale) = (ask.spec.aggregate, ask.spec.y_scale);
    let mut bars = Vec::new();
    for (x, buckets) in stacks {
        for (group, mut bucket) in buckets.into_iter().enumerate() {
            let value = if bucket.rows.is_empty() { None } else { bucket.value(aggregate) };
            if let (Some(value), Ok(group)) = (value, u16::try_from(group)) {
                bars.push(Bar { x, y: (0.0, value), value, group, rows: bucket.rows });
            }
        }
    }
    let adds_up = matches!(aggregate, Aggregate::Count | Aggregate::Sum);
    if grouping.count() > 1 {
        if adds_up && bars.iter().all(|bar| bar.value >= 0.0) { stack(&mut bars) } else { dodge(&mut bars, grouping) }
    }
    bars.retain(|bar| height(bar.y.0.max(bar.y.1), scale).is_some());
    let lowest = if scale == Scale::Log { None } else { Some(0.0) };
    let bases = bars.iter().filter(|bar| bar.y.0 > 0.0).filter_map(|bar| height(bar.y.0, scale));
    let tops = bars.iter().filter_map(|bar| height(bar.y.1, scale));
    let axis = height_axis(title, ask.spec, range_of(bases.chain(tops).chain(lowest)));
    for bar in &mut bars {
        let floor = if scale == Scale::Log { axis.range.0 } else { 0.0 };
        bar.y = (height(bar.y.0, scale).unwrap_or(floor), height(bar.y.1, scale).unwrap_or(floor));
    }
    (bars, axis)
}

/// Puts bars of the same place on top of one another; they follow one another.
fn stack(bars: &mut [Bar]) {
    let mut top = (f64::NAN, 0.0);
    for bar in bars {
        if bar.x.0.total_cmp(&top.0).is_ne() {
            top = (bar.x.0, 0.0);
        }
        bar.y = (top.1, top.1 + bar.value);
        top.1 = bar.y.1;
    }
}

/// Puts bars of the same place side by side.
fn dodge(bars: &mut [Bar], grouping: &Grouping) {
    for bar in bars {
        let width = (bar.x.1 - bar.x.0) / grouping.count() as f64;
        let left = bar.x.0 + f64::from(bar.group) * width;
        bar.x = (left, left + width);
    }
}
