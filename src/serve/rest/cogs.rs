//! `/cogs` and what lies below it but for the bytes.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cog::json::json_number;
use crate::geo::LonLat;
use crate::library::{Facts, Image, LevelStatistics, PERCENTS, PointBand, PointValues, Source, finest_affordable};
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::guard::BaseUrl;
use crate::serve::json::{answered, json, told};
use crate::serve::layer::Layer;
use crate::serve::parameters::Parameters;

/// One file in the list.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    /// `EPSG:32633`, or the system's name where it has no code.
    crs: Option<String>,
    /// West, south, east, north in degrees.
    bbox: Option<[f64; 4]>,
    width: u32,
    height: u32,
    date: Option<String>,
    bands: Vec<ListedBand>,
    /// The file's bytes.
    href: String,
    /// Everything else.
    about: String,
    tiles: String,
}

#[derive(Debug, Serialize)]
struct ListedBand {
    name: String,
    #[serde(rename = "type")]
    sample_type: &'static str,
    nodata: Option<Value>,
}

fn listed<'a>(layer: &'a Layer, image: &'a Image, base: &BaseUrl) -> Listed<'a> {
    let (id, BaseUrl(base)) = (layer.id(), base);
    let crs = image.cog.crs();
    let band = |index: usize| ListedBand {
        name: image.band_name(index),
        sample_type: image.sample_type().name(),
        nodata: image.cog.bands().get(index).and_then(|band| band.nodata).map(crate::cog::json::json_nodata),
    };
    Listed {
        id,
        name: layer.title(),
        crs: crs.map(|crs| crs.epsg().map_or_else(|| crs.name().to_owned(), |code| format!("EPSG:{code}"))),
        bbox: layer.place().map(|place| corners(&place.lon_lat)),
        width: image.cog.width(),
        height: image.cog.height(),
        date: image.date.map(|date| date.to_string()),
        bands: (0..image.cog.band_count()).map(band).collect(),
        href: format!("{base}/cogs/{id}/data"),
        about: format!("{base}/cogs/{id}"),
        tiles: format!("{base}/tiles/{id}/tilejson.json"),
    }
}

fn corners(bounds: &crate::geo::BoundingBox) -> [f64; 4] {
    [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()]
}

/// Every file that is open.
pub(super) async fn list(State(endpoint): State<Endpoint>, Extension(base): Extension<BaseUrl>) -> Response<Body> {
    let shelf = endpoint.shelf();
    let files = shelf.layers().iter().filter_map(|layer| Some((layer, layer.image()?)));
    json(&files.map(|(layer, image)| listed(layer, image, &base)).collect::<Vec<_>>())
}

/// All that is known of a file.
pub(super) async fn one(
    State(endpoint): State<Endpoint>,
    Extension(base): Extension<BaseUrl>,
    Path(id): Path<String>,
) -> Response<Body> {
    let shelf = endpoint.shelf();
    let found = shelf.layer(&id).and_then(|layer| Some((layer, layer.image()?)));
    answered(found.ok_or(RequestError::NotFound).map(|(layer, image)| json(&about(layer, image, &base))))
}

/// The entry of the list, and what `cogscope info --json` tells but for the path.
fn about(layer: &Layer, image: &Image, base: &BaseUrl) -> Value {
    let object = |value: serde_json::Result<Value>| match value {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let mut all = object(serde_json::to_value(Facts::of(&image.cog)));
    for local in ["path", "file_name"] {
        all.remove(local);
    }
    for findings in all.get_mut("cog").and_then(Value::as_object_mut).into_iter().flat_map(|cog| cog.values_mut()) {
        // How to mend it is a command with the file's path in it.
        for finding in findings.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            finding.remove("mend");
        }
    }
    for (key, value) in object(serde_json::to_value(listed(layer, image, base))) {
        // Bands and the reference system are told in full already.
        all.entry(key).or_insert(value);
    }
    Value::Object(all)
}

