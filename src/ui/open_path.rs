//! A path that is typed: for keyboards, and where there are no file dialogs.

use super::{Command, dialog, theme};
use egui::TextEdit;
use std::path::PathBuf;

const WIDTH: f32 = 480.0;

/// What a path is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathQuestion {
    /// The dialog's title.
    pub title: String,
    /// What stands in the field at first.
    pub begin: String,
    /// Why it is asked here.
    pub note: String,
}

/// What the dialog keeps between frames.
#[derive(Default)]
pub struct OpenPathState {
    question: Option<PathQuestion>,
    text: String,
    has_just_opened: bool,
}

impl OpenPathState {
    /// Asks.
    pub fn ask(&mut self, question: PathQuestion) {
        *self = Self { text: question.begin.clone(), question: Some(question), has_just_opened: true };
    }

    /// Leaves it; whether it was asking.
    pub fn close(&mut self) -> bool {
        self.question.take().is_some()
    }
}

/// Draws the dialog while it asks.
pub fn open_path_ui(ui: &egui::Ui, state: &mut OpenPathState, commands: &mut Vec<Command>) {
    let Some(question) = state.question.clone() else { return };
    let mut is_open = true;
    let mut taken = false;
    dialog::dialog_ui(ui.ctx(), &question.title, WIDTH, &mut is_open, |ui, has_entered| {
        if !question.note.is_empty() {
            ui.label(theme::note(ui, question.note.as_str()));
        }
        let field =
            TextEdit::singleline(&mut state.text).hint_text("Type or paste a path").desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Path"));
        if std::mem::take(&mut state.has_just_opened) {
            field.request_focus();
        }
        ui.add_space(2.0 * theme::GRID);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let is_typed = path_of(&state.text).is_some();
            let button = |words: &'static str| egui::Button::new(words).min_size(egui::vec2(72.0, theme::ROW_HEIGHT));
            taken = ui.add_enabled(is_typed, button("OK")).clicked() || (has_entered && is_typed);
            if ui.add(button("Cancel")).on_hover_text("Esc").clicked() {
                state.question = None;
            }
        });
    });
    if taken && let Some(path) = path_of(&state.text) {
        state.question = None;
        commands.push(Command::TakeTypedPath(path));
    } else if !is_open {
        state.question = None;
    }
}

/// A path as it is typed or pasted: in quotes or not, `~` for the user's own folder.
fn path_of(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let bare = bare.strip_prefix("file://").unwrap_or(bare);
    if bare.is_empty() {
        return None;
    }
    match (bare.strip_prefix("~/").or_else(|| bare.strip_prefix("~\\")), home()) {
        (Some(rest), Some(home)) => Some(home.join(rest)),
        _ => Some(PathBuf::from(bare)),
    }
}

fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_as_it_is_pasted() {
        assert_eq!(path_of(" \"/data/my images\" "), Some(PathBuf::from("/data/my images")));
        assert_eq!(path_of("file:///data"), Some(PathBuf::from("/data")));
        assert_eq!(path_of("   "), None);
        if let Some(home) = home() {
            assert_eq!(path_of("~/images"), Some(home.join("images")));
        }
    }
}
