//! The map panel: base map, imagery, footprints, targets, and the furniture on top. It only draws and asks; pixels are made
//! elsewhere.

mod basemap;
mod camera;
mod footprints;
mod furniture;
mod graticule;
mod input;
mod markers;
mod menu;
mod pins;
mod tile_layer;
mod tile_textures;
mod viewport;
mod widget;

use super::{Command, icons, pick, theme, widgets};
use crate::document::{Document, MapPosition};
use crate::geo::{BoundingBox, LonLat, MapFrame};
use crate::jobs::{LayerId, TileKey, TileResult, TileWant};
use crate::targets::{SelectMode, TargetId};
use camera::Camera;
use egui::{Rect, Response};
use markers::{Hit, Markers};
use std::sync::Arc;
use tile_layer::TileLayer;
use tile_textures::TileTextures;
use viewport::Viewport;
use walkers::MapMemory;

pub use furniture::scale_denominator;

/// A click on a cluster zooms in by so many levels.
const CLUSTER_ZOOM_LEVELS: f64 = 2.0;

/// What the map keeps between frames.
pub struct MapState {
    camera: Camera,
    memory: MapMemory,
    box_zoom: input::BoxZoom,
    textures: TileTextures,
    layers: Vec<LayerId>,
    wanted: Vec<TileWant>,
    markers: Markers,
    rect: Rect,
    told: Option<MapPosition>,
    pointer: Option<LonLat>,
    menu_place: Option<LonLat>,
    moved_by_hand: bool,
}

impl Default for MapState {
    fn default() -> Self {
        Self {
            camera: Camera::default(),
            memory: MapMemory::default(),
            box_zoom: input::BoxZoom::default(),
            textures: TileTextures::default(),
            layers: Vec::new(),
            wanted: Vec::new(),
            markers: Markers::default(),
            rect: Rect::ZERO,
            told: None,
            pointer: None,
            menu_place: None,
            moved_by_hand: false,
        }
    }
}

impl MapState {
    /// Flies to a position.
    pub fn fly_to(&mut self, position: MapPosition) {
        let frame = self.camera.frame();
        let place = LonLat::new(position.lon_deg, position.lat_deg).and_then(|position| frame.place(position));
        if let Some(center) = place.map(|place| frame.plane_from_frame(place)) {
            self.camera.fly_to(self.rect, center, position.zoom);
        }
    }

