//! The values under a position.

use crate::geo::LonLat;
use crate::jobs::JobContext;
use crate::library::{PointValues, Source};

/// Of every source that reaches there, in their order. One that can't be read is told of and left out.
pub(super) fn values(position: LonLat, sources: &[Source], context: &JobContext) -> Vec<PointValues> {
    let at = |source: &Source| match PointValues::at(source, position, context.block_cache()) {
        Ok(values) => values,
        Err(error) => {
            if let Some(path) = error.path() {
                context.file_failed(path, &error.to_string());
            }
            None
        }
    };
    sources.iter().take_while(|_| !context.is_cancelled()).filter_map(at).collect()
}
