//! From a table and a wish to a chart.

use super::aggregate::Aggregate;
use super::axis::{Axis, AxisKind, column_title};
use super::column::{Categories, NO_VALUE, categories, find, find_numbers};
use super::error::ChartError;
use super::marks::{Chart, Group, Marks};
use super::spec::{ChartKind, ChartSpec, Scale};
use super::{bars, cells, histogram, points, timeline};
use crate::db::{Column, Table, ValueKind};
use crate::targets::{ClassColor, ClassColors, ColorOverrides};

/// Most categories along an axis; of more, the most frequent are shown.
pub const MOST_CATEGORIES: usize = 60;
/// Most groups with a colour of their own; of more, the most frequent have one and the rest is grey.
pub const MOST_GROUPS: usize = 16;

const GREY: ClassColor = ClassColor::new(0x88, 0x88, 0x88);
const OTHERS: &str = "(other)";

/// Makes the chart that `spec` asks for of some rows of a table. `colors` are the colours of groups by name; names that it
/// doesn't have get the same colours as classes of these names.
pub fn chart(table: &Table, rows: &[u32], spec: &ChartSpec, colors: &ColorOverrides) -> Result<Chart, ChartError> {
    let ask = Ask { table, rows, spec, colors };
    let mut chart = match spec.kind {
        ChartKind::Scatter => points::chart(&ask),
        ChartKind::Bar => bars::chart(&ask),
        ChartKind::Histogram => histogram::chart(&ask),
        ChartKind::Timeline => timeline::chart(&ask),
        ChartKind::Heatmap => cells::chart(&ask),
    }?;
    if !spec.title.is_empty() {
        chart.title.clone_from(&spec.title);
    }
    if table.is_truncated() {
        chart.notes.push(format!("of the first {} rows", super::number_label(table.row_count() as f64)));
    }
    Ok(chart)
}

/// What is asked for, with what the kinds of charts have in common.
pub(super) struct Ask<'a> {
    pub table: &'a Table,
    pub rows: &'a [u32],
    pub spec: &'a ChartSpec,
    pub colors: &'a ColorOverrides,
}

/// The group of each row that was asked for.
pub(super) struct Grouping {
    pub groups: Vec<Group>,
    of_rows: Vec<u16>,
}

impl Grouping {
    /// The group of the row at a place among those asked for; 0 without groups.
    pub fn of(&self, place: usize) -> u16 {
        self.of_rows.get(place).copied().unwrap_or(0)
    }

    /// How many groups there are; 1 without groups.
    pub fn count(&self) -> usize {
        self.groups.len().max(1)
    }
}

impl Ask<'_> {
    /// The column along the bottom.
    pub fn x(&self) -> Result<&Column, ChartError> {
        let part = "the bottom axis";
        find(self.table, &self.spec.x, part)?.ok_or(ChartError::ColumnMissing { kind: self.spec.kind, part })
    }

    /// The column up the side.
    pub fn y(&self) -> Result<&Column, ChartError> {
        let part = "the side axis";
        find(self.table, &self.spec.y, part)?.ok_or(ChartError::ColumnMissing { kind: self.spec.kind, part })
    }

    /// The column that is aggregated into heights; `None` where rows are counted.
    pub fn heights(&self) -> Result<Option<&Column>, ChartError> {
        self.aggregated(&self.spec.y, "the side axis")
    }

    /// The column of a name that is aggregated; `None` where rows are counted.
    pub fn aggregated(&self, name: &str, part: &'static str) -> Result<Option<&Column>, ChartError> {
        if self.spec.aggregate == Aggregate::Count {
            return find(self.table, name, part);
        }
        let column = find_numbers(self.table, name, part)?;
        column.map(Some).ok_or(ChartError::ColumnMissing { kind: self.spec.kind, part })
    }

    /// What the aggregate is called: "mean length (m)".
    pub fn aggregate_title(&self, column: Option<&Column>) -> String {
        let way = self.spec.aggregate.name();
        column.map_or_else(|| way.to_owned(), |column| format!("{way} {}", column_title(column.name())))
    }

    /// Groups by the distinct values of the colour's column.
    pub fn grouping(&self) -> Result<Grouping, ChartError> {
        let Some(column) = find(self.table, &self.spec.color, "the colour")? else {
            return Ok(Grouping { groups: Vec::new(), of_rows: Vec::new() });
        };
        let Categories { mut names, of_rows, left_over } = categories(column, self.rows, MOST_GROUPS);
        let others = u16::try_from(names.len()).unwrap_or(u16::MAX);
        if left_over > 0 {
            names.push(OTHERS.to_owned());
        }
        let mut groups: Vec<Group> = names
            .iter()
            .zip(group_colors(&names, self.colors))
            .map(|(name, color)| Group { name: name.clone(), color, rows: 0 })
            .collect();
        let of_row = |group: Option<u32>| group.and_then(|group| u16::try_from(group).ok()).unwrap_or(others);
        let of_rows: Vec<u16> = of_rows.into_iter().map(of_row).collect();
        for group in &of_rows {
            if let Some(group) = groups.get_mut(usize::from(*group)) {
                group.rows += 1;
            }
        }
        Ok(Grouping { groups, of_rows })
    }

    /// A chart of these marks with nothing special about it.
    pub fn plain(&self, title: String, axes: (Axis, Axis), groups: Vec<Group>, marks: Marks) -> Chart {
        Chart {
            kind: self.spec.kind,
            title,
            x: axes.0,
            y: axes.1,
            groups,
            color_scale: None,
            size_scale: None,
            marks,
            left_out: 0,
            notes: Vec::new(),
        }
    }
}

