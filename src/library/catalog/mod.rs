//! All that was found in the opened folders: images, scenes made of them, files that failed; their order and which are shown.
//!
//! Images are added one by one while a scan is under way. A band in a file of its own joins the scene of its name as soon as a second
//! one is there. What the user grouped or split by hand is left alone from then on.

mod arrangement;
mod editing;
mod grouping;
mod order;
mod spatial;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use self::grouping::Groups;
use self::spatial::SpatialIndex;
use super::{Failed, Image, ImageId, Kind, NamePattern, Scene, SceneId, Source};
use crate::geo::BoundingBox;

pub use arrangement::{Arrangement, BandByHand, SceneByHand};
pub use order::{ListPlace, Order};

/// An image or a scene in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryId {
    /// An image that is no part of a scene.
    Image(ImageId),
    /// A scene.
    Scene(SceneId),
}

/// An image or a scene in the list.
#[derive(Debug, Clone)]
pub enum Entry {
    /// An image that is no part of a scene.
    Image(Arc<Image>),
    /// A scene.
    Scene(Arc<Scene>),
}

impl Entry {
    /// Its number.
    pub fn id(&self) -> EntryId {
        match self {
            Self::Image(image) => EntryId::Image(image.id),
            Self::Scene(scene) => EntryId::Scene(scene.id),
        }
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Image(image) => &image.name,
            Self::Scene(scene) => &scene.name,
        }
    }

    /// The day it was taken.
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Image(image) => image.date,
            Self::Scene(scene) => scene.date,
        }
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Image(image) => image.folder(),
            Self::Scene(scene) => scene.folder(),
        }
    }

    /// Size of its files.
    pub fn file_bytes(&self) -> u64 {
        match self {
            Self::Image(image) => image.file_bytes,
            Self::Scene(scene) => scene.file_bytes(),
        }
    }

    /// Its files.
    pub fn images(&self) -> Vec<&Arc<Image>> {
        match self {
            Self::Image(image) => vec![image],
            Self::Scene(scene) => scene.images(),
        }
    }

    /// The box around it on the map (EPSG:3857).
    pub fn bounds_mercator(&self) -> Option<BoundingBox> {
        match self {
            Self::Image(image) => image.bounds_mercator,
            Self::Scene(scene) => scene.bounds_mercator(),
        }
    }

    /// Its pixels.
    pub fn source(&self) -> Source {
        match self {
            Self::Image(image) => Source::Image(Arc::clone(image)),
            Self::Scene(scene) => Source::Scene(Arc::clone(scene)),
        }
    }
}

/// Images, scenes and failures of the opened folders.
#[derive(Debug, Default)]
pub struct Catalog {
    images: FxHashMap<ImageId, Arc<Image>>,
    scenes: FxHashMap<SceneId, Arc<Scene>>,
    scene_of: FxHashMap<ImageId, SceneId>,
    kinds: FxHashMap<EntryId, Kind>,
    by_path: FxHashMap<PathBuf, ImageId>,
    failures: Vec<Failed>,
    groups: Groups,
    index: SpatialIndex,
    order: Order,
    pattern: Option<NamePattern>,
    /// All entries in the chosen order.
    sorted: Vec<EntryId>,
    hidden: FxHashSet<EntryId>,
    solo: Option<EntryId>,
    /// What the user grouped, took out of a scene, or named.
    by_hand: FxHashSet<EntryId>,
    next_scene: u32,
    revision: u64,
}

impl Catalog {
    /// An empty catalog.
    pub fn new() -> Self {
        Self::default()
    }

