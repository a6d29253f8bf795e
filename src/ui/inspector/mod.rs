//! The panel Inspector: what lies under the pointer, and at the places that were pinned with a click. Values come from the
//! document; nothing is read here.

mod own;
mod report;

use super::{Command, icons, numbers, theme, widgets};
use crate::document::{Document, MapPosition, Reading};
use crate::geo::{LonLat, TileCoord};
use crate::library::{PointBand, PointValues};
use egui::{Align, Grid, Label, Layout};
use own::OwnCoordinates;

/// Digits that a value is shown with.
const DIGITS: usize = 7;
/// A pin is looked at from at least this near.
const PIN_ZOOM: f64 = 13.0;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct InspectorState {
    own: OwnCoordinates,
}

/// Draws the panel.
pub fn inspector_ui(ui: &mut egui::Ui, document: &Document, state: &mut InspectorState, commands: &mut Vec<Command>) {
    if document.pointer.is_none() && document.pins.is_empty() {
        let hint = "Move the pointer over an image; a click keeps its values here";
        widgets::empty_state(ui, icons::INSPECTOR, "No pixel", hint);
        return;
    }
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - theme::GRID);
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ROW_HEIGHT);
            ui.label(theme::strong("Under the pointer"));
        });
        match &document.pointer {
            Some(reading) => reading_ui(ui, document, state, reading, Detail::Short),
            None => {
                ui.label(theme::note(ui, "The pointer is not over the map"));
            }
        }
        if document.pins.is_empty() {
            ui.add_space(2.0 * theme::GRID);
            ui.label(theme::note(ui, "A click on the map keeps the values of a place here"));
        }
        for (at, pin) in document.pins.iter().enumerate().rev() {
            ui.add_space(2.0 * theme::GRID);
            ui.separator();
            ui.push_id(pin.id, |ui| {
                pin_header_ui(ui, at, pin.id, &pin.reading, commands);
                reading_ui(ui, document, state, &pin.reading, Detail::Full);
            });
        }
        if document.pins.len() > 1 {
            ui.add_space(2.0 * theme::GRID);
            if ui.button("Remove all pins").clicked() {
                commands.push(Command::RemovePins);
            }
        }
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Short,
    Full,
}

fn pin_header_ui(ui: &mut egui::Ui, at: usize, id: u64, reading: &Reading, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        ui.label(icons::PIN.rich_text().size(16.0).color(theme::palette(ui).accent));
        ui.label(theme::strong(format!("Pin {}", at + 1)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icons::icon_button(ui, icons::CLOSE, "Remove this pin", "").clicked() {
                commands.push(Command::RemovePin(id));
            }
            if let Some(values) = &reading.values {
                if icons::icon_button(ui, icons::JSON, "Copy as JSON", "").clicked() {
                    commands.push(Command::Copy(report::as_json(reading.position, values)));
                }
                if icons::icon_button(ui, icons::COPY, "Copy as text", "").clicked() {
                    commands.push(Command::Copy(report::as_text(reading.position, values)));
                }
            }
            if icons::icon_button(ui, icons::ZOOM_TO, "Fly there", "").clicked() {
                let (lon_deg, lat_deg) = (reading.position.lon_deg(), reading.position.lat_deg());
                commands.push(Command::FlyTo(MapPosition { lon_deg, lat_deg, zoom: PIN_ZOOM }));
            }
        });
    });
}

fn reading_ui(ui: &mut egui::Ui, document: &Document, state: &mut InspectorState, reading: &Reading, detail: Detail) {
    facts_ui(
        ui,
        ("position", &[("Position", widgets::lat_lon(reading.position)), ("Tile", tile(document, reading.position))]),
    );
    let Some(values) = &reading.values else {
        ui.label(theme::note(ui, "Reading\u{2026}"));
        return;
    };
    if values.is_empty() {
        ui.label(theme::note(ui, "No image lies here"));
    }
    for (at, source) in values.iter().enumerate() {
        ui.push_id(at, |ui| source_ui(ui, document, state, (reading.position, source), detail));
    }
}

/// The tile of a web map that a place lies in, at the map's present zoom.
fn tile(document: &Document, position: LonLat) -> String {
    let zoom = document.project.map.map_or(0.0, |map| map.zoom);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0 to 30 before")]
    let level = zoom.round().clamp(0.0, 30.0) as u8;
    let tile = TileCoord::from_lon_lat(position, level);
    tile.map_or_else(|| "\u{2013}".to_owned(), |tile| tile.to_string())
}

fn source_ui(
    ui: &mut egui::Ui,
    document: &Document,
    state: &mut InspectorState,
    (position, source): (LonLat, &PointValues),
    detail: Detail,
) {
    ui.add_space(theme::GRID);
    let name = Label::new(theme::strong(&source.name)).truncate();
    ui.add(name).on_hover_text(&source.name);
    let mut facts = Vec::new();
    let first = source.bands.first();
    if let Some(first) = first {
        facts.extend(state.own.at(document, &first.path, position).into_iter().flatten());
        let same = source.bands.iter().all(|band| (band.col, band.row) == (first.col, first.row));
        if same {
            facts.push(("Column, row", column_row(first)));
            facts.push(("Level", level(first)));
        }
    }
    if detail == Detail::Full {
        facts_ui(ui, ("facts", &facts));
    } else {
        facts_ui(ui, ("facts", facts.get(..facts.len().min(3)).unwrap_or_default()));
    }
    bands_ui(ui, source, detail);
}

