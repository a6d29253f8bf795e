//! Where an image lies: its outline in longitude and latitude and its box on the map; and which of its pixels lies at a position.

use crate::cog::Cog;
use crate::geo::{BoundingBox, Crs, LonLat, MERCATOR_HALF_WORLD_M};
use crate::warp::{self, ImageGeometry};

/// Of more images than this, the first decide where a look begins.
const MOST_GROUPED: usize = 2_000;
/// Images are far apart when all of them take so many times the room of the largest group.
const FAR_APART: f64 = 5.0;

/// Where an image lies, or why that isn't known.
pub(super) struct Place {
    /// Corners and points between them, in order; empty if not known.
    pub outline_lon_lat: Vec<LonLat>,
    /// In EPSG:3857, metres; beyond the edge of the map for an image that crosses the antimeridian.
    pub bounds_mercator: Option<BoundingBox>,
    /// What keeps it off the map, or what the user should know of its place: a sentence each.
    pub problems: Vec<String>,
}

/// The place of an image.
pub(super) fn of(cog: &Cog) -> Place {
    let outline = |crs| warp::footprint(cog, &crs).unwrap_or_default();
    let bounds_mercator = BoundingBox::around(outline(Crs::web_mercator()));
    let in_degrees = outline(Crs::wgs84()).into_iter();
    let outline_lon_lat = in_degrees.filter_map(|point| LonLat::new(point.x, point.y)).collect();
    let problem = match ImageGeometry::new(cog, &Crs::web_mercator()) {
        Err(error) => Some(error.to_string()),
        Ok(_) if bounds_mercator.is_none() => Some("it lies where the map does not reach".to_owned()),
        Ok(geometry) => geometry.note().map(str::to_owned),
    };
    Place { outline_lon_lat, bounds_mercator, problems: problem.into_iter().collect() }
}

/// Column and row, counted from 0, of the pixel at a position; `None` outside of the image, or where its place isn't known.
pub(super) fn pixel_at(cog: &Cog, position: LonLat) -> Option<(u32, u32)> {
    let pixel = warp::pixel_at(cog, &Crs::wgs84(), position.into()).ok()??;
    Some((whole(pixel.x, cog.width())?, whole(pixel.y, cog.height())?))
}

/// Where a look at boxes (EPSG:3857) begins: `all` around them, unless they lie so far apart that none would be seen; then the largest
/// group of those that touch. `None` for no boxes.
pub fn home_bounds(all: BoundingBox, boxes: impl Iterator<Item = BoundingBox>) -> Option<BoundingBox> {
    let mut groups: Vec<(BoundingBox, usize)> = Vec::new();
    for mut bounds in boxes.take(MOST_GROUPED) {
        let mut count = 1;
        groups.retain(|(group, of_group)| {
            let touches = group.intersects(&bounds);
            if touches {
                bounds = bounds.union(group);
                count += of_group;
            }
            !touches
        });
        groups.push((bounds, count));
    }
    let (largest, _) = groups.into_iter().max_by_key(|(_, count)| *count)?;
    let side = |bounds: &BoundingBox| bounds.width().max(bounds.height());
    Some(if side(&all) > FAR_APART * side(&largest) { largest } else { all })
}

/// Whether two boxes in EPSG:3857 share a point, once round the earth to either side too.
pub fn meet_on_map(a: &BoundingBox, b: &BoundingBox) -> bool {
    let world_m = 2.0 * MERCATOR_HALF_WORLD_M;
    [0.0, -world_m, world_m].into_iter().any(|by| shifted_east(a, by).is_some_and(|a| a.intersects(b)))
}

/// A box of EPSG:3857 so many metres further to the east.
pub(super) fn shifted_east(bounds: &BoundingBox, by_m: f64) -> Option<BoundingBox> {
    BoundingBox::new(bounds.min_x() + by_m, bounds.min_y(), bounds.max_x() + by_m, bounds.max_y())
}

/// The pixel that a position between the edges 0 and `size` falls into.
fn whole(position: f64, size: u32) -> Option<u32> {
    let inside = position >= 0.0 && position < f64::from(size);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
    inside.then(|| position.floor() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_across_the_antimeridian_is_met_on_both_sides_of_the_map() {
        let half = MERCATOR_HALF_WORLD_M;
        let bbox = |min_x, max_x| BoundingBox::new(min_x, 0.0, max_x, 10.0).unwrap();
        let across = bbox(half - 5.0, half + 5.0);
        assert!(meet_on_map(&across, &bbox(half - 2.0, half)));
        assert!(meet_on_map(&across, &bbox(-half, -half + 2.0)));
        assert!(!meet_on_map(&across, &bbox(-half + 6.0, half - 6.0)));
    }
}
