//! The shortcuts, in a window of their own (F1).

use super::theme;
use egui::{Align2, Context, Grid, vec2};

/// A group of keys: its title, then keys and what they do.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 6] = [
    (
        "General",
        &[
            ("Ctrl+O", "Open a folder"),
            ("Ctrl+Shift+O", "Open files"),
            ("F5", "Read everything again: what changed, what came back"),
            ("Ctrl+K", "Commands"),
            ("Ctrl+Z  Ctrl+Y", "Undo, do again: selection, filter, style, review"),
            ("Ctrl+G", "Go to"),
            ("F11", "Full screen"),
            ("F1", "This list"),
            ("Ctrl+Q", "Quit"),
        ],
    ),
    (
        "Map",
        &[
            ("Drag", "Move"),
            ("Wheel", "Zoom to the pointer"),
            ("Double click", "Zoom in"),
            ("Shift+drag", "Zoom to a box"),
            ("Ctrl+drag", "Select the targets in a box"),
            ("+  \u{2212}", "Zoom in, out"),
            ("Arrows", "Move, while the map has the focus"),
            ("F", "Fit everything that is open"),
            ("Click", "Pin the values of a place"),
        ],
    ),
    (
        "Style",
        &[
            ("1 \u{2013} 9", "Presets of the chosen image or scene"),
            ("S", "Stretch to what is on the map"),
            ("Left, right", "Move a histogram's handle by a step"),
            ("Shift+left, right", "\u{2026} by ten steps"),
            ("Double click", "Reset a handle or slider"),
        ],
    ),
    (
        "Targets",
        &[
            ("J  K", "Next, previous target"),
            ("Ctrl+F", "Filter"),
            ("Shift+click", "Add to the selection; in the table from the last click to here"),
            ("Ctrl+click", "Add or take away"),
            ("Alt+click", "Keep what is selected already"),
            ("Ctrl+Shift", "Take away"),
            ("Z", "Zoom to the selection"),
            ("Shift+F", "Show the selection only"),
            ("Ctrl+C", "Copy rows of the table"),
            ("Esc", "Select nothing"),
        ],
    ),
    (
        "Review",
        &[
            ("A  X", "Accept, reject the selected targets"),
            ("L", "Give them another class"),
            ("U", "Take the verdict away"),
            ("Arrows, Enter", "Walk through the chips, fly there"),
        ],
    ),
    ("Lists", &[("Up, down", "Next, previous entry"), ("Enter", "Take it"), ("Tab", "Next field or panel")]),
];

/// What the window keeps between frames.
#[derive(Default)]
pub struct HelpState {
    /// Whether it is open.
    pub open: bool,
}

/// Draws the window where it is open.
pub fn help_ui(ctx: &Context, state: &mut HelpState) {
    if !state.open {
        return;
    }
    let mut is_open = true;
    egui::Window::new("Keyboard and mouse")
        .open(&mut is_open)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .collapsible(false)
        .resizable(false)
        .show(ctx, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0 * theme::GRID;
                for column in [[0, 1, 2].as_slice(), &[3, 4, 5]] {
                    ui.vertical(|ui| {
                        for (title, keys) in column.iter().filter_map(|at| GROUPS.get(*at)) {
                            group_ui(ui, title, keys);
                        }
                    });
                }
            });
        });
    state.open = is_open;
}

fn group_ui(ui: &mut egui::Ui, title: &str, keys: &[(&str, &str)]) {
    ui.label(theme::strong(title));
    ui.add_space(theme::GRID);
    Grid::new(title).num_columns(2).min_col_width(128.0).spacing([12.0, 6.0]).show(ui, |ui| {
        for (key, what) in keys {
            ui.label(egui::RichText::new(*key).color(theme::palette(ui).accent));
            ui.label(*what);
            ui.end_row();
        }
    });
    ui.add_space(3.0 * theme::GRID);
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    #[test]
    fn it_names_every_group() {
        let mut harness = Harness::builder()
            .with_size(vec2(900.0, 700.0))
            .with_context_setup(theme::install)
            .build_ui_state(|ui, state: &mut HelpState| help_ui(ui.ctx(), state), HelpState { open: true });
        harness.run();
        for (title, _) in GROUPS {
            assert!(harness.query_by_label(title).is_some(), "{title}");
        }
    }
}
