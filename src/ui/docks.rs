//! The docks: which panels there are, how they are arranged at first, and how their tabs look. What a panel shows is
//! none of its business.

use super::{Command, Panels, theme, widgets};
use crate::document::Document;
use egui::{Color32, Response, Stroke, Visuals, WidgetText, vec2};
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

/// The panels that can be docked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    /// Folders, scenes and images.
    Library,
    /// Targets by class.
    Targets,
    /// The map.
    Map,
    /// How the chosen layer is drawn.
    Style,
    /// Values under the cursor and at pins.
    Inspector,
    /// Targets as a table.
    Table,
    /// Charts of targets.
    Plots,
    /// Targets as small pictures.
    Chips,
    /// What of targets and images doesn't fit together.
    Audit,
    /// A report on what is selected.
    Report,
}

impl Pane {
    /// All panels, in the order of the palette.
    pub const ALL: [Self; 10] = [
        Self::Map,
        Self::Library,
        Self::Targets,
        Self::Style,
        Self::Inspector,
        Self::Table,
        Self::Plots,
        Self::Chips,
        Self::Audit,
        Self::Report,
    ];

    /// The tab's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Targets => "Targets",
            Self::Map => "Map",
            Self::Style => "Style",
            Self::Inspector => "Inspector",
            Self::Table => "Table",
            Self::Plots => "Plots",
            Self::Chips => "Chips",
            Self::Audit => "Audit",
            Self::Report => "Report",
        }
    }
}

/// Width of the side docks and height of the lower dock in points, in the first arrangement.
const SIDE_POINTS: f32 = 296.0;
const LOWER_POINTS: f32 = 256.0;

/// The arrangement of the docks.
pub struct Docks {
    tree: Tree<Pane>,
    /// The first arrangement while the user has not changed it: its docks keep their size when the window grows.
    untouched: Option<FirstArrangement>,
}

/// The containers of the first arrangement, and the size that they were last fitted to.
struct FirstArrangement {
    root: TileId,
    upper: TileId,
    left: TileId,
    map: TileId,
    right: TileId,
    lower: TileId,
    fitted_to: egui::Vec2,
}

impl Docks {
    /// The saved arrangement if it still makes sense, else the first one.
    pub fn new(saved: Option<&serde_json::Value>) -> Self {
        let saved = saved.and_then(|value| serde_json::from_value::<Tree<Pane>>(value.clone()).ok());
        if let Some(tree) = saved.map(with_all_panes).filter(is_complete) {
            Self { tree, untouched: None }
        } else {
            let (tree, first) = first_arrangement();
            Self { tree, untouched: Some(first) }
        }
    }

    /// The arrangement as it is saved; `None` while the user has not changed anything.
    pub fn saved(&self) -> Option<serde_json::Value> {
        if self.untouched.is_some() { None } else { serde_json::to_value(&self.tree).ok() }
    }

    /// Brings a panel to the front.
    pub fn bring_to_front(&mut self, wanted: Pane) {
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(pane) if *pane == wanted));
    }

    /// Draws the docks with their panels in what is left of `ui`.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        document: &Document,
        panels: &mut Panels,
        commands: &mut Vec<Command>,
    ) {
        if let Some(first) = &mut self.untouched {
            first.fit(&mut self.tree.tiles, ui.available_size());
        }
        let map_tile = self.tree.tiles.find_pane(&Pane::Map);
        let mut behavior = Behavior { document, panels, commands, map_tile, edited: false };
        self.tree.ui(&mut behavior, ui);
        if behavior.edited {
            self.untouched = None;
        }
    }
}

/// An arrangement that was saved before there were all these panels: new ones join the table.
fn with_all_panes(mut tree: Tree<Pane>) -> Tree<Pane> {
    let missing = Pane::ALL.into_iter().filter(|pane| tree.tiles.find_pane(pane).is_none());
    let missing: Vec<Pane> = missing.collect();
    let beside = tree.tiles.find_pane(&Pane::Table).and_then(|table| tree.tiles.parent_of(table));
    for pane in missing {
        let id = tree.tiles.insert_pane(pane);
        match beside.and_then(|beside| tree.tiles.get_mut(beside)) {
            Some(Tile::Container(Container::Tabs(tabs))) => tabs.add_child(id),
            // Without a place to join the arrangement makes no sense.
            _ => {
                tree.tiles.remove(id);
            }
        }
    }
    tree
}

fn is_complete(tree: &Tree<Pane>) -> bool {
    tree.root().is_some() && Pane::ALL.iter().all(|pane| tree.tiles.find_pane(pane).is_some())
}

