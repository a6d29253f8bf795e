//! The bar above the chips: how many, their order, size and context, the review, the contact sheet.

use super::{ChipsState, SIDES};
use crate::db::SortDirection;
use crate::document::{ChipSort, ChipsSettings, Document, SavedReview};
use crate::report::chart::{column_title, number_label};
use crate::targets::TargetSet;
use crate::ui::wishes::{ChipSheet, SaveWish};
use crate::ui::{Command, icons, theme, widgets};
use egui::{Align, Layout, PopupCloseBehavior};

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
                if state.order.is_being_sorted() {
                    ui.add(egui::Spinner::new().size(12.0)).on_hover_text("Being sorted");
                }
                sort_ui(ui, set, state);
                sliders_ui(ui, document, state);
            });
        });
    });
}

fn sort_ui(ui: &mut egui::Ui, set: &TargetSet, state: &mut ChipsState) {
    let name = |by: &ChipSort| match by {
        ChipSort::Class => "class".to_owned(),
        ChipSort::Review => "verdict".to_owned(),
        ChipSort::File => "order of the file".to_owned(),
        ChipSort::Column(name) => column_title(name),
    };
    let response = egui::ComboBox::from_id_salt("order of chips")
        .width(120.0)
        .truncate()
        .selected_text(format!("by {}", name(&state.sort.by)))
        .show_ui(ui, |ui| {
            let columns = set.table().columns().iter().map(|column| ChipSort::Column(column.name().to_owned()));
            for by in [ChipSort::Class, ChipSort::Review, ChipSort::File].into_iter().chain(columns) {
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
    let size = egui::Slider::new(&mut state.side, SIDES).show_value(false);
    let response = ui.add(size).on_hover_text("Size of the chips; double click for the usual one");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Size of the chips"));
    if response.double_clicked() {
        state.side = ChipsSettings::default().side;
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

/// Where the review is kept: always among the settings; as a file once; in a table of a server with each change.
fn keep_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let icon = icons::EXPORT.rich_text().size(theme::ICON_SIZE);
    let config = egui::containers::menu::MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_min_width(280.0);
        let has_verdicts = !document.review.is_empty();
        if ui.add_enabled(has_verdicts, egui::Button::new("Save the review as CSV\u{2026}")).clicked() {
            commands.push(Command::Save(Box::new(SaveWish::Review)));
            ui.close();
        }
        ui.separator();
        if let Some(kept) = &document.project.review {
            ui.label(format!("Kept in {} too", kept.table));
            ui.label(theme::note(ui, &kept.server));
            if ui.button("Not any more").clicked() {
                commands.push(Command::KeepReviewIn(None));
            }
            return;
        }
        let active = document.targets.server().map(|source| source.address.to_string());
        let Some(server) = active.or_else(|| document.settings.servers.first().cloned()) else {
            ui.label(theme::note(ui, "Connect to PostgreSQL to keep the review in a table of its own there"));
            return;
        };
        let id = ui.scope_id().with("review table");
        let mut table = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| usual_table(document));
        ui.label("In a table of its own in PostgreSQL, with each change");
        ui.label(theme::note(ui, &server));
        ui.horizontal(|ui| {
            let field = ui.add(egui::TextEdit::singleline(&mut table).desired_width(180.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Table of the review"));
            if ui.add_enabled(!table.trim().is_empty(), egui::Button::new("Keep it there")).clicked() {
                let table = table.trim().to_owned();
                commands.push(Command::KeepReviewIn(Some(SavedReview { server: server.clone(), table })));
                ui.close();
            }
        });
        ui.data_mut(|data| data.insert_temp(id, table));
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Keep the review"));
    response.on_hover_text("Save the review as CSV, or keep it in a table of PostgreSQL; never in the source");
}

/// `review_of_` and the name of the targets.
fn usual_table(document: &Document) -> String {
    let server = document.targets.server().map(|source| source.saved.table.replace('"', ""));
    let file = || Some(document.targets.path()?.file_stem()?.to_string_lossy().to_lowercase());
    let name = server.or_else(file).unwrap_or_default();
    let name = name.rsplit('.').next().unwrap_or_default();
    format!("review_of_{}", name.replace(|c: char| !c.is_alphanumeric(), "_"))
}

/// The switch of the review, and how far it is.
pub fn review_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, commands: &mut Vec<Command>) {
    let is_on = document.is_reviewing;
    let reviewed = document.review.len();
    keep_ui(ui, document, commands);
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
