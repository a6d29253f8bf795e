//! What can be wrong with a raster that is put together from parts.

/// Why a raster can't be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    /// A side of the raster is zero.
    #[error("a raster of {width} x {height} pixels has no pixels")]
    Empty {
        /// Columns asked for.
        width: u32,
        /// Rows asked for.
        height: u32,
    },
    /// A plane or the mask holds another number of samples than the raster has pixels.
    #[error("{what} has {found} samples instead of {expected}")]
    Length {
        /// Which plane: `band 1`, `mask`.
        what: String,
        /// Samples that are there.
        found: usize,
        /// Samples that a raster of this size has.
        expected: usize,
    },
}
