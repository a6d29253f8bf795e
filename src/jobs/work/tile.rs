//! One tile of the map: the values of each member (read, or still known), painted, laid over one another.

use crate::jobs::context::Shared;
use crate::jobs::map_layer::MapMember;
use crate::jobs::raster_cache::RasterKey;
use crate::jobs::{CancelToken, TileKey, TileResult};
use crate::library::{Drawn, LibraryError, Sheet};
use crate::warp::View;

/// Draws the members that meet the tile. `None` if nobody wants the tile any more.
///
/// A member that can't be read is left out and given to `failed`; the tile has failed only if there is nothing else to see.
pub(in crate::jobs) fn draw(
    shared: &Shared,
    key: &TileKey,
    cancel: &CancelToken,
    failed: &mut dyn FnMut(&LibraryError),
) -> Option<TileResult> {
    let layer = shared.layer(key.layer).filter(|layer| layer.generation == key.generation)?;
    let view = View::frame_tile(&layer.frame, key.tile, key.size);
    let blocks = shared.blocks.until(cancel);
    let read = |member: &MapMember, part: &View| {
        let resampling = member.resampling;
        let known = RasterKey::new(member.parts.clone(), view.bbox(), key.size, resampling);
        let read = || member.source.read(part, member.painter.bands(), resampling, &blocks);
        shared.rasters.get_or_read(&known, read)
    };
    let drawn = Sheet::cut_out(&view, key.tile.bounds()).draw(&layer.members, &read, &|| !cancel.is_cancelled());
    let Drawn { picture, failures } = match drawn {
        Ok(drawn) => drawn,
        Err(error) if error.is_stopped() => return None,
        Err(error) => return Some(TileResult::Failed { reason: error.to_string() }),
    };
    failures.iter().for_each(failed);
    Some(match failures.first() {
        _ if !picture.is_blank() => TileResult::Ready(picture),
        Some(failure) => TileResult::Failed { reason: failure.to_string() },
        None => TileResult::Empty,
    })
}
