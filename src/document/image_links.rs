//! Which image or scene each target belongs to: the one that its own words mean, else the topmost that lies there. A snapshot of
//! the catalog that jobs can take along.

use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, Point, mercator_from_lon_lat};
use crate::library::{Catalog, EntryId, Source};
use crate::targets::{EntryNames, ImageMatcher, TargetId, TargetSet};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::sync::Arc;

/// An entry of the catalog, as it was.
#[derive(Debug, Clone)]
pub struct LinkedEntry {
    /// Which.
    pub id: EntryId,
    /// Its pixels.
    pub source: Source,
}

type Leaf = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// The entries of a catalog by name and by place.
#[derive(Debug)]
pub struct ImageLinks {
    entries: Vec<LinkedEntry>,
    matcher: ImageMatcher,
    /// Boxes of the entries that are shown (EPSG:3857), with their places in `entries`, the topmost first.
    shown: RTree<Leaf>,
}

impl ImageLinks {
    /// A snapshot of the catalog.
    pub fn new(catalog: &Catalog) -> Self {
        let entries: Vec<_> = catalog.entries().iter().filter_map(|id| catalog.entry(*id)).collect();
        let paths: Vec<String> = entries
            .iter()
            .map(|entry| entry.images().first().map(|image| image.path.display().to_string()).unwrap_or_default())
            .collect();
        let names = entries.iter().zip(&paths).map(|(entry, path)| EntryNames {
            path,
            scene: matches!(entry.id(), EntryId::Scene(_)).then(|| entry.name()),
        });
        let leaf = |(at, bounds): (usize, BoundingBox)| {
            Leaf::new(Rectangle::from_corners([bounds.min_x(), bounds.min_y()], [bounds.max_x(), bounds.max_y()]), at)
        };
        let placed = entries.iter().enumerate().filter(|(_, entry)| catalog.is_shown(entry.id()));
        let leaves = placed.filter_map(|(at, entry)| Some((at, entry.bounds_mercator()?))).map(leaf).collect();
        Self {
            matcher: ImageMatcher::new(names),
            shown: RTree::bulk_load(leaves),
            entries: entries.iter().map(|entry| LinkedEntry { id: entry.id(), source: entry.source() }).collect(),
        }
    }

    /// All entries.
    pub fn entries(&self) -> &[LinkedEntry] {
        &self.entries
    }

    /// The topmost shown entry whose box reaches a position.
    fn topmost_at(&self, position: LonLat) -> Option<usize> {
        let world_m = 2.0 * MERCATOR_HALF_WORLD_M;
        let Point { x, y } = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let there = [0.0, -world_m, world_m].map(|by| AABB::from_point([x + by, y]));
        let found = there.into_iter().flat_map(|there| self.shown.locate_in_envelope_intersecting(there));
        found.map(|leaf| leaf.data).min()
    }
}

/// The links of one set of targets.
#[derive(Debug, Clone)]
pub struct TargetLinks {
    set: Arc<TargetSet>,
    links: Arc<ImageLinks>,
    /// For each image that targets name, the entry that it means.
    of_names: Arc<[Option<usize>]>,
}

/// What a target's own words for its image lead to.
#[derive(Debug, Clone, Copy)]
pub enum NamedImage<'a> {
    /// It names none.
    Unnamed,
    /// It names one that isn't open, or that isn't the only one of its name.
    Missing,
    /// It names this one.
    Found(&'a LinkedEntry),
}

impl TargetLinks {
    /// Links the targets of a set with the entries.
    pub fn new(set: Arc<TargetSet>, links: Arc<ImageLinks>) -> Self {
        let of_names = set.images().iter().map(|image| links.matcher.find(set.image_file_of(&image.name))).collect();
        Self { set, links, of_names }
    }

    /// The targets.
    pub fn set(&self) -> &Arc<TargetSet> {
        &self.set
    }

    /// The entries.
    pub fn images(&self) -> &ImageLinks {
        &self.links
    }

    /// What the target's own words for its image lead to.
    pub fn named(&self, id: TargetId) -> NamedImage<'_> {
        let Some(name) = self.set.image_index_of(id) else { return NamedImage::Unnamed };
        let entry = self.of_names.get(name).copied().flatten().and_then(|at| self.links.entries.get(at));
        entry.map_or(NamedImage::Missing, NamedImage::Found)
    }

    /// The entry that a target belongs to: the one that it names, else the topmost at its position. `None` where there is none,
    /// and for one that names an image that isn't open: another image of the same place is not what was seen.
    pub fn entry(&self, id: TargetId) -> Option<&LinkedEntry> {
        match self.named(id) {
            NamedImage::Found(entry) => Some(entry),
            NamedImage::Missing => None,
            NamedImage::Unnamed => self.links.entries.get(self.links.topmost_at(self.set.position(id)?)?),
        }
    }
}
