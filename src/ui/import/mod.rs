//! The dialog that imports a file of targets into a `GeoPackage` or a table of a server: the file, where its rows go, what its columns
//! are taken for, what is left out and why. It reads and writes nothing by itself.

mod columns;
mod state;

pub use state::{ImportDone, ImportPhase, ImportState, ImportWish};

use super::{Command, form, icons, theme, widgets};
use crate::db::StoreAddress;
use crate::document::Document;
use crate::targets::ImportPlan;
use egui::{Align, Align2, ComboBox, Layout, TextEdit, vec2};
use std::path::Path;

const WIDTH: f32 = 560.0;

/// Draws the dialog where it is open.
pub fn import_ui(ui: &mut egui::Ui, document: &Document, state: &mut ImportState, commands: &mut Vec<Command>) {
    if !state.open {
        return;
    }
    let mut is_open = true;
    egui::Window::new("Import targets")
        .open(&mut is_open)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .collapsible(false)
        .resizable(false)
        .default_width(WIDTH)
        .show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            match state.phase.clone() {
                ImportPhase::Running(job) => running_ui(ui, document, job, commands),
                ImportPhase::Done(done) => done_ui(ui, &done, state, commands),
                ImportPhase::Asking => asking_ui(ui, state, None, commands),
                ImportPhase::Failed(problem) => asking_ui(ui, state, Some(&problem), commands),
            }
        });
    state.open &= is_open;
}

fn wish(commands: &mut Vec<Command>, wish: ImportWish) {
    commands.push(Command::Import(Box::new(wish)));
}

fn asking_ui(ui: &mut egui::Ui, state: &mut ImportState, failed: Option<&str>, commands: &mut Vec<Command>) {
    file_ui(ui, state, commands);
    let Some(source) = state.source.clone() else { return };
    store_ui(ui, state, commands);
    table_ui(ui, state);
    columns::columns_ui(ui, &source, &mut state.options);
    check(state, commands);
    summary_ui(ui, state, commands);
    if let Some(problem) = failed {
        ui.colored_label(theme::palette(ui).error, problem);
    }
    ui.add_space(2.0 * theme::GRID);
    buttons_ui(ui, |ui| {
        let is_ready = matches!(state.plan(), Some(Ok(_))) && state.goal().is_some();
        let button = egui::Button::new("Import").min_size(vec2(96.0, theme::ROW_HEIGHT));
        let response = ui.add_enabled(is_ready, button);
        let response = response.on_disabled_hover_text("Choose where the rows go, and a name for the table");
        if response.on_hover_text("All rows get in, or none").clicked() {
            wish(commands, ImportWish::Start);
        }
    });
}

fn file_ui(ui: &mut egui::Ui, state: &ImportState, commands: &mut Vec<Command>) {
    form::row_ui(ui, "File", |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Choose\u{2026}").on_hover_text("CSV, GeoJSON, GeoPackage or Shapefile").clicked() {
                wish(commands, ImportWish::AskForFile);
            }
            if state.is_reading {
                ui.spinner();
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| match &state.source {
                Some(source) => path_ui(ui, source.path()),
                None if state.is_reading => {
                    ui.label(theme::note(ui, "being read"));
                }
                None => {
                    ui.label(theme::note(ui, "a CSV, GeoJSON, GeoPackage or Shapefile"));
                }
            });
        });
    });
    if let Some(problem) = &state.problem {
        ui.colored_label(theme::palette(ui).error, problem.as_str());
    }
}

/// A file by its name, with its whole path as tip.
fn path_ui(ui: &mut egui::Ui, path: &Path) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    ui.add(egui::Label::new(name.as_ref()).truncate()).on_hover_text(path.display().to_string());
}

/// What a store is called in a list.
fn store_name(store: &StoreAddress) -> String {
    match store {
        StoreAddress::File(path) => {
            format!("GeoPackage {}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
        }
        StoreAddress::Server(address) => format!("PostgreSQL {address}"),
    }
}

fn store_ui(ui: &mut egui::Ui, state: &mut ImportState, commands: &mut Vec<Command>) {
    let chosen = state.store.as_ref().map_or_else(|| "Choose a store".to_owned(), store_name);
    let mut picked = None;
    form::row_ui(ui, "Into", |ui| {
        ComboBox::from_id_salt("import store").width(ui.available_width()).truncate().selected_text(chosen).show_ui(
            ui,
            |ui| {
                for report in &state.servers {
                    let store = StoreAddress::Server(report.address.clone());
                    if ui.selectable_label(state.store.as_ref() == Some(&store), store_name(&store)).clicked() {
                        picked = Some(store);
                    }
                }
                if ui.selectable_label(false, "A GeoPackage\u{2026}").clicked() {
                    wish(commands, ImportWish::AskForStore);
                }
                if ui.selectable_label(false, "Connect to PostgreSQL\u{2026}").clicked() {
                    commands.push(Command::OpenConnect);
                }
            },
        );
    });
    if let Some(store) = picked {
        (state.store, state.table) = (Some(store), None);
    }
}

/// A new table, or one that is there.
fn table_ui(ui: &mut egui::Ui, state: &mut ImportState) {
    if state.store.is_none() {
        return;
    }
    let tables = state.tables();
    let is_there =
        state.table.is_none() && tables.iter().any(|table| table.eq_ignore_ascii_case(state.new_table.trim()));
    form::row_ui(ui, "Table", |ui| {
        let chosen = state.table.as_deref().unwrap_or("A new table").to_owned();
        let width = if state.table.is_some() { ui.available_width() } else { 200.0 };
        ComboBox::from_id_salt("import table").width(width).truncate().selected_text(chosen).show_ui(ui, |ui| {
            ui.selectable_value(&mut state.table, None, "A new table");
            for table in tables {
                ui.selectable_value(&mut state.table, Some(table.clone()), format!("Add to {table}"));
            }
        });
        if state.table.is_none() {
            let edit = TextEdit::singleline(&mut state.new_table).hint_text("its name").desired_width(f32::INFINITY);
            let response = ui.add(edit);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Name of the new table"));
        }
    });
    if is_there {
        let text = "There is a table of this name: the rows are added to it";
        ui.label(theme::note(ui, text).color(theme::palette(ui).warning));
    }
}

/// Asks for a plan of what is said now, once for each change.
fn check(state: &mut ImportState, commands: &mut Vec<Command>) {
    let is_known = state.planned.as_ref().is_some_and(|(options, _)| *options == state.options);
    if !is_known && state.checking.as_ref() != Some(&state.options) {
        state.checking = Some(state.options.clone());
        wish(commands, ImportWish::Check(Box::new(state.options.clone())));
    }
}

/// How many rows get in, and which don't.
fn summary_ui(ui: &mut egui::Ui, state: &ImportState, commands: &mut Vec<Command>) {
    ui.add_space(theme::GRID);
    match state.plan() {
        None => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(theme::note(ui, "checking the rows"));
            });
        }
        Some(Err(problem)) => {
            ui.colored_label(theme::palette(ui).error, problem);
        }
        Some(Ok(plan)) => plan_ui(ui, plan, state.set_aside_file(), commands),
    }
}

