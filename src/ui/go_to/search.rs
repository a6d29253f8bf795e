//! What a text in the box "Go to" may mean: positions, images and scenes, targets. Draws nothing.

use super::position::positions;
use crate::document::Document;
use crate::geo::{BoundingBox, Crs, LonLat, Transformer, transform_bounds};
use crate::library::EntryId;
use crate::targets::TargetId;

/// How many images and targets are listed each.
const MOST_OF_EACH: usize = 8;

/// Something that one can go to.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A position on the earth.
    Position(LonLat),
    /// An image or scene, with its name and date.
    Entry(EntryId, String, String),
    /// A target, with its name and class.
    Target(TargetId, String, String),
}

/// Everything that a text may mean, the likeliest first.
pub fn search(document: &Document, text: &str) -> Vec<Place> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let mut places: Vec<Place> = ordered(document, positions(text)).into_iter().map(Place::Position).collect();
    places.extend(entries(document, text));
    places.extend(targets(document, text));
    places
}

/// Of several readings the one that lies where images are comes first.
fn ordered(document: &Document, mut readings: Vec<LonLat>) -> Vec<LonLat> {
    let bounds = document.imagery.catalog.bounds_mercator().and_then(lon_lat_bounds);
    if let Some(bounds) = bounds {
        readings.sort_by_key(|place| !bounds.contains((*place).into()));
    }
    readings
}

fn lon_lat_bounds(mercator: BoundingBox) -> Option<BoundingBox> {
    let transformer = Transformer::new(&Crs::web_mercator(), &Crs::wgs84(), None).ok()?;
    transform_bounds(&transformer, mercator)
}

fn entries(document: &Document, text: &str) -> Vec<Place> {
    let catalog = &document.imagery.catalog;
    let found = catalog.search(text).into_iter().take(MOST_OF_EACH).filter_map(|id| catalog.entry(id));
    let place = |entry: crate::library::Entry| {
        let date = entry.date().map(|date| date.to_string()).unwrap_or_default();
        Place::Entry(entry.id(), entry.name().to_owned(), date)
    };
    found.map(place).collect()
}

/// Targets whose name contains the text; those that begin with it come first.
fn targets(document: &Document, text: &str) -> Vec<Place> {
    let Some(set) = document.targets.set() else { return Vec::new() };
    let needle = text.to_lowercase();
    let contains = |id: &TargetId| set.searched_text(*id).is_some_and(|name| name.contains(&needle));
    let begins = |id: &TargetId| set.searched_text(*id).is_some_and(|name| name.starts_with(&needle));
    let first: Vec<TargetId> = set.ids().filter(begins).take(MOST_OF_EACH).collect();
    let others = set.ids().filter(|id| contains(id) && !begins(id)).take(MOST_OF_EACH - first.len());
    let place = |id: TargetId| {
        let target = set.target(id)?;
        Some(Place::Target(id, target.label(), target.class_name.to_owned()))
    };
    first.iter().copied().chain(others).filter_map(place).collect()
}
