//! What lies on top of the map: scale bar, north arrow, zoom buttons, attribution.

use super::viewport::Viewport;
use crate::ui::{Command, icons, theme};
use egui::{Align2, CornerRadius, Frame, Margin, Pos2, Rect, Stroke, pos2, vec2};

const EDGE: f32 = 12.0;
/// Below this height, in points, the buttons reach down to the attribution.
const LOW: f32 = 210.0;
/// Points that the column of buttons takes at the right edge.
const BUTTON_COLUMN: f32 = 44.0;
/// Points at the left edge that the scale bar may take.
const SCALE_BAR_ROOM: f32 = 160.0;
const SCALE_BAR_POINTS: f64 = 120.0;
/// Pixels of a screen are 0.28 mm wide by the OGC's convention (Symbology Encoding 1.1, section 11.1).
const PIXEL_M: f64 = 0.000_28;

/// Draws scale bar, north arrow, buttons and attribution; true while the pointer is on a button.
pub fn furniture_ui(ui: &mut egui::Ui, viewport: &Viewport, attribution: &str, commands: &mut Vec<Command>) {
    scale_bar(ui, viewport);
    attribution_ui(ui, viewport.rect, attribution);
    buttons_ui(ui, viewport, commands);
    own_system_ui(ui, viewport, commands);
}

/// The map's scale as the second number of 1:n, rounded for people.
pub fn scale_denominator(viewport: &Viewport) -> f64 {
    let exact = viewport.ground_metres_per_point() / PIXEL_M;
    if !exact.is_finite() || exact <= 0.0 {
        return 0.0;
    }
    let step = 10_f64.powf((exact.log10() - 1.0).floor().max(0.0));
    (exact / step).round() * step
}

/// The longest round length whose bar is at most [`SCALE_BAR_POINTS`] long: metres and points.
fn scale_bar_length(metres_per_point: f64) -> Option<(f64, f64)> {
    let most = metres_per_point * SCALE_BAR_POINTS;
    if !most.is_finite() || most <= 0.0 {
        return None;
    }
    let decade = 10_f64.powf(most.log10().floor());
    let metres = [5.0, 2.0, 1.0].into_iter().map(|n| n * decade).find(|m| *m <= most)?;
    Some((metres, metres / metres_per_point))
}

fn length_text(metres: f64) -> String {
    if metres >= 1000.0 {
        format!("{} km", metres / 1000.0)
    } else if metres >= 1.0 {
        format!("{metres} m")
    } else {
        format!("{:.0} cm", metres * 100.0)
    }
}

fn scale_bar(ui: &egui::Ui, viewport: &Viewport) {
    let Some((metres, points)) = scale_bar_length(viewport.ground_metres_per_point()) else { return };
    let palette = theme::palette(ui);
    let text_color = ui.visuals().strong_text_color();
    #[expect(clippy::cast_possible_truncation, reason = "at most the length of the bar")]
    let points = points as f32;
    let galley = ui.painter().layout_no_wrap(length_text(metres), theme::small_font(), text_color);
    let size = vec2(points.max(galley.size().x) + 16.0, galley.size().y + 14.0);
    let chip = Rect::from_min_size(pos2(viewport.rect.left() + EDGE, viewport.rect.bottom() - EDGE - size.y), size);
    let painter = ui.painter();
    painter.rect_filled(chip, CornerRadius::same(4), palette.on_map_fill);
    painter.galley(pos2(chip.left() + 8.0, chip.top() + 3.0), galley, text_color);
    let (left, bottom) = (chip.left() + 8.0, chip.bottom() - 5.5);
    let stroke = Stroke::new(1.5, text_color);
    painter.line(
        [pos2(left, bottom - 4.0), pos2(left, bottom), pos2(left + points, bottom), pos2(left + points, bottom - 4.0)]
            .to_vec(),
        stroke,
    );
}

fn attribution_ui(ui: &egui::Ui, rect: Rect, text: &str) {
    if text.is_empty() {
        return;
    }
    let palette = theme::palette(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::small_font(), palette.muted);
    let size = galley.size() + vec2(12.0, 4.0);
    // On a low map it makes room for the buttons above it.
    let beside = if rect.height() < LOW { vec2(BUTTON_COLUMN, 0.0) } else { vec2(0.0, 0.0) };
    let chip = Rect::from_min_size(rect.right_bottom() - size - vec2(EDGE, EDGE) - beside, size);
    if chip.left() < rect.left() + SCALE_BAR_ROOM {
        return;
    }
    ui.painter().rect_filled(chip, CornerRadius::same(4), palette.on_map_fill);
    ui.painter().galley(chip.min + vec2(6.0, 2.0), galley, palette.muted);
}

