//! LERC, possibly inside Deflate or Zstandard.

use lerc_core::PixelData;

use super::{CodecError, Shape, deflate, zstandard};

const NAME: &str = "LERC";
/// Bytes that a LERC blob may be longer than the samples that it holds: headers, masks, tables.
const MAX_OVERHEAD: usize = 256 * 1024;

/// What a LERC blob is wrapped in (`LercParameters`, second value).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    None,
    Deflate,
    Zstandard,
}

/// Decodes a blob into `out`: little-endian samples, pixel by pixel.
///
/// Pixels that the blob's mask marks are NaN in floating point blocks. Where the blob has one sample less than the block,
/// the last one is made from the mask: 255 or 0.
pub(crate) fn decompress(data: &[u8], wrapping: Wrapping, shape: &Shape, out: &mut [u8]) -> Result<(), CodecError> {
    let unwrapped;
    let limit = shape.bytes.saturating_add(shape.bytes / 2).saturating_add(MAX_OVERHEAD);
    let blob = match wrapping {
        Wrapping::None => data,
        Wrapping::Deflate => {
            unwrapped = deflate::decompress_all(data, limit)?;
            unwrapped.as_slice()
        }
        Wrapping::Zstandard => {
            unwrapped = zstandard::decompress_all(data, limit)?;
            unwrapped.as_slice()
        }
    };
    let damaged = |error: lerc_core::Error| CodecError::damaged(NAME, error);
    let info = lerc_reader::inspect_first(blob).map_err(damaged)?;
    let (width, height, depth) = (info.width as usize, info.height as usize, info.depth as usize);
    let has_mask_sample = depth + 1 == shape.samples;
    if width != shape.width
        || height < shape.rows
        || height / 4 > shape.rows
        || !(depth == shape.samples || has_mask_sample)
    {
        let reason = format!("{width} x {height} pixels of {depth} samples in a block of {}", shape.size());
        return Err(CodecError::damaged(NAME, reason));
    }
    let decoded = lerc_reader::decode_first(blob).map_err(damaged)?;
    let mask = decoded.mask.as_deref();
    let target = Target { depth, samples: shape.samples, mask, sample_bytes: shape.bits.div_ceil(8) };
    match &decoded.pixels {
        PixelData::I8(values) => target.write(values, None, |value| value.to_le_bytes(), out),
        PixelData::U8(values) => target.write(values, None, |value| [*value], out),
        PixelData::I16(values) => target.write(values, None, |value| value.to_le_bytes(), out),
        PixelData::U16(values) => target.write(values, None, |value| value.to_le_bytes(), out),
        PixelData::I32(values) => target.write(values, None, |value| value.to_le_bytes(), out),
        PixelData::U32(values) => target.write(values, None, |value| value.to_le_bytes(), out),
        PixelData::F32(values) => target.write(values, Some(f32::NAN), |value| value.to_le_bytes(), out),
        PixelData::F64(values) => target.write(values, Some(f64::NAN), |value| value.to_le_bytes(), out),
    }
}

/// How decoded pixels go into a block.
struct Target<'a> {
    depth: usize,
    samples: usize,
    mask: Option<&'a [u8]>,
    sample_bytes: usize,
}

impl Target<'_> {
    fn write<T: Copy, const N: usize>(
        &self,
        values: &[T],
        masked: Option<T>,
        bytes: impl Fn(&T) -> [u8; N],
        out: &mut [u8],
    ) -> Result<(), CodecError> {
        if N != self.sample_bytes {
            let reason = format!("samples of {N} bytes in a block of {}", self.sample_bytes);
            return Err(CodecError::damaged(NAME, reason));
        }
        let pixels = out.chunks_exact_mut((N * self.samples).max(1)).zip(values.chunks_exact(self.depth.max(1)));
        for (index, (pixel, values)) in pixels.enumerate() {
            let is_valid = self.mask.is_none_or(|mask| mask.get(index).is_some_and(|&mask| mask != 0));
            let mut samples = pixel.chunks_exact_mut(N);
            for (sample, value) in samples.by_ref().zip(values) {
                let value = masked.as_ref().filter(|_| !is_valid).unwrap_or(value);
                sample.copy_from_slice(&bytes(value));
            }
            if let Some(sample) = pixel.chunks_exact_mut(N).nth(self.depth) {
                sample.fill(if is_valid { 255 } else { 0 });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_lerc_are_errors_in_any_wrapping() {
        let shape = Shape::for_tests(2, 2, 1, 8);
        for wrapping in [Wrapping::None, Wrapping::Deflate, Wrapping::Zstandard] {
            assert!(decompress(b"Lerc2 but no more", wrapping, &shape, &mut [0; 4]).is_err());
            assert!(decompress(b"", wrapping, &shape, &mut [0; 4]).is_err());
        }
    }

    #[test]
    fn a_mask_becomes_nan_or_the_last_sample() {
        let target = Target { depth: 1, samples: 1, mask: Some(&[1, 0]), sample_bytes: 4 };
        let mut out = [0; 8];
        target.write(&[1.0_f32, 2.0], Some(f32::NAN), |value| value.to_le_bytes(), &mut out).unwrap();
        assert!(f32::from_le_bytes(*out.last_chunk().unwrap()).is_nan());
        let target = Target { depth: 1, samples: 2, mask: Some(&[1, 0]), sample_bytes: 1 };
        let mut out = [9; 4];
        target.write(&[5_u8, 6], None, |value| [*value], &mut out).unwrap();
        assert_eq!(out, [5, 255, 6, 0]);
    }

    #[test]
    fn samples_of_another_width_are_an_error() {
        let target = Target { depth: 1, samples: 1, mask: None, sample_bytes: 2 };
        assert!(target.write(&[5_u8], None, |value| [*value], &mut [0; 2]).is_err());
    }
}
