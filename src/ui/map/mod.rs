//! The map panel: base map, imagery, footprints, targets, and the furniture on top. It only draws and asks; pixels are made
//! elsewhere.

mod camera;
mod furniture;
mod graticule;
mod input;
mod viewport;

use super::{Command, icons, theme, widgets};
use crate::document::{Document, MapPosition};
use crate::geo::{BoundingBox, LonLat};
use camera::Camera;
use egui::{Rect, Sense};
use viewport::Viewport;

/// What the map keeps between frames.
pub struct MapState {
    camera: Camera,
    box_zoom: input::BoxZoom,
    rect: Rect,
    told: Option<MapPosition>,
}

impl Default for MapState {
    fn default() -> Self {
        Self { camera: Camera::default(), box_zoom: input::BoxZoom::default(), rect: Rect::ZERO, told: None }
    }
}

impl MapState {
    /// Flies to a position.
    pub fn fly_to(&mut self, position: MapPosition) {
        if let Some(center) = LonLat::new(position.lon_deg, position.lat_deg) {
            self.camera.fly_to(self.rect, viewport::mercator_from_lon_lat(center), position.zoom);
        }
    }

    /// Stands at a position at once.
    pub fn jump_to(&mut self, position: MapPosition) {
        if let Some(center) = LonLat::new(position.lon_deg, position.lat_deg) {
            self.camera.jump(viewport::mercator_from_lon_lat(center), position.zoom);
        }
    }

    /// Flies to where a box (EPSG:3857) is shown whole.
    pub fn fly_to_bounds(&mut self, bounds: &BoundingBox) {
        self.camera.fly_to_bounds(self.rect, bounds);
    }

    /// Shows a box (EPSG:3857) whole, at once.
    pub fn fit_at_once(&mut self, bounds: BoundingBox) {
        self.camera.fit_at_once(bounds);
    }

    /// Zooms about the middle.
    pub fn zoom_by(&mut self, levels: f64) {
        self.camera.zoom_smoothly(self.rect, None, levels);
    }

    /// Whether the map is on its way somewhere.
    pub fn is_moving(&self) -> bool {
        self.camera.is_moving()
    }

    /// The map as it stands now.
    pub fn viewport(&self) -> Viewport {
        self.camera.viewport(self.rect)
    }
}

/// Draws the map.
pub fn map_ui(ui: &mut egui::Ui, document: &Document, state: &mut MapState, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.scope_id().with("map"), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Map"));
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    state.rect = rect;
    state.camera.advance(rect, ui.input(|i| i.stable_dt).min(0.1));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, palette.map_background);
    let viewport = state.viewport();
    graticule::paint(&painter, &viewport, palette.graticule);
    input::handle(ui, &response, &mut state.camera, &mut state.box_zoom);
    input::focus_ring(ui, &response, palette.accent);
    if state.camera.is_moving() {
        ui.request_repaint();
    }
    if document.project.sources.is_empty() {
        nothing_open_ui(ui, commands);
    }
    furniture::furniture_ui(ui, &viewport, "", commands);
    tell_position(state, commands);
}

fn tell_position(state: &mut MapState, commands: &mut Vec<Command>) {
    let position = state.viewport().position();
    if let Some(now) = position.filter(|now| Some(*now) != state.told) {
        state.told = Some(now);
        commands.push(Command::MapMoved(now));
    }
}

fn nothing_open_ui(ui: &mut egui::Ui, commands: &mut Vec<Command>) {
    widgets::empty_state(ui, icons::IMAGE, "Nothing is open", "Drop a folder of COGs here, or open one");
    ui.vertical_centered(|ui| {
        if icons::labelled_button(ui, icons::OPEN_FOLDER, "Open folder", ("Open a folder", "Ctrl+O")).clicked() {
            commands.push(Command::AskForFolder);
        }
    });
}
