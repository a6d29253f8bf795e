//! The panel Chips: each target that passes the filter as a small picture cut from its own image, all in the stretch of their
//! layer. A grid of which only what is in sight is drawn and made.

mod bar;
mod cell;
mod order;
mod pictures;

use super::wishes::{ChipsWanted, SortOf, SortWant};
use super::{Command, icons, pick, theme, widgets};
use crate::document::{ChipsSettings, Document};
use crate::geo::LonLat;
use crate::jobs::{ChipKey, ChipResult};
use crate::targets::{SelectMode, TargetId, TargetSet};
use egui::{EventFilter, Key, Modifiers, Rect, ScrollArea, Sense, vec2};
use order::Order;

pub use order::{Sort, sorted as sorted_chips};
use pictures::Pictures;
use std::ops::RangeInclusive;
use std::sync::{Arc, Weak};

/// Room below a chip for its words.
const CAPTION: f32 = 20.0;
const GAP: f32 = 6.0;
/// Rows below those in sight that are made ready.
const ROWS_AHEAD: usize = 2;
/// Sides of chips in points.
const SIDES: RangeInclusive<f32> = 40.0..=320.0;
/// Pixels that chips are made with.
const PIXELS: [u32; 8] = [48, 64, 96, 128, 192, 256, 384, 512];

/// What the panel keeps between frames.
pub struct ChipsState {
    order: Order,
    sort: Sort,
    /// Side of a chip in points.
    side: f32,
    /// Metres of ground across; `None` until the user chose.
    across_m: Option<f64>,
    pictures: Pictures,
    generation: u64,
    made_for: Option<Look>,
    asked: Option<ChipsWanted>,
    /// The current target that was last brought into sight.
    shown_current: Option<TargetId>,
    /// Chips in a row and rows in sight, for the keys.
    across: usize,
    in_sight: usize,
}

/// What chips look like: a change makes all of them anew.
#[derive(Clone, Debug)]
struct Look {
    targets: Weak<[LonLat]>,
    imagery: (u64, u64),
    across_m: f64,
    pixels: u32,
}

impl Look {
    fn is_same(&self, other: &Self) -> bool {
        self.is_of_same_targets(other)
            && self.imagery == other.imagery
            && self.across_m.to_bits() == other.across_m.to_bits()
            && self.pixels == other.pixels
    }

    fn is_of_same_targets(&self, other: &Self) -> bool {
        Weak::ptr_eq(&self.targets, &other.targets)
    }
}

impl Default for ChipsState {
    fn default() -> Self {
        Self {
            order: Order::default(),
            sort: Sort::default(),
            side: ChipsSettings::default().side,
            across_m: None,
            pictures: Pictures::default(),
            generation: 0,
            made_for: None,
            asked: None,
            shown_current: None,
            across: 1,
            in_sight: 1,
        }
    }
}

impl ChipsState {
    /// What a project keeps of the panel.
    pub fn settings(&self) -> ChipsSettings {
        let Sort { by, direction } = self.sort.clone();
        ChipsSettings { sort: by, direction, side: self.side, across_m: self.across_m }
    }

    /// Shows what a project kept.
    pub fn restore(&mut self, settings: &ChipsSettings) {
        self.sort = Sort { by: settings.sort.clone(), direction: settings.direction };
        self.side = settings.side.clamp(*SIDES.start(), *SIDES.end());
        self.across_m = settings.across_m.filter(|across| across.is_finite() && *across > 0.0);
    }

    /// Takes what came of a chip.
    pub fn receive(&mut self, key: ChipKey, result: ChipResult) {
        if key.generation == self.generation
            && let Some(id) = TargetId::from_row(key.number as usize)
        {
            self.pictures.receive(id, key.generation, result);
        }
    }

    /// Takes in chips that were sorted.
    pub fn receive_sorted(&mut self, set: &Arc<TargetSet>, revision: u64, sort: &Sort, ids: Vec<TargetId>) {
        self.order.receive(set, revision, sort, ids);
    }

    /// What is being sorted will not come.
    pub fn forget_asked(&mut self) {
        self.order.forget_asked();
    }

