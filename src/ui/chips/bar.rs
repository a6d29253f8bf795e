//! The bar above the chips: how many, their order, size and context, the review, the contact sheet.

use super::ChipsState;
use super::order::SortBy;
use crate::db::SortDirection;
use crate::document::Document;
use crate::report::chart::{column_title, number_label};
use crate::targets::TargetSet;
use crate::ui::wishes::{ChipSheet, SaveWish};
use crate::ui::{Command, icons, theme, widgets};
use egui::{Align, Layout};

/// The least and the most ground across a chip, in metres.
pub const LEAST_M: f64 = 10.0;
pub const MOST_M: f64 = 50_000.0;
/// Pixels of a chip on a contact sheet.
const SHEET_PIXELS: u32 = 128;

/// Draws the bar.
pub fn bar_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    state: &mut ChipsState,
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT + theme::GRID);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            right_ui(ui, document, set, state, commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let count = state.order.ids().len();
                ui.label(theme::note(ui, format!("{} chips", widgets::count(count))));
                sort_ui(ui, set, state);
                sliders_ui(ui, document, state);
            });
        });
    });
}

fn sort_ui(ui: &mut egui::Ui, set: &TargetSet, state: &mut ChipsState) {
    let name = |by: &SortBy| match by {
        SortBy::Class => "class".to_owned(),
        SortBy::Review => "verdict".to_owned(),
        SortBy::File => "order of the file".to_owned(),
        SortBy::Column(name) => column_title(name),
    };
    let response = egui::ComboBox::from_id_salt("order of chips")
        .width(120.0)
        .truncate()
        .selected_text(format!("by {}", name(&state.sort.by)))
        .show_ui(ui, |ui| {
            let columns = set.table().columns().iter().map(|column| SortBy::Column(column.name().to_owned()));
            for by in [SortBy::Class, SortBy::Review, SortBy::File].into_iter().chain(columns) {
                let text = name(&by);
                ui.selectable_value(&mut state.sort.by, by, text);
            }
        })
        .response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Order of the chips"));
    let (icon, tip) = match state.sort.direction {
        SortDirection::Ascending => (icons::ASCENDING, "Smallest first; click to turn round"),
        SortDirection::Descending => (icons::DESCENDING, "Largest first; click to turn round"),
    };
    if icons::icon_button(ui, icon, tip, "").clicked() {
        state.sort.direction = state.sort.direction.reversed();
    }
}

fn sliders_ui(ui: &mut egui::Ui, document: &Document, state: &mut ChipsState) {
    ui.spacing_mut().slider_width = 72.0;
    ui.label(theme::note(ui, "Size"));
    let size = egui::Slider::new(&mut state.side, 40.0..=320.0).show_value(false);
    let response = ui.add(size).on_hover_text("Size of the chips; double click for the usual one");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Size of the chips"));
    if response.double_clicked() {
        state.side = 96.0;
    }
    ui.label(theme::note(ui, "Context"));
    let mut across_m = state.across_m(document);
    let context = egui::Slider::new(&mut across_m, LEAST_M..=MOST_M).logarithmic(true).show_value(false);
    let response = ui.add(context).on_hover_text("Ground across each chip; double click for some 64 pixels");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Ground across each chip"));
    if response.double_clicked() {
        state.across_m = None;
    } else if response.changed() {
        state.across_m = Some(rounded(across_m));
    }
    ui.label(theme::note(ui, length(state.across_m(document))));
}

/// Two significant digits.
fn rounded(metres: f64) -> f64 {
    let power = 10_f64.powf(metres.log10().floor() - 1.0);
    (metres / power).round() * power
}

fn length(metres: f64) -> String {
    if metres >= 1000.0 {
        format!("{} km", number_label(metres / 1000.0))
    } else {
        format!("{} m", number_label(metres))
    }
}

fn right_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, state: &ChipsState, commands: &mut Vec<Command>) {
    if icons::icon_button(ui, icons::SAVE, "Save a contact sheet of these chips as PNG", "").clicked() {
        let sheet = ChipSheet {
            title: format!(
                "{} chips, {} across",
                widgets::count(state.order.ids().len()),
                length(state.across_m(document))
            ),
            ids: state.order.ids().into(),
            across_m: state.across_m(document),
            pixels: SHEET_PIXELS,
            is_dark: ui.visuals().dark_mode,
        };
        commands.push(Command::Save(Box::new(SaveWish::ContactSheet(sheet))));
    }
    review_ui(ui, document, set, commands);
}

/// The switch of the review, and how far it is.
pub fn review_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, commands: &mut Vec<Command>) {
    let is_on = document.is_reviewing;
    let reviewed = document.review.len();
    if reviewed > 0 && icons::icon_button(ui, icons::EXPORT, "Save the review as CSV", "").clicked() {
        commands.push(Command::Save(Box::new(SaveWish::Review)));
    }
    let button = egui::Button::selectable(is_on, (icons::REVIEW.rich_text().size(16.0), "Review"));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_on, "Review"));
    let response = response.on_hover_ui(|ui| {
        ui.label("Review by keyboard; the source stays as it is");
        ui.label(theme::note(ui, "A accepts, X rejects, L gives another class, U takes the verdict away"));
        ui.label(theme::note(ui, "After a verdict on one target the next one comes up; Ctrl+Z undoes"));
    });
    if response.clicked() {
        commands.push(Command::SetReviewing(!is_on));
    }
    if is_on || reviewed > 0 {
        let text = format!("{} of {} reviewed", widgets::count(reviewed), widgets::count(set.len()));
        ui.label(theme::note(ui, text));
    }
}
