//! The landing page: what is served, a small map of it, and addresses to copy. All of it is compiled in; it works without a network.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::http::header::{self, HeaderValue};
use axum::routing::get;
use serde::Serialize;

use super::endpoint::Endpoint;
use super::json::json;
use super::layer::{Layer, LayerKind};
use super::reply::reply;
use crate::geo::BoundingBox;

/// Scripts, styles, pictures and questions of this server's own, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const MAP: &str = include_str!("map.js");
const ICON: &[u8] = include_bytes!("../../../assets/cogscope.ico");

pub(super) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/", get(|| async { page("text/html; charset=utf-8", PAGE) }))
        .route("/layers.json", get(layers))
        .route("/page.css", get(|| async { page("text/css; charset=utf-8", STYLE) }))
        .route("/page.js", get(|| async { page("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/map.js", get(|| async { page("text/javascript; charset=utf-8", MAP) }))
        .route("/favicon.ico", get(|| async { reply("image/x-icon", ICON) }))
}

fn page(content_type: &'static str, text: &'static str) -> Response<Body> {
    let mut response = reply(content_type, text);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// What the page has to know of a layer.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    /// Whether it is one file, whose bytes can be asked for.
    file: bool,
    /// West, south, east, north in degrees.
    bbox: [f64; 4],
    /// The part of it where a look begins.
    home: [f64; 4],
    /// A line for people.
    facts: String,
}

async fn layers(State(endpoint): State<Endpoint>) -> Response<Body> {
    let shelf = endpoint.shelf();
    json(&shelf.layers().iter().filter_map(|layer| listed(layer)).collect::<Vec<_>>())
}

fn listed(layer: &Layer) -> Option<Listed<'_>> {
    let place = layer.place()?;
    let sides = |degrees: &BoundingBox| [degrees.min_x(), degrees.min_y(), degrees.max_x(), degrees.max_y()];
    let bands = layer.source().bands().len();
    let bands = format!("{bands} {}", if bands == 1 { "band" } else { "bands" });
    let crs = place.crs.epsg().map_or_else(|| place.crs.name().to_owned(), |code| format!("EPSG:{code}"));
    let facts = match (layer.kind(), layer.image()) {
        (LayerKind::Mosaic, _) => "all of them, over one another".to_owned(),
        (LayerKind::Scene, _) => format!("scene, {bands}, {crs}"),
        (LayerKind::Image, Some(image)) => {
            format!("{} x {} pixels, {bands}, {crs}", image.cog.width(), image.cog.height())
        }
        (LayerKind::Image, None) => format!("{bands}, {crs}"),
    };
    Some(Listed {
        id: layer.id(),
        name: layer.title(),
        file: layer.image().is_some(),
        bbox: sides(&place.lon_lat),
        home: sides(&place.home),
        facts,
    })
}
