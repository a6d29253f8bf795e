//! Why a file can't be converted.

use std::path::PathBuf;

use crate::cog::CogError;
use crate::cog::write::WriteError;

/// Failure to convert a file. Nothing of the new file is left then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The source can't be read.
    #[error(transparent)]
    Read(#[from] CogError),
    /// The new file can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The source has something that the options can't hold.
    #[error("{}: {reason}", path.display())]
    Unsuitable {
        /// The source.
        path: PathBuf,
        /// What doesn't go together, and what does.
        reason: String,
    },
    /// The options contradict themselves.
    #[error("{0}")]
    Options(String),
    /// There is a file already.
    #[error("{}: there is such a file already", path.display())]
    Exists {
        /// The file to be written.
        path: PathBuf,
    },
    /// The new file would be the source.
    #[error("{}: a file can't be converted into itself", path.display())]
    Same {
        /// The file to be written.
        path: PathBuf,
    },
    /// A file beside the new one would be taken for a part of it.
    #[error("{}: this file of an earlier image would be taken for a part of the new one", side_file.display())]
    SideFile {
        /// The file in the way.
        side_file: PathBuf,
    },
    /// Whoever watched said to stop.
    #[error("{}: stopped before it was complete", path.display())]
    Cancelled {
        /// The file to be written.
        path: PathBuf,
    },
}
