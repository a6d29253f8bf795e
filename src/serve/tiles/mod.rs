//! Tiles of the Web Mercator grid (XYZ), and their description (TileJSON).

mod tilejson;
mod zooms;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;

pub(super) use self::tilejson::TileJson;
pub(super) use self::zooms::FINEST;
use super::endpoint::Endpoint;
use super::error::RequestError;
use super::image_format::{ImageFormat, MOST_PIXELS, Shot, split_ending};
use super::json::{answered, told};
use super::look_words;
use super::parameters::Parameters;
use crate::geo::TileCoord;
use crate::warp::View;

/// Pixels of a tile's side.
pub(super) const TILE_PX: u32 = 256;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/tiles/{layer}/tilejson.json", get(tilejson::answer))
        .route("/tiles/{layer}/{z}/{x}/{y}", get(tile))
}

/// A tile as its path says it: where, its side in pixels, and what it is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AskedTile {
    pub(super) tile: TileCoord,
    pub(super) size: u32,
    pub(super) format: ImageFormat,
}

impl AskedTile {
    /// Of the last three parts of a path, `size` being the side of a tile without `@2x`. `None` where there is no such tile.
    pub(super) fn parse(z: &str, x: &str, file: &str, size: u32) -> Option<Self> {
        let (y, scale, format) = split_ending(file)?;
        let tile = TileCoord::new(whole(z)?, whole(x)?, whole(y)?)?;
        let size = size.checked_mul(scale).filter(|size| (1..=MOST_PIXELS).contains(size))?;
        Some(Self { tile, size, format })
    }

    pub(super) fn view(&self) -> View {
        View::tile(self.tile, self.size)
    }
}

/// Digits and nothing else.
fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The side of a tile that a query asks for.
pub(super) fn size(given: &Parameters, name: &str) -> Result<u32, RequestError> {
    match given.value(name, "number of pixels")? {
        None => Ok(TILE_PX),
        Some(size) if (1..=MOST_PIXELS).contains(&size) => Ok(size),
        Some(_) => Err(RequestError::parameter(name, format!("a tile has 1 to {MOST_PIXELS} pixels a side"))),
    }
}

/// What is answered for a tile that can't exist.
pub(super) fn no_tile() -> Response<Body> {
    told(
        StatusCode::NOT_FOUND,
        "there is no such tile: z is up to 30, x and y are below 2^z; .png, .jpg, .webp or .npy",
        None,
    )
}

async fn tile(
    State(endpoint): State<Endpoint>,
    Path((id, z, x, file)): Path<(String, String, String, String)>,
    given: Parameters,
) -> Response<Body> {
    let answer = async {
        let layer = endpoint.layer(&id)?;
        let Some(asked) = AskedTile::parse(&z, &x, &file, size(&given, "size")?) else { return Ok(no_tile()) };
        let words = look_words::from_query(&given)?;
        let name = given.text("style").unwrap_or_default();
        let look = layer.look(name).cloned().ok_or_else(|| no_look(&layer))?;
        let (view, format) = (asked.view(), asked.format);
        Shot { layer, words, look, view, format }.answer(&endpoint).await
    };
    answered(answer.await)
}

fn no_look(layer: &super::layer::Layer) -> RequestError {
    let names: Vec<&str> = layer.looks().iter().map(|look| look.name.as_str()).collect();
    RequestError::parameter("style", format!("this layer has the styles {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_what_its_path_says() {
        let asked = AskedTile::parse("3", "7", "0@2x.webp", 256).unwrap();
        assert_eq!((asked.tile.to_string(), asked.size, asked.format), ("3/7/0".into(), 512, ImageFormat::Webp));
    }

    #[test]
    fn a_tile_that_cannot_exist_is_none() {
        for (z, x, file) in [
            ("3", "8", "0.png"),
            ("31", "0", "0.png"),
            ("3", "-1", "0.png"),
            ("3", "+1", "0.png"),
            ("", "0", "0.png"),
            ("3", "0", "0.gif"),
            ("3", "0", ".png"),
            ("99999999999", "0", "0.png"),
            ("3", "1e0", "0"),
        ] {
            assert_eq!(AskedTile::parse(z, x, file, 256), None, "{z}/{x}/{file}");
        }
        assert_eq!(AskedTile::parse("0", "0", "0@2x.png", 4000), None);
    }
}
