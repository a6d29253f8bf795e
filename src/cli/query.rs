//! `cogscope query`: SQL to a store, its answer as a table, CSV or JSON.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::CliError;
use super::args::{QueryArguments, QueryFormat};
use super::output::{json_number, print, print_error, print_json};
use super::store::open_store;
use crate::db::{Limits, Parameter, Query, Table, Value, ValueKind, write_csv};

pub(super) fn run(arguments: &QueryArguments) -> Result<(), CliError> {
    let store = open_store(arguments.db.as_deref())?;
    let sql = arguments.sql.clone();
    let mut query = Query::new(sql);
    for (name, text) in &arguments.parameters {
        query = query.with(name, Parameter::parse(name, text));
    }
    let limits = Limits { rows: arguments.limit, timeout: arguments.timeout, ..Limits::default() };
    let failed = |error: crate::db::QueryError| CliError::Question { message: error.with_place(&query.sql) };
    let answer = store.query(&query, &limits, &|| false).map_err(failed)?;
    for note in &answer.notes {
        print_error(note);
    }
    let table = &answer.table;
    match arguments.format {
        QueryFormat::Json => print_json(&Rows(table))?,
        QueryFormat::Csv => {
            let columns: Vec<usize> = (0..table.columns().len()).collect();
            write_csv(table, &columns, &table.rows(), std::io::stdout().lock())?;
        }
        QueryFormat::Table => print(&text_of(table))?,
    }
    if table.is_truncated() {
        print_error(&format!("only the first {} rows of more; raise --limit", table.row_count()));
    }
    Ok(())
}

/// A list of objects, their keys in the order of the columns.
struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.row_count()))?;
        for row in 0..self.0.row_count() {
            list.serialize_element(&OneRow(self.0, row))?;
        }
        list.end()
    }
}

struct OneRow<'a>(&'a Table, usize);

impl Serialize for OneRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.columns().len()))?;
        for column in self.0.columns() {
            map.serialize_entry(column.name(), &json(column.value(self.1)))?;
        }
        map.end()
    }
}

fn json(value: Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => yes.into(),
        Value::Integer(whole) => whole.into(),
        Value::Real(real) => json_number(real),
        other => other.to_string().into(),
    }
}

/// Columns side by side, numbers to the right. Characters that a terminal would act on are shown as dots.
fn text_of(table: &Table) -> String {
    let cell = |value: Value<'_>| -> String {
        value.to_string().chars().map(|c| if c.is_control() { '·' } else { c }).collect()
    };
    let columns: Vec<Vec<String>> = table
        .columns()
        .iter()
        .map(|column| [column.name().to_owned()].into_iter().chain(column.values().map(cell)).collect())
        .collect();
    let widths: Vec<usize> =
        columns.iter().map(|cells| cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in 0..=table.row_count() {
        let mut line = String::new();
        for ((cells, width), column) in columns.iter().zip(&widths).zip(table.columns()) {
            let cell = cells.get(row).map_or("", String::as_str);
            let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
            let is_number = matches!(column.kind(), ValueKind::Integer | ValueKind::Real);
            let (before, after) = if is_number { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
            line.extend(["  ", before, cell, after]);
        }
        text.push_str(line.get(2..).unwrap_or_default().trim_end());
        text.push('\n');
        if row == 0 {
            text.push_str(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  "));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, ColumnData};

    #[test]
    fn columns_stand_side_by_side_and_control_characters_are_not_obeyed() {
        let texts = [Some("dam"), Some("a\u{1b}[31m"), None].into_iter().collect();
        let table = Table::new(vec![
            Column::new("class", ColumnData::Text(texts)),
            Column::new("n", ColumnData::Integer(vec![Some(5), Some(12), None])),
        ])
        .unwrap();
        assert_eq!(text_of(&table), "class    n\n------  --\ndam      5\na·[31m  12\n\n");
    }
}
