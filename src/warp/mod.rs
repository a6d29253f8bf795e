//! One image into the grid of a [`View`]: level choice, approximate transformer, resampling.
//!
//! [`read`] is the only way from a file's pixels to a picture of some part of the world. It chooses the level of the pyramid,
//! finds the position of every pixel of the view in it ([`ImageGeometry`], exact at sparse points and interpolated between),
//! reads the windows that these positions touch, and resamples them under their mask.

mod average;
mod control_points;
mod error;
mod footprint;
#[cfg(test)]
mod gdal_tests;
mod geometry;
mod kernel;
mod level_choice;
mod nearest;
mod positions;
mod rational;
mod read;
#[cfg(test)]
mod read_tests;
mod resample;
mod smooth;
mod surface;
mod view;

pub use error::WarpError;
pub use footprint::{footprint, own_frame, pixel_at};
pub use geometry::ImageGeometry;
pub use level_choice::choose_level;
pub use read::{Warped, read};
pub use view::View;

pub use crate::raster::Resampling;
