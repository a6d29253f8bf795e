//! The panel Table: the targets that pass the filter, a row each; sorted by a click on a title, linked with the selection.

mod filter;
mod grid;
mod look;
mod menu;
mod pixel;
mod rows;
mod whole;

use super::wishes::{SaveForm, SaveWish, SortOf, SortWant};
use super::{Command, class_color, icons, pick, theme, widgets};
use crate::db::SortDirection;
use crate::document::{Document, TableSettings};
use crate::report::chart::column_title;
use crate::targets::{SelectMode, TargetId, TargetPage, TargetSet};
use egui::{Align, Color32, Key, Layout, Modifiers};
use grid::{Grid, grid_ui};
use menu::HeadWish;
use rows::Rows;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use rows::{MOST_SORTED_AT_ONCE, Sort, sorted as sorted_rows};
pub use whole::{PAGE_ROWS, PageWant, counted};

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TableState {
    rows: Rows,
    sort: Option<Sort>,
    hidden: BTreeSet<String>,
    /// Where a range that is picked with Shift begins.
    anchor: Option<TargetId>,
    /// The current target that was last brought into sight.
    shown_current: Option<TargetId>,
    looks: look::Looks,
    pixel: pixel::PixelForm,
    whole: whole::WholeState,
}

impl TableState {
    /// What a project keeps of it.
    pub fn settings(&self) -> TableSettings {
        let sort = self.sort.as_ref().map(|sort| (sort.column.clone(), sort.direction));
        TableSettings { hidden_columns: self.hidden.clone(), sort }
    }

    /// Takes in rows that were sorted.
    pub fn receive_sorted(&mut self, set: &Arc<TargetSet>, revision: u64, sort: Sort, ids: Vec<TargetId>) {
        self.rows.receive(set, revision, sort, ids);
    }

    /// What is being sorted or read will not come.
    pub fn forget_asked(&mut self) {
        self.rows.forget_asked();
        self.whole.forget_asked();
    }

    /// Takes in a page of a whole table.
    pub fn receive_page(&mut self, want: PageWant, page: Result<Arc<TargetPage>, String>) {
        self.whole.receive(want, page);
    }

    /// A page will not come.
    pub fn forget_page(&mut self) {
        self.whole.forget_asked();
    }

    /// Shows what a project has kept.
    pub fn restore(&mut self, settings: &TableSettings) {
        self.hidden.clone_from(&settings.hidden_columns);
        self.sort = settings.sort.clone().map(|(column, direction)| Sort { column, direction });
    }
}

/// Draws the panel.
pub fn table_ui(ui: &mut egui::Ui, document: &Document, state: &mut TableState, commands: &mut Vec<Command>) {
    let targets = &document.targets;
    let Some(set) = targets.set() else {
        let hint = "Targets of the opened folder are listed here: from a GeoPackage, Shapefile, CSV or GeoJSON";
        widgets::empty_state(ui, icons::TABLE, "No rows", hint);
        return;
    };
    if state.whole.is_on && targets.server().is_some_and(|source| source.in_view.is_some()) {
        whole::whole_ui(ui, document, (&mut state.whole, &state.hidden), commands);
        return;
    }
    if let Some(sort) = state.rows.update(set, targets.shown(), targets.revision(), state.sort.as_ref()) {
        commands.push(Command::SortTargets(SortWant { revision: targets.revision(), by: SortOf::Rows(sort) }));
    }
    state.looks.update(ui, set);
    let columns = rows::columns(set, &state.hidden);
    bar_ui(ui, document, set, (state, &columns), commands);
    let current = targets.current();
    let moved_to = current.filter(|_| current != state.shown_current);
    state.shown_current = current;
    let class_color = |id: TargetId| {
        set.target(id).map_or(Color32::TRANSPARENT, |target| class_color::of(document, target.class_name))
    };
    let copied = || copy(document, state, &columns);
    let menu = |ui: &mut egui::Ui, id: TargetId| menu::row_menu_ui(ui, document, set, (id, &copied));
    let mut grid = Grid {
        set,
        rows: &state.rows,
        columns: &columns,
        looks: &state.looks,
        sort: state.sort.as_ref(),
        sortable: None,
        selection: targets.selection(),
        current,
        review: &document.review,
        class_color: &class_color,
        clicked: None,
        sorted_by: None,
        opened_on: None,
        commands: Vec::new(),
        asked: None,
        menu: &menu,
    };
    if state.rows.ids().is_empty() {
        widgets::empty_state(
            ui,
            icons::TABLE,
            "No target passes the filter",
            "Change it above or in the panel Targets",
        );
        return;
    }
    grid_ui(ui, &mut grid, targets.path(), moved_to.and_then(|id| state.rows.position(id)));
    let Grid { clicked, sorted_by, opened_on, commands: chosen, asked, .. } = grid;
    commands.extend(chosen);
    if let Some(id) = opened_on.and_then(|row| state.rows.get(row)).filter(|id| !targets.selection().contains(*id)) {
        state.shown_current = Some(id);
        commands.push(Command::Select { mode: SelectMode::Replace, targets: vec![id] });
    }
    match asked {
        Some(HeadWish::Sort(sort)) => state.sort = sort,
        Some(HeadWish::Hide(column)) => {
            state.hidden.insert(column);
        }
        Some(HeadWish::ShowAll) => state.hidden.clear(),
        None => {}
    }
    if let Some((row, modifiers)) = clicked {
        pick(state, row, modifiers, commands);
    }
    if let Some(column) = sorted_by {
        state.sort = next_sort(state.sort.as_ref(), column);
    }
    copy_on_key(ui, document, (state, &columns), commands);
}

