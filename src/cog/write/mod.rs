//! Writing COGs: planes of samples to encoded blocks, and blocks and tags to a file in the layout of GDAL's COG driver.
//!
//! What goes into the blocks, and where overviews come from, is not decided here; see [`crate::convert`].

mod encoder;
mod error;
mod georeference_tags;
mod layout;
mod metadata_tags;
mod packing;
mod source_tags;
mod store;
mod tag;
mod temporary;

pub use encoder::Codec;
pub(crate) use encoder::{BlockEncoder, DEFLATE_LEVELS, ZSTD_LEVELS};
pub use error::WriteError;
pub(crate) use georeference_tags::{Placing, georeference_tags};
pub(crate) use layout::{LevelBlocks, write};
pub(crate) use metadata_tags::{BandDescription, metadata_tag};
pub(crate) use source_tags::copied_tags;
pub(crate) use store::{BlockRecord, BlockStore};
pub(crate) use tag::OwnedTag;
pub(crate) use temporary::TemporaryFile;
