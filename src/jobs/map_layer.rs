//! What the map draws in one layer: members in order, each with the painter of its kind's style.

use std::sync::Arc;

use super::LayerId;
use super::raster_cache::RasterKey;
use crate::geo::{BoundingBox, MapFrame};
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
    bounds: BoundingBox,
    /// Where the painter's bands lie.
    pub(super) parts: Arc<[(ImageId, usize)]>,
}

impl MapMember {
    /// `None` for a source without a place on the usual map.
    pub fn new(entry: EntryId, source: Source, painter: Arc<Painter>, resampling: Resampling) -> Option<Self> {
        let bounds = source.bounds_mercator()?;
        Some(Self::with_bounds((entry, source), bounds, painter, resampling))
    }

    /// A member of a map in another frame, with its box in the plane of [`MapFrame::plane_from_frame`].
    pub fn with_bounds(
        (entry, source): (EntryId, Source),
        bounds: BoundingBox,
        painter: Arc<Painter>,
        resampling: Resampling,
    ) -> Self {
        let parts = RasterKey::parts(&source, painter.bands());
        Self { entry, source, painter, resampling, bounds, parts }
    }

    /// The box around it on the map: EPSG:3857, or the plane of [`MapFrame::plane_from_frame`].
    pub fn bounds(&self) -> BoundingBox {
        self.bounds
    }
}

/// A layer of the map at one moment. A change of members or style makes another one with a higher generation.
#[derive(Debug, Clone)]
pub struct MapLayer {
    /// Which layer.
    pub id: LayerId,
    /// Grows with each change.
    pub generation: u64,
    /// What plane the map lies in.
    pub frame: Arc<MapFrame>,
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
        let frame = Arc::new(MapFrame::web_mercator());
        Self { id, generation, frame, members: catalog.shown().filter_map(member).collect() }
    }

    /// Members that meet `bounds` (of a tile, as [`crate::geo::TileCoord::bounds`] gives them) drawn at `size` pixels across and down, the topmost first.
    pub(super) fn members_meeting(&self, bounds: &BoundingBox, size: u32) -> Vec<&MapMember> {
        let mut members: Vec<&MapMember> =
            self.members.iter().filter(|member| meet_on_map(&member.bounds, bounds)).collect();
        if members.len() > MANY {
            let metres_per_px = bounds.width() / f64::from(size.max(1));
            members.retain(|member| {
                let (width, height) = (member.bounds.width(), member.bounds.height());
                width.max(height) >= TOO_SMALL_PX * metres_per_px
            });
        }
        members
    }
}
