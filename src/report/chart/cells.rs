//! Heat maps: a cell for each pair of distinct values.

use super::axis::{Axis, AxisKind, column_title};
use super::build::{Ask, Bucket, MOST_CATEGORIES, height, left_over_note, range_of};
use super::column::{Categories, categories};
use super::error::ChartError;
use super::marks::{Cell, Chart, ColorScale, Marks};
use super::points::ramp;

/// The first one stands at the top, as in a table.
fn upside_down(lines: &mut Categories) {
    let last = u32::try_from(lines.names.len()).unwrap_or(u32::MAX).saturating_sub(1);
    lines.names.reverse();
    for line in lines.of_rows.iter_mut().flatten() {
        *line = last.saturating_sub(*line);
    }
}

pub(super) fn chart(ask: &Ask<'_>) -> Result<Chart, ChartError> {
    let (x, y, scale) = (ask.x()?, ask.y()?, ask.spec.y_scale);
    let values = ask.aggregated(&ask.spec.color, "the colour")?;
    let columns = categories(x, ask.rows, MOST_CATEGORIES);
    let mut lines = categories(y, ask.rows, MOST_CATEGORIES);
    upside_down(&mut lines);
    let width = columns.names.len();
    let mut buckets = vec![Bucket::default(); width * lines.names.len()];
    let mut left_out = 0;
    for (place, row) in ask.rows.iter().enumerate() {
        let at = |of_rows: &[Option<u32>]| of_rows.get(place).copied().flatten();
        let (Some(at_x), Some(at_y)) = (at(&columns.of_rows), at(&lines.of_rows)) else { continue };
        let bucket = buckets.get_mut(at_y as usize * width + at_x as usize);
        let is_taken = bucket.is_some_and(|bucket| bucket.take(*row, values, ask.spec.aggregate));
        left_out += usize::from(!is_taken);
    }
    let mut cells = Vec::new();
    for (at, mut bucket) in buckets.into_iter().enumerate().filter(|(_, bucket)| !bucket.rows.is_empty()) {
        let (Ok(at_x), Ok(at_y)) = (u32::try_from(at % width), u32::try_from(at / width)) else { continue };
        if let Some(value) = bucket.value(ask.spec.aggregate) {
            cells.push(Cell { x: at_x, y: at_y, value, ramp: 0.0, rows: bucket.rows });
        }
    }
    cells.retain(|cell| height(cell.value, scale).is_some());
    let range = range_of(cells.iter().filter_map(|cell| height(cell.value, scale)));
    for cell in &mut cells {
        let (Some(value), Some((low, high))) = (height(cell.value, scale), range) else { continue };
        cell.ramp = if high > low { (value - low) / (high - low) } else { 0.5 };
    }
    let value_title = ask.aggregate_title(values);
    let notes = left_over_note(x, width, columns.left_over).into_iter().chain(left_over_note(
        y,
        lines.names.len(),
        lines.left_over,
    ));
    let notes: Vec<String> = notes.collect();
    let x_axis = Axis::categories(column_title(x.name()), columns.names);
    let y_axis = Axis::categories(column_title(y.name()), lines.names);
    let title = format!("{value_title} by {} and {}", x_axis.title, y_axis.title);
    let mut chart = ask.plain(title, (x_axis, y_axis), Vec::new(), Marks::Cells(cells));
    chart.color_scale =
        range.map(|range| ColorScale { title: value_title, kind: AxisKind::Number, scale, range, colormap: ramp() });
    chart.left_out = left_out;
    chart.notes = notes;
    Ok(chart)
}
