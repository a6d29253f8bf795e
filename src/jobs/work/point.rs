//! The values under a position.

use crate::geo::LonLat;
use crate::jobs::{JobContext, PointPurpose};
use crate::library::{PointValues, Source};

/// Of the sources that reach there, in their order: all of them, or down to the first that has data if only what is seen there
/// matters. One that can't be read is told of and left out. `None` if the answer isn't wanted any more.
pub(super) fn values(
    purpose: PointPurpose,
    position: LonLat,
    sources: &[Source],
    context: &JobContext,
) -> Option<Vec<PointValues>> {
    let at = |source: &Source| match PointValues::at(source, position, context.block_cache()) {
        Ok(values) => values,
        Err(error) => {
            if let Some(path) = error.path() {
                context.file_failed(path, &error.to_string());
            }
            None
        }
    };
    let mut found: Vec<PointValues> = Vec::new();
    for source in sources {
        if context.is_cancelled() {
            return None;
        }
        found.extend(at(source));
        let has_data = found.last().is_some_and(|values| values.bands.iter().any(|band| band.valid));
        if has_data && purpose == PointPurpose::Pointer {
            break;
        }
    }
    Some(found)
}
