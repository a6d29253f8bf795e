//! One block of a level: read from the file, decompressed, unpacked into planes, colours converted.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::CogError;
use super::codec::{self, CodecError, Shape};
use super::color;
use super::file::{ByteOrder, ByteRange};
use super::layout::{ColorConversion, Layout};
use super::level::Level;
use super::tags::{Compression, FillOrder, Predictor};
use super::unpack::{Packing, unpack};
use crate::raster::Samples;

/// Bytes that a block may take, uncompressed.
const MAX_BLOCK_BYTES: usize = 256 << 20;
/// Bytes that compressed data may be longer than the block that it stands for, beside half of it: LZW has 12 bits for each
/// byte of noise.
const MAX_COMPRESSED_EXCESS: usize = 1 << 20;
/// Bytes of working memory that a thread keeps between blocks.
const MAX_KEPT_SCRATCH: usize = 8 << 20;

/// The planes of one block. Rows are as long as the level's blocks are wide, also at the right edge of the image.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    width: usize,
    rows: usize,
    planes: Vec<Samples>,
}

impl Block {
    pub(crate) fn new(width: usize, rows: usize, planes: Vec<Samples>) -> Self {
        Self { width, rows, planes }
    }

    /// A block that was never written.
    fn missing() -> Self {
        Self { width: 0, rows: 0, planes: Vec::new() }
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
    pub fn planes(&self) -> &[Samples] {
        &self.planes
    }

    /// Whether the file has no data for this block: its pixels are nodata, or 0.
    pub fn is_missing(&self) -> bool {
        self.planes.is_empty()
    }

    /// Heap bytes of the planes.
    pub fn heap_bytes(&self) -> usize {
        self.planes.iter().map(Samples::heap_bytes).sum()
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

#[derive(Default)]
struct Scratch {
    stored: Vec<u8>,
    plain: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
    static IS_DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a decoder. A panic there is caught and becomes an error, so a panic hook should be silent.
pub fn is_decoding() -> bool {
    IS_DECODING.get()
}

/// Decodes one block of `level`.
pub(crate) fn decode(level: &Level, layout: &Layout, position: BlockPosition) -> Result<Block, CogError> {
    let index = level.block_index(position.column, position.row, position.plane).ok_or_else(|| CogError::Request {
        path: level.path().to_path_buf(),
        reason: format!("level {} has no block {position:?}", level.index),
    })?;
    let failed = |block: u64, error: CodecError| CogError::Block {
        path: level.path().to_path_buf(),
        level: level.index,
        block,
        reason: error.to_string(),
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
    let mut planes = Vec::new();
    for (index, range) in ranges {
        let mut scratch = SCRATCH.take();
        let decoded = read_stored(level, &shape, range, &mut scratch.stored).and_then(|()| {
            guarded(level, || decode_stored(level, layout, &shape, &mut scratch, position.row))
                .map_err(|e| failed(index, e))
        });
        if scratch.stored.capacity() + scratch.plain.capacity() <= MAX_KEPT_SCRATCH {
            SCRATCH.set(scratch);
        }
        planes.extend(decoded?);
    }
    let planes = match layout.conversion {
        ColorConversion::Cmyk => color::rgb_from_cmyk(planes).map_err(|error| failed(index, error))?,
        ColorConversion::CieLab => color::rgb_from_lab(planes).map_err(|error| failed(index, error))?,
        ColorConversion::None | ColorConversion::YCbCr { .. } => planes,
    };
    let expected = if layout.is_apart { 1 } else { layout.planes };
    if planes.len() < expected || planes.iter().any(|plane| plane.len() != shape.pixels()) {
        let reason = "the decoder gave another number of samples than the block has".to_owned();
        return Err(CogError::Block { path: level.path().to_path_buf(), level: level.index, block: index, reason });
    }
    Ok(Block::new(shape.width, shape.rows, planes))
}

fn shape(level: &Level, layout: &Layout, block_row: u32) -> Result<Shape, CogError> {
    let shape = Shape::of_block(level, block_row).and_then(|shape| match layout.conversion {
        ColorConversion::YCbCr { across, down } => {
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
    stored.clear();
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

/// From the stored bytes to planes.
fn decode_stored(
    level: &Level,
    layout: &Layout,
    shape: &Shape,
    scratch: &mut Scratch,
    block_row: u32,
) -> Result<Vec<Samples>, CodecError> {
    let Scratch { stored, plain } = scratch;
    let (bytes, order): (&mut [u8], ByteOrder) = if level.compression == Compression::None {
        let full = CodecError::check_full("uncompressed", stored.len(), shape.bytes);
        stored.resize(shape.bytes, 0);
        forgive_rows_outside(level, shape, block_row, full, stored)?;
        (stored, level.byte_order)
    } else {
        // Fresh zeros come from the system untouched: a block that claims much and holds little takes no memory.
        if plain.len() < shape.bytes {
            *plain = vec![0; shape.bytes];
        }
        let plain = plain.get_mut(..shape.bytes).unwrap_or_default();
        let (order, full) = codec::decompress(level, shape, stored, plain);
        forgive_rows_outside(level, shape, block_row, full, plain)?;
        (plain, order)
    };
    let predictor = if codec::has_predictor(level.compression) { level.predictor } else { Predictor::None };
    if let ColorConversion::YCbCr { across, down } = layout.conversion {
        if predictor != Predictor::None {
            return Err(CodecError::Unsupported("a predictor of subsampled colours".to_owned()));
        }
        let (coefficients, reference) = (level.ycbcr_coefficients, level.reference_black_white);
        let tags = color::YCbCrTags { subsampling: (across, down), coefficients, reference };
        return Ok(color::rgb_from_ycbcr(bytes, shape, &tags));
    }
    unpack(bytes, shape, Packing { format: level.effective_format(), order, predictor })
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
