//! The row of an image or scene: thumbnail, name, facts, badge, eye and menu.

use super::grouping;
use super::thumbnails::Thumbnails;
use crate::document::Document;
use crate::library::{Entry, EntryId, ListPlace};
use crate::ui::{Command, icons, rows, theme, widgets};
use egui::{Align, Layout, Response, RichText};

/// Height of the row in points.
pub const ENTRY_HEIGHT: f32 = 44.0;

/// Draws the row of an entry.
pub fn entry_ui(
    ui: &mut egui::Ui,
    document: &Document,
    entry: &Entry,
    thumbnails: &mut Thumbnails,
    commands: &mut Vec<Command>,
) {
    let (imagery, id) = (&document.imagery, entry.id());
    let shown = imagery.catalog.is_shown(id);
    let selected = imagery.chosen == Some(id);
    let row = rows::Row {
        label: entry.name(),
        depth: 1,
        selected,
        height: Some(ENTRY_HEIGHT),
        draggable: true,
        ..rows::Row::default()
    };
    let response = rows::row_ui(ui, row, |ui| {
        thumbnails.ui(ui, id, commands);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (icon, label) = if shown { (icons::SHOWN, "Hide") } else { (icons::HIDDEN, "Show") };
            let muted = theme::palette(ui).muted;
            let eye = egui::Button::new(icon.rich_text().size(16.0).color(muted)).frame_when_inactive(false);
            let eye = ui.add(eye);
            eye.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{label} {}", entry.name()))
            });
            if eye.on_hover_text(format!("{label} on the map (Space)")).clicked() {
                commands.push(Command::SetHidden { entry: id, hidden: shown });
            }
            badge_ui(ui, entry);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add_space(5.0);
                let name = RichText::new(entry.name());
                let name = if shown { name } else { name.color(muted) };
                ui.add(egui::Label::new(name).truncate());
                ui.add(egui::Label::new(theme::note(ui, second_line(entry))).truncate());
            });
        });
    });
    if response.double_clicked() {
        commands.push(Command::ZoomToEntry(id));
    } else if response.clicked() {
        commands.push(Command::ChooseEntry(Some(id)));
    }
    response.context_menu(|ui| entry_menu_ui(ui, document, entry, commands));
    move_ui(ui, &response, id, commands);
    response.on_hover_ui(|ui| {
        for image in entry.images() {
            ui.label(image.path.display().to_string());
        }
        ui.label(theme::note(ui, "Double click: zoom to it \u{b7} drag: move it above or below others"));
    });
}

/// What is being dragged to another place of the list.
#[derive(Clone, Copy)]
struct DraggedEntry(EntryId);

/// Lets the row be dragged, and others be dropped above or below it: a line shows where.
fn move_ui(ui: &egui::Ui, response: &Response, id: EntryId, commands: &mut Vec<Command>) {
    response.dnd_set_drag_payload(DraggedEntry(id));
    let Some(at) = ui.pointer_interact_pos().filter(|at| response.rect.contains(*at)) else { return };
    let is_above = at.y < response.rect.center().y;
    if response.dnd_hover_payload::<DraggedEntry>().is_some_and(|dragged| dragged.0 != id) {
        let y = if is_above { response.rect.top() } else { response.rect.bottom() };
        ui.painter().hline(response.rect.x_range(), y, egui::Stroke::new(2.0, theme::palette(ui).accent));
    }
    if let Some(dragged) = response.dnd_release_payload::<DraggedEntry>().filter(|dragged| dragged.0 != id) {
        let place = if is_above { ListPlace::Above(id) } else { ListPlace::Below(id) };
        commands.push(Command::MoveEntry { entry: dragged.0, place });
    }
}

/// `2020-05-18 · 3 bands · 1.2 MB`
fn second_line(entry: &Entry) -> String {
    let bands = entry.source().bands();
    let mut parts = Vec::new();
    parts.extend(entry.date().map(|date| date.to_string()));
    parts.push(if bands.len() == 1 { "1 band".to_owned() } else { format!("{} bands", bands.len()) });
    parts.push(widgets::human_bytes(entry.file_bytes()));
    parts.join(" \u{b7} ")
}

fn badge_ui(ui: &mut egui::Ui, entry: &Entry) {
    let problems: Vec<&str> =
        entry.images().into_iter().flat_map(|image| image.problems.iter().map(String::as_str)).collect();
    if !problems.is_empty() {
        let palette = theme::palette(ui);
        ui.label(icons::WARNING.rich_text().size(16.0).color(palette.warning)).on_hover_text(problems.join("\n"));
    }
}

fn entry_menu_ui(ui: &mut egui::Ui, document: &Document, entry: &Entry, commands: &mut Vec<Command>) {
    let (catalog, id) = (&document.imagery.catalog, entry.id());
    let shown = catalog.is_shown(id);
    if ui.button("Zoom to it").clicked() {
        commands.push(Command::ZoomToEntry(id));
    }
    let own = document.imagery.own_map.as_ref().is_some_and(|own| own.entry == id);
    let words = if own { "Back to the web map" } else { "Show in its own reference system" };
    if ui.button(words).clicked() {
        commands.push(Command::ShowInOwnSystem((!own).then_some(id)));
    }
    let alone = catalog.solo() == Some(id);
    if ui.button(if alone { "Show the others again" } else { "Show alone" }).clicked() {
        commands.push(Command::ShowAlone((!alone).then_some(id)));
    }
    if ui.button(if shown { "Hide" } else { "Show" }).clicked() {
        commands.push(Command::SetHidden { entry: id, hidden: shown });
    }
    ui.separator();
    for (words, place) in [("Move to the top", ListPlace::Top), ("Move to the bottom", ListPlace::Bottom)] {
        if catalog.len() > 1 && ui.button(words).clicked() {
            commands.push(Command::MoveEntry { entry: id, place });
        }
    }
    if let Entry::Scene(scene) = entry {
        grouping::scene_menu_ui(ui, scene, commands);
    }
    if let Some(chosen) = document.imagery.chosen.filter(|chosen| *chosen != id)
        && ui.button("Group with the chosen one").clicked()
    {
        commands.push(Command::GroupEntries(vec![chosen, id]));
    }
    if let Some(image) = entry.images().first() {
        if ui.button("Show in the file manager").clicked() {
            commands.push(Command::Reveal(image.path.clone()));
        }
        if ui.button("Copy the path").clicked() {
            commands.push(Command::Copy(image.path.display().to_string()));
        }
    }
}
