//! What the values of every band of one file are like at one level of its pyramid, every pixel counted, laid out for JSON:
//! `cogscope stats --json` and the loopback endpoint answer it.
#![allow(missing_docs, reason = "the fields are the keys of the answer; the command line documents them")]

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::LibraryError;
use crate::cog::json::json_number;
use crate::cog::{BlockCache, Cog, Level};
use crate::raster::{BandStatistics, PixelWindow, Raster};

/// The finest level of at most so many pixels is counted, unless a level is asked for.
const MOST_PIXELS: u64 = 64 << 20;

/// Pixels of a band that are kept at once to count them. Of a level with more, rows of blocks spread over it are counted.
const MOST_KEPT_PIXELS: u64 = 4 * MOST_PIXELS;

/// The statistics of a level; its fields are the keys in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelStatistics {
    pub level: usize,
    pub width: u32,
    pub height: u32,
    /// Share of the level's rows of blocks that were counted: 100 unless it is too large for memory.
    pub counted_percent: f64,
    pub bands: Vec<BandAnswer>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BandAnswer {
    pub band: usize,
    pub name: String,
    #[serde(rename = "type")]
    pub sample_type: &'static str,
    pub statistics: Option<StatisticsAnswer>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatisticsAnswer {
    pub min: Value,
    pub max: Value,
    pub mean: Value,
    pub std: Value,
    pub valid_count: u64,
    pub valid_percent: f64,
    #[serde(serialize_with = "as_map")]
    pub percentiles: Vec<(String, Value)>,
    pub histogram: HistogramAnswer,
}

/// Pairs as an object of JSON, in their order.
fn as_map<S: Serializer>(pairs: &[(String, Value)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistogramAnswer {
    pub min: Value,
    pub max: Value,
    pub counts: Vec<u64>,
}

/// The finest level whose pixels can all be counted in a few seconds.
pub fn finest_affordable(levels: &[Level]) -> usize {
    let is_affordable = |level: &Level| u64::from(level.width) * u64::from(level.height) <= MOST_PIXELS;
    levels.iter().position(is_affordable).unwrap_or(levels.len().saturating_sub(1))
}

impl LevelStatistics {
    /// Counts every band of a level. `go_on` is asked after each row of blocks; `None` if it said no, or there is no such level.
    pub fn of(
        cog: &Cog,
        index: usize,
        percents: &[f64],
        cache: &BlockCache,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, LibraryError> {
        let Some(level) = cog.levels().get(index) else { return Ok(None) };
        let rows = counted_rows(level);
        let mut bands = Vec::with_capacity(cog.bands().len());
        for (band, described) in cog.bands().iter().enumerate() {
            let Some(parts) = rows_of_band(cog, (index, band), &rows, cache, go_on)? else { return Ok(None) };
            let planes: Vec<_> = parts.iter().filter_map(|part| Some((part.band(0)?, part.mask()))).collect();
            let statistics = BandStatistics::of_parts(&planes, percents);
            bands.push(BandAnswer {
                band: band + 1,
                name: described.name.clone(),
                sample_type: cog.sample_type().name(),
                statistics: statistics.map(|statistics| StatisticsAnswer::of(&statistics)),
            });
        }
        let counted: u64 = rows.iter().map(|&(_, rows)| u64::from(rows)).sum();
        let counted_percent = 100.0 * counted as f64 / f64::from(level.height.max(1));
        Ok(Some(Self { level: index, width: level.width, height: level.height, counted_percent, bands }))
    }
}

/// First row and number of rows of each row of blocks that is counted: all, or some spread over the level.
fn counted_rows(level: &Level) -> Vec<(u32, u32)> {
    let rows = level.block_height.clamp(1, level.height.max(1));
    let pixels = u64::from(level.width) * u64::from(level.height);
    let step = usize::try_from(pixels.div_ceil(MOST_KEPT_PIXELS)).unwrap_or(usize::MAX).max(1);
    let firsts = (0..level.height).step_by(usize::try_from(rows).unwrap_or(usize::MAX)).step_by(step);
    firsts.map(|first| (first, rows.min(level.height - first))).collect()
}

/// Reads a band by itself, so that only its own nodata counts, in rows of blocks; `None` if it was stopped.
fn rows_of_band(
    cog: &Cog,
    (index, band): (usize, usize),
    rows: &[(u32, u32)],
    cache: &BlockCache,
    go_on: &dyn Fn() -> bool,
) -> Result<Option<Vec<Raster>>, LibraryError> {
    let Some(level) = cog.levels().get(index) else { return Ok(None) };
    let mut parts: Vec<Raster> = Vec::new();
    for window in rows.iter().filter_map(|&(row, rows)| PixelWindow::new(0, row, level.width, rows)) {
        if !go_on() {
            return Ok(None);
        }
        parts.push(cog.read_window(index, window, &[band], cache)?);
    }
    Ok(Some(parts))
}

impl StatisticsAnswer {
    fn of(statistics: &BandStatistics) -> Self {
        let percentile = |known: &crate::raster::Percentile| (known.percent.to_string(), json_number(known.value));
        Self {
            min: json_number(statistics.min),
            max: json_number(statistics.max),
            mean: json_number(statistics.mean),
            std: json_number(statistics.std_dev),
            valid_count: statistics.valid_count,
            valid_percent: statistics.valid_percent,
            percentiles: statistics.percentiles.iter().map(percentile).collect(),
            histogram: HistogramAnswer {
                min: json_number(statistics.histogram.low()),
                max: json_number(statistics.histogram.high()),
                counts: statistics.histogram.counts().to_vec(),
            },
        }
    }
}
