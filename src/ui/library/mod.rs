//! The panel Library: folders with their scenes and images, thumbnails, what could not be read and why.

mod entry;
mod grouping;
mod thumbnails;

use super::{Command, icons, rows, theme, widgets};
use crate::document::Document;
use crate::library::{EntryId, Failed, Order};
use crate::render::RgbaImage;
use egui::{Align, Layout, ScrollArea, vec2};
use entry::{ENTRY_HEIGHT, entry_ui};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::PathBuf;

pub use thumbnails::THUMBNAIL_PIXELS;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct LibraryState {
    closed_folders: FxHashSet<PathBuf>,
    failures_closed: bool,
    lines: Vec<Line>,
    made_for: Option<(u64, u64)>,
    folding: u64,
    shows_failures: bool,
    pattern: grouping::PatternForm,
    thumbnails: thumbnails::Thumbnails,
}

impl LibraryState {
    /// Takes a thumbnail, or why there is none.
    pub fn receive_thumbnail(&mut self, entry: EntryId, result: Result<RgbaImage, String>) {
        self.thumbnails.receive(entry, result);
    }

    /// Closes the form for a pattern of names; whether it was open.
    pub fn close_form(&mut self) -> bool {
        self.pattern.close()
    }

    /// Forgets a thumbnail, because the entry is another one now.
    pub fn forget_thumbnail(&mut self, entry: EntryId) {
        self.thumbnails.forget(entry);
    }

    /// Forgets all thumbnails, because styles changed.
    pub fn forget_thumbnails(&mut self) {
        self.thumbnails = thumbnails::Thumbnails::default();
    }
}

/// One row of the list.
#[derive(Clone)]
enum Line {
    Folder { path: PathBuf, entries: usize, bytes: u64 },
    Entry(EntryId),
    FailuresHead,
    Failure(usize),
}

/// Draws the panel.
pub fn library_ui(ui: &mut egui::Ui, document: &Document, state: &mut LibraryState, commands: &mut Vec<Command>) {
    let catalog = &document.imagery.catalog;
    if catalog.is_empty() {
        let scanning = document.activity.scans > 0;
        let (title, hint) = if scanning {
            ("Looking for images", "They appear here as they are found")
        } else {
            ("No images are open", "Drop a folder of COGs here, or open one")
        };
        widgets::empty_state(ui, icons::LIBRARY, title, hint);
        return;
    }
    head_ui(ui, document, state, commands);
    state.pattern.ui(ui, catalog, commands);
    make_lines(document, state);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut folded = None;
    let lines = std::mem::take(&mut state.lines);
    let heights = lines.iter().map(Line::height);
    let total: f32 = heights.clone().sum();
    let mut list = ScrollArea::vertical().id_salt("library list").auto_shrink([false, false]);
    if std::mem::take(&mut state.shows_failures) {
        // They are the last of the list; the offset is kept within it.
        list = list.vertical_scroll_offset(total);
    }
    list.show_viewport(ui, |ui, viewport| {
        ui.set_height(total);
        let mut top = 0.0;
        for (line, height) in lines.iter().zip(heights) {
            if top + height >= viewport.min.y && top <= viewport.max.y {
                let at =
                    egui::Rect::from_min_size(ui.max_rect().min + vec2(0.0, top), vec2(ui.available_width(), height));
                let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(at).id_salt(line.salt()));
                if line_ui(&mut inner, document, line, state, commands) {
                    folded = Some(line.clone());
                }
            }
            top += height;
        }
    });
    state.lines = lines;
    match folded {
        Some(Line::Folder { path, .. }) => {
            if !state.closed_folders.remove(&path) {
                state.closed_folders.insert(path);
            }
            state.folding = state.folding.wrapping_add(1);
        }
        Some(Line::FailuresHead) => {
            state.failures_closed = !state.failures_closed;
            state.folding = state.folding.wrapping_add(1);
        }
        _ => {}
    }
}

impl Line {
    fn height(&self) -> f32 {
        match self {
            Self::Entry(_) => ENTRY_HEIGHT,
            Self::Folder { .. } | Self::FailuresHead | Self::Failure(_) => theme::ROW_HEIGHT,
        }
    }

    fn salt(&self) -> egui::IdSalt {
        match self {
            Self::Folder { path, .. } => egui::IdSalt::new(path),
            Self::Entry(id) => egui::IdSalt::new(id),
            Self::FailuresHead => egui::IdSalt::new("failures"),
            Self::Failure(at) => egui::IdSalt::new(("failure", at)),
        }
    }
}

fn head_ui(ui: &mut egui::Ui, document: &Document, state: &mut LibraryState, commands: &mut Vec<Command>) {
    let catalog = &document.imagery.catalog;
    ui.horizontal(|ui| {
        let images = catalog.images().count();
        let text = if images == catalog.len() {
            format!("{} image{}", widgets::count(images), if images == 1 { "" } else { "s" })
        } else {
            format!("{} entries of {} files", widgets::count(catalog.len()), widgets::count(images))
        };
        ui.label(theme::note(ui, text));
        let failures = catalog.failures().len();
        if failures > 0 {
            let text = theme::note(ui, format!("{} unreadable", widgets::count(failures)));
            let link = ui.link(text.color(theme::palette(ui).warning));
            if link.on_hover_text("Show what could not be read, and why").clicked() {
                state.shows_failures = true;
                state.failures_closed = false;
                state.folding = state.folding.wrapping_add(1);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let icon = icons::SORT.rich_text().size(16.0);
            let button = egui::Button::new(icon).frame_when_inactive(false);
            let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
                let orders = [
                    (Order::NewestFirst, "Newest on top"),
                    (Order::OldestFirst, "Oldest on top"),
                    (Order::Name, "By name"),
                    (Order::Manual, "As arranged by hand"),
                ];
                for (order, name) in orders {
                    if ui.radio(catalog.order() == order, name).clicked() {
                        commands.push(Command::SetOrder(order));
                    }
                }
                ui.separator();
                if ui.button("Group by names of files\u{2026}").clicked() {
                    state.pattern.open(catalog);
                }
            });
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, "Order and grouping of the images")
            });
            response
                .on_hover_text("Order of the images, in the list and on the map; how files are grouped into scenes");
            if catalog.solo().is_some() && ui.link(theme::note(ui, "Show all")).clicked() {
                commands.push(Command::ShowAlone(None));
            }
        });
    });
}

