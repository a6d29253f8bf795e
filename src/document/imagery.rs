//! The images on the map: what was found, how it is drawn, which entry is chosen.

use super::SavedEntry;
use crate::geo::{BoundingBox, LonLat, MapFrame};
use crate::library::{Catalog, Entry, EntryId, Kind, LayerStatistics, PointValues, home_bounds};
use crate::render::{ColorSource, Painter, Style, StyleError};
use crate::warp::{footprint, own_frame};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which images a style is for.
#[derive(Clone, Debug, PartialEq)]
pub enum StyleScope {
    /// This image or scene alone.
    Entry(EntryId),
    /// All images and scenes of a kind.
    Kind(Kind),
    /// Every image and scene that has the bands for it.
    All,
}

/// How everything is drawn, as the history of changes keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Styles {
    of_kinds: FxHashMap<Kind, Style>,
    of_entries: FxHashMap<EntryId, Style>,
}

/// The images on the map.
#[derive(Debug, Default)]
pub struct Imagery {
    /// Images, scenes and failures.
    pub catalog: Catalog,
    /// The entry whose style and facts the panels show.
    pub chosen: Option<EntryId>,
    /// What stretches are made from, by kind. `Err` says why there are none.
    pub statistics: FxHashMap<Kind, Result<Arc<LayerStatistics>, String>>,
    /// Set while one entry is shown alone in its own reference system instead of the usual map.
    pub own_map: Option<OwnMap>,
    styles: Styles,
    revision: u64,
}

/// A map in the reference system of one image or scene, or in its pixels where it has none.
#[derive(Clone, Debug)]
pub struct OwnMap {
    /// What is shown.
    pub entry: EntryId,
    /// The plane of the map.
    pub frame: Arc<MapFrame>,
    /// The box around it in the plane of [`MapFrame::plane_from_frame`].
    pub bounds: BoundingBox,
}

impl OwnMap {
    /// The map for an image or scene; `None` for one whose outline can't be told.
    pub fn of(entry: &Entry) -> Option<Self> {
        let images = entry.images();
        let first = images.first()?;
        let frame = own_frame(&first.cog);
        let outlines = images.iter().filter_map(|image| footprint(&image.cog, frame.crs())).flatten();
        let bounds = BoundingBox::around(outlines.map(|place| frame.plane_from_frame(place)))?;
        Some(Self { entry: entry.id(), frame: Arc::new(frame), bounds })
    }
}

impl Imagery {
    /// Shows an entry alone in its own system, or (`None`) the usual map again.
    pub fn set_own_map(&mut self, own_map: Option<OwnMap>) {
        self.own_map = own_map;
        self.revision = self.revision.wrapping_add(1);
    }

    /// The file that stands for an entry: of a scene, its first.
    pub fn path_of(&self, entry: EntryId) -> Option<PathBuf> {
        Some(self.catalog.entry(entry)?.images().first()?.path.clone())
    }

    /// The entry that a file is, or belongs to.
    pub fn entry_at(&self, path: &Path) -> Option<EntryId> {
        self.catalog.entry_of_image(self.catalog.image_at(path)?.id)
    }

    /// The plane of the map.
    pub fn frame(&self) -> Arc<MapFrame> {
        self.own_map.as_ref().map(|own| Arc::clone(&own.frame)).unwrap_or_default()
    }

    /// How an entry is drawn: as the user wants this one, or this kind, or by default.
    pub fn style(&self, entry: EntryId) -> Option<Style> {
        if let Some(own) = self.styles.of_entries.get(&entry) {
            return Some(own.clone());
        }
        let kind = self.catalog.kind(entry)?;
        let of_kind = self.styles.of_kinds.get(kind).cloned();
        of_kind.or_else(|| Some(self.catalog.entry(entry)?.source().default_style()))
    }

    /// Whether the user gave this entry a style of its own.
    pub fn has_own_style(&self, entry: EntryId) -> bool {
        self.styles.of_entries.contains_key(&entry)
    }

    /// Sets a style. For a kind or for all, styles of single entries give way.
    pub fn set_style(&mut self, scope: &StyleScope, style: &Style) {
        match scope {
            StyleScope::Entry(entry) => {
                self.styles.of_entries.insert(*entry, style.clone());
            }
            StyleScope::Kind(kind) => {
                let catalog = &self.catalog;
                self.styles.of_entries.retain(|entry, _| catalog.kind(*entry) != Some(kind));
                self.styles.of_kinds.insert(kind.clone(), style.clone());
            }
            StyleScope::All => {
                self.styles.of_entries.clear();
                for (kind, _) in self.catalog.kinds() {
                    let names: Vec<&str> = kind.bands().iter().map(|band| band.name.as_str()).collect();
                    if style.bands(&names).is_ok() {
                        self.styles.of_kinds.insert(kind, style.clone());
                    }
                }
            }
        }
        self.revision = self.revision.wrapping_add(1);
    }

