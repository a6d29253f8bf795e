//! Which targets are shown: what the user typed and switched. Plain data, saved with the project.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Selection, TargetId, TargetSet};

/// What a target must be to be shown. Each part that is set must hold; a default filter shows everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetFilter {
    /// The name (or the key of a target without one) contains this, in any case.
    pub text: String,
    /// Classes that are switched off, by name, so that a filter outlives the data that it was made on.
    pub hidden_classes: BTreeSet<String>,
    /// The image that the target names.
    pub image: Option<String>,
    /// Lowest and highest confidence, both included. A target without confidence is left out.
    pub confidence: Option<(f64, f64)>,
    /// First and last day, both included. A target without a date is left out.
    pub dates: Option<(Date, Date)>,
    /// Ranges of value columns.
    pub values: Vec<ValueRange>,
    /// Words that columns of texts may hold.
    pub words: Vec<WordChoice>,
    /// Only these targets: what was selected when the user filtered to it. Holds for the set that it was made on, and is not
    /// saved.
    #[serde(skip)]
    pub only: Option<Arc<Selection>>,
}

/// A range of a numeric column, both ends included. A target without the value is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueRange {
    /// The column's name. A column that the table doesn't have restricts nothing.
    pub column: String,
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
}

/// Some of the words in a column of texts. A target without one is as if its word were empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordChoice {
    /// The column's name. A column that the table doesn't have restricts nothing.
    pub column: String,
    /// What may stand there.
    pub words: BTreeSet<String>,
}

impl TargetFilter {
    /// True when the filter shows everything.
    pub fn is_empty(&self) -> bool {
        let Self { text, hidden_classes, image, confidence, dates, values, words, only } = self;
        text.trim().is_empty()
            && hidden_classes.is_empty()
            && image.is_none()
            && confidence.is_none()
            && dates.is_none()
            && values.is_empty()
            && words.is_empty()
            && only.is_none()
    }

    /// The targets of a set that pass, in the order of the set.
    pub fn apply(&self, set: &TargetSet) -> Vec<TargetId> {
        let needle = self.text.trim().to_lowercase();
        let shown: Vec<bool> =
            set.classes().iter().map(|class| !self.hidden_classes.contains(class.name.as_ref())).collect();
        let image = match &self.image {
            None => None,
            Some(name) => match set.image_index(name) {
                Some(index) => Some(index),
                None => return Vec::new(),
            },
        };
        let ranges: Vec<_> = self
            .values
            .iter()
            .filter_map(|range| Some((set.table().column(set.table().column_index(&range.column)?)?, range)))
            .collect();
        let words: Vec<_> = self
            .words
            .iter()
            .filter_map(|choice| Some((set.table().column(set.table().column_index(&choice.column)?)?, &choice.words)))
            .collect();
        let passes = |id: &TargetId| {
            let row = id.row();
            self.only.as_ref().is_none_or(|only| only.contains(*id))
                && set.class_of(*id).is_some_and(|class| shown.get(class.index()).copied().unwrap_or(true))
                && image.is_none_or(|image| set.image_index_of(*id) == Some(image))
                && self.confidence.is_none_or(|range| is_within(set.confidence(*id), range))
                && self
                    .dates
                    .is_none_or(|(first, last)| set.date(*id).is_some_and(|date| (first..=last).contains(&date)))
                && ranges.iter().all(|(column, range)| is_within(column.value(row).as_f64(), (range.low, range.high)))
                && words.iter().all(|(column, words)| words.contains(column.value(row).as_str().unwrap_or_default()))
                && (needle.is_empty() || set.searched_text(*id).is_some_and(|text| text.contains(&needle)))
        };
        set.ids().filter(passes).collect()
    }
}

