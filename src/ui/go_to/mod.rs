//! The box "Go to" of the toolbar: coordinates, names of images and scenes, names of targets; what was found is listed
//! below while one types.

mod position;
mod search;

use super::{Command, icons, theme, widgets};
use crate::document::{Document, MapPosition};
use crate::targets::SelectMode;
use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Key, Popup, PopupCloseBehavior, Role, Sense, TextEdit, WidgetInfo, pos2, vec2};
use search::{Place, search};

/// A position is looked at from at least this near.
const GO_TO_ZOOM: f64 = 13.0;
const WIDTH: f32 = 340.0;

/// What the box keeps between frames.
#[derive(Default)]
pub struct GoToState {
    text: String,
    wants_focus: bool,
    found: Vec<Place>,
    /// What `found` was made of.
    found_for: Option<(String, u64, u64)>,
    chosen: usize,
    is_open: bool,
}

impl GoToState {
    /// Puts the caret into the box at the next frame.
    pub fn focus(&mut self) {
        self.wants_focus = true;
    }

    fn update(&mut self, document: &Document) {
        let made_of = (self.text.clone(), document.imagery.catalog.revision(), document.targets.revision());
        if self.found_for.as_ref() != Some(&made_of) {
            self.found = search(document, &self.text);
            self.found_for = Some(made_of);
            self.chosen = self.chosen.min(self.found.len().saturating_sub(1));
        }
    }
}

/// Draws the box and, while one types, the list below it.
pub fn go_to_ui(ui: &mut egui::Ui, document: &Document, state: &mut GoToState, commands: &mut Vec<Command>) {
    let edit = TextEdit::singleline(&mut state.text)
        .hint_text("Go to: coordinates, image or target")
        .desired_width(WIDTH)
        .prefix(icons::SEARCH.rich_text().color(theme::palette(ui).muted));
    // The keys that walk through the list must not move the caret.
    let steps = if state.is_open { take_steps(ui) } else { 0 };
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Go to"));
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
        // What is typed next replaces what stood there.
        let mut edit = TextEdit::load_state(ui.ctx(), response.id).unwrap_or_default();
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(state.text.chars().count()));
        edit.cursor.set_char_range(Some(all));
        edit.store(ui.ctx(), response.id);
    }
    if response.gained_focus() || response.changed() {
        state.is_open = true;
    }
    if response.changed() {
        state.chosen = 0;
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        state.is_open = false;
    }
    state.update(document);
    state.chosen = state.chosen.saturating_add_signed(steps).min(state.found.len().saturating_sub(1));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered {
        let chosen = state.found.get(state.chosen).cloned();
        state.is_open = chosen.is_none() && !state.text.trim().is_empty();
        commands.extend(chosen.iter().flat_map(|place| go(document, place)));
    }
    list_ui(&response, document, state, commands);
    if !response.has_focus() && !state.is_open {
        response.on_hover_text("Go to coordinates, an image or a target (Ctrl+G)");
    }
}

fn take_steps(ui: &egui::Ui) -> isize {
    ui.input_mut(|input| {
        let down = input.consume_key(egui::Modifiers::NONE, Key::ArrowDown);
        let up = input.consume_key(egui::Modifiers::NONE, Key::ArrowUp);
        isize::from(down) - isize::from(up)
    })
}

fn list_ui(response: &egui::Response, document: &Document, state: &mut GoToState, commands: &mut Vec<Command>) {
    if state.text.trim().is_empty() {
        state.is_open = false;
    }
    let mut is_open = state.is_open;
    let mut gone = false;
    Popup::from_response(response)
        .open_bool(&mut is_open)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(WIDTH + 60.0)
        .show(|ui| {
            if state.found.is_empty() {
                ui.label("Nothing here is called so");
                ui.label(theme::note(ui, "Coordinates: 25.41 S 54.59 W  \u{b7}  \u{2212}25.41, \u{2212}54.59  \u{b7}  25\u{b0}24'30\" S 54\u{b0}35'14\" W"));
            }
            for (at, place) in state.found.iter().enumerate() {
                if place_ui(ui, place, at == state.chosen).clicked() {
                    commands.extend(go(document, place));
                    gone = true;
                }
            }
        });
    state.is_open = is_open && !gone;
}

