//! Tiles of the map as textures: what is there, what is still missing, what had to make room. Pictures come from the jobs
//! and are uploaded a few a frame; a tile of an older style stays until its successor is there.

use crate::geo::TileCoord;
use crate::jobs::{LayerId, TileKey, TileResult, TileWant};
use crate::render::RgbaImage;
use crate::ui::widgets::color_image;
use egui::{Context, TextureHandle, TextureOptions};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Pixels of a tile's side.
pub const TILE_PIXELS: u32 = 256;
/// Bytes that are handed to the graphics card in one frame at most.
const UPLOAD_BYTES_A_FRAME: usize = 8 << 20;
/// Bytes of textures that are kept.
const MOST_TEXTURE_BYTES: usize = 256 << 20;

/// What is known of one tile.
struct Slot {
    generation: u64,
    state: TileState,
    last_used_frame: u64,
}

/// A tile's state, for drawing. A tile without one is queued.
#[derive(Clone)]
pub enum TileState {
    /// There is a picture.
    Ready(TextureHandle),
    /// There is nothing to see here.
    Empty,
    /// It could not be read; the notices say why.
    Failed,
}

/// The textures of all layers.
#[derive(Default)]
pub struct TileTextures {
    slots: FxHashMap<(LayerId, TileCoord), Slot>,
    arrived: VecDeque<(TileKey, RgbaImage)>,
    generations: FxHashMap<LayerId, u64>,
    texture_bytes: usize,
    frame: u64,
}

impl TileTextures {
    /// From now on the layer's tiles are those of `generation`; older ones are drawn until they are replaced.
    pub fn set_generation(&mut self, layer: LayerId, generation: u64) {
        self.generations.insert(layer, generation);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.arrived.clear();
        self.texture_bytes = 0;
    }

    /// Takes what came of a tile; its picture is uploaded within the next frames.
    pub fn receive(&mut self, key: TileKey, result: TileResult) {
        match result {
            TileResult::Ready(picture) => self.arrived.push_back((key, picture)),
            TileResult::Empty => self.put(key, TileState::Empty),
            TileResult::Failed { .. } => self.put(key, TileState::Failed),
        }
    }

    /// Begins a frame: uploads what has arrived within the frame's budget, and lets go of what was not used for longest.
    pub fn begin_frame(&mut self, ctx: &Context) {
        self.frame = self.frame.wrapping_add(1);
        let mut bytes = 0;
        while bytes < UPLOAD_BYTES_A_FRAME {
            let Some((key, picture)) = self.arrived.pop_front() else { break };
            if self.generations.get(&key.layer).is_some_and(|current| *current != key.generation) {
                continue;
            }
            bytes += picture.pixels.len();
            if let Some(image) = color_image(&picture) {
                let texture = ctx.load_texture("tile", image, TextureOptions::LINEAR);
                self.put(key, TileState::Ready(texture));
            }
        }
        self.make_room();
    }

    /// Whether pictures have arrived that are not yet on the screen.
    pub fn is_uploading(&self) -> bool {
        !self.arrived.is_empty()
    }

    /// Bytes of all textures.
    pub fn texture_bytes(&self) -> usize {
        self.texture_bytes
    }

    /// The tile as far as it is known, of whatever generation; marks it as used.
    pub fn state(&mut self, layer: LayerId, tile: TileCoord) -> Option<TileState> {
        let slot = self.slots.get_mut(&(layer, tile))?;
        slot.last_used_frame = self.frame;
        Some(slot.state.clone())
    }

    /// What to ask for so that the tile is there in its present style; `None` where it is, or waits to be uploaded.
    pub fn wanted(&self, layer: LayerId, tile: TileCoord, visible: bool) -> Option<TileWant> {
        let generation = *self.generations.get(&layer)?;
        let key = TileKey { layer, generation, tile, size: TILE_PIXELS };
        let known = self.slots.get(&(layer, tile)).is_some_and(|slot| slot.generation == generation);
        let waits = || self.arrived.iter().any(|(arrived, _)| *arrived == key);
        (!known && !waits()).then_some(TileWant { key, visible })
    }

    fn put(&mut self, key: TileKey, state: TileState) {
        let slot = Slot { generation: key.generation, state, last_used_frame: self.frame };
        self.texture_bytes += slot.bytes();
        if let Some(older) = self.slots.insert((key.layer, key.tile), slot) {
            self.texture_bytes = self.texture_bytes.saturating_sub(older.bytes());
        }
    }

