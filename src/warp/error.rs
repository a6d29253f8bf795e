//! What can go wrong between an image and a view of it.

use std::path::{Path, PathBuf};

use crate::cog::CogError;
use crate::geo::CrsError;

/// Why an image can't be read into a view.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WarpError {
    /// The file doesn't say where its pixels lie.
    #[error("{}: the file has no georeference, so it has no place on the map", path.display())]
    NoGeoreference {
        /// The image.
        path: PathBuf,
    },
    /// The file has coordinates, but not what they refer to.
    #[error("{}: the file has coordinates but no coordinate reference system", path.display())]
    NoCrs {
        /// The image.
        path: PathBuf,
    },
    /// What the file says of its place can't be used: pixels of no size, control points in a line.
    #[error("{}: the georeference can't be used: {reason}", path.display())]
    Georeference {
        /// The image.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The reference system of the image, or that of the view, can't be transformed.
    #[error("{}: {source}", path.display())]
    Crs {
        /// The image.
        path: PathBuf,
        /// Which system, and why.
        source: CrsError,
    },
    /// Blocks of the image can't be read.
    #[error(transparent)]
    Read(#[from] CogError),
}

impl WarpError {
    /// The file at fault.
    pub fn path(&self) -> &Path {
        match self {
            Self::NoGeoreference { path }
            | Self::NoCrs { path }
            | Self::Georeference { path, .. }
            | Self::Crs { path, .. } => path,
            Self::Read(error) => error.path(),
        }
    }
}
