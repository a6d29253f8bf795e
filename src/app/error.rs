//! Why there is no window.

use std::path::PathBuf;

/// What can keep the window from opening or its picture from being written.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No graphics interface worked.
    #[error("no window could be opened ({tried}); try --renderer glow, or check the graphics driver and DISPLAY")]
    NoWindow {
        /// Each interface that was tried with what it said.
        tried: String,
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
