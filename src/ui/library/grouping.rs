//! Grouping files into scenes by hand: the form for a pattern of names, and a scene's menu for its files and bands.

use crate::library::{Catalog, NamePattern, Scene};
use crate::ui::{Command, theme, widgets};
use egui::{Key, TextEdit};

const EXAMPLE: &str = "S2A_{date}_{}_{tile}_{band}";

/// The form while it is open, with what is typed.
#[derive(Default)]
pub struct PatternForm {
    open: bool,
    text: String,
    focus: bool,
}

impl PatternForm {
    /// Opens the form with the pattern that holds now.
    pub fn open(&mut self, catalog: &Catalog) {
        self.open = true;
        self.focus = true;
        self.text = catalog.name_pattern().map(|pattern| pattern.text().to_owned()).unwrap_or_default();
    }

    /// Closes the form; whether it was open.
    pub fn close(&mut self) -> bool {
        std::mem::take(&mut self.open)
    }

    /// Draws the form below the list's head.
    pub fn ui(&mut self, ui: &mut egui::Ui, catalog: &Catalog, commands: &mut Vec<Command>) {
        if !self.open {
            return;
        }
        ui.add_space(theme::GRID);
        ui.label(theme::note(ui, "Names of files that are bands of one scene"));
        let width = ui.available_width();
        let field = ui.name_inputs("Pattern of names", |ui| {
            ui.add(TextEdit::singleline(&mut self.text).hint_text(EXAMPLE).desired_width(width))
        });
        if std::mem::take(&mut self.focus) {
            field.request_focus();
        }
        let field = field.on_hover_text(
            "{band} says where the band stands, {date} the day; other keys, such as {tile}, are what a scene's files have in \
             common; {} or * is anything. prefix_(BAND) works too.",
        );
        let pattern = NamePattern::parse(&self.text);
        let (note, fits) = match &pattern {
            _ if self.text.trim().is_empty() => ("Empty: by the usual names, such as …_B4".to_owned(), true),
            Ok(pattern) => {
                let (fitting, all) = catalog.count_matches(pattern);
                (format!("fits {} of {} files", widgets::count(fitting), widgets::count(all)), fitting > 0)
            }
            Err(error) => (error.to_string(), false),
        };
        let color = if fits { theme::palette(ui).muted } else { theme::palette(ui).warning };
        ui.label(theme::note(ui, note).color(color));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            let usable = self.text.trim().is_empty() || pattern.is_ok();
            let applied = ui.add_enabled(usable, egui::Button::new("Group")).clicked() || (entered && usable);
            if applied {
                let text = self.text.trim();
                commands.push(Command::SetNamePattern((!text.is_empty()).then(|| text.to_owned())));
            }
            if ui.button("Cancel").clicked() || applied {
                self.open = false;
            }
        });
        ui.add_space(2.0 * theme::GRID);
    }
}

/// The parts of a scene's menu that change what it is made of.
pub fn scene_menu_ui(ui: &mut egui::Ui, scene: &Scene, commands: &mut Vec<Command>) {
    if ui.button("Split into its files").clicked() {
        commands.push(Command::SplitScene(scene.id));
    }
    ui.menu_button("Take out", |ui| {
        for image in scene.images() {
            if ui.button(&image.name).clicked() {
                commands.push(Command::TakeOut { scene: scene.id, image: image.id });
            }
        }
    });
    ui.menu_button("Names of the bands", |ui| {
        for (band, name) in scene.bands.iter().map(|band| &band.name).enumerate() {
            let id = ui.scope_id().with((scene.id, band, name));
            let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| name.clone());
            let label = format!("Name of band {name}");
            let field = ui.name_inputs(&label, |ui| ui.add(TextEdit::singleline(&mut text).desired_width(120.0)));
            if field.lost_focus() && text.trim() != name && !text.trim().is_empty() {
                commands.push(Command::NameBand { scene: scene.id, band, name: text.trim().to_owned() });
            }
            ui.data_mut(|data| data.insert_temp(id, text));
        }
    });
}