    /// Goes back to the default.
    pub fn reset_style(&mut self, scope: &StyleScope) {
        match scope {
            StyleScope::Entry(entry) => {
                self.styles.of_entries.remove(entry);
            }
            StyleScope::Kind(kind) => {
                self.styles.of_kinds.remove(kind);
            }
            StyleScope::All => {
                self.styles.of_entries.clear();
                self.styles.of_kinds.clear();
            }
        }
        self.revision = self.revision.wrapping_add(1);
    }

    /// How everything is drawn.
    pub fn styles(&self) -> &Styles {
        &self.styles
    }

    /// Draws everything as it was drawn before; returns how it was drawn until now.
    pub fn restore_styles(&mut self, styles: Styles) -> Styles {
        self.revision = self.revision.wrapping_add(1);
        std::mem::replace(&mut self.styles, styles)
    }

    /// Puts the styles of kinds under their names, as a project keeps them; those of kinds that are not open now stay.
    pub fn keep_styles(&self, saved: &mut BTreeMap<String, Style>) {
        for (kind, _) in self.catalog.kinds() {
            saved.remove(&kind.to_string());
        }
        saved.extend(self.styles.of_kinds.iter().map(|(kind, style)| (kind.to_string(), style.clone())));
    }

    /// Entries that are hidden or have a style of their own, as a project keeps them. Of files that are not open now, `known`
    /// is kept.
    pub fn saved_entries(&self, known: &[SavedEntry]) -> Vec<SavedEntry> {
        let mut saved: Vec<SavedEntry> =
            known.iter().filter(|entry| self.catalog.image_at(&entry.path).is_none()).cloned().collect();
        for id in self.catalog.entries() {
            let (is_hidden, style) = (self.catalog.is_hidden(*id), self.styles.of_entries.get(id));
            if (is_hidden || style.is_some())
                && let Some(path) = self.path_of(*id)
            {
                saved.push(SavedEntry { path, is_hidden, style: style.cloned() });
            }
        }
        saved.sort_by(|a, b| a.path.cmp(&b.path));
        saved
    }

    /// Hides and draws entries as they were saved, as far as they are there.
    pub fn restore_entries(&mut self, saved: &[SavedEntry]) {
        for SavedEntry { path, is_hidden, style } in saved {
            let Some(entry) = self.entry_at(path) else { continue };
            self.catalog.set_hidden(entry, *is_hidden);
            if let Some(style) = style {
                self.styles.of_entries.insert(entry, style.clone());
            }
        }
        self.revision = self.revision.wrapping_add(1);
    }

    /// Takes the saved style of a kind that has none yet.
    pub fn restore_style(&mut self, kind: &Kind, saved: &BTreeMap<String, Style>) {
        if !self.styles.of_kinds.contains_key(kind)
            && let Some(style) = saved.get(&kind.to_string())
        {
            self.styles.of_kinds.insert(kind.clone(), style.clone());
            self.revision = self.revision.wrapping_add(1);
        }
    }

    /// Takes what a stretch is made from.
    pub fn set_statistics(&mut self, kind: Kind, statistics: Result<Arc<LayerStatistics>, String>) {
        self.statistics.insert(kind, statistics);
        self.revision = self.revision.wrapping_add(1);
    }

    /// Grows with every change of what is drawn or how.
    pub fn revision(&self) -> (u64, u64) {
        (self.catalog.revision(), self.revision)
    }

    /// Where a look at the images begins (EPSG:3857): all of them, unless they lie so far apart that none would be seen; then
    /// the largest group of those that touch.
    pub fn home_bounds(&self) -> Option<BoundingBox> {
        let all = self.catalog.bounds_mercator()?;
        home_bounds(all, self.catalog.shown().filter_map(|entry| entry.bounds_mercator()))
    }

    /// What a painter needs to know of an entry.
    pub fn color_source(&self, entry: EntryId) -> Option<ColorSource> {
        let statistics = self.statistics.get(self.catalog.kind(entry)?).and_then(|found| found.as_ref().ok());
        Some(self.catalog.entry(entry)?.source().color_source(statistics.map(AsRef::as_ref)))
    }

    /// What makes pictures of an entry's pixels.
    pub fn painter(&self, entry: EntryId) -> Option<Result<Painter, StyleError>> {
        let style = self.style(entry)?;
        Some(style.painter(&self.color_source(entry)?))
    }
}

/// What lies under a place, as far as it is known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Where.
    pub position: LonLat,
    /// For each image or scene there, the topmost first; `None` while they are being read.
    pub values: Option<Vec<PointValues>>,
}

/// A place whose values are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// Its number.
    pub id: u64,
    /// What lies there.
    pub reading: Reading,
}