    /// Grows with every change of entries, order or visibility, so that what was made from the catalog can tell whether it is old.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Adds an image, or puts it in the place of an older one with the same path: in the same scene if it still has the bands, hidden
    /// or alone if the older one was, and where the user moved that. Returns the entry that it is in now.
    pub fn add_image(&mut self, image: impl Into<Arc<Image>>) -> EntryId {
        let image: Arc<Image> = image.into();
        let image = match &self.pattern {
            Some(pattern) => Arc::new(image.named_by(Some(pattern))),
            None => image,
        };
        self.failures.retain(|failed| failed.path != image.path);
        let older = self.by_path.insert(image.path.clone(), image.id).filter(|older| *older != image.id);
        self.images.insert(image.id, Arc::clone(&image));
        match older {
            Some(older) => self.replace_image(older, &image),
            None => self.join_or_list(&image),
        }
    }

    fn replace_image(&mut self, older: ImageId, image: &Arc<Image>) -> EntryId {
        let scene = self.scene_of.get(&older).and_then(|scene| self.scenes.get(scene));
        if let Some(replaced) = scene.and_then(|scene| scene.with_image_replaced(older, image)) {
            self.images.remove(&older);
            self.scene_of.remove(&older);
            let id = EntryId::Scene(replaced.id);
            self.put_scene(replaced);
            return id;
        }
        let before = EntryId::Image(older);
        let place = self.sorted.iter().position(|listed| *listed == before);
        let (hidden, solo) = (self.is_hidden(before), self.solo == Some(before));
        self.images.remove(&older);
        self.forget_in_list(older);
        let id = self.join_or_list(image);
        if let Some(place) = place.filter(|_| id == EntryId::Image(image.id)) {
            self.set_hidden(id, hidden);
            if solo {
                self.set_solo(Some(id));
            }
            if self.order == Order::Manual {
                self.move_entry(id, place);
            }
        }
        id
    }

    /// Notes a file or folder that could not be read, in the place of an image that it used to be.
    pub fn add_failure(&mut self, failed: Failed) {
        if let Some(&older) = self.by_path.get(&failed.path) {
            self.remove_image(older);
        }
        let at = self.failures.binary_search_by(|known| known.path.cmp(&failed.path));
        match at {
            Ok(at) => {
                if let Some(known) = self.failures.get_mut(at) {
                    *known = failed;
                }
            }
            Err(at) => self.failures.insert(at, failed),
        }
        self.revision += 1;
    }

    /// Forgets an image; a scene that it is in goes on without it.
    pub fn remove_image(&mut self, id: ImageId) {
        let Some(image) = self.images.remove(&id) else { return };
        self.by_path.remove(&image.path);
        self.forget_in_list(id);
    }

    /// Takes an image out of its scene, or off the list.
    fn forget_in_list(&mut self, id: ImageId) {
        match self.scene_of.remove(&id).and_then(|scene| self.scenes.get(&scene).cloned()) {
            Some(scene) => match scene.without_image(id) {
                Some(rest) => self.put_scene(rest),
                None => self.drop_scene(scene.id),
            },
            None => self.unlist(EntryId::Image(id)),
        }
    }

    /// Forgets the images of a folder and below it whose files are not among `found`: after a scan, those that have gone. Below a
    /// folder that is among `unreadable` nobody knows; there they stay.
    pub fn remove_missing(&mut self, folder: &Path, found: &FxHashSet<PathBuf>, unreadable: &[PathBuf]) {
        let is_missing = |image: &&Arc<Image>| {
            let path = &image.path;
            path.starts_with(folder)
                && !found.contains(path)
                && !unreadable.iter().any(|unreadable| path.starts_with(unreadable))
        };
        let missing: Vec<ImageId> = self.images.values().filter(is_missing).map(|image| image.id).collect();
        for id in missing {
            self.remove_image(id);
        }
    }

    /// Forgets what could not be read of a folder: it is about to be read again.
    pub fn forget_failures(&mut self, folder: &Path) {
        self.failures.retain(|failed| !failed.path.starts_with(folder));
        self.revision += 1;
    }

    /// Forgets everything that lies in a folder or below it.
    pub fn remove_folder(&mut self, folder: &Path) {
        let inside: Vec<ImageId> =
            self.images.values().filter(|image| image.path.starts_with(folder)).map(|image| image.id).collect();
        for id in inside {
            self.remove_image(id);
        }
        self.failures.retain(|failed| !failed.path.starts_with(folder));
        self.revision += 1;
    }

