//! What can't be answered, as the versions tell it.

use axum::body::Body;
use axum::http::Response;

use super::version::Version;
use crate::serve::error::RequestError;
use crate::serve::reply::{busy, reply};

/// An exception of the service: a code of the standard, where there is one, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WmsError {
    pub(super) code: Option<&'static str>,
    pub(super) text: String,
    /// Asked again later it may be answered.
    pub(super) is_busy: bool,
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

    /// As a document of the version.
    pub(super) fn answer(&self, version: Version) -> Response<Body> {
        let code = self.code.map(|code| format!(" code=\"{code}\"")).unwrap_or_default();
        let text = escaped(&self.text);
        let number = version.text();
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

impl From<RequestError> for WmsError {
    fn from(error: RequestError) -> Self {
        let is_busy = matches!(error, RequestError::Busy | RequestError::Late);
        Self { code: None, text: error.to_string(), is_busy }
    }
}

/// A text that is safe in an element or an attribute of XML; characters that XML has no place for are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(letter),
            _ => {}
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_says_cannot_break_the_document() {
        assert_eq!(escaped("<a b='c'>&\"\u{0}\u{b}\u{ffff}ä"), "&lt;a b=&apos;c&apos;&gt;&amp;&quot;ä");
    }
}
