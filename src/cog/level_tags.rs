//! Tags of one directory to a [`Level`]: defaults of TIFF 6.0, checks of sizes, and the oddities that GDAL reads too.

use std::sync::Arc;

use tiff::tags::Tag;

use super::CogError;
use super::block_table::{BlockShape, BlockTable, LazyArray};
use super::directory::{Directory, DirectoryReader};
use super::file::SharedFile;
use super::level::{Level, LevelOrigin};
use super::old_jpeg_tags;
use super::tags::{self, Compression, ExtraSample, FillOrder, Interleave, Photometric, Predictor, SampleFormat};

/// Bytes of a slice of a single uncompressed strip, which is read piece by piece.
const SLICE_BYTES: u64 = 64 * 1024;
/// Bytes that a block may have before compression.
const MAX_BLOCK_BYTES: u64 = i32::MAX as u64;
/// `InkSet`: cyan, magenta, yellow and black.
const CMYK_INKS: u16 = 1;
/// `PhotometricInterpretation` of red, green and blue.
const RGB: u16 = 2;
/// `PhotometricInterpretation` of luminance and two colour differences.
const YCBCR: u16 = 6;
/// Columns and rows that an image may have, as in GDAL.
const MAX_SIZE: u32 = i32::MAX as u32;

/// Reads the tags of one directory that say how its pixels are stored.
pub(crate) struct LevelTags<'r, 'f> {
    pub(crate) reader: &'r mut DirectoryReader<'f>,
    pub(crate) file: &'r Arc<SharedFile>,
}

impl LevelTags<'_, '_> {
    /// The level that `directory` describes. Its number is 0 and it has no mask as yet.
    pub(crate) fn level(&mut self, directory: &Directory, origin: LevelOrigin) -> Result<Level, CogError> {
        let width = self.size(directory, Tag::ImageWidth)?;
        let height = self.size(directory, Tag::ImageLength)?;
        let compression_code = self.number_or(directory, Tag::Compression, 1);
        let is_old_jpeg = Compression::from_code(compression_code) == Compression::OldJpeg;
        let photometric = match self.number_or(directory, Tag::PhotometricInterpretation, 1) {
            // What writers of that compression left out or got wrong.
            RGB if is_old_jpeg => YCBCR,
            _ if is_old_jpeg && directory.entry(Tag::PhotometricInterpretation).is_none() => YCBCR,
            code => code,
        };
        let is_in_color = is_old_jpeg && photometric == YCBCR;
        let samples_per_pixel = self.number_or(directory, Tag::SamplesPerPixel, if is_in_color { 3 } else { 1 });
        if samples_per_pixel == 0 {
            return Err(self.broken(directory, "pixels of 0 samples"));
        }
        let (block_width, block_height, tiled) = self.block_size(directory, width, height)?;
        let interleave = match self.number_or(directory, Tag::PlanarConfiguration, 1) {
            2 if samples_per_pixel > 1 => Interleave::Band,
            _ => Interleave::Pixel,
        };
        let mut level = Level {
            index: 0,
            origin,
            width,
            height,
            block_width,
            block_height,
            tiled,
            bits_per_sample: if is_old_jpeg && directory.entry(Tag::BitsPerSample).is_none() {
                8
            } else {
                self.same_for_all(directory, Tag::BitsPerSample, samples_per_pixel)?
            },
            sample_format: self
                .same_for_all(directory, Tag::SampleFormat, samples_per_pixel)
                .map(SampleFormat::from_code)?,
            samples_per_pixel,
            interleave,
            compression: Compression::from_code(compression_code),
            compression_code,
            predictor: Predictor::from_code(self.number_or(directory, Tag::Predictor, 1)),
            photometric: Photometric::from_code(photometric),
            fill_order: match self.number_or(directory, Tag::FillOrder, 1) {
                2 => FillOrder::LowBitFirst,
                _ => FillOrder::HighBitFirst,
            },
            extra_samples: self.extra_samples(directory),
            has_alpha: false,
            has_cmyk_inks: self.number_or(directory, tags::INK_SET, CMYK_INKS) == CMYK_INKS,
            jpeg_tables: self.reader.raw(directory, Tag::JPEGTables).ok().flatten().map(Into::into),
            ycbcr_subsampling: self
                .numbers(directory, tags::YCBCR_SUBSAMPLING)
                .and_then(|values| Some((u16::try_from(*values.first()?).ok()?, u16::try_from(*values.get(1)?).ok()?))),
            old_jpeg: is_old_jpeg.then(|| Arc::new(old_jpeg_tags::read(self.reader, directory))),
            ycbcr_coefficients: self.chunk_of_doubles(directory, tags::YCBCR_COEFFICIENTS),
            reference_black_white: self.chunk_of_doubles(directory, tags::REFERENCE_BLACK_WHITE),
            color_map: self.color_map(directory),
            t4_options: self.numbers(directory, tags::T4_OPTIONS).and_then(|v| first_u32(&v)).unwrap_or(0),
            lerc_parameters: self
                .numbers(directory, tags::LERC_PARAMETERS)
                .and_then(|values| Some((u32::try_from(*values.first()?).ok()?, u32::try_from(*values.get(1)?).ok()?))),
            byte_order: self.reader.byte_order(),
            mask: None,
            directory_offset: directory.offset,
            directory_index: 0,
            file: Arc::clone(self.file),
            blocks: self.block_table(directory)?,
        };
        self.check_block_bytes(&level, directory)?;
        mend_colors(&mut level);
        slice_single_strip(&mut level);
        Ok(level)
    }

