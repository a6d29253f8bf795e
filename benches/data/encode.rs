//! Tiles of a picture as they stand in a file: interleaved, predicted, compressed.

use std::cell::RefCell;
use std::io::{Error, Result};

use libdeflater::{CompressionLvl, Compressor};

use super::scene::{Level, Sample};

/// How tiles are compressed, each as GDAL's COG driver does with `PREDICTOR=YES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Deflate,
    Jpeg,
    Zstd,
    Lzw,
}

impl Codec {
    /// `Compression`.
    pub fn code(self) -> u16 {
        match self {
            Self::Deflate => 8,
            Self::Jpeg => 7,
            Self::Zstd => 50000,
            Self::Lzw => 5,
        }
    }

    /// `Predictor`: 3 for floating point numbers, 2 for integers, none for JPEG.
    pub fn predictor(self, format: u16) -> u16 {
        match (self, format) {
            (Self::Jpeg, _) => 1,
            (_, 3) => 3,
            _ => 2,
        }
    }
}

thread_local! {
    static COMPRESSOR: RefCell<Compressor> = RefCell::new(Compressor::new(CompressionLvl::default()));
}

/// The tile whose first pixel is in this column and row, `side` pixels across and down.
pub fn tile<T: Sample>(level: &Level<T>, col: u32, row: u32, side: u32, codec: Codec) -> Result<Vec<u8>> {
    let samples = level.planes.len();
    let width = level.side as usize;
    let mut bytes = Vec::new();
    for y in row as usize..(row + side) as usize {
        let start = bytes.len();
        for x in col as usize..(col + side) as usize {
            for plane in &level.planes {
                plane.get(y * width + x).copied().unwrap_or_default().extend_bytes(&mut bytes);
            }
        }
        match codec.predictor(T::FORMAT) {
            2 => difference(&mut bytes[start..], samples, usize::from(T::BITS / 8)),
            3 => difference_floats(&mut bytes[start..], samples),
            _ => {}
        }
    }
    compress(&bytes, codec, side)
}

/// Horizontal differences of words of 1 or 2 bytes, lowest first.
fn difference(row: &mut [u8], samples: usize, word: usize) {
    for at in (samples..row.len() / word).rev() {
        let before = at - samples;
        if word == 1 {
            row[at] = row[at].wrapping_sub(row[before]);
        } else {
            let read = |at: usize| u16::from_le_bytes([row[2 * at], row[2 * at + 1]]);
            let bytes = read(at).wrapping_sub(read(before)).to_le_bytes();
            row[2 * at..2 * at + 2].copy_from_slice(&bytes);
        }
    }
}

/// Bytes of numbers in single precision apart, the highest first, then differences.
fn difference_floats(row: &mut [u8], samples: usize) {
    let numbers = row.len() / 4;
    let plain = row.to_vec();
    for (at, number) in plain.chunks_exact(4).enumerate() {
        for (part, &byte) in number.iter().rev().enumerate() {
            row[part * numbers + at] = byte;
        }
    }
    for at in (samples..row.len()).rev() {
        row[at] = row[at].wrapping_sub(row[at - samples]);
    }
}

fn compress(bytes: &[u8], codec: Codec, side: u32) -> Result<Vec<u8>> {
    match codec {
        Codec::Deflate => COMPRESSOR.with_borrow_mut(|compressor| {
            let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
            let length = compressor.zlib_compress(bytes, &mut out).map_err(Error::other)?;
            out.truncate(length);
            Ok(out)
        }),
        Codec::Zstd => zstd::bulk::compress(bytes, 9),
        Codec::Lzw => {
            weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(bytes).map_err(Error::other)
        }
        Codec::Jpeg => {
            let mut out = Vec::new();
            let mut encoder = jpeg_encoder::Encoder::new(&mut out, 75);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
            let side = u16::try_from(side).map_err(Error::other)?;
            encoder.encode(bytes, side, side, jpeg_encoder::ColorType::Rgb).map_err(Error::other)?;
            Ok(out)
        }
    }
}
