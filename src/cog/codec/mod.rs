//! From the bytes of a block in the file to its uncompressed bytes: one file a compression.
//!
//! Every decoder fills a buffer of exactly the block's size, so that no data can ask for more memory than its block has.
//! Data beyond the block is ignored, as libtiff does; data that doesn't fill it is an error.

mod bits;
mod deflate;
mod error;
mod fax;
mod fax_codes;
mod jpeg;
mod jpeg2000;
mod jpeg_scans;
mod jpeg_xl;
mod lerc;
mod lzma;
mod lzw;
mod next;
mod old_jpeg;
mod packbits;
mod sgilog;
mod sgilog24;
mod thunderscan;
mod webp;
mod zstandard;

pub(super) use bits::reverse_bits;
pub(super) use error::CodecError;
pub(super) use old_jpeg::OldJpegTables;

use super::file::ByteOrder;
use super::level::Level;
use super::tags::{Compression, Photometric, SampleFormat};

/// Size of a block: pixels, samples and the bytes that they take uncompressed, rows beginning at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Columns.
    pub(crate) width: usize,
    /// Rows that the block holds.
    pub(crate) rows: usize,
    /// Samples of a pixel.
    pub(crate) samples: usize,
    /// Bits of a sample.
    pub(crate) bits: usize,
    /// Bytes of a row.
    pub(crate) row_bytes: usize,
    /// Bytes of the block.
    pub(crate) bytes: usize,
}

impl Shape {
    /// The shape of the blocks in a row of blocks; `None` if its size is beyond the address space.
    pub(crate) fn of_block(level: &Level, block_row: u32) -> Option<Self> {
        let width = usize::try_from(level.block_width).ok()?;
        let rows = usize::try_from(level.block_rows(block_row)).ok()?;
        Self::new(width, rows, usize::from(level.samples_per_block_pixel()), usize::from(level.bits_per_sample))
    }

    fn new(width: usize, rows: usize, samples: usize, bits: usize) -> Option<Self> {
        let row_bytes = width.checked_mul(samples)?.checked_mul(bits)?.div_ceil(8);
        Some(Self { width, rows, samples, bits, row_bytes, bytes: row_bytes.checked_mul(rows)? })
    }

    #[cfg(test)]
    pub(crate) fn for_tests(width: usize, rows: usize, samples: usize, bits: usize) -> Self {
        Self::new(width, rows, samples, bits).unwrap()
    }

    /// Number of pixels.
    pub(crate) fn pixels(&self) -> usize {
        self.width * self.rows
    }

    /// Width and height in words.
    fn size(&self) -> String {
        format!("{} x {}", self.width, self.rows)
    }

    /// Copies the upper left part of a picture of 8-bit samples into the block; where it is smaller, the block is 0.
    fn copy_cropped(&self, picture: &[u8], picture_width: usize, out: &mut [u8]) {
        out.fill(0);
        let source_rows = picture.chunks_exact((picture_width * self.samples).max(1));
        for (target, source) in out.chunks_exact_mut(self.row_bytes.max(1)).zip(source_rows) {
            for (target, source) in target.iter_mut().zip(source) {
                *target = *source;
            }
        }
    }
}

/// What a file of old JPEG data without any tables has.
static NO_TABLES: OldJpegTables = OldJpegTables {
    header: Vec::new(),
    only_strip: None,
    quantization: Vec::new(),
    dc_huffman: Vec::new(),
    ac_huffman: Vec::new(),
};

/// Whether the predictor applies; other compressions ignore its tag, as in libtiff.
pub(crate) fn has_predictor(compression: Compression) -> bool {
    matches!(compression, Compression::Lzw | Compression::Deflate | Compression::Zstd | Compression::Lzma)
}

/// Whether the order of bits in the file's bytes matters: libtiff leaves them alone in JPEG data only.
pub(crate) fn has_bit_order(compression: Compression) -> bool {
    !matches!(compression, Compression::Jpeg | Compression::OldJpeg | Compression::Jpeg2000)
}

/// Fills `out`, which is as long as an uncompressed block, and tells the order of bytes in it.
pub(crate) fn decompress(
    level: &Level,
    shape: &Shape,
    data: &[u8],
    out: &mut [u8],
) -> (ByteOrder, Result<(), CodecError>) {
    match level.compression {
        Compression::Lzw => (level.byte_order, lzw::decompress(data, out)),
        Compression::Deflate => (level.byte_order, deflate::decompress(data, out)),
        Compression::PackBits => (level.byte_order, packbits::decompress(data, out)),
        Compression::Zstd => (level.byte_order, zstandard::decompress(data, out)),
        Compression::Lzma => (level.byte_order, lzma::decompress(data, out)),
        // libtiff takes what LERC gives for the file's byte order when writing, and so when reading.
        Compression::Lerc => (level.byte_order, decode_picture(level, shape, data, out)),
        _ => (ByteOrder::LittleEndian, decode_picture(level, shape, data, out)),
    }
}

