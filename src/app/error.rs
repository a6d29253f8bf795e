//! Why there is no window.

use std::path::PathBuf;

/// What can keep the window from opening or its picture from being written, or end it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No graphics interface worked.
    #[error("no window could be opened ({tried}); check the graphics driver and DISPLAY, or try --renderer{}", log_hint(.log.as_ref()))]
    NoWindow {
        /// Each interface that was tried with what it said.
        tried: String,
        /// The log.
        log: Option<PathBuf>,
    },
    /// The window was there, but nothing could be drawn on it.
    #[error("no frame reached the screen")]
    NothingShown,
    /// A defect of the window itself.
    #[error("cogscope ended because of a defect: {message}{}", report_hint(.report.as_ref()))]
    Crashed {
        /// What the panic said.
        message: String,
        /// The report.
        report: Option<PathBuf>,
    },
    /// The picture of the window could not be written.
    #[error("{path}: the screenshot could not be written: {reason}")]
    Screenshot {
        /// The PNG file.
        path: PathBuf,
        /// What was wrong.
        reason: String,
    },
}

fn log_hint(log: Option<&PathBuf>) -> String {
    log.map(|path| format!("; the log is {}", path.display())).unwrap_or_default()
}

fn report_hint(report: Option<&PathBuf>) -> String {
    report.map(|path| format!("; a report is in {}", path.display())).unwrap_or_default()
}
