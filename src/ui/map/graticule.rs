//! Meridians and parallels in steps that suit the zoom: something to hold on to where there is neither image nor base map.

use super::viewport::Viewport;
use crate::geo::{LonLat, MERCATOR_MAX_LAT_DEG};
use egui::{Color32, Painter, Stroke, pos2};

const STEPS_DEG: [f64; 14] = [45.0, 30.0, 15.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
/// Lines are at least so many points apart.
const LEAST_POINTS: f64 = 96.0;

/// Draws the lines.
pub fn paint(painter: &Painter, viewport: &Viewport, color: Color32) {
    let points_per_degree = super::viewport::TILE_POINTS * viewport.zoom.exp2() / 360.0;
    let Some(step) = STEPS_DEG.iter().rev().copied().find(|step| step * points_per_degree >= LEAST_POINTS) else {
        return;
    };
    let stroke = Stroke::new(1.0, color);
    let rect = viewport.rect;
    let corner = |at| viewport.lon_lat_from_screen(at);
    let (west, north) = corner(rect.left_top()).map_or((-180.0, MERCATOR_MAX_LAT_DEG), |p| (p.lon_deg(), p.lat_deg()));
    let (east, south) =
        corner(rect.right_bottom()).map_or((180.0, -MERCATOR_MAX_LAT_DEG), |p| (p.lon_deg(), p.lat_deg()));
    for lon_deg in multiples(step, west, east) {
        if let Some(at) = LonLat::new(lon_deg, 0.0).and_then(|p| viewport.screen_from_lon_lat(p)) {
            painter.vline(at.x.round() + 0.5, rect.y_range(), stroke);
        }
    }
    for lat_deg in multiples(step, south, north) {
        if let Some(at) = LonLat::new(0.0, lat_deg).and_then(|p| viewport.screen_from_lon_lat(p)) {
            painter.hline(rect.x_range(), pos2(0.0, at.y.round() + 0.5).y, stroke);
        }
    }
}

/// The multiples of `step` from `low` to `high`.
fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let first = (low / step).ceil();
    // At most the lines of a wide screen; guards against a step that is tiny for the range.
    let count = ((high / step).floor() - first + 1.0).clamp(0.0, 400.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let count = count as u32;
    (0..count).map(move |index| (first + f64::from(index)) * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_on_round_degrees() {
        assert_eq!(multiples(10.0, -25.0, 12.0).collect::<Vec<_>>(), [-20.0, -10.0, 0.0, 10.0]);
        assert!(multiples(1.0, 5.0, 2.0).next().is_none());
    }
}
