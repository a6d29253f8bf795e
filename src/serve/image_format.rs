//! Pictures and values as files: by the ending of a path.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;

use super::endpoint::{Endpoint, Work};
use super::error::RequestError;
use super::layer::Layer;
use super::picture::{Wish, draw};
use super::reply::reply;
use crate::library::{Look, ValuesError, values};
use crate::raster::Raster;
use crate::render::encode::{EncodeError, jpeg, npy, png, webp};
use crate::render::{RgbaImage, StyleWords};
use crate::warp::View;

/// Pixels that a side of an answer may have.
pub(super) const MOST_PIXELS: u32 = 4096;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageFormat {
    /// With transparency, every pixel as it is.
    Png,
    /// Smaller, on white, with the losses of JPEG.
    Jpeg,
    /// With transparency, every pixel as it is.
    Webp,
    /// Values instead of colours: what `numpy.load` reads.
    Npy,
}

impl ImageFormat {
    /// By the ending of a path.
    pub(super) fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "webp" => Some(Self::Webp),
            "npy" => Some(Self::Npy),
            _ => None,
        }
    }

    /// The media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Npy => "application/x-binary",
        }
    }

    /// A picture as an answer. `what` is the layer's title.
    pub(super) fn answer(self, what: &str, picture: &RgbaImage) -> Result<Response<Body>, RequestError> {
        let encoded = match self {
            Self::Jpeg => jpeg(picture),
            Self::Webp => webp(picture),
            Self::Png | Self::Npy => png(picture),
        };
        let failed = |error: EncodeError| {
            tracing::warn!(what, %error, "a picture could not be encoded");
            RequestError::Failed { what: what.to_owned() }
        };
        Ok(reply(self.media_type(), encoded.map_err(failed)?))
    }
}

/// The name of a file and what it is written as: `12@2x.png` is `12`, 2, PNG. `None` for another ending; PNG without one.
pub(super) fn split_ending(file: &str) -> Option<(&str, u32, ImageFormat)> {
    let (name, format) = match file.rsplit_once('.') {
        Some((name, ending)) => (name, ImageFormat::from_ending(ending)?),
        None => (file, ImageFormat::Png),
    };
    match name.rsplit_once('@') {
        None => Some((name, 1, format)),
        Some((name, "1x")) => Some((name, 1, format)),
        Some((name, "2x")) => Some((name, 2, format)),
        Some((name, "3x")) => Some((name, 3, format)),
        Some((name, "4x")) => Some((name, 4, format)),
        Some(_) => None,
    }
}

/// A view of one layer, as a file.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    pub(super) layer: Arc<Layer>,
    /// What is said of the style; as the layer looks by default, or in its look of this name, if nothing is.
    pub(super) words: Option<StyleWords>,
    pub(super) look: Look,
    pub(super) view: View,
    pub(super) format: ImageFormat,
}

impl Shot {
    /// Takes it as soon as there is a place for the work.
    pub(super) async fn answer(self, endpoint: &Endpoint) -> Result<Response<Body>, RequestError> {
        endpoint.run(move |work| self.take(work)).await
    }

    fn take(self, work: &Work<'_>) -> Result<Response<Body>, RequestError> {
        let Self { layer, words, look, view, format } = self;
        if format == ImageFormat::Npy {
            let words = words.unwrap_or_default();
            return Ok(reply(format.media_type(), npy(&read(&layer, &view, &words, work)?)));
        }
        let look = words.map_or(look, Look::Words);
        let wish = Wish { layer: Arc::clone(&layer), look, days: None };
        format.answer(layer.title(), &draw(work, &view, &wish)?)
    }
}

/// Values of a layer in a view's grid.
pub(super) fn read(layer: &Layer, view: &View, words: &StyleWords, work: &Work<'_>) -> Result<Raster, RequestError> {
    values(layer.source(), view, words, work.blocks).map_err(|error| match error {
        ValuesError::Word(error) => RequestError::parameter(&error.word.to_string(), &error.reason),
        ValuesError::Expression(error) => RequestError::parameter("expression", error.to_string()),
        ValuesError::Library(error) => RequestError::failed(layer.title(), &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_says_the_format_and_a_sign_before_it_the_scale() {
        assert_eq!(split_ending("12.png"), Some(("12", 1, ImageFormat::Png)));
        assert_eq!(split_ending("12@2x.jpg"), Some(("12", 2, ImageFormat::Jpeg)));
        assert_eq!(split_ending("12@3x"), Some(("12", 3, ImageFormat::Png)));
        assert_eq!(split_ending("1.5,2.5.npy"), Some(("1.5,2.5", 1, ImageFormat::Npy)));
        for wrong in ["12.gif", "12@9x.png", "12@.png", "12.PNG"] {
            assert_eq!(split_ending(wrong), None, "{wrong}");
        }
    }
}
