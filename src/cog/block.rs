//! One block of a level: read from the file and decompressed; unpacked into planes and colours converted where that can't wait
//! until samples are asked for.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::CogError;
use super::codec::{self, CodecError, Shape};
use super::color;
use super::file::{ByteOrder, ByteRange};
use super::layout::{ColorConversion, Layout};
use super::level::Level;
use super::packed::Packed;
use super::spares::Spares;
use super::tags::{Compression, FillOrder, Predictor};
use super::unpack::{Packing, unpack};
use crate::raster::{SampleType, Samples};

/// Bytes that a block may take, uncompressed.
const MAX_BLOCK_BYTES: usize = 256 << 20;
/// Bytes that compressed data may be longer than the block that it stands for, beside half of it: LZW has 12 bits for each
/// byte of noise.
const MAX_COMPRESSED_EXCESS: usize = 1 << 20;
/// Bytes of working memory that a thread keeps between blocks.
const MAX_KEPT_SCRATCH: usize = 4 << 20;

/// The samples of one block. Rows are as long as the level's blocks are wide, also at the right edge of the image.
#[derive(Debug)]
pub struct Block {
    width: usize,
    rows: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Never written.
    Missing,
    Planes(Vec<Samples>),
    Packed(Packed),
}

impl Block {
    pub(crate) fn new(width: usize, rows: usize, planes: Vec<Samples>) -> Self {
        Self { width, rows, content: Content::Planes(planes) }
    }

    /// A block that was never written.
    fn missing() -> Self {
        Self { width: 0, rows: 0, content: Content::Missing }
    }

    /// Columns; 0 if the block was never written.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows, 0 if the block was never written; the last strip of an image may have fewer than the others.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// One plane a sample, or only one where each band has blocks of its own. None if the block was never written.
    ///
    /// They may be made now, and then take as much memory as the block does without them.
    pub fn planes(&self) -> &[Samples] {
        match &self.content {
            Content::Missing => &[],
            Content::Planes(planes) => planes,
            Content::Packed(packed) => packed.planes(),
        }
    }

    /// The bytes that samples are still to be unpacked from, if the block is one of those.
    pub(crate) fn packed(&self) -> Option<&Packed> {
        match &self.content {
            Content::Packed(packed) => Some(packed),
            _ => None,
        }
    }

    /// Whether the file has no data for this block: its pixels are nodata, or 0.
    pub fn is_missing(&self) -> bool {
        matches!(self.content, Content::Missing)
    }

    /// Heap bytes of the samples, as the decoder left them.
    pub fn heap_bytes(&self) -> usize {
        match &self.content {
            Content::Missing => 0,
            Content::Planes(planes) => planes.iter().map(Samples::heap_bytes).sum(),
            Content::Packed(packed) => packed.heap_bytes(),
        }
    }
}

/// Which block of a level: column and row in the grid of blocks, and the plane where bands lie apart (else 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlockPosition {
    /// Column in the grid of blocks.
    pub column: u32,
    /// Row in the grid of blocks.
    pub row: u32,
    /// Plane, 0 unless each band has blocks of its own.
    pub plane: u16,
}

