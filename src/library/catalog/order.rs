//! In which order entries are listed and drawn, and which of them are shown. The first of the list is the topmost on the map.

use super::{Catalog, Entry, EntryId};
use crate::geo::BoundingBox;

/// The order of the list. Entries without a date come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By date, the newest on top.
    #[default]
    NewestFirst,
    /// By date, the oldest on top.
    OldestFirst,
    /// By name.
    Name,
    /// As the user arranged them.
    Manual,
}

/// Where in the list an entry is put by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPlace {
    /// Above all others.
    Top,
    /// Below all others.
    Bottom,
    /// Above this one.
    Above(EntryId),
    /// Below this one.
    Below(EntryId),
}

/// Undated entries last; then the date; then the name; then the number, so that no two keys are equal.
type SortKey = (bool, i32, String, EntryId);

fn sort_key(order: Order, entry: &Entry) -> SortKey {
    let days = entry.date().map(|date| i32::from(date.year()) * 366 + i32::from(date.day_of_year()));
    let (undated, rank) = match order {
        Order::NewestFirst => (days.is_none(), -days.unwrap_or_default()),
        Order::OldestFirst => (days.is_none(), days.unwrap_or_default()),
        Order::Name | Order::Manual => (false, 0),
    };
    (undated, rank, entry.name().to_lowercase(), entry.id())
}

impl Catalog {
    /// All entries in the chosen order, hidden ones too.
    pub fn entries(&self) -> &[EntryId] {
        &self.sorted
    }

    /// The chosen order.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Sorts the list; [`Order::Manual`] leaves it as it is.
    pub fn set_order(&mut self, order: Order) {
        self.order = order;
        if order != Order::Manual {
            let mut keyed: Vec<(SortKey, EntryId)> = self
                .sorted
                .iter()
                .filter_map(|&id| self.entry(id).map(|entry| (sort_key(order, &entry), id)))
                .collect();
            keyed.sort_unstable();
            self.sorted = keyed.into_iter().map(|(_, id)| id).collect();
        }
        self.revision += 1;
    }

    /// Moves an entry to `position` (counted from 0, at most the end) of the list, which is in manual order from then on.
    pub fn move_entry(&mut self, id: EntryId, position: usize) {
        let Some(from) = self.sorted.iter().position(|listed| *listed == id) else { return };
        self.sorted.remove(from);
        self.sorted.insert(position.min(self.sorted.len()), id);
        self.order = Order::Manual;
        self.revision += 1;
    }

    /// Moves an entry to a place of the list; see [`Self::move_entry`]. Nothing happens beside one that is not listed.
    pub fn move_to(&mut self, id: EntryId, place: ListPlace) {
        let position = |other| self.sorted.iter().filter(|listed| **listed != id).position(|listed| *listed == other);
        let position = match place {
            ListPlace::Top => Some(0),
            ListPlace::Bottom => Some(usize::MAX),
            ListPlace::Above(other) => position(other),
            ListPlace::Below(other) => position(other).map(|at| at + 1),
        };
        if let Some(position) = position {
            self.move_entry(id, position);
        }
    }

    /// Puts these first, in this order, the others behind them as they are; the list is in manual order from then on.
    pub fn arrange(&mut self, first: &[EntryId]) {
        let listed: rustc_hash::FxHashSet<EntryId> = first.iter().copied().collect();
        let known = first.iter().copied().filter(|&id| self.entry(id).is_some());
        let rest = self.sorted.iter().copied().filter(|id| !listed.contains(id));
        self.sorted = known.chain(rest).collect();
        self.order = Order::Manual;
        self.revision += 1;
    }

    /// Shows or hides an entry.
    pub fn set_hidden(&mut self, id: EntryId, hidden: bool) {
        if hidden {
            self.hidden.insert(id);
        } else {
            self.hidden.remove(&id);
        }
        self.revision += 1;
    }

    /// Whether the user has hidden an entry, whatever is shown alone.
    pub fn is_hidden(&self, id: EntryId) -> bool {
        self.hidden.contains(&id)
    }

    /// Shows one entry alone, hidden or not; `None` shows all others again.
    pub fn set_solo(&mut self, id: Option<EntryId>) {
        self.solo = id;
        self.revision += 1;
    }

    /// The entry that is shown alone.
    pub fn solo(&self) -> Option<EntryId> {
        self.solo
    }

    /// Whether an entry is to be drawn.
    pub fn is_shown(&self, id: EntryId) -> bool {
        self.solo.map_or_else(|| !self.is_hidden(id), |solo| solo == id)
    }

    /// The entries to be drawn, the topmost first.
    pub fn shown(&self) -> impl Iterator<Item = Entry> {
        self.sorted.iter().filter(|&&id| self.is_shown(id)).filter_map(|&id| self.entry(id))
    }

    /// Entries whose box meets `bounds` (EPSG:3857) and that are shown, the topmost first.
    pub fn shown_in(&self, bounds: &BoundingBox) -> Vec<EntryId> {
        let near: rustc_hash::FxHashSet<EntryId> = self.index.meeting(bounds).filter(|&id| self.is_shown(id)).collect();
        if near.is_empty() {
            return Vec::new();
        }
        self.sorted.iter().copied().filter(|id| near.contains(id)).collect()
    }

    /// Puts an entry where the order wants it; in manual order new ones come on top, known ones stay.
    pub(super) fn place(&mut self, entry: &Entry) {
        let id = entry.id();
        let listed = self.sorted.iter().position(|other| *other == id);
        if self.order == Order::Manual {
            if listed.is_none() {
                self.sorted.insert(0, id);
            }
            return;
        }
        if let Some(at) = listed {
            self.sorted.remove(at);
        }
        let key = sort_key(self.order, entry);
        let at = self
            .sorted
            .partition_point(|&other| self.entry(other).is_some_and(|other| sort_key(self.order, &other) < key));
        self.sorted.insert(at, id);
    }
}
