//! What a chart is made of: a table, and which targets each of its rows stands for.

use crate::db::{Column, Table, Value};
use crate::targets::{ClassId, Mapping, Selection, TargetId, TargetSet};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A table with its links.
#[derive(Clone, Debug)]
pub struct PlotData {
    table: Arc<Table>,
    mapping: Arc<Mapping>,
    links: Links,
}

/// Which targets a row stands for.
#[derive(Clone, Debug)]
enum Links {
    /// The target of the same row: the table is that of the set.
    Same,
    /// These, row by row.
    Rows(Arc<[Box<[TargetId]>]>),
}

impl PlotData {
    /// The targets themselves.
    pub fn of_set(set: &TargetSet) -> Self {
        let mapping = Arc::new(set.mapping().clone());
        Self { table: Arc::new(set.table().clone()), mapping, links: Links::Same }
    }

    /// What a query answered: a row stands for the target whose key it has; without keys, for all targets of its class, of its
    /// image, or of both. Columns are known by the names that they have in the set.
    pub fn of_answer(table: Table, set: &TargetSet) -> Self {
        let mapping = set.mapping();
        let column = |name: &Option<String>| table.column_index(name.as_deref()?).and_then(|at| table.column(at));
        let links = match (column(&mapping.id), column(&mapping.class), column(&mapping.image)) {
            (Some(keys), ..) => by_key(keys, set),
            (None, None, None) => std::iter::repeat_n(Box::default(), table.row_count()).collect(),
            (None, class, image) => by_class_and_image(class, image, table.row_count(), set),
        };
        let mapping = Arc::new(Mapping::guess(&table, None));
        Self { table: Arc::new(table), mapping, links: Links::Rows(links) }
    }

    /// The table.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The target that a row stands for alone.
    pub fn target(&self, row: u32) -> Option<TargetId> {
        match &self.links {
            Links::Same => TargetId::from_row(row as usize),
            Links::Rows(rows) => match rows.get(row as usize).map(AsRef::as_ref) {
                Some([only]) => Some(*only),
                _ => None,
            },
        }
    }

    /// All targets that some rows stand for, each once.
    pub fn targets(&self, rows: &[u32]) -> Vec<TargetId> {
        match &self.links {
            Links::Same => rows.iter().filter_map(|row| TargetId::from_row(*row as usize)).collect(),
            Links::Rows(links) => {
                let mut seen = Selection::new();
                let ids = rows.iter().filter_map(|row| links.get(*row as usize)).flat_map(|ids| ids.iter().copied());
                ids.filter(|id| {
                    let is_new = !seen.contains(*id);
                    seen.insert(*id);
                    is_new
                })
                .collect()
            }
        }
    }

    /// Whether anything that a row stands for is selected.
    pub fn is_selected(&self, row: u32, selection: &Selection) -> bool {
        match &self.links {
            Links::Same => TargetId::from_row(row as usize).is_some_and(|id| selection.contains(id)),
            Links::Rows(rows) => rows.get(row as usize).is_some_and(|ids| ids.iter().any(|id| selection.contains(*id))),
        }
    }

    /// Which column plays which part.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

fn by_key(keys: &Column, set: &TargetSet) -> Arc<[Box<[TargetId]>]> {
    let known: FxHashMap<String, TargetId> = set
        .ids()
        .filter_map(|id| set.target(id))
        .filter(|target| !target.key.is_null())
        .map(|target| (target.key.to_string(), target.id))
        .collect();
    let found = keys.values().map(|key| known.get(&key.to_string()).copied().filter(|_| !key.is_null()));
    found.map(|id| id.into_iter().collect()).collect()
}

fn by_class_and_image(
    class: Option<&Column>,
    image: Option<&Column>,
    row_count: usize,
    set: &TargetSet,
) -> Arc<[Box<[TargetId]>]> {
    type Pair = (Option<usize>, Option<usize>);
    let mut known: FxHashMap<Pair, Vec<TargetId>> = FxHashMap::default();
    for id in set.ids() {
        let of_class = class.and(set.class_of(id)).map(ClassId::index);
        let of_image = image.and(set.image_index_of(id));
        known.entry((of_class, of_image)).or_default().push(id);
    }
    let text = |column: Option<&Column>, row: usize| match column.map_or(Value::Null, |column| column.value(row)) {
        Value::Null => None,
        value => Some(value.to_string()),
    };
    let pair = |row: usize| -> Option<Pair> {
        let of_class = match class {
            Some(_) => Some(set.class_named(text(class, row)?.as_str())?.index()),
            None => None,
        };
        let of_image = match image {
            Some(_) => Some(set.image_index(text(image, row)?.as_str())?),
            None => None,
        };
        Some((of_class, of_image))
    };
    let found = (0..row_count).map(|row| pair(row).and_then(|pair| known.get(&pair)));
    found.map(|ids| ids.cloned().unwrap_or_default().into_boxed_slice()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Inference, ReadTable, infer};

    fn table(columns: &[(&str, &[&str])]) -> Table {
        let column = |(name, texts): &(&str, &[&str])| {
            Column::new(*name, infer(texts.iter().map(|text| Some(*text)).collect(), Inference::All))
        };
        Table::new(columns.iter().map(column).collect()).unwrap()
    }

    fn set() -> TargetSet {
        let table = table(&[
            ("id", &["11", "12", "13", "14"]),
            ("class", &["dam", "ship", "ship", "dam"]),
            ("image", &["a", "a", "b", "b"]),
            ("longitude", &["1", "2", "3", "4"]),
            ("latitude", &["1", "2", "3", "4"]),
        ]);
        let mapping = Mapping::guess(&table, None);
        TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap()
    }

    fn linked(answer: &Table, row: u32) -> Vec<usize> {
        PlotData::of_answer(answer.clone(), &set()).targets(&[row]).iter().map(|id| id.row()).collect()
    }

    #[test]
    fn a_row_with_a_key_stands_for_its_target() {
        let answer = table(&[("id", &["13", "99"]), ("class", &["ship", "dam"])]);
        assert_eq!(linked(&answer, 0), [2]);
        assert!(linked(&answer, 1).is_empty());
        let data = PlotData::of_answer(answer, &set());
        assert_eq!(data.target(0).map(TargetId::row), Some(2));
    }

    #[test]
    fn a_count_by_class_or_image_stands_for_all_that_it_counts() {
        let by_class = table(&[("class", &["dam", "barge"]), ("n", &["2", "0"])]);
        assert_eq!(linked(&by_class, 0), [0, 3]);
        assert!(linked(&by_class, 1).is_empty());
        let by_both = table(&[("class", &["dam", "ship"]), ("image", &["b", "a"])]);
        assert_eq!((linked(&by_both, 0), linked(&by_both, 1)), (vec![3], vec![1]));
        let data = PlotData::of_answer(by_class, &set());
        assert_eq!(data.target(0), None, "two targets are no one's facts");
        let selection: Selection = TargetId::from_row(3).into_iter().collect();
        assert!(data.is_selected(0, &selection) && !data.is_selected(1, &selection));
    }

    #[test]
    fn an_answer_about_something_else_is_linked_to_nothing() {
        let answer = table(&[("month", &["1", "2"]), ("n", &["5", "6"])]);
        assert!(linked(&answer, 0).is_empty());
    }

    #[test]
    fn the_set_itself_is_linked_row_by_row() {
        let data = PlotData::of_set(&set());
        assert_eq!(data.targets(&[2, 0]).iter().map(|id| id.row()).collect::<Vec<_>>(), [2, 0]);
    }
}
