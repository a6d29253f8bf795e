//! What a new file will be: levels and blocks, format of samples, masks. Everything that options and source settle
//! together, before anything is read.

use std::sync::Arc;

use super::ConvertError;
use super::options::{NodataChoice, Options, OverviewResampling, Overviews};
use crate::cog::write::{BlockEncoder, Codec, DEFLATE_LEVELS, ZSTD_LEVELS};
use crate::cog::{
    Cog, ColorConversion, ColorInterpretation, ExtraSample, Layout, Level, Nodata, Photometric, Predictor,
    SampleFormat, parse_nodata,
};
use crate::raster::SampleType;

/// Columns and rows of a usual block.
const BLOCK_SIZE: u32 = 512;
/// Sides of blocks are multiples of this.
const BLOCK_STEP: u32 = 16;
/// Largest side of a block that can be asked for.
const MAX_BLOCK_SIZE: u32 = 8192;
/// Bytes of a block, uncompressed, from which on smaller blocks are chosen; and beyond which they are refused.
const USUAL_BLOCK_BYTES: u64 = 64 << 20;
const MAX_BLOCK_BYTES: u64 = 256 << 20;
/// Bytes of the rows of all overviews that are held at a time.
const MAX_MEMORY: u64 = 8 << 30;
/// Images up to this many pixels across and down need no overviews.
const SMALL_IMAGE: u32 = 512;

/// Where the mask of the new file comes from: any of the source's mask, alpha and nodata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MaskSources(u8);

impl MaskSources {
    pub(super) const LEVEL: Self = Self(1);
    pub(super) const ALPHA: Self = Self(2);
    pub(super) const NODATA: Self = Self(4);

    pub(super) fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn with(self, other: Self, condition: bool) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }
}

/// A level of the new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LevelPlan {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) block_width: u32,
}

/// What the new file will be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// The full resolution first, then overviews from finer to coarser.
    pub(super) levels: Vec<LevelPlan>,
    pub(super) block_height: u32,
    pub(super) codec: Codec,
    pub(super) predictor: Predictor,
    pub(super) resampling: OverviewResampling,
    /// Bands of the source, in the order of the new file.
    pub(super) bands: Vec<usize>,
    /// Whether these are all bands in their order.
    pub(super) keeps_all_bands: bool,
    /// Planes of the source's blocks that are read: the bands, then alpha if there is one.
    pub(super) read_planes: Vec<usize>,
    /// Whether the last sample of the new file is alpha.
    pub(super) has_alpha: bool,
    pub(super) sample_type: SampleType,
    /// Bits of a sample as stored, both parts of a complex one.
    pub(super) bits: u16,
    pub(super) format: SampleFormat,
    pub(super) photometric: Photometric,
    pub(super) extra_samples: Vec<ExtraSample>,
    pub(super) color_map: Option<Arc<[u16]>>,
    pub(super) mask: MaskSources,
    /// The value that becomes the mask.
    pub(super) mask_nodata: Option<Nodata>,
    /// The nodata value of the new file and its text.
    pub(super) nodata: Option<(Nodata, String)>,
}

