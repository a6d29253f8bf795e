//! Web Map Service 1.1.1 and 1.3.0 (OGC 01-068r3 and 06-042).

mod exception;
mod get_map;
mod map_request;
mod reference_system;
mod version;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::get;

use self::exception::WmsError;
use self::version::Version;
use crate::serve::endpoint::Endpoint;
use crate::serve::parameters::Parameters;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new().route("/wms", get(answer))
}

async fn answer(State(endpoint): State<Endpoint>, given: Parameters) -> Response<Body> {
    let version = Version::spoken(&given);
    let request = given.filled("request").map(str::to_ascii_lowercase);
    let answer = match request.as_deref() {
        Some("getmap" | "map") => get_map::answer(&endpoint, &given, version).await,
        Some(other) => Err(WmsError::not_supported(other)),
        None => Err(WmsError::missing("request")),
    };
    answer.unwrap_or_else(|error| error.answer(version))
}
