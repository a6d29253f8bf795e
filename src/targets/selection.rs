//! Which targets are selected: a set of rows, and walking through an order of rows.

use super::TargetId;

/// How a new pick changes what is selected already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelectMode {
    /// The pick takes its place.
    #[default]
    Replace,
    /// The pick is added.
    Add,
    /// The pick is taken away.
    Subtract,
    /// What is in both stays.
    Intersect,
    /// What is in exactly one of both stays.
    Toggle,
}

/// A set of targets, one bit each. Sets are equal when they hold the same targets.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    words: Vec<u64>,
    count: usize,
}

const BITS: usize = u64::BITS as usize;

impl Selection {
    /// Nothing selected.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of targets selected.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True when nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// True when the target is selected.
    pub fn contains(&self, id: TargetId) -> bool {
        let (word, bit) = place(id);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds one target.
    pub fn insert(&mut self, id: TargetId) {
        let (word, bit) = place(id);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        if let Some(bits) = self.words.get_mut(word) {
            self.count += usize::from(*bits & bit == 0);
            *bits |= bit;
        }
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Changes what is selected by a pick. A target that is picked twice counts once.
    pub fn apply(&mut self, mode: SelectMode, picked: &Selection) {
        let length = self.words.len().max(picked.words.len());
        self.words.resize(length, 0);
        let others = picked.words.iter().copied().chain(std::iter::repeat(0));
        for (word, other) in self.words.iter_mut().zip(others) {
            *word = match mode {
                SelectMode::Replace => other,
                SelectMode::Add => *word | other,
                SelectMode::Subtract => *word & !other,
                SelectMode::Intersect => *word & other,
                SelectMode::Toggle => *word ^ other,
            };
        }
        self.count = self.words.iter().map(|word| word.count_ones() as usize).sum();
    }

    /// The selected targets by row, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = TargetId> {
        let words = self.words.iter().copied().enumerate().filter(|(_, bits)| *bits != 0);
        words.flat_map(|(word, bits)| {
            let base = word * BITS;
            (0..BITS).filter(move |bit| bits >> bit & 1 == 1).filter_map(move |bit| TargetId::from_row(base + bit))
        })
    }

    /// The one target that is selected; `None` when it is none or several.
    pub fn single(&self) -> Option<TargetId> {
        if self.count == 1 { self.iter().next() } else { None }
    }
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        let common = self.words.len().min(other.words.len());
        self.count == other.count && self.words.get(..common) == other.words.get(..common)
    }
}

impl Eq for Selection {}

impl FromIterator<TargetId> for Selection {
    fn from_iter<I: IntoIterator<Item = TargetId>>(ids: I) -> Self {
        let mut selection = Self::new();
        ids.into_iter().for_each(|id| selection.insert(id));
        selection
    }
}

fn place(id: TargetId) -> (usize, u64) {
    (id.row() / BITS, 1 << (id.row() % BITS))
}

/// The target after `current` in an order such as the table's; the first when there is none or it isn't in the order.
/// Stays at the last.
pub fn next_in(order: &[TargetId], current: Option<TargetId>) -> Option<TargetId> {
    let place = current.and_then(|id| order.iter().position(|other| *other == id));
    let next = place.map_or(0, |place| place + 1);
    order.get(next).or_else(|| order.last()).copied()
}

/// The target before `current` in an order; the last when there is none or it isn't in the order. Stays at the first.
pub fn previous_in(order: &[TargetId], current: Option<TargetId>) -> Option<TargetId> {
    match current.and_then(|id| order.iter().position(|other| *other == id)) {
        Some(place) => order.get(place.saturating_sub(1)).copied(),
        None => order.last().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(rows: &[usize]) -> Vec<TargetId> {
        rows.iter().filter_map(|&row| TargetId::from_row(row)).collect()
    }

    fn selection(rows: &[usize]) -> Selection {
        ids(rows).into_iter().collect()
    }

    fn applied(mode: SelectMode, rows: &[usize], picked: &[usize]) -> Vec<usize> {
        let mut selected = selection(rows);
        selected.apply(mode, &selection(picked));
        assert_eq!(selected.len(), selected.iter().count());
        selected.iter().map(TargetId::row).collect()
    }

    #[test]
    fn each_mode_is_its_set_operation() {
        let (rows, picked) = (&[1, 2, 64, 200][..], &[2, 3, 200][..]);
        assert_eq!(applied(SelectMode::Replace, rows, picked), [2, 3, 200]);
        assert_eq!(applied(SelectMode::Add, rows, picked), [1, 2, 3, 64, 200]);
        assert_eq!(applied(SelectMode::Subtract, rows, picked), [1, 64]);
        assert_eq!(applied(SelectMode::Intersect, rows, picked), [2, 200]);
        assert_eq!(applied(SelectMode::Toggle, rows, picked), [1, 3, 64]);
    }

    #[test]
    fn a_short_pick_reaches_every_row_of_a_long_selection() {
        assert_eq!(applied(SelectMode::Intersect, &[1, 1000], &[1]), [1]);
        assert_eq!(applied(SelectMode::Replace, &[1, 1000], &[2]), [2]);
    }

    #[test]
    fn equality_asks_for_targets_not_for_room() {
        let mut roomy = selection(&[3, 900]);
        roomy.apply(SelectMode::Subtract, &selection(&[900]));
        assert_eq!(roomy, selection(&[3]));
        assert_ne!(roomy, selection(&[4]));
        assert_ne!(selection(&[3]), selection(&[900]));
    }

    #[test]
    fn walking_stops_at_the_ends() {
        let order = ids(&[5, 2, 9]);
        let at = |row| TargetId::from_row(row);
        assert_eq!(next_in(&order, None), at(5));
        assert_eq!(next_in(&order, at(5)), at(2));
        assert_eq!(next_in(&order, at(9)), at(9));
        assert_eq!(previous_in(&order, at(2)), at(5));
        assert_eq!(previous_in(&order, at(5)), at(5));
        assert_eq!(previous_in(&order, None), at(9));
        assert_eq!(next_in(&[], None), None);
    }

    #[test]
    fn one_selected_target_is_the_single_one() {
        assert_eq!(selection(&[70]).single(), TargetId::from_row(70));
        assert_eq!(selection(&[70, 71]).single(), None);
    }
}
