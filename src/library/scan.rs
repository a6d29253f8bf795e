//! Finds and opens the images of folders, several at a time, and tells of each as soon as it is known.
//!
//! Only directories of files are read, no pixels. Names that start with a dot are skipped. A folder is listed once, however many
//! links lead to it, so that loops end.

mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{ParallelBridge, ParallelIterator};

use self::walk::{Found, Walk};
use super::{Failed, Image, ImageIds};

pub use walk::{is_image_path, is_targets_path};

/// What a scan has come across.
#[derive(Debug)]
pub enum ScanEvent {
    /// An image was opened.
    Image(Box<Image>),
    /// A file that should be an image could not be opened, or a folder could not be listed.
    Failed(Failed),
    /// A file that may hold targets.
    TargetsFile(PathBuf),
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanSummary {
    /// Images opened.
    pub opened: usize,
    /// Files and folders that failed.
    pub failed: usize,
    /// Files that may hold targets.
    pub targets_files: usize,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// More threads than cores, for they mostly wait for a disk or a network share.
const THREADS: usize = 8;

/// Looks through folders (with all that is below them) and files. A file that is named here is opened whatever it is called.
///
/// `tell` is called from several threads. `should_stop` is asked before each file.
pub fn scan(
    paths: &[PathBuf],
    ids: &ImageIds,
    should_stop: &(dyn Fn() -> bool + Sync),
    tell: &(dyn Fn(ScanEvent) + Sync),
) -> ScanSummary {
    let (opened, failed, targets_files) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let handle = |found: Found| {
        let event = match found {
            Found::Image(path) => open(&path, ids),
            Found::Targets(path) => ScanEvent::TargetsFile(path),
            Found::Unreadable(failed) => ScanEvent::Failed(failed),
        };
        let counter = match &event {
            ScanEvent::Image(_) => &opened,
            ScanEvent::Failed(_) => &failed,
            ScanEvent::TargetsFile(_) => &targets_files,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        tell(event);
    };
    let walk = Walk::new(paths).take_while(|_| !should_stop());
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(THREADS).thread_name(|n| format!("cogscope-scan-{n}")).build();
    match pool {
        Ok(pool) => pool.install(|| walk.par_bridge().for_each(handle)),
        Err(error) => {
            tracing::warn!(%error, "no threads for a scan; it goes on with the one it has");
            walk.for_each(handle);
        }
    }
    ScanSummary {
        opened: opened.into_inner(),
        failed: failed.into_inner(),
        targets_files: targets_files.into_inner(),
        stopped: should_stop(),
    }
}

/// Opens one file. A panic in the reader is that file's failure, not the end of the scan.
fn open(path: &Path, ids: &ImageIds) -> ScanEvent {
    let failed = |reason: String| ScanEvent::Failed(Failed { path: path.to_path_buf(), reason });
    match catch_unwind(AssertUnwindSafe(|| Image::open(ids.next(), path))) {
        Ok(Ok(image)) => ScanEvent::Image(Box::new(image)),
        Ok(Err(error)) => failed(error.to_string()),
        Err(_) => {
            failed("reading its description failed in a way that was not foreseen; the log says where".to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
