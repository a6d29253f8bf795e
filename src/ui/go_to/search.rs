//! What a text in the box "Go to" may mean: positions, images and scenes, targets. Draws nothing.

use super::position::positions;
use crate::document::Document;
use crate::geo::{BoundingBox, Crs, LonLat, Point, Transformer, parse_coordinates, transform_bounds};
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
    let mut readings = ordered(document, positions(text));
    if readings.is_empty() {
        readings.extend(parse_coordinates(text).ok().or_else(|| in_system_of_images(document, text)));
    }
    let mut places: Vec<Place> = readings.into_iter().map(Place::Position).collect();
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

/// Easting and northing as the status bar and the inspector show them, in the system of the chosen image: `744 960 E
/// −2 815 290 N`, `744960, -2815290`.
fn in_system_of_images(document: &Document, text: &str) -> Option<LonLat> {
    let chosen = document.imagery.chosen.or_else(|| document.imagery.catalog.entries().first().copied())?;
    let entry = document.imagery.catalog.entry(chosen)?;
    let crs = entry.images().first()?.cog.crs()?.clone();
    if crs.is_geographic() {
        return None;
    }
    let plain = text.replace('\u{2212}', "-").replace(['\u{2009}', '\u{a0}'], "");
    let (east, north) = match plain.split_once(['E', 'e', ',', ';']) {
        Some(parts) => parts,
        None => plain.split_once(' ')?,
    };
    let number = |text: &str| {
        let digits: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, 'E' | 'e' | 'N' | 'n' | ',')).collect();
        digits.parse::<f64>().ok()
    };
    let place = Point::new(number(east)?, number(north)?);
    let degrees = Transformer::new(&crs, &Crs::wgs84(), None).ok()?.forward(place)?;
    LonLat::new(degrees.x, degrees.y)
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
