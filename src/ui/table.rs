//! The panel Table.

use super::{Command, icons, widgets};
use crate::document::Document;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TableState {}

/// Draws the panel.
pub fn table_ui(ui: &mut egui::Ui, _document: &Document, _state: &mut TableState, _commands: &mut Vec<Command>) {
    widgets::empty_state(ui, icons::TABLE, "No rows", "Targets of the opened folder are listed here");
}