/// While the map lies in an image's own system: says in which, with the way back.
fn own_system_ui(ui: &mut egui::Ui, viewport: &Viewport, commands: &mut Vec<Command>) {
    if viewport.frame.is_web_mercator() {
        return;
    }
    let palette = theme::palette(ui);
    let crs = viewport.frame.crs();
    let system = match crs.epsg() {
        Some(code) => format!("EPSG:{code}  {}", crs.name()),
        None if viewport.frame.is_on_earth() => crs.name().to_owned(),
        None => "Pixels: the image has no place on the earth that is known".to_owned(),
    };
    let width = (viewport.rect.width() - 2.0 * EDGE - 60.0).max(120.0);
    let at = Rect::from_min_size(viewport.rect.min + vec2(EDGE, EDGE), vec2(width, 32.0));
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(at).id_salt("own system"));
    let frame = Frame::new().fill(palette.on_map_fill).corner_radius(6).inner_margin(Margin::symmetric(8, 4));
    frame.show(&mut inner, |ui| {
        ui.horizontal(|ui| {
            if ui.button("Back to the web map").on_hover_text("Show all images on the usual map again").clicked() {
                commands.push(Command::ShowInOwnSystem(None));
            }
            ui.add(egui::Label::new(theme::note(ui, system.as_str())).truncate()).on_hover_text(&system);
        });
    });
}

fn buttons_ui(ui: &mut egui::Ui, viewport: &Viewport, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let rect = viewport.rect;
    let column = Rect::from_min_size(pos2(rect.right() - EDGE - 36.0, rect.top() + EDGE), vec2(36.0, 170.0));
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(column).id_salt("map buttons"));
    let frame = Frame::new().fill(palette.on_map_fill).corner_radius(6).inner_margin(Margin::same(4));
    // In other frames north is somewhere else at each place.
    if viewport.frame.is_web_mercator() || viewport.frame.crs().is_geographic() {
        north_arrow(&inner, column.center_top() + vec2(0.0, 18.0), palette);
    }
    inner.add_space(42.0);
    frame.show(&mut inner, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        if icons::icon_button(ui, icons::ZOOM_IN, "Zoom in", "+").clicked() {
            commands.push(Command::ZoomBy(1.0));
        }
        if icons::icon_button(ui, icons::ZOOM_OUT, "Zoom out", "\u{2212}").clicked() {
            commands.push(Command::ZoomBy(-1.0));
        }
        if icons::icon_button(ui, icons::FIT, "Fit all images", "F").clicked() {
            commands.push(Command::FitAll);
        }
    });
}

/// North is always up; the arrow says so.
fn north_arrow(ui: &egui::Ui, center: Pos2, palette: theme::Palette) {
    let painter = ui.painter();
    let color = ui.visuals().strong_text_color();
    painter.circle_filled(center, 18.0, palette.on_map_fill);
    let (tip, left, right, notch) =
        (center + vec2(0.0, -13.0), center + vec2(-5.0, 4.0), center + vec2(5.0, 4.0), center + vec2(0.0, 1.0));
    painter.add(egui::Shape::convex_polygon(vec![tip, notch, left], color, Stroke::NONE));
    painter.add(egui::Shape::convex_polygon(vec![tip, right, notch], palette.muted, Stroke::NONE));
    painter.text(center + vec2(0.0, 9.0), Align2::CENTER_CENTER, "N", theme::small_font(), color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_bar_has_a_round_length_that_fits() {
        for metres_per_point in [0.003, 0.4, 1.0, 27.3, 9_000.0] {
            let (metres, points) = scale_bar_length(metres_per_point).unwrap();
            assert!(points <= SCALE_BAR_POINTS && points > SCALE_BAR_POINTS / 2.6, "{metres} {points}");
            assert!((metres / metres_per_point - points).abs() < 1e-9);
        }
        assert_eq!(scale_bar_length(f64::NAN), None);
        assert_eq!(length_text(5000.0), "5 km");
        assert_eq!(length_text(0.2), "20 cm");
    }

    #[test]
    fn the_scale_is_that_of_the_ogc_at_the_equator() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0));
        let viewport =
            Viewport { rect, frame: std::sync::Arc::default(), center: crate::geo::Point::new(0.0, 0.0), zoom: 0.0 };
        // The well-known scale set GoogleMapsCompatible begins with 559 082 264 (OGC 07-057r7, annex E.4).
        assert_eq!(scale_denominator(&viewport), 560_000_000.0);
    }
}
