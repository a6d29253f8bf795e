//! The panel Library.

use super::{Command, icons, widgets};
use crate::document::Document;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct LibraryState {}

/// Draws the panel.
pub fn library_ui(ui: &mut egui::Ui, _document: &Document, _state: &mut LibraryState, _commands: &mut Vec<Command>) {
    widgets::empty_state(ui, icons::LIBRARY, "No images are open", "Drop a folder of COGs here, or open one");
}
