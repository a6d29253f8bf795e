//! The imagery as walkers draws it: a `Tiles` source that answers at once from the textures. Where a tile is missing it gives
//! the part of its nearest ancestor; what only its children know is laid on top afterwards.

use super::tile_textures::{TileState, TileTextures};
use super::viewport::Viewport;
use crate::geo::TileCoord;
use crate::jobs::{LayerId, TileWant};
use egui::{Color32, Painter, Rect, TextureHandle, pos2};
use walkers::sources::Attribution;
use walkers::{Tile, TileId, TilePiece, Tiles};

/// A tile so many levels above still says more than nothing.
const MOST_LEVELS_UP: u8 = 8;
/// Tiles around the visible ones that are made when there is nothing better to do.
const RING: u32 = 1;
/// Points of a tile's side at walkers' own level.
const WALKERS_TILE_POINTS: u32 = 256;

/// One layer's tiles for one frame.
pub struct TileLayer<'a> {
    textures: &'a mut TileTextures,
    layer: LayerId,
    tile_points: u32,
    wants: Vec<TileWant>,
    holes: Vec<TileCoord>,
}

impl<'a> TileLayer<'a> {
    /// The layer as it is to be drawn in `viewport`.
    pub fn new(textures: &'a mut TileTextures, layer: LayerId, viewport: &Viewport, pixels_per_point: f32) -> Self {
        let tile_points = tile_points(viewport.zoom, viewport.tile_level(pixels_per_point));
        Self { textures, layer, tile_points, wants: Vec::new(), holes: Vec::new() }
    }

    /// After walkers has drawn: fills the places that had to stay empty with children that are there, and says which
    /// tiles are lacking, the visible ones first.
    pub fn finish(mut self, painter: &Painter, viewport: &Viewport, level: u8) -> Vec<TileWant> {
        for hole in std::mem::take(&mut self.holes) {
            for child in hole.children().into_iter().flatten() {
                if let Some(TileState::Ready(texture)) = self.textures.state(self.layer, child) {
                    painter.image(texture.id(), viewport.screen_rect(&child.bounds()), WHOLE, Color32::WHITE);
                }
            }
        }
        // walkers knows the world once.
        for copy in viewport.copies().iter().skip(1) {
            for (tile, _) in copy.tiles(level, 0) {
                self.paint_tile(painter, copy, tile);
            }
        }
        for (tile, visible) in viewport.tiles(level, RING) {
            if !visible {
                self.wants.extend(self.textures.wanted(self.layer, tile, false));
            }
        }
        self.wants
    }

    /// Draws a tile of another time that the world is seen, or the part of its nearest ancestor.
    fn paint_tile(&mut self, painter: &Painter, copy: &Viewport, tile: TileCoord) {
        let place = copy.screen_rect(&tile.bounds());
        if let Some(want) = self.textures.wanted(self.layer, tile, true).filter(|want| !self.wants.contains(want)) {
            self.wants.push(want);
        }
        let mut ancestor = Some(tile);
        for _ in 0..=MOST_LEVELS_UP {
            let Some(at) = ancestor else { return };
            match self.textures.state(self.layer, at) {
                Some(TileState::Ready(texture)) => {
                    painter.image(texture.id(), place, part_of(tile, at), Color32::WHITE);
                    return;
                }
                Some(TileState::Empty) => return,
                Some(TileState::Failed) | None => ancestor = at.parent(),
            }
        }
    }

    /// The part of the nearest ancestor that is there.
    fn of_ancestor(&mut self, tile: TileCoord) -> Option<TilePiece> {
        let mut ancestor = tile;
        for _ in 0..MOST_LEVELS_UP {
            ancestor = ancestor.parent()?;
            match self.textures.state(self.layer, ancestor) {
                Some(TileState::Ready(texture)) => return Some(piece(texture, part_of(tile, ancestor))),
                // An empty ancestor has no data anywhere below it.
                Some(TileState::Empty) => return None,
                Some(TileState::Failed) | None => {}
            }
        }
        self.holes.push(tile);
        None
    }
}

impl Tiles for TileLayer<'_> {
    fn at(&mut self, tile_id: TileId) -> Option<TilePiece> {
        let tile = TileCoord::new(tile_id.zoom, tile_id.x, tile_id.y)?;
        self.wants.extend(self.textures.wanted(self.layer, tile, true));
        match self.textures.state(self.layer, tile) {
            Some(TileState::Ready(texture)) => Some(piece(texture, WHOLE)),
            Some(TileState::Empty | TileState::Failed) => None,
            None => self.of_ancestor(tile),
        }
    }

    fn attribution(&self) -> Attribution {
        Attribution { text: "", url: "", logo_light: None, logo_dark: None }
    }

    fn tile_size(&self) -> u32 {
        self.tile_points
    }
}

const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

fn piece(texture: TextureHandle, uv: Rect) -> TilePiece {
    TilePiece::new(Tile::Raster(texture), uv)
}

/// The tile size that makes walkers ask for tiles of `level`: it rounds the zoom, then goes a level down for each doubling.
fn tile_points(zoom: f64, level: u8) -> u32 {
    let levels_down = zoom.round() - f64::from(level);
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let levels_down = levels_down.clamp(-6.0, 6.0) as i32;
    if levels_down < 0 {
        WALKERS_TILE_POINTS >> levels_down.unsigned_abs()
    } else {
        WALKERS_TILE_POINTS << levels_down.unsigned_abs()
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

    #[test]
    fn walkers_is_made_to_ask_for_the_level_that_is_sharp() {
        assert_eq!(tile_points(12.2, 12), 256);
        assert_eq!(tile_points(12.4, 13), 128, "sharper than the screen rather than coarser");
        assert_eq!(tile_points(12.0, 13), 128, "a screen of two pixels a point");
        assert_eq!(tile_points(0.7, 0), 512);
    }
}