    /// The target after the current one, in the order of the chips if that is known, or before it.
    pub fn neighbour(&self, document: &Document, forward: bool) -> Option<TargetId> {
        if !self.order.is_of(document) {
            return document.targets.neighbour(forward);
        }
        let current = document.targets.current();
        let ids = self.order.ids();
        if forward { crate::targets::next_in(ids, current) } else { crate::targets::previous_in(ids, current) }
    }

    /// Metres of ground across a chip.
    fn across_m(&self, document: &Document) -> f64 {
        self.across_m.unwrap_or_else(|| usual_across_m(document))
    }

    /// Makes all chips anew when they look otherwise now.
    fn follow_look(&mut self, look: Look) {
        let is_same = self.made_for.as_ref().is_some_and(|made| made.is_same(&look));
        if is_same {
            return;
        }
        if !self.made_for.as_ref().is_some_and(|made| made.is_of_same_targets(&look)) {
            self.pictures.clear();
        }
        self.generation += 1;
        self.asked = None;
        self.made_for = Some(look);
    }
}

/// Some 64 pixels of the images that are open, in round metres.
fn usual_across_m(document: &Document) -> f64 {
    const PIXELS: f64 = 64.0;
    let catalog = &document.imagery.catalog;
    let gsd = catalog.shown().next().and_then(|entry| {
        let (image, bounds) = (entry.images().first().copied().cloned()?, entry.bounds_mercator()?);
        let middle = image.footprint_lon_lat.first().map_or(0.0, |at| at.lat_deg());
        Some(bounds.width() * middle.to_radians().cos() / f64::from(image.cog.width().max(1)))
    });
    let across = gsd.filter(|gsd| gsd.is_finite() && *gsd > 0.0).map_or(1000.0, |gsd| gsd * PIXELS);
    let power = 10_f64.powf(across.log10().floor());
    ((across / power).round() * power).clamp(bar::LEAST_M, bar::MOST_M)
}

/// Draws the panel.
pub fn chips_ui(ui: &mut egui::Ui, document: &Document, state: &mut ChipsState, commands: &mut Vec<Command>) {
    let Some(set) = document.targets.set() else {
        let hint = "Targets of the opened folder are shown here, cut from their images";
        widgets::empty_state(ui, icons::CHIPS, "No chips", hint);
        return;
    };
    if state.order.update(document, set, &state.sort) {
        let want = SortWant { revision: document.targets.revision(), by: SortOf::Chips(state.sort.clone()) };
        commands.push(Command::SortTargets(want));
    }
    bar::bar_ui(ui, document, set, state, commands);
    if state.order.ids().is_empty() {
        widgets::empty_state(ui, icons::CHIPS, "No target passes the filter", "Change it in the panel Targets");
        return;
    }
    let pixels = pixels(state.side * ui.pixels_per_point());
    let look = Look {
        targets: Arc::downgrade(set.positions()),
        imagery: document.imagery.revision(),
        across_m: state.across_m(document),
        pixels,
    };
    state.follow_look(look);
    grid_ui(ui, document, set, state, commands);
}

fn pixels(wanted: f32) -> u32 {
    let fits = |pixels: &&u32| **pixels as f32 >= wanted - 0.5;
    PIXELS.iter().find(fits).or(PIXELS.last()).copied().unwrap_or(128)
}