fn group_colors(names: &[String], chosen: &ColorOverrides) -> Vec<[u8; 3]> {
    let mut overrides = chosen.clone();
    for name in [OTHERS, NO_VALUE] {
        overrides.entry(name.to_owned()).or_insert(GREY);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let colors = ClassColors::of_names(&names, &overrides);
    colors.into_iter().map(|color| [color.red, color.green, color.blue]).collect()
}

/// A sentence about categories that are not shown.
pub(super) fn left_over_note(column: &Column, shown: usize, left_over: usize) -> Option<String> {
    let all = shown + left_over;
    (left_over > 0)
        .then(|| format!("the {shown} most frequent of {all} values of {} are shown", column_title(column.name())))
}

/// What gathers in one bar, point of a line, or cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket {
    pub rows: Vec<u32>,
    values: Vec<f64>,
}

impl Bucket {
    /// Takes a row in, unless it has nothing to aggregate.
    pub fn take(&mut self, row: u32, aggregated: Option<&Column>, aggregate: Aggregate) -> bool {
        if let Some(column) = aggregated {
            if aggregate == Aggregate::Count {
                if column.value(row as usize).is_missing() {
                    return false;
                }
            } else if let Some(number) = super::column::number(column, row) {
                self.values.push(number);
            } else {
                return false;
            }
        }
        self.rows.push(row);
        true
    }

    /// Takes all of another one in.
    pub fn join(&mut self, other: &Self) {
        self.rows.extend_from_slice(&other.rows);
        self.values.extend_from_slice(&other.values);
    }

    /// The one number.
    pub fn value(&mut self, aggregate: Aggregate) -> Option<f64> {
        if aggregate == Aggregate::Count { Some(self.rows.len() as f64) } else { aggregate.of(&mut self.values) }
    }
}

/// An axis of numbers or times around `range`, with some room at both ends.
pub(super) fn line_axis(column: &Column, scale: Scale, range: Option<(f64, f64)>) -> Axis {
    let is_time = column.kind().is_temporal();
    let (low, high) = range.unwrap_or((0.0, 1.0));
    let room = if high > low { (high - low) * 0.03 } else { smallest_room(low, is_time) };
    Axis {
        title: column_title(column.name()),
        kind: if is_time { AxisKind::Time } else { AxisKind::Number },
        scale: if is_time { Scale::Linear } else { scale },
        is_whole: column.kind() == ValueKind::Integer,
        range: (low - room, high + room),
    }
}

/// Room around a single value.
fn smallest_room(value: f64, is_time: bool) -> f64 {
    const DAY_S: f64 = 86_400.0;
    if is_time { DAY_S } else { (value.abs() * 0.1).max(0.5) }
}

/// An axis of heights that begin at zero, or, on a logarithmic one, somewhat below the lowest.
pub(super) fn height_axis(title: String, spec: &ChartSpec, range: Option<(f64, f64)>) -> Axis {
    let scale = spec.y_scale;
    let (low, high) = range.unwrap_or((0.0, 1.0));
    let range = match scale {
        Scale::Linear => {
            let (low, high) = (low.min(0.0), high.max(0.0));
            let room = if high > low { (high - low) * 0.05 } else { 1.0 };
            (if low < 0.0 { low - room } else { 0.0 }, if high > 0.0 || low == 0.0 { high + room } else { 0.0 })
        }
        Scale::Log => {
            const BELOW: f64 = 0.3;
            (low - BELOW, high + (high - low).max(1.0) * 0.05)
        }
    };
    Axis { title, kind: AxisKind::Number, scale, is_whole: spec.aggregate == Aggregate::Count, range }
}

/// Smallest and largest of some positions.
pub(super) fn range_of(positions: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    positions.into_iter().fold(None, |range: Option<(f64, f64)>, position| match range {
        None => Some((position, position)),
        Some((low, high)) => Some((low.min(position), high.max(position))),
    })
}

/// A height as a position; `None` where a logarithmic axis has no place for it.
pub(super) fn height(value: f64, scale: Scale) -> Option<f64> {
    match scale {
        Scale::Linear => Some(value).filter(|value| value.is_finite()),
        Scale::Log => (value > 0.0).then(|| value.log10()).filter(|value| value.is_finite()),
    }
}