fn is_within(value: Option<f64>, (low, high): (f64, f64)) -> bool {
    value.is_some_and(|value| value >= low && value <= high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, Inference, ReadTable, Table, infer};
    use crate::targets::Mapping;
    use jiff::civil::date;

    const COLUMNS: [(&str, [&str; 4]); 8] = [
        ("id", ["1", "2", "3", "4"]),
        ("class", ["dam", "ship", "ship", ""]),
        ("name", ["Represa de Itaipú", "MV ÅLAND", "", "quay"]),
        ("longitude", ["-54.6", "-34.8", "-34.9", "-34.7"]),
        ("latitude", ["-25.4", "-8.0", "-8.1", "-8.2"]),
        ("image", ["a", "b", "b", ""]),
        ("date", ["2020-05-18", "2020-06-01", "", "2021-01-01"]),
        ("confidence", ["0.9", "0.5", "", "0.2"]),
    ];

    fn set() -> TargetSet {
        let column = |(name, texts): (&str, [&str; 4])| {
            let texts = texts.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect();
            Column::new(name, infer(texts, Inference::All))
        };
        let table = Table::new(COLUMNS.into_iter().map(column).collect()).unwrap();
        let mapping = Mapping::guess(&table, None);
        TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap()
    }

    fn rows(filter: &TargetFilter) -> Vec<usize> {
        filter.apply(&set()).into_iter().map(TargetId::row).collect()
    }

    #[test]
    fn an_empty_filter_shows_everything() {
        assert!(TargetFilter::default().is_empty());
        assert_eq!(rows(&TargetFilter::default()), [0, 1, 2, 3]);
    }

    #[test]
    fn text_is_found_in_any_case_and_any_script() {
        let text = |text: &str| TargetFilter { text: text.to_owned(), ..TargetFilter::default() };
        assert_eq!(rows(&text("ITAIPÚ")), [0]);
        assert_eq!(rows(&text(" åland ")), [1]);
        assert_eq!(rows(&text("3")), [2]);
        assert!(rows(&text("nowhere")).is_empty());
    }

    #[test]
    fn a_hidden_class_is_left_out_and_the_unclassified_are_a_class() {
        let hide = |class: &str| TargetFilter { hidden_classes: [class.to_owned()].into(), ..TargetFilter::default() };
        assert_eq!(rows(&hide("ship")), [0, 3]);
        assert_eq!(rows(&hide("unclassified")), [0, 1, 2]);
    }

    #[test]
    fn ranges_include_their_ends_and_leave_out_what_has_no_value() {
        let filter = TargetFilter { confidence: Some((0.2, 0.5)), ..TargetFilter::default() };
        assert_eq!(rows(&filter), [1, 3]);
        let dates = Some((date(2020, 5, 18), date(2020, 6, 1)));
        assert_eq!(rows(&TargetFilter { dates, ..TargetFilter::default() }), [0, 1]);
        let range = ValueRange { column: "ID".to_owned(), low: 2.0, high: 3.0 };
        assert_eq!(rows(&TargetFilter { values: vec![range], ..TargetFilter::default() }), [1, 2]);
    }

    #[test]
    fn words_of_a_column_are_chosen_from() {
        let of = |column: &str, words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            let choice = WordChoice { column: column.to_owned(), words };
            TargetFilter { words: vec![choice], ..TargetFilter::default() }
        };
        assert_eq!(rows(&of("class", &["dam", ""])), [0, 3]);
        assert!(rows(&of("class", &[])).is_empty());
        assert_eq!(rows(&of("gone", &["dam"])), [0, 1, 2, 3], "what isn't there restricts nothing");
    }

    #[test]
    fn an_image_is_asked_for_by_name() {
        let of = |image: &str| TargetFilter { image: Some(image.to_owned()), ..TargetFilter::default() };
        assert_eq!(rows(&of("b")), [1, 2]);
        assert!(rows(&of("c")).is_empty());
    }

    #[test]
    fn a_filter_to_a_selection_keeps_what_is_in_it() {
        let only: Selection = [1, 3].into_iter().filter_map(TargetId::from_row).collect();
        let filter = TargetFilter { only: Some(Arc::new(only)), ..TargetFilter::default() };
        assert!(!filter.is_empty());
        assert_eq!(rows(&filter), [1, 3]);
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<TargetFilter>(&text).unwrap(), TargetFilter::default());
    }

    #[test]
    fn all_parts_must_hold() {
        let filter =
            TargetFilter { image: Some("b".to_owned()), confidence: Some((0.0, 1.0)), ..TargetFilter::default() };
        assert_eq!(rows(&filter), [1]);
    }
}
