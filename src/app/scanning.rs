//! Scans of what is open: which are under way, what they have come across, and what of the catalog has gone when they end.

use super::CogscopeApp;
use crate::document::{Imagery, NoticeLevel, OwnMap};
use crate::jobs::{Job, JobId};
use crate::library::Failed;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};

/// Scans that are under way; of others nothing is taken any more.
#[derive(Default)]
pub(super) struct Scans {
    under_way: FxHashMap<JobId, Scan>,
    /// What gets back in the end what it was.
    again: Option<Again>,
}

/// What is told of entries by their numbers, and files that are read again have new ones.
struct Again {
    chosen: Option<PathBuf>,
    own_map: Option<PathBuf>,
}

#[derive(Default)]
struct Scan {
    paths: Vec<PathBuf>,
    found: FxHashSet<PathBuf>,
    unreadable: Vec<PathBuf>,
}

impl Scans {
    pub(super) fn has(&self, job: JobId) -> bool {
        self.under_way.contains_key(&job)
    }

    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    /// A scan has opened an image.
    pub(super) fn found(&mut self, job: JobId, path: &Path) {
        if let Some(scan) = self.under_way.get_mut(&job) {
            scan.found.insert(path.to_owned());
        }
    }
}

impl CogscopeApp {
    pub(super) fn scan(&mut self, paths: Vec<PathBuf>) {
        self.view_complete = false;
        if let Some(job) = self.submit(Job::Scan { paths: paths.clone() }) {
            self.scans.under_way.insert(job, Scan { paths, ..Scan::default() });
        }
        self.document.activity.scans = self.scans.len();
    }

    /// Reads a folder or file anew, or all that is open: what changed, what has gone, what has come back.
    pub(super) fn read_again(&mut self, path: Option<PathBuf>) {
        let paths = path.map_or_else(|| self.document.project.sources.clone(), |path| vec![path]);
        if paths.is_empty() {
            self.document.notices.add(NoticeLevel::Info, "There is nothing to be read again: nothing is open", None);
            return;
        }
        let document = &mut self.document;
        document.project.entries = document.imagery.saved_entries(&document.project.entries);
        paths.iter().for_each(|path| document.imagery.catalog.forget_failures(path));
        let chosen = document.imagery.chosen.and_then(|id| document.imagery.path_of(id));
        let own_map = document.imagery.own_map.as_ref().and_then(|own| document.imagery.path_of(own.entry));
        self.scans.again = Some(Again { chosen, own_map });
        self.scan(paths);
    }

    /// A scan could not read a file or list a folder.
    pub(super) fn take_failure(&mut self, job: JobId, failed: Failed) {
        if let Some(scan) = self.scans.under_way.get_mut(&job) {
            scan.unreadable.push(failed.path.clone());
            if scan.paths.contains(&failed.path) {
                // Somebody asked for this one.
                self.document.notices.add(NoticeLevel::Warning, failed.reason.clone(), Some(failed.path.clone()));
            }
        }
        self.document.imagery.catalog.add_failure(failed);
    }

    /// A scan has come to its end. If it was not stopped before, what it has not found is not there any more.
    pub(super) fn finish_scan(&mut self, job: JobId, was_stopped: bool) {
        let Some(scan) = self.scans.under_way.remove(&job) else { return };
        let catalog = &mut self.document.imagery.catalog;
        if !was_stopped {
            scan.paths.iter().for_each(|path| catalog.remove_missing(path, &scan.found, &scan.unreadable));
        }
        if self.scans.under_way.is_empty() {
            if let Some(again) = self.scans.again.take() {
                self.restore_after_reading(&again);
            }
            self.restore_what_waits();
            self.leave_what_is_gone();
        }
        self.document.activity.scans = self.scans.len();
    }

    fn restore_after_reading(&mut self, again: &Again) {
        let imagery = &mut self.document.imagery;
        imagery.restore_entries(&self.document.project.entries);
        self.jobs.forget_closed();
        let entry_at = |imagery: &Imagery, path: &Option<PathBuf>| imagery.entry_at(path.as_deref()?);
        imagery.chosen = entry_at(imagery, &again.chosen).or(imagery.chosen);
        let own = entry_at(imagery, &again.own_map).and_then(|id| OwnMap::of(&imagery.catalog.entry(id)?));
        if own.is_some() {
            imagery.set_own_map(own);
            self.panels.map.set_frame(self.document.imagery.frame());
        }
    }

    /// A scan that ran into a defect never says that it has finished.
    pub(super) fn forget_scans(&mut self) {
        self.scans.under_way.clear();
    }

    /// What the scans find from now on is not wanted any more.
    pub(super) fn cancel_scans(&mut self) {
        for (scan, _) in self.scans.under_way.drain() {
            self.jobs.cancel(scan);
        }
    }
}
