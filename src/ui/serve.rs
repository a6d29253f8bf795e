//! The switch of the loopback endpoint in the toolbar, and what to give to other programs.

use super::{Command, icons, theme};
use crate::document::{Document, ServeWish, Serving};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align, Layout, PopupCloseBehavior, TextEdit};

/// The port that is offered first.
const PORT: u16 = 8765;
const WIDTH: f32 = 400.0;
const NAME_WIDTH: f32 = 72.0;

/// What the form keeps between frames.
pub struct ServeState {
    port: String,
    needs_token: bool,
    origins: String,
}

impl Default for ServeState {
    fn default() -> Self {
        Self { port: PORT.to_string(), needs_token: false, origins: String::new() }
    }
}

impl ServeState {
    /// How to serve, as it is set; `None` while the port is none.
    pub(crate) fn wish(&self) -> Option<ServeWish> {
        Some(ServeWish {
            port: self.port.trim().parse().ok()?,
            needs_token: self.needs_token,
            origins: self.origins.split_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// A line to copy: what it is for, and the text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Recipe {
    name: &'static str,
    tip: &'static str,
    text: String,
}

/// What other programs need, for the server at this address.
fn recipes(url: &str) -> [Recipe; 5] {
    let recipe = |name, tip, text| Recipe { name, tip, text };
    [
        recipe("QGIS", "Layer, Add Layer, Add WMS/WMTS Layer, New: as the URL", format!("{url}wms")),
        recipe("GDAL XML", "Save it as a file and open that as a raster", gdal(url)),
        recipe("Leaflet", "A layer of tiles", format!("L.tileLayer(\"{url}tiles/mosaic/{{z}}/{{x}}/{{y}}.png\")")),
        recipe("curl", "The images as JSON", format!("curl \"{url}cogs\"")),
        recipe("Browser", "A page with a map and all addresses", url.to_owned()),
    ]
}

/// Web Mercator, for it is offered for every layer.
fn gdal(url: &str) -> String {
    let half = crate::geo::MERCATOR_HALF_WORLD_M;
    format!(
        "<GDAL_WMS><Service name=\"WMS\"><Version>1.1.1</Version><ServerUrl>{url}wms?</ServerUrl><SRS>EPSG:3857</SRS>\
         <ImageFormat>image/png</ImageFormat><Layers>mosaic</Layers><Styles></Styles><Transparent>TRUE</Transparent></Service>\
         <DataWindow><UpperLeftX>-{half}</UpperLeftX><UpperLeftY>{half}</UpperLeftY><LowerRightX>{half}</LowerRightX>\
         <LowerRightY>-{half}</LowerRightY><SizeX>1073741824</SizeX><SizeY>1073741824</SizeY></DataWindow>\
         <BandsCount>4</BandsCount><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY></GDAL_WMS>"
    )
}

/// The switch, with its form below it.
pub fn serve_ui(ui: &mut egui::Ui, document: &Document, state: &mut ServeState, commands: &mut Vec<Command>) {
    let is_on = document.serving.url().is_some();
    let words = if is_on { "Serving" } else { "Serve" };
    let (icon, text) = (icons::SERVE.rich_text().size(16.0), egui::RichText::new(icons::toolbar_words(ui, words)));
    let color = theme::palette(ui).accent;
    let title = if is_on { (icon.color(color), text.color(color)) } else { (icon, text) };
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::new(title).config(config).ui(ui, |ui| {
        ui.set_width(WIDTH);
        form_ui(ui, document, state, commands);
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    response.on_hover_text(match document.serving.url() {
        Some(url) => format!("What is open is served at {url}"),
        None => "Let other programs of this machine use what is open".to_owned(),
    });
}

fn form_ui(ui: &mut egui::Ui, document: &Document, state: &mut ServeState, commands: &mut Vec<Command>) {
    let mut is_on = document.serving.url().is_some();
    let wish = state.wish();
    let is_port = wish.is_some();
    ui.horizontal(|ui| {
        let switch = ui.add_enabled(is_on || is_port, egui::Checkbox::new(&mut is_on, "Serve what is open"));
        if switch.changed() {
            commands.push(wish.filter(|_| is_on).map_or(Command::StopServer, Command::StartServer));
        }
    });
    ui.label(theme::note(ui, "To programs of this machine only, by WMS, WMTS, tiles and REST"));
    match &document.serving {
        Serving::On { url } => recipes_ui(ui, url, commands),
        Serving::Off => settings_ui(ui, state, is_port),
        Serving::Starting => {
            ui.label(theme::note(ui, "Waiting for the port"));
        }
        Serving::Failed { reason } => {
            ui.colored_label(ui.visuals().error_fg_color, reason);
            settings_ui(ui, state, is_port);
        }
    }
}

fn settings_ui(ui: &mut egui::Ui, state: &mut ServeState, is_port: bool) {
    ui.add_space(theme::GRID);
    ui.horizontal(|ui| {
        let label = ui.label("Port");
        ui.add(TextEdit::singleline(&mut state.port).desired_width(64.0)).labelled_by(label.id);
        if !is_port {
            ui.label(theme::note(ui, "a number from 0 (any) to 65535"));
        }
    });
    ui.checkbox(&mut state.needs_token, "Access token in the address, for machines that others use too");
    ui.horizontal(|ui| {
        let label = ui.label("Web pages that may ask");
        let hint = "http://localhost:8050";
        ui.add(TextEdit::singleline(&mut state.origins).hint_text(hint).desired_width(f32::INFINITY))
            .labelled_by(label.id);
    });
}

fn recipes_ui(ui: &mut egui::Ui, url: &str, commands: &mut Vec<Command>) {
    ui.add_space(theme::GRID);
    for Recipe { name, tip, text } in recipes(url) {
        ui.horizontal(|ui| {
            ui.scope(|ui| {
                ui.set_width(NAME_WIDTH);
                ui.label(name).on_hover_text(tip);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icons::icon_button(ui, icons::COPY, &format!("Copy for {name}"), "").clicked() {
                    commands.push(Command::Copy(text.clone()));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(egui::RichText::new(&text).monospace()).truncate());
                });
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_has_the_address_with_its_token() {
        let url = "http://127.0.0.1:8765/t/abc/";
        assert!(recipes(url).iter().all(|recipe| recipe.text.contains(url)));
        assert!(recipes(url)[2].text.contains("/{z}/{x}/{y}.png"));
    }
}
