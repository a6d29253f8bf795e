//! Which files are bands of one scene: the same folder, the same name but for the band, the same place.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Catalog, Entry, EntryId};
use crate::geo::BoundingBox;
use crate::library::{Image, Scene, SceneId};

/// What the files of a scene have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct GroupKey {
    folder: PathBuf,
    /// In lower case.
    scene: String,
}

/// Entries that another band could still join.
#[derive(Debug, Default)]
pub(super) struct Groups {
    entries: FxHashMap<GroupKey, Vec<EntryId>>,
    keys: FxHashMap<EntryId, GroupKey>,
}

impl Groups {
    fn add(&mut self, key: GroupKey, id: EntryId) {
        self.entries.entry(key.clone()).or_default().push(id);
        self.keys.insert(id, key);
    }

    fn of(&self, key: &GroupKey) -> &[EntryId] {
        self.entries.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn remove(&mut self, id: EntryId) {
        let Some(key) = self.keys.remove(&id) else { return };
        if let Some(entries) = self.entries.get_mut(&key) {
            entries.retain(|other| *other != id);
            if entries.is_empty() {
                self.entries.remove(&key);
            }
        }
    }
}

impl Catalog {
    /// Lists an image, in a scene if there is one to join or another band to make one with.
    pub(super) fn join_or_list(&mut self, image: &Arc<Image>) -> EntryId {
        let key = group_key(image);
        let fitting = key.as_ref().and_then(|key| {
            let known = self.groups.of(key).iter().filter_map(|&id| self.entry(id));
            known.into_iter().find(|entry| may_join(entry, image))
        });
        match (fitting, key) {
            (Some(Entry::Scene(scene)), _) => {
                self.put_scene(scene.with_image(image));
                EntryId::Scene(scene.id)
            }
            (Some(Entry::Image(first)), Some(key)) => {
                let id = self.new_scene_id();
                let name = scene_name(image);
                if let Some(scene) = Scene::of_images(id, &name, &[first, Arc::clone(image)]) {
                    self.replace_by_scene(scene);
                    self.groups.add(key, EntryId::Scene(id));
                }
                EntryId::Scene(id)
            }
            (_, key) => {
                let entry = Entry::Image(Arc::clone(image));
                self.list(&entry);
                if let Some(key) = key {
                    self.groups.add(key, entry.id());
                }
                entry.id()
            }
        }
    }

    pub(super) fn new_scene_id(&mut self) -> SceneId {
        self.next_scene = self.next_scene.wrapping_add(1);
        SceneId(self.next_scene)
    }

    /// Lists a scene, in the place of the entries that its images had. It is hidden if all of those were.
    pub(super) fn replace_by_scene(&mut self, scene: Scene) {
        let mut before: Vec<EntryId> =
            scene.images().iter().filter_map(|image| self.entry_of_image(image.id)).collect();
        before.retain(|id| self.kinds.contains_key(id) && *id != EntryId::Scene(scene.id));
        let hidden = !before.is_empty() && before.iter().all(|id| self.is_hidden(*id));
        for id in before {
            self.unlist(id);
        }
        let id = EntryId::Scene(scene.id);
        self.put_scene(scene);
        self.set_hidden(id, hidden);
    }

    /// Lists a scene, or its new state.
    pub(super) fn put_scene(&mut self, scene: Scene) {
        let scene = Arc::new(scene);
        for image in scene.images() {
            self.scene_of.insert(image.id, scene.id);
        }
        self.scenes.insert(scene.id, Arc::clone(&scene));
        self.list(&Entry::Scene(scene));
    }

    pub(super) fn drop_scene(&mut self, id: SceneId) {
        self.scenes.remove(&id);
        self.unlist(EntryId::Scene(id));
    }
}

/// `None` for an image that can't be a band of a scene: it has several bands, or its name tells of none.
fn group_key(image: &Image) -> Option<GroupKey> {
    let is_band = image.cog.band_count() == 1 && image.parts.band.is_some();
    is_band.then(|| GroupKey { folder: image.folder().to_path_buf(), scene: image.parts.scene.to_lowercase() })
}

/// The common part of the names; the folder's name where files are named by their bands alone.
fn scene_name(image: &Image) -> String {
    if image.parts.scene.is_empty() {
        image.folder().file_name().unwrap_or_default().to_string_lossy().into_owned()
    } else {
        image.parts.scene.clone()
    }
}

fn may_join(entry: &Entry, image: &Image) -> bool {
    let band = image.parts.band.as_deref().unwrap_or_default();
    let band_is_free = match entry {
        Entry::Image(other) => !other.parts.band.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(band)),
        Entry::Scene(scene) => !scene.has_band(band),
    };
    band_is_free && entry.images().first().is_some_and(|other| are_in_one_place(other, image))
}

/// Bands of one scene cover the same ground, but for the pixel or two by which grids of 10, 15, 30 and 60 m differ.
fn are_in_one_place(a: &Image, b: &Image) -> bool {
    match (a.bounds_mercator, b.bounds_mercator) {
        (Some(a_box), Some(b_box)) => {
            let crs = |image: &Image| image.cog.georeference().crs.clone();
            crs(a) == crs(b) && nearly_same(&a_box, &b_box, 2.0 * pixel_size(a, &a_box).max(pixel_size(b, &b_box)))
        }
        (None, None) => a.cog.width() == b.cog.width() && a.cog.height() == b.cog.height(),
        _ => false,
    }
}

fn pixel_size(image: &Image, bounds: &BoundingBox) -> f64 {
    let across = bounds.width() / f64::from(image.cog.width().max(1));
    let down = bounds.height() / f64::from(image.cog.height().max(1));
    across.max(down)
}

fn nearly_same(a: &BoundingBox, b: &BoundingBox, tolerance: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
    near(a.min_x(), b.min_x()) && near(a.max_x(), b.max_x()) && near(a.min_y(), b.min_y()) && near(a.max_y(), b.max_y())
}
