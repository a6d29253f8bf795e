//! The pictures of chips: asked for when they are seen, kept as textures while there is room.

use crate::jobs::ChipResult;
use crate::render::RgbaImage;
use crate::targets::TargetId;
use crate::ui::widgets;
use egui::{Context, TextureHandle, TextureOptions};
use rustc_hash::FxHashMap;

/// No more than so many are kept.
const MOST_KEPT: usize = 2_500;
/// So many are uploaded in one frame at most.
const MOST_UPLOADS: usize = 48;

/// A chip's picture, of whatever generation.
pub struct Picture {
    generation: u64,
    last_seen: u64,
    state: State,
}

enum State {
    Arrived(RgbaImage),
    Shown(TextureHandle),
    /// There is no data there.
    Empty,
    /// It could not be read, or there is no image.
    Failed(String),
}

/// What to draw in a chip's place.
pub enum Shown<'a> {
    /// Nothing yet.
    Waiting,
    /// This picture.
    Texture(&'a TextureHandle),
    /// That there is no data.
    Empty,
    /// Why there is none.
    Failed(&'a str),
}

/// All pictures that were made.
#[derive(Default)]
pub struct Pictures {
    known: FxHashMap<TargetId, Picture>,
    frame: u64,
    uploads: usize,
}

impl Pictures {
    /// A new frame begins.
    pub fn begin_frame(&mut self) {
        self.frame += 1;
        self.uploads = 0;
    }

    /// Forgets all of them: the targets are others.
    pub fn clear(&mut self) {
        self.known.clear();
    }

    /// Takes what came of a chip.
    pub fn receive(&mut self, id: TargetId, generation: u64, result: ChipResult) {
        let state = match result {
            Ok(Some(picture)) => State::Arrived(picture),
            Ok(None) => State::Empty,
            Err(reason) => State::Failed(reason),
        };
        self.known.insert(id, Picture { generation, last_seen: self.frame, state });
    }

    /// Whether a chip has its answer in this generation.
    pub fn has(&self, id: TargetId, generation: u64) -> bool {
        self.known.get(&id).is_some_and(|picture| picture.generation == generation)
    }

    /// Whether a picture waits for its upload.
    pub fn is_uploading(&self) -> bool {
        self.uploads >= MOST_UPLOADS
    }

    /// What to draw for a chip now; an older picture until the new one is there.
    pub fn shown(&mut self, ctx: &Context, id: TargetId) -> Shown<'_> {
        let (frame, uploads) = (self.frame, self.uploads);
        let Some(picture) = self.known.get_mut(&id) else { return Shown::Waiting };
        picture.last_seen = frame;
        if let State::Arrived(pixels) = &picture.state {
            if uploads >= MOST_UPLOADS {
                return Shown::Waiting;
            }
            self.uploads += 1;
            picture.state = widgets::color_image(pixels).map_or_else(
                || State::Failed("the chip has no pixels".to_owned()),
                |image| State::Shown(ctx.load_texture("chip", image, TextureOptions::LINEAR)),
            );
        }
        match &picture.state {
            State::Arrived(_) => Shown::Waiting,
            State::Shown(texture) => Shown::Texture(texture),
            State::Empty => Shown::Empty,
            State::Failed(reason) => Shown::Failed(reason),
        }
    }

    /// Drops those that were not seen for longest when there are too many.
    pub fn end_frame(&mut self) {
        if self.known.len() <= MOST_KEPT {
            return;
        }
        let mut ages: Vec<u64> = self.known.values().map(|picture| picture.last_seen).collect();
        let middle = ages.len() - MOST_KEPT / 2;
        let (_, oldest_kept, _) = ages.select_nth_unstable(middle);
        let oldest_kept = *oldest_kept;
        let frame = self.frame;
        self.known.retain(|_, picture| picture.last_seen >= oldest_kept || picture.last_seen == frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(row: usize) -> TargetId {
        TargetId::from_row(row).unwrap()
    }

    #[test]
    fn no_data_and_a_failure_are_told_apart_and_both_are_answers() {
        let (mut pictures, ctx) = (Pictures::default(), Context::default());
        pictures.receive(id(0), 1, Ok(None));
        pictures.receive(id(1), 1, Err("gone".into()));
        assert!(matches!(pictures.shown(&ctx, id(0)), Shown::Empty));
        assert!(matches!(pictures.shown(&ctx, id(1)), Shown::Failed("gone")));
        assert!(matches!(pictures.shown(&ctx, id(2)), Shown::Waiting));
        assert!(pictures.has(id(0), 1) && !pictures.has(id(0), 2) && !pictures.has(id(2), 1));
    }

    #[test]
    fn what_was_not_seen_for_long_makes_room() {
        let mut pictures = Pictures::default();
        let ctx = Context::default();
        for row in 0..MOST_KEPT + 100 {
            pictures.begin_frame();
            pictures.receive(id(row), 1, Ok(None));
        }
        pictures.begin_frame();
        pictures.shown(&ctx, id(0));
        pictures.end_frame();
        assert!(pictures.known.len() <= MOST_KEPT);
        assert!(pictures.has(id(0), 1), "it is being looked at");
        assert!(!pictures.has(id(1), 1));
        assert!(pictures.has(id(MOST_KEPT + 99), 1));
    }
}
