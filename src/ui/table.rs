//! The panel Table: the targets that pass the filter, a row each, every column of their file; sorted by a click on a title.

use super::targets::choose;
use super::{Command, class_color, icons, rows, theme, widgets};
use crate::db::{SortDirection, ValueKind};
use crate::document::Document;
use crate::targets::{TargetId, TargetSet};
use egui::{Align, Label, Layout, Sense};
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, TableDelegate};

const COLUMN_POINTS: f32 = 132.0;
const COLUMN_RANGE: std::ops::RangeInclusive<f32> = 48.0..=600.0;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TableState {
    sorted_by: Option<(usize, SortDirection)>,
    order: Vec<u32>,
    made_for: Option<(u64, Option<(usize, SortDirection)>)>,
    shown_current: Option<TargetId>,
}

/// Draws the panel.
pub fn table_ui(ui: &mut egui::Ui, document: &Document, state: &mut TableState, commands: &mut Vec<Command>) {
    let Some(set) = document.targets.set() else {
        let hint = "Targets of the opened folder are listed here";
        widgets::empty_state(ui, icons::TABLE, "No rows", hint);
        return;
    };
    make_order(document, set, state);
    let current = document.targets.current();
    let moved = current != state.shown_current;
    state.shown_current = current;
    let columns = set.table().columns();
    let columns: Vec<Column> = columns
        .iter()
        .map(|column| {
            Column::new(width(column))
                .range(COLUMN_RANGE)
                .resizable(true)
                .id(egui::Id::unique(("target column", column.name())))
        })
        .collect();
    let mut table = egui_table::Table::new()
        .id_salt(("targets table", document.targets.active()))
        .num_rows(u64::try_from(state.order.len()).unwrap_or(u64::MAX))
        .columns(columns)
        .headers([HeaderRow::new(theme::ROW_HEIGHT)]);
    if let Some(row) =
        current.filter(|_| moved).and_then(|id| state.order.iter().position(|row| *row as usize == id.row()))
    {
        table = table.scroll_to_row(u64::try_from(row).unwrap_or(u64::MAX), None);
    }
    let mut cells = Cells { document, set, order: &state.order, sorted_by: state.sorted_by, wanted: None, commands };
    table.show(ui, &mut cells);
    if let Some(column) = cells.wanted {
        state.sorted_by = match state.sorted_by {
            Some((same, SortDirection::Ascending)) if same == column => Some((column, SortDirection::Descending)),
            Some((same, SortDirection::Descending)) if same == column => None,
            _ => Some((column, SortDirection::Ascending)),
        };
    }
}

fn width(column: &crate::db::Column) -> f32 {
    match column.kind() {
        ValueKind::Text => COLUMN_POINTS,
        _ => COLUMN_POINTS * 0.75,
    }
}

fn make_order(document: &Document, set: &TargetSet, state: &mut TableState) {
    let made_for = (document.targets.revision(), state.sorted_by);
    if state.made_for == Some(made_for) {
        return;
    }
    state.made_for = Some(made_for);
    state.order = document.targets.shown().iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
    if let Some((column, direction)) = state.sorted_by {
        set.table().sort_rows(&mut state.order, column, direction);
    }
}

struct Cells<'a> {
    document: &'a Document,
    set: &'a TargetSet,
    order: &'a [u32],
    sorted_by: Option<(usize, SortDirection)>,
    /// The column whose title was clicked.
    wanted: Option<usize>,
    commands: &'a mut Vec<Command>,
}

impl Cells<'_> {
    fn target(&self, row: u64) -> Option<TargetId> {
        let row = self.order.get(usize::try_from(row).ok()?)?;
        TargetId::from_row(*row as usize)
    }

    fn is_class(&self, column: usize) -> bool {
        let mapping = self.set.mapping();
        mapping.class.as_deref().and_then(|name| self.set.table().column_index(name)) == Some(column)
    }
}

impl TableDelegate for Cells<'_> {
    fn header_cell_ui(&mut self, ui: &mut egui::Ui, cell: &HeaderCellInfo) {
        let index = cell.col_range.start;
        let Some(column) = self.set.table().column(index) else { return };
        let sorted = self.sorted_by.filter(|(by, _)| *by == index).map(|(_, direction)| direction);
        ui.add_space(theme::GRID);
        let layout = layout_of(column.kind());
        ui.with_layout(layout, |ui| {
            let mark = match sorted {
                Some(SortDirection::Ascending) => " \u{2191}",
                Some(SortDirection::Descending) => " \u{2193}",
                None => "",
            };
            let color = theme::palette(ui).muted;
            let text = theme::strong(format!("{}{mark}", column.name())).color(color);
            let label = Label::new(text).truncate().sense(Sense::click()).selectable(false);
            if ui.add(label).on_hover_text("Sort by this column").clicked() {
                self.wanted = Some(index);
            }
        });
        ui.add_space(theme::GRID);
    }

    fn row_ui(&mut self, ui: &mut egui::Ui, row: u64) {
        let Some(id) = self.target(row) else { return };
        let palette = theme::palette(ui);
        let rect = ui.max_rect();
        let response = ui.interact(rect, ui.scope_id().with(("row", row)), Sense::click());
        let selected = self.document.targets.selection().contains(id);
        let name = self.set.target(id).map(|target| target.label()).unwrap_or_default();
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Row, true, selected, &name));
        if selected {
            ui.painter().rect_filled(rect, 0.0, palette.row_selected);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0.0, palette.row_hover);
        }
        ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, palette.hairline));
        if response.clicked() {
            self.commands.push(choose(ui, id));
            self.commands.push(Command::FlyToTarget(id));
        }
    }

    fn cell_ui(&mut self, ui: &mut egui::Ui, cell: &CellInfo) {
        let Some(id) = self.target(cell.row_nr) else { return };
        let Some(column) = self.set.table().column(cell.col_nr) else { return };
        let value = column.value(id.row());
        let text = if value.is_null() { String::new() } else { value.to_string() };
        ui.add_space(theme::GRID);
        ui.with_layout(layout_of(column.kind()), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if self.is_class(cell.col_nr) {
                rows::swatch_ui(ui, class_color::of(self.document, &text));
            }
            ui.add(Label::new(text).truncate().selectable(false));
        });
        ui.add_space(theme::GRID);
    }

    fn default_row_height(&self) -> f32 {
        theme::ROW_HEIGHT
    }
}

/// Numbers stand on the right, so that their digits line up.
fn layout_of(kind: ValueKind) -> Layout {
    match kind {
        ValueKind::Integer | ValueKind::Real => Layout::right_to_left(Align::Center),
        _ => Layout::left_to_right(Align::Center),
    }
}
