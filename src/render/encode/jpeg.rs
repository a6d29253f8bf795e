//! JPEG: no transparency, so the picture is laid on white.

use jpeg_encoder::{ColorType, Encoder};

use super::EncodeError;
use crate::render::RgbaImage;

/// Of 100: below it blocks begin to show.
const QUALITY: u8 = 85;

/// The picture on white as a JPEG file of good quality; at most 65,535 pixels a side.
pub fn jpeg(image: &RgbaImage) -> Result<Vec<u8>, EncodeError> {
    let failed = |reason: String| EncodeError::Jpeg { width: image.width, height: image.height, reason };
    let side = |pixels: u32| {
        u16::try_from(pixels)
            .ok()
            .filter(|&side| side > 0)
            .ok_or_else(|| failed("a side is from 1 to 65,535 pixels".into()))
    };
    let (width, height) = (side(image.width)?, side(image.height)?);
    let mut file = Vec::with_capacity(image.pixels.len() / 8 + 1024);
    let encoder = Encoder::new(&mut file, QUALITY);
    encoder.encode(&on_white(image), width, height, ColorType::Rgb).map_err(|error| failed(error.to_string()))?;
    Ok(file)
}

/// Red, green, blue of each pixel, laid on white.
fn on_white(image: &RgbaImage) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(image.pixels.len() / 4 * 3);
    for pixel in image.pixels.chunks_exact(4) {
        let Some(&[red, green, blue, alpha]) = pixel.first_chunk() else { continue };
        let over_white = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            // Between 0 and 255 again after the division.
            u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
        };
        rgb.extend([red, green, blue].map(over_white));
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_and_what_is_transparent_is_white() {
        let mut pixels = [200_u8, 40, 90, 255].repeat(16 * 8);
        pixels.extend([200, 40, 90, 0].repeat(16 * 8));
        let file = jpeg(&RgbaImage::new(16, 16, pixels).unwrap()).unwrap();
        let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(&file[..]));
        let decoded = decoder.decode().unwrap();
        let near = |at: usize, wanted: [u8; 3]| decoded[at..at + 3].iter().zip(wanted).all(|(&a, b)| a.abs_diff(b) < 4);
        assert!(near(0, [200, 40, 90]), "{:?}", &decoded[..3]);
        assert!(near(decoded.len() - 3, [255; 3]));
    }

    #[test]
    fn a_picture_beyond_the_format_is_refused() {
        assert!(jpeg(&RgbaImage::transparent(0, 1)).is_err());
        assert!(jpeg(&RgbaImage::transparent(70_000, 1)).is_err());
    }
}
