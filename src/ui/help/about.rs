//! The page "About cogscope": versions, what draws the window, folders, licences, and a report to copy.

use super::crates;
use crate::document::Document;
use crate::ui::{Command, form, icons, rows, theme, widgets};
use egui::{Align, Layout};
use std::path::Path;

/// The libraries that are named, and what for.
const LIBRARIES: [(&str, &str); 10] = [
    ("egui", "window"),
    ("wgpu", "graphics"),
    ("walkers", "map"),
    ("egui_plot", "plots"),
    ("tiff", "TIFF vocabulary"),
    ("proj-core", "reference systems"),
    ("rusqlite", "GeoPackage"),
    ("postgres", "PostgreSQL"),
    ("rustls", "encryption"),
    ("axum", "endpoint"),
];

/// Draws the page.
pub fn about_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let about = &document.about;
    ui.label(theme::heading(format!("cogscope {}", env!("CARGO_PKG_VERSION"))));
    ui.label("Looks at folders of Cloud Optimized GeoTIFFs and the targets found in them. Licence: MIT or Apache-2.0.");
    ui.add_space(2.0 * theme::GRID);
    rows::fact_ui(ui, "Built from", about.commit.unwrap_or("a source tree without a commit"));
    rows::fact_ui(ui, "System", &about.system);
    let graphics = if about.graphics.is_empty() { "not known" } else { about.graphics.as_str() };
    rows::fact_ui(ui, "Drawn by", graphics);
    let scale = format!(
        "{:.0} %, of which the window's own {:.0} %",
        ui.pixels_per_point() * 100.0,
        ui.ctx().zoom_factor() * 100.0
    );
    rows::fact_ui(ui, "Size of everything", &scale);
    folder_ui(ui, "Log and reports of crashes", about.log_folder.as_deref(), commands);
    folder_ui(ui, "Settings", about.settings_folder.as_deref(), commands);
    ui.add_space(theme::GRID);
    let tip = ("Versions, graphics and the last notices; without passwords, tokens and connections", "");
    if icons::labelled_button(ui, icons::COPY, "Copy a report for a bug", tip).clicked() {
        commands.push(Command::CopyBugReport);
    }
    form::section_ui(ui, "Libraries", |_| {});
    for (name, what) in LIBRARIES {
        let version = crates::version_of(name).unwrap_or("not known");
        rows::fact_ui(ui, &format!("{name}, {what}"), version);
    }
    licences_ui(ui, about.licences.as_deref(), commands);
}

/// A folder with what can be done with it.
fn folder_ui(ui: &mut egui::Ui, name: &str, folder: Option<&Path>, commands: &mut Vec<Command>) {
    let Some(folder) = folder else {
        rows::fact_ui(ui, name, "none is kept");
        return;
    };
    let text = folder.display().to_string();
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        ui.label(egui::RichText::new(name).color(theme::palette(ui).muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let lower = name.to_lowercase();
            let show = format!("Show in the file manager: {lower}");
            if icons::icon_button(ui, icons::OPEN_FOLDER, &show, "").clicked() {
                commands.push(Command::Reveal(folder.to_owned()));
            }
            if icons::icon_button(ui, icons::COPY, &format!("Copy the path: {lower}"), "").clicked() {
                commands.push(Command::Copy(text.clone()));
            }
            ui.add(egui::Label::new(text.as_str()).selectable(true).truncate()).on_hover_text(text.as_str());
        });
    });
}

fn licences_ui(ui: &mut egui::Ui, texts: Option<&Path>, commands: &mut Vec<Command>) {
    let count = crates::linked().count();
    form::section_ui(ui, "Licences", |_| {});
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("cogscope is made of {} crates and the works below.", widgets::count(count)));
        if let Some(texts) = texts
            && ui.link("Show the texts of the licences").on_hover_text(texts.display().to_string()).clicked()
        {
            commands.push(Command::Reveal(texts.to_owned()));
        }
    });
    ui.add_space(theme::GRID);
    for (name, licence) in crates::OTHERS {
        rows::fact_ui(ui, name, licence);
    }
    egui::CollapsingHeader::new("All crates").show(ui, |ui| {
        for one in crates::linked() {
            rows::fact_ui(ui, &format!("{} {}", one.name, one.version), one.licence);
        }
    });
}