/// How many rows there are, and what can be done with them.
fn bar_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (state, columns): (&mut TableState, &[usize]),
    commands: &mut Vec<Command>,
) {
    let selected = document.targets.selected_shown();
    let hidden = document.targets.selection().len().saturating_sub(selected);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        whole::switch_ui(ui, document, &mut state.whole);
        let shown = state.rows.ids().len();
        let text = if shown == set.len() {
            format!("{} targets", widgets::count(shown))
        } else {
            format!("{} of {} targets", widgets::count(shown), widgets::count(set.len()))
        };
        ui.label(theme::note(ui, text));
        if state.rows.is_being_sorted() {
            ui.add(egui::Spinner::new().size(12.0));
            ui.label(theme::note(ui, "being sorted"));
        }
        if selected + hidden > 0 {
            let words = match (selected, hidden) {
                (_, 0) => format!("{} selected", widgets::count(selected)),
                (0, _) => format!("{} selected, hidden by the filter", widgets::count(hidden)),
                _ => format!(
                    "{} selected, {} more hidden by the filter",
                    widgets::count(selected),
                    widgets::count(hidden)
                ),
            };
            ui.label(theme::note(ui, words).color(theme::palette(ui).accent));
            if ui.button("Clear").on_hover_text("Select nothing (Esc)").clicked() {
                commands.push(Command::Clear);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            columns_ui(ui, set, state);
            pixel::pixel_ui(ui, document, &mut state.pixel, commands);
            filter::filter_ui(ui, document, set, commands);
            export_ui(ui, document, state, columns, commands);
            let tip = if selected > 0 { "Copy the selected rows" } else { "Copy all rows" };
            if icons::icon_button(ui, icons::COPY, tip, "Ctrl+C").clicked() {
                commands.extend(copy(document, state, columns));
            }
        });
    });
}

/// The choice of columns.
fn columns_ui(ui: &mut egui::Ui, set: &TargetSet, state: &mut TableState) {
    let icon = icons::COLUMNS.rich_text().size(theme::ICON_SIZE);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let config =
        egui::containers::menu::MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for column in set.table().columns() {
                let mut is_shown = !state.hidden.contains(column.name());
                if ui.checkbox(&mut is_shown, column_title(column.name())).changed() {
                    if is_shown {
                        state.hidden.remove(column.name());
                    } else {
                        state.hidden.insert(column.name().to_owned());
                    }
                }
            }
        });
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Columns"));
    response.on_hover_text("Which columns are shown");
}

/// Saves the selected rows, or all of them.
fn export_ui(
    ui: &mut egui::Ui,
    document: &Document,
    state: &TableState,
    columns: &[usize],
    commands: &mut Vec<Command>,
) {
    let is_any_selected = document.targets.selected_shown() > 0;
    let icon = icons::SAVE.rich_text().size(theme::ICON_SIZE);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        let rows = if is_any_selected { "The selected rows" } else { "All rows" };
        for form in [SaveForm::Csv, SaveForm::GeoJson] {
            if ui.button(format!("{rows} as {}\u{2026}", form.name())).clicked() {
                let ids = shown_or_selected(document, state);
                let wish = SaveWish::Table { form, ids: ids.into(), columns: columns.to_vec() };
                commands.push(Command::Save(Box::new(wish)));
            }
        }
        ui.label(theme::note(ui, "With the columns and in the order that are shown"));
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Save rows"));
    response.on_hover_text("Save rows as CSV or GeoJSON");
}

/// The selected targets in the order of the rows; all of them when none is selected that is shown.
fn shown_or_selected(document: &Document, state: &TableState) -> Vec<TargetId> {
    let (selection, is_all) = (document.targets.selection(), document.targets.selected_shown() == 0);
    state.rows.ids().iter().copied().filter(|id| is_all || selection.contains(*id)).collect()
}

/// A click selects and flies there; the keys mean what they mean everywhere, but that Shift reaches from the last click to here.
fn pick(state: &mut TableState, row: u64, modifiers: Modifiers, commands: &mut Vec<Command>) {
    let Some(id) = state.rows.get(row) else { return };
    let from = state.anchor.and_then(|anchor| state.rows.position(anchor));
    let mode = pick::mode(modifiers);
    let targets = match from.filter(|_| modifiers.shift) {
        Some(from) => {
            let mut targets = state.rows.between(from, row).to_vec();
            // The last one is the one whose facts are shown: the one that was clicked.
            targets.retain(|other| *other != id);
            targets.push(id);
            targets
        }
        None => vec![id],
    };
    if !modifiers.shift {
        state.anchor = Some(id);
    }
    // What was clicked is in sight.
    state.shown_current = Some(id);
    commands.push(Command::Select { mode, targets });
    if mode == SelectMode::Replace {
        commands.push(Command::FlyToTarget(id));
    }
}

