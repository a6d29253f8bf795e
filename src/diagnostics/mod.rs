//! What is kept for the case that something goes wrong: the log and its files, reports of crashes. All of it stays on this
//! computer. Nothing here knows of images or windows.
//!
//! Secrets (passwords, tokens, connection settings) are taken out of every line before it is written anywhere; see [`redact`].

mod crash;
mod log_file;
mod recent;
mod redact;
mod subscriber;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use crash::{CrashReport, PanicFacts, unseen_crashes};
pub use log_file::{LOG_FILES, LogFile, MOST_LOG_BYTES};
pub use redact::redact;

use self::recent::Recent;

/// Reports that one process writes at most: a defect that shows with every tile is told a few times, not a thousand times.
const MOST_REPORTS: usize = 5;

/// The log and the reports of one run of the program. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    folder: Option<PathBuf>,
    recent: Recent,
    log: Mutex<Option<LogFile>>,
    graphics: Mutex<String>,
    reports: AtomicUsize,
    last_report: Mutex<Option<PathBuf>>,
}

impl Diagnostics {
    /// Keeps the log in `folder`. The second value says why it can't be written, if so; then the program goes on without.
    pub fn in_folder(folder: &Path) -> (Self, Option<String>) {
        let (log, complaint) = match LogFile::open(folder, MOST_LOG_BYTES) {
            Ok(log) => (Some(log), None),
            Err(error) => (None, Some(format!("The log can't be written in {}: {error}", folder.display()))),
        };
        let inner = Inner { folder: Some(folder.to_owned()), log: Mutex::new(log), ..Inner::default() };
        (Self { inner: Arc::new(inner) }, complaint)
    }

    /// The folder of the log and the reports; `None` where none is kept.
    pub fn folder(&self) -> Option<&Path> {
        self.inner.folder.as_deref()
    }

    /// Says what draws the window, for reports.
    pub fn set_graphics(&self, graphics: &str) {
        graphics.clone_into(&mut self.inner.graphics.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The report that was written last in this run.
    pub fn last_report(&self) -> Option<PathBuf> {
        self.inner.last_report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines of the log, without secrets, the oldest first.
    pub fn recent_lines(&self) -> Vec<String> {
        self.inner.recent.lines()
    }

    /// Takes a line of the log in: without secrets, into the file and into what reports quote.
    fn write_line(&self, line: &str) {
        let line = redact(line);
        self.inner.recent.push(&line);
        if let Some(log) = self.inner.log.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            log.write(line.as_bytes());
        }
    }

    /// Writes a report of a panic. A crash ended the program and is offered at the next start; any other panic was caught.
    fn report(&self, panic: PanicFacts, is_crash: bool) {
        let Some(folder) = &self.inner.folder else { return };
        if self.inner.reports.fetch_add(1, Ordering::AcqRel) >= MOST_REPORTS {
            return;
        }
        let graphics = self.inner.graphics.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let report = CrashReport { is_crash, panic, graphics, recent: self.inner.recent.lines() };
        match report.write(folder) {
            Ok(path) => *self.inner.last_report.lock().unwrap_or_else(PoisonError::into_inner) = Some(path),
            Err(error) => tracing::warn!(%error, "the report could not be written"),
        }
    }
}
