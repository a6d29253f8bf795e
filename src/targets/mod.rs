//! The domain of detections: classes, filters, selection, matching a target to its image.
//!
//! A [`TargetSet`] is an immutable table of targets; a [`TargetFilter`] says which are shown, a [`Selection`] which are
//! picked. All of them are plain data and pure functions.

mod colors;
mod dictionary;
mod error;
mod filter;
mod image_files;
mod image_match;
mod import;
mod index;
mod load;
mod mapping;
mod mapping_part;
mod positions;
mod review;
mod selection;
mod server;
mod server_filter;
mod server_pages;
mod server_view;
mod set;
mod target;

pub use colors::{ClassColor, ClassColors, ColorOverrides};
pub use dictionary::Named;
pub use error::TargetsError;
pub use filter::{TargetFilter, ValueRange, WordChoice};
pub use image_files::{ImageFiles, ImagesChoice, ImagesTable};
pub use image_match::{EntryNames, ImageMatcher};
pub use import::{ImportOptions, ImportPlan, ImportSource, set_aside_csv};
pub use index::{Marker, MarkerView, TargetIndex};
pub use load::{LoadOptions, MAX_ROWS, load, load_placed, load_text};
pub use mapping::Mapping;
pub use mapping_part::MappingPart;
pub use positions::PlacePixel;
pub use review::{REVIEWED_CLASS_COLUMN, Review, Reviewed, VERDICT_COLUMN, Verdict, is_review};
pub use selection::{SelectMode, Selection, next_in, previous_in};
pub use server::{LonLatBox, ServerTargets, WHOLE_ROWS};
pub use server_pages::{PageKey, PageSort, TargetPage};
pub use server_view::{FIRST_IN_VIEW, InView, MOST_IN_VIEW};
pub use set::{TargetSet, UNCLASSIFIED};
pub use target::{ClassId, Target, TargetId};
