//! What lies at a place, whatever format it is told in.

use serde_json::Value;

use crate::geo::LonLat;

/// What a layer has at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The layer's id.
    pub(super) layer: String,
    /// What it is of: an image, a scene, a target.
    pub(super) title: String,
    /// Where.
    pub(super) position: LonLat,
    /// Names and values; null is no data.
    pub(super) facts: Vec<(String, Value)>,
}
