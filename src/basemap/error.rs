//! What can be wrong with an asset of the base map.

use thiserror::Error;

/// An asset that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BasemapError {
    /// The first bytes are others.
    #[error("not an asset of the base map, or one of another version")]
    WrongFormat,
    /// The bytes end too early, or a number says more than there is.
    #[error("the asset is damaged at byte {at}")]
    Damaged {
        /// Bytes read before.
        at: usize,
    },
}
