//! PNG with alpha, written for speed: tiles and previews are made far more often than they are kept.

use ::png::{BitDepth, ColorType, Compression, Encoder};

use super::EncodeError;
use crate::render::RgbaImage;

/// The picture as a PNG file.
///
/// The encoder's fastest setting: noisy tiles take a hundredth of the time of the balanced one and some percent more bytes.
pub fn png(image: &RgbaImage) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::with_capacity(image.pixels.len() / 2 + 1024);
    write(image, &mut file).map_err(|error| EncodeError::Png {
        width: image.width,
        height: image.height,
        reason: error.to_string(),
    })?;
    Ok(file)
}

fn write(image: &RgbaImage, file: &mut Vec<u8>) -> Result<(), ::png::EncodingError> {
    let mut encoder = Encoder::new(file, image.width, image.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fastest);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&image.pixels)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives() {
        let pixels: Vec<u8> = (0..4 * 7 * 5).map(|v: u8| v.wrapping_mul(37)).collect();
        let image = RgbaImage::new(7, 5, pixels).unwrap();
        let file = png(&image).unwrap();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut decoded = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut decoded).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (7, 5, ColorType::Rgba));
        assert_eq!(decoded, image.pixels);
    }

    #[test]
    fn a_picture_without_pixels_is_refused() {
        let error = png(&RgbaImage::transparent(0, 5)).unwrap_err();
        assert!(error.to_string().starts_with("no PNG can be made of a picture of 0 x 5 pixels: "), "{error}");
    }
}
