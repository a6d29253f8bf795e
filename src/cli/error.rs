//! Failures as the user reads them: which file, what is wrong, what to do.

use std::io::ErrorKind;
use std::path::PathBuf;

use thiserror::Error;

use crate::cog::CogError;

/// Why a subcommand failed. The message is one line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CliError {
    /// An image can't be read.
    #[error("{source}; {}", advice(.source))]
    Image {
        /// What the reader said; it names the file.
        #[from]
        source: CogError,
    },
    /// A folder can't be listed, or a file can't be written.
    #[error("{}: {source}; check the path and its permissions", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no image in a folder.
    #[error("{}: there is no TIFF file in this folder; give a file or another folder", path.display())]
    NoImages {
        /// The folder.
        path: PathBuf,
    },
    /// The position asked for isn't in the image.
    #[error("{}: {position} is outside the image; {hint}", path.display())]
    Outside {
        /// The image.
        path: PathBuf,
        /// The position as given.
        position: String,
        /// Where the image is.
        hint: String,
    },
    /// The image has no position, or none that can be used.
    #[error("{}: {reason}; use --pixel COL,ROW", path.display())]
    NoPosition {
        /// The image.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// Several files were asked for, and some failed; each has been told by itself.
    #[error("{failed} of {total} files failed")]
    Several {
        /// Files that failed.
        failed: usize,
        /// Files in all.
        total: usize,
    },
    /// Standard output can't be written to.
    #[error("standard output: {source}")]
    Output {
        /// What the system said.
        #[from]
        source: std::io::Error,
    },
}

impl CliError {
    /// The message in one line, whatever line breaks names of files or reasons have.
    pub fn one_line(&self) -> String {
        self.to_string()
            .split(['\n', '\r'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether it only says that nobody reads the output any more.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output { source } if source.kind() == ErrorKind::BrokenPipe)
    }
}

/// What the user can do about an image that can't be read.
fn advice(error: &CogError) -> &'static str {
    match error {
        CogError::Io { source, .. } => match source.kind() {
            ErrorKind::NotFound => "check the path",
            ErrorKind::PermissionDenied => "check the file's permissions",
            ErrorKind::IsADirectory => "give a file in this folder",
            _ => "check that the disk or the share is there",
        },
        CogError::NotTiff { .. } => "give a TIFF file",
        CogError::Malformed { .. } | CogError::Block { .. } => "the file may be cut off or damaged: fetch it again",
        CogError::Unsupported { .. } => "convert the file to a usual kind of GeoTIFF",
        CogError::TooLarge { .. } => "ask for less at a time",
        CogError::Request { .. } => "ask for something that the image has",
    }
}
