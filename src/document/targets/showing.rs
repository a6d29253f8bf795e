//! Which targets pass the filter and where they are: found at once for as many as a frame has time for, else asked for, so that
//! a job finds it out and the window stays free.

use super::TargetList;
use crate::targets::{TargetFilter, TargetId, TargetIndex, TargetSet};
use std::sync::{Arc, Weak};

/// More targets are filtered by a job.
pub const MOST_SHOWN_AT_ONCE: usize = 100_000;

/// What is known of what is shown.
#[derive(Debug, Default)]
pub(super) struct Showing {
    /// Grows with each change of what is to be shown.
    generation: u64,
    /// Whether that is still to be found out.
    is_wanted: bool,
    /// Whose targets are shown now.
    of: Weak<TargetSet>,
}

/// What has to be found out.
#[derive(Clone, Debug)]
pub struct ShowWant {
    /// The wish's number.
    pub generation: u64,
    set: Arc<TargetSet>,
    filter: TargetFilter,
}

/// What was found out.
#[derive(Debug)]
pub struct Shown {
    generation: u64,
    ids: Vec<TargetId>,
    index: TargetIndex,
}

impl ShowWant {
    /// Finds out which targets pass the filter, and where they are. Takes a quarter of a second for a million.
    pub fn find(&self) -> Shown {
        let ids = self.filter.apply(&self.set);
        Shown { generation: self.generation, index: TargetIndex::build(&self.set, &ids), ids }
    }
}

impl TargetList {
    /// What passes the filter has changed.
    pub(super) fn show_anew(&mut self) {
        self.showing.generation = self.showing.generation.wrapping_add(1);
        self.showing.is_wanted = true;
        let Some(want) = self.wanted() else {
            self.showing.is_wanted = false;
            (self.shown, self.index) = (Vec::new(), TargetIndex::default());
            self.show_beside_anew();
            self.count_selected();
            return;
        };
        if want.set.len() <= MOST_SHOWN_AT_ONCE {
            self.receive_shown(want.find());
            return;
        }
        if !std::ptr::eq(self.showing.of.as_ptr(), Arc::as_ptr(&want.set)) {
            // Numbers of rows of another set mean nothing in this one.
            (self.shown, self.index) = (Vec::new(), TargetIndex::default());
            self.showing.of = Arc::downgrade(&want.set);
        }
        self.show_beside_anew();
        self.count_selected();
    }

    /// The set on the map has other values now, but the same rows: what is shown of them stays.
    pub(super) fn keep_shown(&mut self) {
        self.showing.of = self.set().map(Arc::downgrade).unwrap_or_default();
    }

    /// What a job has to find out.
    pub fn wanted(&self) -> Option<ShowWant> {
        let set = self.set().filter(|_| self.showing.is_wanted)?;
        Some(ShowWant { generation: self.showing.generation, set: Arc::clone(set), filter: self.filter.clone() })
    }

    /// Whether what passes the filter is being found out; until then what passed the one before is shown.
    pub fn is_being_filtered(&self) -> bool {
        self.showing.is_wanted
    }

    /// Takes in what was found out; false where it is not what is wanted any more.
    pub fn receive_shown(&mut self, shown: Shown) -> bool {
        if !self.showing.is_wanted || shown.generation != self.showing.generation {
            return false;
        }
        self.showing.is_wanted = false;
        self.keep_shown();
        (self.shown, self.index) = (shown.ids, shown.index);
        self.show_beside_anew();
        self.count_selected();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::set;
    use super::*;
    use crate::db::{Column, ColumnData, ReadTable, Table};
    use crate::targets::Mapping;

    /// One target more than a frame has time for.
    fn many() -> Arc<TargetSet> {
        let rows = || 0..=i32::try_from(MOST_SHOWN_AT_ONCE).unwrap();
        let degrees = |most: i32| ColumnData::Real(rows().map(|row| Some(f64::from(row % most))).collect());
        let name = |row| Some(if row < 10 { "short" } else { "long" });
        let table = Table::new(vec![
            Column::new("name", ColumnData::Text(rows().map(name).collect())),
            Column::new("longitude", degrees(180)),
            Column::new("latitude", degrees(80)),
        ]);
        let read = ReadTable { table: table.unwrap(), ..ReadTable::default() };
        let mapping = Mapping::guess(&read.table, None);
        Arc::new(TargetSet::from_table("many", read, mapping).unwrap())
    }

    #[test]
    fn many_targets_are_filtered_elsewhere_and_only_the_last_wish_counts() {
        let mut list = TargetList::default();
        list.add("many.csv".into(), many());
        assert!(list.is_being_filtered() && list.shown().is_empty());
        let all = list.wanted().unwrap();
        assert!(list.receive_shown(all.find()));
        let count = list.shown().len();
        assert_eq!((list.is_being_filtered(), list.index().len()), (false, count));
        let revision = list.revision();
        list.set_filter(TargetFilter { text: "short".into(), ..TargetFilter::default() });
        let older = list.wanted().unwrap();
        assert_eq!(list.shown().len(), count, "what was shown stays until it is known what is");
        list.set_filter(TargetFilter { text: "nothing".into(), ..TargetFilter::default() });
        assert!(!list.receive_shown(older.find()));
        let newer = list.wanted().unwrap();
        assert!(list.receive_shown(newer.find()));
        assert!(list.shown().is_empty() && list.revision() > revision);
        list.set_filter(TargetFilter::default());
        assert!(list.is_being_filtered());
        list.add("a.gpkg".into(), set(&["dam"]));
        assert_eq!((list.is_being_filtered(), list.shown().len()), (false, 1), "few are filtered at once");
    }
}
