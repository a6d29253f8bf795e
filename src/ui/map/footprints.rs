//! Outlines of images: all of them when the map is too far out to see pixels, the chosen one always.

use super::viewport::Viewport;
use crate::document::Document;
use crate::library::{Entry, Image};
use egui::{Color32, Painter, Pos2, Stroke, StrokeKind};

/// An image smaller than this on the screen is drawn as its outline.
const TOO_SMALL_POINTS: f32 = 32.0;
/// More outlines than this say nothing.
const MOST_OUTLINES: usize = 4_000;

/// Draws the outlines of what is too small to see, and that of the chosen entry.
pub fn paint(painter: &Painter, viewport: &Viewport, document: &Document, color: Color32) {
    let catalog = &document.imagery.catalog;
    if !viewport.frame.is_web_mercator() {
        return;
    }
    let Some(bounds) = viewport.bounds() else { return };
    for id in catalog.shown_in(&bounds).into_iter().take(MOST_OUTLINES) {
        let chosen = document.imagery.chosen == Some(id);
        let Some(entry) = catalog.entry(id) else { continue };
        let Some(rect) = entry.bounds_mercator().map(|bounds| viewport.screen_rect(&bounds)) else { continue };
        let small = rect.size().max_elem() < TOO_SMALL_POINTS;
        if chosen {
            outline(painter, viewport, &entry, Stroke::new(1.5, color));
        } else if small {
            let mark = egui::Rect::from_center_size(rect.center(), rect.size().max(egui::vec2(5.0, 5.0)));
            painter.rect(mark, 1.0, color.gamma_multiply(0.25), Stroke::new(1.0, color), StrokeKind::Middle);
        }
    }
}

fn outline(painter: &Painter, viewport: &Viewport, entry: &Entry, stroke: Stroke) {
    let image: Option<&Image> = match entry {
        Entry::Image(image) => Some(image),
        Entry::Scene(scene) => scene.largest_image().map(AsRef::as_ref),
    };
    let Some(image) = image else { return };
    let points: Vec<Pos2> =
        image.footprint_lon_lat.iter().filter_map(|place| viewport.screen_from_lon_lat(*place)).collect();
    if points.len() > 2 {
        painter.add(egui::Shape::closed_line(points, stroke));
    }
}
