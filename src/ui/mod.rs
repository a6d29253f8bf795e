//! Panels and widgets, one file a panel. A panel is handed `(&mut Ui, &Document, &mut its own state, &mut Vec<Command>)`:
//! it reads the document, edits its own state and says what the user meant. It does no I/O, decoding or SQL.

mod audit;
mod chips;
mod class_color;
mod command;
mod connect;
mod crash;
mod dialog;
mod discs;
mod docks;
mod form;
mod go_to;
pub mod help;
mod icons;
mod import;
mod inspector;
pub mod keys;
mod library;
mod map;
mod markdown;
mod notices;
mod numbers;
mod open_path;
mod palette;
mod pick;
mod plots;
mod recent;
mod regions;
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
pub use help::HelpPage;
pub use import::{ImportDone, ImportWish};
pub(crate) use library::THUMBNAIL_PIXELS;
pub use open_path::PathQuestion;
pub(crate) use report::{MadeReport, ReportSource, ReportWish};
pub use table::PageWant;
pub use unsaved::AfterAsking;
pub use wishes::{ChipSheet, ChipsWanted, DensityWant, PlotFile, SaveForm, SaveWish, Scaling, SortOf, SortWant};
pub(crate) use {
    chips::sorted_chips,
    table::{PAGE_ROWS, counted, rows_as_text, sorted_rows},
};

use crate::document::Document;
use crate::geo::BoundingBox;
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
    pub(crate) open_path: open_path::OpenPathState,
    pub(crate) regions: regions::Regions,
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
            | self.open_path.close()
            | self.library.close_form();
        self.palette.open = false;
        self.connect.open = false;
        self.import.open = false;
        self.help.open = false;
        was_open
    }

    /// Draws the whole window.
    pub fn ui(&mut self, ui: &mut egui::Ui, docks: &mut Docks, document: &Document, commands: &mut Vec<Command>) {
        self.regions.begin_frame();
        let fill = ui.visuals().panel_fill;
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 4));
        egui::Panel::top("toolbar").frame(bar).show(ui, |ui| {
            let state = (&mut self.go_to, &mut self.serve);
            self.regions.region_ui(ui, "Toolbar", |ui| toolbar::toolbar_ui(ui, document, state, commands));
        });
        let bar = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 2));
        let map = &self.map;
        let status = egui::Panel::bottom("status").frame(bar);
        status.show(ui, |ui| {
            self.regions.region_ui(ui, "Status bar", |ui| status_bar::status_bar_ui(ui, document, map, commands));
        });
        egui::CentralPanel::no_frame().show(ui, |ui| docks.ui(ui, document, self, commands));
        import::import_ui(ui, document, &mut self.import, commands);
        connect::connect_ui(ui, document, &mut self.connect, commands);
        palette::palette_ui(ui, document, &mut self.palette, commands);
        help::help_ui(ui, document, (&mut self.help, &mut self.regions), commands);
        relabel::relabel_ui(ui, document, &mut self.relabel, commands);
        notices::notices_ui(ui, document, (&mut self.notices, &mut self.regions), commands);
        crash::crash_ui(ui, document, commands);
        open_path::open_path_ui(ui, &mut self.open_path, commands);
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
        if pane == Pane::Map {
            let takes_focus = self.regions.is_wanted(ui, pane.title());
            map::map_ui(ui, document, (&mut self.map, takes_focus), commands);
            return;
        }
        let area = self.map.viewport().bounds();
        let mut regions = std::mem::take(&mut self.regions);
        regions
            .region_ui(ui, pane.title(), |ui| padded(ui, |ui| self.contents_ui(pane, ui, (document, area), commands)));
        self.regions = regions;
    }

    fn contents_ui(
        &mut self,
        pane: Pane,
        ui: &mut egui::Ui,
        (document, area): (&Document, Option<BoundingBox>),
        commands: &mut Vec<Command>,
    ) {
        match pane {
            Pane::Map => {}
            Pane::Library => library::library_ui(ui, document, &mut self.library, commands),
            Pane::Targets => targets::targets_ui(ui, document, &mut self.targets, commands),
            Pane::Style => style::style_ui(ui, document, &mut self.style, commands),
            Pane::Inspector => inspector::inspector_ui(ui, document, &mut self.inspector, commands),
            Pane::Table => table::table_ui(ui, document, &mut self.table, commands),
            Pane::Plots => plots::plots_ui(ui, document, &mut self.plots, commands),
            Pane::Chips => chips::chips_ui(ui, document, &mut self.chips, commands),
            Pane::Audit => audit::audit_ui(ui, document, commands),
            Pane::Report => report::report_ui(ui, (document, area), &mut self.report, commands),
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
