//! Rows from the server into typed columns. The types are known before the first row, so that a column without values has
//! its kind all the same.

use postgres::types::Type;

use super::decode::{Cell, decode, is_numeric, kind_of};
use super::numeric;
use crate::db::{Column, ColumnBuilder, Table, TextColumn, Value, blob_text};

/// Columns as they grow.
pub(super) struct Columns {
    names: Vec<String>,
    growing: Vec<Growing>,
    row_count: usize,
    bytes: usize,
}

enum Growing {
    Known(ColumnBuilder),
    /// Numbers of any size, by their texts.
    Numeric(TextColumn),
}

impl Columns {
    /// Columns of these names and types.
    pub(super) fn new(names: &[String], types: &[Type]) -> Self {
        let growing = |ty: &Type| match kind_of(ty) {
            Some(kind) if !is_numeric(ty) => Growing::Known(ColumnBuilder::of_kind(kind)),
            _ => Growing::Numeric(TextColumn::default()),
        };
        Self { names: names.to_vec(), growing: types.iter().map(growing).collect(), row_count: 0, bytes: 0 }
    }

    pub(super) fn row_count(&self) -> usize {
        self.row_count
    }

    /// Bytes of the values so far, as the server sent them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A row begins that takes so many bytes.
    pub(super) fn count_row(&mut self, bytes: usize) {
        self.row_count += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Appends a value to a column. Bytes that aren't what the type says are shown as they are.
    pub(super) fn push(&mut self, column: usize, ty: &Type, bytes: Option<&[u8]>) {
        let Some(growing) = self.growing.get_mut(column) else { return };
        let cell = bytes.map_or(Cell::Null, |bytes| decode(ty, bytes).unwrap_or_else(|| Cell::Text(blob_text(bytes))));
        match growing {
            Growing::Numeric(texts) => match &cell {
                Cell::Null => texts.push(None),
                other => texts.push(Some(&other.to_string())),
            },
            Growing::Known(builder) => builder.push(match &cell {
                Cell::Null => Value::Null,
                Cell::Bool(yes) => Value::Bool(*yes),
                Cell::Integer(whole) => Value::Integer(*whole),
                Cell::Real(real) => Value::Real(*real),
                Cell::Date(date) => Value::Date(*date),
                Cell::DateTime(instant) => Value::DateTime(*instant),
                Cell::Text(text) => Value::Text(text),
            }),
        }
    }

    /// The table; `None` for more rows than can be counted.
    pub(super) fn finish(self) -> Option<Table> {
        let columns = self.names.into_iter().zip(self.growing).map(|(name, growing)| {
            let data = match growing {
                Growing::Known(builder) => builder.finish_as_given(),
                Growing::Numeric(texts) => numeric::column(texts),
            };
            Column::new(name, data)
        });
        Table::new(columns.collect())
    }
}