fn place_ui(ui: &mut egui::Ui, place: &Place, is_chosen: bool) -> egui::Response {
    let (icon, name, note) = match place {
        Place::Position(position) => (icons::ZOOM_TO, widgets::lat_lon(*position), "position"),
        Place::Entry(_, name, date) => (icons::IMAGE, name.clone(), date.as_str()),
        Place::Target(_, name, class) => (icons::TARGETS, name.clone(), class.as_str()),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, &name));
    let palette = theme::palette(ui);
    if is_chosen || response.hovered() {
        let fill = if is_chosen { palette.row_selected } else { palette.row_hover };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let middle = rect.center().y;
    let icon = icon.rich_text().size(16.0).color(palette.muted);
    let place = egui::Rect::from_min_size(rect.min + vec2(4.0, 0.0), vec2(20.0, rect.height()));
    ui.place(place, egui::Label::new(icon).selectable(false));
    let note_at = pos2(rect.right() - 8.0, middle);
    let note = ui.painter().text(note_at, Align2::RIGHT_CENTER, note, theme::small_font(), palette.muted);
    let clip = egui::Rect::from_min_max(rect.min, pos2(note.left() - 8.0, rect.bottom()));
    let color = if is_chosen { ui.visuals().strong_text_color() } else { ui.visuals().text_color() };
    let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    painter.text(pos2(rect.left() + 32.0, middle), Align2::LEFT_CENTER, name, theme::body_font(), color);
    response
}

/// What going to a place takes.
fn go(document: &Document, place: &Place) -> Vec<Command> {
    match place {
        Place::Position(position) => {
            let zoom = document.project.map.map_or(GO_TO_ZOOM, |map| map.zoom.max(GO_TO_ZOOM));
            let (lon_deg, lat_deg) = (position.lon_deg(), position.lat_deg());
            vec![Command::FlyTo(MapPosition { lon_deg, lat_deg, zoom })]
        }
        Place::Entry(id, ..) => vec![Command::ChooseEntry(Some(*id)), Command::ZoomToEntry(*id)],
        Place::Target(id, ..) => {
            vec![Command::Select { mode: SelectMode::Replace, targets: vec![*id] }, Command::FlyToTarget(*id)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::table::rows_for_tests;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    struct Window {
        document: Document,
        state: GoToState,
        commands: Vec<Command>,
    }

    fn harness(text: &str) -> Harness<'static, Window> {
        let mut document = Document::default();
        document.targets.add("targets.csv".into(), rows_for_tests());
        let window = Window { document, state: GoToState::default(), commands: Vec::new() };
        let draw = |ui: &mut egui::Ui, window: &mut Window| {
            go_to_ui(ui, &window.document, &mut window.state, &mut window.commands);
        };
        let mut harness = Harness::builder()
            .with_size(vec2(600.0, 400.0))
            .with_context_setup(theme::install)
            .build_ui_state(draw, window);
        harness.state_mut().state.focus();
        harness.run();
        harness.get_by_label("Go to").type_text(text);
        harness.run();
        harness
    }

    #[test]
    fn coordinates_fly_there() {
        let mut harness = harness("-25.40 -54.58");
        harness.key_press(Key::Enter);
        harness.run();
        let expected = MapPosition { lon_deg: -54.58, lat_deg: -25.4, zoom: GO_TO_ZOOM };
        assert_eq!(harness.state().commands, [Command::FlyTo(expected)]);
    }

    #[test]
    fn the_other_order_is_one_arrow_key_away() {
        let mut harness = harness("-54.58 -25.40");
        harness.key_press(Key::ArrowDown);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        let expected = MapPosition { lon_deg: -54.58, lat_deg: -25.4, zoom: GO_TO_ZOOM };
        assert_eq!(harness.state().commands, [Command::FlyTo(expected)]);
    }

    #[test]
    fn a_target_is_found_by_a_part_of_its_name_and_selected() {
        let mut harness = harness("bridge");
        harness.get_by_label("Friendship Bridge").click();
        harness.run();
        let id = crate::targets::TargetId::from_row(1).unwrap();
        let expected = [Command::Select { mode: SelectMode::Replace, targets: vec![id] }, Command::FlyToTarget(id)];
        assert_eq!(harness.state().commands, expected);
    }

    #[test]
    fn what_is_not_found_is_told() {
        let harness = harness("nowhere");
        assert!(harness.query_by_label("Nothing here is called so").is_some());
        assert!(harness.state().commands.is_empty());
    }
}
