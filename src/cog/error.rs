//! What can go wrong with a TIFF file, said so that a user knows which file, where in it, and why.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Failure to open, describe or read an image. Cheap to clone, so that one failed read can answer all who waited for it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CogError {
    /// The system refused to open or to read the file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file that was read.
        path: PathBuf,
        /// What the system said.
        source: Arc<std::io::Error>,
    },
    /// The file does not start as a TIFF file does.
    #[error("{}: not a TIFF file: {reason}", path.display())]
    NotTiff {
        /// The file that was read.
        path: PathBuf,
        /// What was found instead.
        reason: String,
    },
    /// The file is a TIFF file, but what it says contradicts itself or the format.
    #[error("{}: damaged TIFF file: {reason}", path.display())]
    Malformed {
        /// The file that was read.
        path: PathBuf,
        /// What is wrong and where: the directory, the tag, the offset.
        reason: String,
    },
    /// The file is sound, but uses something that is not supported.
    #[error("{}: not supported: {reason}", path.display())]
    Unsupported {
        /// The file that was read.
        path: PathBuf,
        /// What it uses.
        reason: String,
    },
    /// Reading it would take more memory than one image may have.
    #[error("{}: {what} needs {needed} bytes; at most {allowed} are allowed", path.display())]
    TooLarge {
        /// The file that was read.
        path: PathBuf,
        /// What would have been allocated.
        what: String,
        /// Bytes that it would take.
        needed: u64,
        /// Bytes that are allowed.
        allowed: u64,
    },
    /// One block (tile or strip) can't be read or decoded.
    #[error("{}: level {level}, block {block}: {reason}", path.display())]
    Block {
        /// The file that holds the block.
        path: PathBuf,
        /// Pyramid level, 0 is the full resolution.
        level: usize,
        /// Index of the block in the level's offset array.
        block: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The caller asked for something that the image does not have.
    #[error("{}: {reason}", path.display())]
    Request {
        /// The file that was asked.
        path: PathBuf,
        /// What was asked and what there is.
        reason: String,
    },
    /// Nobody wants it any more: the [`CancelToken`](super::CancelToken) of the reader's cache was cancelled.
    #[error("{}: reading was given up", path.display())]
    Cancelled {
        /// The file that was being read.
        path: PathBuf,
    },
}

impl CogError {
    /// The file at fault.
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::NotTiff { path, .. }
            | Self::Malformed { path, .. }
            | Self::Unsupported { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Block { path, .. }
            | Self::Request { path, .. }
            | Self::Cancelled { path } => path,
        }
    }

    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), source: Arc::new(source) }
    }

    pub(crate) fn not_tiff(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotTiff { path: path.to_path_buf(), reason: reason.into() }
    }

    pub(crate) fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_path_buf(), reason: reason.into() }
    }

    pub(crate) fn unsupported(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unsupported { path: path.to_path_buf(), reason: reason.into() }
    }
}
