//! Which tile of the map is made next: visible first, coarse first, newest first; what nobody wants any more is dropped.
//!
//! The map says each frame which tiles it lacks, and that list replaces the one before. So nothing in here grows with the way
//! that a user scrolls, and a tile can't be waited for that was dropped: if it is still missing, the next frame asks again.

use rustc_hash::FxHashMap;

use super::CancelToken;
use crate::geo::TileCoord;

/// A layer of the map, as the window numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerId(pub u32);

/// One picture of the map: which layer in which style, which tile, how many pixels across and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// The layer.
    pub layer: LayerId,
    /// Grows with each change of the layer's members or style.
    pub generation: u64,
    /// The part of the world.
    pub tile: TileCoord,
    /// 256 pixels across and down, or 512 for screens of twice the density.
    pub size: u32,
}

/// A tile that the map lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileWant {
    /// The tile.
    pub key: TileKey,
    /// Whether it is on the screen, not only near it.
    pub visible: bool,
}

/// More than this many tiles are never waited for; the least urgent are left out.
pub const MOST_WANTED: usize = 2_048;

/// The tiles to be made and those being made.
#[derive(Debug, Default)]
pub struct TileQueue {
    /// The most urgent is the last.
    waiting: Vec<Waiting>,
    under_way: FxHashMap<TileKey, UnderWay>,
    frame: u64,
}

#[derive(Debug)]
struct Waiting {
    want: TileWant,
    since_frame: u64,
}

#[derive(Debug)]
struct UnderWay {
    visible: bool,
    cancel: CancelToken,
}

impl TileQueue {
    /// Replaces the list of what is wanted. Within one urgency the order given is kept: a map gives the middle first.
    ///
    /// Tiles under way that are no longer wanted are cancelled.
    pub fn want(&mut self, wants: &[TileWant]) {
        self.frame += 1;
        let before: FxHashMap<TileKey, u64> =
            self.waiting.drain(..).map(|waiting| (waiting.want.key, waiting.since_frame)).collect();
        let mut listed: FxHashMap<TileKey, bool> = FxHashMap::default();
        for want in wants {
            let is_new = listed.insert(want.key, want.visible).is_none();
            if is_new && !self.under_way.contains_key(&want.key) {
                let since_frame = before.get(&want.key).copied().unwrap_or(self.frame);
                self.waiting.push(Waiting { want: *want, since_frame });
            }
        }
        for (key, running) in &mut self.under_way {
            match listed.get(key) {
                Some(&visible) => running.visible = visible,
                None => running.cancel.cancel(),
            }
        }
        let urgency = |waiting: &Waiting| {
            let want = waiting.want;
            (!want.visible, want.key.tile.z(), u64::MAX - waiting.since_frame)
        };
        self.waiting.sort_by_key(urgency);
        self.waiting.truncate(MOST_WANTED);
        self.waiting.reverse();
    }

    /// The most urgent tile, which counts as under way until [`TileQueue::finish`]. The token says when it isn't wanted any more.
    pub fn take_next(&mut self) -> Option<(TileKey, CancelToken)> {
        let want = self.waiting.pop()?.want;
        let cancel = CancelToken::new();
        self.under_way.insert(want.key, UnderWay { visible: want.visible, cancel: cancel.clone() });
        Some((want.key, cancel))
    }

    /// The tile has been handed over, or given up.
    pub fn finish(&mut self, key: &TileKey) {
        self.under_way.remove(key);
    }

    /// Drops the tiles of a layer that have another generation than `current` (all of them if `None`).
    pub fn drop_stale(&mut self, layer: LayerId, current: Option<u64>) {
        let is_stale = |key: &TileKey| key.layer == layer && Some(key.generation) != current;
        self.waiting.retain(|waiting| !is_stale(&waiting.want.key));
        self.under_way.iter().filter(|(key, _)| is_stale(key)).for_each(|(_, running)| running.cancel.cancel());
    }

