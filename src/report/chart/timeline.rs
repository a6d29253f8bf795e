//! Time lines: what there is in each step of time.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use super::aggregate::Aggregate;
use super::build::{Ask, Bucket, height, height_axis, line_axis, range_of};
use super::error::ChartError;
use super::marks::{Chart, Marks, Vertex};
use super::time::{TimeStep, seconds};
use crate::db::{Column, Value, ValueKind};

/// Steps between the first and the last in which nothing happened are shown as zero up to this many steps.
const MOST_FILLED: usize = 2_000;

pub(super) fn chart(ask: &Ask<'_>) -> Result<Chart, ChartError> {
    let x = ask.x()?;
    if !x.kind().is_temporal() {
        let (column, part) = (x.name().to_owned(), "the bottom axis");
        return Err(ChartError::WrongKind { column, part, needed: "days or times" });
    }
    let heights = ask.heights()?;
    let grouping = ask.grouping()?;
    let times: Vec<Option<DateTime>> = ask.rows.iter().map(|row| time(x, *row)).collect();
    let span = range_of(times.iter().flatten().map(|time| seconds(*time)));
    let step = ask.spec.step.resolved(span.unwrap_or((0.0, 0.0)), x.kind() == ValueKind::DateTime);
    let mut buckets: BTreeMap<(u16, DateTime), Bucket> = BTreeMap::new();
    let mut left_out = 0;
    for (place, row) in ask.rows.iter().enumerate() {
        let start = times.get(place).copied().flatten().map(|time| step.start(time));
        let bucket = start.map(|start| buckets.entry((grouping.of(place), start)).or_default());
        let is_taken = bucket.is_some_and(|bucket| bucket.take(*row, heights, ask.spec.aggregate));
        left_out += usize::from(!is_taken);
    }
    if matches!(ask.spec.aggregate, Aggregate::Count | Aggregate::Sum) {
        fill(&mut buckets, step);
    }
    let mut vertices = Vec::new();
    for ((group, start), mut bucket) in buckets {
        let value = bucket.value(ask.spec.aggregate).or((ask.spec.aggregate == Aggregate::Sum).then_some(0.0));
        let place = value.and_then(|value| Some((value, height(value, ask.spec.y_scale)?)));
        if let Some((value, y)) = place {
            vertices.push(Vertex { x: seconds(start), y, value, group, rows: bucket.rows });
        }
    }
    let mut x_axis = line_axis(x, super::Scale::Linear, range_of(vertices.iter().map(|vertex| vertex.x)));
    x_axis.title = format!("{} ({})", x_axis.title, step.name());
    let title = ask.aggregate_title(heights);
    let y_axis = height_axis(title.clone(), ask.spec, range_of(vertices.iter().map(|vertex| vertex.y)));
    let title = format!("{title} by {}", step.name());
    let mut chart = ask.plain(title, (x_axis, y_axis), grouping.groups, Marks::Lines(vertices));
    chart.left_out = left_out;
    Ok(chart)
}

/// Adds the steps in which a group has nothing, between the first and the last of all groups.
fn fill(buckets: &mut BTreeMap<(u16, DateTime), Bucket>, step: TimeStep) {
    let starts = || buckets.keys().map(|(_, start)| *start);
    let (Some(first), Some(last)) = (starts().min(), starts().max()) else { return };
    let steps = std::iter::successors(Some(first), |start| step.next(*start)).take_while(|start| *start <= last);
    let steps: Vec<DateTime> = steps.take(MOST_FILLED + 1).collect();
    if steps.len() > MOST_FILLED {
        return;
    }
    let groups: std::collections::BTreeSet<u16> = buckets.keys().map(|(group, _)| *group).collect();
    for group in groups {
        for start in &steps {
            buckets.entry((group, *start)).or_default();
        }
    }
}

fn time(column: &Column, row: u32) -> Option<DateTime> {
    match column.value(row as usize) {
        Value::Date(day) => Some(day.to_datetime(Time::midnight())),
        Value::DateTime(time) => Some(time),
        _ => None,
    }
}
