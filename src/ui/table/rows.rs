//! Which rows the table shows, in which order, under which columns, and what they look like as text. Draws nothing.

use crate::db::{SortDirection, Value, ValueKind};
use crate::targets::{TargetId, TargetSet};
use crate::ui::numbers;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Weak};

/// Significant digits of numbers that are too small for their column's decimals.
pub const DIGITS: usize = 7;
/// From here on whole numbers have thin spaces: four digits may be a year.
const GROUPED_FROM: i64 = 10_000;

/// The order that the user chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column by name, so that the order outlives the file.
    pub column: String,
    /// Which end comes first.
    pub direction: SortDirection,
}

/// More rows are sorted by a job.
pub const MOST_SORTED_AT_ONCE: usize = 20_000;

/// The rows as they are shown, made anew when anything that they hang on changes.
#[derive(Default)]
pub struct Rows {
    ids: Vec<TargetId>,
    made_of: Option<(Weak<TargetSet>, u64, Option<Sort>)>,
    /// What is being sorted elsewhere.
    asked: Option<(u64, Sort)>,
}

impl Rows {
    /// Brings the rows up to date; `revision` grows whenever `shown` changes. Where there are too many to be sorted within a
    /// frame, they stay as they are until [`Self::receive`]; whether that has to be asked for now.
    pub fn update(
        &mut self,
        set: &Arc<TargetSet>,
        shown: &[TargetId],
        revision: u64,
        sort: Option<&Sort>,
    ) -> Option<Sort> {
        let is_of_set = |(of, ..): &(Weak<TargetSet>, u64, Option<Sort>)| std::ptr::eq(of.as_ptr(), Arc::as_ptr(set));
        let made_of = self.made_of.as_ref().filter(|made_of| is_of_set(made_of));
        if made_of.is_some_and(|(_, at, by)| *at == revision && by.as_ref() == sort) {
            self.asked = None;
            return None;
        }
        let Some(sort) = sort.filter(|_| shown.len() > MOST_SORTED_AT_ONCE) else {
            self.ids = sorted(set, shown, sort);
            self.made_of = Some((Arc::downgrade(set), revision, sort.cloned()));
            self.asked = None;
            return None;
        };
        let is_asked = self.asked.as_ref().is_some_and(|(at, by)| *at == revision && by == sort);
        if made_of.is_none_or(|(_, at, _)| *at != revision) && !is_asked {
            // Until they are sorted, those that are shown are there at least.
            self.ids = shown.to_vec();
            self.made_of = Some((Arc::downgrade(set), revision, None));
        }
        self.asked = Some((revision, sort.clone()));
        (!is_asked).then(|| sort.clone())
    }

    /// Takes in what was sorted, unless something else is wanted by now.
    pub fn receive(&mut self, set: &Arc<TargetSet>, revision: u64, sort: Sort, ids: Vec<TargetId>) {
        if self.asked.as_ref().is_some_and(|(at, by)| *at == revision && *by == sort) {
            self.ids = ids;
            self.made_of = Some((Arc::downgrade(set), revision, Some(sort)));
            self.asked = None;
        }
    }

    /// What is asked for will not come.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }

    /// Whether the rows are being sorted.
    pub fn is_being_sorted(&self) -> bool {
        self.asked.is_some()
    }

    /// The targets in the order of the rows.
    pub fn ids(&self) -> &[TargetId] {
        &self.ids
    }

    /// The target of a row.
    pub fn get(&self, row: u64) -> Option<TargetId> {
        self.ids.get(usize::try_from(row).ok()?).copied()
    }

    /// The row of a target.
    pub fn position(&self, id: TargetId) -> Option<u64> {
        self.ids.iter().position(|known| *known == id).and_then(|row| u64::try_from(row).ok())
    }

    /// The targets from one row to another, whichever comes first.
    pub fn between(&self, one: u64, other: u64) -> &[TargetId] {
        let (from, to) = (one.min(other), one.max(other));
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let to = usize::try_from(to).unwrap_or(usize::MAX).min(self.ids.len().saturating_sub(1));
        self.ids.get(from..=to).unwrap_or_default()
    }
}