    /// Stands at a position at once.
    pub fn stand_at(&mut self, position: MapPosition) {
        let frame = self.camera.frame();
        let place = LonLat::new(position.lon_deg, position.lat_deg).and_then(|position| frame.place(position));
        if let Some(center) = place.map(|place| frame.plane_from_frame(place)) {
            self.camera.jump(center, position.zoom);
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

    /// From now on the map lies in this plane; its tiles are others.
    pub fn set_frame(&mut self, frame: Arc<MapFrame>) {
        if *self.camera.frame() != frame {
            self.camera.set_frame(frame);
            self.textures.clear();
            self.wanted.clear();
        }
    }

    /// Zooms about the middle.
    pub fn zoom_by(&mut self, levels: f64) {
        self.camera.zoom_smoothly(self.rect, None, levels);
    }

    /// Selects the targets that are seen, with the next frame.
    pub fn select_seen(&mut self) {
        self.box_zoom.selected = self.viewport().bounds();
    }

    /// The map as it stands now.
    pub fn viewport(&self) -> Viewport {
        self.camera.viewport(self.rect)
    }

    /// Whether the user has moved the map since [`Self::forget_hand`].
    pub fn was_moved_by_hand(&self) -> bool {
        self.moved_by_hand
    }

    /// From now on, counts the user's moves anew.
    pub fn forget_hand(&mut self) {
        self.moved_by_hand = false;
    }

    /// The layer is to be drawn with tiles of this generation.
    pub fn set_generation(&mut self, layer: LayerId, generation: u64) {
        self.textures.set_generation(layer, generation);
        if !self.layers.contains(&layer) {
            self.layers.push(layer);
        }
    }

    /// Takes what came of a tile.
    pub fn receive_tile(&mut self, key: TileKey, result: TileResult) {
        self.textures.receive(key, result);
    }

    /// Forgets all tiles.
    pub fn clear_tiles(&mut self) {
        self.textures.clear();
    }

    /// Bytes of all textures of tiles.
    pub fn texture_bytes(&self) -> usize {
        self.textures.texture_bytes()
    }

    /// Whether the map is not on its way somewhere.
    pub fn stands_still(&self) -> bool {
        !self.camera.is_moving()
    }

    /// Whether the map stands still and every visible tile is on the screen.
    pub fn is_complete(&self) -> bool {
        !self.camera.is_moving() && !self.textures.is_uploading() && !self.wanted.iter().any(|want| want.visible)
    }
}

/// Draws the map.
pub fn map_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (state, takes_focus): (&mut MapState, bool),
    commands: &mut Vec<Command>,
) {
    let palette = theme::palette(ui);
    let rect = ui.max_rect();
    state.rect = rect;
    state.camera.advance(rect, ui.input(|i| i.stable_dt).min(0.5));
    // What the hand does in this frame moves the map in this frame, though the widget is only drawn below.
    if let Some(response) = ui.ctx().read_response(ui.next_auto_id()) {
        state.moved_by_hand |= input::handle(ui, &response, &mut state.camera, &mut state.box_zoom);
    }
    let pixels_per_point = ui.ctx().pixels_per_point();
    let viewport = state.viewport().on_whole_pixels(pixels_per_point);
    select_box(ui, document, state, commands);

    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, palette.map_background);
    let copies = viewport.copies();
    if viewport.frame.is_web_mercator() {
        copies.iter().for_each(|copy| basemap::paint(&painter, copy, &palette));
        graticule::paint(&painter, &copies, palette.graticule);
        copies.iter().for_each(|copy| basemap::paint_names(&painter, copy, &palette));
    }
    let response = imagery_ui(ui, &viewport, state, commands);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Map"));
    if takes_focus {
        response.request_focus();
    }
    for copy in viewport.copies_and_neighbours() {
        footprints::paint(&painter, &copy, document, palette.accent);
    }
    let hovered = target_under_pointer(&response, state);
    state.markers.paint(&painter, &copies, document, hovered);
    copies.iter().for_each(|copy| pins::paint(&painter, copy, &document.pins, palette.accent));
    input::paint_box(ui, rect, &state.box_zoom);
    input::focus_ring(ui, &response, palette.accent);

    pointer_ui(&response, &viewport, document, state, commands);
    if state.camera.is_moving() || state.textures.is_uploading() {
        ui.request_repaint();
    }
    if document.project.sources.is_empty() {
        nothing_open_ui(ui, commands);
    }
    let attribution = if viewport.frame.is_web_mercator() { basemap::ATTRIBUTION } else { "" };
    furniture::furniture_ui(ui, &viewport, attribution, commands);
    tell_position(state, commands);
}

/// The map widget with the tiles of all layers; asks for those that are missing.
fn imagery_ui(ui: &mut egui::Ui, viewport: &Viewport, state: &mut MapState, commands: &mut Vec<Command>) -> Response {
    let pixels_per_point = ui.ctx().pixels_per_point();
    let MapState { textures, memory, layers, wanted, .. } = state;
    textures.begin_frame(ui.ctx());
    let mut layer = layers.first().map(|layer| TileLayer::new(textures, *layer, viewport, pixels_per_point));
    let mut map = widget::map(memory, viewport);
    if let Some(layer) = &mut layer {
        map = map.with_layer(layer, 1.0);
    }
    let response = map.show(ui, |_, _, _, _| ()).response;
    let painter = ui.painter_at(response.rect);
    let level = viewport.tile_level(pixels_per_point);
    let wants = layer.map(|layer| layer.finish(&painter, viewport, level)).unwrap_or_default();
    if wants != *wanted {
        wanted.clone_from(&wants);
        commands.push(Command::WantTiles(wants));
    }
    response
}

fn target_under_pointer(response: &Response, state: &MapState) -> Option<TargetId> {
    match state.markers.at(response.hover_pos()?)? {
        Hit::One(id) => Some(*id),
        Hit::Beside(..) | Hit::Many(_) => None,
    }
}

