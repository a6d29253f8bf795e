//! What can go wrong when a source is read.

use crate::cog::CogError;
use crate::raster::RasterError;
use crate::render::ExpressionError;
use crate::warp::WarpError;

/// Failure to read an image, a scene or a mosaic.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// A file could not be opened or decoded. The message names the file.
    #[error(transparent)]
    Cog(#[from] CogError),
    /// A file could not be brought into the view's grid. The message names the file.
    #[error(transparent)]
    Warp(#[from] WarpError),
    /// A band was asked for that the source does not have.
    #[error("{name} has no band {}: it has {count}", index.saturating_add(1))]
    NoSuchBand {
        /// The image or scene.
        name: String,
        /// The band asked for, counted from 0.
        index: usize,
        /// How many bands there are.
        count: usize,
    },
    /// No band at all was asked for.
    #[error("no band of {name} was asked for")]
    NoBands {
        /// The image or scene.
        name: String,
    },
    /// A calculation can't be understood.
    #[error("{0}")]
    Expression(#[from] ExpressionError),
    /// Members of a mosaic can't be laid together.
    #[error("{name} can't be part of one picture with the others: {reason}")]
    Unlike {
        /// The member.
        name: String,
        /// What differs.
        reason: String,
    },
    /// Nobody wants it any more.
    #[error("reading was stopped")]
    Stopped,
    /// What was read does not fit together: a defect in this program, not in a file.
    #[error("{name}: {source}")]
    Raster {
        /// The image or scene.
        name: String,
        /// Why.
        source: RasterError,
    },
}

impl LibraryError {
    /// Whether nothing is wrong: nobody wants it any more.
    pub fn is_stopped(&self) -> bool {
        let cancelled = |error: &CogError| matches!(error, CogError::Cancelled { .. });
        match self {
            Self::Stopped => true,
            Self::Cog(error) | Self::Warp(WarpError::Read(error)) => cancelled(error),
            _ => false,
        }
    }

    /// The file at fault, where one is.
    pub fn path(&self) -> Option<&std::path::Path> {
        match self {
            Self::Cog(error) => Some(error.path()),
            Self::Warp(error) => Some(error.path()),
            _ => None,
        }
    }
}
