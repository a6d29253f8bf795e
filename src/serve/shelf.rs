//! What is served at one moment: layers by opaque ids. A change of what is open makes another shelf.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use super::layer::{Layer, LayerKind, NamedLook};
use super::target_layer::TargetLayer;
use crate::library::{Entry, Image, ImageId, Kind, LayerStatistics, Look, Mosaic, Roles, ShownStyles, Source, presets};
use crate::render::Style;

/// The id of the layer of everything.
pub const MOSAIC: &str = "mosaic";
/// The name of the look that a layer has if no other is asked for.
pub const DEFAULT_LOOK: &str = "default";

/// An image or scene to put on the shelf.
#[derive(Debug, Clone)]
pub struct OnShelf {
    /// What it is.
    pub entry: Entry,
    /// How it looks by default; as the library thinks best for `None`.
    pub style: Option<Style>,
}

/// An immutable snapshot of what is served.
#[derive(Debug, Default)]
pub struct Shelf {
    layers: Vec<Arc<Layer>>,
    by_id: FxHashMap<String, usize>,
    targets: Vec<Arc<TargetLayer>>,
    revision: u64,
}

impl Shelf {
    /// A shelf of entries, the topmost first. Each gets a layer, so does each file of a scene; all that have a place on the map make the mosaic.
    ///
    /// `styles` are looks with names, offered for every layer that has the bands for them beside the presets that the window offers
    /// too; `statistics` is what stretches are made from where that is known.
    pub fn new(
        entries: &[OnShelf],
        styles: &[(String, Look)],
        statistics: &FxHashMap<Kind, Arc<LayerStatistics>>,
    ) -> Self {
        let mut shelf = Self { revision: next_revision(), ..Self::default() };
        let known = |source: &Source| {
            let kind = source.kind();
            statistics.get(&kind).map(|found| (kind, Arc::clone(found))).into_iter().collect()
        };
        let placed = |entry: &&OnShelf| entry.entry.bounds_mercator().is_some();
        let members: Vec<Source> = entries.iter().filter(placed).map(|on_shelf| on_shelf.entry.source()).collect();
        if let Some(mosaic) = Mosaic::new("Mosaic", members) {
            let source = Source::Mosaic(Arc::new(mosaic));
            let looks = mosaic_looks(entries, &source, styles);
            let about = (MOSAIC.to_owned(), "All images".to_owned(), LayerKind::Mosaic);
            shelf.put(Layer::new(about, source, looks, statistics.clone()));
        }
        for OnShelf { entry, style } in entries {
            let source = entry.source();
            let kind = match entry {
                Entry::Image(_) => LayerKind::Image,
                Entry::Scene(_) => LayerKind::Scene,
            };
            let looks = looks(&source, style.as_ref(), styles);
            let known = known(&source);
            shelf.put(Layer::new((entry_id(entry), entry.name().to_owned(), kind), source, looks, known));
        }
        for entry in entries.iter().filter(|on_shelf| matches!(on_shelf.entry, Entry::Scene(_))) {
            for image in entry.entry.images() {
                let source = Source::Image(Arc::clone(image));
                // As many styles as all the bands of all scenes together have would make a long document.
                let (looks, known) = (own_looks(&source, None, styles), known(&source));
                let layer = Layer::new((image_id(image), image.name.clone(), LayerKind::Image), source, looks, known);
                shelf.put(layer.into_part());
            }
        }
        shelf
    }

    /// The same shelf with layers of targets.
    #[must_use]
    pub fn with_targets(mut self, targets: impl IntoIterator<Item = TargetLayer>) -> Self {
        let numbered = targets.into_iter().enumerate().map(|(index, layer)| Arc::new(layer.numbered(index)));
        self.targets = numbered.collect();
        self
    }

    /// The layers of targets.
    pub fn targets(&self) -> &[Arc<TargetLayer>] {
        &self.targets
    }

    /// The layer of targets of this id.
    pub fn target_layer(&self, id: &str) -> Option<&Arc<TargetLayer>> {
        self.targets.iter().find(|layer| layer.id() == id)
    }

    /// Grows from one shelf to the next, also from one start of the program to the next.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn put(&mut self, layer: Layer) {
        let at = self.layers.len();
        // A file that is in two scenes is one layer.
        if !self.by_id.contains_key(layer.id()) {
            self.by_id.insert(layer.id().to_owned(), at);
            self.layers.push(Arc::new(layer));
        }
    }

    /// All layers: the mosaic, then images and scenes, the topmost first, then the single files of scenes.
    pub fn layers(&self) -> &[Arc<Layer>] {
        &self.layers
    }

    /// The layer of this id.
    pub fn layer(&self, id: &str) -> Option<&Arc<Layer>> {
        self.layers.get(*self.by_id.get(id)?)
    }
}

