//! The panel Plots: charts of the targets that pass the filter, side by side, linked with the selection.

pub(in crate::ui) mod canvas;
mod controls;
mod legend;
mod paint;
pub(in crate::ui) mod plot;
mod query;
mod view;

use super::discs::disc_texture;
use super::wishes::DensityWant;
use super::{Command, icons, theme, widgets};
use crate::document::{Document, Plot, PlotId};
use crate::report::chart::Chart;
use egui::{Align, Layout, Sense, TextureHandle, UiBuilder, vec2};
use rustc_hash::FxHashMap;
use view::{DensityPictures, Part, PlotView};

/// What dragging in a plot does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// It draws a box that selects.
    #[default]
    Box,
    /// It draws a line around what is to be selected.
    Lasso,
    /// It moves the plot.
    Move,
}

/// What the panel keeps between frames.
#[derive(Default)]
pub struct PlotsState {
    chosen: Option<PlotId>,
    tool: Tool,
    views: FxHashMap<PlotId, PlotView>,
    /// Where each plot stood last, for pictures of the same shape.
    sizes: FxHashMap<PlotId, egui::Vec2>,
    disc: Option<TextureHandle>,
    seen: bool,
    query: query::QueryForm,
}

/// A plot narrower than this can't be read.
const LEAST_WIDTH: f32 = 220.0;

impl PlotsState {
    /// Whether the panel was drawn since this was asked last: only then are charts made.
    pub fn take_seen(&mut self) -> bool {
        std::mem::take(&mut self.seen)
    }

    /// The bar is about this plot from now on.
    pub fn choose(&mut self, id: PlotId) {
        self.chosen = Some(id);
    }

    /// Takes in a picture of very many points.
    pub fn receive_density(&mut self, want: DensityWant, pictures: Option<DensityPictures>) {
        if let Some(view) = self.views.get_mut(&want.plot) {
            view.receive_density(want, pictures);
        }
    }

    /// What was asked for will not come.
    pub fn forget_asked(&mut self) {
        self.views.values_mut().for_each(PlotView::forget_asked);
    }

    fn chosen<'a>(&self, document: &'a Document) -> Option<&'a Plot> {
        let plots = &document.plots;
        self.chosen.and_then(|id| plots.get(id)).or_else(|| plots.list().first())
    }

    fn part(&self, id: PlotId, chart: &Chart) -> Part {
        self.views.get(&id).map_or((chart.x.range, chart.y.range), |view| view.part(chart))
    }

    fn hidden(&self, id: PlotId) -> Vec<usize> {
        self.views.get(&id).map(|view| view.hidden_groups().to_vec()).unwrap_or_default()
    }

    /// The size of a picture with the shape of the plot on the screen, large enough to be read.
    fn figure_size(&self, id: PlotId) -> [u32; 2] {
        const LEAST: egui::Vec2 = vec2(640.0, 360.0);
        let size = self.sizes.get(&id).copied().unwrap_or(LEAST).max(LEAST);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a panel")]
        let whole = |length: f32| length.round() as u32;
        [whole(size.x), whole(size.y)]
    }
}

/// Draws the panel.
pub fn plots_ui(ui: &mut egui::Ui, document: &Document, state: &mut PlotsState, commands: &mut Vec<Command>) {
    state.seen = true;
    if document.targets.set().is_none() {
        let hint = "Targets of the opened folder are plotted here: from a GeoPackage, Shapefile, CSV or GeoJSON";
        widgets::empty_state(ui, icons::SCATTER, "Nothing to plot", hint);
        return;
    }
    controls::bar_ui(ui, document, state, commands);
    query::query_ui(ui.ctx(), document, &mut state.query, commands);
    let plots = document.plots.list();
    if plots.is_empty() {
        widgets::empty_state(ui, icons::SCATTER, "No plot", "Add one with the button + above");
        return;
    }
    state.views.retain(|id, _| document.plots.get(*id).is_some());
    let disc = state.disc.get_or_insert_with(|| disc_texture(ui.ctx())).id();
    let chosen = state.chosen(document).map(|plot| plot.id);
    let (gap, count) = (4.0 * theme::GRID, plots.len() as f32);
    let width = ((ui.available_width() - gap * (count - 1.0)) / count).max(LEAST_WIDTH);
    let height = ui.available_height();
    egui::ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for plot in plots {
                let is_chosen = chosen == Some(plot.id) && plots.len() > 1;
                let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
                let place = UiBuilder::new().id_salt(plot.id.0).max_rect(rect).layout(Layout::top_down(Align::Min));
                ui.scope_builder(place, |ui| {
                    ui.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
                    let view = state.views.entry(plot.id).or_default();
                    plot::plot_ui(ui, document, (plot, view), (state.tool, disc, is_chosen), commands);
                });
                state.sizes.insert(plot.id, rect.size());
                let pressed = ui.input(|input| {
                    input.pointer.any_pressed() && input.pointer.interact_pos().is_some_and(|at| rect.contains(at))
                });
                if pressed && ui.rect_contains_pointer(rect) {
                    state.chosen = Some(plot.id);
                }
            }
        });
    });
}

#[cfg(test)]
mod tests;
