//! Scatter plots: a point for each row.

use super::axis::{Axis, column_title};
use super::build::{Ask, MOST_CATEGORIES, left_over_note, line_axis, range_of};
use super::column::{Categories, categories, find, find_numbers, is_categorical, position};
use super::error::ChartError;
use super::marks::{Chart, ColorScale, Marks, Points};
use super::spec::Scale;
use crate::db::Column;
use crate::render::NamedColormap;

/// The ramp of colours by number.
pub(super) const RAMP: &str = "viridis";

/// Where the rows stand along one axis.
enum Positions {
    Line(Vec<Option<f64>>),
    Categories(Categories),
}

impl Positions {
    fn of(column: &Column, rows: &[u32], scale: Scale) -> Self {
        if is_categorical(column) {
            Self::Categories(categories(column, rows, MOST_CATEGORIES))
        } else {
            Self::Line(rows.iter().map(|row| position(column, *row, scale)).collect())
        }
    }

    fn get(&self, place: usize) -> Option<f64> {
        match self {
            Self::Line(positions) => positions.get(place).copied().flatten(),
            Self::Categories(categories) => categories.of_rows.get(place).copied().flatten().map(f64::from),
        }
    }

    fn axis(self, column: &Column, scale: Scale, range: Option<(f64, f64)>) -> (Axis, Option<String>) {
        match self {
            Self::Line(_) => (line_axis(column, scale, range), None),
            Self::Categories(Categories { names, left_over, .. }) => {
                let note = left_over_note(column, names.len(), left_over);
                (Axis::categories(column_title(column.name()), names), note)
            }
        }
    }
}

pub(super) fn chart(ask: &Ask<'_>) -> Result<Chart, ChartError> {
    let (x, y, spec) = (ask.x()?, ask.y()?, ask.spec);
    let (x_scale, y_scale) = (line_scale(x, spec.x_scale), line_scale(y, spec.y_scale));
    let color = find(ask.table, &spec.color, "the colour")?;
    let ramp = color.filter(|column| !is_categorical(column));
    let size = find_numbers(ask.table, &spec.size, "the size")?;
    let grouping = if ramp.is_none() { Some(ask.grouping()?) } else { None };
    let x_positions = Positions::of(x, ask.rows, x_scale);
    let y_positions = Positions::of(y, ask.rows, y_scale);

    let mut points = Points::default();
    let mut left_out = 0;
    for (place, row) in ask.rows.iter().enumerate() {
        let (Some(at_x), Some(at_y)) = (x_positions.get(place), y_positions.get(place)) else {
            left_out += 1;
            continue;
        };
        points.rows.push(*row);
        points.x.push(at_x);
        points.y.push(at_y);
        if let Some(grouping) = grouping.as_ref().filter(|grouping| !grouping.groups.is_empty()) {
            points.groups.push(grouping.of(place));
        }
    }
    let color_scale = ramp.and_then(|column| color_ramp(column, &mut points));
    let size_scale = size.and_then(|column| sizes(column, &mut points));

    let (x_axis, x_note) = x_positions.axis(x, x_scale, range_of(points.x.iter().copied()));
    let (y_axis, y_note) = y_positions.axis(y, y_scale, range_of(points.y.iter().copied()));
    let title = format!("{} by {}", y_axis.title, x_axis.title);
    let groups = grouping.map(|grouping| grouping.groups).unwrap_or_default();
    let mut chart = ask.plain(title, (x_axis, y_axis), groups, Marks::Points(points));
    chart.color_scale = color_scale;
    chart.size_scale = size_scale;
    chart.left_out = left_out;
    chart.notes.extend(x_note.into_iter().chain(y_note));
    Ok(chart)
}

/// A logarithm is for numbers only.
fn line_scale(column: &Column, scale: Scale) -> Scale {
    if column.kind().is_numeric() { scale } else { Scale::Linear }
}

/// Places the points on a ramp of colours between the column's 2nd and 98th percentile, so that one outlier doesn't take
/// all colours from the rest.
fn color_ramp(column: &Column, points: &mut Points) -> Option<ColorScale> {
    let values: Vec<Option<f64>> = points.rows.iter().map(|row| position(column, *row, Scale::Linear)).collect();
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    let range = (percentile(&mut known, 0.02)?, percentile(&mut known, 0.98)?);
    let span = range.1 - range.0;
    let place = |value: Option<f64>| match value {
        Some(value) if span > 0.0 => ((value - range.0) / span).clamp(0.0, 1.0),
        Some(_) => 0.5,
        None => f64::NAN,
    };
    points.ramp = values.into_iter().map(|value| single(place(value))).collect();
    let title = column_title(column.name());
    let kind = if column.kind().is_temporal() { super::AxisKind::Time } else { super::AxisKind::Number };
    Some(ColorScale { title, kind, scale: Scale::Linear, range, colormap: ramp() })
}

/// Places the points between the smallest and the largest size.
fn sizes(column: &Column, points: &mut Points) -> Option<(String, (f64, f64))> {
    let values: Vec<Option<f64>> = points.rows.iter().map(|row| position(column, *row, Scale::Linear)).collect();
    let (low, high) = range_of(values.iter().flatten().copied())?;
    let place = |value: Option<f64>| value.map_or(0.0, |value| (value - low) / (high - low).max(f64::MIN_POSITIVE));
    points.sizes = values.into_iter().map(|value| single(place(value))).collect();
    Some((column_title(column.name()), (low, high)))
}

fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last place")]
    let place = (last as f64 * share).round() as usize;
    Some(*values.select_nth_unstable_by(place, f64::total_cmp).1)
}

#[expect(clippy::cast_possible_truncation, reason = "a place between 0 and 1")]
fn single(place: f64) -> f32 {
    place as f32
}

/// The colours by number.
pub(super) fn ramp() -> NamedColormap {
    NamedColormap::new(RAMP).unwrap_or_else(NamedColormap::grey)
}
