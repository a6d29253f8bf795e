//! Planes of samples to the compressed bytes of a block.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};
use weezl::BitOrder;

use super::super::tags::{Compression, Predictor};
use super::WriteError;
use super::packing::{Packing, pack};
use crate::raster::Samples;

/// Levels of Deflate that libdeflate knows.
pub(crate) const DEFLATE_LEVELS: std::ops::RangeInclusive<i32> = 1..=12;
/// Levels of Zstandard.
pub(crate) const ZSTD_LEVELS: std::ops::RangeInclusive<i32> = 1..=22;
/// Effort of lossless WebP, 0 to 100: more takes far longer and saves little.
const LOSSLESS_EFFORT: f32 = 30.0;

/// How blocks are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    None,
    /// Deflate, level 1 to 12.
    Deflate {
        /// 1 is fastest, 12 smallest.
        level: i32,
    },
    /// Zstandard, level 1 to 22.
    Zstd {
        /// 1 is fastest, 22 smallest.
        level: i32,
    },
    /// LZW.
    Lzw,
    /// WebP of 3 or 4 samples of 8 bits.
    WebP {
        /// 0 to 100; `None` is lossless.
        quality: Option<u8>,
    },
    /// JPEG of 1 or 3 samples of 8 bits; three are stored as luminance and colour differences, these at half the resolution.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
}

impl Codec {
    /// Whether what is decoded may differ from what was encoded.
    pub fn is_lossy(self) -> bool {
        matches!(self, Self::Jpeg { .. } | Self::WebP { quality: Some(_) })
    }

    /// Whether a predictor can go before it.
    pub fn takes_predictor(self) -> bool {
        matches!(self, Self::Deflate { .. } | Self::Zstd { .. } | Self::Lzw)
    }

    /// The value of the compression tag.
    pub(crate) fn compression(self) -> Compression {
        match self {
            Self::None => Compression::None,
            Self::Deflate { .. } => Compression::Deflate,
            Self::Zstd { .. } => Compression::Zstd,
            Self::Lzw => Compression::Lzw,
            Self::WebP { .. } => Compression::WebP,
            Self::Jpeg { .. } => Compression::Jpeg,
        }
    }
}

/// Encodes blocks of one size and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockEncoder {
    pub(crate) codec: Codec,
    pub(crate) predictor: Predictor,
    /// Bits of a sample; of a complex one both parts.
    pub(crate) bits: u16,
    /// Columns of a block.
    pub(crate) width: u32,
}

impl BlockEncoder {
    /// The stored bytes of a block of these planes, which are all of one type and length.
    pub(crate) fn encode(&self, planes: &[Samples]) -> Result<Vec<u8>, WriteError> {
        let width = usize::try_from(self.width).unwrap_or(usize::MAX);
        let predictor = if self.codec.takes_predictor() { self.predictor } else { Predictor::None };
        let bytes = pack(planes, Packing { bits: self.bits, predictor, width });
        let height = planes.first().map_or(0, Samples::len).checked_div(width).unwrap_or(0);
        match self.codec {
            Codec::None => Ok(bytes),
            Codec::Deflate { level } => deflate(&bytes, level),
            Codec::Zstd { level } => zstandard(&bytes, level),
            Codec::Lzw => lzw(&bytes),
            Codec::WebP { quality } => webp(&bytes, planes.len(), self.width, height, quality),
            Codec::Jpeg { quality } => jpeg(&bytes, planes.len(), width, height, quality),
        }
    }
}

thread_local! {
    static DEFLATE: RefCell<Option<(i32, Compressor)>> = const { RefCell::new(None) };
    static ZSTD: RefCell<Option<(i32, zstd::bulk::Compressor<'static>)>> = const { RefCell::new(None) };
}

fn deflate(bytes: &[u8], level: i32) -> Result<Vec<u8>, WriteError> {
    let failed = |reason: String| WriteError::Codec { codec: "Deflate", reason };
    DEFLATE.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|(kept_level, _)| *kept_level != level) {
            let level_of = CompressionLvl::new(level).map_err(|_| failed(format!("there is no level {level}")))?;
            *kept = Some((level, Compressor::new(level_of)));
        }
        let Some((_, compressor)) = kept else { return Err(failed("no memory".to_owned())) };
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let length = compressor.zlib_compress(bytes, &mut out).map_err(|error| failed(error.to_string()))?;
        out.truncate(length);
        Ok(out)
    })
}