    fn broken(&self, directory: &Directory, what: &str) -> CogError {
        CogError::malformed(self.file.path(), format!("directory at offset {}: {what}", directory.offset))
    }

    /// All integers of a tag; `None` where it is missing or unusable.
    fn numbers(&mut self, directory: &Directory, tag: Tag) -> Option<Vec<u64>> {
        self.reader.unsigned(directory, tag).ok().flatten()
    }

    /// The first numbers of a tag; `None` where it is missing, unusable or has fewer.
    fn chunk_of_doubles<const N: usize>(&mut self, directory: &Directory, tag: Tag) -> Option<[f64; N]> {
        self.reader.doubles(directory, tag).ok().flatten()?.first_chunk().copied()
    }

    /// First integer of a tag; `default` where the tag is missing or unusable, as in libtiff.
    fn number_or(&mut self, directory: &Directory, tag: Tag, default: u16) -> u16 {
        self.numbers(directory, tag)
            .and_then(|values| values.first().copied())
            .and_then(|value| u16::try_from(value).ok())
            .unwrap_or(default)
    }

    fn size(&mut self, directory: &Directory, tag: Tag) -> Result<u32, CogError> {
        let values = self.reader.unsigned(directory, tag)?;
        let size = values.as_deref().and_then(first_u32);
        size.filter(|&size| size > 0 && size <= MAX_SIZE).ok_or_else(|| {
            let found = values.as_deref().and_then(|values| values.first());
            let found = found.map_or_else(|| "missing".to_owned(), u64::to_string);
            self.broken(directory, &format!("{tag:?} is {found}; 1 to {MAX_SIZE} is possible"))
        })
    }

    fn block_size(&mut self, directory: &Directory, width: u32, height: u32) -> Result<(u32, u32, bool), CogError> {
        if directory.entry(Tag::TileWidth).is_some() || directory.entry(Tag::TileLength).is_some() {
            let block_width = self.size(directory, Tag::TileWidth)?;
            return Ok((block_width, self.size(directory, Tag::TileLength)?, true));
        }
        let rows = self.numbers(directory, Tag::RowsPerStrip).and_then(|values| values.first().copied());
        let rows = rows.map_or(height, |rows| u32::try_from(rows).unwrap_or(u32::MAX));
        if rows == 0 {
            return Err(self.broken(directory, "strips of 0 rows"));
        }
        Ok((width, rows.min(height), false))
    }

    /// A value that stands once for each of `samples` samples and must be the same for all; more count for nothing, as in GDAL.
    /// Missing means 1.
    fn same_for_all(&mut self, directory: &Directory, tag: Tag, samples: u16) -> Result<u16, CogError> {
        let Some(mut values) = self.reader.unsigned(directory, tag)? else { return Ok(1) };
        values.truncate(usize::from(samples));
        let Some((&first, rest)) = values.split_first() else { return Ok(1) };
        if rest.iter().any(|&value| value != first) {
            let reason = format!("{tag:?} differs between samples: {:?}", values.get(..8).unwrap_or(&values));
            return Err(CogError::unsupported(self.file.path(), reason));
        }
        u16::try_from(first).map_err(|_| self.broken(directory, &format!("{tag:?} is {first}")))
    }

    fn extra_samples(&mut self, directory: &Directory) -> Vec<ExtraSample> {
        let codes = self.numbers(directory, Tag::ExtraSamples).unwrap_or_default();
        codes.into_iter().map(|code| ExtraSample::from_code(u16::try_from(code).unwrap_or(u16::MAX))).collect()
    }

