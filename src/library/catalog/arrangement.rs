//! What the user grouped, split, named and ordered, told by the paths of files, so that it can be kept and made again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{Catalog, Entry, EntryId, Order};
use crate::library::{Scene, SceneBand};

/// A band of a scene by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BandByHand {
    /// Its name.
    pub name: String,
    /// The file that holds it.
    pub path: PathBuf,
    /// Which band of that file, counted from 0.
    pub band: usize,
}

/// A scene that the user made, or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneByHand {
    /// Its name.
    pub name: String,
    /// Its bands.
    pub bands: Vec<BandByHand>,
}

/// What the user did to the list of images by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    /// Scenes that were grouped, or whose bands or names were changed.
    pub scenes: Vec<SceneByHand>,
    /// Files that were taken out of scenes.
    pub singles: Vec<PathBuf>,
    /// The first file of each entry, the topmost first, where the list is in manual order.
    pub order: Vec<PathBuf>,
}

impl Arrangement {
    /// All paths in it.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let bands = self.scenes.iter_mut().flat_map(|scene| scene.bands.iter_mut());
        bands.map(|band| &mut band.path).chain(&mut self.singles).chain(&mut self.order)
    }
}

impl Catalog {
    /// What was done by hand. Of files that are not open now, what `known` says is kept.
    pub fn arrangement(&self, known: &Arrangement) -> Arrangement {
        let is_open = |path: &Path| self.image_at(path).is_some();
        let is_away = |scene: &&SceneByHand| !scene.bands.iter().any(|band| is_open(&band.path));
        let mut scenes: Vec<SceneByHand> = known.scenes.iter().filter(is_away).cloned().collect();
        let mut singles: Vec<PathBuf> = known.singles.iter().filter(|path| !is_open(path)).cloned().collect();
        for &id in &self.by_hand {
            match self.entry(id) {
                Some(Entry::Scene(scene)) => scenes.push(by_hand(&scene)),
                Some(Entry::Image(image)) => singles.push(image.path.clone()),
                None => {}
            }
        }
        scenes.sort_by(|a, b| first_path(a).cmp(&first_path(b)));
        singles.sort();
        let mut order = Vec::new();
        if self.order == Order::Manual {
            let first = |&id: &EntryId| self.entry(id)?.images().first().map(|image| image.path.clone());
            order.extend(self.sorted.iter().filter_map(first));
            order.extend(known.order.iter().filter(|path| !is_open(path)).cloned());
        }
        Arrangement { scenes, singles, order }
    }

    /// Does again what was done by hand, as far as the files are there.
    pub fn arrange_again(&mut self, known: &Arrangement) {
        for path in &known.singles {
            if let Some(image) = self.image_at(path).map(|image| image.id)
                && let Some(EntryId::Scene(scene)) = self.entry_of_image(image)
            {
                self.take_out(scene, image);
            }
        }
        for scene in &known.scenes {
            self.make_scene(scene);
        }
        let mut seen = FxHashSet::default();
        let of = |path: &PathBuf| self.entry_of_image(self.image_at(path)?.id);
        let first: Vec<EntryId> = known.order.iter().filter_map(of).filter(|id| seen.insert(*id)).collect();
        if !first.is_empty() {
            self.arrange(&first);
        }
    }

    /// Makes a scene of those of its bands whose files are open. None is made of a file whose band is gone, nor where nothing differs.
    fn make_scene(&mut self, wanted: &SceneByHand) {
        let band = |band: &BandByHand| {
            let image = self.image_at(&band.path).filter(|image| band.band < image.cog.band_count())?;
            Some(SceneBand { name: band.name.clone(), image: Arc::clone(image), band: band.band })
        };
        let bands: Vec<SceneBand> = wanted.bands.iter().filter_map(band).collect();
        let Some(first) = bands.first() else { return };
        let (date, sensor) = (first.image.date, first.image.sensor);
        for image in bands.iter().map(|band| band.image.id).collect::<Vec<_>>() {
            if let Some(EntryId::Scene(scene)) = self.entry_of_image(image) {
                self.take_out(scene, image);
                self.by_hand.remove(&EntryId::Image(image));
            }
        }
        let id = self.new_scene_id();
        self.replace_by_scene(Scene { id, name: wanted.name.clone(), bands, date, sensor });
        self.by_hand.insert(EntryId::Scene(id));
    }
}

fn by_hand(scene: &Scene) -> SceneByHand {
    let band =
        |band: &SceneBand| BandByHand { name: band.name.clone(), path: band.image.path.clone(), band: band.band };
    SceneByHand { name: scene.name.clone(), bands: scene.bands.iter().map(band).collect() }
}

fn first_path(scene: &SceneByHand) -> Option<&Path> {
    scene.bands.first().map(|band| band.path.as_path())
}
