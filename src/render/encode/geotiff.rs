//! Small uncompressed `GeoTIFF` files: the values of a raster, or a picture.
//!
//! Keys as in OGC 19-008 (`GeoTIFF` 1.1). Samples are written in the machine's order of bytes, which the header tells.

use std::io::{Cursor, Seek, Write};

use tiff::TiffResult;
use tiff::encoder::{DirectoryEncoder, TiffEncoder, TiffKindStandard};
use tiff::tags::Tag;

use super::EncodeError;
use crate::geo::{Affine, Crs};
use crate::raster::{INVALID, Raster, SampleType, Samples};
use crate::render::RgbaImage;

/// Bytes of a strip, roughly.
const STRIP_BYTES: usize = 256 << 10;
const GEO_KEY_DIRECTORY: Tag = Tag::Unknown(34735);
const MODEL_PIXEL_SCALE: Tag = Tag::Unknown(33550);
const MODEL_TIEPOINT: Tag = Tag::Unknown(33922);
const MODEL_TRANSFORMATION: Tag = Tag::Unknown(34264);
/// `PhotometricInterpretation` of greys, colours, and masks.
const MIN_IS_BLACK: u16 = 1;
const RGB: u16 = 2;
const TRANSPARENCY_MASK: u16 = 4;
/// `NewSubfileType` of a mask.
const IS_MASK: u32 = 4;
/// `ExtraSamples` of straight alpha.
const STRAIGHT_ALPHA: u16 = 2;

type Directory<'a, W> = DirectoryEncoder<'a, W, TiffKindStandard>;

/// Where an image lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// Columns and rows (of pixel corners) to coordinates.
    pub affine: Affine,
    /// Their reference system; written if it has an EPSG code.
    pub crs: Crs,
}

/// The values of a raster as they are, band after band; its mask as a mask, unless everything is valid.
///
/// All bands have to be of one type.
pub fn geotiff_values(raster: &Raster, placement: &Placement) -> Result<Vec<u8>, EncodeError> {
    let failed = |reason: String| EncodeError::GeoTiff { width: raster.width(), height: raster.height(), reason };
    let Some(sample_type) = raster.bands().first().map(Samples::sample_type) else {
        return Err(failed("there are no bands".into()));
    };
    if raster.bands().iter().any(|plane| plane.sample_type() != sample_type) {
        return Err(failed("its bands are of different types".into()));
    }
    write_values(raster, sample_type, placement).map_err(|error| failed(error.to_string()))
}

/// A picture with alpha.
pub fn geotiff_picture(image: &RgbaImage, placement: &Placement) -> Result<Vec<u8>, EncodeError> {
    let failed = |reason: String| EncodeError::GeoTiff { width: image.width, height: image.height, reason };
    if image.pixels.is_empty() {
        return Err(failed("there are no pixels".into()));
    }
    write_picture(image, placement).map_err(|error| failed(error.to_string()))
}

fn write_values(raster: &Raster, sample_type: SampleType, placement: &Placement) -> TiffResult<Vec<u8>> {
    let bands = raster.bands().len();
    let count = u16::try_from(bands)?;
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    {
        let mut directory = encoder.image_directory()?;
        let bits = u16::try_from(sample_type.bytes() * 8)?;
        head(&mut directory, raster.width(), raster.height())?;
        directory.write_tag(Tag::BitsPerSample, &vec![bits; bands][..])?;
        directory.write_tag(Tag::SampleFormat, &vec![format_code(sample_type); bands][..])?;
        directory.write_tag(Tag::PhotometricInterpretation, MIN_IS_BLACK)?;
        directory.write_tag(Tag::SamplesPerPixel, count)?;
        // Band after band.
        directory.write_tag(Tag::PlanarConfiguration, 2_u16)?;
        if count > 1 {
            directory.write_tag(Tag::ExtraSamples, &vec![0_u16; bands - 1][..])?;
        }
        let planes = raster.bands().iter().map(native_bytes).collect::<Vec<_>>();
        strips(&mut directory, raster.height(), &planes)?;
        place(&mut directory, placement)?;
        directory.finish()?;
    }
    if raster.mask().contains(&INVALID) {
        let mut directory = encoder.image_directory()?;
        head(&mut directory, raster.width(), raster.height())?;
        directory.write_tag(Tag::NewSubfileType, IS_MASK)?;
        directory.write_tag(Tag::BitsPerSample, 1_u16)?;
        directory.write_tag(Tag::PhotometricInterpretation, TRANSPARENCY_MASK)?;
        directory.write_tag(Tag::SamplesPerPixel, 1_u16)?;
        strips(&mut directory, raster.height(), &[packed_bits(raster)])?;
        directory.finish()?;
    }
    Ok(file.into_inner())
}

