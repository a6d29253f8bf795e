//! What the values of every band of one file are like at one level of its pyramid, every pixel counted, laid out for JSON:
//! `cogscope stats --json` and the loopback endpoint answer it.
#![allow(missing_docs, reason = "the fields are the keys of the answer; the command line documents them")]

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::LibraryError;
use crate::cog::json::json_number;
use crate::cog::{BlockCache, Cog, Level, band_mask};
use crate::raster::{BandStatistics, PixelWindow, SampleType, StatisticsCollector};

/// The finest level of at most so many pixels is counted, unless a level is asked for.
const MOST_PIXELS: u64 = 64 << 20;

/// Pixels of a band that are counted. Of a level with more, rows of blocks spread over it are.
const MOST_PIXELS_COUNTED: u64 = 4 * MOST_PIXELS;

/// Beside blocks of more than so many bytes fewer values are kept, and such blocks are looked at in pieces.
const LARGE_BLOCK_BYTES: u64 = 64 << 20;
const MOST_KEPT_BYTES_BESIDE: u64 = 128 << 20;
const PIECE_PIXELS: u64 = 4 << 20;

/// Bytes that the values of bands that are read together take, about.
const GROUP_BYTES: u64 = 16 << 20;

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
        let rows = counted_rows(level, cog.sample_type());
        let counted: u64 = rows.iter().map(|&(_, rows)| u64::from(rows)).sum();
        let samples = counted * u64::from(level.width);
        let indices: Vec<usize> = (0..cog.bands().len()).collect();
        let mut bands = Vec::with_capacity(indices.len());
        for group in indices.chunks(bands_at_once(level, cog.sample_type(), samples)) {
            let Some(collectors) = collect(cog, (index, group), &rows, samples, cache, go_on)? else { return Ok(None) };
            bands.extend(group.iter().zip(collectors).map(|(&band, collector)| BandAnswer {
                band: band + 1,
                name: cog.bands().get(band).map(|described| described.name.clone()).unwrap_or_default(),
                sample_type: cog.sample_type().name(),
                statistics: collector.finish(percents).map(|statistics| StatisticsAnswer::of(&statistics)),
            }));
        }
        let counted_percent = 100.0 * counted as f64 / f64::from(level.height.max(1));
        Ok(Some(Self { level: index, width: level.width, height: level.height, counted_percent, bands }))
    }
}

/// First row and number of rows of what is counted: all rows of blocks, or some spread over the level, and of blocks that are too
/// large only some of their rows.
fn counted_rows(level: &Level, sample_type: SampleType) -> Vec<(u32, u32)> {
    let pixels = u64::from(level.width) * u64::from(level.height);
    let block_pixels = u64::from(level.block_width) * u64::from(level.block_height);
    let samples = u64::from(level.samples_per_pixel / level.planes().max(1));
    let block_bytes = block_pixels.saturating_mul(sample_type.bytes() as u64).saturating_mul(samples);
    let is_large = block_bytes > LARGE_BLOCK_BYTES;
    let kept_bytes = StatisticsCollector::max_bytes(sample_type, pixels);
    let step_of_bytes = if is_large { kept_bytes.div_ceil(MOST_KEPT_BYTES_BESIDE) } else { 1 };
    let step = usize::try_from(pixels.div_ceil(MOST_PIXELS_COUNTED).max(step_of_bytes)).unwrap_or(usize::MAX).max(1);
    let affordable = u32::try_from(PIECE_PIXELS / u64::from(level.width.max(1))).unwrap_or(u32::MAX).max(1);
    let block_rows = level.block_height.clamp(1, level.height.max(1));
    let rows = if is_large { block_rows.min(affordable) } else { block_rows };
    let firsts = (0..level.height).step_by(usize::try_from(rows).unwrap_or(usize::MAX)).step_by(step);
    firsts.map(|first| (first, rows.min(level.height - first))).collect()
}

/// Bands that are read together: as many as there is memory for, so that blocks with all of them are decoded seldom.
fn bands_at_once(level: &Level, sample_type: SampleType, samples: u64) -> usize {
    let rows = level.block_height.clamp(1, level.height.max(1));
    let window = (u64::from(level.width) * u64::from(rows)).min(PIECE_PIXELS) * sample_type.bytes() as u64;
    let of_band = StatisticsCollector::max_bytes(sample_type, samples).max(window).max(1);
    usize::try_from(GROUP_BYTES / of_band).unwrap_or(usize::MAX).max(1)
}

/// Gathers the values of some bands, each with its own nodata, in rows of blocks; `None` if it was stopped.
fn collect(
    cog: &Cog,
    (index, bands): (usize, &[usize]),
    rows: &[(u32, u32)],
    samples: u64,
    cache: &BlockCache,
    go_on: &dyn Fn() -> bool,
) -> Result<Option<Vec<StatisticsCollector>>, LibraryError> {
    let Some(level) = cog.levels().get(index) else { return Ok(None) };
    let mut collectors: Vec<_> = bands.iter().map(|_| StatisticsCollector::new(cog.sample_type(), samples)).collect();
    for window in rows.iter().filter_map(|&(row, rows)| PixelWindow::new(0, row, level.width, rows)) {
        if !go_on() {
            return Ok(None);
        }
        let raster = cog.read_window(index, window, bands, cache)?;
        for ((&band, plane), collector) in bands.iter().zip(raster.bands()).zip(&mut collectors) {
            collector.add(plane, &band_mask(cog, band, &raster, plane));
        }
    }
    Ok(Some(collectors))
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
