//! Which chip is made next. The window says which chips it lacks, the most urgent first, and that list replaces the one before:
//! what scrolled away is dropped, however fast it scrolls.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::library::Source;
use crate::render::{Painter, RgbaImage};
use crate::warp::{Resampling, View};

/// One chip, as the window numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChipKey {
    /// Grows with each change of what chips look like.
    pub generation: u64,
    /// Which of them.
    pub number: u32,
}

/// A chip that the window lacks.
#[derive(Debug, Clone)]
pub struct ChipWant {
    /// Which.
    pub key: ChipKey,
    /// The image or scene that it is cut from.
    pub source: Source,
    /// The part of the world, and the chip's size.
    pub view: View,
    /// What makes a picture of the values: the same for all chips of a kind.
    pub painter: Arc<Painter>,
    /// How values between source pixels are made.
    pub resampling: Resampling,
}

/// What came of a chip: a picture, nothing because there is no data, or a sentence that says why it couldn't be read.
pub type ChipResult = Result<Option<RgbaImage>, String>;

/// More than this many chips are never waited for; the least urgent are left out.
pub const MOST_CHIPS: usize = 1_024;

/// The chips to be made and those being made.
#[derive(Debug, Default)]
pub struct ChipQueue {
    waiting: VecDeque<ChipWant>,
    under_way: FxHashSet<ChipKey>,
}

impl ChipQueue {
    /// Replaces the list of what is wanted; what is being made already is not made twice.
    pub fn want(&mut self, wants: Vec<ChipWant>) {
        let mut listed: FxHashSet<ChipKey> = self.under_way.clone();
        self.waiting = wants.into_iter().filter(|want| listed.insert(want.key)).take(MOST_CHIPS).collect();
    }

    /// The most urgent chip, which counts as under way until [`ChipQueue::finish`].
    pub fn take_next(&mut self) -> Option<ChipWant> {
        let want = self.waiting.pop_front()?;
        self.under_way.insert(want.key);
        Some(want)
    }

    /// The chip has been handed over, or given up.
    pub fn finish(&mut self, key: &ChipKey) {
        self.under_way.remove(key);
    }

    /// Chips to be made, and being made.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// Whether nothing is to be made or being made.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }

    /// Drops what waits, for the end of the program.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cog::BlockCache;
    use crate::geo::LonLat;
    use crate::library::testing::{HERE, constant};
    use crate::library::{ImageIds, chip, chip_view};

    fn want(source: &Source, number: u32) -> ChipWant {
        let view = chip_view(LonLat::new(-54.6, -25.4).unwrap(), 240.0, 8).unwrap();
        let painter = source.default_style().painter(&source.color_source(None)).unwrap();
        let key = ChipKey { generation: 1, number };
        ChipWant { key, source: source.clone(), view, painter: Arc::new(painter), resampling: Resampling::Nearest }
    }

    fn source() -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        let image = constant(&ImageIds::default(), &folder.path().join("a.tif"), HERE, 200);
        (folder, Source::Image(image))
    }

    fn numbers(queue: &mut ChipQueue) -> Vec<u32> {
        std::iter::from_fn(|| queue.take_next()).map(|want| want.key.number).collect()
    }

    #[test]
    fn what_scrolled_away_is_dropped_and_nothing_is_made_twice() {
        let (_folder, source) = source();
        let mut queue = ChipQueue::default();
        queue.want([1, 2, 3].map(|number| want(&source, number)).to_vec());
        let first = queue.take_next().unwrap();
        queue.want([1, 3, 3, 4].map(|number| want(&source, number)).to_vec());
        assert_eq!(numbers(&mut queue), [3, 4]);
        queue.finish(&first.key);
        queue.want(vec![want(&source, 1)]);
        assert_eq!(numbers(&mut queue), [1]);
    }

    #[test]
    fn no_more_than_a_bounded_number_waits() {
        let (_folder, source) = source();
        let mut queue = ChipQueue::default();
        queue.want((0..2 * u32::try_from(MOST_CHIPS).unwrap()).map(|number| want(&source, number)).collect());
        assert_eq!(queue.len(), MOST_CHIPS);
        queue.clear();
        assert!(queue.is_empty());
    }

    #[test]
    fn a_chip_shows_data_or_says_that_there_is_none() {
        let (_folder, source) = source();
        let cache = BlockCache::new(1 << 20);
        let bounds = source.bounds_mercator().unwrap();
        let there = crate::geo::Transformer::new(&crate::geo::Crs::web_mercator(), &crate::geo::Crs::wgs84(), None)
            .unwrap()
            .forward(bounds.center())
            .unwrap();
        let make = |position: LonLat| {
            let want = ChipWant { view: chip_view(position, 120.0, 8).unwrap(), ..want(&source, 0) };
            chip(&want.source, &want.view, (&want.painter, want.resampling), &cache).unwrap()
        };
        let picture = make(LonLat::new(there.x, there.y).unwrap()).unwrap();
        assert_eq!(picture.pixel(4, 4), Some([200, 200, 200, 255]));
        assert_eq!(make(LonLat::new(10.0, 50.0).unwrap()), None);
    }
}
