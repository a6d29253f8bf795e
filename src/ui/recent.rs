//! The menu of what was opened before: folders, files and projects; what is not there any more is grey and can be forgotten.

use super::{Command, icons, theme};
use crate::document::Document;
use egui::{Align, Layout, PopupCloseBehavior};

/// Widest entry in points.
const WIDTH: f32 = 420.0;

/// Draws the button with its menu.
pub fn recent_ui(ui: &mut egui::Ui, document: &Document, shows_words: bool, commands: &mut Vec<Command>) {
    let words = if shows_words { "Recent" } else { "" };
    let title = (icons::RECENT.rich_text().size(16.0), words);
    let config = egui::containers::menu::MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = egui::containers::menu::MenuButton::new(title).config(config).ui(ui, |ui| {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 48.0));
        list_ui(ui, document, commands);
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Recent"));
    if response.clicked() {
        // Whether they are there is looked up while the menu is read: a drive may take its time.
        commands.push(Command::LookAtRecent);
    }
    response.on_hover_text("Folders, files and projects that were opened before");
}

fn list_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let recent = &document.settings.recent;
    if recent.is_empty() {
        ui.label(theme::note(ui, "Nothing was opened yet"));
        return;
    }
    let is_missing = |path: &std::path::PathBuf| document.missing_recent.contains(path);
    for path in recent {
        let text = path.display().to_string();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = format!("Forget {text}");
            if icons::icon_button(ui, icons::CLOSE, &label, "").clicked() {
                commands.push(Command::ForgetRecent(vec![path.clone()]));
            }
            let missing = is_missing(path);
            let words = if missing { format!("{text} (not there)") } else { text.clone() };
            let button = egui::Button::new(words.as_str()).truncate().min_size(egui::vec2(ui.available_width(), 0.0));
            let response = ui.add_enabled_ui(!missing, |ui| ui.add(button.frame_when_inactive(false))).inner;
            let response = response.on_disabled_hover_text("It is not there any more, or its drive is not connected");
            if response.on_hover_text(text.as_str()).clicked() {
                commands.push(Command::OpenPaths(vec![path.clone()]));
                ui.close();
            }
        });
    }
    let missing: Vec<_> = recent.iter().filter(|path| is_missing(path)).cloned().collect();
    if !missing.is_empty() {
        ui.separator();
        if ui.button("Forget those that are not there").clicked() {
            commands.push(Command::ForgetRecent(missing));
        }
    }
}
