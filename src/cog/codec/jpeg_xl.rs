//! JPEG XL, by jxl-oxide.

use half::f16;
use jxl_oxide::{AllocTracker, JxlImage};

use super::{CodecError, Shape};

const NAME: &str = "JPEG XL";
/// Bytes that the decoder may take for itself: it works in 32 bits a sample, in several copies.
const MAX_BYTES: usize = 256 << 20;

/// Decodes the first frame into `out`: little-endian samples, pixel by pixel. Integers are scaled to the block's bits.
pub(crate) fn decompress(data: &[u8], is_float: bool, shape: &Shape, out: &mut [u8]) -> Result<(), CodecError> {
    let image = JxlImage::builder().alloc_tracker(AllocTracker::with_limit(MAX_BYTES));
    let image = image.read(data).map_err(|error| CodecError::damaged(NAME, error))?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width != shape.width || height < shape.rows || height / 4 > shape.rows {
        return Err(CodecError::damaged(NAME, format!("{width} x {height} pixels in a block of {}", shape.size())));
    }
    let render = image.render_frame(0).map_err(|error| CodecError::damaged(NAME, error))?;
    let frame = render.image_all_channels();
    let channels = frame.channels();
    if channels < shape.samples {
        let reason = format!("{channels} channels instead of {}", shape.samples);
        return Err(CodecError::damaged(NAME, reason));
    }
    let pixels = frame.buf().chunks_exact(channels.max(1));
    let values = pixels.flat_map(|pixel| pixel.iter().take(shape.samples)).copied();
    write_samples(values, is_float, shape, out)
}

/// Writes values, integers between 0 and 1, as little-endian samples of the block's width.
fn write_samples(
    values: impl Iterator<Item = f32>,
    is_float: bool,
    shape: &Shape,
    out: &mut [u8],
) -> Result<(), CodecError> {
    match (shape.bits, is_float) {
        (8, false) => write(out, values, |value| [scaled(value, 255.0).to_le_bytes()[0]]),
        (16, false) => write(out, values, |value| {
            let [low, high, ..] = scaled(value, 65_535.0).to_le_bytes();
            [low, high]
        }),
        (16, true) => write(out, values, |value| f16::from_f32(with_subnormals(value)).to_le_bytes()),
        (32, true) => write(out, values, f32::to_le_bytes),
        (bits, _) => return Err(CodecError::Unsupported(format!("JPEG XL of {bits} bits a sample"))),
    }
    Ok(())
}

/// jxl-oxide takes half floats below the least normal one, 0 among them, for normal ones of the next exponent: from 2^-15 on, where
/// they are multiples of 2^-24 up to 2^-14.
fn with_subnormals(value: f32) -> f32 {
    const LEAST_NORMAL: f32 = 1.0 / 16_384.0;
    let magnitude = value.abs();
    if !(LEAST_NORMAL / 2.0..LEAST_NORMAL).contains(&magnitude) {
        return value;
    }
    (2.0 * magnitude - LEAST_NORMAL).copysign(value)
}

fn scaled(value: f32, max: f32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0 and a maximum of 16 bits"
    )]
    let scaled = (value * max).round().clamp(0.0, max) as u32;
    scaled
}

fn write<const N: usize>(out: &mut [u8], values: impl Iterator<Item = f32>, bytes: impl Fn(f32) -> [u8; N]) {
    for (sample, value) in out.chunks_exact_mut(N).zip(values) {
        sample.copy_from_slice(&bytes(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_scaled_rounded_and_clamped() {
        let mut out = [0; 4];
        let values = [0.0, 0.5, 1.0, 1.5];
        write_samples(values.into_iter(), false, &Shape::for_tests(4, 1, 1, 8), &mut out).unwrap();
        assert_eq!(out, [0, 128, 255, 255]);
        let mut out = [0; 2];
        write_samples([1.0].into_iter(), false, &Shape::for_tests(1, 1, 1, 16), &mut out).unwrap();
        assert_eq!(out, [255, 255]);
    }

    /// libjxl's lossless stream of the half floats 0, 1.5, -2^-24 and 2^-14.
    const HALVES: [u8; 31] = [
        0xff, 0x0a, 0x00, 0x00, 0x06, 0x30, 0x02, 0x8a, 0x16, 0x01, 0x08, 0x04, 0x01, 0x00, 0x3c, 0x00, 0x4b, 0x18,
        0x8b, 0x15, 0x42, 0x82, 0x84, 0x0f, 0x4c, 0x03, 0xf0, 0x04, 0x08, 0x02, 0xf0,
    ];

    #[test]
    fn half_floats_keep_zero_and_the_smallest_numbers() {
        let mut out = [9; 8];
        decompress(&HALVES, true, &Shape::for_tests(4, 1, 1, 16), &mut out).unwrap();
        let bits: Vec<u16> = out.chunks_exact(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]])).collect();
        assert_eq!(bits, [0, 0x3e00, 0x8001, 0x0400]);
    }

    #[test]
    fn bytes_that_are_no_jpeg_xl_are_errors() {
        let shape = Shape::for_tests(1, 1, 1, 8);
        assert!(decompress(b"", false, &shape, &mut [0]).is_err());
        assert!(decompress(&[0xff, 0x0a, 1, 2, 3], false, &shape, &mut [0]).is_err());
    }
}
