//! What the columns of a table look like: how many decimals their numbers have, and how wide they are at first. Told from a
//! sample of the rows, so that nothing changes when one scrolls or sorts.

use super::rows::{self, DIGITS};
use crate::db::Column;
use crate::report::chart::column_title;
use crate::targets::{TargetId, TargetSet};
use crate::ui::{numbers, theme};
use std::sync::{Arc, Weak};

/// So many rows are looked at, evenly spread.
const SAMPLE: usize = 512;
/// Points of the first width of a column.
const WIDTHS: (f32, f32) = (48.0, 360.0);
/// Room at both sides of a cell, and for what may stand beside its text.
const MARGINS: f32 = 18.0;
const MARKS: f32 = 34.0;
const SORT_MARK: f32 = 20.0;

/// One column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnLook {
    /// Decimals of its real numbers.
    pub decimals: usize,
    /// Points.
    pub width: f32,
}

/// All columns of a set.
#[derive(Default)]
pub struct Looks {
    of: Option<Weak<TargetSet>>,
    list: Vec<ColumnLook>,
}

impl Looks {
    /// Brings them up to date.
    pub fn update(&mut self, ui: &egui::Ui, set: &Arc<TargetSet>) {
        if self.of.as_ref().is_some_and(|of| std::ptr::eq(of.as_ptr(), Arc::as_ptr(set))) {
            return;
        }
        self.list = (0..set.table().columns().len()).map(|column| look(ui, set, column)).collect();
        self.of = Some(Arc::downgrade(set));
    }

    /// That of a column of the set's table.
    pub fn get(&self, column: usize) -> ColumnLook {
        self.list.get(column).cloned().unwrap_or_default()
    }
}

fn look(ui: &egui::Ui, set: &TargetSet, column: usize) -> ColumnLook {
    let sampled = || set.ids().step_by((set.len() / SAMPLE).max(1));
    let decimals = set.table().column(column).map_or(0, |values| decimals(values, sampled()));
    let texts = sampled().map(|id| rows::cell_text(set, column, decimals, id));
    let longest = texts.max_by_key(|text| text.chars().count()).unwrap_or_default();
    let title = set.table().column(column).map_or_else(String::new, |column| column_title(column.name()));
    let width = |text: String| ui.painter().layout_no_wrap(text, theme::body_font(), egui::Color32::WHITE).size().x;
    let has_marks = set.mapping().class.is_some() && rows::is_class(set, column);
    let content = width(longest) + if has_marks { MARKS } else { 0.0 };
    let width = (content.max(width(title) + SORT_MARK) + MARGINS).clamp(WIDTHS.0, WIDTHS.1);
    ColumnLook { decimals, width: width.ceil() }
}

/// As many decimals as the numbers need, but no more than leave the largest of them its digits.
fn decimals(column: &Column, rows: impl Iterator<Item = TargetId>) -> usize {
    let (mut needed, mut largest) = (0, 0.0_f64);
    for value in rows.filter_map(|id| column.value(id.row()).as_f64()).filter(|value| value.is_finite()) {
        let text = numbers::significant(value, DIGITS);
        let own = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        needed = needed.max(own);
        largest = largest.max(value.abs());
    }
    let whole_digits = if largest >= 1.0 {
        numbers::significant(largest.trunc(), 15).chars().filter(char::is_ascii_digit).count()
    } else {
        1
    };
    needed.min(DIGITS.saturating_sub(whole_digits).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ColumnData;

    fn decimals_of(values: &[f64]) -> usize {
        let column = Column::new("a", ColumnData::Real(values.iter().copied().map(Some).collect()));
        decimals(&column, (0..values.len()).filter_map(TargetId::from_row))
    }

    #[test]
    fn a_column_has_the_decimals_that_its_numbers_need() {
        assert_eq!(decimals_of(&[0.98, 0.9, 1.0]), 2);
        assert_eq!(decimals_of(&[7919.0, 552.4]), 1);
        assert_eq!(decimals_of(&[-54.58856, -25.4]), 5);
        assert_eq!(decimals_of(&[1.0, 2.0]), 0);
        assert_eq!(decimals_of(&[1.0 / 3.0, 123_456.0]), 1);
        assert_eq!(decimals_of(&[f64::NAN, f64::INFINITY]), 0);
    }
}
