//! The bytes of a file, whole or in part, so that GDAL, QGIS and geotiff.js read it as from any object store.
//!
//! The file is the one that is open: no path is looked up for a request. It is read a chunk at a time, at given positions, and only
//! as fast as the client takes it.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode};
use hyper::body::{Bytes, Frame, SizeHint};
use tokio::task::JoinHandle;

use super::range::{Wanted, holds, wanted};
use crate::cog::ByteRange;
use crate::library::{Image, Source};
use crate::serve::endpoint::Endpoint;
use crate::serve::reply::{not_found, refusal, reply_with};

/// A COG, or a TIFF that is laid out differently.
pub(in crate::serve) fn media_type(image: &Image) -> &'static str {
    if image.cog.validate().is_cog() {
        "image/tiff; application=geotiff; profile=cloud-optimized"
    } else {
        "image/tiff; application=geotiff"
    }
}

/// Bytes read at a time.
const CHUNK: u64 = 256 << 10;

pub(super) async fn answer(
    State(endpoint): State<Endpoint>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let shelf = endpoint.shelf();
    match shelf.layer(&id).map(|layer| layer.source()) {
        Some(Source::Image(image)) => of_image(image, &headers),
        _ => not_found(),
    }
}

fn of_image(image: &Arc<Image>, headers: &HeaderMap) -> Response<Body> {
    let length = image.cog.file_bytes();
    let Some(tag) = entity_tag(image) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "This file can't be described.\n");
    };
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let tag_text = tag.to_str().unwrap_or_default();
    let mut response = if text(header::IF_NONE_MATCH).is_some_and(|list| holds(list, tag_text)) {
        reply_with(StatusCode::NOT_MODIFIED, "image/tiff", Body::empty())
    } else {
        // A part of another version of the file would be of no use.
        let is_same = text(header::IF_RANGE).is_none_or(|known| known == tag_text);
        match wanted(text(header::RANGE).filter(|_| is_same), length) {
            Wanted::Whole => part(image, StatusCode::OK, 0..length),
            Wanted::Part(range) => {
                let stated = format!("bytes {}-{}/{length}", range.start, range.end - 1);
                with_range(part(image, StatusCode::PARTIAL_CONTENT, range), &stated)
            }
            Wanted::Unsatisfiable => {
                let nothing = refusal(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such bytes.\n");
                with_range(nothing, &format!("bytes */{length}"))
            }
        }
    };
    let own = response.headers_mut();
    own.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    own.insert(header::ETAG, tag);
    response
}

fn part(image: &Arc<Image>, status: StatusCode, range: Range<u64>) -> Response<Body> {
    let length = range.end - range.start;
    let body = Body::new(FileBody { image: Arc::clone(image), rest: range, reading: None });
    let mut response = reply_with(status, media_type(image), body);
    // Also for HEAD, whose answer has no body.
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn with_range(mut response: Response<Body>, stated: &str) -> Response<Body> {
    if let Ok(value) = HeaderValue::from_str(stated) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// The same for the same bytes: of the file as it was opened, its length and when it was last changed.
fn entity_tag(image: &Image) -> Option<HeaderValue> {
    let changed = image.cog.changed().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |since| since.as_nanos());
    HeaderValue::from_str(&format!("\"{:x}-{changed:x}\"", image.cog.file_bytes())).ok()
}

/// Bytes of a file, read when the connection has room for them.
struct FileBody {
    image: Arc<Image>,
    rest: Range<u64>,
    reading: Option<JoinHandle<Result<Vec<u8>, std::io::Error>>>,
}

impl hyper::body::Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let mut reading = match self.reading.take() {
            Some(reading) => reading,
            None if self.rest.is_empty() => return Poll::Ready(None),
            None => {
                let range = ByteRange { offset: self.rest.start, length: CHUNK.min(self.rest.end - self.rest.start) };
                let image = Arc::clone(&self.image);
                tokio::task::spawn_blocking(move || image.cog.read_bytes(range).map_err(std::io::Error::other))
            }
        };
        match Pin::new(&mut reading).poll(context) {
            Poll::Pending => {
                self.reading = Some(reading);
                Poll::Pending
            }
            Poll::Ready(read) => {
                let read = read.map_err(std::io::Error::other).and_then(|read| read);
                let frame = read.inspect_err(|error| {
                    tracing::warn!(%error, file = self.image.name, "a file's bytes can't be sent");
                });
                let taken = frame.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64);
                self.rest.start = self.rest.start.saturating_add(taken).min(self.rest.end);
                Poll::Ready(Some(frame.map(|bytes| Frame::data(Bytes::from(bytes)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.reading.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.end.saturating_sub(self.rest.start))
    }
}
