//! What the map draws in one layer: members in order, each with the painter of its kind's style.

use std::sync::Arc;

use super::LayerId;
use super::raster_cache::RasterKey;
use crate::geo::BoundingBox;
use crate::library::{Catalog, EntryId, ImageId, Kind, Source, meet_on_map};
use crate::render::Painter;
use crate::warp::Resampling;

/// An image or scene of a layer.
#[derive(Debug, Clone)]
pub struct MapMember {
    /// Which entry of the catalog it is.
    pub entry: EntryId,
    /// Its pixels.
    pub source: Source,
    /// What makes a picture of them. Shared by all members of a kind.
    pub painter: Arc<Painter>,
    /// How values between source pixels are made.
    pub resampling: Resampling,
    bounds_mercator: BoundingBox,
    /// Where the painter's bands lie.
    pub(super) parts: Arc<[(ImageId, usize)]>,
}

impl MapMember {
    /// `None` for a source without a place on the map.
    pub fn new(entry: EntryId, source: Source, painter: Arc<Painter>, resampling: Resampling) -> Option<Self> {
        let bounds_mercator = source.bounds_mercator()?;
        let parts = RasterKey::parts(&source, painter.bands());
        Some(Self { entry, source, painter, resampling, bounds_mercator, parts })
    }

    /// The box around it on the map (EPSG:3857).
    pub fn bounds_mercator(&self) -> BoundingBox {
        self.bounds_mercator
    }
}

/// A layer of the map at one moment. A change of members or style makes another one with a higher generation.
#[derive(Debug, Clone)]
pub struct MapLayer {
    /// Which layer.
    pub id: LayerId,
    /// Grows with each change.
    pub generation: u64,
    /// The topmost first.
    pub members: Arc<[MapMember]>,
}

/// Of more members than this in one tile, those too small to be seen are left out.
const MANY: usize = 64;

/// Pixels across or down, whichever are more, below which a member is too small to be seen.
const TOO_SMALL_PX: f64 = 3.0;

impl MapLayer {
    /// What the catalog shows, in its order. `look` gives the painter of a kind and how to resample for it; entries of kinds without
    /// one are left out.
    pub fn of_catalog(
        id: LayerId,
        generation: u64,
        catalog: &Catalog,
        mut look: impl FnMut(&Kind) -> Option<(Arc<Painter>, Resampling)>,
    ) -> Self {
        let member = |entry: crate::library::Entry| {
            let (painter, resampling) = look(catalog.kind(entry.id())?)?;
            MapMember::new(entry.id(), entry.source(), painter, resampling)
        };
        Self { id, generation, members: catalog.shown().filter_map(member).collect() }
    }

    /// Members that meet `bounds` (EPSG:3857) drawn at `size` pixels across and down, the topmost first.
    pub(super) fn members_meeting(&self, bounds: &BoundingBox, size: u32) -> Vec<&MapMember> {
        let mut members: Vec<&MapMember> =
            self.members.iter().filter(|member| meet_on_map(&member.bounds_mercator, bounds)).collect();
        if members.len() > MANY {
            let metres_per_px = bounds.width() / f64::from(size.max(1));
            members.retain(|member| {
                let (width, height) = (member.bounds_mercator.width(), member.bounds_mercator.height());
                width.max(height) >= TOO_SMALL_PX * metres_per_px
            });
        }
        members
    }
}
