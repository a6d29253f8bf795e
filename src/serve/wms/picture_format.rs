//! Formats of pictures, as requests name them.

use super::exception::WmsError;
use crate::render::RgbaImage;
use crate::render::encode::{EncodeError, jpeg, png, png_indexed, webp};
use crate::serve::error::RequestError;
use crate::serve::parameters::{Parameters, shortened};

/// A format that maps and legends can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PictureFormat {
    /// Every pixel as it is.
    Png,
    /// At most 256 colours.
    Png8,
    /// No transparency, some loss.
    Jpeg,
    /// Every pixel as it is, smaller.
    Webp,
    /// Values where one layer of images is asked for, else colours; with their place.
    Tiff,
}

impl PictureFormat {
    /// All of them, the one that is best for most first.
    pub(super) const ALL: [Self; 5] = [Self::Png, Self::Png8, Self::Jpeg, Self::Webp, Self::Tiff];

    /// Its name in requests and answers.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Png8 => "image/png; mode=8bit",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Tiff => "image/tiff",
        }
    }

    /// The format that a request asks for.
    pub(super) fn of(given: &Parameters) -> Result<Self, WmsError> {
        let text = given.filled("format").ok_or_else(|| WmsError::new("InvalidFormat", "FORMAT is missing"))?;
        let plain = |text: &str| text.replace(' ', "").to_ascii_lowercase();
        let named = |format: &Self| plain(format.media_type()) == plain(text);
        let found = Self::ALL.into_iter().find(named);
        found.ok_or_else(|| WmsError::new("InvalidFormat", format!("there is no format {}", shortened(text))))
    }

    /// A picture as a file; as PNG where the format is that of values.
    pub(super) fn encode(self, picture: &RgbaImage) -> Result<Vec<u8>, RequestError> {
        let encoded = match self {
            Self::Png | Self::Tiff => png(picture),
            Self::Png8 => png_indexed(picture),
            Self::Jpeg => jpeg(picture),
            Self::Webp => webp(picture),
        };
        encoded.map_err(|error| encoding_failed(&error))
    }
}

/// The encoder refused.
pub(super) fn encoding_failed(error: &EncodeError) -> RequestError {
    tracing::warn!(%error, "a picture could not be encoded");
    RequestError::Failed { what: "the picture".to_owned() }
}