/// Rising, then falling, then the file's own order.
fn next_sort(sort: Option<&Sort>, column: String) -> Option<Sort> {
    match sort.filter(|sort| sort.column == column).map(|sort| sort.direction) {
        None => Some(Sort { column, direction: SortDirection::Ascending }),
        Some(SortDirection::Ascending) => Some(Sort { column, direction: SortDirection::Descending }),
        Some(SortDirection::Descending) => None,
    }
}

fn copy(document: &Document, state: &TableState, columns: &[usize]) -> Vec<Command> {
    vec![Command::CopyRows(shown_or_selected(document, state), columns.to_vec())]
}

/// Ctrl+C copies rows while the pointer is over the table and no text is being edited.
fn copy_on_key(
    ui: &egui::Ui,
    document: &Document,
    (state, columns): (&TableState, &[usize]),
    commands: &mut Vec<Command>,
) {
    if !ui.ui_contains_pointer() || ui.ctx().text_edit_focused() {
        return;
    }
    let pressed = ui.input(|input| {
        let is_copy = |event: &egui::Event| matches!(event, egui::Event::Copy);
        input.events.iter().any(is_copy) || (input.modifiers.command && input.key_pressed(Key::C))
    });
    if pressed {
        commands.extend(copy(document, state, columns));
    }
}

/// Rows as text with tabs between the cells.
pub(crate) fn rows_as_text(set: &TargetSet, columns: &[usize], ids: &[TargetId]) -> String {
    rows::as_text(set, columns, ids)
}

#[cfg(test)]
pub(super) use rows::tests::set as rows_for_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    struct Window {
        document: Document,
        state: TableState,
        commands: Vec<Command>,
    }

    fn harness() -> Harness<'static, Window> {
        let mut document = Document::default();
        document.targets.add("targets.csv".into(), rows::tests::set());
        let window = Window { document, state: TableState::default(), commands: Vec::new() };
        let draw = |ui: &mut egui::Ui, window: &mut Window| {
            table_ui(ui, &window.document, &mut window.state, &mut window.commands);
        };
        let mut harness = Harness::builder()
            .with_size(egui::vec2(960.0, 240.0))
            .with_context_setup(theme::install)
            .build_ui_state(draw, window);
        harness.run();
        harness
    }

    /// Clicks a row near its left end: in its middle may be the edge of a column, which is dragged.
    fn click_row(harness: &mut Harness<'static, Window>, label: &str, modifiers: Modifiers) {
        let rect = harness.get_by_role_and_label(Role::Row, label).rect();
        let pos = egui::pos2(rect.left() + 20.0, rect.center().y);
        harness.event(egui::Event::PointerMoved(pos));
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            harness.event_modifiers(egui::Event::PointerButton { pos, button, pressed, modifiers }, modifiers);
        }
        harness.run();
    }

    fn order(harness: &Harness<'_, Window>) -> Vec<usize> {
        harness.state().state.rows.ids().iter().map(|id| id.row()).collect()
    }

    #[test]
    fn a_click_on_a_title_sorts_then_turns_round_then_puts_back() {
        let mut harness = harness();
        for expected in [[1, 0, 2], [0, 1, 2], [0, 1, 2]] {
            harness.get_by_role_and_label(Role::ColumnHeader, "length (m)").click();
            harness.run();
            assert_eq!(order(&harness), expected);
        }
        assert_eq!(harness.state().state.sort, None);
    }

    #[test]
    fn a_click_on_a_row_selects_it_and_flies_there() {
        let mut harness = harness();
        click_row(&mut harness, "Acaray", Modifiers::NONE);
        let id = TargetId::from_row(2).unwrap();
        let expected = [Command::Select { mode: SelectMode::Replace, targets: vec![id] }, Command::FlyToTarget(id)];
        assert_eq!(harness.state().commands, expected);
    }

    #[test]
    fn shift_adds_from_the_last_click_to_here_and_ctrl_toggles() {
        let mut harness = harness();
        let [first, second, third] = [0, 1, 2].map(|row| TargetId::from_row(row).unwrap());
        click_row(&mut harness, "Itaipu", Modifiers::NONE);
        harness.state_mut().commands.clear();
        click_row(&mut harness, "Acaray", Modifiers::SHIFT);
        click_row(&mut harness, "Friendship Bridge", Modifiers::COMMAND);
        let expected = [
            Command::Select { mode: SelectMode::Add, targets: vec![first, second, third] },
            Command::Select { mode: SelectMode::Toggle, targets: vec![second] },
        ];
        assert_eq!(harness.state().commands, expected);
    }
}
