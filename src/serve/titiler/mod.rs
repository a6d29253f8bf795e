//! The paths of TiTiler, so that its clients find their way: `/cog/…`, a layer's id in the place of the file's address.

mod info;
mod pictures;
mod point;
mod statistics;
mod views;

pub(super) use self::pictures::MATRIX_SET;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::endpoint::Endpoint;
use super::error::RequestError;
use super::layer::Layer;
use super::parameters::Parameters;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/cog/info", get(info::info))
        .route("/cog/info.geojson", get(info::geojson))
        .route("/cog/statistics", get(statistics::answer))
        .route("/cog/point/{position}", get(point::answer))
        .route("/cog/tiles/{matrix}/{z}/{x}/{y}", get(pictures::tile))
        .route("/cog/preview", get(pictures::preview))
        .route("/cog/preview/{size}", get(pictures::preview_sized))
        .route("/cog/bbox/{bbox}", get(pictures::bbox))
        .route("/cog/bbox/{bbox}/{size}", get(pictures::bbox_sized))
        .route("/cog/tilejson.json", get(pictures::tilejson_of_map))
        // `preview.png`
        .route("/cog/{name}", get(pictures::preview_as))
        .route("/cog/{name}/tilejson.json", get(pictures::tilejson))
}

/// The layer whose id is in the place of the file's address.
fn layer(endpoint: &Endpoint, given: &Parameters) -> Result<Arc<Layer>, RequestError> {
    endpoint.layer(given.required("url")?)
}

/// What TiTiler calls a band: `b1`, by its number in the layer.
fn band_name(index: usize) -> String {
    format!("b{}", index.saturating_add(1))
}
