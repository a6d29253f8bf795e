//! `cogscope stats`: what the values of every band are like.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::CliError;
use super::args::StatsArguments;
use super::output::{json_number, plain, print, print_json};
use crate::cog::{BlockCache, Cog, Level};
use crate::raster::{BandStatistics, PixelWindow, Raster};

/// The finest level of at most so many pixels is counted, unless a level is asked for.
const MOST_PIXELS: u64 = 64 << 20;
/// Bins of the histogram that people see, and the widest bar.
const SHOWN_BINS: usize = 16;
const BAR: usize = 40;

/// The answer; its fields are the keys in JSON.
#[derive(Debug, Serialize)]
struct Answer {
    path: String,
    level: usize,
    width: u32,
    height: u32,
    bands: Vec<BandAnswer>,
}

#[derive(Debug, Serialize)]
struct BandAnswer {
    band: usize,
    name: String,
    #[serde(rename = "type")]
    sample_type: &'static str,
    statistics: Option<StatisticsAnswer>,
}

#[derive(Debug, Serialize)]
struct StatisticsAnswer {
    min: Value,
    max: Value,
    mean: Value,
    std: Value,
    valid_count: u64,
    valid_percent: f64,
    #[serde(serialize_with = "as_map")]
    percentiles: Vec<(String, Value)>,
    histogram: HistogramAnswer,
}

/// Pairs as an object of JSON, in their order.
fn as_map<S: Serializer>(pairs: &[(String, Value)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

#[derive(Debug, Serialize)]
struct HistogramAnswer {
    min: Value,
    max: Value,
    counts: Vec<u64>,
}

pub(super) fn run(arguments: &StatsArguments, cache: &BlockCache) -> Result<(), CliError> {
    let cog = Cog::open(&arguments.file)?;
    let index = arguments.level.unwrap_or_else(|| finest_affordable(cog.levels()));
    let level = cog.levels().get(index).ok_or_else(|| CliError::NoLevel {
        path: cog.path().to_path_buf(),
        level: index,
        levels: cog.levels().len(),
    })?;
    let percents: Vec<f64> = arguments.percentiles.iter().map(|percent| percent.clamp(0.0, 100.0)).collect();
    let mut bands = Vec::new();
    for (band, described) in cog.bands().iter().enumerate() {
        let statistics = of_band(&cog, index, band, &percents, cache)?;
        bands.push(BandAnswer {
            band: band + 1,
            name: described.name.clone(),
            sample_type: cog.sample_type().name(),
            statistics: statistics.map(|statistics| StatisticsAnswer::of(&statistics)),
        });
    }
    let path = cog.path().display().to_string();
    let answer = Answer { path, level: index, width: level.width, height: level.height, bands };
    if arguments.json { print_json(&answer) } else { print(&text(&answer)) }
}

fn finest_affordable(levels: &[Level]) -> usize {
    let is_affordable = |level: &Level| u64::from(level.width) * u64::from(level.height) <= MOST_PIXELS;
    levels.iter().position(is_affordable).unwrap_or(levels.len().saturating_sub(1))
}

/// Reads a band by itself, so that only its own nodata counts, in rows of blocks.
fn of_band(
    cog: &Cog,
    index: usize,
    band: usize,
    percents: &[f64],
    cache: &BlockCache,
) -> Result<Option<BandStatistics>, CliError> {
    let Some(level) = cog.levels().get(index) else { return Ok(None) };
    let rows = level.block_height.clamp(1, level.height.max(1));
    let mut parts: Vec<Raster> = Vec::new();
    let mut row = 0;
    while let Some(window) = PixelWindow::new(0, row, level.width, rows.min(level.height.saturating_sub(row))) {
        parts.push(cog.read_window(index, window, &[band], cache)?);
        row = row.saturating_add(rows);
    }
    let planes: Vec<_> = parts.iter().filter_map(|part| Some((part.band(0)?, part.mask()))).collect();
    Ok(BandStatistics::of_parts(&planes, percents))
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

fn text(answer: &Answer) -> String {
    let Answer { path, level, width, height, .. } = answer;
    let mut lines = vec![path.clone(), format!("  Counted      level {level}, {width} x {height} pixels")];
    for band in &answer.bands {
        let name = if band.name.is_empty() { String::new() } else { format!(" ({})", band.name) };
        lines.push(format!("  Band {}{name}, {}", band.band, band.sample_type));
        let Some(statistics) = &band.statistics else {
            lines.push("    no valid value".into());
            continue;
        };
        for (heading, value) in
            [("min", &statistics.min), ("max", &statistics.max), ("mean", &statistics.mean), ("std", &statistics.std)]
        {
            lines.push(format!("    {heading:11}{}", plain(value)));
        }
        lines.push(format!("    {:11}{:.2} % ({})", "valid", statistics.valid_percent, statistics.valid_count));
        for (percent, value) in &statistics.percentiles {
            lines.push(format!("    {:11}{}", format!("{percent} %"), plain(value)));
        }
        lines.extend(bars(&statistics.histogram));
    }
    lines.join("\n")
}

/// The histogram with fewer bins, a line each.
fn bars(histogram: &HistogramAnswer) -> Vec<String> {
    let group = histogram.counts.len().div_ceil(SHOWN_BINS).max(1);
    let sums: Vec<u64> = histogram.counts.chunks(group).map(|bins| bins.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let (Some(low), Some(high)) = (histogram.min.as_f64(), histogram.max.as_f64()) else { return Vec::new() };
    let step = (high - low) / sums.len().max(1) as f64;
    let line = |(index, sum): (usize, &u64)| {
        let length = usize::try_from(sum.saturating_mul(BAR as u64).div_ceil(most)).unwrap_or(BAR);
        format!("    {:>14.6} |{:BAR$}| {sum}", low + step * index as f64, "#".repeat(length))
    };
    sums.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tallest_bar_is_whole_and_no_count_above_zero_is_without_one() {
        let histogram = HistogramAnswer { min: 0.into(), max: 16.into(), counts: vec![1, 0, 1000] };
        let lines = bars(&histogram);
        assert!(lines[0].contains("|#  "), "{lines:?}");
        assert!(lines[1].contains("|  "));
        assert!(lines[2].contains(&"#".repeat(BAR)));
    }
}