    /// How many images and scenes are listed.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether nothing is listed, not even a failure.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty() && self.failures.is_empty()
    }

    /// An image or scene of the list.
    pub fn entry(&self, id: EntryId) -> Option<Entry> {
        match id {
            EntryId::Image(id) => self.images.get(&id).map(|image| Entry::Image(Arc::clone(image))),
            EntryId::Scene(id) => self.scenes.get(&id).map(|scene| Entry::Scene(Arc::clone(scene))),
        }
    }

    /// An image, listed by itself or as a part of a scene.
    pub fn image(&self, id: ImageId) -> Option<&Arc<Image>> {
        self.images.get(&id)
    }

    /// A scene.
    pub fn scene(&self, id: SceneId) -> Option<&Arc<Scene>> {
        self.scenes.get(&id)
    }

    /// All images, in no order.
    pub fn images(&self) -> impl Iterator<Item = &Arc<Image>> {
        self.images.values()
    }

    /// The image of a file.
    pub fn image_at(&self, path: &Path) -> Option<&Arc<Image>> {
        self.images.get(self.by_path.get(path)?)
    }

    /// The entry that shows an image: its own, or that of its scene.
    pub fn entry_of_image(&self, id: ImageId) -> Option<EntryId> {
        self.images.get(&id)?;
        Some(self.scene_of.get(&id).map_or(EntryId::Image(id), |&scene| EntryId::Scene(scene)))
    }

    /// What the style of an entry belongs to.
    pub fn kind(&self, id: EntryId) -> Option<&Kind> {
        self.kinds.get(&id)
    }

    /// All kinds with how many entries are of each, the most frequent first.
    pub fn kinds(&self) -> Vec<(Kind, usize)> {
        let mut counts: FxHashMap<&Kind, usize> = FxHashMap::default();
        self.kinds.values().for_each(|kind| *counts.entry(kind).or_default() += 1);
        let mut counts: Vec<(Kind, usize)> = counts.into_iter().map(|(kind, count)| (kind.clone(), count)).collect();
        counts.sort_by_cached_key(|(kind, count)| (usize::MAX - count, kind.to_string()));
        counts
    }

    /// Files and folders that could not be read, by path.
    pub fn failures(&self) -> &[Failed] {
        &self.failures
    }

    /// The box around everything that has a place on the map (EPSG:3857).
    pub fn bounds_mercator(&self) -> Option<BoundingBox> {
        self.index.bounds()
    }

    /// Entries in whose name, path or date (ISO) every word of `text` occurs, whatever its case, in the chosen order.
    pub fn search(&self, text: &str) -> Vec<EntryId> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let matches = |id: &EntryId| {
            let Some(entry) = self.entry(*id) else { return false };
            let date = entry.date().map(|date| date.to_string()).unwrap_or_default();
            let haystack = format!("{} {} {date}", entry.name(), entry.folder().display()).to_lowercase();
            words.iter().all(|word| haystack.contains(word))
        };
        self.sorted.iter().copied().filter(matches).collect()
    }

    /// Puts an entry into the list and the index, or again after a change.
    fn list(&mut self, entry: &Entry) {
        let id = entry.id();
        self.index.put(id, entry.bounds_mercator());
        self.kinds.insert(id, entry.source().kind());
        self.place(entry);
        self.revision += 1;
    }

    fn unlist(&mut self, id: EntryId) {
        self.index.remove(id);
        self.kinds.remove(&id);
        self.groups.remove(id);
        self.sorted.retain(|listed| *listed != id);
        self.hidden.remove(&id);
        self.by_hand.remove(&id);
        if self.solo == Some(id) {
            self.solo = None;
        }
        self.revision += 1;
    }
}

#[cfg(test)]
mod tests;
