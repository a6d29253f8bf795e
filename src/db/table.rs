//! What a store answers with: named, typed columns of equal length. A table is immutable once it is made.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use rustc_hash::FxHashMap;

use super::text::TextColumn;
use super::value::{Value, ValueKind};

/// The values of one column, a variant for each [`ValueKind`]; `None` (or a null text) where there is no value.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// True or false.
    Bool(Vec<Option<bool>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Floating point numbers; NaN is a value.
    Real(Vec<Option<f64>>),
    /// Days.
    Date(Vec<Option<Date>>),
    /// Days with a time.
    DateTime(Vec<Option<DateTime>>),
    /// Texts.
    Text(TextColumn),
}

impl ColumnData {
    /// Number of rows, nulls included.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::DateTime(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the column holds.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Bool(_) => ValueKind::Bool,
            Self::Integer(_) => ValueKind::Integer,
            Self::Real(_) => ValueKind::Real,
            Self::Date(_) => ValueKind::Date,
            Self::DateTime(_) => ValueKind::DateTime,
            Self::Text(_) => ValueKind::Text,
        }
    }

    /// One cell; null for a row that isn't there.
    pub fn value(&self, row: usize) -> Value<'_> {
        let value = match self {
            Self::Bool(values) => values.get(row).copied().flatten().map(Value::Bool),
            Self::Integer(values) => values.get(row).copied().flatten().map(Value::Integer),
            Self::Real(values) => values.get(row).copied().flatten().map(Value::Real),
            Self::Date(values) => values.get(row).copied().flatten().map(Value::Date),
            Self::DateTime(values) => values.get(row).copied().flatten().map(Value::DateTime),
            Self::Text(values) => values.get(row).map(Value::Text),
        };
        value.unwrap_or(Value::Null)
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        fn pick<T: Copy>(values: &[Option<T>], rows: &[u32]) -> Vec<Option<T>> {
            rows.iter().map(|&row| values.get(row as usize).copied().flatten()).collect()
        }
        match self {
            Self::Bool(values) => Self::Bool(pick(values, rows)),
            Self::Integer(values) => Self::Integer(pick(values, rows)),
            Self::Real(values) => Self::Real(pick(values, rows)),
            Self::Date(values) => Self::Date(pick(values, rows)),
            Self::DateTime(values) => Self::DateTime(pick(values, rows)),
            Self::Text(values) => Self::Text(rows.iter().map(|&row| values.get(row as usize)).collect()),
        }
    }
}

/// A named column. Clones share the values.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    name: String,
    data: Arc<ColumnData>,
}

impl Column {
    /// A column of this name and these values.
    pub fn new(name: impl Into<String>, data: ColumnData) -> Self {
        Self { name: name.into(), data: Arc::new(data) }
    }

    /// The name as the store gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the column holds.
    pub fn kind(&self) -> ValueKind {
        self.data.kind()
    }

    /// The values.
    pub fn data(&self) -> &ColumnData {
        &self.data
    }

    /// One cell; null for a row that isn't there.
    pub fn value(&self, row: usize) -> Value<'_> {
        self.data.value(row)
    }

    /// Every cell in order.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        (0..self.data.len()).map(|row| self.data.value(row))
    }

    /// Smallest and largest number, without nulls and NaN; `None` for a column with no number.
    pub fn number_range(&self) -> Option<(f64, f64)> {
        let numbers = self.values().filter_map(|value| value.as_f64()).filter(|number| !number.is_nan());
        numbers.fold(None, |range, number| match range {
            None => Some((number, number)),
            Some((low, high)) => Some((number.min(low), number.max(high))),
        })
    }
}

/// Typed columns of equal length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    row_count: usize,
    truncated: bool,
}

impl Table {
    /// A table of these columns; `None` when their lengths differ or when it has more rows than 2^32 - 1.
    /// Names that occur twice get a number, so that each column can be named.
    pub fn new(mut columns: Vec<Column>) -> Option<Self> {
        let row_count = columns.first().map_or(0, |column| column.data.len());
        if u32::try_from(row_count).is_err() || columns.iter().any(|column| column.data.len() != row_count) {
            return None;
        }
        let mut seen: FxHashMap<String, u32> = FxHashMap::default();
        for column in &mut columns {
            let count = seen.entry(column.name.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                column.name = format!("{} ({count})", column.name);
            }
        }
        Some(Self { columns, row_count, truncated: false })
    }

