//! Names that many targets share, each kept once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// A name that several targets share, and how many do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: Arc<str>,
    /// Targets that have it.
    pub count: usize,
}

/// Names in order, and each row's place among them.
#[derive(Debug, Default, Clone)]
pub(super) struct Dictionary {
    entries: Vec<Named>,
    index_of_row: Vec<Option<u32>>,
}

impl Dictionary {
    /// Numbers the names of a column, most frequent first, then by name.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut places: FxHashMap<Arc<str>, u32> = FxHashMap::default();
        let mut entries: Vec<Named> = Vec::new();
        let mut index_of_row = Vec::new();
        for name in rows {
            let place = name.and_then(|name| {
                if let Some(place) = places.get(name) {
                    return Some(*place);
                }
                let place = u32::try_from(entries.len()).ok()?;
                let name: Arc<str> = name.into();
                places.insert(name.clone(), place);
                entries.push(Named { name, count: 0 });
                Some(place)
            });
            if let Some(entry) = place.and_then(|place| entries.get_mut(place as usize)) {
                entry.count += 1;
            }
            index_of_row.push(place);
        }
        Self { entries, index_of_row }.ordered()
    }

    fn ordered(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by(|&a, &b| match (self.entries.get(a), self.entries.get(b)) {
            (Some(a), Some(b)) => b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)),
            _ => a.cmp(&b),
        });
        let mut new_place = vec![0_u32; order.len()];
        for (place, &old) in (0_u32..).zip(&order) {
            if let Some(slot) = new_place.get_mut(old) {
                *slot = place;
            }
        }
        for index in self.index_of_row.iter_mut().flatten() {
            *index = new_place.get(*index as usize).copied().unwrap_or(*index);
        }
        self.entries = order.iter().filter_map(|&old| self.entries.get(old).cloned()).collect();
        self
    }

    pub(super) fn entries(&self) -> &[Named] {
        &self.entries
    }

    pub(super) fn index_of(&self, row: usize) -> Option<u32> {
        self.index_of_row.get(row).copied().flatten()
    }

    pub(super) fn name_of(&self, row: usize) -> Option<&Arc<str>> {
        self.entries.get(self.index_of(row)? as usize).map(|entry| &entry.name)
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let place = self.entries.iter().position(|entry| entry.name.as_ref() == name)?;
        u32::try_from(place).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_by_how_many_have_them() {
        let rows = [Some("dam"), Some("ship"), None, Some("ship"), Some("bridge")];
        let dictionary = Dictionary::of_rows(rows.into_iter());
        let names: Vec<_> = dictionary.entries().iter().map(|entry| (entry.name.as_ref(), entry.count)).collect();
        assert_eq!(names, [("ship", 2), ("bridge", 1), ("dam", 1)]);
        assert_eq!(dictionary.index_of(0), Some(2));
        assert_eq!(dictionary.index_of(2), None);
        assert_eq!(dictionary.name_of(3).map(AsRef::as_ref), Some("ship"));
        assert_eq!(dictionary.find("bridge"), Some(1));
    }
}
