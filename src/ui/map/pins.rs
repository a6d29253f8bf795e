//! Marks of the places whose values are kept.

use super::viewport::Viewport;
use crate::document::Pin;
use crate::ui::theme;
use egui::{Align2, Color32, Painter, Stroke, vec2};

const ARM: f32 = 7.0;

/// Draws a cross at each place, with its number where there are several.
pub fn paint(painter: &Painter, viewport: &Viewport, pins: &[Pin], color: Color32) {
    for (index, pin) in pins.iter().enumerate() {
        let Some(at) = viewport.screen_from_lon_lat(pin.reading.position) else { continue };
        let under = Stroke::new(4.0, Color32::from_black_alpha(160));
        for stroke in [under, Stroke::new(2.0, Color32::WHITE)] {
            painter.hline(at.x - ARM..=at.x + ARM, at.y, stroke);
            painter.vline(at.x, at.y - ARM..=at.y + ARM, stroke);
        }
        painter.circle_filled(at, 2.0, color);
        if pins.len() > 1 {
            let corner = at + vec2(ARM + 7.0, -ARM - 1.0);
            painter.circle_filled(corner, 8.0, color);
            let number = (index + 1).to_string();
            painter.text(corner, Align2::CENTER_CENTER, number, theme::small_font(), Color32::WHITE);
        }
    }
}
