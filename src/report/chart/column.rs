//! A column as an axis takes it: numbers, times, or categories.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::error::ChartError;
use super::spec::Scale;
use super::time::seconds;
use crate::db::{Column, ColumnData, Table, Value, ValueKind};

/// What a category of rows without a value is called.
pub(super) const NO_VALUE: &str = "(none)";

/// The column of a part; `None` when the name is empty.
pub(super) fn find<'a>(table: &'a Table, name: &str, part: &'static str) -> Result<Option<&'a Column>, ChartError> {
    if name.is_empty() {
        return Ok(None);
    }
    let column = table.column_index(name).and_then(|at| table.column(at));
    column.map(Some).ok_or_else(|| ChartError::NoSuchColumn {
        column: name.to_owned(),
        part,
        columns: table.columns().iter().map(|column| column.name().to_owned()).collect(),
    })
}

/// The column of a part that holds numbers; `None` when the name is empty.
pub(super) fn find_numbers<'a>(
    table: &'a Table,
    name: &str,
    part: &'static str,
) -> Result<Option<&'a Column>, ChartError> {
    let column = find(table, name, part)?;
    if let Some(column) = column.filter(|column| !column.kind().is_numeric()) {
        return Err(ChartError::WrongKind { column: column.name().to_owned(), part, needed: "numbers" });
    }
    Ok(column)
}

/// A number or a time (as seconds since 1970) that can stand on an axis: finite, above 0 on a logarithmic one.
pub(super) fn position(column: &Column, row: u32, scale: Scale) -> Option<f64> {
    let number = match column.value(row as usize) {
        Value::Integer(whole) => whole as f64,
        Value::Real(real) => real,
        Value::Date(day) => seconds(day.to_datetime(jiff::civil::Time::midnight())),
        Value::DateTime(time) => seconds(time),
        _ => return None,
    };
    match scale {
        Scale::Linear => Some(number),
        Scale::Log if number > 0.0 => Some(number.log10()),
        Scale::Log => None,
    }
    .filter(|position| position.is_finite())
}

/// A number that can be aggregated.
pub(super) fn number(column: &Column, row: u32) -> Option<f64> {
    column.value(row as usize).as_f64().filter(|number| number.is_finite())
}

/// Whether a column's values stand side by side as categories rather than along a line.
pub(super) fn is_categorical(column: &Column) -> bool {
    matches!(column.kind(), ValueKind::Text | ValueKind::Bool)
}

/// The distinct values of a column among some rows.
#[derive(Debug)]
pub(super) struct Categories {
    /// The names in the order in which they are shown; those that were left over are not among them.
    pub names: Vec<String>,
    /// The place in `names` of each row that was asked for; `None` for what was left over.
    pub of_rows: Vec<Option<u32>>,
    /// Distinct values that were left over because there are too many.
    pub left_over: usize,
}

/// The distinct values of a column, most frequent first, at most `most` of them: the rest is left over. Numbers and times stand
/// in their own order.
pub(super) fn categories(column: &Column, rows: &[u32], most: usize) -> Categories {
    let mut found: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
    let mut entries: Vec<(usize, Option<u32>)> = Vec::new();
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let text = category_name(column, *row);
        let next = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let id = *found.entry(text).or_insert_with(|| {
            entries.push((0, Some(*row)));
            next
        });
        if let Some((count, _)) = entries.get_mut(id as usize) {
            *count += 1;
        }
        ids.push(id);
    }
    let mut names = vec![String::new(); entries.len()];
    for (name, id) in found {
        if let Some(slot) = names.get_mut(id as usize) {
            *slot = name.into_owned();
        }
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    let count = |at: &usize| entries.get(*at).map_or(0, |(count, _)| *count);
    order.sort_by(|a, b| count(b).cmp(&count(a)).then_with(|| names.get(*a).cmp(&names.get(*b))));
    let left_over = order.len().saturating_sub(most);
    order.truncate(most);
    if !is_categorical(column) {
        let first_row = |at: &usize| entries.get(*at).and_then(|(_, row)| *row).unwrap_or(u32::MAX);
        let value = |at: &usize| column.value(first_row(at) as usize);
        order.sort_by(|a, b| value(a).compare(&value(b)));
    }
    let mut place = vec![None; names.len()];
    for (shown_at, at) in order.iter().enumerate() {
        if let Some(slot) = place.get_mut(*at) {
            *slot = u32::try_from(shown_at).ok();
        }
    }
    Categories {
        of_rows: ids.into_iter().map(|id| place.get(id as usize).copied().flatten()).collect(),
        names: order.into_iter().filter_map(|at| names.get(at).cloned()).collect(),
        left_over,
    }
}

fn category_name(column: &Column, row: u32) -> Cow<'_, str> {
    if let ColumnData::Text(texts) = column.data() {
        return texts.get(row as usize).map(str::trim).filter(|text| !text.is_empty()).unwrap_or(NO_VALUE).into();
    }
    match column.value(row as usize) {
        value if value.is_missing() => NO_VALUE.into(),
        value => value.to_string().into(),
    }
}
