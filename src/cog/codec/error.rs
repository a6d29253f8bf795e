//! What can be wrong with the bytes of one block. The caller adds which file, level and block.

/// Why a block can't be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    /// The data ended before the block was full.
    #[error("the {codec} data holds {found} of {expected} bytes")]
    Short {
        /// Name of the compression.
        codec: &'static str,
        /// Bytes that came out.
        found: usize,
        /// Bytes of a whole block.
        expected: usize,
    },
    /// The decoder found something that can't be.
    #[error("damaged {codec} data: {reason}")]
    Damaged {
        /// Name of the compression.
        codec: &'static str,
        /// What the decoder says.
        reason: String,
    },
    /// The block uses something that is not implemented.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// A decoder broke on this data.
    #[error("the {codec} decoder failed on damaged data")]
    Panicked {
        /// Name of the compression.
        codec: String,
    },
}

impl CodecError {
    pub(crate) fn damaged(codec: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { codec, reason: format!("{reason}") }
    }

    /// An error unless `found` bytes fill the block.
    pub(crate) fn check_full(codec: &'static str, found: usize, expected: usize) -> Result<(), Self> {
        if found < expected { Err(Self::Short { codec, found, expected }) } else { Ok(()) }
    }
}
