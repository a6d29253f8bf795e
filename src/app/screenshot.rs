//! Writing the window to a PNG once everything visible has loaded, then closing it.

use super::{AppError, FailureSlot};
use crate::render::RgbaImage;
use egui::{ColorImage, Context, ViewportCommand};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Frames that must pass with nothing left to do, so that the last pictures are on the screen.
pub(super) const QUIET_FRAMES: u32 = 4;
/// After this long the picture is taken as it is.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// A picture to be taken.
pub struct Screenshot {
    path: PathBuf,
    since: Instant,
    quiet_frames: u32,
    taken: bool,
    failure: FailureSlot,
}

impl Screenshot {
    /// Will be written to `path`; what goes wrong is left in `failure`.
    pub fn new(path: PathBuf, failure: FailureSlot) -> Self {
        Self { path, since: Instant::now(), quiet_frames: 0, taken: false, failure }
    }

    /// Once a frame: `is_complete` says whether everything visible has loaded.
    pub fn advance(&mut self, ctx: &Context, is_complete: bool) {
        if self.taken {
            return;
        }
        ctx.request_repaint();
        self.quiet_frames = if is_complete { self.quiet_frames.saturating_add(1) } else { 0 };
        let late = self.since.elapsed() > PATIENCE;
        if self.quiet_frames < QUIET_FRAMES && !late {
            return;
        }
        if late {
            tracing::warn!("the screenshot is taken although not everything has loaded");
        }
        self.taken = true;
        let (path, failure, after) = (self.path.clone(), Arc::clone(&self.failure), ctx.clone());
        ctx.request_screenshot(move |image| {
            if let Err(reason) = picture(&image).and_then(|picture| write(&path, &picture)) {
                let mut slot = failure.lock().unwrap_or_else(PoisonError::into_inner);
                *slot = Some(AppError::Screenshot { path, reason });
            }
            after.send_viewport_cmd(ViewportCommand::Close);
        });
    }
}

fn picture(image: &ColorImage) -> Result<RgbaImage, String> {
    let [width, height] = image.size;
    let pixels = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    let (width, height) = (u32::try_from(width).map_err(too_large)?, u32::try_from(height).map_err(too_large)?);
    RgbaImage::new(width, height, pixels).map_err(|e| e.to_string())
}

/// Writes a picture of the window as PNG.
pub(super) fn write(path: &Path, picture: &RgbaImage) -> Result<(), String> {
    let bytes = crate::render::encode::png(picture).map_err(|e| e.to_string())?;
    crate::files::replace(path, &bytes).map_err(|e| e.to_string())
}

fn too_large(_: std::num::TryFromIntError) -> String {
    "the window is too large for a picture".to_owned()
}
