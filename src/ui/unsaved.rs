//! A small window over the others that asks whether to save the project before it is left.

use super::{Command, theme};
use crate::document::Document;
use egui::{Align, Align2, Layout, vec2};
use std::path::PathBuf;

/// What is done once that is settled.
#[derive(Clone, Debug, PartialEq)]
pub enum AfterAsking {
    /// Open another project, then folders and files.
    Open(PathBuf, Vec<PathBuf>),
    /// Close everything.
    New,
    /// End the program.
    Quit,
}

/// What the window keeps between frames.
#[derive(Default)]
pub struct UnsavedState {
    then: Option<AfterAsking>,
    has_just_opened: bool,
}

impl UnsavedState {
    /// Asks.
    pub fn ask(&mut self, then: AfterAsking) {
        *self = Self { then: Some(then), has_just_opened: true };
    }

    /// Leaves everything as it is; whether it was asking.
    pub fn close(&mut self) -> bool {
        self.then.take().is_some()
    }
}

/// Draws the window while it asks.
pub fn unsaved_ui(ui: &egui::Ui, document: &Document, state: &mut UnsavedState, commands: &mut Vec<Command>) {
    let Some(then) = state.then.clone() else { return };
    let mut answer = None;
    egui::Window::new("Save the changes?")
        .title_bar(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -40.0))
        .fixed_size(vec2(360.0, 0.0))
        .show(ui.ctx(), |ui| {
            let (question, loss) = match document.name.title() {
                Some(title) => (
                    format!("Save the changes to \u{201c}{title}\u{201d}?"),
                    "What was changed since it was saved is lost otherwise.",
                ),
                None => (
                    "Save what is open as a project?".to_owned(),
                    "Its saved queries and templates of reports are replaced otherwise.",
                ),
            };
            ui.label(theme::heading(question));
            ui.label(theme::note(ui, loss));
            ui.add_space(2.0 * theme::GRID);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = |words: &'static str| egui::Button::new(words).min_size(vec2(72.0, theme::ROW_HEIGHT));
                let save = ui.add(button("Save"));
                if std::mem::take(&mut state.has_just_opened) {
                    save.request_focus();
                }
                if save.clicked() {
                    answer = Some(true);
                }
                if ui.add(button("Don't save")).clicked() {
                    answer = Some(false);
                }
                if ui.add(button("Cancel")).on_hover_text("Esc").clicked() {
                    state.then = None;
                }
            });
        });
    if let Some(saves) = answer {
        state.then = None;
        commands.push(Command::Leave { saves, then });
    }
}
