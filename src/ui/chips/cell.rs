//! One chip: its picture, its words, and marks of what was selected and said of it.

use super::pictures::Shown;
use super::{CAPTION, ChipsState, picked};
use crate::document::{ChipSort, Document};
use crate::targets::{Target, TargetId, TargetSet, Verdict};
use crate::ui::icons::MaterialIcon;
use crate::ui::{Command, class_color, icons, pick, theme, widgets};
use egui::{Align2, Color32, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

/// Draws a chip into its place.
pub fn cell_ui(
    ui: &egui::Ui,
    (document, set): (&Document, &TargetSet),
    (id, rect): (TargetId, Rect),
    (state, focus): (&mut ChipsState, &Response),
    commands: &mut Vec<Command>,
) {
    let Some(target) = set.target(id) else { return };
    let targets = &document.targets;
    let is_selected = targets.selection().contains(id);
    let response = ui.interact(rect, ui.scope_id().with(("chip", id.row())), Sense::click());
    let label = target.label();
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, &label));
    let picture = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height() - CAPTION));
    picture_ui(ui, state, id, picture);
    words_ui(ui, document, (state, set, &target), (rect, picture));
    verdict_ui(ui, document.review.verdict(id), picture);
    let palette = theme::palette(ui);
    if is_selected {
        let width = if targets.current() == Some(id) { 3.0 } else { 2.0 };
        ui.painter().rect_stroke(picture, 2.0, Stroke::new(width, palette.accent), StrokeKind::Outside);
    } else if response.hovered() {
        ui.painter().rect_stroke(picture, 2.0, Stroke::new(1.0, palette.muted), StrokeKind::Outside);
    }
    if response.clicked() {
        focus.request_focus();
        // What was clicked is in sight.
        state.shown_current = Some(id);
        commands.push(picked(ui, id));
    }
    if response.double_clicked() {
        commands.push(Command::FlyToTarget(id));
    }
    response.on_hover_ui(|ui| tip_ui(ui, document, (set, &target)));
}

fn picture_ui(ui: &egui::Ui, state: &mut ChipsState, id: TargetId, rect: Rect) {
    let palette = theme::palette(ui);
    let painter = ui.painter();
    match state.pictures.shown(ui.ctx(), id) {
        Shown::Texture(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), rect, whole, Color32::WHITE);
            cross(ui, rect);
        }
        Shown::Waiting => {
            painter.rect_filled(rect, 2.0, palette.row_hover);
        }
        Shown::Empty => {
            painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
            painter.text(rect.center(), Align2::CENTER_CENTER, "no data", theme::small_font(), palette.muted);
        }
        Shown::Failed(reason) => {
            painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
            let text = painter.layout(reason.to_owned(), theme::small_font(), palette.muted, rect.width() - 8.0);
            let at = Align2::CENTER_CENTER.anchor_size(rect.center(), text.size()).min;
            ui.painter_at(rect).galley(at, text, palette.muted);
        }
    }
}

/// Four short lines towards the middle: what the chip is about, without covering it.
fn cross(ui: &egui::Ui, rect: Rect) {
    let length = (rect.width() * 0.08).clamp(4.0, 12.0);
    let (painter, middle) = (ui.painter_at(rect), rect.center());
    for (width, color) in [(3.0, Color32::from_black_alpha(110)), (1.0, Color32::from_white_alpha(220))] {
        let stroke = Stroke::new(width, color);
        painter.line_segment([rect.center_top(), rect.center_top() + vec2(0.0, length)], stroke);
        painter.line_segment([rect.center_bottom(), rect.center_bottom() - vec2(0.0, length)], stroke);
        painter.line_segment([rect.left_center(), rect.left_center() + vec2(length, 0.0)], stroke);
        painter.line_segment([rect.right_center(), rect.right_center() - vec2(length, 0.0)], stroke);
    }
    let _ = middle;
}

/// The class' colour, and the value that the chips are sorted by, else the name.
fn words_ui(
    ui: &egui::Ui,
    document: &Document,
    (state, set, target): (&ChipsState, &TargetSet, &Target<'_>),
    (rect, picture): (Rect, Rect),
) {
    let palette = theme::palette(ui);
    let line = Rect::from_min_max(pos2(rect.left(), picture.bottom()), rect.max);
    let painter = ui.painter_at(line);
    let class = class_color::of(document, target.class_name);
    painter.circle_filled(pos2(line.left() + 5.0, line.center().y), 3.5, class);
    let mut right = line.right();
    if let ChipSort::Column(name) = &state.sort.by
        && set.mapping().name.as_deref() != Some(name)
        && let Some(column) = set.table().column_index(name)
    {
        let value = widgets::cell_text(set.table().value(column, target.id.row()));
        let text = painter.text(line.right_center(), Align2::RIGHT_CENTER, value, theme::small_font(), palette.muted);
        right = text.left() - 6.0;
    }
    let room =
        Rect::from_min_max(pos2(line.left() + 12.0, line.top()), pos2(right.max(line.left() + 12.0), line.bottom()));
    let ink = ui.visuals().text_color();
    let format = egui::TextFormat::simple(theme::small_font(), ink);
    let mut words = egui::text::LayoutJob::single_section(target.label(), format);
    words.wrap = egui::text::TextWrapping::truncate_at_width(room.width());
    let galley = ui.painter().layout_job(words);
    let at = pos2(room.left(), room.center().y - galley.size().y / 2.0);
    ui.painter_at(room).galley(at, galley, ink);
}

/// A mark in the corner.
fn verdict_ui(ui: &egui::Ui, verdict: Option<&Verdict>, picture: Rect) {
    let palette = theme::palette(ui);
    let (icon, color): (MaterialIcon, Color32) = match verdict {
        None => return,
        Some(Verdict::Accepted) => (icons::ACCEPT, palette.accent),
        Some(Verdict::Rejected) => (icons::REJECT, palette.error),
        Some(Verdict::Relabelled(_)) => (icons::RELABEL, palette.warning),
    };
    let middle = picture.right_top() + vec2(-11.0, 11.0);
    ui.painter().circle_filled(middle, 9.0, palette.on_map_fill);
    let font = FontId::new(15.0, icon.font_family());
    ui.painter().text(middle, Align2::CENTER_CENTER, icon.codepoint, font, color);
}

fn tip_ui(ui: &mut egui::Ui, document: &Document, (set, target): (&TargetSet, &Target<'_>)) {
    ui.label(theme::strong(target.label()));
    let class = match document.review.verdict(target.id) {
        None => target.class_name.to_owned(),
        Some(Verdict::Accepted) => format!("{}, accepted", target.class_name),
        Some(Verdict::Rejected) => format!("{}, rejected", target.class_name),
        Some(Verdict::Relabelled(class)) => format!("{} \u{2192} {class}", target.class_name),
    };
    ui.label(class);
    let mut facts = Vec::new();
    facts.extend(target.confidence.map(|confidence| format!("confidence {confidence:.2}")));
    facts.extend(target.date.map(|date| date.to_string()));
    facts.extend(target.image.map(str::to_owned));
    if !facts.is_empty() {
        ui.label(theme::note(ui, facts.join(", ")));
    }
    let values = set.mapping().value_columns(set.table());
    for column in values.into_iter().take(6).filter_map(|at| set.table().column(at)) {
        let value = column.value(target.id.row());
        if !value.is_missing() {
            let title = crate::report::chart::column_title(column.name());
            ui.label(theme::note(ui, format!("{title}: {}", widgets::cell_text(value))));
        }
    }
    ui.label(theme::note(ui, format!("Click selects, double click or Enter flies there; {}", pick::KEYS)));
}