fn write_picture(image: &RgbaImage, placement: &Placement) -> TiffResult<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    let mut directory = encoder.image_directory()?;
    head(&mut directory, image.width, image.height)?;
    directory.write_tag(Tag::BitsPerSample, &[8_u16; 4][..])?;
    directory.write_tag(Tag::PhotometricInterpretation, RGB)?;
    directory.write_tag(Tag::SamplesPerPixel, 4_u16)?;
    directory.write_tag(Tag::ExtraSamples, &[STRAIGHT_ALPHA][..])?;
    strips(&mut directory, image.height, std::slice::from_ref(&image.pixels))?;
    place(&mut directory, placement)?;
    directory.finish()?;
    Ok(file.into_inner())
}

fn head<W: Write + Seek>(directory: &mut Directory<'_, W>, width: u32, height: u32) -> TiffResult<()> {
    directory.write_tag(Tag::ImageWidth, width)?;
    directory.write_tag(Tag::ImageLength, height)?;
    directory.write_tag(Tag::Compression, 1_u16)
}

/// Writes planes of `height` rows in strips, one plane after the other, and says where they are.
fn strips<W: Write + Seek>(directory: &mut Directory<'_, W>, height: u32, planes: &[Vec<u8>]) -> TiffResult<()> {
    let height = usize::try_from(height)?;
    let row_bytes = planes.first().map_or(0, |plane| plane.len() / height.max(1)).max(1);
    let rows = (STRIP_BYTES / row_bytes).clamp(1, height.max(1));
    let mut offsets = Vec::new();
    let mut lengths = Vec::new();
    for strip in planes.iter().flat_map(|plane| plane.chunks(rows * row_bytes)) {
        offsets.push(u32::try_from(directory.write_data(strip)?)?);
        lengths.push(u32::try_from(strip.len())?);
    }
    directory.write_tag(Tag::RowsPerStrip, u32::try_from(rows)?)?;
    directory.write_tag(Tag::StripOffsets, &offsets[..])?;
    directory.write_tag(Tag::StripByteCounts, &lengths[..])
}

