//! walkers' side of the map: its memory kept in step with the camera, and the projection between metres of EPSG:3857 and
//! its pixels.

use super::viewport::{TILE_POINTS, Viewport};
use crate::geo::MERCATOR_HALF_WORLD_M;
use egui::DragPanButtons;
use walkers::{Map, MapMemory, Pixels, Position, Projection};

/// A walkers position is a place of EPSG:3857 in metres here: the camera is exact in these, and no angle is rounded on the way.
pub struct MetresOnMap;

impl MetresOnMap {
    fn pixels_per_metre(zoom: f64) -> f64 {
        TILE_POINTS * zoom.exp2() / (2.0 * MERCATOR_HALF_WORLD_M)
    }
}

impl Projection for MetresOnMap {
    fn project(&self, place: Position, zoom: f64) -> Pixels {
        let scale = Self::pixels_per_metre(zoom);
        Pixels::new((place.x() + MERCATOR_HALF_WORLD_M) * scale, (MERCATOR_HALF_WORLD_M - place.y()) * scale)
    }

    fn unproject(&self, pixels: Pixels, zoom: f64) -> Position {
        let scale = Self::pixels_per_metre(zoom);
        Position::new(pixels.x() / scale - MERCATOR_HALF_WORLD_M, MERCATOR_HALF_WORLD_M - pixels.y() / scale)
    }

    fn scale_pixel_per_meter(&self, _place: Position, zoom: f64) -> f64 {
        Self::pixels_per_metre(zoom)
    }
}

/// The map widget, standing where the camera stands. Its own gestures are off: the camera also flies and glides.
pub fn map<'a>(memory: &'a mut MapMemory, viewport: &Viewport) -> Map<'a, 'a, 'a> {
    let center = Position::new(viewport.center.x, viewport.center.y);
    memory.center_at(center);
    if memory.set_zoom(viewport.zoom).is_err() {
        tracing::debug!(zoom = viewport.zoom, "the map cannot zoom so far");
    }
    Map::new(None, memory, center)
        .with_projection(&MetresOnMap)
        .zoom_gesture(false)
        .double_click_to_zoom(false)
        .panning(false)
        .drag_pan_buttons(DragPanButtons::empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Point;
    use egui::{Rect, pos2, vec2};
    use walkers::Projector;

    #[test]
    fn walkers_puts_a_place_where_the_viewport_does() {
        let rect = Rect::from_min_size(pos2(300.0, 40.0), vec2(800.0, 600.0));
        let viewport =
            Viewport { rect, frame: std::sync::Arc::default(), center: Point::new(-6.07e6, -2.9e6), zoom: 17.3 };
        let mut memory = MapMemory::default();
        drop(map(&mut memory, &viewport));
        let projector = Projector::new(rect, &MetresOnMap, &memory, Position::new(0.0, 0.0));
        for at in [rect.left_top(), rect.center(), pos2(777.0, 101.5)] {
            let place = viewport.plane_from_screen(at);
            let there = projector.project(Position::new(place.x, place.y)).to_pos2();
            assert!((there - at).length() < 0.01, "{at:?} {there:?}");
            let back = projector.unproject(at.to_vec2());
            assert!((back.x() - place.x).abs() < 1e-3 && (back.y() - place.y).abs() < 1e-3);
        }
    }
}