thread_local! {
    /// The bytes of a block as they are in the file.
    static STORED: RefCell<Vec<u8>> = RefCell::default();
    static IS_DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a decoder. A panic there is caught and becomes an error, so a panic hook should be silent.
pub fn is_decoding() -> bool {
    IS_DECODING.get()
}

/// Decodes one block of `level`, into a buffer out of `spares` where it can stay as it is.
pub(crate) fn decode(
    level: &Level,
    layout: &Layout,
    position: BlockPosition,
    spares: &Arc<Spares>,
) -> Result<Block, CogError> {
    let index = level.block_index(position.column, position.row, position.plane).ok_or_else(|| CogError::Request {
        path: level.path().to_path_buf(),
        reason: format!("level {} has no block {position:?}", level.index),
    })?;
    let failed = |block: u64, error: CodecError| match error {
        CodecError::Unsupported(what) => CogError::unsupported(level.path(), what),
        error => {
            CogError::Block { path: level.path().to_path_buf(), level: level.index, block, reason: error.to_string() }
        }
    };
    let is_joined = !layout.is_apart && level.planes() > 1;
    let mut ranges = Vec::new();
    for plane in 0..if is_joined { level.planes() } else { 1 } {
        let index = level.block_index(position.column, position.row, position.plane + plane).unwrap_or(index);
        let Some(range) = level.block_range(index)? else {
            // Of bands that make colours together, one alone is worth nothing.
            return Ok(Block::missing());
        };
        ranges.push((index, range));
    }
    let shape = shape(level, layout, position.row)?;
    let decoding = Decoding { level, layout, shape, block_row: position.row, spares };
    let mut planes = Vec::new();
    for (index, range) in ranges {
        let mut stored = STORED.take();
        let decoded = read_stored(level, &shape, range, &mut stored)
            .and_then(|()| guarded(level, || decoding.content(&mut stored)).map_err(|error| failed(index, error)));
        if stored.capacity() <= MAX_KEPT_SCRATCH {
            STORED.set(stored);
        }
        match decoded? {
            Content::Packed(packed) if !is_joined => {
                return Ok(Block { width: shape.width, rows: shape.rows, content: Content::Packed(packed) });
            }
            Content::Packed(packed) => planes.extend_from_slice(packed.planes()),
            Content::Planes(more) => planes.extend(more),
            Content::Missing => {}
        }
    }
    let planes = match layout.conversion {
        ColorConversion::Cmyk => color::rgb_from_cmyk(planes).map_err(|error| failed(index, error))?,
        ColorConversion::CieLab => color::rgb_from_lab(planes).map_err(|error| failed(index, error))?,
        ColorConversion::YCbCr { across, down } if is_joined => {
            let tags = ycbcr_tags(level, across, down);
            color::rgb_from_ycbcr_planes(planes, &tags).map_err(|error| failed(index, error))?
        }
        ColorConversion::None | ColorConversion::YCbCr { .. } => planes,
    };
    let planes = match layout.conversion {
        ColorConversion::None => planes,
        _ if layout.sample_type == SampleType::I8 => planes.into_iter().map(signed).collect(),
        _ => planes,
    };
    let expected = if layout.is_apart { 1 } else { layout.planes };
    if planes.len() < expected || planes.iter().any(|plane| plane.len() != shape.pixels()) {
        let reason = "the decoder gave another number of samples than the block has".to_owned();
        return Err(CogError::Block { path: level.path().to_path_buf(), level: level.index, block: index, reason });
    }
    Ok(Block::new(shape.width, shape.rows, planes))
}

/// The same bytes, taken for signed numbers.
fn signed(plane: Samples) -> Samples {
    match plane {
        Samples::U8(bytes) => Samples::I8(bytes.into_iter().map(u8::cast_signed).collect()),
        other => other,
    }
}

fn shape(level: &Level, layout: &Layout, block_row: u32) -> Result<Shape, CogError> {
    let shape = Shape::of_block(level, block_row).and_then(|shape| match layout.conversion {
        ColorConversion::YCbCr { across, down } if level.planes() == 1 => {
            color::ycbcr_bytes(&shape, across, down).map(|bytes| Shape { bytes, ..shape })
        }
        _ => Some(shape),
    });
    let planes_bytes = |shape: &Shape| {
        let planes = if layout.is_apart { 1 } else { layout.planes };
        shape.pixels().saturating_mul(planes).saturating_mul(layout.sample_type.bytes())
    };
    let needed = shape.as_ref().map_or(usize::MAX, |shape| shape.bytes.max(planes_bytes(shape)));
    shape.filter(|_| needed <= MAX_BLOCK_BYTES).ok_or_else(|| CogError::TooLarge {
        path: level.path().to_path_buf(),
        what: format!("one block of level {}, {} x {} pixels,", level.index, level.block_width, level.block_height),
        needed: needed as u64,
        allowed: MAX_BLOCK_BYTES as u64,
    })
}

/// Reads the bytes of a block into `stored`, highest bit first.
fn read_stored(level: &Level, shape: &Shape, range: ByteRange, stored: &mut Vec<u8>) -> Result<(), CogError> {
    let plausible = shape.bytes.saturating_add(shape.bytes / 2).saturating_add(MAX_COMPRESSED_EXCESS);
    let wanted = if level.compression == Compression::None { shape.bytes } else { plausible };
    let length = usize::try_from(range.length).unwrap_or(usize::MAX).min(wanted);
    // What is in it from before is overwritten; clearing it first would take as long as reading.
    stored.resize(length, 0);
    level.file.read_exact_at(stored, range.offset)?;
    if level.fill_order == FillOrder::LowBitFirst && codec::has_bit_order(level.compression) {
        codec::reverse_bits(stored);
    }
    Ok(())
}

/// Runs a decoder; a panic in it becomes an error.
fn guarded<T>(level: &Level, decode: impl FnOnce() -> Result<T, CodecError>) -> Result<T, CodecError> {
    IS_DECODING.set(true);
    let result = catch_unwind(AssertUnwindSafe(decode));
    IS_DECODING.set(false);
    result.unwrap_or_else(|_| Err(CodecError::Panicked { codec: level.compression.name() }))
}

/// What is needed to decode the stored bytes of a block.
struct Decoding<'a> {
    level: &'a Level,
    layout: &'a Layout,
    shape: Shape,
    block_row: u32,
    spares: &'a Arc<Spares>,
}