fn plan_ui(ui: &mut egui::Ui, plan: &ImportPlan, set_aside: &Path, commands: &mut Vec<Command>) {
    let rows = plan.import.table.row_count();
    let place = if plan.import.positions.is_some() { "" } else { ", without positions" };
    ui.label(format!("{} row{} can be imported{place}", widgets::count(rows), if rows == 1 { "" } else { "s" }));
    for note in &plan.notes {
        ui.label(theme::note(ui, note.as_str()));
    }
    let Some(first) = plan.set_aside.first() else { return };
    let count = plan.set_aside.len();
    let words = if count == 1 {
        "1 row is left out".to_owned()
    } else {
        format!("{} rows are left out", widgets::count(count))
    };
    let text = format!("{words}, the first in line {}: {}", first.line, first.reason);
    ui.colored_label(theme::palette(ui).warning, text);
    form::row_ui(ui, "Reasons in", |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Choose\u{2026}").on_hover_text("Where rows that are left out are written").clicked() {
                wish(commands, ImportWish::AskForSetAside);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let path = set_aside.display().to_string();
                ui.add(egui::Label::new(path.as_str()).truncate()).on_hover_text(path.as_str());
            });
        });
    });
}

fn running_ui(ui: &mut egui::Ui, document: &Document, job: u64, commands: &mut Vec<Command>) {
    let line = document.activity.jobs.iter().find(|line| line.id == Some(job));
    let (done, total) = line.map_or((0, None), |line| (line.done, line.total));
    let share = total.filter(|total| *total > 0).map_or(0.0, |total| done as f32 / total as f32);
    ui.label(line.map_or("Importing", |line| line.label.as_str()));
    let text = total.map(|total| format!("{} of {} rows", widgets::count(done), widgets::count(total)));
    ui.add(egui::ProgressBar::new(share).desired_width(WIDTH).text(text.unwrap_or_default()));
    ui.add_space(theme::GRID);
    buttons_ui(ui, |ui| {
        if ui.button("Cancel").on_hover_text("Nothing is imported then").clicked() {
            commands.push(Command::CancelJob(job));
        }
    });
}

/// A line of buttons from the right.
fn buttons_ui(ui: &mut egui::Ui, add: impl FnOnce(&mut egui::Ui)) {
    ui.horizontal(|ui| ui.with_layout(Layout::right_to_left(Align::Center), add));
}

fn done_ui(ui: &mut egui::Ui, done: &ImportDone, state: &mut ImportState, commands: &mut Vec<Command>) {
    let rows = done.imported.rows;
    let what = if done.imported.is_new { "a new table" } else { "added" };
    ui.horizontal(|ui| {
        ui.label(icons::ACCEPT.rich_text().color(theme::palette(ui).accent));
        ui.label(format!(
            "{}: {} row{}, {what}",
            done.imported.table,
            widgets::count(rows),
            if rows == 1 { "" } else { "s" }
        ));
    });
    ui.label(theme::note(ui, store_name(&done.store)));
    if let Some((count, path)) = &done.set_aside {
        let words = if *count == 1 {
            "1 row was left out".to_owned()
        } else {
            format!("{} rows were left out", widgets::count(*count))
        };
        ui.colored_label(theme::palette(ui).warning, format!("{words}; {} says why", path.display()));
        if ui.link("Show that file").clicked() {
            commands.push(Command::Reveal(path.clone()));
        }
    }
    ui.add_space(2.0 * theme::GRID);
    buttons_ui(ui, |ui| {
        let button = egui::Button::new("Show on the map").min_size(vec2(0.0, theme::ROW_HEIGHT));
        if ui.add(button).clicked() {
            wish(commands, ImportWish::ShowResult);
            state.open = false;
        }
        if ui.button("Import another file").clicked() {
            state.phase = ImportPhase::Asking;
            wish(commands, ImportWish::AskForFile);
        }
    });
}
