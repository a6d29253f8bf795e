//! Choosing a colour map: a strip that shows the present one, and a list of strips.

use crate::render::{Colormap, NamedColormap};
use crate::ui::{form, icons, theme};
use egui::{Color32, Mesh, Popup, Rect, Response, Sense, Vec2, pos2, vec2};

/// Steps that a strip is drawn in.
const STEPS: u16 = 32;
/// The map of a single band that has none of its own.
pub const DEFAULT: &str = "grey";

/// The row that chooses a map. Returns the map when it was changed.
pub fn colormap_ui(ui: &mut egui::Ui, chosen: Option<&Colormap>) -> Option<Colormap> {
    let mut edited = None;
    let present = chosen.cloned().or_else(|| Colormap::named(DEFAULT));
    form::row_ui(ui, "Colours", |ui| {
        let width = ui.available_width() - theme::ROW_HEIGHT - ui.spacing().item_spacing.x;
        let button = strip_button(ui, present.as_ref(), width);
        Popup::menu(&button).width(width).show(|ui| edited = list_ui(ui, present.as_ref()));
        let turned = match &present {
            Some(Colormap::Named(named)) => Some(Colormap::Named(named.reversed())),
            _ => None,
        };
        if small_button(ui, icons::REVERSE, "Turn the colours round", turned.is_some()).clicked() {
            edited = turned;
        }
    });
    edited
}

/// The map's name as the list has it.
pub fn name_of(map: &Colormap) -> String {
    match map {
        Colormap::Named(named) => {
            let turned = if named.is_reversed() { ", turned" } else { "" };
            format!("{}{turned}", named.base_name())
        }
        Colormap::Ramp(ramp) => format!("{} stops", ramp.stops().len()),
    }
}

fn strip_button(ui: &mut egui::Ui, map: Option<&Colormap>, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::ROW_HEIGHT), Sense::click());
    let name = map.map(name_of).unwrap_or_default();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Colours: {name}")));
    let visuals = ui.style().interact(&response);
    ui.painter().rect_filled(rect, 4.0, visuals.weak_bg_fill);
    if let Some(map) = map {
        paint_strip(
            ui,
            map,
            Rect::from_min_size(rect.min + Vec2::splat(4.0), vec2(rect.width() - 24.0, rect.height() - 8.0)),
        );
    }
    let arrow = icons::EXPANDED.rich_text().size(16.0);
    let place = Rect::from_min_max(pos2(rect.right() - 20.0, rect.top()), rect.max);
    ui.place(place, egui::Label::new(arrow).selectable(false));
    response.on_hover_text(name)
}

fn list_ui(ui: &mut egui::Ui, chosen: Option<&Colormap>) -> Option<Colormap> {
    let mut edited = None;
    let is_turned = matches!(chosen, Some(Colormap::Named(named)) if named.is_reversed());
    egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for name in Colormap::names() {
            let Some(map) = NamedColormap::new(name) else { continue };
            let map = Colormap::Named(if is_turned { map.reversed() } else { map });
            if entry_ui(ui, &map, name, chosen == Some(&map)).clicked() {
                edited = Some(map);
                ui.close();
            }
        }
    });
    edited
}

fn entry_ui(ui: &mut egui::Ui, map: &Colormap, name: &str, is_chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::ListBoxOption, true, is_chosen, name));
    let palette = theme::palette(ui);
    if is_chosen || response.hovered() {
        let fill = if is_chosen { palette.row_selected } else { palette.row_hover };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let strip = Rect::from_min_size(rect.min + Vec2::splat(4.0), vec2(rect.width() * 0.5, rect.height() - 8.0));
    paint_strip(ui, map, strip);
    let at = pos2(strip.right() + 8.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, name, theme::small_font(), ui.visuals().text_color());
    response
}

/// The colours of a map from its start to its end.
pub fn paint_strip(ui: &egui::Ui, map: &Colormap, rect: Rect) {
    let mut mesh = Mesh::default();
    for step in 0..=STEPS {
        let t = f64::from(step) / f64::from(STEPS);
        let [red, green, blue] = map.sample(t);
        let color = Color32::from_rgb(red, green, blue);
        let x = egui::lerp(rect.x_range(), f32::from(step) / f32::from(STEPS));
        let first = u32::from(step) * 2;
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        if step > 0 {
            mesh.add_triangle(first - 2, first - 1, first);
            mesh.add_triangle(first - 1, first, first + 1);
        }
    }
    ui.painter().add(mesh);
}

fn small_button(ui: &mut egui::Ui, icon: icons::MaterialIcon, tip: &str, is_enabled: bool) -> Response {
    let button = egui::Button::new(icon.rich_text().size(16.0)).frame_when_inactive(false);
    // No wider than the room that was kept for it, whatever the padding of buttons.
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding.x = 0.0;
            ui.add_enabled(is_enabled, button.min_size(Vec2::splat(theme::ROW_HEIGHT)))
        })
        .inner;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_enabled, tip));
    response.on_hover_text(tip)
}
