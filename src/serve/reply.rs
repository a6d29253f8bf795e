//! Answers: their headers are the same for every protocol.

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};

/// What a page may do that this server sends; the landing page, which has a script, states its own.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// What is open, and how it looks, changes all the time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// An answer of this kind.
pub(super) fn reply(content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    reply_with(StatusCode::OK, content_type, body)
}

/// An answer of this kind with another status.
pub(super) fn reply_with(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A short text with a status.
pub(super) fn refusal(status: StatusCode, text: &'static str) -> Response<Body> {
    reply_with(status, "text/plain; charset=utf-8", text)
}

/// What is answered where there is nothing: the same for every path, so that it tells nothing about files.
pub(super) fn not_found() -> Response<Body> {
    refusal(StatusCode::NOT_FOUND, "There is nothing here.\n")
}

/// What is answered when there is too much to do.
pub(super) fn busy(mut response: Response<Body>) -> Response<Body> {
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Puts the headers on that every answer has.
pub(super) fn secure(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    default(header::CONTENT_SECURITY_POLICY, POLICY);
    default(header::CACHE_CONTROL, ASK_AGAIN);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    response
}
