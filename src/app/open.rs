//! Opening and closing folders and files, and where the map stands afterwards.

use super::CogscopeApp;
use crate::document::{Document, NoticeLevel, Project, ProjectName, is_project_path};
use crate::jobs::Job;
use std::path::{Path, PathBuf};

impl CogscopeApp {
    /// Scans folders and files; what was open stays.
    pub(super) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        let (mut projects, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|path| is_project_path(path));
        if let Some(project) = projects.pop() {
            self.open_project(project, paths);
            return;
        }
        // Absolute, so that they mean the same after a restart from another folder.
        let paths: Vec<PathBuf> = paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect();
        if self.document.imagery.catalog.is_empty() {
            self.fits_while_opening = true;
            self.panels.map.forget_hand();
        }
        for path in &paths {
            self.document.settings.remember(path);
            if !self.document.project.sources.contains(path) {
                self.document.project.sources.push(path.clone());
            }
        }
        self.scan(paths);
        self.save_settings();
    }

    pub(super) fn scan(&mut self, paths: Vec<PathBuf>) {
        self.view_complete = false;
        let scan = self.submit(Job::Scan { paths });
        self.scans.extend(scan);
        self.document.activity.scans = self.scans.len();
    }

    /// Closes everything; how things looked and what was asked stays.
    pub(super) fn close_all(&mut self) {
        let project = self.project_now();
        let plots = project.plots.clone();
        self.document.name = ProjectName::default();
        self.forget_document(Project { plots, ..project.for_other_sources() });
        self.forget_project();
    }

    /// Forgets everything but settings, notices, plots, the project's name and what the program tells of itself; from now on, the document has this project.
    pub(super) fn forget_document(&mut self, project: Project) {
        // What a scan has found meanwhile is not wanted any more.
        for scan in self.scans.drain() {
            self.jobs.cancel(scan);
        }
        let Document { settings, notices, plots, name, about, missing_recent, .. } = std::mem::take(&mut self.document);
        self.document =
            Document { project, name, settings, plots, about, missing_recent, notices, ..Document::default() };
        self.document.plots.forget_made();
        self.panels.map.clear_tiles();
        self.panels.map.set_frame(self.document.imagery.frame());
        self.panels.library.forget_thumbnails();
        self.forget_told();
    }

    /// Forgets what lies in a folder and below it.
    pub(super) fn close_folder(&mut self, folder: &Path) {
        let document = &mut self.document;
        document.imagery.catalog.remove_folder(folder);
        document.project.sources.retain(|source| !source.starts_with(folder));
        if document.imagery.own_map.as_ref().is_some_and(|own| document.imagery.catalog.entry(own.entry).is_none()) {
            document.imagery.set_own_map(None);
            self.panels.map.set_frame(document.imagery.frame());
        }
        let chosen = document.imagery.chosen;
        document.imagery.chosen = chosen.filter(|id| document.imagery.catalog.entry(*id).is_some());
    }

    /// While files stream in and the user has not moved the map, it shows where most of them are.
    pub(super) fn fit_while_opening(&mut self, changed: bool) {
        if !self.fits_while_opening {
            return;
        }
        if self.panels.map.was_moved_by_hand() {
            self.fits_while_opening = false;
            return;
        }
        if changed && let Some(bounds) = self.document.imagery.home_bounds() {
            self.panels.map.fit_at_once(bounds);
        }
        let catalog = &self.document.imagery.catalog;
        self.fits_while_opening = catalog.is_empty() || self.document.activity.scans > 0;
        if !self.fits_while_opening && catalog.bounds_mercator().is_none() {
            // Nothing of it lies on the usual map.
            let first = catalog.entries().first().copied();
            self.show_in_own_system(first);
        }
    }

    /// Flies to where everything that is open is shown.
    pub(super) fn fit_all(&mut self) {
        if let Some(own) = &self.document.imagery.own_map {
            self.panels.map.fly_to_bounds(&own.bounds);
        } else if let Some(bounds) = self.document.imagery.catalog.bounds_mercator() {
            self.panels.map.fly_to_bounds(&bounds);
        } else {
            let text = "There is nothing to show: open a folder of images first";
            self.document.notices.add(NoticeLevel::Info, text, None);
        }
    }
}
