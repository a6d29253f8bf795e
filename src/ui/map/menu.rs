//! What a right click on the map offers: coordinates, what is here, the image under the pointer.

use crate::document::Document;
use crate::geo::{BoundingBox, LonLat};
use crate::library::Entry;
use crate::ui::{Command, theme, widgets};

/// Draws the menu for a place.
pub fn menu_ui(ui: &mut egui::Ui, document: &Document, place: LonLat, commands: &mut Vec<Command>) {
    ui.set_min_width(220.0);
    ui.label(theme::note(ui, widgets::lat_lon(place)));
    if ui.button("Copy coordinates").clicked() {
        commands.push(Command::Copy(format!("{:.6}, {:.6}", place.lat_deg(), place.lon_deg())));
    }
    if ui.button("What is here?").clicked() {
        commands.push(Command::Pin { position: place, keep_others: true });
        commands.push(Command::ShowPane(crate::ui::Pane::Inspector));
    }
    let Some(entry) = topmost_at(document, place) else { return };
    ui.separator();
    ui.label(theme::note(ui, entry.name()));
    if ui.button("Zoom to this image").clicked() {
        commands.push(Command::ZoomToEntry(entry.id()));
    }
    if ui.button("Choose it in the library").clicked() {
        commands.push(Command::ChooseEntry(Some(entry.id())));
        commands.push(Command::ShowPane(crate::ui::Pane::Library));
    }
    let alone = document.imagery.catalog.solo() == Some(entry.id());
    if ui.button(if alone { "Show the others again" } else { "Show it alone" }).clicked() {
        commands.push(Command::ShowAlone((!alone).then(|| entry.id())));
    }
    if ui.button("Hide it").clicked() {
        commands.push(Command::SetHidden { entry: entry.id(), hidden: true });
    }
    if let Some(image) = entry.images().first()
        && ui.button("Show its file in the file manager").clicked()
    {
        commands.push(Command::Reveal(image.path.clone()));
    }
}

/// The image or scene that is drawn on top at a place.
fn topmost_at(document: &Document, place: LonLat) -> Option<Entry> {
    if let Some(own) = &document.imagery.own_map {
        return document.imagery.catalog.entry(own.entry);
    }
    let at = crate::geo::mercator_from_lon_lat(place.lon_deg(), place.lat_deg());
    let there = BoundingBox::new(at.x, at.y, at.x, at.y)?;
    let catalog = &document.imagery.catalog;
    catalog.shown_in(&there).first().and_then(|id| catalog.entry(*id))
}
