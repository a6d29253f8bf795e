//! Opening and closing folders and files, and where the map stands afterwards.

use super::CogscopeApp;
use crate::document::{Document, NoticeLevel, Project};
use crate::jobs::Job;
use std::path::{Path, PathBuf};

impl CogscopeApp {
    /// Scans folders and files; what was open stays.
    pub(super) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
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
        self.view_complete = false;
        let scan = self.submit(Job::Scan { paths });
        self.scans.extend(scan);
        self.save_settings();
    }

    /// Forgets everything but settings and notices.
    pub(super) fn close_all(&mut self) {
        // What a scan has found meanwhile is not wanted any more.
        for scan in self.scans.drain() {
            self.jobs.cancel(scan);
        }
        let Document { settings, notices, project, plots, .. } = std::mem::take(&mut self.document);
        let project = Project {
            styles: project.styles,
            class_colors: project.class_colors,
            plots: project.plots,
            queries: project.queries,
            ..Project::default()
        };
        self.document = Document { project, settings, plots, notices, ..Document::default() };
        self.document.plots.forget_made();
        self.panels.map.clear_tiles();
        self.panels.library.forget_thumbnails();
        self.forget_told();
    }

    /// Forgets what lies in a folder and below it.
    pub(super) fn close_folder(&mut self, folder: &Path) {
        let document = &mut self.document;
        document.imagery.catalog.remove_folder(folder);
        document.project.sources.retain(|source| !source.starts_with(folder));
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
    }

    /// Flies to where everything that is open is shown.
    pub(super) fn fit_all(&mut self) {
        if let Some(bounds) = self.document.imagery.catalog.bounds_mercator() {
            self.panels.map.fly_to_bounds(&bounds);
        } else {
            let text = "There is nothing to show: open a folder of images first";
            self.document.notices.add(NoticeLevel::Info, text, None);
        }
    }
}
