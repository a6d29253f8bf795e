//! What a chart shows, as a table.

use jiff::civil::{DateTime, Time};

use super::axis::{Axis, AxisKind};
use super::marks::{Chart, Marks};
use super::spec::{ChartKind, ChartSpec};
use super::time::date_time;
use crate::db::{Column, ColumnBuilder, Inference, Table, Value};

/// The data of a chart: a row for each mark. Of points the columns that `keys` names (places in `source`) come first, then those that
/// are drawn; of everything else positions, group, value, and how many rows it stands for.
pub fn chart_data(chart: &Chart, source: &Table, spec: &ChartSpec, keys: &[usize]) -> Table {
    match &chart.marks {
        Marks::Points(points) => {
            let drawn = [&spec.x, &spec.y, &spec.color, &spec.size].into_iter();
            let drawn = drawn.filter(|name| !name.is_empty()).filter_map(|name| source.column_index(name));
            let mut places: Vec<usize> = Vec::new();
            for place in keys.iter().copied().chain(drawn) {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            let columns = places.into_iter().filter_map(|place| source.column(place));
            let columns = columns.map(|column| Column::new(column.name(), column.data().take(&points.rows)));
            Table::new(columns.collect()).unwrap_or_default()
        }
        Marks::Bars(bars) => {
            let mut rows = Rows::new(chart, spec);
            for bar in bars {
                let places = if chart.kind == ChartKind::Histogram { [bar.x.0, bar.x.1] } else { [center(bar.x); 2] };
                rows.push(&chart.x, places, (chart, bar.group, bar.value, bar.rows.len()));
            }
            rows.finish()
        }
        Marks::Lines(vertices) => {
            let mut rows = Rows::new(chart, spec);
            for vertex in vertices {
                rows.push(&chart.x, [vertex.x; 2], (chart, vertex.group, vertex.value, vertex.rows.len()));
            }
            rows.finish()
        }
        Marks::Cells(cells) => {
            let mut builders: [ColumnBuilder; 4] = std::array::from_fn(|_| ColumnBuilder::new());
            for cell in cells {
                let name = |axis: &'_ Axis, at: u32| axis.category(f64::from(at)).unwrap_or_default().to_owned();
                let (x, y) = (name(&chart.x, cell.x), name(&chart.y, cell.y));
                let values =
                    [Value::Text(&x), Value::Text(&y), Value::Real(cell.value), Value::Integer(count(cell.rows.len()))];
                builders.iter_mut().zip(values).for_each(|(builder, value)| builder.push(value));
            }
            let value = chart.color_scale.as_ref().map_or("value", |scale| scale.title.as_str());
            table([&spec.x, &spec.y, value, "rows"], builders)
        }
    }
}

fn center((from, to): (f64, f64)) -> f64 {
    f64::midpoint(from, to)
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn table<const N: usize>(names: [&str; N], builders: [ColumnBuilder; N]) -> Table {
    let columns = names.into_iter().zip(builders);
    let columns = columns.map(|(name, builder)| Column::new(name, builder.finish(Inference::Temporal)));
    Table::new(columns.collect()).unwrap_or_default()
}

/// Rows of bars and points of lines: one or two positions, a group where there are any, value, count.
struct Rows {
    names: Vec<String>,
    builders: Vec<ColumnBuilder>,
    has_range: bool,
    has_groups: bool,
}

impl Rows {
    fn new(chart: &Chart, spec: &ChartSpec) -> Self {
        let has_range = chart.kind == ChartKind::Histogram;
        let mut names =
            if has_range { vec![format!("{} from", spec.x), format!("{} to", spec.x)] } else { vec![spec.x.clone()] };
        let has_groups = !chart.groups.is_empty();
        if has_groups {
            names.push(if spec.color == spec.x { format!("{} (group)", spec.color) } else { spec.color.clone() });
        }
        names.extend([chart.y.title.clone(), "rows".to_owned()]);
        let builders = names.iter().map(|_| ColumnBuilder::new()).collect();
        Self { names, builders, has_range, has_groups }
    }

    fn push(&mut self, axis: &Axis, places: [f64; 2], (chart, group, value, rows): (&Chart, u16, f64, usize)) {
        let mut builders = self.builders.iter_mut();
        let mut push = |value: Value<'_>| {
            if let Some(builder) = builders.next() {
                builder.push(value);
            }
        };
        for place in places.into_iter().take(if self.has_range { 2 } else { 1 }) {
            match &axis.kind {
                AxisKind::Categories(_) => push(Value::Text(axis.category(place).unwrap_or_default())),
                AxisKind::Number => push(Value::Real(axis.value(place))),
                AxisKind::Time => push(date_time(place).map_or(Value::Null, day_or_time)),
            }
        }
        if self.has_groups {
            push(Value::Text(chart.groups.get(usize::from(group)).map_or("", |group| group.name.as_str())));
        }
        push(Value::Real(value));
        push(Value::Integer(count(rows)));
    }

    fn finish(self) -> Table {
        let columns = self.names.into_iter().zip(self.builders);
        let columns = columns.map(|(name, builder)| Column::new(name, builder.finish(Inference::Temporal)));
        Table::new(columns.collect()).unwrap_or_default()
    }
}

fn day_or_time(time: DateTime) -> Value<'static> {
    if time.time() == Time::midnight() { Value::Date(time.date()) } else { Value::DateTime(time) }
}

impl Chart {
    /// The chart without some groups, by their places in [`Chart::groups`]; the axes stay as they are.
    #[must_use]
    pub fn without_groups(&self, hidden: &[usize]) -> Self {
        let mut chart = self.clone();
        let is_shown = |group: u16| !hidden.contains(&usize::from(group));
        match &mut chart.marks {
            Marks::Points(points) => {
                let keep: Vec<bool> = points.groups.iter().map(|group| is_shown(*group)).collect();
                if !keep.is_empty() {
                    retain(&mut points.rows, &keep);
                    retain(&mut points.x, &keep);
                    retain(&mut points.y, &keep);
                    retain(&mut points.groups, &keep);
                    retain(&mut points.sizes, &keep);
                }
            }
            Marks::Bars(bars) => bars.retain(|bar| is_shown(bar.group)),
            Marks::Lines(vertices) => vertices.retain(|vertex| is_shown(vertex.group)),
            Marks::Cells(_) => {}
        }
        chart
    }
}

/// Keeps what is marked; a column that is empty because every point has the same stays empty.
fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    column.retain(|_| keep.next().copied().unwrap_or(true));
}
