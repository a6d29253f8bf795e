//! Chips: which image each is cut from, and how it is painted.

use super::CogscopeApp;
use crate::document::{ImageLinks, TargetLinks};
use crate::jobs::{ChipKey, ChipWant};
use crate::library::{EntryId, chip_view};
use crate::render::Painter;
use crate::targets::TargetId;
use crate::ui::ChipsWanted;
use crate::warp::Resampling;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What chips are cut with, as long as targets, images and styles stay the same.
#[derive(Default)]
pub(super) struct ChipCutter {
    links: Option<(u64, Arc<TargetLinks>)>,
    painters: FxHashMap<EntryId, Option<(Arc<Painter>, Resampling)>>,
    painters_of: (u64, u64),
}

impl CogscopeApp {
    /// Which image each target of the map belongs to.
    pub(super) fn target_links(&mut self) -> Option<Arc<TargetLinks>> {
        let set = self.document.targets.set()?;
        let revision = self.document.imagery.catalog.revision();
        let known = self.cutter.links.as_ref().filter(|(of, links)| *of == revision && Arc::ptr_eq(links.set(), set));
        if let Some((_, links)) = known {
            return Some(Arc::clone(links));
        }
        let images = Arc::new(ImageLinks::new(&self.document.imagery.catalog));
        let links = Arc::new(TargetLinks::new(Arc::clone(set), images));
        self.cutter.links = Some((revision, Arc::clone(&links)));
        Some(links)
    }

    /// Asks for the chips that are seen and missing.
    pub(super) fn want_chips(&mut self, wanted: &ChipsWanted) {
        let Some(links) = self.target_links() else { return };
        let mut wants = Vec::with_capacity(wanted.targets.len());
        for &id in &wanted.targets {
            let Some(key) = chip_key(wanted.generation, id) else { continue };
            let Some(entry) = links.entry(id) else {
                self.panels.chips.receive(key, Err("Its image is not open".to_owned()));
                continue;
            };
            let position = links.set().position(id);
            let view = position.and_then(|position| chip_view(position, wanted.across_m, wanted.pixels));
            // Without statistics there is no stretch yet; they change the generation when they arrive.
            if let (Some(view), Some((painter, resampling))) = (view, self.chip_painter(entry.id)) {
                wants.push(ChipWant { key, source: entry.source.clone(), view, painter, resampling });
            }
        }
        self.jobs.want_chips(wants);
    }

    /// The painter of the map for this entry, so that all chips of a kind have the stretch of their layer.
    pub(super) fn chip_painter(&mut self, id: EntryId) -> Option<(Arc<Painter>, Resampling)> {
        let imagery = &self.document.imagery;
        let revision = imagery.revision();
        if self.cutter.painters_of != revision {
            self.cutter.painters.clear();
            self.cutter.painters_of = revision;
        }
        let make = || {
            let has_statistics = imagery.catalog.kind(id).is_some_and(|kind| imagery.statistics.contains_key(kind));
            let painter = imagery.painter(id).filter(|_| has_statistics)?.ok()?;
            Some((Arc::new(painter), imagery.style(id)?.resampling))
        };
        self.cutter.painters.entry(id).or_insert_with(make).clone()
    }
}

/// The key of a target's chip.
fn chip_key(generation: u64, id: TargetId) -> Option<ChipKey> {
    Some(ChipKey { generation, number: u32::try_from(id.row()).ok()? })
}