fn grid_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &Arc<TargetSet>,
    state: &mut ChipsState,
    commands: &mut Vec<Command>,
) {
    let area = ui.available_rect_before_wrap();
    let focus = ui.interact(area, ui.scope_id().with("chips"), Sense::focusable_noninteractive());
    focus.widget_info(|| egui::WidgetInfo::labeled(egui::Role::List, true, "Chips"));
    keys(ui, document, (state, &focus), commands);
    let (column, row) = (state.side + GAP, state.side + CAPTION + GAP);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let across = (((area.width() - 12.0 + GAP) / column) as usize).max(1);
    let count = state.order.ids().len();
    state.across = across;
    let mut scroll = ScrollArea::vertical().id_salt("chips").auto_shrink([false, false]);
    let current = document.targets.current();
    if current != state.shown_current {
        state.shown_current = current;
        if let Some(at) = current.and_then(|id| state.order.position(id)) {
            let middle = (at / across) as f32 * row - (area.height() - row) / 2.0;
            scroll = scroll.vertical_scroll_offset(middle.max(0.0));
        }
    }
    state.pictures.begin_frame();
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    let mut seen: Vec<TargetId> = Vec::new();
    scroll.show_rows(ui, row, count.div_ceil(across), |ui, rows| {
        state.in_sight = rows.len().max(1);
        let left_top = ui.cursor().min;
        let (from, to) = (rows.start * across, (rows.end * across).min(count));
        for at in from..to {
            let Some(&id) = state.order.ids().get(at) else { continue };
            let place = vec2((at % across) as f32 * column, (at / across - rows.start) as f32 * row);
            let rect = Rect::from_min_size(left_top + place, vec2(state.side, state.side + CAPTION));
            cell::cell_ui(ui, (document, set), (id, rect), (state, &focus), commands);
            seen.push(id);
        }
        let ahead = (to + ROWS_AHEAD * across).min(count);
        seen.extend(state.order.ids().get(to..ahead).unwrap_or_default());
        ui.allocate_space(vec2(ui.available_width(), rows.len() as f32 * row));
    });
    state.pictures.end_frame();
    if state.pictures.is_uploading() {
        ui.request_repaint();
    }
    want(document, state, &seen, commands);
    if focus.has_focus() {
        let stroke = egui::Stroke::new(1.0, theme::palette(ui).accent);
        ui.painter().rect_stroke(area.shrink(0.5), 2.0, stroke, egui::StrokeKind::Inside);
    }
}

/// Asks for what is seen and missing, once.
fn want(document: &Document, state: &mut ChipsState, seen: &[TargetId], commands: &mut Vec<Command>) {
    let generation = state.generation;
    let targets: Vec<TargetId> = seen.iter().copied().filter(|id| !state.pictures.has(*id, generation)).collect();
    let pixels = state.made_for.as_ref().map_or(128, |look| look.pixels);
    let wanted = ChipsWanted { generation, targets, across_m: state.across_m(document), pixels };
    if state.asked.as_ref() != Some(&wanted) && !(wanted.targets.is_empty() && state.asked.is_none()) {
        state.asked = Some(wanted.clone());
        commands.push(Command::WantChips(Box::new(wanted)));
    }
}

/// Arrows walk, Enter flies there, while the chips have the focus.
fn keys(
    ui: &egui::Ui,
    document: &Document,
    (state, focus): (&mut ChipsState, &egui::Response),
    commands: &mut Vec<Command>,
) {
    if !focus.has_focus() {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, arrows));
    let last = state.order.ids().len().saturating_sub(1);
    let current = document.targets.current().and_then(|id| state.order.position(id));
    let page = state.across * state.in_sight.saturating_sub(1).max(1);
    let at = current.unwrap_or(0);
    let (next, with_shift) = ui.input_mut(|input| {
        let shift = input.modifiers.shift;
        let mut pressed =
            |key: Key| input.consume_key(Modifiers::NONE, key) || input.consume_key(Modifiers::SHIFT, key);
        let steps = [
            (Key::ArrowRight, at.saturating_add(1)),
            (Key::ArrowLeft, at.saturating_sub(1)),
            (Key::ArrowDown, at.saturating_add(state.across)),
            (Key::ArrowUp, at.checked_sub(state.across).unwrap_or(at)),
            (Key::PageDown, at.saturating_add(page)),
            (Key::PageUp, at.saturating_sub(page)),
            (Key::Home, 0),
            (Key::End, last),
        ];
        let next = steps.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, next)| next).last();
        (next, shift)
    });
    if let Some(next) = next {
        let next = if current.is_none() { 0 } else { next.min(last) };
        if let Some(&id) = state.order.ids().get(next) {
            let mode = if with_shift { SelectMode::Add } else { SelectMode::Replace };
            commands.push(Command::Select { mode, targets: vec![id] });
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
        commands.extend(document.targets.current().map(Command::FlyToTarget));
    }
}

/// What a click on a chip selects.
fn picked(ui: &egui::Ui, id: TargetId) -> Command {
    Command::Select { mode: pick::mode(ui.input(|input| input.modifiers)), targets: vec![id] }
}

#[cfg(test)]
mod tests;
