//! The panel Targets.

use super::{Command, icons, widgets};
use crate::document::Document;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TargetsState {}

/// Draws the panel.
pub fn targets_ui(ui: &mut egui::Ui, _document: &Document, _state: &mut TargetsState, _commands: &mut Vec<Command>) {
    widgets::empty_state(
        ui,
        icons::TARGETS,
        "No targets",
        "A GeoPackage, CSV or GeoJSON in the opened folder shows its targets here",
    );
}