fn make_lines(document: &Document, state: &mut LibraryState) {
    let catalog = &document.imagery.catalog;
    let made_for = (catalog.revision(), state.folding);
    if state.made_for == Some(made_for) {
        return;
    }
    state.made_for = Some(made_for);
    let mut folders: Vec<(PathBuf, Vec<EntryId>, u64)> = Vec::new();
    let mut place: FxHashMap<PathBuf, usize> = FxHashMap::default();
    for entry in catalog.entries().iter().filter_map(|id| catalog.entry(*id)) {
        let folder = entry.folder().to_owned();
        let at = *place.entry(folder.clone()).or_insert_with(|| {
            folders.push((folder, Vec::new(), 0));
            folders.len() - 1
        });
        if let Some((_, entries, bytes)) = folders.get_mut(at) {
            entries.push(entry.id());
            *bytes = bytes.saturating_add(entry.file_bytes());
        }
    }
    state.lines.clear();
    for (path, entries, bytes) in folders {
        let closed = state.closed_folders.contains(&path);
        state.lines.push(Line::Folder { path, entries: entries.len(), bytes });
        if !closed {
            state.lines.extend(entries.into_iter().map(Line::Entry));
        }
    }
    if !catalog.failures().is_empty() {
        state.lines.push(Line::FailuresHead);
        if !state.failures_closed {
            state.lines.extend((0..catalog.failures().len()).map(Line::Failure));
        }
    }
}

/// Draws a row; true when it is to be folded or unfolded.
fn line_ui(
    ui: &mut egui::Ui,
    document: &Document,
    line: &Line,
    state: &mut LibraryState,
    commands: &mut Vec<Command>,
) -> bool {
    let catalog = &document.imagery.catalog;
    match line {
        Line::Folder { path, entries, bytes } => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let open = !state.closed_folders.contains(path);
            let row = rows::Row { label: &name, expanded: Some(open), ..rows::Row::default() };
            let response = rows::row_ui(ui, row, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(theme::note(ui, widgets::human_bytes(*bytes)));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(egui::Label::new(theme::strong(name.as_ref())).truncate());
                    });
                });
            });
            let tip = format!("{}\n{} entries", path.display(), widgets::count(*entries));
            response.context_menu(|ui| folder_menu_ui(ui, path, commands));
            response.on_hover_text(tip).clicked()
        }
        Line::Entry(id) => {
            if let Some(entry) = catalog.entry(*id) {
                entry_ui(ui, document, &entry, &mut state.thumbnails, commands);
            }
            false
        }
        Line::FailuresHead => {
            let count = catalog.failures().len();
            let row = rows::Row {
                label: "Could not be read",
                expanded: Some(!state.failures_closed),
                ..rows::Row::default()
            };
            rows::row_ui(ui, row, |ui| {
                ui.label(icons::WARNING.rich_text().color(theme::palette(ui).warning));
                ui.label(theme::strong("Could not be read"));
                ui.label(theme::note(ui, widgets::count(count)));
            })
            .clicked()
        }
        Line::Failure(at) => {
            if let Some(failed) = catalog.failures().get(*at) {
                failure_ui(ui, failed, commands);
            }
            false
        }
    }
}

fn folder_menu_ui(ui: &mut egui::Ui, path: &std::path::Path, commands: &mut Vec<Command>) {
    if ui.button("Show in the file manager").clicked() {
        commands.push(Command::Reveal(path.to_owned()));
    }
    if ui.button("Read again").clicked() {
        commands.push(Command::ReadAgain(Some(path.to_owned())));
    }
    if ui.button("Close this folder").clicked() {
        commands.push(Command::CloseFolder(path.to_owned()));
    }
}

fn failure_ui(ui: &mut egui::Ui, failed: &Failed, commands: &mut Vec<Command>) {
    let path = failed.path.display().to_string();
    // An error says which file it is about; here that stands beside it.
    let reason = failed.reason.strip_prefix(&path).map_or(failed.reason.as_str(), |rest| rest.trim_start_matches(": "));
    let name = failed.path.file_name().unwrap_or(failed.path.as_os_str()).to_string_lossy();
    let row = rows::Row { label: &name, depth: 1, ..rows::Row::default() };
    let response = rows::row_ui(ui, row, |ui| {
        ui.label(icons::ERROR.rich_text().color(theme::palette(ui).error));
        ui.label(name.as_ref());
        ui.add(egui::Label::new(theme::note(ui, reason)).truncate());
    });
    response.context_menu(|ui| {
        if ui.button("Copy the reason").clicked() {
            commands.push(Command::Copy(format!("{path}: {reason}")));
        }
        if ui.button("Show in the file manager").clicked() {
            commands.push(Command::Reveal(failed.path.clone()));
        }
    });
    response.on_hover_text(format!("{path}\n{reason}"));
}
