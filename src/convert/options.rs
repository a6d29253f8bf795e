//! What can be asked for when a file is converted.

use crate::cog::Predictor;
use crate::cog::write::Codec;

/// How a file is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How blocks are compressed.
    pub codec: Codec,
    /// What is done to samples before; `None` is what suits their type.
    pub predictor: Option<Predictor>,
    /// Columns and rows of a block; `None` is 512, or less where the image or memory asks for it.
    pub block_size: Option<u32>,
    /// How many overviews.
    pub overviews: Overviews,
    /// How they are made; `None` is mode for palettes, else average.
    pub resampling: Option<OverviewResampling>,
    /// Which bands, counted from 0, in this order; `None` is all. Alpha always goes along.
    pub bands: Option<Vec<usize>>,
    /// Which value means "no data".
    pub nodata: NodataChoice,
    /// Whether a file that is there already may be replaced.
    pub overwrite: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            codec: Codec::Deflate { level: 6 },
            predictor: None,
            block_size: None,
            overviews: Overviews::Auto,
            resampling: None,
            bands: None,
            nodata: NodataChoice::Keep,
            overwrite: false,
        }
    }
}

/// How many overviews a file gets, each half as wide and high as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overviews {
    /// Until one fits into a block.
    Auto,
    /// None.
    None,
    /// So many, as far as there are pixels left.
    Count(u32),
}

/// How the pixels of an overview are made of finer ones. What is invalid never enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverviewResampling {
    /// The mean of the pixels that it covers.
    Average,
    /// The first of the full resolution's pixels that it covers, as GDAL does it.
    Nearest,
    /// The value that most of the pixels that it covers have.
    Mode,
    /// Weighted by distance, 4 x 4 pixels.
    Bilinear,
    /// Cubic convolution over 8 x 8 pixels.
    Cubic,
}

/// Which value means "no data" in the new file.
#[derive(Debug, Clone, PartialEq)]
pub enum NodataChoice {
    /// That of the source.
    Keep,
    /// None.
    Drop,
    /// This number, as text so that it loses no digit.
    Set(String),
}
