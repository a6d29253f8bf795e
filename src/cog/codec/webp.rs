//! WebP, lossless and lossy, of three or four samples.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{CodecError, Shape};

const NAME: &str = "WebP";

/// Decodes a picture into `out`, 8 bits a sample, pixel by pixel. A fourth sample that the picture lacks is 255; one that
/// the block has no place for is dropped.
pub(crate) fn decompress(data: &[u8], shape: &Shape, out: &mut [u8]) -> Result<(), CodecError> {
    let mut decoder = WebPDecoder::new(Cursor::new(data)).map_err(|error| CodecError::damaged(NAME, error))?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    if width != shape.width || height < shape.rows || height / 4 > shape.rows {
        return Err(CodecError::damaged(NAME, format!("{width} x {height} pixels in a block of {}", shape.size())));
    }
    let samples = if decoder.has_alpha() { 4 } else { 3 };
    let bytes = width * height * samples;
    if samples == shape.samples && bytes == out.len() {
        return decoder.read_image(out).map_err(|error| CodecError::damaged(NAME, error));
    }
    let mut all = vec![0; bytes];
    decoder.read_image(&mut all).map_err(|error| CodecError::damaged(NAME, error))?;
    for (target, source) in out.chunks_exact_mut(shape.samples.max(1)).zip(all.chunks_exact(samples)) {
        for (index, sample) in target.iter_mut().enumerate() {
            *sample = source.get(index).copied().unwrap_or(255);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use image_webp::{ColorType, WebPEncoder};

    use super::*;

    fn encode(data: &[u8], width: u32, height: u32, color: ColorType) -> Vec<u8> {
        let mut out = Vec::new();
        WebPEncoder::new(&mut out).encode(data, width, height, color).unwrap();
        out
    }

    #[test]
    fn a_missing_alpha_is_opaque_and_a_surplus_one_is_dropped() {
        let rgb = encode(&[1, 2, 3, 4, 5, 6], 2, 1, ColorType::Rgb8);
        let mut out = [0; 8];
        decompress(&rgb, &Shape::for_tests(2, 1, 4, 8), &mut out).unwrap();
        assert_eq!(out, [1, 2, 3, 255, 4, 5, 6, 255]);
        let rgba = encode(&[1, 2, 3, 9, 4, 5, 6, 7], 2, 1, ColorType::Rgba8);
        let mut out = [0; 6];
        decompress(&rgba, &Shape::for_tests(2, 1, 3, 8), &mut out).unwrap();
        assert_eq!(out, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_picture_of_another_size_and_damage_are_errors() {
        let rgb = encode(&[1, 2, 3, 4, 5, 6], 2, 1, ColorType::Rgb8);
        assert!(decompress(&rgb, &Shape::for_tests(2, 2, 3, 8), &mut [0; 12]).is_err());
        assert!(decompress(&rgb[..rgb.len() / 2], &Shape::for_tests(2, 1, 3, 8), &mut [0; 6]).is_err());
        assert!(decompress(&[], &Shape::for_tests(2, 1, 3, 8), &mut [0; 6]).is_err());
    }
}