impl Plan {
    pub(super) fn new(source: &Cog, level: &Level, options: &Options) -> Result<Self, ConvertError> {
        let unsuitable = |reason: String| ConvertError::Unsuitable { path: source.path().to_path_buf(), reason };
        check_numbers(options)?;
        let layout = level.layout()?;
        let bands = match &options.bands {
            Some(bands) if bands.is_empty() => return Err(ConvertError::Options("no band is chosen".to_owned())),
            Some(bands) => bands.clone(),
            None => (0..layout.bands()).collect(),
        };
        if let Some(band) = bands.iter().find(|&&band| band >= layout.bands()) {
            return Err(unsuitable(format!("there is no band {}, only {}", band + 1, layout.bands())));
        }
        let keeps_all_bands = bands.iter().copied().eq(0..layout.bands());
        let nodata = nodata(source, &bands, &options.nodata, layout.sample_type)?;
        let (bits, format) = stored_as(level, &layout);

        let lossy = options.codec.is_lossy();
        let keeps_alpha = layout.has_alpha && !matches!(options.codec, Codec::Jpeg { .. });
        let mask = MaskSources::default()
            .with(MaskSources::LEVEL, level.mask.is_some())
            .with(MaskSources::ALPHA, layout.has_alpha && !keeps_alpha)
            .with(MaskSources::NODATA, lossy && nodata.is_some());
        let mut plan = Self {
            levels: Vec::new(),
            block_height: BLOCK_SIZE,
            codec: options.codec,
            predictor: Predictor::None,
            resampling: OverviewResampling::Average,
            keeps_all_bands,
            read_planes: bands.iter().copied().chain(layout.has_alpha.then(|| layout.bands())).collect(),
            has_alpha: keeps_alpha,
            sample_type: layout.sample_type,
            bits,
            format,
            photometric: photometric(source, level, &bands, keeps_all_bands),
            extra_samples: Vec::new(),
            color_map: color_map(level, bits).filter(|_| bands.len() == 1),
            mask,
            mask_nodata: nodata.as_ref().map(|(value, _)| *value).filter(|_| lossy),
            nodata: nodata.filter(|_| !lossy),
            bands,
        };
        plan.extra_samples = plan.extras(level);
        plan.check_codec().map_err(unsuitable)?;
        plan.predictor = plan.predictor(options).map_err(ConvertError::Options)?;
        let is_of_indices = plan.is_palette() || bits == 1;
        let usual = if is_of_indices { OverviewResampling::Mode } else { OverviewResampling::Average };
        plan.resampling = options.resampling.unwrap_or(usual);
        if plan.is_palette() && !matches!(plan.resampling, OverviewResampling::Mode | OverviewResampling::Nearest) {
            let reason = "its values are indices of colours, of which no mean can be made; \
                overviews can be made by mode or nearest";
            return Err(unsuitable(reason.to_owned()));
        }
        plan.lay_out(source, options).map_err(unsuitable)?;
        Ok(plan)
    }

    /// Samples of a pixel in the new file.
    pub(super) fn samples(&self) -> usize {
        self.bands.len() + usize::from(self.has_alpha)
    }

    /// Whether samples are indices of colours.
    pub(super) fn is_palette(&self) -> bool {
        self.photometric == Photometric::Palette
    }

    /// Whether the new file has masks.
    pub(super) fn has_mask(&self) -> bool {
        !self.mask.is_empty()
    }

    /// Bytes of a pixel while it is worked on.
    pub(super) fn pixel_bytes(&self) -> u64 {
        self.read_planes.len() as u64 * self.sample_type.bytes() as u64 + u64::from(self.has_mask())
    }

    /// Encoder of the blocks of a level.
    pub(super) fn encoder(&self, level: &LevelPlan) -> BlockEncoder {
        BlockEncoder { codec: self.codec, predictor: self.predictor, bits: self.bits, width: level.block_width }
    }

    /// What the samples beyond the colours are, in the new file.
    fn extras(&self, level: &Level) -> Vec<ExtraSample> {
        let colors = match self.photometric {
            Photometric::Rgb => 3,
            Photometric::Cmyk => 4,
            _ => 1,
        };
        let mut extras = vec![ExtraSample::Unspecified; self.samples().saturating_sub(colors)];
        if let (true, Some(last)) = (self.has_alpha, extras.last_mut()) {
            *last = level.extra_samples.last().copied().unwrap_or(ExtraSample::UnassociatedAlpha);
        }
        let is_same =
            self.keeps_all_bands && level.photometric == self.photometric && extras.len() == level.extra_samples.len();
        if is_same { level.extra_samples.clone() } else { extras }
    }

    fn check_codec(&self) -> Result<(), String> {
        let (name, possible) = match self.codec {
            Codec::Jpeg { .. } => ("JPEG", [1, 3]),
            Codec::WebP { .. } => ("WebP", [3, 4]),
            _ => return Ok(()),
        };
        if self.sample_type != SampleType::U8 || self.bits != 8 {
            let reason = if self.bits < 8 { format!("{} bits", self.bits) } else { self.sample_type.name().to_owned() };
            return Err(format!("{name} holds unsigned samples of 8 bits, not {reason}; choose deflate, zstd or lzw"));
        }
        if self.is_palette() {
            return Err(format!("{name} can't hold a palette; choose deflate, zstd or lzw"));
        }
        let samples = self.samples();
        if !possible.contains(&samples) {
            let [few, many] = possible;
            let how = format!("{name} holds {few} or {many} bands, not {samples}");
            return Err(format!("{how}; choose some with --bands, or deflate, zstd or lzw"));
        }
        Ok(())
    }

