//! Keeping the jobs in step with the document: the map's layer with its painters, and the statistics that stretches are
//! made from.

use super::CogscopeApp;
use crate::document::{Imagery, NoticeLevel, OwnMap};
use crate::jobs::{Job, LayerId, MapLayer, MapMember, StatisticsOf};
use crate::library::{EntryId, Kind, LayerStatistics, Source};
use crate::render::{Channels, Painter, Style};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The map's layer of images.
pub(super) const IMAGERY: LayerId = LayerId(0);
/// While files stream in, the layer follows no faster than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(250);

/// What the jobs were told last.
#[derive(Default)]
pub(super) struct Told {
    layer: Option<(u64, u64)>,
    layer_at: Option<Instant>,
    generation: u64,
    statistics: FxHashMap<Kind, Asked>,
}

/// Which statistics were asked for.
#[derive(Clone, PartialEq)]
struct Asked {
    members: usize,
    expression: Option<String>,
}

impl CogscopeApp {
    /// Tells the jobs what changed; true when something has.
    pub(super) fn follow_imagery(&mut self, ctx: &egui::Context) -> bool {
        let revision = self.document.imagery.revision();
        if self.told.layer == Some(revision) {
            return false;
        }
        let scanning = self.document.activity.scans > 0;
        if scanning && self.told.layer_at.is_some_and(|at| at.elapsed() < LEAST_INTERVAL) {
            ctx.request_repaint_after(LEAST_INTERVAL);
            return false;
        }
        self.ask_for_statistics(scanning);
        self.told.layer = Some(revision);
        self.told.layer_at = Some(Instant::now());
        self.told.generation += 1;
        let (members, complaints) = members(&self.document.imagery);
        for complaint in complaints {
            self.document.notices.add(NoticeLevel::Warning, complaint, None);
        }
        let frame = self.document.imagery.frame();
        let layer = MapLayer { id: IMAGERY, generation: self.told.generation, frame, members: members.into() };
        self.panels.map.set_generation(IMAGERY, layer.generation);
        self.jobs.set_layer(layer);
        true
    }

    /// Tells the jobs everything again.
    pub(super) fn forget_told(&mut self) {
        let generation = self.told.generation;
        self.told = Told { generation, ..Told::default() };
    }

    /// Whether the map's layer is that of the document, with every stretch known.
    pub(super) fn is_imagery_told(&self) -> bool {
        self.told.layer == Some(self.document.imagery.revision())
    }

    /// Asks for the statistics of kinds that have none, or whose members or expression changed since.
    fn ask_for_statistics(&mut self, scanning: bool) {
        let imagery = &self.document.imagery;
        let mut jobs = Vec::new();
        for (kind, count) in imagery.catalog.kinds() {
            let members = || imagery.catalog.entries().iter().filter(|id| imagery.catalog.kind(**id) == Some(&kind));
            let expression = members().find_map(|id| expression_of(&imagery.style(*id)?));
            let asked = Asked { members: count, expression };
            let known = self.told.statistics.get(&kind);
            // While files stream in, the first of a kind have to do for all.
            let enough =
                known.is_some_and(|known| *known == asked || (scanning && known.expression == asked.expression));
            if enough {
                continue;
            }
            let sources: Vec<Source> =
                members().filter_map(|id| imagery.catalog.entry(*id)).map(|entry| entry.source()).collect();
            let of = StatisticsOf { kind: kind.clone(), sources, expression: asked.expression.clone(), area: None };
            jobs.push((kind, asked, Job::Statistics(of)));
        }
        for (kind, asked, job) in jobs {
            if self.submit(job).is_some() {
                self.told.statistics.insert(kind, asked);
            }
        }
    }

    /// Shows an entry alone in its own reference system, or the usual map again. The map stands anew.
    pub(super) fn show_in_own_system(&mut self, entry: Option<EntryId>) {
        let imagery = &mut self.document.imagery;
        let own = entry.and_then(|id| imagery.catalog.entry(id)).and_then(|entry| OwnMap::of(&entry));
        if entry.is_some() && own.is_none() {
            let text = "This image tells nothing of its outline";
            self.document.notices.add(NoticeLevel::Warning, text, None);
            return;
        }
        if own.is_none() && imagery.own_map.is_none() {
            return;
        }
        let home = own.as_ref().map(|own| own.bounds).or_else(|| imagery.home_bounds());
        imagery.chosen = entry.or(imagery.chosen);
        imagery.set_own_map(own);
        self.panels.map.set_frame(imagery.frame());
        if let Some(bounds) = home {
            self.panels.map.fit_at_once(bounds);
        }
    }

    pub(super) fn take_statistics(&mut self, of: StatisticsOf, result: Result<Arc<LayerStatistics>, String>) {
        if let Err(reason) = &result {
            let text = format!("{}: the stretch is that of the data type: {reason}", of.kind);
            self.document.notices.add(NoticeLevel::Warning, text, None);
        }
        match (of.area, result) {
            (None, result) => self.document.imagery.set_statistics(of.kind, result),
            (Some(_), Ok(statistics)) => self.stretch_to(&statistics),
            (Some(_), Err(_)) => {}
        }
    }
}

fn expression_of(style: &Style) -> Option<String> {
    match &style.channels {
        Channels::Expression(text) => Some(text.clone()),
        Channels::Rgb(_) | Channels::Single(_) => None,
    }
}

/// What the map draws, the topmost first; entries whose stretch is not known yet wait for it.
fn members(imagery: &Imagery) -> (Vec<MapMember>, Vec<String>) {
    let mut of_kind: FxHashMap<Kind, Option<Arc<Painter>>> = FxHashMap::default();
    let mut complaints = Vec::new();
    let mut members = Vec::new();
    if let Some(own) = &imagery.own_map {
        let entry = imagery.catalog.entry(own.entry);
        let known = imagery.catalog.kind(own.entry).is_some_and(|kind| imagery.statistics.contains_key(kind));
        let resampling = imagery.style(own.entry).map(|style| style.resampling).unwrap_or_default();
        if let (Some(entry), true, Some(painter)) = (entry, known, painter(imagery, own.entry, &mut complaints)) {
            members.push(MapMember::with_bounds((own.entry, entry.source()), own.bounds, painter, resampling));
        }
        return (members, complaints);
    }
    for entry in imagery.catalog.shown() {
        let id = entry.id();
        let Some(kind) = imagery.catalog.kind(id) else { continue };
        if !imagery.statistics.contains_key(kind) {
            continue;
        }
        let painter = if imagery.has_own_style(id) {
            painter(imagery, id, &mut complaints)
        } else {
            of_kind.entry(kind.clone()).or_insert_with(|| painter(imagery, id, &mut complaints)).clone()
        };
        let resampling = imagery.style(id).map(|style| style.resampling).unwrap_or_default();
        members.extend(painter.and_then(|painter| MapMember::new(id, entry.source(), painter, resampling)));
    }
    (members, complaints)
}

fn painter(imagery: &Imagery, id: EntryId, complaints: &mut Vec<String>) -> Option<Arc<Painter>> {
    match imagery.painter(id)? {
        Ok(painter) => Some(Arc::new(painter)),
        Err(error) => {
            let name = imagery.catalog.entry(id).map(|entry| entry.name().to_owned()).unwrap_or_default();
            complaints.push(format!("{name}: {error}"));
            None
        }
    }
}
