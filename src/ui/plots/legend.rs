//! The legend beside a plot: groups with switches, or the ramp of colours.

use super::view::PlotView;
use crate::report::chart::Chart;
use crate::ui::{theme, widgets};
use egui::{Align2, Color32, Rect, Role, ScrollArea, Sense, WidgetInfo, pos2, vec2};

const WIDEST: f32 = 132.0;
const LINE: f32 = 18.0;

/// The room that the legend takes.
pub fn width(ui: &egui::Ui, chart: &Chart) -> f32 {
    let font = theme::small_font();
    let widest = |names: &mut dyn Iterator<Item = String>| {
        let width = |name: String| ui.painter().layout_no_wrap(name, font.clone(), Color32::WHITE).size().x;
        names.map(width).fold(0.0, f32::max)
    };
    let room = if let Some(scale) = &chart.color_scale {
        let ticks = scale.axis().ticks(scale.range, 5).into_iter().map(|tick| tick.label);
        widest(&mut ticks.map(|label| format!("   {label}")).chain([scale.title.clone()])) + 16.0
    } else if chart.groups.is_empty() {
        return 0.0;
    } else {
        widest(&mut chart.groups.iter().map(|group| group.name.clone())) + 52.0
    };
    room.min(WIDEST)
}

/// Draws the legend.
pub fn legend_ui(ui: &mut egui::Ui, chart: &Chart, view: &mut PlotView, (width, height): (f32, f32)) {
    let size = vec2(width, height);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.set_max_size(size);
        if chart.color_scale.is_some() {
            ramp_ui(ui, chart, height);
            return;
        }
        ScrollArea::vertical().id_salt("legend").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for at in 0..chart.groups.len() {
                group_ui(ui, chart, view, at);
            }
        });
    });
}

fn group_ui(ui: &mut egui::Ui, chart: &Chart, view: &mut PlotView, at: usize) {
    let Some(group) = chart.groups.get(at) else { return };
    let is_on = !view.hidden.contains(&group.name);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, format!("Show {}", group.name)));
    let palette = theme::palette(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 3.0, palette.row_hover);
    }
    let [red, green, blue] = group.color;
    let color = Color32::from_rgb(red, green, blue);
    let middle = pos2(rect.left() + 10.0, rect.center().y);
    if is_on {
        ui.painter().circle_filled(middle, 4.0, color);
    } else {
        ui.painter().circle_stroke(middle, 3.5, egui::Stroke::new(1.0, color));
    }
    let ink = if is_on { ui.visuals().text_color() } else { palette.muted };
    let count = widgets::short_count(group.rows);
    let count = ui.painter().text(
        rect.right_center() - vec2(4.0, 0.0),
        Align2::RIGHT_CENTER,
        count,
        theme::small_font(),
        palette.muted,
    );
    let room = Rect::from_min_max(pos2(rect.left() + 18.0, rect.top()), pos2(count.left() - 4.0, rect.bottom()));
    let painter = ui.painter_at(room);
    painter.text(room.left_center(), Align2::LEFT_CENTER, &group.name, theme::small_font(), ink);
    let response = response.on_hover_ui(|ui| {
        ui.label(theme::strong(&group.name));
        ui.label(theme::note(ui, "Click shows or hides, Ctrl+click shows alone"));
    });
    if response.clicked() {
        let alone = ui.input(|input| input.modifiers.command);
        let others = || chart.groups.iter().map(|other| other.name.clone()).filter(|other| *other != group.name);
        if alone {
            let is_alone = is_on && others().all(|other| view.hidden.contains(&other));
            view.hidden = if is_alone { std::collections::BTreeSet::new() } else { others().collect() };
        } else if !view.hidden.remove(&group.name) {
            view.hidden.insert(group.name.clone());
        }
    }
}

fn ramp_ui(ui: &mut egui::Ui, chart: &Chart, height: f32) {
    const STEPS: u8 = 48;
    let Some(scale) = &chart.color_scale else { return };
    let palette = theme::palette(ui);
    let at = ui.cursor().min + vec2(8.0, 0.0);
    let painter = ui.painter();
    painter.text(at, Align2::LEFT_TOP, &scale.title, theme::small_font(), ui.visuals().text_color());
    let bar = Rect::from_min_size(at + vec2(0.0, LINE), vec2(12.0, (height - LINE - 24.0).clamp(16.0, 160.0)));
    for step in 0..STEPS {
        let place = f64::from(step) / f64::from(STEPS - 1);
        let [red, green, blue] = scale.color(place);
        let bottom = bar.bottom() - bar.height() * f32::from(step) / f32::from(STEPS);
        let cell = Rect::from_min_max(
            pos2(bar.left(), bottom - bar.height() / f32::from(STEPS) - 0.5),
            pos2(bar.right(), bottom),
        );
        painter.rect_filled(cell, 0.0, Color32::from_rgb(red, green, blue));
    }
    let axis = scale.axis();
    let span = axis.range.1 - axis.range.0;
    for tick in axis.ticks(axis.range, 4) {
        #[expect(clippy::cast_possible_truncation, reason = "a part between 0 and 1")]
        let part = if span > 0.0 { ((tick.position - axis.range.0) / span) as f32 } else { 0.5 };
        let y = bar.bottom() - part * bar.height();
        painter.text(pos2(bar.right() + 5.0, y), Align2::LEFT_CENTER, tick.label, theme::small_font(), palette.muted);
    }
}
