//! The columns of a file that is to be imported: whether each gets in, as what kind, playing which part, and what its first value is.

use crate::db::{Column, Value, ValueKind};
use crate::targets::{ImportOptions, ImportSource, Mapping, MappingPart};
use crate::ui::{form, theme, widgets};
use egui::{ComboBox, Grid, ScrollArea};

/// Heights of the list: so many rows are seen.
const MOST_ROWS: f32 = 9.0;
const NAME_WIDTH: f32 = 150.0;
const KIND_WIDTH: f32 = 130.0;
const PART_WIDTH: f32 = 108.0;
/// Signs of a value that are shown.
const MOST_SIGNS: usize = 18;
/// The parts that matter for what is imported; pixels of an image are left as columns.
const PARTS: [MappingPart; 8] = [
    MappingPart::Longitude,
    MappingPart::Latitude,
    MappingPart::Class,
    MappingPart::Name,
    MappingPart::Image,
    MappingPart::Date,
    MappingPart::Confidence,
    MappingPart::Id,
];

/// Draws the list.
pub fn columns_ui(ui: &mut egui::Ui, source: &ImportSource, options: &mut ImportOptions) {
    form::section_ui(ui, "Columns", |ui| {
        if source.has_geometry() {
            ui.label(theme::note(ui, "positions come from the geometry"));
        }
    });
    let height = MOST_ROWS * (theme::ROW_HEIGHT + theme::GRID);
    ScrollArea::vertical().id_salt("import columns").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new("import columns").num_columns(4).spacing([2.0 * theme::GRID, theme::GRID]).show(ui, |ui| {
            for title in ["Column", "Kind", "Part", "First value"] {
                ui.label(theme::note(ui, title));
            }
            ui.end_row();
            for column in source.columns() {
                ui.name_inputs(column.name(), |ui| column_ui(ui, source, column, options));
                ui.end_row();
            }
        });
    });
}

fn column_ui(ui: &mut egui::Ui, source: &ImportSource, column: &Column, options: &mut ImportOptions) {
    let name = column.name();
    let mut is_in = !options.left_out.contains(name);
    ui.allocate_ui(egui::vec2(NAME_WIDTH, theme::ROW_HEIGHT), |ui| {
        ui.set_width(NAME_WIDTH);
        let label = widgets::shortened(name, 20);
        if ui.checkbox(&mut is_in, label).on_hover_text(format!("Import {name}")).changed() {
            if is_in {
                options.left_out.remove(name);
            } else {
                options.left_out.insert(name.to_owned());
            }
        }
    });
    let guessed = column.kind();
    let kind = options.kinds.get(name).copied().unwrap_or(guessed);
    ComboBox::from_id_salt(("kind", name)).width(KIND_WIDTH).selected_text(kind.words()).show_ui(ui, |ui| {
        for choice in ValueKind::ALL {
            if ui.selectable_label(choice == kind, choice.words()).clicked() {
                if choice == guessed {
                    options.kinds.remove(name);
                } else {
                    options.kinds.insert(name.to_owned(), choice);
                }
            }
        }
    });
    part_ui(ui, source, name, options.mapping.get_or_insert_with(|| source.guess()));
    let first = column.values().find(|value| !value.is_null()).unwrap_or(Value::Null);
    let text = widgets::shortened(&first.to_string(), MOST_SIGNS);
    ui.label(theme::note(ui, text)).on_hover_text(first.to_string());
}

fn part_ui(ui: &mut egui::Ui, source: &ImportSource, name: &str, mapping: &mut Mapping) {
    const NONE: &str = "\u{2013}";
    let part = mapping.part_of(name);
    let words = part.map_or(NONE, MappingPart::words);
    ComboBox::from_id_salt(("part", name)).width(PART_WIDTH).selected_text(words).show_ui(ui, |ui| {
        if ui.selectable_label(part.is_none(), NONE).clicked() {
            mapping.set_part(name, None);
        }
        let is_place = |part: MappingPart| matches!(part, MappingPart::Longitude | MappingPart::Latitude);
        for choice in PARTS.into_iter().filter(|choice| !(source.has_geometry() && is_place(*choice))) {
            if ui.selectable_label(part == Some(choice), choice.words()).clicked() {
                mapping.set_part(name, Some(choice));
            }
        }
    });
}
