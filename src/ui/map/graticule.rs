//! Meridians and parallels in steps that suit the zoom: something to hold on to where there is neither image nor base map.

use super::viewport::Viewport;
use crate::geo::{LonLat, MERCATOR_MAX_LAT_DEG, lon_lat_from_mercator};
use egui::{Color32, Painter, Stroke, pos2};

const STEPS_DEG: [f64; 14] = [45.0, 30.0, 15.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
/// Lines are at least so many points apart.
const LEAST_POINTS: f64 = 96.0;

/// Draws the lines, on a map that shows the world as often as there are `copies` of it.
pub fn paint(painter: &Painter, copies: &[Viewport], color: Color32) {
    let Some(viewport) = copies.first() else { return };
    let points_per_degree = super::viewport::TILE_POINTS * viewport.zoom.exp2() / 360.0;
    let Some(step) = STEPS_DEG.iter().rev().copied().find(|step| step * points_per_degree >= LEAST_POINTS) else {
        return;
    };
    let stroke = Stroke::new(1.0, color);
    let rect = viewport.rect;
    for copy in copies {
        let Some(bounds) = copy.bounds() else { continue };
        let lon_deg = |x: f64| lon_lat_from_mercator(x, 0.0).x.clamp(-180.0, 180.0);
        // The line at -180 degrees is that at 180 degrees of the next copy.
        let lines =
            multiples(step, lon_deg(bounds.min_x()), lon_deg(bounds.max_x())).filter(|lon_deg| *lon_deg > -180.0);
        for lon_deg in lines {
            if let Some(at) = LonLat::new(lon_deg, 0.0).and_then(|p| copy.screen_from_lon_lat(p)) {
                painter.vline(at.x.round() + 0.5, rect.y_range(), stroke);
            }
        }
    }
    let Some(bounds) = viewport.bounds() else { return };
    let lat_deg = |y: f64| lon_lat_from_mercator(0.0, y).y.clamp(-MERCATOR_MAX_LAT_DEG, MERCATOR_MAX_LAT_DEG);
    let (south, north) = (lat_deg(bounds.min_y()), lat_deg(bounds.max_y()));
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
