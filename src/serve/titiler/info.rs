//! `/cog/info`: what rio-tiler tells of a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Serialize;
use serde_json::{Map, Value, json as object};

use super::{band_name, layer};
use crate::cog::json::{json_nodata, json_number};
use crate::library::Source;
use crate::raster::SampleType;
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::json::{GEOJSON, answered, json, json_as};
use crate::serve::layer::Layer;
use crate::serve::parameters::Parameters;
use crate::serve::stac::data_type;

/// rio-tiler's model `Info`.
#[derive(Debug, Serialize)]
struct Info {
    bounds: [f64; 4],
    crs: String,
    band_metadata: Vec<(String, Map<String, Value>)>,
    band_descriptions: Vec<(String, String)>,
    dtype: &'static str,
    nodata_type: &'static str,
    colorinterp: Vec<String>,
    scales: Vec<f64>,
    offsets: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colormap: Option<Map<String, Value>>,
    driver: &'static str,
    count: usize,
    width: u32,
    height: u32,
    overviews: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nodata_value: Option<Value>,
}

pub(super) async fn info(State(endpoint): State<Endpoint>, given: Parameters) -> Response<Body> {
    answered(layer(&endpoint, &given).and_then(|layer| Ok(json(&of(&layer)?))))
}

pub(super) async fn geojson(State(endpoint): State<Endpoint>, given: Parameters) -> Response<Body> {
    let described = || {
        let layer = layer(&endpoint, &given)?;
        let degrees = layer.place().ok_or_else(unplaced)?.lon_lat;
        let (w, s, e, n) = (degrees.min_x(), degrees.min_y(), degrees.max_x(), degrees.max_y());
        Ok(json_as(
            GEOJSON,
            &object!({
                "type": "Feature",
                "bbox": [w, s, e, n],
                "geometry": {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]},
                "properties": of(&layer)?,
            }),
        ))
    };
    answered(described())
}

pub(super) fn unplaced() -> RequestError {
    RequestError::parameter("url", "this layer has no place on the map")
}

fn of(layer: &Layer) -> Result<Info, RequestError> {
    let source = layer.source();
    let parts = source.parts();
    let first = parts.first().ok_or(RequestError::NotFound)?;
    let cog = &first.image.cog;
    let bands = parts.iter().map(|part| part.image.cog.bands().get(part.band));
    let metadata =
        |items: &[(String, String)]| items.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect();
    let place = layer.place().ok_or_else(unplaced)?;
    let bounds = match source {
        Source::Image(_) => cog.bounds().unwrap_or(place.bounds),
        Source::Scene(_) | Source::Mosaic(_) => place.bounds,
    };
    let factor = |width: u32| (f64::from(cog.width()) / f64::from(width.max(1))).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio of two sizes")]
    let overviews = cog.levels().iter().skip(1).map(|level| factor(level.width) as u32).collect();
    let number = |value: Option<f64>, other: f64| value.unwrap_or(other);
    Ok(Info {
        bounds: [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()],
        crs: place.crs.epsg().map_or_else(
            || place.crs.name().to_owned(),
            |code| format!("http://www.opengis.net/def/crs/EPSG/0/{code}"),
        ),
        band_metadata: bands
            .clone()
            .enumerate()
            .map(|(index, band)| (band_name(index), band.map(|band| metadata(&band.metadata)).unwrap_or_default()))
            .collect(),
        band_descriptions: source
            .band_names()
            .into_iter()
            .enumerate()
            .map(|(index, name)| (band_name(index), name))
            .collect(),
        dtype: dtype(cog.sample_type()),
        nodata_type: if source.nodata(0).is_some() {
            "Nodata"
        } else if cog.has_alpha() {
            "Alpha"
        } else if cog.levels().first().is_some_and(|level| level.mask.is_some()) {
            "Mask"
        } else {
            "None"
        },
        colorinterp: source.bands().iter().map(|band| band.color.name().to_ascii_lowercase()).collect(),
        scales: bands.clone().map(|band| number(band.and_then(|band| band.scale), 1.0)).collect(),
        offsets: bands.map(|band| number(band.and_then(|band| band.offset), 0.0)).collect(),
        colormap: source.palette().map(|palette| {
            let colors = palette.colors().iter().enumerate();
            colors.map(|(index, [r, g, b])| (index.to_string(), object!([r, g, b, 255]))).collect()
        }),
        driver: "GTiff",
        count: parts.len(),
        width: cog.width(),
        height: cog.height(),
        overviews,
        // NumPy's numbers, which are always written with a point.
        nodata_value: source.nodata(0).map(|nodata| match json_nodata(nodata) {
            Value::Number(_) => object!(nodata.as_f64()),
            text => text,
        }),
    })
}

/// `NumPy`'s name of a type, as rasterio has it.
pub(super) fn dtype(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::CI16 => "complex_int16",
        SampleType::CI32 => "complex_int32",
        SampleType::CF32 => "complex64",
        SampleType::CF64 => "complex128",
        // Of real numbers STAC has the same names.
        real => data_type(real),
    }
}

/// A value, or null where it isn't one.
pub(super) fn number_or_null(value: f64) -> Value {
    if value.is_finite() { json_number(value) } else { Value::Null }
}
