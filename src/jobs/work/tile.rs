//! One tile of the map: the values of each member (read, or still known), painted, laid over one another.

use crate::geo::BoundingBox;
use crate::jobs::context::Shared;
use crate::jobs::map_layer::MapMember;
use crate::jobs::raster_cache::{RasterKey, RawTile};
use crate::jobs::{CancelToken, TileKey, TileResult};
use crate::library::LibraryError;
use crate::raster::PixelWindow;
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
    let view = View::frame_tile(&layer.frame, key.tile, key.size);
    let mut first_failure = None;
    let mut picture: Option<RgbaImage> = None;
    for member in layer.members_meeting(&bounds, key.size) {
        if cancel.is_cancelled() {
            return None;
        }
        // Of a member that covers little of the tile, no more than that is read and painted.
        let Some(window) = window_on(&member.bounds(), &bounds, key.size) else { continue };
        match values(shared, key, member, &view, window) {
            Ok(Some(raster)) => {
                let below = member.painter.paint(&raster);
                let is_whole = (below.width, below.height) == (key.size, key.size);
                if picture.is_none() && is_whole {
                    picture = Some(below);
                } else {
                    picture
                        .get_or_insert_with(|| RgbaImage::transparent(key.size, key.size))
                        .composite_below(&below, (window.col(), window.row()));
                }
            }
            Ok(None) => {}
            Err(error) => {
                failed(&error);
                first_failure.get_or_insert_with(|| error.to_string());
            }
        }
        if picture.as_ref().is_some_and(RgbaImage::is_opaque) {
            break;
        }
    }
    Some(match (picture.filter(|picture| !picture.is_blank()), first_failure) {
        (Some(picture), _) => TileResult::Ready(picture),
        (None, Some(reason)) => TileResult::Failed { reason },
        (None, None) => TileResult::Empty,
    })
}

fn values(
    shared: &Shared,
    key: &TileKey,
    member: &MapMember,
    view: &View,
    window: PixelWindow,
) -> Result<RawTile, LibraryError> {
    let resampling = member.resampling;
    let known = RasterKey::new(member.parts.clone(), view.bbox(), key.size, resampling);
    shared.rasters.get_or_read(&known, || {
        let part = view.part(window);
        member.source.read(part.as_ref().unwrap_or(view), member.painter.bands(), resampling, &shared.blocks)
    })
}

/// The pixels of a tile of `size` x `size` pixels that a member can touch, with one around them for what resampling
/// spreads; the whole tile for a member on the other side of the antimeridian. `None` where they don't meet.
fn window_on(member: &BoundingBox, tile: &BoundingBox, size: u32) -> Option<PixelWindow> {
    let Some(shared) = member.intersection(tile) else { return PixelWindow::full(size, size) };
    let per_metre = f64::from(size) / tile.width();
    let pixel = |metres: f64, by: f64| {
        let at = (metres * per_metre + by).clamp(0.0, f64::from(size));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a u32")]
        let at = at as u32;
        at
    };
    let (col, row) = (pixel(shared.min_x() - tile.min_x(), -1.0), pixel(tile.max_y() - shared.max_y(), -1.0));
    let (col_end, row_end) = (pixel(shared.max_x() - tile.min_x(), 2.0), pixel(tile.max_y() - shared.min_y(), 2.0));
    PixelWindow::new(col, row, col_end.saturating_sub(col), row_end.saturating_sub(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pixels_that_a_member_can_touch_are_drawn() {
        let tile = BoundingBox::new(0.0, 0.0, 256.0, 256.0).unwrap();
        let on = |west, south, east, north| window_on(&BoundingBox::new(west, south, east, north).unwrap(), &tile, 256);
        assert_eq!(on(-10.0, -10.0, 300.0, 300.0), PixelWindow::full(256, 256));
        assert_eq!(on(10.2, 200.0, 20.4, 210.0), PixelWindow::new(9, 45, 13, 13));
        assert_eq!(on(250.0, -50.0, 400.0, 3.0), PixelWindow::new(249, 252, 7, 4));
        assert_eq!(on(1000.0, 0.0, 1001.0, 1.0), PixelWindow::full(256, 256), "on the other side of the antimeridian");
    }
}