/// The targets in an order.
pub fn sorted(set: &TargetSet, shown: &[TargetId], sort: Option<&Sort>) -> Vec<TargetId> {
    let column = sort.and_then(|sort| Some((set.table().column_index(&sort.column)?, sort.direction)));
    let Some((column, direction)) = column else { return shown.to_vec() };
    let mut rows: Vec<u32> = shown.iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
    set.table().sort_rows(&mut rows, column, direction);
    rows.into_iter().filter_map(|row| TargetId::from_row(row as usize)).collect()
}

/// The columns that are shown, by their places in the set's table.
pub fn columns(set: &TargetSet, hidden: &BTreeSet<String>) -> Vec<usize> {
    let table = set.table();
    let is_shown = |at: &usize| table.column(*at).is_some_and(|column| !hidden.contains(column.name()));
    (0..table.columns().len()).filter(is_shown).collect()
}

/// Whether a column's values stand at the right.
pub fn is_right_aligned(set: &TargetSet, column: usize) -> bool {
    is_number(set, column) && !is_key(set, column)
}

fn is_number(set: &TargetSet, column: usize) -> bool {
    let values = set.table().column(column).map(crate::db::Column::kind);
    values.is_some_and(ValueKind::is_numeric)
}

fn is_key(set: &TargetSet, column: usize) -> bool {
    let name = set.table().column(column).map(crate::db::Column::name);
    name.is_some() && set.mapping().id.as_deref() == name
}

/// Whether a column tells the class.
pub fn is_class(set: &TargetSet, column: usize) -> bool {
    let name = set.table().column(column).map(crate::db::Column::name);
    name.is_some() && set.mapping().class.as_deref() == name
}

/// A cell as it is shown; real numbers with so many decimals.
pub fn cell_text(set: &TargetSet, column: usize, decimals: usize, id: TargetId) -> String {
    match set.table().value(column, id.row()) {
        Value::Real(value) => numbers::with_decimals(value, decimals, DIGITS),
        Value::Integer(value) if value.abs() >= GROUPED_FROM && !is_key(set, column) => {
            crate::ui::widgets::grouped(value)
        }
        other => other.to_string(),
    }
}