impl Decoding<'_> {
    /// From the stored bytes to samples.
    fn content(&self, stored: &mut [u8]) -> Result<Content, CodecError> {
        let mut bytes = self.spares.take(self.shape.bytes);
        let content = self.decompress(stored, &mut bytes).and_then(|order| self.unpack(&mut bytes, order));
        self.spares.give(bytes);
        content
    }

    /// Fills `bytes`, which are as many as the block has, and tells the order of those of a sample.
    fn decompress(&self, stored: &[u8], bytes: &mut [u8]) -> Result<ByteOrder, CodecError> {
        let (level, shape) = (self.level, &self.shape);
        let (order, full) = if level.compression == Compression::None {
            let length = stored.len().min(bytes.len());
            if let (Some(target), Some(source)) = (bytes.get_mut(..length), stored.get(..length)) {
                target.copy_from_slice(source);
            }
            (level.byte_order, CodecError::check_full("uncompressed", stored.len(), shape.bytes))
        } else {
            codec::decompress(level, shape, stored, bytes)
        };
        forgive_rows_outside(level, shape, self.block_row, full, bytes)?;
        Ok(order)
    }

    /// Samples out of uncompressed bytes. Takes the buffer if they can stay there.
    fn unpack(&self, bytes: &mut Vec<u8>, order: ByteOrder) -> Result<Content, CodecError> {
        let (level, shape) = (self.level, &self.shape);
        let predictor = if codec::has_predictor(level.compression) { level.predictor } else { Predictor::None };
        if let (ColorConversion::YCbCr { across, down }, 1) = (self.layout.conversion, level.planes()) {
            if predictor != Predictor::None {
                return Err(CodecError::Unsupported("a predictor of subsampled colours".to_owned()));
            }
            let planes = color::rgb_from_ycbcr(bytes, shape, &ycbcr_tags(level, across, down));
            return Ok(Content::Planes(planes));
        }
        let packing = Packing { format: level.effective_format(), order, predictor };
        let enough = if self.layout.is_apart { 1 } else { self.layout.planes };
        let is_plain = self.layout.conversion == ColorConversion::None && shape.samples >= enough;
        if is_plain && Packed::suits(shape, &packing) {
            return Ok(Content::Packed(Packed::new(std::mem::take(bytes), *shape, packing, Arc::clone(self.spares))));
        }
        unpack(bytes, shape, packing).map(Content::Planes)
    }
}

fn ycbcr_tags(level: &Level, across: usize, down: usize) -> color::YCbCrTags {
    let (coefficients, reference) = (level.ycbcr_coefficients, level.reference_black_white);
    color::YCbCrTags { subsampling: (across, down), coefficients, reference }
}

/// Accepts a block that lacks data for nothing but rows below the image, which some writers leave out of the last tiles.
fn forgive_rows_outside(
    level: &Level,
    shape: &Shape,
    block_row: u32,
    decoded: Result<(), CodecError>,
    bytes: &mut [u8],
) -> Result<(), CodecError> {
    match decoded {
        Err(CodecError::Short { found, .. }) => {
            let rows_inside = level.height.saturating_sub(block_row.saturating_mul(level.block_height));
            let needed = (rows_inside as usize).saturating_mul(shape.row_bytes);
            match bytes.get_mut(found..) {
                Some(rest) if found >= needed && !rest.is_empty() => {
                    rest.fill(0);
                    Ok(())
                }
                _ => decoded,
            }
        }
        other => other,
    }
}
