//! The panel Style.

use super::{Command, icons, widgets};
use crate::document::Document;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct StyleState {}

/// Draws the panel.
pub fn style_ui(ui: &mut egui::Ui, _document: &Document, _state: &mut StyleState, _commands: &mut Vec<Command>) {
    widgets::empty_state(
        ui,
        icons::STYLE,
        "Nothing to style",
        "Open a folder, then choose an image or scene in the library",
    );
}
