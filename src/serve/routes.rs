//! Every protocol's routes.

use axum::Router;

use super::endpoint::Endpoint;
use super::reply::not_found;
use super::{landing, rest, stac, targets, tiles, titiler, wms, wmts};

/// All of them; for a path that none of them knows there is nothing.
pub(super) fn all() -> Router<Endpoint> {
    Router::new()
        .merge(landing::routes())
        .merge(wms::routes())
        .merge(tiles::routes())
        .merge(wmts::routes())
        .merge(rest::routes())
        .merge(stac::routes())
        .merge(targets::routes())
        .merge(titiler::routes())
        .fallback(|| async { not_found() })
}
