//! Stands in for the warper until it is there.

use crate::cog::{BlockCache, Cog};
use crate::geo::{BoundingBox, Crs, TileCoord};
use crate::raster::Raster;
use crate::warp::Resampling;

/// See the warper.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) crs: Crs,
    pub(crate) bbox: BoundingBox,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl View {
    pub(crate) fn new(crs: Crs, bbox: BoundingBox, width: u32, height: u32) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { crs, bbox, width, height })
    }

    pub(crate) fn tile(tile: TileCoord, size: u32) -> Self {
        Self { crs: Crs::web_mercator(), bbox: tile.bounds(), width: size, height: size }
    }
}

/// See the warper.
#[derive(Debug, Clone, thiserror::Error)]
#[error("reading into a view is not there yet")]
pub struct WarpError;

pub(crate) struct Warped {
    pub(crate) raster: Raster,
}

pub(crate) fn read(_: &Cog, _: &View, _: &[usize], _: Resampling, _: &BlockCache) -> Result<Warped, WarpError> {
    Err(WarpError)
}