    fn make_room(&mut self) {
        if self.texture_bytes <= MOST_TEXTURE_BYTES {
            return;
        }
        let now = self.frame;
        let mut unused: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.last_used_frame + 2 < now)
            .map(|(key, slot)| (slot.last_used_frame, *key))
            .collect();
        unused.sort_unstable_by_key(|(last_used, _)| *last_used);
        for (_, key) in unused {
            // Somewhat below the limit, so that this is not done in every frame.
            if self.texture_bytes <= MOST_TEXTURE_BYTES / 8 * 7 {
                break;
            }
            if let Some(slot) = self.slots.remove(&key) {
                self.texture_bytes = self.texture_bytes.saturating_sub(slot.bytes());
            }
        }
    }
}

impl Slot {
    fn bytes(&self) -> usize {
        match &self.state {
            TileState::Ready(texture) => texture.byte_size(),
            TileState::Empty | TileState::Failed => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: LayerId = LayerId(0);

    fn key(generation: u64, x: u32) -> TileKey {
        TileKey { layer: LAYER, generation, tile: TileCoord::new(5, x, 3).unwrap(), size: TILE_PIXELS }
    }

    fn picture(shade: u8) -> TileResult {
        let pixels = [shade, shade, shade, 255].repeat(256 * 256);
        TileResult::Ready(RgbaImage::new(256, 256, pixels).unwrap())
    }

    #[test]
    fn a_tile_is_wanted_until_something_came_of_it() {
        let ctx = Context::default();
        let mut textures = TileTextures::default();
        textures.set_generation(LAYER, 1);
        let tile = key(1, 7).tile;
        assert_eq!(textures.wanted(LAYER, tile, true), Some(TileWant { key: key(1, 7), visible: true }));
        textures.receive(key(1, 7), picture(9));
        assert_eq!(textures.wanted(LAYER, tile, true), None, "it waits for its upload");
        assert!(textures.state(LAYER, tile).is_none());
        textures.begin_frame(&ctx);
        assert!(matches!(textures.state(LAYER, tile), Some(TileState::Ready(_))));
        for (x, result) in [(8, TileResult::Empty), (9, TileResult::Failed { reason: "gone".into() })] {
            textures.receive(key(1, x), result);
            assert_eq!(textures.wanted(LAYER, key(1, x).tile, true), None);
        }
    }

    #[test]
    fn an_old_style_stays_on_the_screen_until_the_new_one_is_there() {
        let ctx = Context::default();
        let mut textures = TileTextures::default();
        textures.set_generation(LAYER, 1);
        textures.receive(key(1, 7), picture(9));
        textures.begin_frame(&ctx);
        textures.set_generation(LAYER, 2);
        let tile = key(1, 7).tile;
        assert!(matches!(textures.state(LAYER, tile), Some(TileState::Ready(_))));
        assert_eq!(textures.wanted(LAYER, tile, true).map(|want| want.key.generation), Some(2));
        textures.receive(key(1, 7), picture(1));
        textures.begin_frame(&ctx);
        assert!(
            textures.wanted(LAYER, tile, true).is_some(),
            "a late picture of the old style is not taken for the new"
        );
    }

    #[test]
    fn uploads_have_a_budget_a_frame_and_memory_a_limit() {
        let ctx = Context::default();
        let mut textures = TileTextures::default();
        textures.set_generation(LAYER, 1);
        for z in 0..12_u32 {
            for x in 0..100 {
                let tile = TileCoord::new(20, x, z).unwrap();
                textures.receive(TileKey { tile, ..key(1, 0) }, picture(3));
            }
        }
        textures.begin_frame(&ctx);
        assert!(textures.is_uploading());
        assert!(textures.texture_bytes() <= UPLOAD_BYTES_A_FRAME);
        for _ in 0..60 {
            textures.begin_frame(&ctx);
        }
        assert!(!textures.is_uploading());
        assert!(textures.texture_bytes() <= MOST_TEXTURE_BYTES);
        let newest = TileCoord::new(20, 99, 11).unwrap();
        assert!(textures.state(LAYER, newest).is_some());
        assert!(textures.state(LAYER, TileCoord::new(20, 0, 0).unwrap()).is_none(), "the oldest made room");
    }
}
