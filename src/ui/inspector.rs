//! The panel Inspector.

use super::{Command, icons, widgets};
use crate::document::Document;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct InspectorState {}

/// Draws the panel.
pub fn inspector_ui(
    ui: &mut egui::Ui,
    _document: &Document,
    _state: &mut InspectorState,
    _commands: &mut Vec<Command>,
) {
    widgets::empty_state(
        ui,
        icons::INSPECTOR,
        "No pixel",
        "Move the pointer over an image; a click keeps its values here",
    );
}