    /// Tiles to be made, and being made.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// Whether nothing is to be made or being made.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }

    /// Tiles on the screen that are still to be made or being made, other than those given up.
    pub fn visible(&self) -> usize {
        let waiting = self.waiting.iter().filter(|waiting| waiting.want.visible).count();
        waiting + self.under_way.values().filter(|running| running.visible && !running.cancel.is_cancelled()).count()
    }

    /// Gives everything up, for the end of the program.
    pub fn cancel_all(&mut self) {
        self.waiting.clear();
        self.under_way.values().for_each(|running| running.cancel.cancel());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(z: u8, x: u32, visible: bool) -> TileWant {
        let tile = TileCoord::new(z, x, 0).unwrap();
        TileWant { key: TileKey { layer: LayerId(1), generation: 1, tile, size: 256 }, visible }
    }

    fn all(queue: &mut TileQueue) -> Vec<TileKey> {
        std::iter::from_fn(|| queue.take_next()).map(|(key, _)| key).collect()
    }

    #[test]
    fn visible_comes_before_coarse_before_new() {
        let mut queue = TileQueue::default();
        let (old, coarse, hidden) = (want(3, 0, true), want(2, 1, true), want(1, 0, false));
        queue.want(&[old, hidden, coarse]);
        let new = want(3, 5, true);
        queue.want(&[old, hidden, coarse, new]);
        assert_eq!(all(&mut queue), [coarse.key, new.key, old.key, hidden.key]);
    }

    #[test]
    fn the_order_given_is_kept_among_equals() {
        let mut queue = TileQueue::default();
        let wants = [want(3, 4, true), want(3, 1, true), want(3, 7, true)];
        queue.want(&wants);
        assert_eq!(all(&mut queue), wants.map(|want| want.key));
    }

    #[test]
    fn what_scrolled_away_is_dropped_and_cancelled() {
        let mut queue = TileQueue::default();
        queue.want(&[want(3, 0, true), want(3, 1, true)]);
        let (running, cancel) = queue.take_next().unwrap();
        queue.want(&[want(3, 7, true)]);
        assert!(cancel.is_cancelled());
        assert_eq!(queue.visible(), 1);
        queue.finish(&running);
        assert_eq!(all(&mut queue), [want(3, 7, true).key]);
    }

    #[test]
    fn a_tile_under_way_is_not_made_twice() {
        let mut queue = TileQueue::default();
        let only = want(3, 0, true);
        queue.want(&[only, only]);
        let (_, cancel) = queue.take_next().unwrap();
        queue.want(&[only]);
        assert!(queue.take_next().is_none() && !cancel.is_cancelled());
        assert_eq!((queue.len(), queue.visible()), (1, 1));
        queue.finish(&only.key);
        assert!(queue.is_empty());
    }

    #[test]
    fn an_old_generation_is_stale() {
        let mut queue = TileQueue::default();
        let mut current = want(3, 1, true);
        current.key.generation = 2;
        queue.want(&[want(3, 0, true), want(3, 2, true), current]);
        let (_, cancel) = queue.take_next().unwrap();
        queue.drop_stale(LayerId(1), Some(2));
        assert!(cancel.is_cancelled());
        assert_eq!(all(&mut queue), [current.key]);
        queue.want(&[current]);
        queue.drop_stale(LayerId(1), None);
        assert!(queue.take_next().is_none());
    }

    #[test]
    fn the_least_urgent_are_left_out_of_too_many() {
        let mut queue = TileQueue::default();
        let mut wants: Vec<TileWant> = (0..5_000).map(|x| want(14, x, false)).collect();
        wants.push(want(14, 9_000, true));
        queue.want(&wants);
        assert_eq!(queue.len(), MOST_WANTED);
        assert_eq!(queue.take_next().unwrap().0, want(14, 9_000, true).key);
    }
}
