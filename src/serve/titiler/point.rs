//! `/cog/point/{lon},{lat}`: the value of each band, or of each expression.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Serialize;
use serde_json::Value;

use super::info::number_or_null;
use super::views::{crs, position_in_degrees};
use super::{band_name, layer};
use crate::library::{PointBand, PointValues};
use crate::render::Expression;
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::json::{answered, json};
use crate::serve::look_words::listed;
use crate::serve::parameters::Parameters;
use crate::serve::rest::{outside, values_at};

/// TiTiler's model `Point`.
#[derive(Debug, Serialize)]
struct Answer {
    coordinates: [f64; 2],
    values: Vec<Value>,
    band_names: Vec<String>,
    band_descriptions: Vec<String>,
}

pub(super) async fn answer(
    State(endpoint): State<Endpoint>,
    Path(position): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let answer = async {
        let layer = layer(&endpoint, &given)?;
        let wrong = || RequestError::parameter("lon,lat", "give two numbers: /cog/point/11.5,48.1");
        let (x, y) = position.split_once(',').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(wrong);
        let coordinates = [number(x)?, number(y)?];
        let (lon, lat) = position_in_degrees(coordinates, &crs(&given, "coord_crs")?)?;
        let Some(found) = values_at(&endpoint, &layer, lon, lat).await? else { return Ok(outside()) };
        let nodata = given.value("nodata", "number")?;
        let mut answer = match given.filled("expression") {
            Some(text) => calculated(&found, text, nodata)?,
            None => of_bands(&found, &given, nodata)?,
        };
        answer.coordinates = coordinates;
        Ok(json(&answer))
    };
    answered(answer.await)
}

/// The value, NaN where it counts for none.
fn valid(band: &PointBand, nodata: Option<f64>) -> f64 {
    #[expect(clippy::float_cmp, reason = "nodata is a value, not a neighbourhood")]
    let is_nodata = nodata.is_some_and(|nodata| nodata == band.value);
    if band.valid && !is_nodata { band.value } else { f64::NAN }
}

fn of_bands(found: &PointValues, given: &Parameters, nodata: Option<f64>) -> Result<Answer, RequestError> {
    let wanted: Vec<String> = given.all("bidx").flat_map(listed).collect();
    let index = |text: &String| {
        let index = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        index
            .filter(|&index| index < found.bands.len())
            .ok_or_else(|| RequestError::parameter("bidx", format!("the bands are 1 to {}", found.bands.len())))
    };
    let indices: Vec<usize> = if wanted.is_empty() {
        (0..found.bands.len()).collect()
    } else {
        wanted.iter().map(index).collect::<Result<_, _>>()?
    };
    let bands: Vec<&PointBand> = indices.iter().filter_map(|&index| found.bands.get(index)).collect();
    Ok(Answer {
        coordinates: [0.0; 2],
        values: bands.iter().map(|band| number_or_null(valid(band, nodata))).collect(),
        band_names: indices.iter().map(|&index| band_name(index)).collect(),
        band_descriptions: bands.iter().map(|band| band.name.clone()).collect(),
    })
}

fn calculated(found: &PointValues, text: &str, nodata: Option<f64>) -> Result<Answer, RequestError> {
    let names: Vec<&str> = found.bands.iter().map(|band| band.name.as_str()).collect();
    let mut answer =
        Answer { coordinates: [0.0; 2], values: Vec::new(), band_names: Vec::new(), band_descriptions: Vec::new() };
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let expression = Expression::parse(part, &names)
            .map_err(|error| RequestError::parameter("expression", error.to_string()))?;
        let planes: Vec<Vec<f64>> = expression
            .bands()
            .iter()
            .map(|&band| found.bands.get(band).map(|band| valid(band, nodata)).into_iter().collect())
            .collect();
        let value = expression.evaluate(&planes).first().copied().unwrap_or(f64::NAN);
        answer.values.push(number_or_null(value));
        answer.band_names.push(band_name(answer.band_names.len()));
        answer.band_descriptions.push(part.to_owned());
    }
    Ok(answer)
}
