//! Failures as the user reads them: which file, what is wrong, what to do.

use std::io::ErrorKind;
use std::path::PathBuf;

use thiserror::Error;

use crate::cog::CogError;
use crate::convert::{ConvertError, WriteError};
use crate::db::QueryError;
use crate::geo::CrsError;
use crate::library::LibraryError;
use crate::render::{EncodeError, StyleError};
use crate::serve::ServeError;
use crate::warp::WarpError;

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
    /// An image, a scene or a mosaic can't be read into a picture.
    #[error("{source}; see cogscope info for where the image lies and its bands")]
    Source {
        /// What the library said; it names the file.
        source: LibraryError,
    },
    /// A folder can't be listed, or a file can't be written.
    #[error("{}: {source}; check the path and its permissions", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What is to be written is one of the files that are read.
    #[error("{}: this is one of the images that are read; give another name for the output", path.display())]
    OutputIsInput {
        /// The file.
        path: PathBuf,
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
    /// The style doesn't suit the image.
    #[error("{}: {source}; see cogscope info for its bands", path.display())]
    Style {
        /// The image.
        path: PathBuf,
        /// What is wrong.
        source: StyleError,
    },
    /// A part of the style can't be understood.
    #[error("{argument}: {reason}")]
    StyleArgument {
        /// The argument.
        argument: &'static str,
        /// What is wrong and what is possible.
        reason: String,
    },
    /// A reference system can't be used.
    #[error("{source}; give another one with --crs")]
    Crs {
        /// What is wrong.
        #[from]
        source: CrsError,
    },
    /// The result can't be written.
    #[error("{}: {source}; write another size or kind of file", path.display())]
    Encode {
        /// The file to be written.
        path: PathBuf,
        /// What is wrong.
        source: EncodeError,
    },
    /// An image can't be converted.
    #[error("{source}{}", conversion_advice(.source))]
    Convert {
        /// What is wrong; it names the file.
        source: ConvertError,
    },
    /// The ending of the output's name is none that is known.
    #[error("{}: the name has to end in .png (a picture), .npy or .tif (values)", path.display())]
    OutputKind {
        /// The file to be written.
        path: PathBuf,
    },
    /// The picture asked for is too large.
    #[error("{width} x {height} pixels are too many to be made at a time; give a smaller --size")]
    TooManyPixels {
        /// Columns asked for.
        width: u32,
        /// Rows asked for.
        height: u32,
    },
    /// A report can't be made or written.
    #[error("{}: {reason}", path.display())]
    Report {
        /// The template or the output.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The endpoint can't be started.
    #[error(transparent)]
    Serve {
        /// What is wrong.
        #[from]
        source: ServeError,
    },
    /// A store can't be opened or asked.
    #[error(transparent)]
    Query {
        /// What is wrong.
        #[from]
        source: QueryError,
    },
    /// No valid pixel, or no such level, to count.
    #[error("{}: there is no level {level}: it has {levels} (0 is full resolution)", path.display())]
    NoLevel {
        /// The image.
        path: PathBuf,
        /// The level asked for.
        level: usize,
        /// How many there are.
        levels: usize,
    },
    /// Several files were asked for, and some failed; each has been told by itself.
    #[error("{failed} of {total} files failed")]
    Several {
        /// Files that failed.
        failed: usize,
        /// Files in all.
        total: usize,
    },
    /// A question has no answer, or a store can't be opened.
    #[error("{message}")]
    Question {
        /// What is wrong, with its place in the SQL.
        message: String,
    },
    /// Targets can't be written into such a file.
    #[error("{}: targets are imported into a PostgreSQL database or a .gpkg file; give one with --db", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// Nobody said which store.
    #[error("which database? give --db with a URL or a file, or set PGHOST or PGSERVICE")]
    NoStore,
    /// Standard output can't be written to.
    #[error("standard output: {source}")]
    Output {
        /// What the system said.
        #[from]
        source: std::io::Error,
    },
}

impl From<LibraryError> for CliError {
    fn from(source: LibraryError) -> Self {
        match source {
            LibraryError::Cog(source) | LibraryError::Warp(WarpError::Read(source)) => Self::Image { source },
            source => Self::Source { source },
        }
    }
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

/// What the user can do about an image that can't be converted; empty where the message says it itself.
fn conversion_advice(error: &ConvertError) -> &'static str {
    match error {
        ConvertError::Exists { .. } => "; give another name, or --overwrite to replace it",
        ConvertError::Same { .. } => "; give another name",
        ConvertError::SideFile { .. } => "; remove it, or give another name",
        ConvertError::Write(WriteError::Io { source, .. }) => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                "; free some space (up to twice the new file's size is needed), or write to another disk"
            }
            ErrorKind::NotFound => "; there is no such folder: create it first, or check the path",
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "; check the permissions of the folder",
            ErrorKind::IsADirectory => "; give the name of a file",
            _ => "; check the path, and that the disk or the share is there",
        },
        _ => "",
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
        CogError::Cancelled { .. } => "ask again",
    }
}
