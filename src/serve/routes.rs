//! Every protocol's routes.

use axum::Router;

use super::endpoint::Endpoint;
use super::reply::not_found;
use super::wms;

/// All of them; for a path that none of them knows there is nothing.
pub(super) fn all() -> Router<Endpoint> {
    Router::new().merge(wms::routes()).fallback(|| async { not_found() })
}
