//! The status bar: where the pointer is, scale and zoom, jobs with progress and cancel, notices, memory.

use super::{Command, icons, theme, widgets};
use crate::document::Document;
use egui::{Align, Layout};

/// Draws the status bar.
pub fn status_bar_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        if let Some(map) = document.project.map {
            ui.label(format!("{:.4} {:.4}", map.lon_deg, map.lat_deg));
            ui.separator();
            ui.label(format!("z{:.1}", map.zoom));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(bytes) = document.activity.memory_bytes {
                ui.label(theme::note(ui, widgets::human_bytes(bytes))).on_hover_text("Memory of caches and jobs");
            }
            let unread = document.notices.unread();
            if icons::icon_button(ui, icons::NOTICES, "Notices", "").clicked() {
                commands.push(Command::ToggleNotices);
            }
            if unread > 0 {
                ui.label(theme::strong(unread.to_string()).color(theme::palette(ui).warning));
            }
            for job in &document.activity.jobs {
                if icons::icon_button(ui, icons::CANCEL, &format!("Cancel: {}", job.label), "").clicked() {
                    commands.push(Command::CancelJob(job.id));
                }
                let text = match job.total {
                    Some(total) => format!("{} {} of {total}", job.label, job.done),
                    None => format!("{} {}", job.label, job.done),
                };
                ui.label(theme::note(ui, text));
            }
        });
    });
}
