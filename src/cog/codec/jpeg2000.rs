//! JPEG 2000, by hayro-jpeg2000.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::{CodecError, Shape};

const NAME: &str = "JPEG 2000";

/// Decodes a codestream or a JP2 file into `out`: little-endian samples, pixel by pixel.
pub(crate) fn decompress(data: &[u8], is_signed: bool, shape: &Shape, out: &mut [u8]) -> Result<(), CodecError> {
    let damaged = |error: hayro_jpeg2000::DecodeError| CodecError::damaged(NAME, error);
    let settings = DecodeSettings { resolve_palette_indices: false, ..DecodeSettings::default() };
    let image = Image::new(data, &settings).map_err(damaged)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width != shape.width || height < shape.rows || height / 4 > shape.rows {
        return Err(CodecError::damaged(NAME, format!("{width} x {height} pixels in a block of {}", shape.size())));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(damaged)?;
    let components = decoded.components();
    if components.len() < shape.samples {
        let reason = format!("{} components instead of {}", components.len(), shape.samples);
        return Err(CodecError::damaged(NAME, reason));
    }
    let sample_bytes = shape.bits / 8;
    if !matches!(shape.bits, 8 | 16) {
        return Err(CodecError::Unsupported(format!("JPEG 2000 of {} bits a sample", shape.bits)));
    }
    // The decoder moves signed samples up to where the lowest is 0, too.
    let lowest = if is_signed { 1_u16 << (shape.bits - 1) } else { 0 };
    for (index, component) in components.iter().take(shape.samples).enumerate() {
        let samples = out.chunks_exact_mut(sample_bytes).skip(index).step_by(shape.samples.max(1));
        for (sample, &value) in samples.zip(component.samples()) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 16 bits")]
            let value = value.round().clamp(0.0, 65_535.0) as u16;
            let value = value.wrapping_sub(lowest);
            sample.copy_from_slice(value.to_le_bytes().get(..sample_bytes).unwrap_or_default());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_jpeg_2000_are_errors() {
        let shape = Shape::for_tests(1, 1, 1, 8);
        assert!(decompress(b"", false, &shape, &mut [0]).is_err());
        assert!(decompress(&[0xff, 0x4f, 0xff, 0x51, 0, 1, 2], false, &shape, &mut [0]).is_err());
    }
}
