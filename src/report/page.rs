//! A report that was made: texts with their values, tables, pictures and what failed, in order; and what it was made from.
//! Plain data. How it is written is the business of [`super::output`], how it is shown that of the window.

use std::path::PathBuf;
use std::sync::Arc;

use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::template::{BlockKind, TextPart};
use crate::db::{Table, Value};
use crate::geo::{BoundingBox, LonLat};
use crate::targets::Mapping;

/// A report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What to call it.
    pub title: String,
    /// When it was made, as text.
    pub made: String,
    /// The store that was asked, without a password; empty for none.
    pub store: String,
    /// Each parameter with its value.
    pub parameters: Vec<(String, String)>,
    /// What comes one after the other.
    pub parts: Vec<Part>,
    /// Every query in the order of its first use.
    pub queries: Vec<QueryRecord>,
    /// Every image file that pictures were made from, by path.
    pub files: Vec<FileRecord>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

impl Report {
    /// How many parts and values failed.
    pub fn failures(&self) -> usize {
        let of = |part: &Part| match part {
            Part::Problem(_) => 1,
            Part::Text(text) => text.values.iter().filter(|value| value.is_err()).count(),
            Part::Table(_) | Part::Picture(_) => 0,
        };
        self.parts.iter().map(of).sum()
    }
}

/// A piece of a report.
#[derive(Debug, Clone)]
pub enum Part {
    /// Markdown with its values.
    Text(FilledText),
    /// A table.
    Table(TablePart),
    /// A chart, a map or chips.
    Picture(Box<PicturePart>),
    /// A block that failed; the rest of the report stands.
    Problem(Problem),
}

/// Markdown, and what came of each of its values: a plain text, or a sentence that says why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct FilledText {
    /// The text with its places.
    pub text: TextPart,
    /// As many as the text has places.
    pub values: Vec<Result<String, String>>,
}

/// The answer of a query.
#[derive(Debug, Clone)]
pub struct TablePart {
    /// Above it; empty for none.
    pub caption: String,
    /// All rows that came.
    pub table: Arc<Table>,
    /// How many of them to show.
    pub most_rows: usize,
}

impl TablePart {
    /// The number of rows that are shown.
    pub fn shown(&self) -> usize {
        self.table.row_count().min(self.most_rows)
    }

    /// Says that there is more than is shown; `None` if there isn't.
    pub fn remark(&self) -> Option<String> {
        let (shown, all) = (self.shown(), self.table.row_count());
        match (shown < all, self.table.is_truncated()) {
            (false, false) => None,
            (true, false) => Some(format!("first {shown} of {all} rows")),
            (_, true) => Some(format!("first {shown} of more than {all} rows")),
        }
    }
}

/// A picture in both colour schemes.
#[derive(Debug, Clone)]
pub struct PicturePart {
    /// What it is.
    pub kind: BlockKind,
    /// Below it; empty for none.
    pub caption: String,
    /// For light pages and paper.
    pub light: Figure,
    /// For dark screens.
    pub dark: Figure,
    /// The targets that it shows.
    pub targets: Vec<TargetRef>,
    /// Where single targets stand in it, by their places in `targets`; later ones lie on top.
    pub frames: Vec<(Frame, usize)>,
    /// The part of the map that it shows (EPSG:3857), of a map.
    pub area: Option<BoundingBox>,
    /// What a plot was drawn from.
    pub plot: Option<Arc<PlotOf>>,
}

/// What a plot was drawn from, to tell what a place of it means.
#[derive(Debug, Clone)]
pub struct PlotOf {
    /// The chart.
    pub chart: Chart,
    /// The rows that its marks stand for.
    pub table: Arc<Table>,
    /// Where its marks stand in the picture.
    pub frame: Frame,
}

/// A block that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of block.
    pub kind: BlockKind,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// A target as a query's row names it.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRef {
    /// The store's own key, as text.
    pub key: Option<String>,
    /// Where it is.
    pub position: Option<LonLat>,
}

/// A query, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRecord {
    /// What the template calls it; empty for none.
    pub name: String,
    /// Its text, with its parameters by name.
    pub sql: String,
    /// Rows that came and whether the store has more; or why none came.
    pub result: Result<(usize, bool), String>,
}

/// An image file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Where it lies.
    pub path: PathBuf,
    /// Its SHA-256 in hexadecimal digits once it was calculated, or why it can't be.
    pub sha256: Option<Result<String, String>>,
}

/// The targets that some rows of a query's answer name: by a column that is called as a key, or by their position. Columns are
/// found as those of a file of targets are.
pub fn targets_of(table: &Table, rows: impl IntoIterator<Item = usize>) -> Vec<TargetRef> {
    target_of_rows(table, rows).into_iter().flatten().collect()
}

/// The target that each of some rows names.
pub fn target_of_rows(table: &Table, rows: impl IntoIterator<Item = usize>) -> Vec<Option<TargetRef>> {
    let mapping = Mapping::guess(table, None);
    let place = |name: &Option<String>| name.as_deref().and_then(|name| table.column_index(name));
    let (id, lon, lat) = (place(&mapping.id), place(&mapping.longitude), place(&mapping.latitude));
    let number = |column: Option<usize>, row| column.and_then(|column| table.value(column, row).as_f64());
    let target = |row| {
        let key = id.map(|column| table.value(column, row)).filter(|key| !key.is_null());
        let position = number(lon, row).zip(number(lat, row)).and_then(|(lon, lat)| LonLat::new(lon, lat));
        let target = TargetRef { key: key.map(|key: Value<'_>| key.to_string()), position };
        Some(target).filter(|target| target.key.is_some() || target.position.is_some())
    };
    rows.into_iter().map(target).collect()
}

/// A cell as people read it. Keys and years are no amounts: their digits stand together.
pub fn cell_text(column: &str, value: Value<'_>) -> String {
    let is_amount = !column.to_ascii_lowercase().split('_').any(|word| matches!(word, "id" | "year" | "fid" | "key"));
    match value {
        Value::Integer(whole) if is_amount => grouped(whole),
        Value::Real(real) => super::chart::number_label(real),
        other => other.to_string(),
    }
}

/// A whole number with thin spaces between its thousands from 10 000 on.
fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    if value < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, ColumnData};

    #[test]
    fn amounts_are_grouped_and_keys_are_not() {
        assert_eq!(cell_text("length_m", Value::Integer(1_234_567)), "1\u{2009}234\u{2009}567");
        assert_eq!(cell_text("target_id", Value::Integer(1_234_567)), "1234567");
        assert_eq!(cell_text("mean", Value::Real(0.123_456_789)), "0.12346");
        assert_eq!(cell_text("name", Value::Null), "");
    }

    #[test]
    fn rows_name_targets_by_key_or_position() {
        let ids = Column::new("id", ColumnData::Integer(vec![Some(7), None]));
        let lon = Column::new("lon", ColumnData::Real(vec![Some(8.5), Some(200.0)]));
        let lat = Column::new("lat", ColumnData::Real(vec![Some(47.0), Some(1.0)]));
        let table = Table::new(vec![ids, lon, lat]).unwrap();
        let targets = targets_of(&table, 0..2);
        assert_eq!(targets, [TargetRef { key: Some("7".into()), position: LonLat::new(8.5, 47.0) }]);
        let counts = Table::new(vec![Column::new("n", ColumnData::Integer(vec![Some(7)]))]).unwrap();
        assert_eq!(targets_of(&counts, 0..1), []);
    }
}
