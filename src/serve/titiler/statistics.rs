//! `/cog/statistics`: what rio-tiler computes of a preview of each band.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Serialize;
use serde_json::{Map, Value};

use super::info::number_or_null;
use super::views::{self, AskedSize};
use super::{band_name, layer};
use crate::raster::{INVALID, Samples};
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::image_format::read;
use crate::serve::json::{answered, json};
use crate::serve::look_words::{from_titiler, listed};
use crate::serve::parameters::Parameters;

/// rio-tiler's model `BandStatistics`; null where a band has no valid value.
#[derive(Debug, Serialize)]
struct BandAnswer {
    min: Value,
    max: Value,
    mean: Value,
    count: f64,
    sum: f64,
    std: Value,
    median: Value,
    majority: Value,
    minority: Value,
    unique: f64,
    histogram: (Vec<u64>, Vec<f64>),
    valid_percent: f64,
    masked_pixels: f64,
    valid_pixels: f64,
    description: String,
    #[serde(flatten)]
    percentiles: Map<String, Value>,
}

/// What of.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    percents: Vec<f64>,
    bins: usize,
    range: Option<(f64, f64)>,
}

impl Wanted {
    fn from_query(given: &Parameters) -> Result<Self, RequestError> {
        /// More than any chart has columns.
        const MOST_BINS: usize = 4096;
        if given.flag("categorical")? == Some(true) || given.filled("c").is_some() {
            return Err(RequestError::parameter("categorical", "cogscope counts in bins only"));
        }
        let percent = |text: String| {
            let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
            percent.ok_or_else(|| RequestError::parameter("p", "a percentile is from 0 to 100"))
        };
        let percents: Vec<f64> = given.all("p").flat_map(listed).map(percent).collect::<Result<_, _>>()?;
        let bins = given.value("histogram_bins", "number of bins")?.unwrap_or(10);
        if !(1..=MOST_BINS).contains(&bins) {
            return Err(RequestError::parameter("histogram_bins", format!("1 to {MOST_BINS} bins can be counted")));
        }
        let range = given.filled("histogram_range").map(|text| {
            let numbers: Vec<f64> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
            match *numbers.as_slice() {
                [low, high] if low < high && low.is_finite() && high.is_finite() => Ok((low, high)),
                _ => Err(RequestError::parameter("histogram_range", "give two numbers such as 0,3000")),
            }
        });
        let percents = if percents.is_empty() { vec![2.0, 98.0] } else { percents };
        Ok(Self { percents, bins, range: range.transpose()? })
    }
}

pub(super) async fn answer(State(endpoint): State<Endpoint>, given: Parameters) -> Response<Body> {
    let answer = async {
        let layer = layer(&endpoint, &given)?;
        let words = from_titiler(&given)?;
        let wanted = Wanted::from_query(&given)?;
        let view = views::whole(&layer, AskedSize::from_query(&given)?)?;
        let names = layer.source().band_names();
        // Keys and descriptions of what is read, in its order.
        let bands: Vec<(String, String)> = match (&words.expression, words.band_indices(layer.title(), &names)) {
            (Some(text), _) => vec![(text.clone(), text.clone())],
            (None, Ok(Some(indices))) => indices.iter().map(|&index| (band_name(index), name(&names, index))).collect(),
            (None, _) => (0..names.len()).map(|index| (band_name(index), name(&names, index))).collect(),
        };
        let raster = endpoint.run(move |work| read(&layer, &view, &words, work)).await?;
        let of = |(plane, (key, description)): (&Samples, (String, String))| {
            (key, of_band(plane, raster.mask(), description, &wanted))
        };
        let all: Vec<(String, BandAnswer)> = raster.bands().iter().zip(bands).map(of).collect();
        let mut answer = Map::new();
        for (key, band) in all {
            answer.insert(key, serde_json::to_value(band).unwrap_or_default());
        }
        Ok(json(&answer))
    };
    answered(answer.await)
}

fn name(names: &[String], index: usize) -> String {
    names.get(index).cloned().unwrap_or_default()
}

