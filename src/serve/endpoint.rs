//! What every handler has at hand: the shelf of this moment, and where to have work done.

use std::sync::{Arc, PoisonError, RwLock};

use super::error::RequestError;
use super::layer::Layer;
use super::pool::Pool;
use super::shelf::Shelf;
use crate::cog::{BlockCache, CancelToken};

/// The state of all routes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Endpoint(Arc<Shared>);

struct Shared {
    shelf: RwLock<Arc<Shelf>>,
    pool: Pool,
    blocks: Arc<BlockCache>,
}

/// What a piece of work has at hand.
pub(super) struct Work<'a> {
    /// Decoded blocks that all work shares; reading fails as soon as nobody waits any more.
    pub(super) blocks: &'a BlockCache,
    cancel: &'a CancelToken,
}

impl Work<'_> {
    /// Whether to go on: the client still waits, and not for too long.
    pub(super) fn is_wanted(&self) -> bool {
        !self.cancel.is_cancelled()
    }

    /// Fails if nobody waits any more, before a step that can't be stopped.
    pub(super) fn check(&self) -> Result<(), RequestError> {
        if self.is_wanted() { Ok(()) } else { Err(RequestError::Stopped) }
    }
}

impl Endpoint {
    pub(super) fn new(shelf: Shelf, pool: Pool, blocks: Arc<BlockCache>) -> Self {
        Self(Arc::new(Shared { shelf: RwLock::new(Arc::new(shelf)), pool, blocks }))
    }

    /// What is served now. A handler takes it once, so that it doesn't change under its hands.
    pub(super) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.0.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The layer of this id, as it is served now.
    pub(super) fn layer(&self, id: &str) -> Result<Arc<Layer>, RequestError> {
        self.shelf().layer(id).cloned().ok_or(RequestError::NotFound)
    }

    /// Serves something else from now on; requests under way end with what they began with.
    pub(super) fn set_shelf(&self, shelf: Shelf) {
        *self.0.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelf);
    }

    /// Has something done that reads pixels or files, as soon as there is a place for it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Work<'_>) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let blocks = Arc::clone(&self.0.blocks);
        self.0.pool.run(move |cancel| work(&Work { blocks: &blocks.until(cancel), cancel })).await
    }
}
