//! WebP without losses, with transparency.

use image_webp::{ColorType, WebPEncoder};

use super::EncodeError;
use crate::render::RgbaImage;

/// The picture as a WebP file, every pixel as it is; at most 16,384 pixels a side.
pub fn webp(image: &RgbaImage) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::with_capacity(image.pixels.len() / 2 + 1024);
    WebPEncoder::new(&mut file)
        .encode(&image.pixels, image.width, image.height, ColorType::Rgba8)
        .map_err(|error| EncodeError::WebP { width: image.width, height: image.height, reason: error.to_string() })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives() {
        let pixels: Vec<u8> = (0..4 * 7 * 5).map(|v: u8| v.wrapping_mul(37)).collect();
        let file = webp(&RgbaImage::new(7, 5, pixels.clone()).unwrap()).unwrap();
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
        let mut decoded = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut decoded).unwrap();
        assert_eq!((decoder.dimensions(), decoded), ((7, 5), pixels));
        assert!(webp(&RgbaImage::transparent(20_000, 1)).is_err());
    }
}
