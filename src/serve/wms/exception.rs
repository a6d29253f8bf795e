//! What can't be answered, as the versions tell it: as a document, written into a picture, or as an empty one.

use axum::body::Body;
use axum::http::Response;

use super::map_request::{background, size};
use super::picture_format::PictureFormat;
use super::version::Version;
use crate::render::RgbaImage;
use crate::report::figure::{Anchor, Figure, Ink, Label, Shape, figure_picture, text_width};
use crate::serve::error::RequestError;
use crate::serve::parameters::Parameters;
use crate::serve::reply::{busy, reply};
use crate::serve::xml::escaped;

/// An exception of the service: a code of the standard, where there is one, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WmsError {
    pub(super) code: Option<&'static str>,
    pub(super) text: String,
    /// Asked again later it may be answered.
    pub(super) is_busy: bool,
}

/// How the client wants to be told, `EXCEPTIONS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    Document,
    InImage,
    Blank,
}

impl WmsError {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code: Some(code), text: text.into(), is_busy: false }
    }

    /// What no code of the standard is for.
    pub(super) fn other(text: impl Into<String>) -> Self {
        Self { code: None, text: text.into(), is_busy: false }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::other(format!("{} is missing", parameter.to_ascii_uppercase()))
    }

    pub(super) fn not_supported(request: &str) -> Self {
        let text = format!("the request {} is not known here", crate::serve::parameters::shortened(request));
        Self::new("OperationNotSupported", text)
    }

    /// As the client of a map wants to be told: as a picture if it asked for one and said of what size.
    pub(super) fn answer_map(&self, given: &Parameters, version: Version) -> Response<Body> {
        let telling = telling(given);
        let (Ok(width), Ok(height), Ok(format)) =
            (size(given, "width"), size(given, "height"), PictureFormat::of(given))
        else {
            return self.answer(version);
        };
        if telling == Telling::Document {
            return self.answer(version);
        }
        let format = if format == PictureFormat::Tiff { PictureFormat::Png } else { format };
        let is_transparent = given.flag("transparent").ok().flatten().unwrap_or(false);
        let mut picture = match telling {
            Telling::InImage => in_image(&self.text, width, height),
            Telling::Blank | Telling::Document => RgbaImage::transparent(width, height),
        };
        if !is_transparent {
            picture.flatten(background(given).unwrap_or([u8::MAX; 3]));
        }
        match format.encode(&picture) {
            Ok(file) => reply(format.media_type(), file),
            Err(_) => self.answer(version),
        }
    }

    /// As a document of the version.
    pub(super) fn answer(&self, version: Version) -> Response<Body> {
        let code = self.code.map(|code| format!(" code=\"{code}\"")).unwrap_or_default();
        let (text, number) = (escaped(&self.text), version.text());
        let answer = match version {
            Version::V111 => reply(
                "application/vnd.ogc.se_xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
                     <!DOCTYPE ServiceExceptionReport SYSTEM \"http://schemas.opengis.net/wms/1.1.1/exception_1_1_1.dtd\">\n\
                     <ServiceExceptionReport version=\"{number}\"><ServiceException{code}>{text}</ServiceException></ServiceExceptionReport>\n"
                ),
            ),
            Version::V130 => reply(
                "text/xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                     <ServiceExceptionReport version=\"{number}\" xmlns=\"http://www.opengis.net/ogc\" \
                     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                     xsi:schemaLocation=\"http://www.opengis.net/ogc http://schemas.opengis.net/wms/1.3.0/exceptions_1_3_0.xsd\">\
                     <ServiceException{code}>{text}</ServiceException></ServiceExceptionReport>\n"
                ),
            ),
        };
        if self.is_busy { busy(answer) } else { answer }
    }
}

fn telling(given: &Parameters) -> Telling {
    let text = given.filled("exceptions").unwrap_or_default().to_ascii_lowercase();
    match text.as_str() {
        "inimage" | "application/vnd.ogc.se_inimage" => Telling::InImage,
        "blank" | "application/vnd.ogc.se_blank" => Telling::Blank,
        _ => Telling::Document,
    }
}

/// The sentence, in as many lines as it needs.
fn in_image(text: &str, width: u32, height: u32) -> RgbaImage {
    const SIZE: f32 = 12.0;
    const MARGIN: f32 = 6.0;
    let room = width as f32 - 2.0 * MARGIN;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), SIZE, false) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let mut y = MARGIN;
    let label = |text: String| {
        y += SIZE * 1.25;
        let ink = Ink::opaque([0xB0, 0, 0]);
        Shape::Label(Label {
            text,
            x: MARGIN,
            y,
            size: SIZE,
            anchor: Anchor::Start,
            is_bold: false,
            turned_deg: 0.0,
            ink,
        })
    };
    let paper = Ink { rgb: [u8::MAX; 3], opacity: 0.0 };
    let layers = vec![(None, lines.into_iter().map(label).collect())];
    figure_picture(&Figure { width, height, title: String::new(), paper, layers }, 1.0)
        .unwrap_or_else(|_| RgbaImage::transparent(width, height))
}

impl From<RequestError> for WmsError {
    fn from(error: RequestError) -> Self {
        let is_busy = matches!(error, RequestError::Busy | RequestError::Late);
        Self { code: None, text: error.to_string(), is_busy }
    }
}
