//! One image into the grid of a [`View`](crate::warp): level choice, approximate transformer, resampling.

mod resampling;

pub use resampling::Resampling;
