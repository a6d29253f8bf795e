//! Web Map Service 1.1.1 and 1.3.0 (OGC 01-068r3 and 06-042).

mod capabilities;
mod exception;
mod feature_info;
mod get_map;
mod info_format;
mod layer_part;
mod legend;
mod map_request;
mod picture_format;
mod reference_system;
mod version;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::get;
use axum::{Extension, Router};

use self::exception::WmsError;
use self::version::Version;
use crate::serve::endpoint::Endpoint;
use crate::serve::guard::BaseUrl;
use crate::serve::parameters::Parameters;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new().route("/wms", get(answer))
}

async fn answer(
    State(endpoint): State<Endpoint>,
    Extension(base): Extension<BaseUrl>,
    given: Parameters,
) -> Response<Body> {
    let version = Version::negotiated(&given);
    let request = given.filled("request").map(str::to_ascii_lowercase).unwrap_or_default();
    let answer = match request.as_str() {
        "getmap" | "map" => {
            let answer = get_map::answer(&endpoint, &given, version).await;
            return answer.unwrap_or_else(|error| error.answer_map(&given, version));
        }
        "getcapabilities" | "capabilities" => capabilities::answer(&endpoint.shelf(), &given, version, &base),
        "getfeatureinfo" | "feature_info" => feature_info::answer(&endpoint, &given, version).await,
        "getlegendgraphic" => legend::answer(&endpoint, &given).await,
        "" => Err(WmsError::missing("request")),
        other => Err(WmsError::not_supported(other)),
    };
    answer.unwrap_or_else(|error| error.answer(version))
}
