//! The order of the chips. Draws nothing.

use crate::db::SortDirection;
use crate::document::{ChipSort, Document};
use crate::targets::{Review, TargetId, TargetSet, Verdict};
use crate::ui::table::MOST_SORTED_AT_ONCE;
use std::sync::{Arc, Weak};

/// An order of chips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// What decides.
    pub by: ChipSort,
    /// Which end comes first.
    pub direction: SortDirection,
}

/// The targets in their order, made anew when anything that it hangs on changes.
#[derive(Default)]
pub struct Order {
    ids: Vec<TargetId>,
    made_of: Option<(Weak<TargetSet>, u64, Sort, u64)>,
    /// What is being sorted elsewhere.
    asked: Option<(u64, Sort, u64)>,
}

impl Order {
    /// Brings the order up to date. Where there are too many to be sorted within a frame, they come as the file has them until
    /// [`Self::receive`]; whether that has to be asked for now.
    pub fn update(&mut self, document: &Document, set: &Arc<TargetSet>, sort: &Sort) -> bool {
        let reviewed = if sort.by == ChipSort::Review { document.review.revision() } else { 0 };
        let is_current = self.made_of.as_ref().is_some_and(|(of, revision, by, review)| {
            std::ptr::eq(of.as_ptr(), Arc::as_ptr(set))
                && *revision == document.targets.revision()
                && by == sort
                && *review == reviewed
        });
        if is_current {
            self.asked = None;
            return false;
        }
        let (shown, revision) = (document.targets.shown(), document.targets.revision());
        if shown.len() <= MOST_SORTED_AT_ONCE {
            self.ids = sorted(set, shown, sort, &document.review);
            self.made_of = Some((Arc::downgrade(set), revision, sort.clone(), reviewed));
            self.asked = None;
            return false;
        }
        let wanted = (revision, sort.clone(), reviewed);
        let is_asked = self.asked.as_ref() == Some(&wanted);
        if !self.is_of(document) {
            self.ids = shown.to_vec();
            let as_in_file = Sort { by: ChipSort::File, direction: SortDirection::Ascending };
            self.made_of = Some((Arc::downgrade(set), revision, as_in_file, 0));
        }
        self.asked = Some(wanted);
        !is_asked
    }

    /// Takes in what was sorted, unless something else is wanted by now.
    pub fn receive(&mut self, set: &Arc<TargetSet>, revision: u64, sort: &Sort, ids: Vec<TargetId>) {
        if let Some((at, by, review)) = self.asked.take_if(|(at, by, _)| *at == revision && by == sort) {
            self.ids = ids;
            self.made_of = Some((Arc::downgrade(set), at, by, review));
        }
    }

    /// What is asked for will not come.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }

    /// Whether the chips are being sorted.
    pub fn is_being_sorted(&self) -> bool {
        self.asked.is_some()
    }

    /// The targets in order.
    pub fn ids(&self) -> &[TargetId] {
        &self.ids
    }

    /// The place of a target.
    pub fn position(&self, id: TargetId) -> Option<usize> {
        self.ids.iter().position(|known| *known == id)
    }

    /// Whether the order is that of the targets that are shown now.
    pub fn is_of(&self, document: &Document) -> bool {
        let set = document.targets.set();
        self.made_of.as_ref().is_some_and(|(of, revision, ..)| {
            set.is_some_and(|set| std::ptr::eq(of.as_ptr(), Arc::as_ptr(set)))
                && *revision == document.targets.revision()
        })
    }
}

/// Of more targets, those of one class stay in the order of the file: names would take too long to compare.
const MOST_NAMED: usize = 100_000;

/// The place of each class among their names, so that the order doesn't hang on how many there are of each.
fn class_ranks(set: &TargetSet) -> Vec<usize> {
    let mut order: Vec<usize> = (0..set.classes().len()).collect();
    order.sort_by_key(|at| set.classes().get(*at).map(|class| class.name.clone()));
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(at) {
            *slot = rank;
        }
    }
    ranks
}

/// The targets in an order.
pub fn sorted(set: &TargetSet, shown: &[TargetId], sort: &Sort, review: &Review) -> Vec<TargetId> {
    let by_column = |name: &str| {
        let Some(column) = set.table().column_index(name) else { return shown.to_vec() };
        let mut rows: Vec<u32> = shown.iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
        set.table().sort_rows(&mut rows, column, sort.direction);
        rows.into_iter().filter_map(|row| TargetId::from_row(row as usize)).collect()
    };
    let mut ids = shown.to_vec();
    match &sort.by {
        ChipSort::File => {
            if sort.direction == SortDirection::Descending {
                ids.reverse();
            }
        }
        ChipSort::Column(name) => ids = by_column(name),
        ChipSort::Class => {
            let ranks = class_ranks(set);
            let rank = |id: &TargetId| set.class_of(*id).and_then(|class| ranks.get(class.index()).copied());
            let by_class = |a: &TargetId, b: &TargetId| sort.direction.apply(rank(a).cmp(&rank(b)));
            if ids.len() > MOST_NAMED {
                ids.sort_by(by_class);
            } else {
                let name = |id: &TargetId| set.searched_text(*id);
                ids.sort_by(|a, b| by_class(a, b).then_with(|| name(a).cmp(&name(b))));
            }
        }
        ChipSort::Review => {
            let rank = |id: &TargetId| match review.verdict(*id) {
                None => 0,
                Some(Verdict::Accepted) => 1,
                Some(Verdict::Relabelled(_)) => 2,
                Some(Verdict::Rejected) => 3,
            };
            ids.sort_by(|a, b| sort.direction.apply(rank(a).cmp(&rank(b))));
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::table::rows_for_tests;

    fn order(document: &Document, by: ChipSort, direction: SortDirection) -> Vec<usize> {
        let mut order = Order::default();
        order.update(document, document.targets.set().unwrap(), &Sort { by, direction });
        order.ids().iter().map(|id| id.row()).collect()
    }

    #[test]
    fn chips_come_by_class_by_value_by_verdict_or_as_in_the_file() {
        let mut document = Document::default();
        document.targets.add("targets.csv".into(), rows_for_tests());
        let up = SortDirection::Ascending;
        assert_eq!(order(&document, ChipSort::Class, up), [1, 2, 0], "the bridge, then Acaray and Itaipu");
        assert_eq!(order(&document, ChipSort::Class, up.reversed()), [2, 0, 1]);
        assert_eq!(order(&document, ChipSort::Column("length_m".into()), up), [1, 0, 2], "without a value last");
        assert_eq!(order(&document, ChipSort::File, up.reversed()), [2, 1, 0]);
        let first = TargetId::from_row(0).unwrap();
        document.set_verdict(&[first], Some(&Verdict::Rejected));
        assert_eq!(order(&document, ChipSort::Review, up), [1, 2, 0]);
        assert_eq!(order(&document, ChipSort::Column("gone".into()), up), [0, 1, 2]);
    }
}
