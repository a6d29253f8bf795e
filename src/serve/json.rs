//! Answers in JSON, those that say what is wrong too: `{"detail": …}` with the name of the parameter where one is at fault.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::error::RequestError;
use super::reply::{busy, not_found, reply, reply_with};

const JSON: &str = "application/json";
/// GeoJSON (RFC 7946).
pub(super) const GEOJSON: &str = "application/geo+json";

/// A value as the answer.
pub(super) fn json(value: &impl Serialize) -> Response<Body> {
    json_as(JSON, value)
}

/// A value as the answer, of a kind of JSON.
pub(super) fn json_as(content_type: &'static str, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(bytes) => reply(content_type, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer can't be written as JSON");
            told(StatusCode::INTERNAL_SERVER_ERROR, "the answer can't be written as JSON", None)
        }
    }
}

/// An answer, or what is wrong.
pub(super) fn answered(answer: Result<Response<Body>, RequestError>) -> Response<Body> {
    answer.unwrap_or_else(|error| refused(&error))
}

/// What is wrong with a request.
pub(super) fn refused(error: &RequestError) -> Response<Body> {
    let text = error.to_string();
    match error {
        RequestError::NotFound => not_found(),
        RequestError::Parameter { parameter, .. } => told(StatusCode::BAD_REQUEST, &text, Some(parameter)),
        RequestError::Busy => busy(told(StatusCode::SERVICE_UNAVAILABLE, &text, None)),
        RequestError::Late | RequestError::Stopped => told(StatusCode::GATEWAY_TIMEOUT, &text, None),
        RequestError::Failed { .. } => told(StatusCode::INTERNAL_SERVER_ERROR, &text, None),
    }
}

/// A status with a sentence.
pub(super) fn told(status: StatusCode, detail: &str, parameter: Option<&str>) -> Response<Body> {
    let mut said = Map::new();
    said.insert("detail".to_owned(), detail.into());
    if let Some(parameter) = parameter {
        said.insert("parameter".to_owned(), parameter.into());
    }
    reply_with(status, JSON, Value::Object(said).to_string())
}
