//! `cogscope convert`: an image to a COG.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::CliError;
use crate::cog::{Cog, Predictor};
use crate::convert::{Codec, ConvertError, NodataChoice, Options, OverviewResampling, Overviews, convert};

/// How long nothing is told of the progress.
const SILENCE: Duration = Duration::from_secs(1);
/// Time between two updates of a line on a terminal.
const UPDATE: Duration = Duration::from_millis(200);
/// Qualities and levels where none is given: those of GDAL.
const JPEG_QUALITY: u8 = 75;
const DEFLATE_LEVEL: i32 = 6;
const ZSTD_LEVEL: i32 = 9;

/// Arguments of `convert`.
#[derive(Debug, Clone, Args)]
pub struct ConvertArguments {
    /// The image.
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The COG to be written. Until it is complete, temporary files beside it take up to twice its size.
    #[arg(value_name = "OUT.tif")]
    pub output: PathBuf,
    /// How blocks are compressed. All but jpeg, and webp with --quality, keep every sample exactly.
    #[arg(long, value_enum, default_value_t = Compress::Deflate)]
    pub compress: Compress,
    /// Effort: 1 to 12 with deflate (6 if not given), 1 to 22 with zstd (9).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=22))]
    pub level: Option<i32>,
    /// Quality: 1 to 100 with jpeg (75 if not given), 0 to 100 with webp (lossless if not given).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub quality: Option<u8>,
    /// What is done to samples before deflate, zstd and lzw: auto is 2 (differences) for whole numbers and 3 for floating
    /// point ones.
    #[arg(long, value_name = "auto|1|2|3", default_value = "auto", value_parser = parse_predictor)]
    pub predictor: PredictorChoice,
    /// Columns and rows of a block, a multiple of 16; 512 if not given, or as many as a smaller image needs.
    #[arg(long, value_name = "N")]
    pub blocksize: Option<u32>,
    /// How many overviews, each half as wide and high as the one before; auto makes them until one fits into a block.
    #[arg(long, value_name = "auto|none|N", default_value = "auto", value_parser = parse_overviews)]
    pub overviews: Overviews,
    /// How overviews are made; mode for palettes and single bits if not given, else average. What is invalid never enters.
    #[arg(long, value_enum, value_name = "METHOD")]
    pub resampling: Option<Method>,
    /// Bands counted from 1, or their names, in the order that they shall have. Alpha always goes along.
    #[arg(long, value_delimiter = ',', value_name = "3,2,1")]
    pub bands: Option<Vec<String>>,
    /// The value that means "no data", instead of the image's own; none takes it away.
    #[arg(long, value_name = "V|none", allow_negative_numbers = true)]
    pub nodata: Option<String>,
    /// Replace the output if it is there already.
    #[arg(long)]
    pub overwrite: bool,
}

/// Compressions by the words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Compress {
    /// Read by everything.
    Deflate,
    /// As small as Deflate, and faster to read.
    Zstd,
    /// Read by everything, also old programs.
    Lzw,
    /// 3 bands of 8 bits, or these and alpha; lossless unless --quality is given.
    Webp,
    /// 1 or 3 bands of 8 bits; alpha and nodata become a mask.
    Jpeg,
    /// As they are.
    None,
}

/// Kernels of overviews by the words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Mean of the pixels covered.
    Average,
    /// The first of the pixels covered.
    Nearest,
    /// The most frequent value.
    Mode,
    /// Weighted by distance.
    Bilinear,
    /// Cubic convolution.
    Cubic,
}

/// What is done to samples before they are compressed; without a predictor, what suits them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PredictorChoice(Option<Predictor>);

fn parse_predictor(text: &str) -> Result<PredictorChoice, String> {
    let predictor = match text {
        "auto" => None,
        "1" => Some(Predictor::None),
        "2" => Some(Predictor::Horizontal),
        "3" => Some(Predictor::FloatingPoint),
        _ => return Err("it is auto, 1 (none), 2 (differences) or 3 (floating point)".to_owned()),
    };
    Ok(PredictorChoice(predictor))
}

fn parse_overviews(text: &str) -> Result<Overviews, String> {
    match text {
        "auto" => Ok(Overviews::Auto),
        "none" => Ok(Overviews::None),
        count => count.parse().map(Overviews::Count).map_err(|_| "it is auto, none or a number".to_owned()),
    }
}

/// Writes the COG.
pub(super) fn run(arguments: &ConvertArguments) -> Result<(), CliError> {
    let source = Cog::open(&arguments.input)?;
    let options = options(arguments, &source)?;
    let progress = Progress::new();
    let written = convert(&source, &arguments.output, &options, &|share| progress.show(share));
    progress.end();
    let written = written.map_err(|error| match error {
        ConvertError::Read(source) => CliError::Image { source },
        source => CliError::Convert { source },
    })?;
    if let Some(name) = written.lost_crs {
        let output = arguments.output.display();
        // If nobody reads it, there is nobody to tell.
        let _ = writeln!(
            std::io::stderr(),
            "warning: {output}: the reference system `{name}` of a side file has no place in it, so it has none"
        );
    }
    Ok(())
}

