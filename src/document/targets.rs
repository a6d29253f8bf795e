//! The targets on the map: which files they come from, which are shown, which are selected.

mod beside;
mod of_server;
mod showing;

pub use beside::TargetLayer;
pub use showing::{MOST_SHOWN_AT_ONCE, ShowWant, Shown};

use super::SavedTable;
use crate::db::StoreAddress;
use crate::db::postgres::ServerAddress;
use crate::targets::{
    ClassColor, ClassColors, ClassId, ColorOverrides, Mapping, SelectMode, Selection, TargetFilter, TargetId,
    TargetIndex, TargetSet, next_in, previous_in,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Targets that were read from a file or a server.
#[derive(Clone, Debug)]
pub struct TargetsSource {
    /// The file; for a table of a server, what it is called.
    pub path: PathBuf,
    /// What is in it.
    pub set: Arc<TargetSet>,
    /// The table of a server that the targets are of; `None` for those of a file.
    pub server: Option<ServerSource>,
    /// Whether it is on the map beside the one that the panels are about.
    pub is_beside: bool,
}

/// A table of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerSource {
    /// The server.
    pub address: ServerAddress,
    /// What a project keeps of it.
    pub saved: SavedTable,
    /// The mapping as it was asked for; `None` for a guessed one.
    pub asked_mapping: Option<Mapping>,
    /// How many targets are in view, where the set has only what is in view.
    pub in_view: Option<u64>,
    /// Whether the set is a sample of what is in view.
    pub is_sample: bool,
}

impl TargetsSource {
    /// Where to put questions about these targets to.
    pub fn address(&self) -> StoreAddress {
        match &self.server {
            Some(server) => StoreAddress::Server(server.address.clone()),
            None => StoreAddress::file(&self.path),
        }
    }
}

/// All files of targets; the panels are about one of them, and others may be on the map beside it.
#[derive(Debug, Default)]
pub struct TargetList {
    sources: Vec<TargetsSource>,
    active: usize,
    /// What the user put on the map; not another one because that is found later.
    preferred: Option<PathBuf>,
    /// What is to be on the map beside that.
    beside: Vec<PathBuf>,
    filter: TargetFilter,
    shown: Vec<TargetId>,
    selection: Selection,
    /// How many of the selected targets are shown.
    selected_shown: usize,
    current: Option<TargetId>,
    index: TargetIndex,
    showing: showing::Showing,
    colors: ClassColors,
    layers: Vec<TargetLayer>,
    overrides: ColorOverrides,
    revision: u64,
    selection_revision: u64,
    colors_revision: u64,
}

impl TargetList {
    /// Adds a file, or what it holds now. The first of the best kind of file is put on the map.
    pub fn add(&mut self, path: PathBuf, set: Arc<TargetSet>) {
        let chosen = self.preferred.clone().or_else(|| {
            let is_used = self.current.is_some() || !self.selection.is_empty();
            self.sources.get(self.active).filter(|_| is_used).map(|source| source.path.clone())
        });
        let is_beside = self.is_beside(&path);
        self.sources.retain(|source| source.path != path);
        self.sources.push(TargetsSource { path, set, server: None, is_beside });
        self.sources.sort_by_cached_key(|source| (rank(&source.path), source.path.clone()));
        self.filter.only = None;
        self.active = chosen.and_then(|path| self.sources.iter().position(|source| source.path == path)).unwrap_or(0);
        self.show_anew();
    }

    /// What the user put on the map, by [`TargetsSource::path`].
    pub fn preferred(&self) -> Option<&Path> {
        self.preferred.as_deref()
    }

    /// This is to be on the map as soon as it is there.
    pub fn prefer(&mut self, path: Option<PathBuf>) {
        self.preferred = path;
    }

    fn is_preferred_there(&self) -> bool {
        self.sources.iter().any(|source| Some(&source.path) == self.preferred.as_ref())
    }

    /// Puts another file on the map.
    pub fn choose(&mut self, index: usize) {
        self.preferred = self.sources.get(index).map(|source| source.path.clone());
        if index < self.sources.len() && index != self.active {
            self.active = index;
            self.filter.only = None;
            self.clear_selection();
            self.show_anew();
        }
    }

    /// Every file that was read.
    pub fn sources(&self) -> &[TargetsSource] {
        &self.sources
    }

    /// Which of [`Self::sources`] is on the map.
    pub fn active(&self) -> usize {
        self.active
    }

    /// The targets on the map.
    pub fn set(&self) -> Option<&Arc<TargetSet>> {
        self.sources.get(self.active).map(|source| &source.set)
    }

