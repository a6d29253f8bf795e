//! Pictures and values as files in memory: PNG, NPY, `GeoTIFF`.

mod geotiff;
mod npy;
mod png;

use thiserror::Error;

pub use self::geotiff::{Placement, geotiff_picture, geotiff_values};
pub use self::npy::npy;
pub use self::png::png;

/// Why something can't be encoded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The PNG encoder refused.
    #[error("no PNG can be made of a picture of {width} x {height} pixels: {reason}")]
    Png {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What it said.
        reason: String,
    },
    /// The TIFF encoder refused.
    #[error("no GeoTIFF can be made of {width} x {height} pixels: {reason}")]
    GeoTiff {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What it said.
        reason: String,
    },
}
