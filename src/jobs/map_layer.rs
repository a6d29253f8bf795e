//! What the map draws in one layer: members in order, each with the painter of its kind's style.

use std::sync::Arc;

use super::LayerId;
use super::raster_cache::RasterKey;
use crate::geo::{BoundingBox, MapFrame};
use crate::library::{Catalog, EntryId, ImageId, Kind, Layered, Source};
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
}

impl Layered for MapMember {
    /// On the map: EPSG:3857, or the plane of [`MapFrame::plane_from_frame`].
    fn bounds(&self) -> Option<BoundingBox> {
        Some(self.bounds)
    }

    fn painter(&self) -> &Painter {
        &self.painter
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
}