fn of_band(plane: &Samples, mask: &[u8], description: String, wanted: &Wanted) -> BandAnswer {
    let values = plane.to_f64();
    let total = values.len() as f64;
    let mut values: Vec<f64> = values
        .into_iter()
        .zip(mask)
        .filter(|(value, valid)| **valid != INVALID && value.is_finite())
        .map(|(value, _)| value)
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let mean = sum / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let runs = runs(&values);
    // Of values that occur equally often the least, as NumPy finds it.
    let most = runs.iter().rev().max_by_key(|(_, times)| *times).map_or(f64::NAN, |run| run.0);
    let fewest = runs.iter().min_by_key(|(_, times)| *times).map_or(f64::NAN, |run| run.0);
    let percentile = |percent: &f64| {
        #[expect(clippy::cast_possible_truncation, reason = "the name is that of the whole number, as in rio-tiler")]
        let name = format!("percentile_{}", *percent as i64);
        (name, number_or_null(quantile(&values, percent / 100.0)))
    };
    let at = |end: Option<&f64>| number_or_null(end.copied().unwrap_or(f64::NAN));
    BandAnswer {
        min: at(values.first()),
        max: at(values.last()),
        mean: number_or_null(mean),
        count,
        sum,
        std: number_or_null(variance.sqrt()),
        median: number_or_null(quantile(&values, 0.5)),
        majority: number_or_null(most),
        minority: number_or_null(fewest),
        unique: runs.len() as f64,
        histogram: histogram(&values, wanted),
        valid_percent: (count / total.max(1.0) * 10_000.0).round() / 100.0,
        masked_pixels: total - count,
        valid_pixels: count,
        description,
        percentiles: wanted.percents.iter().map(percentile).collect(),
    }
}

/// Each value with how often it occurs, of values in order.
fn runs(sorted: &[f64]) -> Vec<(f64, usize)> {
    #[expect(clippy::float_cmp, reason = "the same value, not a near one")]
    let runs = sorted.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some((*run.first()?, run.len()))).collect()
}

/// The least value that so large a share of all is not above.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
    let position = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(position - 1).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

/// Counts and edges of bins of equal width, each with its lower edge, the last with its upper one too.
fn histogram(sorted: &[f64], wanted: &Wanted) -> (Vec<u64>, Vec<f64>) {
    let (low, high) = match (wanted.range, sorted.first(), sorted.last()) {
        (Some(range), ..) => range,
        (None, Some(&low), Some(&high)) if low < high => (low, high),
        (None, Some(&only), Some(_)) => (only - 0.5, only + 0.5),
        _ => (0.0, 1.0),
    };
    let bins = wanted.bins;
    let step = (high - low) / bins as f64;
    let edge = |index: usize| if index == bins { high } else { low + index as f64 * step };
    let edges: Vec<f64> = (0..=bins).map(edge).collect();
    let below = |value: f64| sorted.partition_point(|&one| one < value) as u64;
    let counted = edges.windows(2).enumerate().map(|(index, pair)| match *pair {
        [_, to] if index + 1 == bins => sorted.partition_point(|&one| one <= to) as u64,
        [_, to] => below(to),
        _ => 0,
    });
    let mut before = edges.first().map_or(0, |&first| below(first));
    let counts = counted.map(|upto| {
        let count = upto - before.min(upto);
        before = upto;
        count
    });
    (counts.collect(), edges.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted { percents: vec![2.0, 98.0], bins: 4, range: None }
    }

    #[test]
    fn statistics_are_those_of_numpy() {
        let plane = Samples::U8(vec![1, 2, 2, 9, 0]);
        let found = of_band(&plane, &[255, 255, 255, 255, 0], "b1".into(), &wanted());
        assert_eq!((found.count, found.sum, found.mean), (4.0, 14.0, 3.5.into()));
        assert_eq!((found.median, found.majority, found.minority), (2.into(), 2.into(), 1.into()));
        assert_eq!((found.valid_percent, found.masked_pixels, found.unique), (80.0, 1.0, 3.0));
        assert_eq!(found.histogram, (vec![3, 0, 0, 1], vec![1.0, 3.0, 5.0, 7.0, 9.0]));
        assert_eq!(found.percentiles["percentile_98"], 9);
    }

    #[test]
    fn a_band_of_one_value_and_one_of_none_have_histograms_too() {
        let one = of_band(&Samples::U8(vec![7, 7]), &[255, 255], String::new(), &wanted());
        assert_eq!(one.histogram, (vec![0, 0, 2, 0], vec![6.5, 6.75, 7.0, 7.25, 7.5]));
        let none = of_band(&Samples::U8(vec![7]), &[0], String::new(), &wanted());
        assert_eq!((none.min, none.count, none.histogram.0), (Value::Null, 0.0, vec![0; 4]));
    }
}
