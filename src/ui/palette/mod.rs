//! The command palette: every command by name, found by typing a part of it.

mod entries;

use super::{Command, icons, theme};
use crate::document::Document;
use egui::{Align2, Key, Modifiers, vec2};
use entries::{Entry, entries, found};

const WIDTH: f32 = 480.0;
const HEIGHT: f32 = 384.0;

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

/// Draws the palette where it is open.
pub fn palette_ui(ui: &mut egui::Ui, document: &Document, state: &mut PaletteState, commands: &mut Vec<Command>) {
    if !state.open {
        return;
    }
    let steps = ui.input_mut(|input| {
        let down = input.consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.consume_key(Modifiers::NONE, Key::ArrowUp);
        isize::from(down) - isize::from(up)
    });
    let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    let shown = egui::Window::new("Commands")
        .anchor(Align2::CENTER_TOP, vec2(0.0, 56.0))
        .order(egui::Order::Foreground)
        .title_bar(false)
        .resizable(false)
        .fixed_size(vec2(WIDTH, HEIGHT))
        .show(ui.ctx(), |ui| {
            line_ui(ui, state);
            let list = found(entries(document), &state.text);
            state.chosen = state.chosen.saturating_add_signed(steps).min(list.len().saturating_sub(1));
            ui.separator();
            let clicked = list_ui(ui, &list, state.chosen, steps != 0);
            clicked.or(if enter { list.get(state.chosen).map(|entry| entry.command.clone()) } else { None })
        });
    let clicked_elsewhere = shown.as_ref().is_some_and(|window| window.response.clicked_elsewhere());
    let command = shown.and_then(|window| window.inner).flatten();
    if escape || clicked_elsewhere || command.is_some() {
        state.open = false;
    }
    commands.extend(command);
}

fn line_ui(ui: &mut egui::Ui, state: &mut PaletteState) {
    let edit = egui::TextEdit::singleline(&mut state.text)
        .hint_text("Type a command")
        .prefix(icons::SEARCH.rich_text().color(theme::palette(ui).muted))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Command"));
    response.request_focus();
    if response.changed() {
        state.chosen = 0;
    }
}

/// Draws the entries; the chosen one is brought into sight when it moved. Returns what was clicked.
fn list_ui(ui: &mut egui::Ui, list: &[Entry], chosen: usize, has_moved: bool) -> Option<Command> {
    let mut clicked = None;
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if list.is_empty() {
            ui.label(theme::note(ui, "No command is called so"));
        }
        for (at, entry) in list.iter().enumerate() {
            let button = egui::Button::selectable(at == chosen, entry.name.as_str())
                .shortcut_text(theme::note(ui, entry.shortcut.as_str()))
                .truncate()
                .min_size(vec2(ui.available_width(), theme::ROW_HEIGHT));
            let response = ui.add(button);
            if at == chosen && has_moved {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                clicked = Some(entry.command.clone());
            }
        }
    });
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    struct Window {
        state: PaletteState,
        commands: Vec<Command>,
    }

    fn harness() -> Harness<'static, Window> {
        let document = Document::default();
        let window = Window { state: PaletteState { open: true, ..PaletteState::default() }, commands: Vec::new() };
        let draw = move |ui: &mut egui::Ui, window: &mut Window| {
            palette_ui(ui, &document, &mut window.state, &mut window.commands);
        };
        let mut harness = Harness::builder()
            .with_size(vec2(800.0, 600.0))
            .with_context_setup(theme::install)
            .build_ui_state(draw, window);
        harness.run_steps(4);
        harness
    }

    #[test]
    fn typing_filters_and_enter_runs_the_closest() {
        let mut harness = harness();
        harness.get_by_label("Command").type_text("fit");
        harness.run_steps(2);
        assert!(harness.query_by_label_contains("Quit").is_none());
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::FitAll]);
        assert!(!harness.state().state.open);
    }

    #[test]
    fn arrow_keys_walk_and_escape_closes() {
        let mut harness = harness();
        harness.key_press(Key::ArrowDown);
        harness.run_steps(2);
        assert_eq!(harness.state().state.chosen, 1);
        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert!(!harness.state().state.open && harness.state().commands.is_empty());
    }
}