/// Library and targets on the left, style and inspector on the right, the table below, the map in the middle.
fn first_arrangement() -> (Tree<Pane>, FirstArrangement) {
    let mut tiles = Tiles::default();
    let mut tabs = |panes: &[Pane]| {
        let children = panes.iter().map(|pane| tiles.insert_pane(*pane)).collect();
        tiles.insert_tab_tile(children)
    };
    let left = tabs(&[Pane::Library, Pane::Targets]);
    let map = tabs(&[Pane::Map]);
    let right = tabs(&[Pane::Style, Pane::Inspector]);
    let lower = tabs(&[Pane::Table, Pane::Plots, Pane::Chips, Pane::Report, Pane::Audit]);
    let upper = tiles.insert_container(Linear::new(LinearDir::Horizontal, vec![left, map, right]));
    let root = tiles.insert_container(Linear::new(LinearDir::Vertical, vec![upper, lower]));
    let first = FirstArrangement { root, upper, left, map, right, lower, fitted_to: egui::Vec2::ZERO };
    (Tree::new(egui::Id::unique("docks"), root, tiles), first)
}

impl FirstArrangement {
    /// Gives the side and lower docks their size in points, and the map the rest.
    fn fit(&mut self, tiles: &mut Tiles<Pane>, size: egui::Vec2) {
        if self.fitted_to == size {
            return;
        }
        self.fitted_to = size;
        let middle = (size.x - 2.0 * SIDE_POINTS).max(320.0);
        let sides = [(self.left, SIDE_POINTS), (self.map, middle), (self.right, SIDE_POINTS)];
        set_shares(tiles, self.upper, &sides);
        let above = (size.y - LOWER_POINTS).max(240.0);
        set_shares(tiles, self.root, &[(self.upper, above), (self.lower, LOWER_POINTS)]);
    }
}

fn set_shares(tiles: &mut Tiles<Pane>, of: TileId, shares: &[(TileId, f32)]) {
    if let Some(Tile::Container(Container::Linear(split))) = tiles.get_mut(of) {
        for (id, share) in shares {
            split.shares.set_share(*id, *share);
        }
    }
}

struct Behavior<'a> {
    document: &'a Document,
    panels: &'a mut Panels,
    commands: &'a mut Vec<Command>,
    map_tile: Option<TileId>,
    edited: bool,
}

impl egui_tiles::Behavior<Pane> for Behavior<'_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        self.panels.pane_ui(*pane, ui, self.document, self.commands);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn is_tab_bar_visible(&self, _tile_id: TileId, tabs: &egui_tiles::Tabs) -> bool {
        // The map alone needs no title; anything that shares its place does.
        tabs.children.len() != 1 || tabs.children.first().copied() != self.map_tile
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        8.0 * theme::GRID
    }

    fn tab_title_spacing(&self, _visuals: &Visuals) -> f32 {
        3.0 * theme::GRID
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.panel_fill
    }

    fn tab_bg_color(&self, visuals: &Visuals, _: &Tiles<Pane>, _: TileId, _: &egui_tiles::TabState) -> Color32 {
        visuals.panel_fill
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &egui_tiles::TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, visuals: &Visuals, _: &Tiles<Pane>, _: TileId, tab: &egui_tiles::TabState) -> Color32 {
        if tab.active { visuals.strong_text_color() } else { visuals.weak_text_color() }
    }

    fn on_tab_button(&mut self, tiles: &mut Tiles<Pane>, tile_id: TileId, response: Response) -> Response {
        let tabs = tiles.parent_of(tile_id).and_then(|parent| tiles.get_container(parent));
        if matches!(tabs, Some(Container::Tabs(tabs)) if tabs.is_active(tile_id)) {
            let line = response.rect.shrink2(vec2(3.0 * theme::GRID, 0.0));
            let painter = response.ctx.layer_painter(response.layer_id);
            let accent = response.ctx.global_style().visuals.hyperlink_color;
            painter.hline(line.x_range(), line.bottom() - 1.0, Stroke::new(2.0, accent));
        }
        response
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<Pane>,
        ui: &mut egui::Ui,
        _tile_id: TileId,
        tabs: &egui_tiles::Tabs,
        _scroll_offset: &mut f32,
    ) {
        let has_table = tabs.children.iter().any(|child| tiles.get_pane(child) == Some(&Pane::Table));
        let targets = &self.document.targets;
        let selected = targets.selection().len();
        if !has_table || selected == 0 {
            return;
        }
        ui.add_space(2.0 * theme::GRID);
        let links = [
            ("Clear", "Select nothing (Esc)", Command::Clear),
            ("Filter", "Show the selected targets only (Shift+F)", Command::FilterToSelection),
            ("Zoom", "Fly to where all selected targets are seen (Z)", Command::ZoomToSelection),
        ];
        for (words, tip, command) in links {
            if ui.link(theme::note(ui, words)).on_hover_text(tip).clicked() {
                self.commands.push(command);
            }
        }
        ui.label(theme::note(ui, widgets::selected_words(targets)));
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => style.visuals.widgets.noninteractive.bg_stroke,
            _ => Stroke::new(2.0, style.visuals.hyperlink_color),
        }
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions { all_panes_must_have_tabs: true, ..Default::default() }
    }

    fn on_edit(&mut self, action: egui_tiles::EditAction) {
        if matches!(action, egui_tiles::EditAction::TileResized | egui_tiles::EditAction::TileDropped) {
            self.edited = true;
        }
    }
}
