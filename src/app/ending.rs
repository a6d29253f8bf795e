//! The system's wish that the program ends (SIGTERM, the end of the session): the window closes as if its user had closed it, with the
//! session kept. A window that doesn't answer is ended all the same.

use super::CogscopeApp;
use crate::signals::on_end_request;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the window may take to keep what is open.
const PATIENCE: Duration = Duration::from_secs(5);
/// Exit status of a process that was told to end.
const TOLD_TO_END: i32 = 143;

/// The wish, once there is one. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    is_asked: AtomicBool,
    window: Mutex<Option<egui::Context>>,
    marker: Mutex<Option<PathBuf>>,
}

impl Ending {
    /// Listens for the wish for as long as the process lives.
    pub(super) fn listen(&self) {
        let this = self.clone();
        if let Err(error) = on_end_request(move || this.ask()) {
            tracing::warn!(%error, "a wish of the system that the program ends is not heard");
        }
    }

    /// Whether there is one.
    pub(super) fn is_asked(&self) -> bool {
        self.inner.is_asked.load(Ordering::Acquire)
    }

    /// This window is to be closed then.
    pub(super) fn closes(&self, window: &egui::Context) {
        *self.inner.window.lock().unwrap_or_else(PoisonError::into_inner) = Some(window.clone());
    }

    /// This file says that a start is under way. To be told to end is no crash: it goes then.
    pub(super) fn removes(&self, marker: Option<&Path>) {
        *self.inner.marker.lock().unwrap_or_else(PoisonError::into_inner) = marker.map(Path::to_owned);
    }

    fn ask(&self) {
        let was_asked = self.inner.is_asked.swap(true, Ordering::AcqRel);
        tracing::info!("told to end");
        if let Some(marker) = self.inner.marker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // One that stays behind is taken for a crash; the next start draws by something else.
            let _ = std::fs::remove_file(marker);
        }
        let window = self.inner.window.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(window) = window.filter(|_| !was_asked) else { end(TOLD_TO_END) };
        window.request_repaint();
        let late = || {
            std::thread::sleep(PATIENCE);
            tracing::warn!("the window does not answer");
            end(TOLD_TO_END)
        };
        if std::thread::Builder::new().name("late-end".to_owned()).spawn(late).is_err() {
            end(TOLD_TO_END);
        }
    }
}

impl CogscopeApp {
    /// Closes the window when the system wants so. What would be asked about otherwise is kept with the session.
    pub(super) fn follow_ending(&mut self) {
        if self.ending.is_asked() {
            self.quit_unasked();
        }
    }
}

/// Ends the process from a thread that is not the window's.
#[expect(clippy::disallowed_methods, reason = "the window's own thread may hang in a driver and never return")]
pub(super) fn end(status: i32) -> ! {
    std::process::exit(status)
}
