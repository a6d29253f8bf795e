//! `GetFeatureInfo`: what lies at a pixel of a map, the values of every band or the facts of a target.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use super::exception::WmsError;
use super::info_format::InfoFormat;
use super::map_request::{MOST_LAYERS, part, view};
use super::version::Version;
use crate::cog::json::json_number;
use crate::geo::{Crs, LonLat, Transformer};
use crate::library::PointValues;
use crate::serve::endpoint::{Endpoint, Work};
use crate::serve::error::RequestError;
use crate::serve::found::Found;
use crate::serve::parameters::{Parameters, shortened};
use crate::serve::picture::{Part, Wish};
use crate::serve::reply::reply;
use crate::warp::View;

/// Targets that are told of one pixel, unless more are asked for.
const DEFAULT_COUNT: usize = 1;
const MOST_COUNT: usize = 100;

pub(super) async fn answer(
    endpoint: &Endpoint,
    given: &Parameters,
    version: Version,
) -> Result<Response<Body>, WmsError> {
    Version::required(given)?;
    let view = view(given, version)?;
    let format = InfoFormat::of(given)?;
    let (col, row) = pixel(given, version, &view)?;
    let count = given.value("feature_count", "number")?.unwrap_or(DEFAULT_COUNT).clamp(1, MOST_COUNT);
    let queried = given.filled("query_layers").ok_or_else(|| WmsError::missing("query_layers"))?;
    let shelf = endpoint.shelf();
    let in_map: Option<Vec<&str>> = given.filled("layers").map(|layers| layers.split(',').map(str::trim).collect());
    let queryable = |id: &str| {
        let part = part(given, &shelf, id, "")?;
        if in_map.as_ref().is_none_or(|layers| layers.contains(&id)) {
            return Ok(part);
        }
        Err(WmsError::new("LayerNotQueryable", format!("layer {id} is not in the map")))
    };
    let ids = queried.split(',').map(str::trim).take(MOST_LAYERS);
    let parts: Vec<Part> = ids.map(queryable).collect::<Result<_, _>>()?;
    let position = position(&view, col, row);
    let found = endpoint.run(move |work| {
        let mut found = Vec::new();
        // The topmost first.
        for part in parts.iter().rev() {
            match (part, position) {
                (Part::Images(wish), Some(position)) => found.extend(values(work, wish, position)?),
                (Part::Images(_), None) => {}
                (Part::Targets(targets), _) => found.extend(targets.facts_at(&view, (col, row), count)),
            }
        }
        Ok(found)
    });
    Ok(reply(format.content_type(), format.document(&found.await?)))
}

/// Column and row. Clients mix up the names of the versions, so that both are understood in both.
fn pixel(given: &Parameters, version: Version, view: &View) -> Result<(u32, u32), WmsError> {
    let ((own_x, own_y), (other_x, other_y)) = match version {
        Version::V111 => (("x", "y"), ("i", "j")),
        Version::V130 => (("i", "j"), ("x", "y")),
    };
    let read = |own: &str, other: &str, most: u32| {
        let text = given.filled(own).or_else(|| given.filled(other)).ok_or_else(|| WmsError::missing(own))?;
        text.parse().ok().filter(|at| *at < most).ok_or_else(|| {
            let name = own.to_ascii_uppercase();
            WmsError::new("InvalidPoint", format!("{name} {} is no pixel of the map", shortened(text)))
        })
    };
    Ok((read(own_x, other_x, view.width())?, read(own_y, other_y, view.height())?))
}

/// Where the middle of a pixel lies.
fn position(view: &View, col: u32, row: u32) -> Option<LonLat> {
    let place = view.crs_from_pixel().apply(f64::from(col) + 0.5, f64::from(row) + 0.5);
    let transformer = Transformer::new(view.crs(), &Crs::wgs84(), Some(view.bbox())).ok()?;
    let degrees = transformer.forward(place)?;
    LonLat::wrapped(degrees.x, degrees.y)
}

fn values(work: &Work<'_>, wish: &Wish, position: LonLat) -> Result<Option<Found>, RequestError> {
    let Some(source) = wish.layer.on(wish.days.as_ref()) else { return Ok(None) };
    let values = PointValues::at(&source, position, work.blocks)
        .map_err(|error| RequestError::failed(wish.layer.title(), &error))?;
    Ok(values.map(|values| Found {
        layer: wish.layer.id().to_owned(),
        title: values.name,
        position,
        facts: values
            .bands
            .into_iter()
            .map(|band| (band.name, if band.valid { json_number(band.value) } else { Value::Null }))
            .collect(),
    }))
}
