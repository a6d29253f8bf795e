//! `GetMap`: a picture of layers.

use axum::body::Body;
use axum::http::Response;

use super::exception::WmsError;
use super::map_request::{background, parts, view};
use super::picture_format::{PictureFormat, encoding_failed};
use super::version::Version;
use crate::library::Look;
use crate::render::StyleWords;
use crate::render::encode::{Placement, geotiff_picture, geotiff_values};
use crate::serve::endpoint::{Endpoint, Work};
use crate::serve::error::RequestError;
use crate::serve::image_format::read;
use crate::serve::parameters::Parameters;
use crate::serve::picture::{Part, draw_parts};
use crate::serve::reply::reply;
use crate::warp::View;

pub(super) async fn answer(
    endpoint: &Endpoint,
    given: &Parameters,
    version: Version,
) -> Result<Response<Body>, WmsError> {
    Version::required(given)?;
    let parts = parts(given, &endpoint.shelf())?;
    let view = view(given, version)?;
    let format = PictureFormat::of(given)?;
    let is_transparent = given.flag("transparent")?.unwrap_or(false);
    let background = background(given)?;
    let file = endpoint.run(move |work| {
        if format == PictureFormat::Tiff {
            return tiff(work, &view, &parts);
        }
        let mut picture = draw_parts(work, &view, &parts)?;
        work.check()?;
        if !is_transparent || format == PictureFormat::Jpeg {
            picture.flatten(background);
        }
        format.encode(&picture)
    });
    Ok(reply(format.media_type(), file.await?))
}

/// The values of one layer of images, all bands as stored; of several layers, or of targets, a picture.
fn tiff(work: &Work<'_>, view: &View, parts: &[Part]) -> Result<Vec<u8>, RequestError> {
    let placement = Placement { affine: view.crs_from_pixel(), crs: view.crs().clone() };
    let file = match parts {
        [Part::Images(wish)] => {
            let words = if let Look::Words(words) = &wish.look { words.clone() } else { StyleWords::default() };
            geotiff_values(&read(&wish.layer, view, &words, work)?, &placement)
        }
        several => geotiff_picture(&draw_parts(work, view, several)?, &placement),
    };
    file.map_err(|error| encoding_failed(&error))
}
