//! PNG of at most 256 colours: a third of the bytes, for slow lines.

use ::png::{BitDepth, ColorType, Compression, Encoder};
use color_quant::NeuQuant;
use rustc_hash::FxHashMap;

use super::EncodeError;
use crate::render::RgbaImage;

/// Colours of a palette.
const MOST_COLORS: usize = 256;
/// The quantiser looks at every so many pixels: 1 is best, 30 fastest.
const EVERY: i32 = 10;

/// The picture as a PNG file with a palette: its own colours if they are at most 256, else those that stand for them best.
pub fn png_indexed(image: &RgbaImage) -> Result<Vec<u8>, EncodeError> {
    let (colors, indices) = own_colors(image).unwrap_or_else(|| chosen_colors(image));
    let mut file = Vec::with_capacity(indices.len() / 2 + 1024);
    write(image, &colors, &indices, &mut file).map_err(|error| EncodeError::Png {
        width: image.width,
        height: image.height,
        reason: error.to_string(),
    })?;
    Ok(file)
}

/// The palette of all colours and each pixel's place in it; `None` if they are too many.
fn own_colors(image: &RgbaImage) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
    let (pixels, _) = image.pixels.as_chunks::<4>();
    let mut places: FxHashMap<[u8; 4], u8> = FxHashMap::default();
    let mut colors: Vec<[u8; 4]> = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len());
    for &pixel in pixels {
        let place = match places.get(&pixel) {
            Some(place) => *place,
            None => {
                let place = u8::try_from(colors.len()).ok()?;
                colors.push(pixel);
                places.insert(pixel, place);
                place
            }
        };
        indices.push(place);
    }
    Some((colors, indices))
}

fn chosen_colors(image: &RgbaImage) -> (Vec<[u8; 4]>, Vec<u8>) {
    let quantiser = NeuQuant::new(EVERY, MOST_COLORS, &image.pixels);
    let (pixels, _) = image.pixels.as_chunks::<4>();
    // Neighbours are often alike, and looking up a colour takes longer than remembering it.
    let mut known: FxHashMap<[u8; 4], u8> = FxHashMap::default();
    let mut index = |pixel: &[u8; 4]| {
        *known.entry(*pixel).or_insert_with(|| u8::try_from(quantiser.index_of(pixel)).unwrap_or(u8::MAX))
    };
    let indices = pixels.iter().map(&mut index).collect();
    let mut colors = quantiser.color_map_rgba().as_chunks::<4>().0.to_vec();
    colors.truncate(MOST_COLORS);
    (colors, indices)
}

fn write(
    image: &RgbaImage,
    colors: &[[u8; 4]],
    indices: &[u8],
    file: &mut Vec<u8>,
) -> Result<(), ::png::EncodingError> {
    let mut encoder = Encoder::new(file, image.width, image.height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_palette(colors.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect::<Vec<u8>>());
    encoder.set_trns(colors.iter().map(|&[.., alpha]| alpha).collect::<Vec<u8>>());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(indices)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(file: Vec<u8>) -> Vec<u8> {
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(::png::Transformations::EXPAND | ::png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        assert_eq!(reader.info().color_type, ColorType::Indexed);
        reader.next_frame(&mut pixels).unwrap();
        pixels
    }

    #[test]
    fn few_colours_are_kept_as_they_are() {
        let pixels = [[1, 2, 3, 255], [0; 4], [9, 8, 7, 128], [1, 2, 3, 255]].concat();
        let image = RgbaImage::new(2, 2, pixels.clone()).unwrap();
        assert_eq!(decoded(png_indexed(&image).unwrap()), pixels);
    }

    #[test]
    fn many_colours_are_nearly_kept() {
        let pixel = |at: u32| [(at % 64) as u8 * 4, (at / 64) as u8 * 4, 100, 255];
        let image = RgbaImage::new(64, 64, (0..64 * 64).flat_map(pixel).collect()).unwrap();
        let found = decoded(png_indexed(&image).unwrap());
        let off = found.iter().zip(&image.pixels).map(|(&a, &b)| u64::from(a.abs_diff(b))).sum::<u64>();
        assert!(off / (64 * 64 * 4) < 8, "{off}");
    }
}
