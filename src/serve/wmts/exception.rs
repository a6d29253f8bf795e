//! What is wrong with a request, as an OWS exception report (OGC 06-121r3).

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::serve::error::RequestError;
use crate::serve::reply::{busy, reply_with};
use crate::serve::xml::escaped;

/// An exception with its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WmtsError {
    status: StatusCode,
    code: &'static str,
    locator: String,
    text: String,
}

impl WmtsError {
    fn new(code: &'static str, locator: &str, text: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, locator: locator.to_owned(), text }
    }

    /// A parameter isn't there.
    pub(super) fn missing(parameter: &str) -> Self {
        Self::new("MissingParameterValue", parameter, format!("{parameter} is missing"))
    }

    /// A parameter can't be understood.
    pub(super) fn invalid(parameter: &str, reason: &str) -> Self {
        Self::new("InvalidParameterValue", parameter, reason.to_owned())
    }

    /// An operation that isn't offered.
    pub(super) fn not_supported(request: &str) -> Self {
        let text = "there are GetCapabilities and GetTile".to_owned();
        let start: String = request.chars().take(80).collect();
        Self { status: StatusCode::NOT_IMPLEMENTED, ..Self::new("OperationNotSupported", &start, text) }
    }

    /// No version that both sides speak.
    pub(super) fn version() -> Self {
        Self::new("VersionNegotiationFailed", "acceptversions", "the version is 1.0.0".to_owned())
    }

    /// A row or column beyond the level.
    pub(super) fn out_of_range(parameter: &str) -> Self {
        Self::new("TileOutOfRange", parameter, "rows and columns of level z are 0 to 2^z - 1".to_owned())
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let Self { status, code, locator, text } = self;
        let (locator, text) = (escaped(locator.as_str()), escaped(text.as_str()));
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ExceptionReport xmlns=\"http://www.opengis.net/ows/1.1\" \
             version=\"1.1.0\" xml:lang=\"en\">\n  <Exception exceptionCode=\"{code}\" locator=\"{locator}\">\n    \
             <ExceptionText>{text}</ExceptionText>\n  </Exception>\n</ExceptionReport>\n"
        );
        let response = reply_with(*status, "application/xml", document);
        if *status == StatusCode::SERVICE_UNAVAILABLE { busy(response) } else { response }
    }
}

impl From<RequestError> for WmtsError {
    fn from(error: RequestError) -> Self {
        let text = error.to_string();
        match error {
            RequestError::NotFound => Self::invalid("layer", "there is no such layer"),
            RequestError::Parameter { parameter, reason } => Self::invalid(&parameter, &reason),
            RequestError::Busy => {
                Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new("NoApplicableCode", "", text) }
            }
            RequestError::Late | RequestError::Stopped => {
                Self { status: StatusCode::GATEWAY_TIMEOUT, ..Self::new("NoApplicableCode", "", text) }
            }
            RequestError::Failed { .. } => {
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("NoApplicableCode", "", text) }
            }
        }
    }
}
