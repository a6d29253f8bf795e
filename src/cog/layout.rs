//! What the samples of a level become once decoded: their type, how many planes, which of them is alpha.
//!
//! Bands are as GDAL shows them: inks, L*a*b* and subsampled `YCbCr` as red, green and blue; everything else as stored.
//! Alpha is alpha only as the last sample; it then is the image's mask and not a band.

use super::CogError;
use super::level::Level;
use super::tags::{Compression, Interleave, Photometric, SampleFormat};
use super::unpack;
use crate::raster::SampleType;

/// Blocks that a level may have, as in GDAL.
const MAX_BLOCKS: u64 = i32::MAX as u64;

/// How colours are converted after unpacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColorConversion {
    /// Not at all.
    None,
    /// Four inks to red, green and blue.
    Cmyk,
    /// CIE L*a*b* to red, green and blue.
    CieLab,
    /// Luminance and colour differences to red, green and blue.
    YCbCr {
        /// Pixels that share a colour difference, across.
        across: usize,
        /// Pixels that share a colour difference, down.
        down: usize,
    },
}

/// What a decoded level consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) sample_type: SampleType,
    /// Planes of a pixel after conversion, alpha included.
    pub(crate) planes: usize,
    pub(crate) has_alpha: bool,
    pub(crate) conversion: ColorConversion,
    /// Whether each plane lies in blocks of its own and can be decoded alone.
    pub(crate) is_apart: bool,
}

impl Layout {
    /// Planes that are bands: all but alpha, which is the last.
    pub(crate) fn bands(&self) -> usize {
        self.planes - usize::from(self.has_alpha)
    }
}

/// Whether data of a compression is a picture whose colours its decoder knows.
pub(crate) fn is_picture(compression: Compression) -> bool {
    matches!(
        compression,
        Compression::Jpeg | Compression::OldJpeg | Compression::WebP | Compression::JpegXl | Compression::Jpeg2000
    )
}

impl Level {
    /// Type of the samples once decoded; `None` if samples of this width and format can't be read.
    pub fn sample_type(&self) -> Option<SampleType> {
        match self.conversion() {
            ColorConversion::None => unpack::sample_type(self.bits_per_sample, self.effective_format()),
            // GDAL takes the converted bytes for what the tags say of the samples.
            _ if self.sample_format == SampleFormat::Signed => Some(SampleType::I8),
            _ => Some(SampleType::U8),
        }
    }

    /// Number of bands once decoded; alpha is not one.
    pub fn band_count(&self) -> usize {
        self.planes_after_conversion() - usize::from(self.has_alpha())
    }

    /// Whether the last sample is alpha, as the tags or the files beside the image say it.
    pub fn has_alpha(&self) -> bool {
        self.has_alpha
    }

    /// Samples that colours are converted from.
    pub(crate) fn inks(&self) -> u16 {
        match self.conversion() {
            ColorConversion::None => self.samples_per_pixel,
            ColorConversion::Cmyk => 4,
            ColorConversion::CieLab | ColorConversion::YCbCr { .. } => 3,
        }
    }

    fn planes_after_conversion(&self) -> usize {
        match self.conversion() {
            ColorConversion::None => usize::from(self.samples_per_pixel),
            _ => 3 + usize::from(self.has_alpha()),
        }
    }

    /// Number format of the samples as they are unpacked.
    pub(crate) fn effective_format(&self) -> SampleFormat {
        match self.compression {
            Compression::SgiLog | Compression::SgiLog24 => SampleFormat::Signed,
            _ if self.conversion() != ColorConversion::None => SampleFormat::Unsigned,
            _ => self.sample_format,
        }
    }

    pub(crate) fn conversion(&self) -> ColorConversion {
        let is_integer =
            matches!(self.sample_format, SampleFormat::Unsigned | SampleFormat::Void | SampleFormat::Signed);
        if self.bits_per_sample != 8 || !is_integer {
            return ColorConversion::None;
        }
        let (across, down) = self.ycbcr_subsampling.map_or((2, 2), |(across, down)| (across.max(1), down.max(1)));
        let can_be_joined = self.interleave == Interleave::Pixel || (across, down) == (1, 1);
        match self.photometric {
            Photometric::Cmyk if self.samples_per_pixel >= 4 && self.has_cmyk_inks => ColorConversion::Cmyk,
            Photometric::CieLab if self.samples_per_pixel == 3 && self.extra_samples.is_empty() => {
                ColorConversion::CieLab
            }
            Photometric::YCbCr if self.samples_per_pixel == 3 && can_be_joined && !is_picture(self.compression) => {
                ColorConversion::YCbCr { across: usize::from(across), down: usize::from(down) }
            }
            _ => ColorConversion::None,
        }
    }

    pub(crate) fn layout(&self) -> Result<Layout, CogError> {
        if self.block_count() > MAX_BLOCKS {
            let reason = format!("level {} has {} blocks, more than {MAX_BLOCKS}", self.index, self.block_count());
            return Err(CogError::unsupported(self.path(), reason));
        }
        let sample_type = self.sample_type().ok_or_else(|| {
            let reason = format!("samples of {} bits, {:?}", self.bits_per_sample, self.sample_format);
            CogError::unsupported(self.path(), reason)
        })?;
        let conversion = self.conversion();
        let is_apart = self.interleave == Interleave::Band && conversion == ColorConversion::None;
        let planes = self.planes_after_conversion();
        Ok(Layout { sample_type, planes, has_alpha: self.has_alpha(), conversion, is_apart })
    }
}
