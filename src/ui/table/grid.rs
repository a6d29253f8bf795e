//! The grid of rows and columns on `egui_table`: only what is in sight is drawn, so that a hundred thousand rows scroll.

use super::look::Looks;
use super::menu::{self, HeadWish};
use super::rows::{self, Rows, Sort};
use crate::db::SortDirection;
use crate::report::chart::column_title;
use crate::targets::{Review, Selection, TargetId, TargetSet, Verdict};
use crate::ui::{Command, icons, theme};
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
    /// What columns look like.
    pub looks: &'a Looks,
    /// The order that is marked in the heads.
    pub sort: Option<&'a Sort>,
    /// The columns that can sort, by name; `None` for all.
    pub sortable: Option<&'a [String]>,
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
    /// The row that a menu was opened on.
    pub opened_on: Option<u64>,
    /// What was chosen of a row's menu.
    pub commands: Vec<Command>,
    /// What was chosen of a head's menu.
    pub asked: Option<HeadWish>,
    /// Draws the menu of a row.
    pub menu: &'a dyn Fn(&mut egui::Ui, TargetId) -> Vec<Command>,
}

/// Draws the grid; `scroll_to` is brought into sight.
///
/// Widths belong to what the rows are `of`; they are found once and then the user's.
pub fn grid_ui(ui: &mut egui::Ui, grid: &mut Grid<'_>, of: Option<&std::path::Path>, scroll_to: Option<u64>) {
    let columns: Vec<egui_table::Column> = grid
        .columns
        .iter()
        .map(|at| {
            let name = grid.set.table().column(*at).map_or("", crate::db::Column::name);
            egui_table::Column::new(grid.looks.get(*at).width)
                .range(48.0..=480.0)
                .id(egui::Id::unique(("column", name)))
        })
        .collect();
    let mut table = egui_table::Table::new()
        .id_salt(("targets", of))
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
        cell_layout(ui, (rows::is_right_aligned(self.set, column), self.looks.get(column).width), |ui| {
            ui.add(egui::Label::new(theme::strong(&title).size(12.0).color(palette.muted)).truncate());
            if let Some(direction) = direction {
                let icon = match direction {
                    SortDirection::Ascending => icons::ASCENDING,
                    SortDirection::Descending => icons::DESCENDING,
                };
                ui.label(icon.rich_text().size(14.0).color(palette.accent));
            }
        });
        let is_clicked = response.clicked();
        match self.sortable {
            None => {
                response.context_menu(|ui| self.asked = menu::head_menu_ui(ui, name).or(self.asked.take()));
                response.on_hover_text(format!("Sort by {title}; again to turn round, once more for the file's order"));
            }
            Some(sortable) if sortable.iter().any(|known| known == name) => {
                response.on_hover_text(format!("Sort by {title}; again to turn round, once more for the key's order"));
            }
            Some(_) => {
                response.on_hover_text(format!("The server has no index that would sort all rows by {title}"));
                return;
            }
        }
        if is_clicked {
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
        if response.secondary_clicked() {
            self.opened_on = Some(row);
        }
        response.context_menu(|ui| self.commands.extend((self.menu)(ui, id)));
    }

    fn cell_ui(&mut self, ui: &mut egui::Ui, cell: &CellInfo) {
        let Some((&column, id)) = self.columns.get(cell.col_nr).zip(self.rows.get(cell.row_nr)) else { return };
        let look = self.looks.get(column);
        let text = rows::cell_text(self.set, column, look.decimals, id);
        let is_class = rows::is_class(self.set, column);
        cell_layout(ui, (rows::is_right_aligned(self.set, column), look.width), |ui| {
            if is_class {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.0, (self.class_color)(id));
            }
            ui.add(egui::Label::new(text).truncate().selectable(false).sense(Sense::empty()));
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

/// A cell never asks for more room than its column has: widths stay what they are, whatever is scrolled or sorted into sight.
fn cell_layout(ui: &mut egui::Ui, (is_right_aligned, width): (bool, f32), add: impl FnOnce(&mut egui::Ui)) {
    if ui.is_sizing_pass() {
        ui.allocate_exact_size(egui::vec2(width, 1.0), Sense::hover());
        return;
    }
    egui::Frame::new().inner_margin(Margin::symmetric(8, 0)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let layout =
            if is_right_aligned { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
        ui.with_layout(layout, add);
    });
}
