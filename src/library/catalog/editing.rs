//! Scenes by hand: what the user groups, splits and names stays as it is, whatever else is found later.

use std::sync::Arc;

use super::{Catalog, Entry, EntryId};
use crate::library::{Image, ImageId, NamePattern, Scene, SceneId};

impl Catalog {
    /// Makes one scene out of images and scenes. `None` if none of them is known.
    pub fn group(&mut self, entries: &[EntryId], name: &str) -> Option<SceneId> {
        let entries: Vec<Entry> = entries.iter().filter_map(|&id| self.entry(id)).collect();
        let images: Vec<Arc<Image>> = entries.iter().flat_map(Entry::images).map(Arc::clone).collect();
        let id = self.new_scene_id();
        let scene = Scene::of_images(id, name, &images)?;
        self.replace_by_scene(scene);
        self.by_hand.insert(EntryId::Scene(id));
        for entry in entries {
            if let Entry::Scene(old) = entry {
                self.scenes.remove(&old.id);
            }
        }
        Some(id)
    }

    /// Makes the files of a scene images of their own again, and says which they are.
    pub fn split(&mut self, id: SceneId) -> Vec<ImageId> {
        let Some(scene) = self.scenes.get(&id).cloned() else { return Vec::new() };
        let hidden = self.is_hidden(EntryId::Scene(id));
        self.drop_scene(id);
        let mut images = Vec::new();
        for image in scene.images() {
            self.scene_of.remove(&image.id);
            self.list(&Entry::Image(Arc::clone(image)));
            self.set_hidden(EntryId::Image(image.id), hidden);
            self.by_hand.insert(EntryId::Image(image.id));
            images.push(image.id);
        }
        images
    }

    /// The pattern by which names are understood before the usual ones.
    pub fn name_pattern(&self) -> Option<&NamePattern> {
        self.pattern.as_ref()
    }

    /// How many files a pattern fits, and of how many.
    pub fn count_matches(&self, pattern: &NamePattern) -> (usize, usize) {
        let fits = self.images.values().filter(|image| pattern.matched(&image.name).is_some()).count();
        (fits, self.images.len())
    }

    /// Groups all files anew by a pattern of their names, or by the usual ones. What was grouped or split by hand is undone.
    pub fn set_name_pattern(&mut self, pattern: Option<NamePattern>) {
        self.pattern = pattern;
        let hidden: Vec<ImageId> = self
            .images
            .keys()
            .copied()
            .filter(|id| self.entry_of_image(*id).is_some_and(|id| self.is_hidden(id)))
            .collect();
        let mut images: Vec<Arc<Image>> = self.images.values().cloned().collect();
        images.sort_by(|a, b| a.path.cmp(&b.path));
        for id in self.sorted.clone() {
            self.unlist(id);
        }
        self.scenes.clear();
        self.scene_of.clear();
        for image in images {
            let image = Arc::new(image.named_by(self.pattern.as_ref()));
            self.images.insert(image.id, Arc::clone(&image));
            self.join_or_list(&image);
        }
        for id in hidden.into_iter().filter_map(|id| self.entry_of_image(id)).collect::<Vec<_>>() {
            self.set_hidden(id, true);
        }
    }

    /// Takes one file out of a scene; it becomes an image of its own. `false` if it is not in that scene.
    pub fn take_out(&mut self, id: SceneId, image: ImageId) -> bool {
        let Some(scene) = self.scenes.get(&id).cloned() else { return false };
        let Some(image) = scene.images().into_iter().find(|other| other.id == image).cloned() else { return false };
        match scene.without_image(image.id) {
            Some(rest) => {
                self.put_scene(rest);
                self.by_hand.insert(EntryId::Scene(id));
            }
            None => self.drop_scene(id),
        }
        self.scene_of.remove(&image.id);
        self.by_hand.insert(EntryId::Image(image.id));
        self.list(&Entry::Image(image));
        true
    }

    /// Calls band `index` of a scene `name`; see [`Scene::with_band_named`]. `false` if there is no such band.
    pub fn name_band(&mut self, id: SceneId, index: usize, name: &str) -> bool {
        let renamed = self.scenes.get(&id).and_then(|scene| scene.with_band_named(index, name));
        let done = renamed.is_some();
        if let Some(scene) = renamed {
            self.put_scene(scene);
            self.by_hand.insert(EntryId::Scene(id));
        }
        done
    }

    /// Calls a scene `name`. `false` if there is no such scene or the name is empty.
    pub fn name_scene(&mut self, id: SceneId, name: &str) -> bool {
        let name = name.trim();
        let Some(scene) = self.scenes.get(&id).filter(|_| !name.is_empty()) else { return false };
        let renamed = Scene { name: name.to_owned(), ..Scene::clone(scene) };
        self.put_scene(renamed);
        self.by_hand.insert(EntryId::Scene(id));
        true
    }
}
