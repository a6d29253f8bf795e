//! What the keys of the panel Style do: presets, and a stretch to what is on the map.

use super::CogscopeApp;
use crate::document::{NoticeLevel, StyleScope};
use crate::jobs::{Job, StatisticsOf};
use crate::library::{EntryId, LayerStatistics, Source};
use crate::render::{Channels, DEFAULT_CUT, Stretch, Style};
use crate::ui::style;

/// A stretch to the view that waits for its statistics.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ViewStretch {
    entry: EntryId,
    scope: StyleScope,
}

impl CogscopeApp {
    pub(super) fn apply_preset(&mut self, ctx: &egui::Context, index: usize) {
        if let Some(command) = style::preset_command(&self.document, &self.panels.style, index) {
            self.apply_command(ctx, command);
        }
    }

    /// Asks for statistics of what is on the map; [`Self::stretch_to`] uses them.
    pub(super) fn stretch_to_view(&mut self) {
        let imagery = &self.document.imagery;
        let asked = || {
            let (entry, scope) = style::styled_entry(&self.document, &self.panels.style)?;
            let kind = imagery.catalog.kind(entry)?.clone();
            let area = self.panels.map.viewport().bounds()?;
            let is_meant = |id: &EntryId| match &scope {
                StyleScope::Entry(only) => id == only,
                StyleScope::Kind(kind) => imagery.catalog.kind(*id) == Some(kind),
                StyleScope::All => true,
            };
            let there = imagery.catalog.shown_in(&area).into_iter().filter(is_meant);
            let sources: Vec<Source> = there.filter_map(|id| Some(imagery.catalog.entry(id)?.source())).collect();
            let expression = match imagery.style(entry)?.channels {
                Channels::Expression(text) => Some(text),
                Channels::Rgb(_) | Channels::Single(_) => None,
            };
            (!sources.is_empty())
                .then_some((ViewStretch { entry, scope }, StatisticsOf { kind, sources, expression, area: Some(area) }))
        };
        if let Some((stretch, of)) = asked() {
            if self.submit(Job::Statistics(of)).is_some() {
                self.view_stretch = Some(stretch);
            }
        } else {
            let text = "There is nothing on the map to stretch to: choose an image that is in sight";
            self.document.notices.add(NoticeLevel::Info, text, None);
        }
    }

    /// Stretches what was asked for to the values of the view.
    pub(super) fn stretch_to(&mut self, statistics: &LayerStatistics) {
        let Some(ViewStretch { entry, scope }) = self.view_stretch.take() else { return };
        let imagery = &mut self.document.imagery;
        let Some((style, source)) = imagery.style(entry).zip(imagery.catalog.entry(entry)) else { return };
        let of_view = source.source().color_source(Some(statistics));
        let cut = match style.stretch {
            Stretch::Percentile { low, high } => (low, high),
            _ => DEFAULT_CUT,
        };
        let by_cut = Style { stretch: Stretch::Percentile { low: cut.0, high: cut.1 }, ..style };
        match by_cut.ranges(&of_view) {
            Ok(ranges) => {
                let ranges = ranges.iter().map(|range| (range.low, range.high)).collect();
                imagery.set_style(&scope, &Style { stretch: Stretch::Manual(ranges), ..by_cut });
                imagery.keep_styles(&mut self.document.project.styles);
            }
            Err(error) => self.document.notices.add(NoticeLevel::Warning, error.to_string(), None),
        }
    }
}
