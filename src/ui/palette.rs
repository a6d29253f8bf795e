//! The command palette: every command by name, found by typing a part of it.

use super::{Command, Pane, theme};
use crate::document::{Document, ThemeChoice};
use egui::{Align2, Key, vec2};

/// What the palette keeps between frames.
#[derive(Default)]
pub struct PaletteState {
    /// Whether it is open.
    pub open: bool,
    text: String,
    chosen: usize,
}

impl PaletteState {
    /// Opens it with an empty line, or closes it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }
}

/// Every command with its name and shortcut.
fn entries() -> Vec<(String, &'static str, Command)> {
    let mut list: Vec<(String, &'static str, Command)> = vec![
        ("Open folder\u{2026}".into(), "Ctrl+O", Command::AskForFolder),
        ("Open files\u{2026}".into(), "Ctrl+Shift+O", Command::AskForFiles),
        ("Close everything".into(), "", Command::CloseAll),
        ("Fit all images".into(), "F", Command::FitAll),
        ("Zoom in".into(), "+", Command::ZoomBy(1.0)),
        ("Zoom out".into(), "\u{2212}", Command::ZoomBy(-1.0)),
        ("Go to\u{2026}".into(), "Ctrl+G", Command::FocusGoTo),
        ("Clear the selection".into(), "Esc", Command::Clear),
        ("Theme: as the system".into(), "", Command::SetTheme(ThemeChoice::System)),
        ("Theme: dark".into(), "", Command::SetTheme(ThemeChoice::Dark)),
        ("Theme: light".into(), "", Command::SetTheme(ThemeChoice::Light)),
        ("Reset the layout".into(), "", Command::ResetLayout),
        ("Notices".into(), "", Command::ToggleNotices),
        ("Full screen".into(), "F11", Command::ToggleFullScreen),
        ("Quit".into(), "Ctrl+Q", Command::Quit),
    ];
    list.extend(Pane::ALL.map(|pane| (format!("Show {}", pane.title().to_lowercase()), "", Command::ShowPane(pane))));
    list
}

/// Draws the palette where it is open.
pub fn palette_ui(ui: &mut egui::Ui, _document: &Document, state: &mut PaletteState, commands: &mut Vec<Command>) {
    if !state.open {
        return;
    }
    let mut done = ui.input(|i| i.key_pressed(Key::Escape));
    egui::Window::new("Commands")
        .anchor(Align2::CENTER_TOP, vec2(0.0, 56.0))
        .title_bar(false)
        .resizable(false)
        .fixed_size(vec2(440.0, 360.0))
        .show(ui.ctx(), |ui| {
            let edit = egui::TextEdit::singleline(&mut state.text).hint_text("Command").desired_width(f32::INFINITY);
            let response = ui.add(edit);
            response.request_focus();
            if response.changed() {
                state.chosen = 0;
            }
            let wanted = state.text.to_lowercase();
            let found: Vec<_> =
                entries().into_iter().filter(|(name, ..)| name.to_lowercase().contains(&wanted)).collect();
            let (up, down, enter) =
                ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
            let last = found.len().saturating_sub(1);
            state.chosen = if down { state.chosen + 1 } else { state.chosen.saturating_sub(usize::from(up)) }.min(last);
            egui::ScrollArea::vertical().show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                for (at, (name, shortcut, command)) in found.iter().enumerate() {
                    let button = egui::Button::selectable(at == state.chosen, name.as_str())
                        .shortcut_text(theme::note(ui, *shortcut))
                        .min_size(vec2(ui.available_width(), theme::ROW_HEIGHT));
                    if ui.add(button).clicked() || (enter && at == state.chosen) {
                        commands.push(command.clone());
                        done = true;
                    }
                }
            });
        });
    if done {
        state.open = false;
    }
}
