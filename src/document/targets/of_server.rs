//! Targets of a server's table in the list of targets: put on the map, found again by their keys, and what a sample of them stands for.

use super::{ServerSource, TargetList, TargetsSource};
use crate::targets::{SelectMode, TargetId, TargetSet};
use std::sync::Arc;

impl TargetList {
    /// Puts what was read of a server's table on the map, in the place of what was read of it before; what is selected stays
    /// selected, by its key. Whether the table is new.
    pub fn set_server(&mut self, server: ServerSource, set: Arc<TargetSet>) -> bool {
        let path = server.saved.label();
        let known = self.sources.iter().position(|source| source.path == path);
        let is_wanted = self.preferred.as_ref().is_none_or(|preferred| *preferred == path);
        let is_beside = self.is_beside(&path);
        let source = TargetsSource { path, set, server: Some(server), is_beside };
        let Some(at) = known else {
            self.sources.push(source);
            if !is_wanted && self.is_preferred_there() {
                self.show_beside_anew();
                return true;
            }
            self.active = self.sources.len() - 1;
            self.clear_selection();
            self.show_anew();
            return true;
        };
        let selected = if at == self.active { self.selected_keys() } else { Vec::new() };
        if let Some(place) = self.sources.get_mut(at) {
            *place = source;
        }
        if at == self.active {
            self.select_keys(&selected);
            self.show_anew();
        } else {
            self.show_beside_anew();
        }
        false
    }

    /// The target of a key.
    pub fn with_key(&self, key: &str) -> Option<TargetId> {
        let set = self.set()?;
        set.ids().find(|id| set.target(*id).is_some_and(|target| target.key.to_string() == key))
    }

    /// How many targets of the server's table so many of the set stand for: as many, unless the set is a sample.
    pub fn stands_for(&self, count: usize) -> usize {
        let of = self.server().filter(|source| source.is_sample).and_then(|source| source.in_view);
        let (Some(in_view), Some(read)) = (of, self.set().map(|set| set.len()).filter(|read| *read > 0)) else {
            return count;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of a count")]
        let estimate = (count as f64 * in_view as f64 / read as f64).round() as usize;
        estimate.max(count)
    }

    /// The server's table on the map.
    pub fn server(&self) -> Option<&ServerSource> {
        self.sources.get(self.active)?.server.as_ref()
    }

    /// The keys of what is selected, that of the current target last.
    fn selected_keys(&self) -> Vec<String> {
        let Some(set) = self.set() else { return Vec::new() };
        let others = self.selection.iter().filter(|id| Some(*id) != self.current);
        let key = |id| set.target(id).map(|target| target.key).filter(|key| !key.is_null());
        others.chain(self.current).filter_map(key).map(|key| key.to_string()).collect()
    }

    /// Selects the targets of these keys, as far as they are there.
    fn select_keys(&mut self, keys: &[String]) {
        self.clear_selection();
        let Some(set) = self.set().filter(|_| !keys.is_empty()).map(Arc::clone) else { return };
        let mut found = vec![None; keys.len()];
        for id in set.ids() {
            let key = set.target(id).map(|target| target.key.to_string());
            if let Some(place) = key.and_then(|key| keys.iter().position(|wanted| *wanted == key))
                && let Some(slot) = found.get_mut(place)
            {
                *slot = Some(id);
            }
        }
        let ids: Vec<TargetId> = found.into_iter().flatten().collect();
        self.select(SelectMode::Replace, &ids);
    }
}
