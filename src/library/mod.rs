//! A folder of files as images, scenes and a mosaic: scan, names and dates, grouping of bands, order, spatial index, reading.
//!
//! A [`Catalog`] holds what [`scan()`] found. Whatever shows pixels asks a [`Source`] for them. Nothing here paints, and no thread is
//! started but those of a scan.

mod catalog;
mod chip;
pub mod date;
mod error;
mod facts;
mod footprint;
mod image;
mod kind;
mod layering;
mod level_statistics;
mod mosaic;
mod name_pattern;
mod naming;
mod opened;
mod painting;
mod pixel_mean;
mod point;
mod presets;
mod preview;
mod scan;
mod scene;
mod sensor;
mod source;
mod statistics;
#[cfg(test)]
pub(crate) mod testing;
mod values;

pub use catalog::{Arrangement, BandByHand, Catalog, Entry, EntryId, ListPlace, Order, SceneByHand};
pub use chip::{chip, chip_view};
pub use error::LibraryError;
pub use facts::{BandFacts, CogFacts, CrsFacts, Facts, FindingFacts, GcpFacts, OverviewFacts, bounds_lon_lat};
pub use footprint::{home_bounds, meet_on_map};
pub use image::{Failed, Image, ImageId, ImageIds};
pub use kind::Kind;
pub use layering::{Drawn, Layered, Read, Sheet};
pub use level_statistics::{BandAnswer, HistogramAnswer, LevelStatistics, StatisticsAnswer, finest_affordable};
pub use mosaic::Mosaic;
pub use name_pattern::{NamePattern, PatternError};
pub use naming::{NameParts, is_band};
pub use opened::Opened;
pub use painting::{Look, PaintedMember, Painting, PaintingError, ShownStyles, StatisticsOf};
pub use pixel_mean::{PixelMean, Under};
pub use point::{PointBand, PointValues};
pub use presets::{Preset, Roles, presets};
pub use scan::{ScanEvent, ScanSummary, is_image_path, is_targets_path, scan};
pub use scene::{Scene, SceneBand, SceneId};
pub use sensor::{Sensor, Spectrum, spectrum};
pub use source::{BandPart, Source, SourceBand};
pub use statistics::{LayerStatistics, PERCENTS, SAMPLE_PIXELS, Sampled};
pub use values::{ValuesError, values};