    fn predictor(&self, options: &Options) -> Result<Predictor, String> {
        let is_float = self.format == SampleFormat::Float;
        let is_words = matches!(self.bits, 8 | 16 | 32 | 64) && !self.sample_type.is_complex();
        let Some(wanted) = options.predictor else {
            return Ok(match () {
                () if !self.codec.takes_predictor() || !is_words || self.is_palette() => Predictor::None,
                () if is_float => Predictor::FloatingPoint,
                () => Predictor::Horizontal,
            });
        };
        let possible = match wanted {
            Predictor::None => true,
            Predictor::Horizontal => is_words,
            Predictor::FloatingPoint => is_words && is_float,
            Predictor::Other(_) => false,
        };
        if wanted != Predictor::None && !self.codec.takes_predictor() {
            return Err("a predictor goes with deflate, zstd and lzw only".to_owned());
        }
        if possible { Ok(wanted) } else { Err(format!("predictor {} does not suit these samples", wanted.code())) }
    }

    /// Blocks and overviews.
    fn lay_out(&mut self, source: &Cog, options: &Options) -> Result<(), String> {
        let (width, height) = (source.width(), source.height());
        let bits = self.samples() as u64 * u64::from(self.bits);
        let bytes = |size: u32| u64::from(size) * u64::from(size) * bits / 8;
        let smallest_needed = |pixels: u32| pixels.div_ceil(BLOCK_STEP).saturating_mul(BLOCK_STEP);
        let (block_width, block_height, fits) = if let Some(size) = options.block_size {
            (size, size, size)
        } else {
            let mut size = BLOCK_SIZE;
            while size > BLOCK_STEP && bytes(size) > USUAL_BLOCK_BYTES {
                size /= 2;
            }
            (size.min(smallest_needed(width)), size.min(smallest_needed(height)), SMALL_IMAGE)
        };
        let block_bytes = u64::from(block_width) * u64::from(block_height) * bits / 8;
        if block_bytes > MAX_BLOCK_BYTES {
            return Err(format!(
                "a block of {block_width} x {block_height} pixels would have {block_bytes} bytes, \
                more than {MAX_BLOCK_BYTES}; give a smaller --blocksize"
            ));
        }
        self.block_height = block_height;
        let mut size = (width, height);
        let mut sizes = vec![size];
        // What is one pixel wide has nothing to halve: validators take an overview of it for a copy.
        while width > 1
            && match options.overviews {
                Overviews::Auto => size.0 > fits || size.1 > fits,
                Overviews::None => false,
                Overviews::Count(count) => (sizes.len() as u64) <= u64::from(count) && size != (1, 1),
            }
        {
            size = (size.0.div_ceil(2), size.1.div_ceil(2));
            sizes.push(size);
        }
        let held: u64 = sizes
            .iter()
            .skip(1)
            .map(|&(width, height)| u64::from(width) * u64::from(height.min(2 * block_height)))
            .sum();
        let needed = held.saturating_mul(self.pixel_bytes());
        if needed > MAX_MEMORY {
            return Err(format!(
                "with overviews it would need {} GiB of memory, more than {}; give a smaller --blocksize or --overviews none",
                needed >> 30,
                MAX_MEMORY >> 30
            ));
        }
        let level = |(width, height)| LevelPlan { width, height, block_width: distinct(block_width, width, height) };
        self.levels = sizes.into_iter().map(level).collect();
        Ok(())
    }
}

/// The width of a block; half of it where a large level is exactly one block wide, which validators take for strips.
fn distinct(block_width: u32, width: u32, height: u32) -> u32 {
    let looks_like_strips = block_width == width && (width > SMALL_IMAGE || height > SMALL_IMAGE);
    if looks_like_strips && block_width >= 2 * BLOCK_STEP {
        (block_width / 2).next_multiple_of(BLOCK_STEP)
    } else {
        block_width
    }
}

fn check_numbers(options: &Options) -> Result<(), ConvertError> {
    let wrong = |text: String| Err(ConvertError::Options(text));
    match options.codec {
        Codec::Deflate { level } if !DEFLATE_LEVELS.contains(&level) => {
            wrong("levels of deflate are 1 to 12".to_owned())
        }
        Codec::Zstd { level } if !ZSTD_LEVELS.contains(&level) => wrong("levels of zstd are 1 to 22".to_owned()),
        Codec::Jpeg { quality } if !(1..=100).contains(&quality) => wrong("qualities are 1 to 100".to_owned()),
        Codec::WebP { quality: Some(quality) } if quality > 100 => wrong("qualities are 0 to 100".to_owned()),
        _ => match options.block_size {
            Some(size) if !size.is_multiple_of(BLOCK_STEP) || !(BLOCK_STEP..=MAX_BLOCK_SIZE).contains(&size) => {
                wrong(format!("block sizes are multiples of {BLOCK_STEP}, {BLOCK_STEP} to {MAX_BLOCK_SIZE}"))
            }
            _ => Ok(()),
        },
    }
}