#[derive(Debug, Serialize)]
struct PointAnswer {
    lon: f64,
    lat: f64,
    /// The image or scene that lies there; of a mosaic the topmost.
    name: String,
    bands: Vec<PointBandAnswer>,
}

#[derive(Debug, Serialize)]
struct PointBandAnswer {
    name: String,
    /// As stored; `[real, imaginary]` for a complex one.
    value: Value,
    /// With the file's scale and offset, where it has any.
    scaled: Option<Value>,
    unit: Option<String>,
    valid: bool,
    col: u32,
    row: u32,
}

impl PointBandAnswer {
    fn of(band: PointBand) -> Self {
        let value = match band.imaginary {
            Some(imaginary) => Value::from(vec![json_number(band.value), json_number(imaginary)]),
            None => json_number(band.value),
        };
        Self {
            name: band.name,
            value,
            scaled: band.scaled.map(json_number),
            unit: band.unit,
            valid: band.valid,
            col: band.col,
            row: band.row,
        }
    }
}

/// Every band's value at `lon`, `lat` in degrees.
pub(super) async fn point(
    State(endpoint): State<Endpoint>,
    Path(id): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let answer = async {
        let layer = endpoint.layer(&id)?;
        let degrees = |name| {
            given.required(name)?;
            Ok::<f64, RequestError>(given.value(name, "number")?.unwrap_or_default())
        };
        let (lon, lat) = (degrees("lon")?, degrees("lat")?);
        let found = values_at(&endpoint, &layer, lon, lat).await?;
        Ok(found.map_or_else(outside, |found| {
            let bands = found.bands.into_iter().map(PointBandAnswer::of).collect();
            json(&PointAnswer { lon, lat, name: found.name, bands })
        }))
    };
    answered(answer.await)
}

/// What is answered about a place where a layer doesn't reach.
pub(in crate::serve) fn outside() -> Response<Body> {
    told(StatusCode::NOT_FOUND, "the layer does not reach there", None)
}

/// What lies under a place; `None` where the layer doesn't reach.
pub(in crate::serve) async fn values_at(
    endpoint: &Endpoint,
    layer: &Arc<Layer>,
    lon: f64,
    lat: f64,
) -> Result<Option<PointValues>, RequestError> {
    let position = LonLat::new(lon, lat).ok_or_else(|| {
        RequestError::parameter("lon, lat", "a longitude is from -180 to 180, a latitude from -90 to 90 degrees")
    })?;
    let layer = Arc::clone(layer);
    let read = move |work: &crate::serve::endpoint::Work<'_>| {
        PointValues::at(layer.source(), position, work.blocks)
            .map_err(|error| RequestError::failed(layer.title(), &error))
    };
    endpoint.run(read).await
}

/// What `cogscope stats --json` tells but for the path: every pixel of the finest level that can be counted in a few seconds.
pub(super) async fn statistics(
    State(endpoint): State<Endpoint>,
    Path(id): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let answer = async {
        let layer = endpoint.layer(&id)?;
        let Source::Image(image) = layer.source().clone() else { return Err(RequestError::NotFound) };
        let level = match given.value("level", "number of a level")? {
            None => finest_affordable(image.cog.levels()),
            Some(level) if level < image.cog.levels().len() => level,
            Some(_) => {
                let last = image.cog.levels().len().saturating_sub(1);
                return Err(RequestError::parameter("level", format!("the levels are 0 to {last}")));
            }
        };
        let found = endpoint
            .run(move |work| {
                let go_on = || work.is_wanted();
                let found = LevelStatistics::of(&image.cog, level, &PERCENTS, work.blocks, &go_on);
                found.map_err(|error| RequestError::failed(layer.title(), &error))?.ok_or(RequestError::Stopped)
            })
            .await?;
        Ok(json(&found))
    };
    answered(answer.await)
}