    /// The same table, marked as the first part of more.
    #[must_use]
    pub fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }

    /// The same table with a column in the place of the one that has its name, or behind all others; `None` when it has another
    /// number of rows. A table without columns takes any.
    #[must_use]
    pub fn with_column(&self, column: Column) -> Option<Self> {
        if !self.columns.is_empty() && column.data.len() != self.row_count {
            return None;
        }
        let mut table = self.clone();
        table.row_count = column.data.len();
        match table.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => *known = column,
            None => table.columns.push(column),
        }
        Some(table)
    }

    /// True when the store has more rows than were read.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The columns in the store's order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A column by its place.
    pub fn column(&self, index: usize) -> Option<&Column> {
        self.columns.get(index)
    }

    /// The place of a column by its name: exactly, else in any case.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column.name == name);
        exact.or_else(|| self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)))
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.row_count
    }

    /// One cell; null where there is none.
    pub fn value(&self, column: usize, row: usize) -> Value<'_> {
        self.column(column).map_or(Value::Null, |column| column.value(row))
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        let columns = self.columns.iter().map(|column| Column::new(column.name.clone(), column.data.take(rows)));
        Self { columns: columns.collect(), row_count: rows.len(), truncated: self.truncated }
    }

    /// Every row in the store's order.
    pub fn rows(&self) -> Vec<u32> {
        (0..u32::try_from(self.row_count).unwrap_or(u32::MAX)).collect()
    }

    /// Sorts rows by a column, nulls and NaN last in either direction; rows that are equal keep their order.
    pub fn sort_rows(&self, rows: &mut [u32], column: usize, direction: SortDirection) {
        let Some(column) = self.column(column) else { return };
        let by_value = |a: Value<'_>, b: Value<'_>| match (direction, a.is_missing() || b.is_missing()) {
            (SortDirection::Descending, false) => b.compare(&a),
            _ => a.compare(&b),
        };
        if let ColumnData::Text(texts) = column.data() {
            // Folding a text costs more than comparing it: each distinct row is folded once.
            let mut keyed: Vec<(Option<String>, u32)> =
                rows.iter().map(|&row| (texts.get(row as usize).map(str::to_lowercase), row)).collect();
            keyed.sort_by(|(a, row_a), (b, row_b)| match (a, b) {
                (Some(a), Some(b)) => {
                    let exact = || texts.get(*row_a as usize).cmp(&texts.get(*row_b as usize));
                    direction.apply(a.cmp(b).then_with(exact))
                }
                _ => a.is_none().cmp(&b.is_none()),
            });
            rows.iter_mut().zip(keyed).for_each(|(row, (_, sorted))| *row = sorted);
        } else {
            rows.sort_by(|&a, &b| by_value(column.value(a as usize), column.value(b as usize)));
        }
    }
}

/// Which end of a sorted column comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortDirection {
    /// Smallest, earliest, A first.
    #[default]
    Ascending,
    /// Largest, latest, Z first.
    Descending,
}

impl SortDirection {
    /// The order of two values in this direction.
    pub fn apply(self, ascending: Ordering) -> Ordering {
        match self {
            Self::Ascending => ascending,
            Self::Descending => ascending.reverse(),
        }
    }

    /// The other direction.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let names = ["b", "A", "a", "C"].into_iter().map(Some).chain([None]).collect();
        let numbers = vec![Some(2.0), None, Some(f64::NAN), Some(-1.0), Some(2.0)];
        let columns =
            vec![Column::new("name", ColumnData::Text(names)), Column::new("length_m", ColumnData::Real(numbers))];
        Table::new(columns).unwrap()
    }

    fn sorted(column: usize, direction: SortDirection) -> Vec<u32> {
        let table = table();
        let mut rows = table.rows();
        table.sort_rows(&mut rows, column, direction);
        rows
    }

    #[test]
    fn numbers_sort_with_nulls_and_nan_last_either_way() {
        assert_eq!(sorted(1, SortDirection::Ascending), [3, 0, 4, 1, 2]);
        assert_eq!(sorted(1, SortDirection::Descending), [0, 4, 3, 1, 2]);
    }

    #[test]
    fn texts_sort_in_any_case_with_nulls_last() {
        assert_eq!(sorted(0, SortDirection::Ascending), [1, 2, 0, 3, 4]);
        assert_eq!(sorted(0, SortDirection::Descending), [3, 0, 2, 1, 4]);
    }

    #[test]
    fn columns_of_different_lengths_are_no_table() {
        let columns = vec![
            Column::new("a", ColumnData::Integer(vec![Some(1)])),
            Column::new("b", ColumnData::Integer(Vec::new())),
        ];
        assert_eq!(Table::new(columns), None);
    }

    #[test]
    fn a_name_that_occurs_twice_gets_a_number() {
        let twice = || Column::new("a", ColumnData::Integer(vec![Some(1)]));
        let table = Table::new(vec![twice(), twice()]).unwrap();
        assert_eq!(table.column(1).map(Column::name), Some("a (2)"));
        assert_eq!(table.column_index("A"), Some(0));
    }

    #[test]
    fn a_range_leaves_out_nan_and_nulls() {
        assert_eq!(table().column(1).and_then(Column::number_range), Some((-1.0, 2.0)));
        assert_eq!(table().column(0).and_then(Column::number_range), None);
    }

    #[test]
    fn a_column_is_added_or_takes_the_place_of_its_namesake() {
        let numbers = |name: &str, count| Column::new(name, ColumnData::Integer(vec![Some(7); count]));
        let more = table().with_column(numbers("b4", 5)).unwrap();
        assert_eq!((more.columns().len(), more.value(2, 0)), (3, Value::Integer(7)));
        let same = more.with_column(numbers("length_m", 5)).unwrap();
        assert_eq!((same.columns().len(), same.value(1, 0)), (3, Value::Integer(7)));
        assert_eq!(table().with_column(numbers("b4", 4)), None);
    }

    #[test]
    fn taken_rows_keep_their_values() {
        let taken = table().take(&[3, 0]);
        assert_eq!(taken.value(0, 0), Value::Text("C"));
        assert_eq!(taken.value(1, 1), Value::Real(2.0));
        assert_eq!(taken.row_count(), 2);
    }
}
