//! The panel Audit: do targets and images fit together? Lists of what doesn't, each line a click away from the map.

use super::{Command, Pane, icons, rows, theme, widgets};
use crate::document::{Audit, AuditOf, Document};
use crate::library::EntryId;
use crate::targets::{SelectMode, TargetId, TargetSet};
use egui::{ScrollArea, vec2};
use std::sync::{Arc, Weak};

/// Draws the panel.
pub fn audit_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let Some(set) = document.targets.set() else {
        let hint = "Open a folder with targets and images to see whether they fit together";
        widgets::empty_state(ui, icons::AUDIT, "Nothing to compare", hint);
        return;
    };
    let audit = document.audit.as_ref().filter(|audit| Weak::ptr_eq(&audit.targets, &Arc::downgrade(set.positions())));
    bar_ui(ui, document, audit, commands);
    if let Some(audit) = audit {
        lists_ui(ui, document, set, (&audit.found, commands));
    } else {
        let hint = "Finds targets without an image, outside it or where it has no data, and images without targets";
        widgets::empty_state(ui, icons::AUDIT, "Not compared yet", hint);
    }
}

fn bar_ui(ui: &mut egui::Ui, document: &Document, audit: Option<&AuditOf>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT + theme::GRID);
        let words = if audit.is_some() { "Compare again" } else { "Compare" };
        let tip = ("Compare every target with the images that are open", "");
        if icons::labelled_button(ui, icons::AUDIT, words, tip).clicked() {
            commands.push(Command::Audit);
        }
        let Some(audit) = audit else { return };
        let found = &audit.found;
        let problems = found.without_image.len() + found.outside.len() + found.on_nodata.len() + found.unreadable.len();
        let text = if problems == 0 {
            format!("All {} targets lie where their images have data", widgets::count(found.checked))
        } else {
            format!("{} of {} targets need a look", widgets::count(problems), widgets::count(found.checked))
        };
        ui.label(theme::note(ui, text));
        if audit.catalog != document.imagery.catalog.revision() {
            let text = "The images have changed since; compare again";
            ui.label(theme::note(ui, text).color(theme::palette(ui).warning));
        }
    });
}

fn lists_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, (found, commands): (&Audit, &mut Vec<Command>)) {
    let unreadable: Vec<TargetId> = found.unreadable.iter().map(|(id, _)| *id).collect();
    let lists: [(&str, &str, &[TargetId]); 4] = [
        (
            "Without an image",
            "The image that they name is not open, or they name none and none lies there",
            &found.without_image,
        ),
        ("Outside their image", "They lie beyond the image that they name", &found.outside),
        ("Where there is no data", "Their image has no data there", &found.on_nodata),
        ("Could not be read", "Their pixel could not be read", &unreadable),
    ];
    let shown: Vec<_> =
        lists.into_iter().filter(|(title, _, ids)| *title != "Could not be read" || !ids.is_empty()).collect();
    let count = shown.len() + 1;
    let gap = 3.0 * theme::GRID;
    let width = (ui.available_width() - gap * (count as f32 - 1.0)) / count as f32;
    let size = vec2(width.max(140.0), ui.available_height());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (title, tip, ids) in shown {
            column_ui(ui, size, |ui| {
                let all = Command::Select { mode: SelectMode::Replace, targets: ids.to_vec() };
                title_ui(ui, (title, tip), ids.len(), Some(all), commands);
                targets_ui(ui, document, set, (title, ids, found), commands);
            });
        }
        column_ui(ui, size, |ui| {
            let entries = &found.without_targets;
            title_ui(ui, ("Images without targets", "No target belongs to them"), entries.len(), None, commands);
            entries_ui(ui, document, entries, commands);
        });
    });
}

fn column_ui(ui: &mut egui::Ui, size: egui::Vec2, add: impl FnOnce(&mut egui::Ui)) {
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            add(ui);
        });
    });
}

fn title_ui(
    ui: &mut egui::Ui,
    (title, tip): (&str, &str),
    count: usize,
    all: Option<Command>,
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        let palette = theme::palette(ui);
        let color = if count == 0 { palette.muted } else { palette.warning };
        ui.label(theme::strong(title)).on_hover_text(tip);
        ui.label(theme::note(ui, widgets::count(count)).color(color));
        if let Some(all) = all.filter(|_| count > 0)
            && ui
                .link(theme::note(ui, "Select all"))
                .on_hover_text(format!("Select: {}", title.to_lowercase()))
                .clicked()
        {
            commands.push(all);
        }
    });
}

fn targets_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (title, ids, found): (&str, &[TargetId], &Audit),
    commands: &mut Vec<Command>,
) {
    if ids.is_empty() {
        ui.label(theme::note(ui, "None"));
        return;
    }
    let reason = |id: TargetId| found.unreadable.iter().find(|(other, _)| *other == id).map(|(_, reason)| reason);
    let area = ScrollArea::vertical().id_salt(title).auto_shrink([false, false]);
    area.show_rows(ui, theme::ROW_HEIGHT, ids.len(), |ui, range| {
        for id in ids.get(range).unwrap_or_default() {
            let Some(target) = set.target(*id) else { continue };
            let (label, image) = (target.label(), target.image.unwrap_or("no image named"));
            let selected = document.targets.selection().contains(*id);
            let row = rows::Row { label: &label, selected, ..rows::Row::default() };
            let response = rows::row_ui(ui, row, |ui| {
                ui.add(egui::Label::new(&label).truncate());
                ui.add(egui::Label::new(theme::note(ui, image)).truncate());
            });
            let response = match reason(*id) {
                Some(reason) => response.on_hover_text(reason),
                None => response.on_hover_text(image),
            };
            if response.clicked() {
                let mode = super::pick::mode(ui.input(|input| input.modifiers));
                commands.push(Command::Select { mode, targets: vec![*id] });
                commands.push(Command::FlyToTarget(*id));
            }
        }
    });
}

fn entries_ui(ui: &mut egui::Ui, document: &Document, entries: &[EntryId], commands: &mut Vec<Command>) {
    if entries.is_empty() {
        ui.label(theme::note(ui, "None"));
        return;
    }
    let area = ScrollArea::vertical().id_salt("images without targets").auto_shrink([false, false]);
    area.show_rows(ui, theme::ROW_HEIGHT, entries.len(), |ui, range| {
        for id in entries.get(range).unwrap_or_default() {
            let Some(entry) = document.imagery.catalog.entry(*id) else { continue };
            let row = rows::Row {
                label: entry.name(),
                selected: document.imagery.chosen == Some(*id),
                ..rows::Row::default()
            };
            let response = rows::row_ui(ui, row, |ui| {
                ui.add(egui::Label::new(entry.name()).truncate());
            });
            if response.on_hover_text("Click to look at it").clicked() {
                commands.push(Command::ChooseEntry(Some(*id)));
                commands.push(Command::ZoomToEntry(*id));
                commands.push(Command::ShowPane(Pane::Library));
            }
        }
    });
}
