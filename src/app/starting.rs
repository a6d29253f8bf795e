//! The start of the window: what draws it and whether that is remembered, and crashes of earlier runs.

use super::graphics::{Course, Start};
use super::{AppError, CogscopeApp};
use crate::diagnostics::unseen_crashes;
use crate::document::CrashNote;
use crate::jobs::Job;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::PoisonError;

/// More than any report has.
const MOST_REPORT_BYTES: u64 = 1 << 20;

impl CogscopeApp {
    /// Watches how the start goes, which is remembered.
    pub(super) fn watch_start(&mut self, start: Start, graphics: String) {
        self.start = Some(start);
        self.document.about.graphics = graphics;
    }

    pub(super) fn follow_start(&mut self, ctx: &egui::Context) {
        let Some(start) = &self.start else { return };
        match start.course(self.frames) {
            Course::Wait(time) => ctx.request_repaint_after(time),
            Course::Good => self.end_start(),
            Course::NothingShown => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(AppError::NothingShown);
                self.end_start();
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
    }

    /// The start is over, for good or bad, and known to be: it leaves no trace of a crash.
    pub(super) fn end_start(&mut self) {
        let Some(start) = self.start.take() else { return };
        if start.was_shown() {
            self.document.settings.graphics.works(start.link(), start.drawn_by());
        } else if !self.ending.is_asked() {
            for renderer in [start.link(), start.drawn_by()] {
                self.document.settings.graphics.crashed(renderer);
            }
        }
        self.save_settings();
        start.end();
    }

    /// Looks for reports of crashes that the user has not been told of.
    pub(super) fn look_for_crashes(&mut self) {
        let Some(folder) = self.document.about.log_folder.clone() else { return };
        let seen = self.document.settings.crash_seen.clone();
        let job = Job::quick("Looking for reports", move |_| newest_crash(&folder, seen.as_deref()));
        self.submit_then(job, |app, found: Result<Option<CrashNote>, String>| match found {
            Ok(note) => app.document.about.crash = note,
            Err(error) => tracing::warn!(error, "a report of a crash could not be read"),
        });
    }

    /// The user has seen the report.
    pub(super) fn dismiss_crash(&mut self) {
        let Some(note) = self.document.about.crash.take() else { return };
        self.document.settings.crash_seen = note.path.file_name().map(|name| name.to_string_lossy().into_owned());
        self.save_settings();
    }
}

fn newest_crash(folder: &Path, seen: Option<&str>) -> io::Result<Option<CrashNote>> {
    let Some(path) = unseen_crashes(folder, seen).into_iter().next() else { return Ok(None) };
    let mut bytes = Vec::new();
    std::fs::File::open(&path)?.take(MOST_REPORT_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(CrashNote { path, text: String::from_utf8_lossy(&bytes).into_owned() }))
}