/// Milliseconds since 1970, or one more than the last one.
fn next_revision() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = u64::try_from(now).unwrap_or(u64::MAX - 1);
    let next = |last: u64| Some(now.max(last + 1));
    LAST.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).map_or(now, |last| now.max(last + 1))
}

/// The looks of a source: its default, the styles that it has the bands for, then the presets.
fn looks(source: &Source, style: Option<&Style>, styles: &[(String, Look)]) -> Vec<NamedLook> {
    let mut looks = own_looks(source, style, styles);
    let names = source.band_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.len() < 2 {
        // The band is shown already.
        return looks;
    }
    let first = match source {
        Source::Mosaic(mosaic) => mosaic.members().first(),
        single => Some(single),
    };
    let roles = first.map(Roles::of).unwrap_or_default();
    let plain = source.default_style();
    for preset in presets(&names, &roles) {
        let name = style_name(&preset.name);
        // A style of the user's own of that name goes first.
        if looks.iter().all(|look| look.name != name) {
            looks.push(NamedLook { name, title: preset.name.clone(), look: Look::Style(preset.applied_to(&plain)) });
        }
    }
    looks
}

/// The looks of a source without presets.
fn own_looks(source: &Source, style: Option<&Style>, styles: &[(String, Look)]) -> Vec<NamedLook> {
    let default = NamedLook {
        name: DEFAULT_LOOK.to_owned(),
        title: "As shown by cogscope".to_owned(),
        look: style.map_or_else(Look::default, |style| Look::Style(style.clone())),
    };
    let names = source.band_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let suits = |look: &Look| look.style(source).is_ok_and(|style| style.bands(&names).is_ok());
    let mut looks = vec![default];
    for (title, look) in styles {
        let name = style_name(title);
        if looks.iter().all(|known| known.name != name) && suits(look) {
            looks.push(NamedLook { name, title: title.clone(), look: look.clone() });
        }
    }
    looks
}

/// The looks of everything: each member as it is shown, then the styles that the first member has the bands for.
fn mosaic_looks(entries: &[OnShelf], source: &Source, styles: &[(String, Look)]) -> Vec<NamedLook> {
    let style_of = |on_shelf: &OnShelf| {
        let first = on_shelf.entry.source().parts().first().map(|part| part.image.id)?;
        Some((first, on_shelf.style.clone()?))
    };
    let shown: FxHashMap<ImageId, Style> = entries.iter().filter_map(style_of).collect();
    let mut looks = looks(source, None, styles);
    if let Some(default) = looks.first_mut().filter(|_| !shown.is_empty()) {
        default.look = Look::Shown(Arc::new(ShownStyles(shown)));
    }
    looks
}

/// A name that can stand in a list with commas.
fn style_name(title: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' };
    title.chars().map(plain).collect()
}

fn entry_id(entry: &Entry) -> String {
    match entry {
        Entry::Image(image) => image_id(image),
        Entry::Scene(scene) => opaque("scene", scene.images().into_iter().map(|image| image.path.as_path())),
    }
}

pub(super) fn image_id(image: &Image) -> String {
    opaque("image", [image.path.as_path()])
}

/// An id that stays the same from one start to the next, so that a project of another program finds its layers again, and that
/// tells nothing of where files lie.
fn opaque<'a>(what: &str, paths: impl IntoIterator<Item = &'a Path>) -> String {
    const DIGITS: usize = 12;
    let mut hash = Sha256::new();
    for path in paths {
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update([0]);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{what}-{}", digits.get(..DIGITS).unwrap_or(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_has_a_name_that_a_list_can_hold() {
        assert_eq!(style_name("Landsat 8/9, B2 B3, UInt16"), "Landsat_8_9__B2_B3__UInt16");
    }

    #[test]
    fn an_id_stays_and_tells_no_path() {
        let id = opaque("image", [Path::new("/secret/folder/a.tif")]);
        assert_eq!(id, opaque("image", [Path::new("/secret/folder/a.tif")]));
        assert_ne!(id, opaque("image", [Path::new("/secret/folder/b.tif")]));
        assert!(id.starts_with("image-") && id.len() == 18 && !id.contains("secret"));
    }
}