/// Rows as text with tabs between the cells, names on top: what spreadsheets take from the clipboard.
pub fn as_text(set: &TargetSet, columns: &[usize], ids: &[TargetId]) -> String {
    let table = set.table();
    let mut text = String::new();
    let line = |text: &mut String, cells: &mut dyn Iterator<Item = String>| {
        for (at, cell) in cells.enumerate() {
            let gap = if at == 0 { "" } else { "\t" };
            let _ = write!(text, "{gap}{}", cell.replace(['\t', '\n', '\r'], " "));
        }
        text.push('\n');
    };
    line(&mut text, &mut columns.iter().map(|at| table.column(*at).map_or("", crate::db::Column::name).to_owned()));
    for id in ids {
        line(&mut text, &mut columns.iter().map(|at| table.value(*at, id.row()).to_string()));
    }
    text
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::db::{Column, Inference, ReadTable, Table, infer};
    use crate::targets::Mapping;

    /// Three targets with a name, a class, a length and a position.
    pub fn set() -> Arc<TargetSet> {
        let columns: [(&str, [&str; 3]); 6] = [
            ("id", ["11", "12", "20000"]),
            ("class", ["dam", "bridge", "dam"]),
            ("name", ["Itaipu", "Friendship Bridge", "Acaray"]),
            ("longitude", ["-54.5885", "-54.601", "-54.63"]),
            ("latitude", ["-25.408", "-25.5095", "-25.45"]),
            ("length_m", ["7919", "552.4", ""]),
        ];
        let column = |(name, texts): (&str, [&str; 3])| {
            let texts = texts.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect();
            Column::new(name, infer(texts, Inference::All))
        };
        let table = Table::new(columns.into_iter().map(column).collect()).unwrap();
        let mapping = Mapping::guess(&table, None);
        Arc::new(TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap())
    }

    fn rows_of(rows: &Rows) -> Vec<usize> {
        rows.ids().iter().map(|id| id.row()).collect()
    }

    #[test]
    fn rows_follow_the_order_and_what_is_shown() {
        let set = set();
        let all: Vec<TargetId> = set.ids().collect();
        let mut rows = Rows::default();
        let by_name = Sort { column: "name".into(), direction: SortDirection::Ascending };
        rows.update(&set, &all, 0, Some(&by_name));
        assert_eq!(rows_of(&rows), [2, 1, 0]);
        assert_eq!(rows.position(all[0]), Some(2));
        assert_eq!(rows.between(2, 1), &[all[1], all[0]]);
        rows.update(&set, &all[..2], 1, Some(&by_name));
        assert_eq!(rows_of(&rows), [1, 0]);
        rows.update(&set, &all, 2, Some(&Sort { column: "gone".into(), direction: SortDirection::Ascending }));
        assert_eq!(rows_of(&rows), [0, 1, 2]);
    }

    #[test]
    fn very_many_rows_are_sorted_elsewhere_and_only_the_last_wish_counts() {
        use crate::db::ColumnData;
        let count = MOST_SORTED_AT_ONCE + 1;
        let numbers = |shift: f64| ColumnData::Real((0..count).map(|at| Some(shift + at as f64 / 1e6)).collect());
        let table = Table::new(vec![Column::new("longitude", numbers(0.0)), Column::new("latitude", numbers(1.0))]);
        let table = table.unwrap();
        let mapping = Mapping::guess(&table, None);
        let set = TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap();
        let (set, mut rows) = (Arc::new(set), Rows::default());
        let all: Vec<TargetId> = set.ids().collect();
        let sort = |direction| Sort { column: "latitude".into(), direction };
        let (up, down) = (sort(SortDirection::Ascending), sort(SortDirection::Descending));
        assert_eq!(rows.update(&set, &all, 1, Some(&up)), Some(up.clone()));
        assert_eq!(rows.update(&set, &all, 1, Some(&up)), None, "it is asked for once");
        assert!(rows.is_being_sorted());
        assert_eq!(rows.update(&set, &all, 1, Some(&down)), Some(down.clone()));
        rows.receive(&set, 1, up.clone(), sorted(&set, &all, Some(&up)));
        assert!(rows.is_being_sorted(), "that is not wanted any more");
        rows.receive(&set, 1, down.clone(), sorted(&set, &all, Some(&down)));
        assert_eq!(rows.get(0), all.last().copied());
        assert_eq!(rows.update(&set, &all, 1, Some(&down)), None);
        assert!(!rows.is_being_sorted());
        assert_eq!(rows.update(&set, &all[..5], 2, Some(&down)), None, "few are sorted at once");
        assert_eq!(rows.get(0), Some(all[4]));
        assert_eq!(rows.update(&set, &all, 3, None), None);
    }

    #[test]
    fn keys_are_shown_as_they_are_and_numbers_grouped() {
        let set = set();
        let last = set.ids().nth(2).unwrap();
        let first = set.ids().next().unwrap();
        assert_eq!(cell_text(&set, 0, 0, last), "20000");
        assert_eq!(cell_text(&set, 5, 1, first), "7\u{2009}919.0");
        assert_eq!(cell_text(&set, 5, 1, last), "");
        assert!(is_right_aligned(&set, 5) && !is_right_aligned(&set, 0));
    }

    #[test]
    fn copied_rows_have_names_on_top_and_plain_numbers() {
        let set = set();
        let ids: Vec<TargetId> = set.ids().take(1).collect();
        assert_eq!(as_text(&set, &[2, 5], &ids), "name\tlength_m\nItaipu\t7919\n");
        let hidden = ["id", "class", "name"].map(str::to_owned).into();
        assert_eq!(columns(&set, &hidden), [3, 4, 5]);
    }
}