fn options(arguments: &ConvertArguments, source: &Cog) -> Result<Options, CliError> {
    Ok(Options {
        codec: codec(arguments)?,
        predictor: arguments.predictor.0,
        block_size: arguments.blocksize,
        overviews: arguments.overviews,
        resampling: arguments.resampling.map(|method| match method {
            Method::Average => OverviewResampling::Average,
            Method::Nearest => OverviewResampling::Nearest,
            Method::Mode => OverviewResampling::Mode,
            Method::Bilinear => OverviewResampling::Bilinear,
            Method::Cubic => OverviewResampling::Cubic,
        }),
        bands: arguments.bands.as_deref().map(|names| bands(names, source)).transpose()?,
        nodata: match arguments.nodata.as_deref() {
            None => NodataChoice::Keep,
            Some("none") => NodataChoice::Drop,
            Some(text) => NodataChoice::Set(text.to_owned()),
        },
        overwrite: arguments.overwrite,
    })
}

fn codec(arguments: &ConvertArguments) -> Result<Codec, CliError> {
    let wrong = |reason: &str| Err(CliError::Convert { source: ConvertError::Options(reason.to_owned()) });
    let ConvertArguments { compress, level, quality, .. } = *arguments;
    if level.is_some() && !matches!(compress, Compress::Deflate | Compress::Zstd) {
        return wrong("--level goes with --compress deflate or zstd");
    }
    if quality.is_some() && !matches!(compress, Compress::Webp | Compress::Jpeg) {
        return wrong("--quality goes with --compress jpeg or webp");
    }
    Ok(match compress {
        Compress::Deflate => Codec::Deflate { level: level.unwrap_or(DEFLATE_LEVEL) },
        Compress::Zstd => Codec::Zstd { level: level.unwrap_or(ZSTD_LEVEL) },
        Compress::Lzw => Codec::Lzw,
        Compress::Webp => Codec::WebP { quality },
        Compress::Jpeg => Codec::Jpeg { quality: quality.unwrap_or(JPEG_QUALITY) },
        Compress::None => Codec::None,
    })
}

/// Bands by number from 1, or by name.
fn bands(names: &[String], source: &Cog) -> Result<Vec<usize>, CliError> {
    let find = |name: &String| {
        let name = name.trim();
        let by_number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let by_number = by_number.filter(|&index| index < source.band_count());
        let by_name = || source.bands().iter().position(|band| !band.name.is_empty() && band.name == name);
        by_number.or_else(by_name).ok_or_else(|| {
            let reason = format!("there is no band `{name}`; it has {}, see cogscope info", source.band_count());
            CliError::Convert { source: ConvertError::Unsuitable { path: source.path().to_path_buf(), reason } }
        })
    };
    names.iter().map(find).collect()
}

/// The share that is done, on standard error: a line that is written over on a terminal, else a line each tenth.
struct Progress {
    started: Instant,
    is_terminal: bool,
    told: std::cell::Cell<Option<(Instant, u32)>>,
}

impl Progress {
    fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self { started: Instant::now(), is_terminal, told: std::cell::Cell::new(None) }
    }

    fn show(&self, share: f64) -> ControlFlow<()> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = (share.clamp(0.0, 1.0) * 100.0) as u32;
        let now = Instant::now();
        let is_due = match self.told.get() {
            None => now - self.started >= SILENCE,
            Some((when, _)) if self.is_terminal => now - when >= UPDATE,
            Some((_, before)) => percent / 10 > before / 10,
        };
        if is_due {
            self.told.set(Some((now, percent)));
            let mut out = std::io::stderr().lock();
            // If nobody reads it, there is nobody to tell.
            let _ = if self.is_terminal {
                write!(out, "\r{percent:3} % ").and_then(|()| out.flush())
            } else {
                writeln!(out, "{percent} %")
            };
        }
        ControlFlow::Continue(())
    }

    fn end(&self) {
        if self.is_terminal && self.told.get().is_some() {
            let _ = write!(std::io::stderr(), "\r      \r");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_words_or_numbers() {
        assert_eq!(parse_overviews("3"), Ok(Overviews::Count(3)));
        assert_eq!(parse_overviews("none"), Ok(Overviews::None));
        assert!(parse_overviews("-1").is_err());
        assert_eq!(parse_predictor("2"), Ok(PredictorChoice(Some(Predictor::Horizontal))));
        assert!(parse_predictor("4").is_err());
    }
}
