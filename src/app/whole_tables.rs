//! What of a large table on a server is asked for besides what is in view: counts of all its classes, and pages of its rows.

use super::CogscopeApp;
use crate::document::{MapPosition, WholeTable};
use crate::geo::LonLat;
use crate::jobs::{Job, JobContext, JobId, TableOfServer};
use crate::targets::{SelectMode, TargetFilter, TargetPage};
use crate::ui::{Command, PAGE_ROWS, PageWant, counted};
use std::path::PathBuf;
use std::sync::Arc;

/// What is under way.
#[derive(Default)]
pub(super) struct WholeTables {
    counting: Option<JobId>,
    /// What was counted last, or is being counted.
    counted: Option<(PathBuf, TargetFilter)>,
    paging: Option<JobId>,
    /// The key of a row that is to be selected as soon as it is in view.
    pub(super) wanted_key: Option<String>,
}

impl CogscopeApp {
    /// The table on the map, if it is too large to be read wholly.
    fn large_table(&self) -> Option<(PathBuf, TableOfServer)> {
        let source = self.document.targets.server().filter(|source| source.in_view.is_some())?;
        let table = TableOfServer {
            address: source.address.clone(),
            table: source.saved.table.clone(),
            mapping: source.asked_mapping.clone(),
        };
        Some((source.saved.label(), table))
    }

    /// Counts the classes of the whole table once for each filter, when what is in view has been asked for with it.
    pub(super) fn count_whole_table(&mut self) {
        let Some((label, table)) = self.large_table() else {
            self.document.whole = None;
            self.whole.counted = None;
            return;
        };
        let filter = counted(self.document.targets.filter());
        if self.whole.counted.as_ref() == Some(&(label.clone(), filter.clone())) {
            return;
        }
        if let Some(older) = self.whole.counting.take() {
            self.jobs.cancel(older);
            self.forget_task(older);
        }
        self.whole.counted = Some((label.clone(), filter.clone()));
        let of_job = filter.clone();
        let job = Job::task(&format!("Classes of {}", table.table), move |context: &JobContext| {
            let is_cancelled = || context.is_cancelled();
            context.targets(&table, &is_cancelled)?.class_counts(&of_job, &is_cancelled)
        });
        self.whole.counting =
            self.submit_then(job, move |app: &mut Self, counts: Result<Vec<(String, u64)>, String>| {
                // Where they can't be counted, those in view are shown.
                app.document.whole =
                    counts.ok().map(|classes| WholeTable { of: label, filter, classes: classes.into() });
            });
    }

    /// Reads a page of the table on the map.
    pub(super) fn want_page(&mut self, want: PageWant) {
        if let Some(older) = self.whole.paging.take() {
            self.jobs.cancel(older);
            self.forget_task(older);
        }
        let Some((_, table)) = self.large_table().filter(|(label, _)| *label == want.of) else {
            self.panels.table.forget_page();
            return;
        };
        let asked = want.clone();
        let job = Job::task(&format!("Rows of {}", table.table), move |context: &JobContext| {
            let is_cancelled = || context.is_cancelled();
            let PageWant { filter, sort, after, .. } = &asked;
            let targets = context.targets(&table, &is_cancelled)?;
            targets.page((filter, sort.as_ref()), after.as_ref(), PAGE_ROWS, &is_cancelled).map(Arc::new)
        });
        self.whole.paging = self.submit_then(job, move |app: &mut Self, page: Result<Arc<TargetPage>, String>| {
            app.panels.table.receive_page(want, page);
        });
    }

    /// Flies to a row of the table, which is selected once it is in view.
    pub(super) fn go_to_key(&mut self, key: Option<String>, position: LonLat) {
        let zoom = self.panels.map.viewport().zoom.max(super::apply::TARGET_ZOOM);
        let (lon_deg, lat_deg) = (position.lon_deg(), position.lat_deg());
        self.commands.push(Command::FlyTo(MapPosition { lon_deg, lat_deg, zoom }));
        self.whole.wanted_key = key;
        self.select_wanted_key();
    }

    /// Selects the row that was gone to, if it is there.
    pub(super) fn select_wanted_key(&mut self) {
        let Some(key) = &self.whole.wanted_key else { return };
        if let Some(id) = self.document.targets.with_key(key) {
            self.whole.wanted_key = None;
            self.document.select(SelectMode::Replace, &[id]);
        }
    }
}
