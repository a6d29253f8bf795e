//! Pictures and values as files in memory: PNG, JPEG, WebP, NPY, `GeoTIFF`.

mod geotiff;
mod jpeg;
mod npy;
mod png;
mod png_indexed;
mod webp;

use thiserror::Error;

pub use self::geotiff::{Placement, geotiff_picture, geotiff_values};
pub use self::jpeg::jpeg;
pub use self::npy::npy;
pub use self::png::png;
pub use self::png_indexed::png_indexed;
pub use self::webp::webp;

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
    /// The JPEG encoder refused.
    #[error("no JPEG can be made of a picture of {width} x {height} pixels: {reason}")]
    Jpeg {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What it said.
        reason: String,
    },
    /// The WebP encoder refused.
    #[error("no WebP can be made of a picture of {width} x {height} pixels: {reason}")]
    WebP {
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