    /// Puts a set in the place of the one that it was made of by adding or changing columns of values: its targets and their
    /// order are the same. Does nothing when that one is not there any more.
    pub fn replace(&mut self, old: &Arc<TargetSet>, new: Arc<TargetSet>) {
        let Some(at) = self.sources.iter().position(|source| Arc::ptr_eq(&source.set, old)) else { return };
        if let Some(source) = self.sources.get_mut(at) {
            source.set = new;
        }
        if at != self.active {
            return;
        }
        self.keep_shown();
        if self.filter.values.is_empty() && self.filter.words.is_empty() {
            self.revision = self.revision.wrapping_add(1);
        } else {
            self.show_anew();
        }
    }

    /// The file whose targets are on the map.
    pub fn path(&self) -> Option<&Path> {
        self.sources.get(self.active).map(|source| source.path.as_path())
    }

    /// What the user asked to see.
    pub fn filter(&self) -> &TargetFilter {
        &self.filter
    }

    /// Shows what passes another filter.
    pub fn set_filter(&mut self, filter: TargetFilter) {
        if filter != self.filter {
            self.filter = filter;
            self.show_anew();
        }
    }

    /// The targets that pass the filter, in the order of the file.
    pub fn shown(&self) -> &[TargetId] {
        &self.shown
    }

    /// Where the shown targets are.
    pub fn index(&self) -> &TargetIndex {
        &self.index
    }

    /// Gives the classes their colours; to be called when targets or the user's colours changed.
    pub fn recolor(&mut self, overrides: &ColorOverrides) {
        let colors = self.set().map(|set| ClassColors::of(set, overrides)).unwrap_or_default();
        if colors != self.colors {
            self.colors = colors;
            self.colors_revision = self.colors_revision.wrapping_add(1);
        }
        if *overrides != self.overrides {
            self.overrides.clone_from(overrides);
            for layer in &mut self.layers {
                if let Some(source) = self.sources.get(layer.source) {
                    layer.colors = ClassColors::of(&source.set, overrides);
                }
            }
        }
    }

    /// Grows whenever a class gets another colour.
    pub fn colors_revision(&self) -> u64 {
        self.colors_revision
    }

    /// The colours of all classes by name.
    pub fn colors_by_name(&self) -> ColorOverrides {
        let classes = self.set().map_or(&[][..], |set| set.classes());
        let color = |name: &str| self.set().and_then(|set| set.class_named(name)).map(|class| self.color(class));
        classes.iter().filter_map(|class| Some((class.name.to_string(), color(&class.name)?))).collect()
    }

    /// The colour of a class.
    pub fn color(&self, class: ClassId) -> ClassColor {
        self.colors.color(class)
    }

    /// Grows whenever [`Self::shown`] changes.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Grows whenever the selection changes.
    pub fn selection_revision(&self) -> u64 {
        self.selection_revision
    }

    /// What is selected.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// How many of the selected targets pass the filter: only with these is anything done.
    pub fn selected_shown(&self) -> usize {
        self.selected_shown
    }

    /// The selected targets that pass the filter, in the order of the file.
    pub fn shown_selection(&self) -> Vec<TargetId> {
        self.shown.iter().copied().filter(|id| self.selection.contains(*id)).collect()
    }

    /// The target that was chosen last and is still selected: the one whose facts are shown.
    pub fn current(&self) -> Option<TargetId> {
        self.current
    }

    /// Changes the selection by some targets; the last of them becomes the current one if it is selected.
    pub fn select(&mut self, mode: SelectMode, picked: &[TargetId]) {
        self.selection.apply(mode, &picked.iter().copied().collect());
        let last = picked.last().copied().filter(|id| self.selection.contains(*id));
        self.current = last.or(self.current).filter(|id| self.selection.contains(*id));
        self.selection_changed();
    }

    /// Selects what was selected before; of a set that has fewer targets now, nothing.
    pub fn restore_selection(&mut self, selection: Selection, current: Option<TargetId>) {
        let count = self.set().map_or(0, |set| set.len());
        let fits = selection.iter().last().is_none_or(|id| id.row() < count);
        self.selection = if fits { selection } else { Selection::default() };
        self.current = current.filter(|id| self.selection.contains(*id));
        self.selection_changed();
    }

    /// Selects nothing.
    pub fn clear_selection(&mut self) {
        self.selection.clear();
        self.current = None;
        self.selection_changed();
    }

    /// The target after the current one among those shown, or before it.
    pub fn neighbour(&self, forward: bool) -> Option<TargetId> {
        if forward { next_in(&self.shown, self.current) } else { previous_in(&self.shown, self.current) }
    }

    fn selection_changed(&mut self) {
        self.selection_revision = self.selection_revision.wrapping_add(1);
        self.count_selected();
    }

    fn count_selected(&mut self) {
        let is_selected = |id: &&TargetId| self.selection.contains(**id);
        self.selected_shown = if self.selection.is_empty() { 0 } else { self.shown.iter().filter(is_selected).count() };
    }
}

