//! TIFF and `GeoTIFF` on disk: tags to typed values, georeference, pyramid, block decoding, validation.
//!
//! [`Cog::open`] reads the directories once into an immutable description that is cheap to clone and to share between
//! threads. Arrays that grow with the image (offsets and byte counts of its blocks) stay on disk and are looked up entry
//! by entry. Every read is positional; nothing is mapped, nothing is written.

mod band_tags;
mod bands;
mod block;
mod block_frames;
mod block_table;
mod cache;
mod cancel;
mod checksum;
mod codec;
mod color;
mod crs_keys;
#[cfg(test)]
mod described_tests;
mod description;
mod directory;
mod error;
mod file;
mod geodesy_codes;
mod geokeys;
mod georeference;
mod imagine;
pub mod json;
mod layout;
mod level;
mod level_tags;
#[cfg(test)]
mod malformed_tests;
mod metadata;
mod nodata;
mod odd_bits;
mod old_jpeg_tags;
mod packed;
mod pam;
mod predictor;
mod projection_keys;
mod pyramid;
#[cfg(test)]
mod reading_tests;
mod registered_keys;
mod rpc;
mod spares;
mod tags;
#[cfg(test)]
pub mod testing;
mod unpack;
mod validation;
mod window;
mod words;
mod world_file;
pub mod write;
mod xml;

pub(crate) use band_tags::parse_nodata;
pub use bands::{Band, ColorInterpretation, Nodata, Palette};
pub use block::{Block, BlockPosition, is_decoding};
pub use cache::BlockCache;
pub use cancel::CancelToken;
pub use description::Cog;
pub use error::CogError;
pub use file::{ByteOrder, ByteRange};
pub use georeference::{Georeference, GeoreferenceKind, GroundControlPoint};
pub(crate) use layout::{ColorConversion, Layout};
pub use level::{Level, LevelOrigin};
pub use metadata::Metadata;
pub(crate) use nodata::{NodataSample, band_mask, fill as fill_nodata, keep_nodata};
pub use rpc::RationalPolynomials;
pub use tags::{Compression, ExtraSample, FillOrder, Interleave, Photometric, Predictor, SampleFormat};
pub use validation::{Finding, Validation};
pub(crate) use window::load as load_block;
