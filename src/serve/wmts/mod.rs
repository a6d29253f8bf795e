//! Web Map Tile Service 1.0.0 (OGC 07-057r7), by key and value and by path: every layer in the grid WebMercatorQuad.

mod capabilities;
mod exception;

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::routing::get;

use self::exception::WmtsError;
use super::endpoint::Endpoint;
use super::guard::BaseUrl;
use super::image_format::{ImageFormat, Shot};
use super::parameters::Parameters;
use super::reply::reply;
use super::tiles::{AskedTile, TILE_PX};
use crate::serve::titiler::MATRIX_SET;

const VERSION: &str = "1.0.0";

pub(super) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/wmts", get(by_key))
        .route("/wmts/1.0.0/WMTSCapabilities.xml", get(document))
        .route("/wmts/1.0.0/{layer}/{style}/{set}/{z}/{y}/{x}", get(by_path))
}

/// A tile that is asked for, in the words of the standard.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    layer: &'a str,
    style: &'a str,
    set: &'a str,
    matrix: &'a str,
    row: &'a str,
    /// With the ending that says the format.
    column: &'a str,
}

async fn document(State(endpoint): State<Endpoint>, Extension(BaseUrl(base)): Extension<BaseUrl>) -> Response<Body> {
    reply("application/xml", capabilities::document(&endpoint.shelf(), &base))
}

async fn by_key(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    given: Parameters,
) -> Response<Body> {
    let answer = match check(&given) {
        Ok(Request::Capabilities) => Ok(reply("application/xml", capabilities::document(&endpoint.shelf(), &base))),
        Ok(Request::Tile) => tile_by_key(&endpoint, &given).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| error.answer())
}

enum Request {
    Capabilities,
    Tile,
}

fn check(given: &Parameters) -> Result<Request, WmtsError> {
    let request = given.filled("request").ok_or_else(|| WmtsError::missing("request"))?;
    let is_capabilities = request.eq_ignore_ascii_case("GetCapabilities");
    match given.filled("service") {
        Some(service) if service.eq_ignore_ascii_case("WMTS") => {}
        Some(_) => return Err(WmtsError::invalid("service", "the service is WMTS")),
        None => return Err(WmtsError::missing("service")),
    }
    let accepted = given.filled("acceptversions").is_none_or(|list| list.split(',').any(|one| one.trim() == VERSION));
    match given.filled("version") {
        _ if is_capabilities && !accepted => Err(WmtsError::version()),
        _ if is_capabilities => Ok(Request::Capabilities),
        _ if !request.eq_ignore_ascii_case("GetTile") => Err(WmtsError::not_supported(request)),
        Some(version) if version != VERSION => Err(WmtsError::invalid("version", "the version is 1.0.0")),
        Some(_) => Ok(Request::Tile),
        None => Err(WmtsError::missing("version")),
    }
}

async fn tile_by_key(endpoint: &Endpoint, given: &Parameters) -> Result<Response<Body>, WmtsError> {
    let required = |name| given.filled(name).ok_or_else(|| WmtsError::missing(name));
    let ending = match required("format")? {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => return Err(WmtsError::invalid("format", "there is image/png, image/jpeg and image/webp")),
    };
    let column = format!("{}.{ending}", required("tilecol")?);
    let asked = Asked {
        layer: required("layer")?,
        // Empty is the default style, but it has to be there.
        style: given.text("style").ok_or_else(|| WmtsError::missing("style"))?,
        set: required("tilematrixset")?,
        matrix: required("tilematrix")?,
        row: required("tilerow")?,
        column: &column,
    };
    tile(endpoint, asked).await
}

async fn by_path(
    State(endpoint): State<Endpoint>,
    Path((layer, style, set, z, y, x)): Path<(String, String, String, String, String, String)>,
) -> Response<Body> {
    let asked = Asked { layer: &layer, style: &style, set: &set, matrix: &z, row: &y, column: &x };
    tile(&endpoint, asked).await.unwrap_or_else(|error| error.answer())
}

async fn tile(endpoint: &Endpoint, asked: Asked<'_>) -> Result<Response<Body>, WmtsError> {
    let shelf = endpoint.shelf();
    let unknown = || WmtsError::invalid("layer", "there is no such layer");
    let layer = shelf.layer(asked.layer).filter(|layer| layer.place().is_some()).cloned().ok_or_else(unknown)?;
    let look = layer.look(asked.style).cloned();
    let look = look.ok_or_else(|| WmtsError::invalid("style", "the layer has no such style"))?;
    if asked.set != MATRIX_SET {
        return Err(WmtsError::invalid("tilematrixset", "the grid is WebMercatorQuad"));
    }
    if !capabilities::matrices().any(|(matrix, _)| matrix.to_string() == asked.matrix) {
        return Err(WmtsError::invalid("tilematrix", "there is no such level"));
    }
    let (x, ending) = asked.column.rsplit_once('.').unwrap_or((asked.column, "png"));
    let format = ImageFormat::from_ending(ending).ok_or_else(|| WmtsError::invalid("format", "no such format"))?;
    for (name, value) in [("tilerow", asked.row), ("tilecol", x)] {
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WmtsError::invalid(name, "it is a number from 0 on"));
        }
    }
    let tile = AskedTile::parse(asked.matrix, x, &format!("{}.{ending}", asked.row), TILE_PX);
    let tile = tile.ok_or_else(|| WmtsError::out_of_range("tilerow"))?;
    let shot = Shot { layer, words: None, look, view: tile.view(), format };
    shot.answer(endpoint).await.map_err(WmtsError::from)
}
