//! What is open, as JSON and as it is: the list of COGs, all that is known of one, values at a place, statistics, and the file's bytes.

mod cogs;
mod data;
mod range;

use axum::Router;
use axum::routing::get;

pub(super) use self::cogs::{outside, values_at};
pub(super) use self::data::media_type;
use super::endpoint::Endpoint;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/cogs", get(cogs::list))
        .route("/cogs/{id}", get(cogs::one))
        .route("/cogs/{id}/point", get(cogs::point))
        .route("/cogs/{id}/statistics", get(cogs::statistics))
        .route("/cogs/{id}/data", get(data::answer))
        // GDAL and others choose the reader by the ending.
        .route("/cogs/{id}/data.tif", get(data::answer))
}
