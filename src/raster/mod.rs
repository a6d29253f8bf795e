//! Typed planes of samples with a validity mask, and what can be said about them.
//!
//! A [`Raster`] is what every reader returns and every renderer takes: one plane of [`Samples`] a band, all of the same
//! size, and one mask (0 invalid, 255 valid). Rows run from the top, columns from the left. It knows nothing of files or of
//! positions on the earth.

mod counted;
mod error;
mod histogram;
mod image;
mod resampling;
mod sample_type;
mod samples;
mod statistics;
mod window;

pub use error::RasterError;
pub use histogram::Histogram;
pub use image::{INVALID, Raster, VALID};
pub use resampling::Resampling;
pub use sample_type::SampleType;
pub(crate) use samples::with_samples;
pub use samples::{Sample, Samples};
pub use statistics::{BandStatistics, HISTOGRAM_BINS, Percentile, StatisticsCollector};
pub use window::PixelWindow;
