//! One level of the pyramid: the size of its grid and of its blocks, how their bytes are to be read, and where they lie.

use std::sync::Arc;

use super::CogError;
use super::block_table::BlockTable;
use super::codec::OldJpegTables;
use super::file::{ByteOrder, ByteRange, SharedFile};
use super::tags::{Compression, ExtraSample, FillOrder, Interleave, Photometric, Predictor, SampleFormat};

/// Where a level was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LevelOrigin {
    /// The image itself.
    Image,
    /// An overview in the same file.
    Internal,
    /// In a file of overviews or masks beside the image (`.ovr`, `.msk`).
    External,
}

/// A grid of pixels cut into blocks: the image, an overview of it, or the mask of one of these.
///
/// Blocks are numbered row by row; where each band has blocks of its own ([`Interleave::Band`]), the blocks of the first
/// band come first. Tiles are always whole, also at the right and the lower edge; the last strip may be shorter.
#[derive(Debug)]
pub struct Level {
    /// Number in the pyramid, 0 is the full resolution. A mask has the number of the level that it belongs to.
    pub index: usize,
    /// Where it was found.
    pub origin: LevelOrigin,
    /// Columns of pixels.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// Columns of a block; of a strip the image's width.
    pub block_width: u32,
    /// Rows of a block.
    pub block_height: u32,
    /// Whether blocks are tiles; else they are strips.
    pub tiled: bool,
    /// Bits of a sample as stored, 1 to 64; of a complex sample both parts, up to 128. The same for all samples.
    pub bits_per_sample: u16,
    /// Type of number of a sample. The same for all samples.
    pub sample_format: SampleFormat,
    /// Samples of a pixel, alpha and other extra samples included.
    pub samples_per_pixel: u16,
    /// Whether the samples of a pixel share a block.
    pub interleave: Interleave,
    /// How blocks are compressed.
    pub compression: Compression,
    /// The value of the compression tag as it stands in the file.
    pub compression_code: u16,
    /// What was done to the samples before they were compressed.
    pub predictor: Predictor,
    /// What the samples mean.
    pub photometric: Photometric,
    /// Order of bits in a byte.
    pub fill_order: FillOrder,
    /// What the last samples of a pixel are, those beyond the colours.
    pub extra_samples: Vec<ExtraSample>,
    /// Whether the last sample is alpha.
    pub(crate) has_alpha: bool,
    /// Whether inks, if samples are inks, are cyan, magenta, yellow and black (`InkSet`).
    pub(crate) has_cmyk_inks: bool,
    /// JPEG tables that all blocks share.
    pub jpeg_tables: Option<Arc<[u8]>>,
    /// Tables of the deprecated JPEG compression.
    pub(crate) old_jpeg: Option<Arc<OldJpegTables>>,
    /// Pixels that share a colour difference, across and down, as the tag says; `None` if it doesn't.
    pub ycbcr_subsampling: Option<(u16, u16)>,
    /// `YCbCrCoefficients`: shares of red, green and blue in the luminance.
    pub ycbcr_coefficients: Option<[f64; 3]>,
    /// `ReferenceBlackWhite` of `YCbCr` samples.
    pub reference_black_white: Option<[f64; 6]>,
    /// Colour map as stored: all reds, then greens, then blues, 16 bits each.
    pub color_map: Option<Arc<[u16]>>,
    /// Options of CCITT group 3: bit 0 says two-dimensional.
    pub t4_options: u32,
    /// `LercParameters`: version and additional compression (0 none, 1 Deflate, 2 Zstandard).
    pub lerc_parameters: Option<(u32, u32)>,
    /// Order of the bytes of samples.
    pub byte_order: ByteOrder,
    /// Validity mask of the same size, where the file has one. Its samples are 0 where there is no data.
    pub mask: Option<Box<Level>>,
    /// Position of the directory in its file.
    pub(crate) directory_offset: u64,
    /// Number of the directory among those of its file that are overviews, in the order of the file.
    pub(crate) directory_index: usize,
    pub(crate) file: Arc<SharedFile>,
    pub(crate) blocks: BlockTable,
}

