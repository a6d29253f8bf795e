//! `GetMap`: a picture of layers.

use axum::body::Body;
use axum::http::Response;

use super::exception::WmsError;
use super::map_request::{view, wishes};
use super::version::Version;
use crate::render::encode::png;
use crate::serve::endpoint::Endpoint;
use crate::serve::error::RequestError;
use crate::serve::parameters::Parameters;
use crate::serve::picture::draw;
use crate::serve::reply::reply;

/// The background that a map has by default.
const WHITE: [u8; 3] = [u8::MAX; 3];

pub(super) async fn answer(
    endpoint: &Endpoint,
    given: &Parameters,
    version: Version,
) -> Result<Response<Body>, WmsError> {
    if Version::named(given).is_none() {
        return Err(WmsError::missing("version"));
    }
    let wishes = wishes(given, &endpoint.shelf())?;
    let view = view(given, version)?;
    let is_transparent = given.flag("transparent")?.unwrap_or(false);
    let file = endpoint.run(move |work| {
        let mut picture = draw(work, &view, &wishes)?;
        if !is_transparent {
            picture.flatten(WHITE);
        }
        png(&picture).map_err(|_| RequestError::Failed { what: "the picture".to_owned() })
    });
    Ok(reply("image/png", file.await?))
}
