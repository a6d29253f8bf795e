//! Several files that are the bands of one picture.
//!
//! Scenes are made by [`super::Catalog`] from the files' names and places, and changed by the user. Everything here makes a new scene
//! out of an old one; a scene that is being drawn never changes.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::naming::band_order;
use super::sensor::{Sensor, Spectrum, spectrum};
use super::{Image, ImageId};
use crate::geo::BoundingBox;

/// A scene of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SceneId(pub u32);

/// One band of a scene.
#[derive(Debug, Clone)]
pub struct SceneBand {
    /// What the user calls it: `B4`, `red`.
    pub name: String,
    /// The file that holds it.
    pub image: Arc<Image>,
    /// Which band of that file, counted from 0.
    pub band: usize,
}

/// Bands from several files that show the same place on the same day.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its number.
    pub id: SceneId,
    /// What the files' names have in common.
    pub name: String,
    /// The bands, in their usual order. No two have the same name.
    pub bands: Vec<SceneBand>,
    /// The day it was taken.
    pub date: Option<Date>,
    /// The instrument.
    pub sensor: Option<Sensor>,
}

impl Scene {
    /// A scene of single-band images, each with the band that its name tells; an image without one takes part by its file's name.
    ///
    /// `None` for no images. A name that is taken already gets a number behind it.
    pub fn of_images(id: SceneId, name: &str, images: &[Arc<Image>]) -> Option<Self> {
        let first = images.first()?;
        let mut scene = Self { id, name: name.to_owned(), bands: Vec::new(), date: first.date, sensor: first.sensor };
        for image in images {
            scene = scene.with_image(image);
        }
        Some(scene)
    }

    /// The same scene with all bands of one more image.
    #[must_use]
    pub fn with_image(&self, image: &Arc<Image>) -> Self {
        let mut scene = self.clone();
        for band in 0..image.cog.band_count() {
            let name = scene.free_name(&scene_band_name(image, band));
            scene.bands.push(SceneBand { name, image: Arc::clone(image), band });
        }
        scene.bands.sort_by_cached_key(|band| band_order(&band.name));
        scene.date = scene.date.or(image.date);
        scene.sensor = scene.sensor.or(image.sensor);
        scene
    }

    /// The same scene with a file opened anew in the place of an older opening of it; `None` if the file lacks a band that the scene
    /// has of it, or lies elsewhere now.
    #[must_use]
    pub fn with_image_replaced(&self, older: ImageId, image: &Arc<Image>) -> Option<Self> {
        let mut scene = self.clone();
        for band in scene.bands.iter_mut().filter(|band| band.image.id == older) {
            if band.band >= image.cog.band_count() || band.image.bounds_mercator != image.bounds_mercator {
                return None;
            }
            band.image = Arc::clone(image);
        }
        Some(scene)
    }

    /// The same scene without an image; `None` if no band would be left.
    #[must_use]
    pub fn without_image(&self, image: ImageId) -> Option<Self> {
        let mut scene = self.clone();
        scene.bands.retain(|band| band.image.id != image);
        (!scene.bands.is_empty()).then_some(scene)
    }

    /// The same scene with band `index` called `name`. A band that had this name takes the other's name, so that assigning twice
    /// swaps them. `None` if there is no such band or the name is empty.
    #[must_use]
    pub fn with_band_named(&self, index: usize, name: &str) -> Option<Self> {
        let name = name.trim();
        let mut scene = self.clone();
        let before = scene.bands.get(index).filter(|_| !name.is_empty())?.name.clone();
        let taken = scene.bands.iter().position(|band| band.name.eq_ignore_ascii_case(name));
        if let Some(other) = taken.filter(|&other| other != index).and_then(|other| scene.bands.get_mut(other)) {
            other.name = before;
        }
        name.clone_into(&mut scene.bands.get_mut(index)?.name);
        scene.bands.sort_by_cached_key(|band| band_order(&band.name));
        Some(scene)
    }

    /// The files, each once, in the order of the bands.
    pub fn images(&self) -> Vec<&Arc<Image>> {
        let mut images: Vec<&Arc<Image>> = Vec::new();
        for band in &self.bands {
            if images.iter().all(|image| image.id != band.image.id) {
                images.push(&band.image);
            }
        }
        images
    }

    /// Whether a band has this name, whatever its case.
    pub fn has_band(&self, name: &str) -> bool {
        self.bands.iter().any(|band| band.name.eq_ignore_ascii_case(name))
    }

    /// The smallest box around all its files on the map (EPSG:3857).
    pub fn bounds_mercator(&self) -> Option<BoundingBox> {
        self.bands.iter().filter_map(|band| band.image.bounds_mercator).reduce(|all, one| all.union(&one))
    }

    /// The file whose outline stands for the scene's.
    pub fn largest_image(&self) -> Option<&Arc<Image>> {
        let area = |image: &Image| image.bounds_mercator.map_or(0.0, |b| b.width() * b.height());
        self.bands.iter().map(|band| &band.image).max_by(|a, b| area(a).total_cmp(&area(b)))
    }

    /// The folder of its first file.
    pub fn folder(&self) -> &Path {
        self.bands.first().map_or(Path::new(""), |band| band.image.folder())
    }

    /// Size of all its files.
    pub fn file_bytes(&self) -> u64 {
        self.images().iter().map(|image| image.file_bytes).sum()
    }

    /// The bands (counted from 0) that make natural colour.
    pub fn natural_color(&self) -> Option<[usize; 3]> {
        let of = |wanted| self.bands.iter().position(|band| spectrum(&band.name, self.sensor) == Some(wanted));
        Some([of(Spectrum::Red)?, of(Spectrum::Green)?, of(Spectrum::Blue)?])
    }

    fn free_name(&self, name: &str) -> String {
        let numbered = (2..).map(|number: u32| format!("{name} {number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.has_band(name)).unwrap_or_default()
    }
}

/// In a scene the file's name goes before the file's own word for its band, which often is the same in every file.
fn scene_band_name(image: &Image, band: usize) -> String {
    let own = image.parts.band.clone().filter(|_| image.cog.band_count() == 1);
    own.unwrap_or_else(|| if image.cog.band_count() == 1 { image.name.clone() } else { image.band_name(band) })
}
