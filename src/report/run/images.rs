//! The images that a report's pictures are made from: found by what targets call them, painted with one range for all of a kind,
//! and noted for the appendix.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use crate::cog::BlockCache;
use crate::geo::{BoundingBox, Point};
use crate::library::{Catalog, Entry, Kind, LayerStatistics, Sampled, Source, meet_on_map};
use crate::render::{Channels, RgbaImage, Style, StyleWords};
use crate::report::page::FileRecord;
use crate::targets::{EntryNames, ImageMatcher};
use crate::warp::View;

/// Images and scenes, the topmost first.
pub struct ReportImages<'a> {
    sources: Vec<Source>,
    matcher: ImageMatcher,
    /// The look of kinds that the user changed.
    styles: FxHashMap<Kind, Style>,
    cache: &'a BlockCache,
    statistics: RefCell<FxHashMap<(Kind, Option<String>), LayerStatistics>>,
    used: RefCell<BTreeSet<PathBuf>>,
    notes: RefCell<BTreeSet<String>>,
}

impl<'a> ReportImages<'a> {
    /// These entries, the topmost first, with the looks that differ from the default.
    pub fn new(entries: &[Entry], styles: FxHashMap<Kind, Style>, cache: &'a BlockCache) -> Self {
        let paths: Vec<String> = entries
            .iter()
            .map(|entry| entry.images().first().map(|image| image.path.display().to_string()).unwrap_or_default())
            .collect();
        let names = entries
            .iter()
            .zip(&paths)
            .map(|(entry, path)| EntryNames { path, scene: matches!(entry, Entry::Scene(_)).then(|| entry.name()) });
        Self {
            matcher: ImageMatcher::new(names),
            sources: entries.iter().map(Entry::source).collect(),
            styles,
            cache,
            statistics: RefCell::default(),
            used: RefCell::default(),
            notes: RefCell::default(),
        }
    }

    /// Everything in a catalog, in its order, in default looks.
    pub fn of_catalog(catalog: &Catalog, cache: &'a BlockCache) -> Self {
        let entries: Vec<Entry> = catalog.search("").into_iter().filter_map(|id| catalog.entry(id)).collect();
        let images = Self::new(&entries, FxHashMap::default(), cache);
        for failed in catalog.failures() {
            images.note(format!("{}: {}", failed.path.display(), failed.reason));
        }
        images
    }

    /// How many images and scenes there are.
    pub fn count(&self) -> usize {
        self.sources.len()
    }

    /// The files that pictures were made from so far.
    pub fn files_used(&self) -> Vec<FileRecord> {
        self.used.borrow().iter().map(|path| FileRecord { path: path.clone(), sha256: None }).collect()
    }

    /// What a reader should know of the images.
    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().iter().cloned().collect()
    }

    pub(super) fn note(&self, note: String) {
        self.notes.borrow_mut().insert(note);
    }

    /// The image that a target or a setting names.
    pub(super) fn named(&self, name: &str) -> Option<&Source> {
        self.matcher.find(name).and_then(|place| self.sources.get(place))
    }

    /// All sources, the topmost first.
    pub(super) fn all(&self) -> Vec<&Source> {
        self.sources.iter().collect()
    }

    /// The topmost image whose box holds a position (EPSG:3857).
    pub(super) fn at(&self, position: Point) -> Option<&Source> {
        let position = BoundingBox::around([position])?;
        let holds = |source: &&Source| source.bounds_mercator().is_some_and(|own| meet_on_map(&own, &position));
        self.sources.iter().find(holds)
    }

    /// The view of these sources as a picture, the first on top. Where one can't be read, the others stand and a note says so; if
    /// none can, the first reason is the error.
    pub(super) fn paint(&self, sources: &[&Source], view: &View, words: &StyleWords) -> Result<RgbaImage, String> {
        let mut picture = RgbaImage::transparent(view.width(), view.height());
        let in_view = |source: &&&Source| source.bounds_mercator().is_some_and(|own| meet_on_map(&own, &view.bbox()));
        let (mut painted, mut failure) = (0, None);
        for source in sources.iter().filter(in_view).rev() {
            match self.paint_one(source, view, words) {
                Ok(own) => {
                    picture.composite(&own);
                    painted += 1;
                }
                Err(reason) => {
                    self.note(format!("{}: {reason}", source.name()));
                    failure = Some(reason);
                }
            }
        }
        match failure {
            Some(reason) if painted == 0 => Err(reason),
            _ => Ok(picture),
        }
    }

    fn paint_one(&self, source: &Source, view: &View, words: &StyleWords) -> Result<RgbaImage, String> {
        let kind = source.kind();
        let default = self.styles.get(&kind).cloned().unwrap_or_else(|| source.default_style());
        let style =
            words.applied_to(default, source.name(), &source.band_names()).map_err(|error| error.to_string())?;
        let statistics = self.statistics(source, kind, &style)?;
        let painter = style.painter(&source.color_source(statistics.as_ref())).map_err(|error| error.to_string())?;
        let raster =
            source.read(view, painter.bands(), style.resampling, self.cache).map_err(|error| error.to_string())?;
        let parts = source.parts();
        let read = painter.bands().iter().filter_map(|&band| parts.get(band)).map(|part| part.image.path.clone());
        self.used.borrow_mut().extend(read);
        Ok(painter.paint(&raster))
    }

    /// Statistics of all sources of a kind, so that a value looks the same in every picture; `None` if the style needs none.
    fn statistics(&self, source: &Source, kind: Kind, style: &Style) -> Result<Option<LayerStatistics>, String> {
        if !style.needs_statistics(&source.color_source(None)) {
            return Ok(None);
        }
        let expression = match &style.channels {
            Channels::Expression(text) => Some(text.clone()),
            _ => None,
        };
        let key = (kind, expression);
        if let Some(known) = self.statistics.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        let members: Vec<Source> = self.sources.iter().filter(|other| other.kind() == key.0).cloned().collect();
        let sampled = Sampled { members: &members, expression: key.1.as_deref(), area: None };
        let made = LayerStatistics::of(&sampled, self.cache, &|_, _| true).map_err(|error| error.to_string())?;
        if let Some(made) = &made {
            self.statistics.borrow_mut().insert(key, made.clone());
        }
        Ok(made)
    }

    /// Size of a source's pixel on the map in metres of EPSG:3857.
    pub(super) fn pixel_m(source: &Source) -> Option<f64> {
        let bounds: BoundingBox = source.bounds_mercator()?;
        let part = source.parts().into_iter().next()?;
        let level = part.image.cog.levels().first()?;
        let (across, down) = (bounds.width() / f64::from(level.width), bounds.height() / f64::from(level.height));
        Some(across.min(down)).filter(|size| size.is_finite() && *size > 0.0)
    }
}
