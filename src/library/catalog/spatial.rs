//! Which entries lie in a part of the map: an R-tree over their boxes.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashMap;

use super::EntryId;
use crate::geo::{BoundingBox, MERCATOR_HALF_WORLD_M};
use crate::library::footprint::shifted_east;

type Leaf = GeomWithData<Rectangle<[f64; 2]>, EntryId>;

/// Boxes of entries in EPSG:3857, metres.
#[derive(Debug, Default)]
pub(super) struct SpatialIndex {
    tree: RTree<Leaf>,
    leaves: FxHashMap<EntryId, Leaf>,
}

impl SpatialIndex {
    /// Puts an entry where it lies now; nowhere for `None`.
    pub(super) fn put(&mut self, id: EntryId, bounds: Option<BoundingBox>) {
        self.remove(id);
        if let Some(b) = bounds {
            let leaf = Leaf::new(Rectangle::from_corners([b.min_x(), b.min_y()], [b.max_x(), b.max_y()]), id);
            self.tree.insert(leaf);
            self.leaves.insert(id, leaf);
        }
    }

    pub(super) fn remove(&mut self, id: EntryId) {
        if let Some(leaf) = self.leaves.remove(&id) {
            self.tree.remove(&leaf);
        }
    }

    /// Entries whose boxes meet `bounds` here or once round the earth, in no order; one may come twice.
    pub(super) fn meeting(&self, bounds: &BoundingBox) -> impl Iterator<Item = EntryId> {
        let world_m = 2.0 * MERCATOR_HALF_WORLD_M;
        let wanted = [0.0, -world_m, world_m].map(|by| shifted_east(bounds, by));
        wanted.into_iter().flatten().flat_map(|bounds| self.meeting_here(bounds))
    }

    fn meeting_here(&self, bounds: BoundingBox) -> impl Iterator<Item = EntryId> {
        let wanted = AABB::from_corners([bounds.min_x(), bounds.min_y()], [bounds.max_x(), bounds.max_y()]);
        self.tree.locate_in_envelope_intersecting(wanted).map(|leaf| leaf.data)
    }

    /// The box around all of them.
    pub(super) fn bounds(&self) -> Option<BoundingBox> {
        let all = self.tree.root().envelope();
        let ([min_x, min_y], [max_x, max_y]) = (all.lower(), all.upper());
        BoundingBox::new(min_x, min_y, max_x, max_y)
    }
}
