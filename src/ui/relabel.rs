//! A small window over the others that asks for the class that the selected targets belong to.

use super::{Command, class_color, rows, theme, widgets};
use crate::document::Document;
use crate::targets::Verdict;
use egui::{Align2, Key, Modifiers, TextEdit, vec2};

/// What the window keeps between frames.
#[derive(Default)]
pub struct RelabelState {
    is_open: bool,
    has_just_opened: bool,
    text: String,
    at: usize,
}

impl RelabelState {
    /// Opens it.
    pub fn open(&mut self) {
        *self = Self { is_open: true, has_just_opened: true, ..Self::default() };
    }

    /// Closes it; whether it was open.
    pub fn close(&mut self) -> bool {
        std::mem::take(&mut self.is_open)
    }
}

/// Draws the window where it is open.
pub fn relabel_ui(ui: &egui::Ui, document: &Document, state: &mut RelabelState, commands: &mut Vec<Command>) {
    let selected = document.targets.selected_shown();
    let Some(set) = document.targets.set().filter(|_| state.is_open && selected > 0) else {
        state.is_open = false;
        return;
    };
    let wanted = state.text.trim().to_lowercase();
    let mut names: Vec<&str> = set.classes().iter().map(|class| class.name.as_ref()).collect();
    names.sort_unstable();
    names.retain(|name| name.to_lowercase().contains(&wanted));
    let is_new = !wanted.is_empty() && !names.iter().any(|name| name.to_lowercase() == wanted);
    let count = names.len() + usize::from(is_new);
    state.at = state.at.min(count.saturating_sub(1));
    let mut chosen: Option<String> = None;
    let typed = state.text.trim().to_owned();
    egui::Window::new("Another class")
        .title_bar(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -40.0))
        .fixed_size(vec2(280.0, 0.0))
        .show(ui.ctx(), |ui| {
            let what = if selected == 1 {
                "This target is a".to_owned()
            } else {
                format!("These {} targets are", widgets::count(selected))
            };
            ui.label(theme::strong(what));
            let (up, down, enter) = ui.input_mut(|input| {
                (
                    input.consume_key(Modifiers::NONE, Key::ArrowUp),
                    input.consume_key(Modifiers::NONE, Key::ArrowDown),
                    input.consume_key(Modifiers::NONE, Key::Enter),
                )
            });
            let edit = ui.add(TextEdit::singleline(&mut state.text).hint_text("Class").desired_width(f32::INFINITY));
            if std::mem::take(&mut state.has_just_opened) {
                // The key that opened it is not to be its first letter.
                state.text.clear();
                edit.request_focus();
            }
            if edit.changed() {
                state.at = 0;
            }
            state.at =
                if up { state.at.saturating_sub(1) } else { state.at + usize::from(down && state.at + 1 < count) };
            egui::ScrollArea::vertical().max_height(220.0).auto_shrink([false, true]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (at, name) in names.iter().copied().chain(is_new.then_some(typed.as_str())).enumerate() {
                    let row = rows::Row { label: name, selected: at == state.at, ..rows::Row::default() };
                    let response = rows::row_ui(ui, row, |ui| {
                        ui.add_space(theme::GRID);
                        rows::swatch_ui(ui, class_color::of(document, name));
                        ui.label(name);
                        if is_new && at + 1 == count {
                            ui.label(theme::note(ui, "new class"));
                        }
                    });
                    if (up || down) && at == state.at {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() || (enter && at == state.at) {
                        chosen = Some(name.to_owned());
                    }
                }
            });
            ui.label(theme::note(ui, "Enter takes it, Esc leaves"));
        });
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        state.is_open = false;
    }
    if let Some(class) = chosen {
        state.is_open = false;
        commands.push(Command::Review(Some(Verdict::Relabelled(class))));
    }
}
