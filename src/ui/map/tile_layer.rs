//! Drawing the tiles of a layer: each at its place, on whole pixels so that no seam shows; where one is missing, the part
//! of its nearest ancestor that is there, and its children on top.

use super::tile_textures::{TileState, TileTextures};
use super::viewport::Viewport;
use crate::geo::TileCoord;
use crate::jobs::{LayerId, TileWant};
use egui::{Color32, Painter, Rect, TextureHandle, pos2};

/// A tile so many levels above still says more than nothing.
const MOST_LEVELS_UP: u8 = 8;
/// Tiles around the visible ones that are made when there is nothing better to do.
const RING: u32 = 1;

/// Draws a layer at an opacity from 0 to 1, and says which tiles it lacks.
pub fn paint(
    painter: &Painter,
    viewport: &Viewport,
    textures: &mut TileTextures,
    (layer, opacity): (LayerId, f32),
    wants: &mut Vec<TileWant>,
) {
    let pixels_per_point = painter.ctx().pixels_per_point();
    let level = viewport.tile_level(pixels_per_point);
    let pen = Pen { painter, viewport, pixels_per_point, tint: Color32::WHITE.gamma_multiply(opacity) };
    for (tile, visible) in viewport.tiles(level, RING) {
        wants.extend(textures.wanted(layer, tile, visible));
        if !visible {
            continue;
        }
        match textures.state(layer, tile) {
            Some(TileState::Ready(texture)) => pen.whole(tile, &texture),
            Some(TileState::Empty | TileState::Failed) => {}
            None => pen.substitute(tile, layer, textures),
        }
    }
}

struct Pen<'a> {
    painter: &'a Painter,
    viewport: &'a Viewport,
    pixels_per_point: f32,
    tint: Color32,
}

impl Pen<'_> {
    fn whole(&self, tile: TileCoord, texture: &TextureHandle) {
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        self.painter.image(texture.id(), self.rect(tile), all, self.tint);
    }

    /// What is known of a missing tile's place: a part of an ancestor, else those of its children that are there.
    fn substitute(&self, tile: TileCoord, layer: LayerId, textures: &mut TileTextures) {
        let mut ancestor = tile;
        for _ in 0..MOST_LEVELS_UP {
            let Some(parent) = ancestor.parent() else { break };
            ancestor = parent;
            match textures.state(layer, ancestor) {
                Some(TileState::Ready(texture)) => {
                    self.painter.image(texture.id(), self.rect(tile), part_of(tile, ancestor), self.tint);
                    // With opacity, two pictures of one place would show through each other.
                    return;
                }
                // An empty ancestor has no data anywhere below it.
                Some(TileState::Empty) => return,
                Some(TileState::Failed) | None => {}
            }
        }
        for child in tile.children().into_iter().flatten() {
            if let Some(TileState::Ready(texture)) = textures.state(layer, child) {
                self.whole(child, &texture);
            }
        }
    }

    /// The tile's place on whole pixels: neighbours share their edges' very numbers.
    fn rect(&self, tile: TileCoord) -> Rect {
        let rect = self.viewport.screen_rect(&tile.bounds());
        let snap = |at: f32| (at * self.pixels_per_point).round() / self.pixels_per_point;
        Rect::from_min_max(pos2(snap(rect.min.x), snap(rect.min.y)), pos2(snap(rect.max.x), snap(rect.max.y)))
    }
}

/// Which part of the ancestor's picture shows the tile.
fn part_of(tile: TileCoord, ancestor: TileCoord) -> Rect {
    let levels = i32::from(tile.z().saturating_sub(ancestor.z()));
    let side = f64::from(levels).exp2();
    let start = |at: u32, above: u32| (f64::from(at) - f64::from(above) * side) / side;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let (x, y, part) =
        (start(tile.x(), ancestor.x()) as f32, start(tile.y(), ancestor.y()) as f32, side.recip() as f32);
    Rect::from_min_max(pos2(x, y), pos2(x + part, y + part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_its_own_part_of_an_ancestor() {
        let tile = TileCoord::new(7, 45, 70).unwrap();
        let parent = tile.parent().unwrap();
        assert_eq!(part_of(tile, parent), Rect::from_min_max(pos2(0.5, 0.0), pos2(1.0, 0.5)));
        let grandparent = parent.parent().unwrap();
        assert_eq!(part_of(tile, grandparent), Rect::from_min_max(pos2(0.25, 0.5), pos2(0.5, 0.75)));
    }
}
