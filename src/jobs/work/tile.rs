//! One tile of the map: the values of each member (read, or still known), painted, laid over one another.

use crate::geo::BoundingBox;
use crate::jobs::context::Shared;
use crate::jobs::map_layer::MapMember;
use crate::jobs::raster_cache::{RasterKey, RawTile};
use crate::jobs::{CancelToken, TileKey, TileResult};
use crate::library::LibraryError;
use crate::render::RgbaImage;
use crate::warp::View;

/// Draws the members that meet the tile, the topmost first, until nothing shines through. `None` if nobody wants the tile any more.
///
/// A member that can't be read is left out and given to `failed`; the tile has failed only if there is nothing else to see.
pub(in crate::jobs) fn draw(
    shared: &Shared,
    key: &TileKey,
    cancel: &CancelToken,
    failed: &mut dyn FnMut(&LibraryError),
) -> Option<TileResult> {
    let layer = shared.layer(key.layer).filter(|layer| layer.generation == key.generation)?;
    let bounds: BoundingBox = key.tile.bounds();
    let mut first_failure = None;
    let mut picture: Option<RgbaImage> = None;
    for member in layer.members_meeting(&bounds, key.size) {
        if cancel.is_cancelled() {
            return None;
        }
        match values(shared, key, member) {
            Ok(Some(raster)) => {
                let below = member.painter.paint(&raster);
                picture = Some(match picture {
                    None => below,
                    Some(above) => over(below, &above),
                });
            }
            Ok(None) => {}
            Err(error) => {
                failed(&error);
                first_failure.get_or_insert_with(|| error.to_string());
            }
        }
        if picture.as_ref().is_some_and(is_opaque) {
            break;
        }
    }
    Some(match (picture.filter(|picture| !picture.is_blank()), first_failure) {
        (Some(picture), _) => TileResult::Ready(picture),
        (None, Some(reason)) => TileResult::Failed { reason },
        (None, None) => TileResult::Empty,
    })
}

fn values(shared: &Shared, key: &TileKey, member: &MapMember) -> Result<RawTile, LibraryError> {
    let resampling = member.resampling;
    let known = RasterKey::new(member.parts.clone(), key.tile, key.size, resampling);
    shared.rasters.get_or_read(&known, || {
        let view = View::tile(key.tile, key.size);
        member.source.read(&view, member.painter.bands(), resampling, &shared.blocks)
    })
}

fn over(mut below: RgbaImage, above: &RgbaImage) -> RgbaImage {
    below.composite(above);
    below
}

fn is_opaque(picture: &RgbaImage) -> bool {
    picture.pixels.iter().skip(3).step_by(4).all(|&alpha| alpha == u8::MAX)
}
