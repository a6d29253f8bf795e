//! One image into the grid of a [`View`](crate::warp): level choice, approximate transformer, resampling.

pub use crate::raster::Resampling;
