//! `cogscope stats`: what the values of every band are like.

use serde::Serialize;

use super::CliError;
use super::args::StatsArguments;
use super::output::{plain, print_json, print_lines};
use crate::cog::{BlockCache, Cog};
use crate::library::{BandAnswer, HistogramAnswer, LevelStatistics, finest_affordable};

/// Bins of the histogram that people see, and the widest bar.
const SHOWN_BINS: usize = 16;
const BAR: usize = 40;

/// The answer; its fields are the keys in JSON.
#[derive(Debug, Serialize)]
struct Answer {
    path: String,
    #[serde(flatten)]
    statistics: LevelStatistics,
}

pub(super) fn run(arguments: &StatsArguments, cache: &BlockCache) -> Result<(), CliError> {
    let cog = Cog::open(&arguments.file)?;
    let index = arguments.level.unwrap_or_else(|| finest_affordable(cog.levels()));
    let missing = CliError::NoLevel { path: cog.path().to_path_buf(), level: index, levels: cog.levels().len() };
    let percents: Vec<f64> = arguments.percentiles.iter().map(|percent| percent.clamp(0.0, 100.0)).collect();
    let statistics = LevelStatistics::of(&cog, index, &percents, cache, &|| true)?.ok_or(missing)?;
    // What is told of tens of thousands of bands takes memory, too.
    cache.clear();
    let answer = Answer { path: cog.path().display().to_string(), statistics };
    if arguments.json { print_json(&answer) } else { print_lines(lines(&answer)) }
}

fn lines(answer: &Answer) -> impl Iterator<Item = String> {
    let Answer { path, statistics: LevelStatistics { level, width, height, counted_percent, bands } } = answer;
    let share = if *counted_percent < 100.0 { format!(", {counted_percent:.3} % of its rows") } else { String::new() };
    let counted = format!("  Counted      level {level}, {width} x {height} pixels{share}");
    [path.clone(), counted].into_iter().chain(bands.iter().flat_map(lines_of_band))
}

fn lines_of_band(band: &BandAnswer) -> Vec<String> {
    let name = if band.name.is_empty() { String::new() } else { format!(" ({})", band.name) };
    let mut lines = vec![format!("  Band {}{name}, {}", band.band, band.sample_type)];
    let Some(statistics) = &band.statistics else {
        lines.push("    no valid value".into());
        return lines;
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
    lines
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