/// The value that means "no data" in the new file, and its text.
fn nodata(
    source: &Cog,
    bands: &[usize],
    choice: &NodataChoice,
    sample_type: SampleType,
) -> Result<Option<(Nodata, String)>, ConvertError> {
    match choice {
        NodataChoice::Drop => Ok(None),
        NodataChoice::Set(text) => match parse_nodata(text, sample_type) {
            Some(value) => Ok(Some((value, text.trim().to_owned()))),
            None => Err(ConvertError::Options(format!("`{text}` is no number"))),
        },
        // A file has one value for all of its bands.
        NodataChoice::Keep => {
            let value = bands.iter().find_map(|&band| source.bands().get(band)?.nodata);
            Ok(value.map(|value| (value, nodata_text(value))))
        }
    }
}

/// The value as text that reads back as the same number.
fn nodata_text(value: Nodata) -> String {
    match value {
        Nodata::Float(value) if value.is_nan() => "nan".to_owned(),
        Nodata::Float(value) if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
        Nodata::Float(value) if value != 0.0 && !(1e-5..1e17).contains(&value.abs()) => format!("{value:e}"),
        value => value.to_string(),
    }
}

/// Bits and format of the stored samples: those of the source, unless it was decoded into something else.
fn stored_as(level: &Level, layout: &Layout) -> (u16, SampleFormat) {
    let whole = u16::try_from(layout.sample_type.bytes() * 8).unwrap_or(u16::MAX);
    let format = match layout.sample_type {
        SampleType::U8 | SampleType::U16 | SampleType::U32 | SampleType::U64 => SampleFormat::Unsigned,
        SampleType::I8 | SampleType::I16 | SampleType::I32 | SampleType::I64 => SampleFormat::Signed,
        SampleType::F32 | SampleType::F64 => SampleFormat::Float,
        SampleType::CI16 | SampleType::CI32 => SampleFormat::ComplexInteger,
        SampleType::CF32 | SampleType::CF64 => SampleFormat::ComplexFloat,
    };
    let is_converted = layout.conversion != ColorConversion::None;
    let bits = match format {
        _ if is_converted => whole,
        // Other programs know odd widths up to 32 bits only.
        SampleFormat::Unsigned | SampleFormat::Signed if level.bits_per_sample <= 32 => level.bits_per_sample,
        SampleFormat::Float if level.bits_per_sample == 16 => 16,
        _ => whole,
    };
    (bits, format)
}

fn photometric(source: &Cog, level: &Level, bands: &[usize], keeps_all_bands: bool) -> Photometric {
    let color = |position: usize| bands.get(position).and_then(|&band| source.bands().get(band)).map(|band| band.color);
    let are_colors = [ColorInterpretation::Red, ColorInterpretation::Green, ColorInterpretation::Blue]
        .into_iter()
        .enumerate()
        .all(|(position, wanted)| color(position) == Some(wanted));
    match level.photometric {
        _ if level.conversion() != ColorConversion::None => {
            if are_colors {
                Photometric::Rgb
            } else {
                Photometric::MinIsBlack
            }
        }
        Photometric::Palette if bands.len() == 1 && level.color_map.is_some() => Photometric::Palette,
        Photometric::MinIsWhite if bands.len() == 1 && level.samples_per_pixel == 1 => Photometric::MinIsWhite,
        Photometric::Cmyk if keeps_all_bands && level.samples_per_pixel >= 4 => Photometric::Cmyk,
        _ if are_colors => Photometric::Rgb,
        _ => Photometric::MinIsBlack,
    }
}

/// The colour map, as long as the number of bits asks for.
fn color_map(level: &Level, bits: u16) -> Option<Arc<[u16]>> {
    if level.photometric != Photometric::Palette {
        return None;
    }
    let map = level.color_map.as_ref()?;
    let colors = 1_usize.checked_shl(u32::from(bits)).filter(|_| bits <= 16)?;
    let own = map.len() / 3;
    if own == colors && map.len() == 3 * colors {
        return Some(Arc::clone(map));
    }
    let color = |channel: usize, index: usize| if index < own { map.get(channel * own + index) } else { None };
    Some((0..3).flat_map(|c| (0..colors).map(move |i| color(c, i).copied().unwrap_or(0))).collect())
}
