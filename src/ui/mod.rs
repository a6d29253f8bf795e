//! Panels and widgets, one file a panel. A panel is handed `(&mut Ui, &Document, &mut its own state, &mut Vec<Command>)`:
//! it reads the document, edits its own state and says what the user meant. It does no I/O, decoding or SQL.

mod class_color;
mod command;
mod connect;
mod docks;
mod form;
mod go_to;
mod help;
mod icons;
mod inspector;
mod library;
mod map;
mod notices;
mod numbers;
mod palette;
mod rows;
mod status_bar;
pub(crate) mod style;
mod table;
mod targets;
pub(crate) mod theme;
mod toolbar;
mod widgets;

pub use command::{Command, TableToShow};
pub use docks::{Docks, Pane};
pub(crate) use library::THUMBNAIL_PIXELS;

use crate::document::Document;
use egui::{Frame, Margin};

/// The state of every panel: what is folded, typed or scrolled, never what would be saved.
#[derive(Default)]
pub struct Panels {
    pub(crate) map: map::MapState,
    pub(crate) library: library::LibraryState,
    pub(crate) targets: targets::TargetsState,
    pub(crate) style: style::StyleState,
    pub(crate) inspector: inspector::InspectorState,
    pub(crate) table: table::TableState,
    pub(crate) connect: connect::ConnectState,
    pub(crate) palette: palette::PaletteState,
    pub(crate) help: help::HelpState,
    pub(crate) go_to: go_to::GoToState,
    pub(crate) notices: notices::NoticesState,
}

impl Panels {
    /// Closes the palette or the list of shortcuts; whether one of them was open.
    pub(crate) fn close_what_lies_above(&mut self) -> bool {
        let was_open = self.palette.open || self.help.open || self.connect.open;
        self.palette.open = false;
        self.connect.open = false;
        self.help.open = false;
        was_open
    }

    /// Draws the whole window.
    pub fn ui(&mut self, ui: &mut egui::Ui, docks: &mut Docks, document: &Document, commands: &mut Vec<Command>) {
        let fill = ui.visuals().panel_fill;
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 4));
        egui::Panel::top("toolbar")
            .frame(bar)
            .show(ui, |ui| toolbar::toolbar_ui(ui, document, &mut self.go_to, commands));
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 2));
        egui::Panel::bottom("status")
            .frame(bar)
            .show(ui, |ui| status_bar::status_bar_ui(ui, document, &self.map, commands));
        egui::CentralPanel::no_frame().show(ui, |ui| docks.ui(ui, document, self, commands));
        connect::connect_ui(ui, document, &mut self.connect, commands);
        palette::palette_ui(ui, document, &mut self.palette, commands);
        help::help_ui(ui.ctx(), &mut self.help);
        notices::notices_ui(ui, document, &mut self.notices, commands);
        Self::drop_ui(ui);
    }

    /// While files are held over the window: says what dropping them does.
    fn drop_ui(ui: &egui::Ui) {
        let count = ui.input(|input| input.raw.hovered_files.len());
        if count == 0 {
            return;
        }
        let (palette, rect) = (theme::palette(ui), ui.ctx().content_rect());
        let layer = egui::LayerId::new(egui::Order::Foreground, ui.scope_id().with("drop"));
        let painter = ui.ctx().layer_painter(layer);
        painter.rect_filled(rect, 0.0, ui.visuals().panel_fill.gamma_multiply(0.85));
        let frame = rect.shrink(12.0);
        painter.rect_stroke(frame, 8.0, egui::Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        let words = if count == 1 { "Drop it to open it" } else { "Drop them to open them" };
        let color = ui.visuals().strong_text_color();
        painter.text(rect.center(), egui::Align2::CENTER_CENTER, words, theme::heading_font(), color);
    }

    /// Draws one docked panel.
    fn pane_ui(&mut self, pane: Pane, ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
        match pane {
            Pane::Map => map::map_ui(ui, document, &mut self.map, commands),
            Pane::Library => padded(ui, |ui| library::library_ui(ui, document, &mut self.library, commands)),
            Pane::Targets => padded(ui, |ui| targets::targets_ui(ui, document, &mut self.targets, commands)),
            Pane::Style => padded(ui, |ui| style::style_ui(ui, document, &mut self.style, commands)),
            Pane::Inspector => padded(ui, |ui| inspector::inspector_ui(ui, document, &mut self.inspector, commands)),
            Pane::Table => padded(ui, |ui| table::table_ui(ui, document, &mut self.table, commands)),
        }
    }
}

fn padded(ui: &mut egui::Ui, add_contents: impl FnOnce(&mut egui::Ui)) {
    let fill = ui.visuals().panel_fill;
    Frame::new().fill(fill).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        add_contents(ui);
    });
}
