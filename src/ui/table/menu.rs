//! What a right click in the table offers: for a row, or all that are selected with it; and for a column's head.

use super::rows::Sort;
use crate::db::SortDirection;
use crate::document::Document;
use crate::targets::{SelectMode, TargetFilter, TargetId, TargetSet, Verdict};
use crate::ui::{Command, widgets};
use egui::Button;

/// What was chosen of a head's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadWish {
    /// Sort by it, or (`None`) as the file has it.
    Sort(Option<Sort>),
    /// Show it no more.
    Hide(String),
    /// Show all columns.
    ShowAll,
}

/// The menu of a column's head.
pub fn head_menu_ui(ui: &mut egui::Ui, name: &str) -> Option<HeadWish> {
    let mut wish = None;
    let sort = |direction| Some(Sort { column: name.to_owned(), direction });
    let choices = [
        ("Sort rising", HeadWish::Sort(sort(SortDirection::Ascending))),
        ("Sort falling", HeadWish::Sort(sort(SortDirection::Descending))),
        ("Order of the file", HeadWish::Sort(None)),
        ("Hide this column", HeadWish::Hide(name.to_owned())),
        ("Show all columns", HeadWish::ShowAll),
    ];
    for (words, chosen) in choices {
        if ui.button(words).clicked() {
            wish = Some(chosen);
        }
    }
    wish
}

/// The menu of a row; `copy` copies what is selected.
pub fn row_menu_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (id, copy): (TargetId, &dyn Fn() -> Vec<Command>),
) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some(target) = set.target(id) else { return commands };
    let count = document.targets.selected_shown().max(1);
    let rows = if count == 1 { "row".to_owned() } else { format!("{} rows", widgets::count(count)) };
    if ui.add(Button::new(format!("Copy {rows}")).shortcut_text("Ctrl+C")).clicked() {
        commands.extend(copy());
    }
    if ui.add(Button::new("Zoom to").shortcut_text("Z")).clicked() {
        commands.push(Command::ZoomToSelection);
    }
    if ui.add(Button::new("Show only these").shortcut_text("Shift+F")).clicked() {
        commands.push(Command::FilterToSelection);
    }
    ui.separator();
    if ui.button(format!("Select all of class {}", target.class_name)).clicked() {
        let class = set.class_of(id);
        commands.push(select(document, |other| set.class_of(other) == class));
    }
    if let Some(image) = target.image {
        if ui.button(format!("Select all of image {}", widgets::shortened(image, 32))).clicked() {
            let image = set.image_index_of(id);
            commands.push(select(document, |other| set.image_index_of(other) == image));
        }
        if ui.button(format!("Show image {} only", widgets::shortened(image, 32))).clicked() {
            let filter = TargetFilter { image: Some(image.to_owned()), ..document.targets.filter().clone() };
            commands.push(Command::SetFilter(filter));
        }
    }
    ui.separator();
    for (words, verdict) in [("Accept", Verdict::Accepted), ("Reject", Verdict::Rejected)] {
        if ui.button(words).clicked() {
            commands.push(Command::Review(Some(verdict)));
        }
    }
    if ui.button("Another class\u{2026}").clicked() {
        commands.push(Command::AskRelabel);
    }
    if document.review.verdict(id).is_some() && ui.button("Take the verdict back").clicked() {
        commands.push(Command::Review(None));
    }
    ui.separator();
    if ui.add(Button::new("Select nothing").shortcut_text("Esc")).clicked() {
        commands.push(Command::Clear);
    }
    commands
}

fn select(document: &Document, is_meant: impl Fn(TargetId) -> bool) -> Command {
    let targets = document.targets.shown().iter().copied().filter(|id| is_meant(*id)).collect();
    Command::Select { mode: SelectMode::Replace, targets }
}
