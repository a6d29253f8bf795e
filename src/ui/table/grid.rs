//! The grid of rows and columns on `egui_table`: only what is in sight is drawn, so that a hundred thousand rows scroll.

use super::rows::{self, Rows, Sort};
use crate::db::SortDirection;
use crate::report::chart::column_title;
use crate::targets::{Review, Selection, TargetId, TargetSet, Verdict};
use crate::ui::{icons, theme};
use egui::{Align, Color32, Layout, Margin, Modifiers, Role, Sense, Stroke, WidgetInfo};
use egui_table::{CellInfo, HeaderCellInfo, HeaderRow, TableDelegate};

/// What the grid draws, and what the user did to it.
pub struct Grid<'a> {
    /// The targets.
    pub set: &'a TargetSet,
    /// Their order.
    pub rows: &'a Rows,
    /// Columns in sight, by their places in the set's table.
    pub columns: &'a [usize],
    /// The order that is marked in the heads.
    pub sort: Option<&'a Sort>,
    /// What is selected.
    pub selection: &'a Selection,
    /// The target whose facts are shown elsewhere.
    pub current: Option<TargetId>,
    /// What a reviewer said.
    pub review: &'a Review,
    /// The colour of each target's class.
    pub class_color: &'a dyn Fn(TargetId) -> Color32,
    /// The row that was clicked, and the keys that were held.
    pub clicked: Option<(u64, Modifiers)>,
    /// The column whose head was clicked, by its name.
    pub sorted_by: Option<String>,
}

/// Draws the grid; `scroll_to` is brought into sight.
pub fn grid_ui(ui: &mut egui::Ui, grid: &mut Grid<'_>, scroll_to: Option<u64>) {
    let columns: Vec<egui_table::Column> = grid
        .columns
        .iter()
        .map(|at| {
            let name = grid.set.table().column(*at).map_or("", crate::db::Column::name);
            egui_table::Column::new(120.0).range(48.0..=480.0).id(egui::Id::unique(("column", name)))
        })
        .collect();
    let mut table = egui_table::Table::new()
        .id_salt("targets")
        .num_rows(u64::try_from(grid.rows.ids().len()).unwrap_or(u64::MAX))
        .columns(columns)
        .headers([HeaderRow::new(theme::ROW_HEIGHT + theme::GRID)]);
    if let Some(row) = scroll_to {
        table = table.scroll_to_row(row, None);
    }
    table.show(ui, grid);
}

impl TableDelegate for Grid<'_> {
    fn default_row_height(&self) -> f32 {
        theme::ROW_HEIGHT
    }

    fn header_cell_ui(&mut self, ui: &mut egui::Ui, cell: &HeaderCellInfo) {
        let Some(&column) = self.columns.get(cell.col_range.start) else { return };
        let Some(name) = self.set.table().column(column).map(crate::db::Column::name) else { return };
        let title = column_title(name);
        let direction = self.sort.filter(|sort| sort.column == name).map(|sort| sort.direction);
        let response = ui.interact(ui.max_rect(), ui.scope_id().with("head"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &title));
        let palette = theme::palette(ui);
        if response.hovered() {
            ui.painter().rect_filled(ui.max_rect(), 0.0, palette.row_hover);
        }
        ui.painter().hline(ui.max_rect().x_range(), ui.max_rect().bottom(), Stroke::new(1.0, palette.hairline));
        cell_layout(ui, rows::is_right_aligned(self.set, column), |ui| {
            ui.label(theme::strong(&title).size(12.0).color(palette.muted));
            if let Some(direction) = direction {
                let icon = match direction {
                    SortDirection::Ascending => icons::ASCENDING,
                    SortDirection::Descending => icons::DESCENDING,
                };
                ui.label(icon.rich_text().size(14.0).color(palette.accent));
            }
        });
        if response
            .on_hover_text(format!("Sort by {title}; again to turn round, once more for the file's order"))
            .clicked()
        {
            self.sorted_by = Some(name.to_owned());
        }
    }

    fn row_ui(&mut self, ui: &mut egui::Ui, row: u64) {
        // Called for the columns that stay in place too, of which there are none.
        let Some(id) = self.rows.get(row).filter(|_| ui.clip_rect().is_positive()) else { return };
        let is_selected = self.selection.contains(id);
        let response = ui.interact(ui.max_rect(), ui.scope_id().with(("row", row)), Sense::click());
        let label = || self.set.target(id).map_or_else(String::new, |target| target.label());
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, label()));
        let palette = theme::palette(ui);
        let rect = ui.max_rect();
        let fill = if is_selected {
            palette.row_selected
        } else if response.hovered() {
            palette.row_hover
        } else {
            Color32::TRANSPARENT
        };
        ui.painter().rect_filled(rect, 0.0, fill);
        if self.current == Some(id) {
            ui.painter().vline(rect.left() + 1.0, rect.y_range(), Stroke::new(2.0, palette.accent));
        }
        if response.clicked() {
            self.clicked = Some((row, ui.input(|input| input.modifiers)));
        }
    }

    fn cell_ui(&mut self, ui: &mut egui::Ui, cell: &CellInfo) {
        let Some((&column, id)) = self.columns.get(cell.col_nr).zip(self.rows.get(cell.row_nr)) else { return };
        let text = rows::cell_text(self.set, column, id);
        let is_class =
            self.set.mapping().class.as_deref() == self.set.table().column(column).map(crate::db::Column::name);
        cell_layout(ui, rows::is_right_aligned(self.set, column), |ui| {
            if is_class {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.0, (self.class_color)(id));
            }
            ui.add(egui::Label::new(text).selectable(false).sense(Sense::empty()));
            if is_class && let Some(verdict) = self.review.verdict(id) {
                verdict_ui(ui, verdict);
            }
        });
    }
}

/// What a reviewer said, behind the class.
fn verdict_ui(ui: &mut egui::Ui, verdict: &Verdict) {
    let palette = theme::palette(ui);
    let (icon, color) = match verdict {
        Verdict::Accepted => (icons::ACCEPT, palette.accent),
        Verdict::Rejected => (icons::REJECT, palette.error),
        Verdict::Relabelled(_) => (icons::RELABEL, palette.warning),
    };
    ui.label(icon.rich_text().size(14.0).color(color));
    if let Verdict::Relabelled(class) = verdict {
        ui.label(class);
    }
}

fn cell_layout(ui: &mut egui::Ui, is_right_aligned: bool, add: impl FnOnce(&mut egui::Ui)) {
    egui::Frame::new().inner_margin(Margin::symmetric(8, 0)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let is_measured = ui.is_sizing_pass();
        if is_right_aligned && !is_measured {
            ui.with_layout(Layout::right_to_left(Align::Center), add);
        } else {
            ui.with_layout(Layout::left_to_right(Align::Center), add);
        }
    });
}