impl Level {
    /// Blocks side by side.
    pub fn blocks_across(&self) -> u32 {
        self.width.div_ceil(self.block_width.max(1))
    }

    /// Blocks one below the other.
    pub fn blocks_down(&self) -> u32 {
        self.height.div_ceil(self.block_height.max(1))
    }

    /// Sets of blocks: one, or one for each sample where bands are apart.
    pub fn planes(&self) -> u16 {
        match self.interleave {
            Interleave::Pixel => 1,
            Interleave::Band => self.samples_per_pixel,
        }
    }

    /// Samples of a pixel that one block holds.
    pub fn samples_per_block_pixel(&self) -> u16 {
        match self.interleave {
            Interleave::Pixel => self.samples_per_pixel,
            Interleave::Band => 1,
        }
    }

    /// Number of blocks of all planes.
    pub fn block_count(&self) -> u64 {
        self.blocks_per_plane().saturating_mul(u64::from(self.planes()))
    }

    fn blocks_per_plane(&self) -> u64 {
        u64::from(self.blocks_across()) * u64::from(self.blocks_down())
    }

    /// Number of the block at `column`, `row` of the grid of blocks in `plane`; `None` outside.
    pub fn block_index(&self, column: u32, row: u32, plane: u16) -> Option<u64> {
        let inside = column < self.blocks_across() && row < self.blocks_down() && plane < self.planes();
        let in_plane = u64::from(row) * u64::from(self.blocks_across()) + u64::from(column);
        inside.then(|| u64::from(plane) * self.blocks_per_plane() + in_plane)
    }

    /// Rows that the blocks of a row of blocks hold: fewer in the last strip, always the whole height for tiles.
    pub fn block_rows(&self, row: u32) -> u32 {
        if self.tiled {
            return self.block_height;
        }
        self.height.saturating_sub(row.saturating_mul(self.block_height)).min(self.block_height)
    }

    /// Bytes of a row of a block before compression, rows begin at a byte.
    pub fn block_row_bytes(&self) -> u64 {
        let samples = u64::from(self.block_width) * u64::from(self.samples_per_block_pixel());
        (samples * u64::from(self.bits_per_sample)).div_ceil(8)
    }

    /// Where block `index` lies in the file; `None` if it was never written (all nodata, or 0).
    ///
    /// Reads at most one piece of the offset array and of the byte counts. A range beyond the end of the file is an error.
    pub fn block_range(&self, index: u64) -> Result<Option<ByteRange>, CogError> {
        let failed = |reason: String| CogError::Block {
            path: self.file.path().to_path_buf(),
            level: self.index,
            block: index,
            reason,
        };
        if index >= self.block_count() {
            return Err(failed(format!("there are only {} blocks", self.block_count())));
        }
        let Some(range) = self.blocks.range(&self.file, index)? else { return Ok(None) };
        let bytes = self.file.bytes();
        if range.end().is_none_or(|end| end > bytes) {
            let ByteRange { offset, length } = range;
            return Err(failed(format!(
                "the file ends too early: its {length} bytes at offset {offset} lie beyond its end ({bytes} bytes)"
            )));
        }
        Ok(Some(range))
    }

    /// Offset of the first block that was written, of at most `most` that are looked at; `None` if none was, or offsets
    /// can't be read.
    pub(crate) fn first_block_offset(&self, most: u64) -> Option<u64> {
        let blocks = self.blocks_per_plane().min(most);
        let offsets = (0..blocks).map_while(|index| self.blocks.range(&self.file, index).ok());
        // Beyond the end of the array there are only blocks that were never written.
        let known = usize::try_from(self.blocks.offsets.count()).unwrap_or(usize::MAX);
        offsets.take(known).flatten().next().map(|range| range.offset)
    }

    /// The bytes of block `index` as they are in the file; `None` if it was never written.
    pub fn block_bytes(&self, index: u64) -> Result<Option<Vec<u8>>, CogError> {
        self.block_range(index)?.map(|range| self.file.read(range)).transpose()
    }

    /// Position of the level's directory in its file.
    pub(crate) fn directory_offset(&self) -> u64 {
        self.directory_offset
    }

    /// The file that holds the level's blocks: the image's own, or its `.ovr` or `.msk`.
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }
}
