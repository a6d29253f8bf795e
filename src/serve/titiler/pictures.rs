//! Pictures: tiles, previews, boxes; and the description of the tiles.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};

use super::layer;
use super::views::{self, AskedSize};
use crate::library::Look;
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::guard::BaseUrl;
use crate::serve::image_format::{ImageFormat, Shot, split_ending};
use crate::serve::json::{answered, json, told};
use crate::serve::layer::Layer;
use crate::serve::look_words::from_titiler;
use crate::serve::parameters::Parameters;
use crate::serve::reply::not_found;
use crate::serve::tiles::{self, AskedTile, TileJson};
use crate::warp::View;

/// The only grid that there is.
pub(in crate::serve) const MATRIX_SET: &str = "WebMercatorQuad";

fn no_matrix_set() -> Response<Body> {
    told(StatusCode::NOT_FOUND, "the only grid of tiles here is WebMercatorQuad", None)
}

fn no_format() -> Response<Body> {
    told(StatusCode::NOT_FOUND, "there is .png, .jpg, .jpeg, .webp and .npy", None)
}

async fn shot(
    endpoint: &Endpoint,
    given: &Parameters,
    format: ImageFormat,
    view: impl FnOnce(&Layer) -> Result<View, RequestError>,
) -> Result<Response<Body>, RequestError> {
    let layer: Arc<Layer> = layer(endpoint, given)?;
    let words = Some(from_titiler(given)?);
    let view = view(&layer)?;
    Shot { layer, words, look: Look::default(), view, format }.answer(endpoint).await
}

pub(super) async fn tile(
    State(endpoint): State<Endpoint>,
    Path((matrix, z, x, file)): Path<(String, String, String, String)>,
    given: Parameters,
) -> Response<Body> {
    if matrix != MATRIX_SET {
        return no_matrix_set();
    }
    let answer = async {
        let size = tiles::size(&given, "tilesize")?;
        let Some(asked) = AskedTile::parse(&z, &x, &file, size) else { return Ok(tiles::no_tile()) };
        shot(&endpoint, &given, asked.format, |_| Ok(asked.view())).await
    };
    answered(answer.await)
}

pub(super) async fn preview(State(endpoint): State<Endpoint>, given: Parameters) -> Response<Body> {
    answered(
        shot(&endpoint, &given, ImageFormat::Png, |layer| views::whole(layer, AskedSize::from_query(&given)?)).await,
    )
}

pub(super) async fn preview_as(
    State(endpoint): State<Endpoint>,
    Path(file): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let Some(ending) = file.strip_prefix("preview.") else { return not_found() };
    let Some(format) = ImageFormat::from_ending(ending) else { return no_format() };
    answered(shot(&endpoint, &given, format, |layer| views::whole(layer, AskedSize::from_query(&given)?)).await)
}

pub(super) async fn preview_sized(
    State(endpoint): State<Endpoint>,
    Path(file): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let Some((size, 1, format)) = split_ending(&file) else { return no_format() };
    let answer = async {
        let size = sized(size)?;
        shot(&endpoint, &given, format, |layer| views::whole(layer, size)).await
    };
    answered(answer.await)
}

fn sized(text: &str) -> Result<AskedSize, RequestError> {
    let wrong = || RequestError::parameter("size", "give width x height, each 1 to 4096: 300x200.png");
    AskedSize::parse(text).ok_or_else(wrong)
}

pub(super) async fn bbox(
    State(endpoint): State<Endpoint>,
    Path(file): Path<String>,
    given: Parameters,
) -> Response<Body> {
    let Some((bbox, 1, format)) = split_ending(&file) else { return no_format() };
    let view = |layer: &Layer| views::part(layer, bbox, AskedSize::from_query(&given)?, &given);
    answered(shot(&endpoint, &given, format, view).await)
}

pub(super) async fn bbox_sized(
    State(endpoint): State<Endpoint>,
    Path((bbox, file)): Path<(String, String)>,
    given: Parameters,
) -> Response<Body> {
    let Some((size, 1, format)) = split_ending(&file) else { return no_format() };
    let answer = async {
        let size = sized(size)?;
        shot(&endpoint, &given, format, |layer| views::part(layer, &bbox, size, &given)).await
    };
    answered(answer.await)
}

pub(super) async fn tilejson_of_map(
    state: State<Endpoint>,
    base: Extension<BaseUrl>,
    given: Parameters,
) -> Response<Body> {
    tilejson(state, base, Path(MATRIX_SET.to_owned()), given).await
}

pub(super) async fn tilejson(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    Path(matrix): Path<String>,
    given: Parameters,
) -> Response<Body> {
    if matrix != MATRIX_SET {
        return no_matrix_set();
    }
    let described = || {
        let layer = layer(&endpoint, &given)?;
        from_titiler(&given)?;
        tiles::size(&given, "tilesize")?;
        let ending = match given.filled("tile_format") {
            None => "png",
            Some(ending) if ImageFormat::from_ending(ending).is_some() => ending,
            Some(_) => return Err(RequestError::parameter("tile_format", "there is png, jpg, jpeg, webp and npy")),
        };
        let (minzoom, maxzoom) = (given.value("minzoom", "zoom level")?, given.value("maxzoom", "zoom level")?);
        let query = given.without(&["tile_format", "minzoom", "maxzoom"]).to_query();
        let address = format!("{base}/cog/tiles/{MATRIX_SET}/{{z}}/{{x}}/{{y}}.{ending}{query}");
        Ok(json(&TileJson::of(&layer, address).with_zooms(minzoom, maxzoom)))
    };
    answered(described())
}