fn zstandard(bytes: &[u8], level: i32) -> Result<Vec<u8>, WriteError> {
    let failed = |error: std::io::Error| WriteError::Codec { codec: "Zstandard", reason: error.to_string() };
    ZSTD.with_borrow_mut(|kept| match kept {
        Some((kept_level, compressor)) if *kept_level == level => compressor.compress(bytes).map_err(failed),
        _ => {
            let mut compressor = zstd::bulk::Compressor::new(level).map_err(failed)?;
            let compressed = compressor.compress(bytes).map_err(failed);
            *kept = Some((level, compressor));
            compressed
        }
    })
}

fn lzw(bytes: &[u8]) -> Result<Vec<u8>, WriteError> {
    let mut encoder = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8);
    encoder.encode(bytes).map_err(|error| WriteError::Codec { codec: "LZW", reason: error.to_string() })
}

fn webp(bytes: &[u8], samples: usize, width: u32, height: usize, quality: Option<u8>) -> Result<Vec<u8>, WriteError> {
    let failed = |reason: String| WriteError::Codec { codec: "WebP", reason };
    let layout = match samples {
        3 => webp::PixelLayout::Rgb,
        4 => webp::PixelLayout::Rgba,
        other => return Err(failed(format!("{other} samples a pixel; 3 or 4 are possible"))),
    };
    let height = u32::try_from(height).map_err(|_| failed("a block too large".to_owned()))?;
    let mut config = webp::WebPConfig::new().map_err(|()| failed("the encoder can't be set up".to_owned()))?;
    config.lossless = i32::from(quality.is_none());
    config.quality = quality.map_or(LOSSLESS_EFFORT, f32::from);
    // Colours below full transparency stay as they are.
    config.exact = 1;
    let encoder = webp::Encoder::new(bytes, layout, width, height);
    let encoded = encoder.encode_advanced(&config).map_err(|error| failed(format!("{error:?}")))?;
    Ok(encoded.to_vec())
}

fn jpeg(bytes: &[u8], samples: usize, width: usize, height: usize, quality: u8) -> Result<Vec<u8>, WriteError> {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    let failed = |reason: String| WriteError::Codec { codec: "JPEG", reason };
    let size = |length: usize| u16::try_from(length).map_err(|_| failed(format!("a block of {width} x {height}")));
    let mut out = Vec::with_capacity(bytes.len() / 4);
    let mut encoder = Encoder::new(&mut out, quality);
    let color = match samples {
        1 => ColorType::Luma,
        3 => ColorType::Rgb,
        other => return Err(failed(format!("{other} samples a pixel; 1 or 3 are possible"))),
    };
    if samples == 3 {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
    }
    // Tables made for each block would bring a scan for each component, which not every reader understands.
    encoder.set_optimized_huffman_tables(false);
    encoder.encode(bytes, size(width)?, size(height)?, color).map_err(|error| failed(error.to_string()))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(codec: Codec, planes: &[Samples]) -> Result<Vec<u8>, WriteError> {
        BlockEncoder { codec, predictor: Predictor::None, bits: 8, width: 16 }.encode(planes)
    }

    #[test]
    fn pictures_take_only_the_samples_that_they_have_a_place_for() {
        let planes = |count: usize| vec![Samples::U8(vec![7; 256]); count];
        for (codec, possible) in [
            (Codec::Jpeg { quality: 75 }, [1, 3].as_slice()),
            (Codec::WebP { quality: None }, &[3, 4]),
            (Codec::WebP { quality: Some(80) }, &[3, 4]),
        ] {
            for count in 1..=5 {
                assert_eq!(encode(codec, &planes(count)).is_ok(), possible.contains(&count), "{codec:?} {count}");
            }
        }
    }

    #[test]
    fn levels_out_of_range_are_errors_and_each_level_is_used() {
        let planes = [Samples::U8((0..256_u32).map(|v| (v * v % 251) as u8).cycle().take(1 << 14).collect())];
        assert!(encode(Codec::Deflate { level: 40 }, &planes).is_err());
        let [fast, small] = [1, 12].map(|level| encode(Codec::Deflate { level }, &planes).unwrap().len());
        assert!(small <= fast);
    }

    #[test]
    fn colours_below_transparency_survive_lossless_webp() {
        let planes: Vec<_> = [10, 20, 30, 0].map(|value| Samples::U8(vec![value; 256])).to_vec();
        let encoded = encode(Codec::WebP { quality: None }, &planes).unwrap();
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(encoded)).unwrap();
        let mut pixels = vec![0; 1024];
        decoder.read_image(&mut pixels).unwrap();
        assert_eq!(pixels[..4], [10, 20, 30, 0]);
    }
}