    fn color_map(&mut self, directory: &Directory) -> Option<Arc<[u16]>> {
        let values = self.numbers(directory, Tag::ColorMap)?;
        values.into_iter().map(|value| u16::try_from(value).ok()).collect()
    }

    fn block_table(&mut self, directory: &Directory) -> Result<BlockTable, CogError> {
        let array = |tile: Tag, strip: Tag| {
            LazyArray::new(self.reader, directory, tile).or_else(|| LazyArray::new(self.reader, directory, strip))
        };
        let offsets = array(Tag::TileOffsets, Tag::StripOffsets);
        let byte_counts = array(Tag::TileByteCounts, Tag::StripByteCounts);
        let offsets = offsets.ok_or_else(|| self.broken(directory, "offsets of its tiles or strips are missing"))?;
        Ok(BlockTable { offsets, byte_counts, shape: BlockShape::Compressed, is_single_strip: false })
    }

    fn check_block_bytes(&self, level: &Level, directory: &Directory) -> Result<(), CogError> {
        let bytes = level.block_row_bytes().saturating_mul(u64::from(level.block_height));
        // A single uncompressed strip is read in slices, and compressed ones by rows in GDAL; only tiles must fit as such.
        if level.tiled && bytes > MAX_BLOCK_BYTES {
            return Err(CogError::TooLarge {
                path: self.file.path().to_path_buf(),
                what: format!("one tile of the directory at offset {}", directory.offset),
                needed: bytes,
                allowed: MAX_BLOCK_BYTES,
            });
        }
        Ok(())
    }
}

fn first_u32(values: &[u64]) -> Option<u32> {
    values.first().and_then(|&value| u32::try_from(value).ok())
}

/// Settles what tags say of colours the way libtiff does: samples beyond the colours are extra samples, and a colour map
/// counts only if it has an entry for each value.
fn mend_colors(level: &mut Level) {
    let samples = usize::from(level.samples_per_pixel);
    let colors = match level.photometric {
        Photometric::Palette | Photometric::MinIsWhite | Photometric::MinIsBlack => 1,
        Photometric::Rgb
        | Photometric::YCbCr
        | Photometric::CieLab
        | Photometric::IccLab
        | Photometric::ItuLab
        | Photometric::LogLuv => 3,
        Photometric::Cmyk | Photometric::Mask => 4,
        _ => samples,
    };
    let missing = samples.saturating_sub(level.extra_samples.len()).saturating_sub(colors);
    level.extra_samples.extend(std::iter::repeat_n(ExtraSample::Unspecified, missing));

    let entries = 1_usize.checked_shl(u32::from(level.bits_per_sample)).filter(|_| level.bits_per_sample <= 16);
    let is_whole =
        |map: &Arc<[u16]>| entries.is_some_and(|entries| map.len() == 3 * entries) || level.bits_per_sample < 8;
    level.color_map = level.color_map.take().filter(is_whole);
    if level.photometric == Photometric::Palette && level.color_map.is_none() {
        level.photometric = if samples == 3 { Photometric::Rgb } else { Photometric::MinIsBlack };
    }
}

/// Lets a single uncompressed strip be read in slices, and says how long uncompressed blocks are.
fn slice_single_strip(level: &mut Level) {
    level.blocks.is_single_strip = !level.tiled && level.block_count() == 1;
    let subsampled = level.photometric == Photometric::YCbCr;
    if level.compression != Compression::None || subsampled {
        return;
    }
    let row_bytes = level.block_row_bytes().max(1);
    let rows_per_slice = u32::try_from((SLICE_BYTES / row_bytes).max(1)).unwrap_or(u32::MAX);
    let is_single_strip = !level.tiled && level.block_height >= level.height;
    let is_sliced = is_single_strip && rows_per_slice < level.height;
    if is_sliced {
        level.block_height = rows_per_slice;
    }
    let last_row = level.blocks_down().saturating_sub(1);
    let last_bytes = row_bytes.saturating_mul(u64::from(level.block_rows(last_row)));
    let bytes = row_bytes.saturating_mul(u64::from(level.block_height));
    level.blocks.shape = if is_sliced {
        BlockShape::Sliced { bytes, last_bytes, slices: u64::from(level.blocks_down()) }
    } else {
        let blocks_per_plane = u64::from(level.blocks_across()) * u64::from(level.blocks_down());
        BlockShape::Plain { bytes, last_bytes, blocks_per_plane }
    };
}
