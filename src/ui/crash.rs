//! A crash of an earlier run, offered once: what happened, the report to copy, and where it lies. Nothing is sent.

use super::{Command, icons, theme};
use crate::document::Document;
use egui::{Align2, RichText, ScrollArea, vec2};

/// Draws the offer while there is one.
pub fn crash_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let Some(note) = &document.about.crash else { return };
    let mut is_open = true;
    egui::Window::new("cogscope ended unexpectedly last time")
        .open(&mut is_open)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .collapsible(false)
        .resizable(false)
        .default_width(620.0)
        .show(ui.ctx(), |ui| {
            ui.label(
                "A defect of the program ended it. It wrote a report, which lies on this computer only and was sent to \
                 nobody. Whoever looks after the program will want to see it.",
            );
            ui.label(theme::note(ui, note.path.display().to_string()));
            ui.add_space(theme::GRID);
            ScrollArea::both().max_height(280.0).auto_shrink([false, true]).show(ui, |ui| {
                ui.add(egui::Label::new(RichText::new(&note.text).monospace()).extend());
            });
            ui.add_space(2.0 * theme::GRID);
            ui.horizontal(|ui| {
                if icons::labelled_button(ui, icons::COPY, "Copy the report", ("Copy it as Markdown", "")).clicked() {
                    commands.push(Command::Copy(note.text.clone()));
                }
                if icons::labelled_button(
                    ui,
                    icons::OPEN_FOLDER,
                    "Open its folder",
                    ("Show it in the file manager", ""),
                )
                .clicked()
                {
                    commands.push(Command::Reveal(note.path.clone()));
                }
                if ui.button("Close").clicked() {
                    commands.push(Command::DismissCrash);
                }
            });
        });
    if !is_open {
        commands.push(Command::DismissCrash);
    }
}