/// What the pointer is over, and what its buttons mean.
fn pointer_ui(
    response: &Response,
    viewport: &Viewport,
    document: &Document,
    state: &mut MapState,
    commands: &mut Vec<Command>,
) {
    let place = |at| viewport.lon_lat_from_screen(at);
    let over = response.hover_pos().and_then(place);
    if over != state.pointer {
        state.pointer = over;
        commands.push(Command::PointAt(over));
    }
    let marker = response.hover_pos().and_then(|at| state.markers.at(at)).cloned();
    if let (Some(Hit::One(id)), Some(set)) = (&marker, document.targets.set())
        && let Some(target) = set.target(*id)
    {
        let (label, class) = (target.label(), target.class_name.to_owned());
        response.clone().on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_ui_at_pointer(|ui| {
            ui.label(theme::strong(label));
            ui.label(theme::note(ui, class));
            ui.label(theme::note(ui, format!("Click selects, Ctrl+drag selects a box; {}", pick::KEYS)));
        });
    }
    if let Some(Hit::Beside(source, id)) = &marker
        && let Some(source) = document.targets.sources().get(*source)
        && let Some(target) = source.set.target(*id)
    {
        let (label, class) = (target.label(), target.class_name.to_owned());
        let name = source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        response.clone().on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_ui_at_pointer(|ui| {
            ui.label(theme::strong(label));
            ui.label(theme::note(ui, format!("{class}, {name}")));
            ui.label(theme::note(ui, "Click: the panels are about these, and it is selected"));
        });
    }
    if response.clicked() {
        match response.interact_pointer_pos() {
            Some(at) => click(response, document, (place(at), marker.as_ref()), state, commands),
            // By key: there is no pointer, and the cross in the middle says where.
            None => commands.push(Command::PinMiddle),
        }
    }
    if response.secondary_clicked() {
        state.menu_place = response.interact_pointer_pos().and_then(place);
    }
    if let Some(menu_place) = state.menu_place {
        response.context_menu(|ui| menu::menu_ui(ui, document, menu_place, commands));
    }
}

/// Selects the targets in a box that was drawn with Ctrl; Shift adds them and Alt keeps what is in both.
fn select_box(ui: &egui::Ui, document: &Document, state: &mut MapState, commands: &mut Vec<Command>) {
    if let Some(bounds) = state.box_zoom.selected.take() {
        let held = ui.input(|input| input.modifiers);
        let mode = pick::mode(egui::Modifiers { ctrl: false, command: false, mac_cmd: false, ..held });
        // A box across the antimeridian lies in two worlds.
        let [west, east] = [-viewport::WORLD_M, viewport::WORLD_M].map(|by| shifted(bounds, by));
        let parts = [Some(bounds), west, east].into_iter().flatten();
        let targets = parts.flat_map(|part| document.targets.index().within(part)).collect();
        commands.push(Command::Select { mode, targets });
    }
}

fn shifted(bounds: BoundingBox, east_m: f64) -> Option<BoundingBox> {
    BoundingBox::new(bounds.min_x() + east_m, bounds.min_y(), bounds.max_x() + east_m, bounds.max_y())
}

fn click(
    response: &Response,
    document: &Document,
    (position, marker): (Option<LonLat>, Option<&Hit>),
    state: &mut MapState,
    commands: &mut Vec<Command>,
) {
    response.request_focus();
    let held = response.ctx.input(|i| i.modifiers);
    match marker {
        Some(Hit::One(id)) => {
            commands.push(Command::Select { mode: pick::mode(held), targets: vec![*id] });
            // Arrow keys go to the next target from here, not over the map.
            response.surrender_focus();
        }
        Some(Hit::Beside(source, id)) => {
            let before = document.targets.active();
            commands.push(Command::ChooseTargets(*source));
            commands.push(Command::SetBeside { source: before, is_beside: true });
            commands.push(Command::Select { mode: SelectMode::Replace, targets: vec![*id] });
            response.surrender_focus();
        }
        // With a key, all of them are meant.
        Some(Hit::Many(place)) if held.any() => {
            let targets = Markers::cluster_at(document, &state.viewport(), *place);
            commands.push(Command::Select { mode: pick::mode(held), targets });
        }
        Some(Hit::Many(place)) => {
            let zoom = state.viewport().zoom + CLUSTER_ZOOM_LEVELS;
            state.camera.fly_to(state.rect, *place, zoom);
        }
        None => {
            if let Some(position) = position {
                commands.push(Command::Pin { position, keep_others: held.command });
            }
        }
    }
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
