//! Rows of lists and trees: one height, hover and selection across the whole width, anything inside.

use super::{icons, theme};
use egui::{Align, Color32, Layout, Rect, Response, Role, Sense, UiBuilder, WidgetInfo, vec2};

/// Indentation of one level of a tree, in points.
const INDENT: f32 = 18.0;

/// How a row looks and is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// For screen readers and tests.
    pub label: &'a str,
    /// Level in the tree, from 0.
    pub depth: u8,
    /// Whether it is among the selected ones.
    pub selected: bool,
    /// `Some(open)` for a row that others stand below.
    pub expanded: Option<bool>,
    /// Height in points instead of the usual one.
    pub height: Option<f32>,
    /// Whether it can be dragged.
    pub draggable: bool,
}

/// Draws a row; `add_contents` fills it from the left.
pub fn row_ui(ui: &mut egui::Ui, row: Row<'_>, add_contents: impl FnOnce(&mut egui::Ui)) -> Response {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width(), row.height.unwrap_or(theme::ROW_HEIGHT));
    let (rect, response) =
        ui.allocate_exact_size(size, if row.draggable { Sense::click_and_drag() } else { Sense::click() });
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, row.selected, row.label));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = if row.selected {
        palette.row_selected
    } else if response.hovered() {
        palette.row_hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect.expand2(vec2(4.0, 0.0)), 4.0, fill);
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, palette.accent);
        ui.painter().rect_stroke(rect.expand2(vec2(4.0, 0.0)), 4.0, stroke, egui::StrokeKind::Inside);
    }
    let inside = Rect::from_min_max(rect.min + vec2(f32::from(row.depth) * INDENT, 0.0), rect.max);
    let layout = Layout::left_to_right(Align::Center);
    let mut inner = ui.new_child(UiBuilder::new().max_rect(inside).layout(layout));
    inner.spacing_mut().item_spacing.x = 6.0;
    if let Some(open) = row.expanded {
        let icon = if open { icons::EXPANDED } else { icons::COLLAPSED };
        inner.label(icon.rich_text().size(16.0).color(palette.muted));
    }
    add_contents(&mut inner);
    response
}

/// A round patch of colour.
pub fn swatch_ui(ui: &mut egui::Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.5, color);
}

/// A line of facts: what it is on the left, its value on the right, selectable.
pub fn fact_ui(ui: &mut egui::Ui, name: &str, value: &str) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT - 4.0);
        ui.label(egui::RichText::new(name).color(theme::palette(ui).muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(egui::Label::new(value).selectable(true).truncate()).on_hover_text(value);
        });
    });
}