fn place<W: Write + Seek>(directory: &mut Directory<'_, W>, placement: &Placement) -> TiffResult<()> {
    let [x, col_x, row_x, y, col_y, row_y] = placement.affine.to_gdal();
    if placement.affine.is_axis_parallel() && col_x > 0.0 && row_y < 0.0 {
        directory.write_tag(MODEL_PIXEL_SCALE, &[col_x, -row_y, 0.0][..])?;
        directory.write_tag(MODEL_TIEPOINT, &[0.0, 0.0, 0.0, x, y, 0.0][..])?;
    } else {
        let matrix = [col_x, row_x, 0.0, x, col_y, row_y, 0.0, y, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        directory.write_tag(MODEL_TRANSFORMATION, &matrix[..])?;
    }
    if let Some(code) = placement.crs.epsg().and_then(|code| u16::try_from(code).ok()) {
        // GTModelTypeGeoKey (projected or geographic), GTRasterTypeGeoKey (areas), then the code of the system.
        let (model, key) = if placement.crs.is_geographic() { (2, 2048) } else { (1, 3072) };
        let keys = [1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, 1, key, 0, 1, code];
        directory.write_tag(GEO_KEY_DIRECTORY, &keys[..])?;
    }
    Ok(())
}

/// `SampleFormat`.
fn format_code(sample_type: SampleType) -> u16 {
    match sample_type {
        SampleType::U8 | SampleType::U16 | SampleType::U32 | SampleType::U64 => 1,
        SampleType::I8 | SampleType::I16 | SampleType::I32 | SampleType::I64 => 2,
        SampleType::F32 | SampleType::F64 => 3,
        SampleType::CI16 | SampleType::CI32 => 5,
        SampleType::CF32 | SampleType::CF64 => 6,
    }
}

/// The samples in the machine's order of bytes.
fn native_bytes(plane: &Samples) -> Vec<u8> {
    let mut bytes = Vec::new();
    plane.extend_le_bytes(&mut bytes);
    if cfg!(target_endian = "big") {
        let sample_type = plane.sample_type();
        let part = if sample_type.is_complex() { sample_type.bytes() / 2 } else { sample_type.bytes() };
        bytes.chunks_mut(part).for_each(<[u8]>::reverse);
    }
    bytes
}

/// The mask with a bit a pixel, rows padded to whole bytes; 1 is valid.
fn packed_bits(raster: &Raster) -> Vec<u8> {
    let width = usize::try_from(raster.width()).unwrap_or(usize::MAX);
    let byte = |pixels: &[u8]| {
        pixels.iter().enumerate().fold(0_u8, |byte, (bit, &mask)| byte | if mask == INVALID { 0 } else { 0x80 >> bit })
    };
    raster.mask().chunks(width).flat_map(|row| row.chunks(8).map(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::BoundingBox;
    use tiff::decoder::{Decoder, DecodingResult};

    fn placement(epsg: u32) -> Placement {
        let bbox = BoundingBox::new(500_000.0, 7_000_000.0, 500_300.0, 7_000_200.0).unwrap();
        Placement { affine: Affine::of_grid(&bbox, 30, 20), crs: Crs::from_epsg(epsg).unwrap() }
    }

    fn decoder(file: Vec<u8>) -> Decoder<Cursor<Vec<u8>>> {
        Decoder::new(Cursor::new(file)).unwrap()
    }

    #[test]
    fn values_position_and_system_survive() {
        let values: Vec<u16> = (0..600).collect();
        let raster = Raster::fully_valid(30, 20, vec![Samples::U16(values.clone())]).unwrap();
        let mut decoder = decoder(geotiff_values(&raster, &placement(32621)).unwrap());
        assert_eq!(decoder.dimensions().unwrap(), (30, 20));
        assert_eq!(decoder.get_tag_f64_vec(MODEL_PIXEL_SCALE).unwrap(), [10.0, 10.0, 0.0]);
        assert_eq!(decoder.get_tag_f64_vec(MODEL_TIEPOINT).unwrap(), [0.0, 0.0, 0.0, 500_000.0, 7_000_200.0, 0.0]);
        let keys = decoder.get_tag_u16_vec(GEO_KEY_DIRECTORY).unwrap();
        assert_eq!(keys[12..], [3072, 0, 1, 32621]);
        assert!(matches!(decoder.read_image().unwrap(), DecodingResult::U16(found) if found == values));
        assert!(!decoder.more_images());
    }

    #[test]
    fn a_geographic_system_has_its_own_key() {
        let raster = Raster::fully_valid(1, 1, vec![Samples::F32(vec![0.5])]).unwrap();
        let mut decoder = decoder(geotiff_values(&raster, &placement(4326)).unwrap());
        assert_eq!(decoder.get_tag_u16_vec(GEO_KEY_DIRECTORY).unwrap()[12..], [2048, 0, 1, 4326]);
    }

    #[test]
    fn what_is_invalid_stands_in_a_mask_of_one_bit() {
        let mut mask = vec![255; 20];
        mask[0] = 0;
        mask[9] = 0;
        let raster = Raster::new(10, 2, vec![Samples::U8(vec![7; 20])], mask).unwrap();
        assert_eq!(packed_bits(&raster), [0b0111_1111, 0b1000_0000, 0b1111_1111, 0b1100_0000]);
        let mut decoder = decoder(geotiff_values(&raster, &placement(32621)).unwrap());
        decoder.next_image().unwrap();
        assert_eq!(decoder.get_tag_u32(Tag::NewSubfileType).unwrap(), IS_MASK);
    }

    #[test]
    fn a_picture_has_four_interleaved_samples() {
        let image = RgbaImage::new(2, 1, vec![1, 2, 3, 255, 4, 5, 6, 0]).unwrap();
        let mut decoder = decoder(geotiff_picture(&image, &placement(32621)).unwrap());
        assert_eq!(decoder.colortype().unwrap(), tiff::ColorType::RGBA(8));
        assert!(matches!(decoder.read_image().unwrap(), DecodingResult::U8(found) if found == image.pixels));
    }

    #[test]
    fn large_planes_go_into_several_strips() {
        let raster = Raster::fully_valid(1024, 700, vec![Samples::U8(vec![9; 1024 * 700]); 2]).unwrap();
        let mut decoder = decoder(geotiff_values(&raster, &placement(32621)).unwrap());
        assert_eq!(decoder.get_tag_u32_vec(Tag::StripOffsets).unwrap().len(), 6);
    }

    #[test]
    fn a_raster_without_bands_is_refused() {
        let raster = Raster::fully_valid(1, 1, vec![]).unwrap();
        assert!(geotiff_values(&raster, &placement(32621)).is_err());
    }
}
