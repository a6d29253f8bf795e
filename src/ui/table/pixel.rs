//! The pixel under each target as a column: which band or calculation, and how large a square around it.

use crate::document::Document;
use crate::ui::{Command, icons, theme};
use egui::{PopupCloseBehavior, TextEdit};
use std::collections::BTreeSet;

/// Sides of the square that can be chosen.
const SIDES: [u32; 6] = [1, 3, 5, 7, 11, 21];

/// What was typed.
pub struct PixelForm {
    text: String,
    side_px: u32,
}

impl Default for PixelForm {
    fn default() -> Self {
        Self { text: String::new(), side_px: 1 }
    }
}

/// Draws the button with its menu.
pub fn pixel_ui(ui: &mut egui::Ui, document: &Document, form: &mut PixelForm, commands: &mut Vec<Command>) {
    let config = egui::containers::menu::MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let icon = icons::ADD_COLUMN.rich_text().size(theme::ICON_SIZE);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        form_ui(ui, document, form, commands);
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Add the pixel under each target"));
    response.on_hover_text("Add a column: the pixel under each target");
}

fn form_ui(ui: &mut egui::Ui, document: &Document, form: &mut PixelForm, commands: &mut Vec<Command>) {
    ui.set_min_width(280.0);
    ui.label(theme::strong("The pixel under each target"));
    let line = TextEdit::singleline(&mut form.text).hint_text("A band or a calculation: (B4-B3)/(B4+B3)");
    let line = ui.add(line.desired_width(280.0));
    line.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "A band or a calculation"));
    let bands = bands(document);
    if bands.is_empty() {
        ui.label(theme::note(ui, "No image is open"));
    }
    ui.horizontal_wrapped(|ui| {
        ui.set_max_width(280.0);
        for band in bands {
            let text = theme::note(ui, &band).color(theme::palette(ui).accent);
            if ui.link(text).on_hover_text("Put this band into the line").clicked() {
                form.text.push_str(&band);
            }
        }
    });
    ui.horizontal(|ui| {
        ui.label("Mean of");
        let name =
            |side: u32| if side == 1 { "the pixel alone".to_owned() } else { format!("{side} \u{d7} {side} pixels") };
        egui::ComboBox::from_id_salt("pixel side").selected_text(name(form.side_px)).show_ui(ui, |ui| {
            for side in SIDES {
                ui.selectable_value(&mut form.side_px, side, name(side));
            }
        });
    });
    ui.horizontal(|ui| {
        let has_text = !form.text.trim().is_empty();
        if ui.add_enabled(has_text, egui::Button::new("Add column")).clicked() {
            commands.push(Command::AddPixelColumn { text: form.text.trim().to_owned(), side_px: form.side_px });
            ui.close();
        }
        ui.label(theme::note(ui, "Read in the background, from each target's own image"));
    });
}

/// The names of the bands of all kinds of images that are open.
fn bands(document: &Document) -> BTreeSet<String> {
    let kinds = document.imagery.catalog.kinds();
    kinds.iter().flat_map(|(kind, _)| kind.bands().iter().map(|band| band.name.clone())).collect()
}
