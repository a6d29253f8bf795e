//! The list of notices: what went wrong or is worth knowing, readable later and copyable. It floats above the status
//! bar and never blocks the window.

use super::regions::Regions;
use super::{Command, dialog, icons, theme};
use crate::document::{Document, NoticeLevel};
use egui::{Align2, RichText, vec2};

/// What the list keeps between frames.
#[derive(Default)]
pub struct NoticesState {
    /// Whether the list is open.
    pub open: bool,
}

/// Draws the list where it is open.
pub fn notices_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (state, regions): (&mut NoticesState, &mut Regions),
    commands: &mut Vec<Command>,
) {
    if !state.open {
        return;
    }
    egui::Window::new("Notices")
        .anchor(Align2::RIGHT_BOTTOM, vec2(-8.0, -36.0))
        .collapsible(false)
        .resizable(false)
        .title_bar(false)
        .default_width(dialog::fitting(ui.ctx(), vec2(440.0, 320.0)).x)
        .show(ui.ctx(), |ui| regions.region_ui(ui, "Notices", |ui| contents_ui(ui, document, commands)));
}

fn contents_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    ui.horizontal(|ui| {
        ui.label(theme::heading("Notices"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if icons::icon_button(ui, icons::CLOSE, "Close the notices", "Esc").clicked() {
                commands.push(Command::ToggleNotices);
            }
            if icons::icon_button(ui, icons::DELETE, "Forget all notices", "").clicked() {
                commands.push(Command::ClearNotices);
            }
            if icons::icon_button(ui, icons::COPY, "Copy all notices", "").clicked() {
                commands.push(Command::Copy(document.notices.as_text()));
            }
        });
    });
    if document.notices.list().is_empty() {
        ui.label(RichText::new("Nothing to report.").color(palette.muted));
    }
    egui::ScrollArea::vertical().max_height(dialog::fitting(ui.ctx(), vec2(440.0, 320.0)).y).show(ui, |ui| {
        for notice in document.notices.list().iter().rev() {
            let (icon, color) = match notice.level {
                NoticeLevel::Info => (icons::INFO, palette.accent),
                NoticeLevel::Warning => (icons::WARNING, palette.warning),
                NoticeLevel::Error => (icons::ERROR, palette.error),
            };
            ui.horizontal_wrapped(|ui| {
                ui.label(icon.rich_text().color(color));
                if let Some(path) = &notice.path {
                    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |n| n.to_string_lossy());
                    ui.label(theme::strong(name)).on_hover_text(path.display().to_string());
                }
                ui.label(&notice.text);
                if notice.count > 1 {
                    ui.label(theme::note(ui, format!("{} times", notice.count)));
                }
            });
        }
    });
}