fn column_row(band: &PointBand) -> String {
    format!("{}, {}", widgets::grouped(i64::from(band.col)), widgets::grouped(i64::from(band.row)))
}

fn level(band: &PointBand) -> String {
    if band.level == 0 { "0, full resolution".to_owned() } else { format!("{}, overview", band.level) }
}

fn facts_ui(ui: &mut egui::Ui, (id, facts): (&str, &[(&str, String)])) {
    Grid::new(id).num_columns(2).min_col_width(80.0).spacing([8.0, 4.0]).show(ui, |ui| {
        for (name, text) in facts {
            let palette = theme::palette(ui);
            ui.scope(|ui| {
                ui.set_max_width(112.0);
                let label = Label::new(theme::note(ui, *name).color(palette.muted)).truncate();
                ui.add(label).on_hover_text(*name);
            });
            ui.add(Label::new(text).selectable(true).truncate()).on_hover_text(text);
            ui.end_row();
        }
    });
}

/// A line for each band: its name, the value as stored, the scaled value with its unit, and whether there is data.
fn bands_ui(ui: &mut egui::Ui, source: &PointValues, detail: Detail) {
    let palette = theme::palette(ui);
    let has_scaled = source.bands.iter().any(|band| band.scaled.is_some());
    let column_count = 3 + usize::from(has_scaled);
    Grid::new("bands").num_columns(column_count).striped(true).spacing([16.0, 4.0]).show(ui, |ui| {
        for band in &source.bands {
            let color = if band.valid { ui.visuals().text_color() } else { palette.muted };
            ui.label(egui::RichText::new(&band.name).color(palette.muted)).on_hover_text(about(band));
            value_ui(ui, &value_text(band), color);
            if has_scaled {
                value_ui(ui, &scaled_text(band), color);
            }
            if band.valid {
                let text = if detail == Detail::Full { "valid" } else { "" };
                ui.label(theme::note(ui, text));
            } else {
                ui.label(theme::note(ui, "no data").color(palette.warning));
            }
            ui.end_row();
        }
    });
    if detail == Detail::Full {
        let mut files: Vec<&std::path::Path> = source.bands.iter().map(|band| band.path.as_path()).collect();
        files.dedup();
        for file in files {
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
            ui.add(Label::new(theme::note(ui, name)).truncate()).on_hover_text(file.display().to_string());
        }
    }
}

fn value_ui(ui: &mut egui::Ui, text: &str, color: egui::Color32) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(egui::RichText::new(text).color(color)).selectable(true));
    });
}

fn about(band: &PointBand) -> String {
    format!("{}\ncolumn, row {}\nlevel {}", band.path.display(), column_row(band), level(band))
}

fn value_text(band: &PointBand) -> String {
    let real = numbers::significant(band.value, DIGITS);
    match band.imaginary {
        Some(imaginary) if imaginary < 0.0 => format!("{real} \u{2212} {}i", numbers::significant(-imaginary, DIGITS)),
        Some(imaginary) => format!("{real} + {}i", numbers::significant(imaginary, DIGITS)),
        None => real,
    }
}

fn scaled_text(band: &PointBand) -> String {
    let unit = band.unit.as_deref().unwrap_or_default();
    let text = band.scaled.map(|value| numbers::significant(value, DIGITS)).unwrap_or_default();
    if unit.is_empty() || text.is_empty() { text } else { format!("{text} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Pin;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn harness(document: Document) -> Harness<'static, Vec<Command>> {
        let mut state = InspectorState::default();
        let mut harness = Harness::builder()
            .with_size(egui::vec2(300.0, 600.0))
            .with_context_setup(theme::install)
            .build_ui_state(move |ui, commands| inspector_ui(ui, &document, &mut state, commands), Vec::new());
        harness.run();
        harness
    }

    fn pinned() -> Document {
        let position = LonLat::new(-54.5871, -25.4082).unwrap();
        let reading = Reading { position, values: Some(report::tests::values()) };
        Document { pins: vec![Pin { id: 7, reading }], ..Document::default() }
    }

    #[test]
    fn without_anything_it_says_what_to_do() {
        let harness = harness(Document::default());
        assert!(harness.query_by_label("No pixel").is_some());
    }

    #[test]
    fn a_pin_shows_every_value_its_state_and_its_pixel() {
        let harness = harness(pinned());
        for text in
            ["9\u{2009}812", "4\u{2009}906 W", "no data", "120, 3\u{2009}456", "0, full resolution", "scene_B4.tif"]
        {
            assert!(harness.query_by_label(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_pin_is_copied_and_removed() {
        let mut harness = harness(pinned());
        harness.get_by_label("Copy as JSON").click();
        harness.run();
        harness.get_by_label("Remove this pin").click();
        harness.run();
        let commands = harness.state();
        assert!(matches!(&commands[0], Command::Copy(text) if text.contains("\"value\": 9812.0")));
        assert_eq!(commands[1], Command::RemovePin(7));
    }
}
