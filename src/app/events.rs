//! Taking in what the jobs have done: the other place, beside commands, where the document changes.

use super::CogscopeApp;
use crate::document::{JobLine, NoticeLevel};
use crate::jobs::{Job, JobEvent, TileResult};
use crate::targets::{LoadOptions, TargetSet};
use std::time::Duration;

/// How long a frame may spend on events; the rest comes with the next frame.
const BUDGET: Duration = Duration::from_millis(4);

impl CogscopeApp {
    /// Takes events in for as long as the budget lasts.
    pub(super) fn take_events(&mut self) {
        for event in self.jobs.drain(BUDGET) {
            self.take_event(event);
        }
        if self.jobs.is_idle() {
            // A scan that ran into a defect never says that it has finished.
            self.scans.clear();
            self.forget_lost_tasks();
        }
        self.document.activity.scans = self.scans.len();
        self.document.activity.jobs = self
            .jobs
            .progress()
            .into_iter()
            .map(|job| JobLine { id: job.id.map(|id| id.0), label: job.label, done: job.done, total: job.total })
            .collect();
        let memory = self.jobs.memory();
        let textures = u64::try_from(self.panels.map.texture_bytes()).unwrap_or(u64::MAX);
        self.document.activity.memory_bytes = memory.blocks.saturating_add(memory.rasters).saturating_add(textures);
    }

    fn take_event(&mut self, event: JobEvent) {
        let Some(event) = self.take_report_event(event) else { return };
        match event {
            JobEvent::ImageOpened { job, .. }
            | JobEvent::ImageFailed { job, .. }
            | JobEvent::TargetsFileFound { job, .. }
                if !self.scans.contains(&job) => {}
            JobEvent::ImageOpened { image, .. } => {
                let entry = self.document.imagery.catalog.add_image(image);
                self.panels.library.forget_thumbnail(entry);
                if let Some(kind) = self.document.imagery.catalog.kind(entry).cloned() {
                    self.document.imagery.restore_style(&kind, &self.document.project.styles);
                }
            }
            JobEvent::ImageFailed { failed, .. } => self.document.imagery.catalog.add_failure(failed),
            JobEvent::TargetsFileFound { path, .. } => {
                self.submit(Job::LoadTargets { path, options: LoadOptions::default() });
            }
            JobEvent::ScanFinished { job, summary } => {
                self.scans.remove(&job);
                if self.scans.is_empty() {
                    self.restore_what_waits();
                }
                tracing::debug!(?summary, ms = self.started.elapsed().as_millis(), "scan_finished");
                if summary.opened == 0 && summary.failed == 0 && summary.targets_files == 0 {
                    let text = "There are no images or targets in what was opened";
                    self.document.notices.add(NoticeLevel::Warning, text, None);
                }
            }
            JobEvent::ThumbnailReady { entry, result } => self.panels.library.receive_thumbnail(entry, result),
            JobEvent::StatisticsReady { of, result, .. } => self.take_statistics(*of, result),
            JobEvent::TileReady { key, result } => {
                if let TileResult::Failed { reason } = &result {
                    tracing::debug!(?key, reason, "a tile failed");
                }
                self.panels.map.receive_tile(key, result);
            }
            JobEvent::ChipReady { key, result } => self.panels.chips.receive(key, result),
            JobEvent::FileFailed(failed) => {
                self.document.notices.add(NoticeLevel::Error, failed.reason, Some(failed.path));
            }
            JobEvent::PointReady { purpose, position, values, .. } => self.take_point(purpose, position, values),
            JobEvent::TargetsLoaded { path, result, .. } => match result {
                Ok(set) => {
                    for note in set.notes() {
                        self.document.notices.add(NoticeLevel::Info, note.clone(), Some(path.clone()));
                    }
                    if !set.set_aside().is_empty() {
                        let text = match set.set_aside().len() {
                            1 => format!("1 row is no target: {}", first_reason(&set)),
                            count => format!("{count} rows are no targets: {}", first_reason(&set)),
                        };
                        self.document.notices.add(NoticeLevel::Warning, text, Some(path.clone()));
                    }
                    self.follow_review();
                    let before = self.document.targets.set().cloned();
                    self.document.targets.add(path, set);
                    self.targets_changed(before.as_ref());
                }
                // Any CSV or GeoJSON may lie beside images; only a store that says it holds targets is an error.
                Err(reason) => self.document.notices.add(NoticeLevel::Warning, reason, Some(path)),
            },
            JobEvent::TaskFinished { job, label, result } => self.take_task(job, &label, result),
            JobEvent::ServerReached { result, .. } => self.take_server(result),
            JobEvent::TableDescribed { result, .. } => self.panels.connect.receive_table(result),
            JobEvent::TableLoaded { table, result, .. } => self.take_table(*table, result),
            // Whoever asks takes the answer; a question that nobody waits for any more has none.
            JobEvent::QueryAnswered { .. } | JobEvent::ScanStarted { .. } => {}
            JobEvent::Cancelled { job, label } => {
                if self.scans.remove(&job) && self.scans.is_empty() {
                    self.restore_what_waits();
                }
                self.forget_task(job);
                self.panels.import.receive_cancelled(job.0);
                self.document.notices.add(NoticeLevel::Info, format!("Cancelled: {label}"), None);
            }
            JobEvent::Panicked { label, message } => {
                let text = format!("{label}: a defect of this program ({message}); everything else goes on");
                // With the report of it, where one is kept.
                self.document.notices.add(NoticeLevel::Error, text, self.diagnostics.last_report());
            }
        }
    }
}

fn first_reason(set: &TargetSet) -> String {
    set.set_aside().first().map(|row| format!("line {}: {}", row.line, row.reason)).unwrap_or_default()
}