/// Decoders that know of pixels. Wider samples than bytes come out little-endian.
fn decode_picture(level: &Level, shape: &Shape, data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let is_float = level.sample_format == SampleFormat::Float;
    match level.compression {
        Compression::CcittRle | Compression::CcittRleWord | Compression::CcittFax3 | Compression::CcittFax4 => {
            if level.bits_per_sample != 1 || shape.samples != 1 {
                return Err(CodecError::Unsupported("CCITT compression of more than one bit a pixel".to_owned()));
            }
            fax::decompress(data, level.block_width, fax_scheme(level), out)
        }
        Compression::Jpeg => {
            only_bits(level, 8)?;
            let to_rgb = level.photometric == Photometric::YCbCr && shape.samples == 3;
            jpeg::decompress(data, level.jpeg_tables.as_deref(), to_rgb, shape, out)
        }
        Compression::WebP => only_bits(level, 8).and_then(|()| webp::decompress(data, shape, out)),
        Compression::Lerc => lerc::decompress(data, lerc_wrapping(level)?, shape, out),
        Compression::JpegXl => jpeg_xl::decompress(data, is_float, shape, out),
        Compression::Jpeg2000 => jpeg2000::decompress(data, level.sample_format == SampleFormat::Signed, shape, out),
        Compression::Next => only_bits(level, 2).and_then(|()| next::decompress(data, shape.width, out)),
        Compression::ThunderScan => only_bits(level, 4).and_then(|()| thunderscan::decompress(data, shape.width, out)),
        Compression::OldJpeg => {
            only_bits(level, 8)?;
            let tables = level.old_jpeg.as_deref().unwrap_or(&NO_TABLES);
            old_jpeg::decompress(data, tables, level.ycbcr_subsampling, shape, out)
        }
        Compression::SgiLog24 => only_bits(level, 16).and_then(|()| sgilog24::decompress(data, shape.samples, out)),
        Compression::SgiLog => {
            only_bits(level, 16).and_then(|()| sgilog::decompress(data, shape.width, shape.samples, out))
        }
        other => Err(CodecError::Unsupported(format!("compression {}", other.name()))),
    }
}

fn only_bits(level: &Level, bits: u16) -> Result<(), CodecError> {
    if level.bits_per_sample == bits {
        return Ok(());
    }
    let reason = format!("{} of {} bits a sample", level.compression.name(), level.bits_per_sample);
    Err(CodecError::Unsupported(reason))
}

fn fax_scheme(level: &Level) -> fax::Scheme {
    match level.compression {
        Compression::CcittRle => fax::Scheme::RunLengths { align_bits: 8 },
        Compression::CcittRleWord => fax::Scheme::RunLengths { align_bits: 16 },
        Compression::CcittFax3 => fax::Scheme::Group3 { two_dimensional: level.t4_options & 1 != 0 },
        _ => fax::Scheme::Group4,
    }
}

fn lerc_wrapping(level: &Level) -> Result<lerc::Wrapping, CodecError> {
    match level.lerc_parameters {
        None | Some((_, 0)) => Ok(lerc::Wrapping::None),
        Some((_, 1)) => Ok(lerc::Wrapping::Deflate),
        Some((_, 2)) => Ok(lerc::Wrapping::Zstandard),
        Some((_, other)) => Err(CodecError::Unsupported(format!("LERC in compression {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_at_a_byte() {
        let shape = Shape::for_tests(3, 2, 1, 12);
        assert_eq!((shape.row_bytes, shape.bytes), (5, 10));
    }

    #[test]
    fn a_shape_beyond_the_address_space_is_none() {
        assert_eq!(Shape::new(usize::MAX, 1, 2, 8), None);
        assert_eq!(Shape::new(1 << 40, 1 << 40, 1, 8), None);
    }

    #[test]
    fn a_picture_is_cut_or_padded_to_the_block() {
        let mut out = [9; 4];
        Shape::for_tests(2, 2, 1, 8).copy_cropped(&[1, 2, 3], 3, &mut out);
        assert_eq!(out, [1, 2, 0, 0]);
    }
}
