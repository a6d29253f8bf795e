//! What can go wrong while a file is written.

use std::path::{Path, PathBuf};

/// Failure to write a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// An encoder refused a block.
    #[error("{codec} encoder: {reason}")]
    Codec {
        /// Name of the compression.
        codec: &'static str,
        /// What it says.
        reason: String,
    },
    /// The system refused to write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file that was written.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A block has more bytes than a file can tell.
    #[error("a block of {bytes} bytes is too large; give a smaller block size")]
    BlockTooLarge {
        /// Bytes of the block.
        bytes: usize,
    },
}

impl WriteError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), source }
    }
}
