//! Panels and widgets, one file a panel. A panel is handed `(&mut Ui, &Document, &mut its own state, &mut Vec<Command>)`:
//! it reads the document, edits its own state and says what the user meant. It does no I/O, decoding or SQL.

mod audit;
mod chips;
mod class_color;
mod command;
mod connect;
mod crash;
mod discs;
mod docks;
mod form;
mod go_to;
mod help;
mod icons;
mod import;
mod inspector;
mod library;
mod map;
mod notices;
mod numbers;
mod palette;
mod pick;
mod plots;
mod relabel;
mod report;
mod rows;
mod serve;
mod status_bar;
pub(crate) mod style;
mod table;
mod targets;
pub(crate) mod theme;
mod toolbar;
mod unsaved;
mod widgets;
mod wishes;

pub use command::{Command, TableToShow};
pub use docks::{Docks, Pane};
pub use import::{ImportDone, ImportWish};
pub(crate) use library::THUMBNAIL_PIXELS;
pub(crate) use report::{MadeReport, ReportSource, ReportWish};
pub use table::PageWant;
pub use unsaved::AfterAsking;
pub use wishes::{ChipSheet, ChipsWanted, DensityWant, PlotFile, SaveForm, SaveWish, SortOf, SortWant};
pub(crate) use {
    chips::sorted_chips,
    table::{PAGE_ROWS, counted, rows_as_text, sorted_rows},
};

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
    pub(crate) plots: plots::PlotsState,
    pub(crate) chips: chips::ChipsState,
    pub(crate) relabel: relabel::RelabelState,
    pub(crate) report: report::ReportState,
    pub(crate) connect: connect::ConnectState,
    pub(crate) import: import::ImportState,
    pub(crate) palette: palette::PaletteState,
    pub(crate) help: help::HelpState,
    pub(crate) go_to: go_to::GoToState,
    pub(crate) notices: notices::NoticesState,
    pub(crate) unsaved: unsaved::UnsavedState,
    pub(crate) serve: serve::ServeState,
}

impl Panels {
    /// Closes the palette, the list of shortcuts or the choice of a class; whether one of them was open.
    pub(crate) fn close_what_lies_above(&mut self) -> bool {
        let was_open = self.palette.open
            | self.help.open
            | self.connect.open
            | self.import.open
            | self.relabel.close()
            | self.unsaved.close()
            | self.library.close_form();
        self.palette.open = false;
        self.connect.open = false;
        self.import.open = false;
        self.help.open = false;
        was_open
    }

    /// Draws the whole window.
    pub fn ui(&mut self, ui: &mut egui::Ui, docks: &mut Docks, document: &Document, commands: &mut Vec<Command>) {
        let fill = ui.visuals().panel_fill;
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 4));
        egui::Panel::top("toolbar")
            .frame(bar)
            .show(ui, |ui| toolbar::toolbar_ui(ui, document, (&mut self.go_to, &mut self.serve), commands));
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 2));
        egui::Panel::bottom("status")
            .frame(bar)
            .show(ui, |ui| status_bar::status_bar_ui(ui, document, &self.map, commands));
        egui::CentralPanel::no_frame().show(ui, |ui| docks.ui(ui, document, self, commands));
        import::import_ui(ui, document, &mut self.import, commands);
        connect::connect_ui(ui, document, &mut self.connect, commands);
        palette::palette_ui(ui, document, &mut self.palette, commands);
        help::help_ui(ui.ctx(), &mut self.help);
        relabel::relabel_ui(ui, document, &mut self.relabel, commands);
        notices::notices_ui(ui, document, &mut self.notices, commands);
        crash::crash_ui(ui, document, commands);
        unsaved::unsaved_ui(ui, document, &mut self.unsaved, commands);
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
            Pane::Plots => padded(ui, |ui| plots::plots_ui(ui, document, &mut self.plots, commands)),
            Pane::Chips => padded(ui, |ui| chips::chips_ui(ui, document, &mut self.chips, commands)),
            Pane::Audit => padded(ui, |ui| audit::audit_ui(ui, document, commands)),
            Pane::Report => {
                let area = self.map.viewport().bounds();
                padded(ui, |ui| report::report_ui(ui, (document, area), &mut self.report, commands));
            }
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
