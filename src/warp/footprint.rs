//! The outline of an image on the map, and the pixel under a place.

use super::WarpError;
use super::geometry::ImageGeometry;
use crate::cog::{Cog, GeoreferenceKind};
use crate::geo::{BoundingBox, Crs, MERCATOR_MAX_LAT_DEG, MapFrame, Point, mercator_from_lon_lat};

/// Points along each side of the image.
const POINTS_PER_SIDE: u32 = 16;
/// After how much longitudes begin anew.
const WORLD_DEG: f64 = 360.0;

/// The outline of the image in `crs` as a polygon (the first point is not repeated), its sides bent as the projection bends them.
///
/// An image that crosses the antimeridian goes on beyond it, so that the polygon stays in one piece: in degrees its longitudes pass
/// 180, in Web Mercator its x passes half the world. `None` where the image has no place there.
///
/// In Web Mercator it ends with the square of the map, at 85 degrees.
#[must_use]
pub fn footprint(cog: &Cog, crs: &Crs) -> Option<Vec<Point>> {
    if crs.epsg() != Some(3857) {
        let geometry = ImageGeometry::new(cog, crs).ok()?;
        return if crs.is_geographic() { outline_deg(&geometry) } else { outline(&geometry) };
    }
    let degrees = outline_deg(&ImageGeometry::new(cog, &Crs::wgs84()).ok()?)?;
    let on_map = |p: Point| mercator_from_lon_lat(p.x, p.y.clamp(-MERCATOR_MAX_LAT_DEG, MERCATOR_MAX_LAT_DEG));
    Some(degrees.into_iter().map(on_map).collect())
}

/// The frame of a map in the image's own coordinates: in its reference system, also one that can't be transformed or isn't told, and
/// in its pixels where the file says nothing of its place.
#[must_use]
pub fn own_frame(cog: &Cog) -> MapFrame {
    let in_own_system = || {
        let crs = match (&cog.georeference().kind, cog.crs()) {
            (GeoreferenceKind::None, _) => return None,
            (GeoreferenceKind::Rpc(_), _) => Crs::wgs84(),
            (_, Some(crs)) => crs.clone(),
            (_, None) => Crs::unknown(),
        };
        let bounds = BoundingBox::around(footprint(cog, &crs)?)?;
        MapFrame::of_crs(&crs, bounds)
    };
    in_own_system().unwrap_or_else(|| MapFrame::of_pixels(cog.width(), cog.height()))
}

/// Column and row (as x and y; whole numbers are edges) of the pixel of the full resolution under a place in `crs`; `None` outside of
/// the image.
pub fn pixel_at(cog: &Cog, crs: &Crs, place: Point) -> Result<Option<Point>, WarpError> {
    let geometry = ImageGeometry::new(cog, crs)?;
    let (width, height) = geometry.size();
    let inside = |p: &Point| (0.0..width).contains(&p.x) && (0.0..height).contains(&p.y);
    Ok(geometry.pixel_from_view(place).filter(inside))
}

fn outline(geometry: &ImageGeometry) -> Option<Vec<Point>> {
    let (width, height) = geometry.size();
    let bounds = BoundingBox::new(0.0, 0.0, width, height)?;
    let edge = bounds.edge_points(POINTS_PER_SIDE).into_iter().rev();
    let points: Vec<Point> = edge.filter_map(|p| geometry.view_from_pixel(p.x, p.y)).collect();
    if points.len() >= 3 {
        return Some(points);
    }
    // The edges of a global image may lie beyond the earth while its inside doesn't.
    geometry.bounds_of_box().map(|around| around.corners().to_vec())
}

/// The outline in degrees, in one piece.
fn outline_deg(geometry: &ImageGeometry) -> Option<Vec<Point>> {
    let mut points = outline(geometry)?;
    if geometry.covers_all_longitudes() {
        return Some(points);
    }
    let turned_deg = unwind(&mut points, WORLD_DEG);
    if turned_deg.abs() < WORLD_DEG / 2.0 {
        return Some(points);
    }
    // Round a pole the outline is no ring; the cap below it can be drawn as a box.
    let around = BoundingBox::around(points)?;
    let (width, height) = geometry.size();
    let inside = |p: Point| (0.0..=width).contains(&p.x) && (0.0..=height).contains(&p.y);
    let holds_north = geometry.pixel_from_view(Point::new(0.0, 90.0)).is_some_and(inside);
    let (south, north) = if holds_north { (around.min_y(), 90.0) } else { (-90.0, around.max_y()) };
    Some(BoundingBox::new(-WORLD_DEG / 2.0, south, WORLD_DEG / 2.0, north)?.corners().to_vec())
}

/// Lets x run on where it jumps by more than half a world; how far the end then is from the beginning.
fn unwind(points: &mut [Point], world: f64) -> f64 {
    let mut shift = 0.0;
    let mut last: Option<f64> = None;
    for point in points.iter_mut() {
        let x = point.x;
        if let Some(last) = last {
            shift -= ((x - last) / world).round() * world;
        }
        last = Some(x);
        point.x = x + shift;
    }
    // Closing the ring must bring it back.
    match (points.first(), last) {
        (Some(first), Some(last)) => shift - ((first.x - last) / world).round() * world,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xs(points: &[Point]) -> Vec<f64> {
        points.iter().map(|p| p.x).collect()
    }

    #[test]
    fn an_outline_goes_on_beyond_the_antimeridian() {
        let mut points: Vec<Point> = [179.0, -179.0, -178.0, 178.0].iter().map(|&x| Point::new(x, 0.0)).collect();
        assert!(unwind(&mut points, 360.0).abs() < 1e-9);
        assert_eq!(xs(&points), [179.0, 181.0, 182.0, 178.0]);
    }

    #[test]
    fn a_ring_round_the_pole_is_noticed() {
        let mut points: Vec<Point> = [0.0, 90.0, 180.0, -90.0].iter().map(|&x| Point::new(x, 80.0)).collect();
        assert!((unwind(&mut points, 360.0).abs() - 360.0).abs() < 1e-9);
    }
}
