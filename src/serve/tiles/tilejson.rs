//! TileJSON 3.0.0: where tiles are, and at which levels.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Serialize;

use super::zooms;
use crate::geo::Point;
use crate::serve::endpoint::Endpoint;
use crate::serve::guard::BaseUrl;
use crate::serve::json::{answered, json};
use crate::serve::layer::Layer;
use crate::serve::look_words;
use crate::serve::parameters::Parameters;

/// The document.
#[derive(Debug, Serialize)]
pub(in crate::serve) struct TileJson {
    tilejson: &'static str,
    name: String,
    version: &'static str,
    scheme: &'static str,
    tiles: Vec<String>,
    minzoom: u8,
    maxzoom: u8,
    /// West, south, east, north in degrees.
    bounds: [f64; 4],
    /// Longitude, latitude and zoom to begin with.
    center: [f64; 3],
}

impl TileJson {
    /// Of a layer whose tiles are at an address with `{z}`, `{x}` and `{y}` in it.
    pub(in crate::serve) fn of(layer: &Layer, address: String) -> Self {
        let (minzoom, maxzoom) = zooms::of(layer);
        let bounds = layer.place().map_or([-180.0, -85.051_129, 180.0, 85.051_129], |place| {
            let degrees = &place.lon_lat;
            [degrees.min_x(), degrees.min_y(), degrees.max_x(), degrees.max_y()]
        });
        let middle = layer.place().map_or(Point::new(0.0, 0.0), |place| place.home.center());
        Self {
            tilejson: "3.0.0",
            name: layer.title().to_owned(),
            version: "1.0.0",
            scheme: "xyz",
            tiles: vec![address],
            minzoom,
            maxzoom,
            bounds,
            center: [middle.x, middle.y, f64::from(minzoom)],
        }
    }

    /// The same with other levels.
    pub(in crate::serve) fn with_zooms(mut self, minzoom: Option<u8>, maxzoom: Option<u8>) -> Self {
        self.minzoom = minzoom.unwrap_or(self.minzoom);
        self.maxzoom = maxzoom.unwrap_or(self.maxzoom);
        self
    }
}

/// The style that the question names is that of the tiles.
pub(super) async fn answer(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    Path(id): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let described = || {
        let layer = endpoint.layer(&id)?;
        look_words::from_query(&given)?;
        let address = format!("{base}/tiles/{id}/{{z}}/{{x}}/{{y}}.png{}", given.to_query());
        Ok(json(&TileJson::of(&layer, address)))
    };
    answered(described())
}
