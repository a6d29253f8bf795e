//! The map panel: base map, imagery, footprints, targets, and the furniture on top.

use super::{Command, icons, theme, widgets};
use crate::document::Document;

/// What the map keeps between frames.
#[derive(Default)]
pub struct MapState {}

/// Draws the map.
pub fn map_ui(ui: &mut egui::Ui, _document: &Document, _state: &mut MapState, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    ui.painter().rect_filled(ui.max_rect(), 0.0, palette.map_background);
    widgets::empty_state(ui, icons::IMAGE, "Nothing is open", "Drop a folder of COGs here, or open one");
    ui.vertical_centered(|ui| {
        if icons::labelled_button(ui, icons::OPEN_FOLDER, "Open folder", ("Open a folder", "Ctrl+O")).clicked() {
            commands.push(Command::AskForFolder);
        }
    });
}