/// A store made for positions comes before a plain table of the same places.
fn rank(path: &Path) -> u8 {
    match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("gpkg") => 0,
        Some("geojson" | "json") => 1,
        _ => 2,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::db::{Column, Inference, ReadTable, Table, infer};

    pub(in crate::document) fn set(names: &[&str]) -> Arc<TargetSet> {
        let column = |name: &str, texts: Vec<String>| {
            Column::new(name, infer(texts.iter().map(|text| Some(text.as_str())).collect(), Inference::All))
        };
        let coordinates = || names.iter().enumerate().map(|(at, _)| at.to_string()).collect();
        let table = Table::new(vec![
            column("name", names.iter().map(|n| (*n).to_owned()).collect()),
            column("longitude", coordinates()),
            column("latitude", coordinates()),
        ])
        .unwrap();
        let mapping = Mapping::guess(&table, None);
        Arc::new(TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap())
    }

    fn rows(ids: &[TargetId]) -> Vec<usize> {
        ids.iter().map(|id| id.row()).collect()
    }

    #[test]
    fn a_geopackage_comes_before_the_csv_of_the_same_places() {
        let mut list = TargetList::default();
        list.add("a/targets.csv".into(), set(&["dam", "port"]));
        list.add("a/targets.gpkg".into(), set(&["dam", "port", "farm"]));
        assert_eq!(list.set().unwrap().len(), 3);
        assert_eq!(rows(list.shown()), [0, 1, 2]);
        list.choose(1);
        assert_eq!(rows(list.shown()), [0, 1]);
    }

    #[test]
    fn the_filter_says_what_is_shown_and_walked_through() {
        let mut list = TargetList::default();
        list.add("targets.csv".into(), set(&["dam one", "port", "dam two"]));
        list.set_filter(TargetFilter { text: "dam".into(), ..TargetFilter::default() });
        assert_eq!(rows(list.shown()), [0, 2]);
        let first = list.neighbour(true).unwrap();
        list.select(SelectMode::Replace, &[first]);
        assert_eq!(list.neighbour(true).map(TargetId::row), Some(2));
        assert_eq!(list.neighbour(false).map(TargetId::row), Some(0));
    }

    #[test]
    fn what_is_selected_stays_selected_while_the_filter_hides_it() {
        let mut list = TargetList::default();
        list.add("targets.csv".into(), set(&["dam one", "port", "dam two"]));
        let all: Vec<TargetId> = list.shown().to_vec();
        list.select(SelectMode::Replace, &all[..2]);
        list.set_filter(TargetFilter { text: "dam".into(), ..TargetFilter::default() });
        assert_eq!((list.selection().len(), list.selected_shown(), rows(&list.shown_selection())), (2, 1, vec![0]));
        list.set_filter(TargetFilter { text: "two".into(), ..TargetFilter::default() });
        assert_eq!((list.selection().len(), list.selected_shown()), (2, 0));
        list.select(SelectMode::Add, &all[2..]);
        assert_eq!(list.selected_shown(), 1);
        list.set_filter(TargetFilter::default());
        assert_eq!(list.selected_shown(), 3);
    }

    #[test]
    fn the_current_target_is_always_a_selected_one() {
        let mut list = TargetList::default();
        list.add("targets.csv".into(), set(&["a", "b"]));
        let [a, b] = [0, 1].map(|row| TargetId::from_row(row).unwrap());
        list.select(SelectMode::Replace, &[a]);
        list.select(SelectMode::Add, &[b]);
        assert_eq!((list.selection().len(), list.current()), (2, Some(b)));
        list.select(SelectMode::Toggle, &[b]);
        assert_eq!((list.selection().len(), list.current()), (1, None));
        list.clear_selection();
        assert!(list.selection().is_empty());
    }

    #[test]
    fn a_set_with_another_column_takes_the_place_of_the_one_without() {
        let mut list = TargetList::default();
        let old = set(&["a", "b"]);
        list.add("targets.csv".into(), Arc::clone(&old));
        list.select(SelectMode::Replace, &[TargetId::from_row(1).unwrap()]);
        let numbers = crate::db::ColumnData::Real(vec![Some(1.0), None]);
        let new = Arc::new(old.with_values(Column::new("b4", numbers)).unwrap());
        let revision = list.revision();
        list.replace(&old, Arc::clone(&new));
        assert!(Arc::ptr_eq(list.set().unwrap(), &new));
        assert_eq!((list.selection().len(), list.revision()), (1, revision + 1));
        list.replace(&old, set(&["c"]));
        assert!(Arc::ptr_eq(list.set().unwrap(), &new), "the old one is not there any more");
    }
}
