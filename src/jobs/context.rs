//! What a worker has at hand while it does a job, and what all workers share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::raster_cache::RasterCache;
use super::scheduler::Scheduler;
use super::stores::Stores;
use super::{CancelToken, JobEvent, JobId, LayerId, MapLayer, TableOfServer, Waker};
use crate::cog::BlockCache;
use crate::db::postgres::{ConnectError, PostgresStore, ServerAddress, Vault};
use crate::db::{IsCancelled, QueryError, QueryStore, StoreAddress};
use crate::library::{Failed, ImageIds};
use crate::targets::{ServerTargets, TargetsError};

/// Shared by the window's side and all workers.
pub(super) struct Shared {
    pub(super) scheduler: Mutex<Scheduler>,
    /// Told whenever there may be work.
    pub(super) work: Condvar,
    pub(super) layers: RwLock<FxHashMap<LayerId, Arc<MapLayer>>>,
    pub(super) blocks: Arc<BlockCache>,
    pub(super) rasters: RasterCache,
    pub(super) image_ids: ImageIds,
    pub(super) stores: Stores,
    /// Events sent and not yet taken.
    pub(super) undelivered: AtomicUsize,
    /// Files that the user has been told of.
    told: Mutex<FxHashSet<PathBuf>>,
    waker: Waker,
}

impl Shared {
    pub(super) fn new(blocks: Arc<BlockCache>, raster_bytes: u64, waker: Waker) -> Self {
        Self {
            scheduler: Mutex::default(),
            work: Condvar::new(),
            layers: RwLock::default(),
            blocks,
            rasters: RasterCache::new(raster_bytes),
            image_ids: ImageIds::default(),
            stores: Stores::default(),
            undelivered: AtomicUsize::new(0),
            told: Mutex::default(),
            waker,
        }
    }

    /// The queues. A panic while they were locked left them whole: nothing in there is half done at any time.
    pub(super) fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn layer(&self, id: LayerId) -> Option<Arc<MapLayer>> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Sends an event and wakes the window. Waits while the window is far behind; `false` if it is gone.
    pub(super) fn send(&self, events: &SyncSender<JobEvent>, event: JobEvent) -> bool {
        self.undelivered.fetch_add(1, Ordering::AcqRel);
        if events.send(event).is_err() {
            self.undelivered.fetch_sub(1, Ordering::AcqRel);
            return false;
        }
        (self.waker)();
        true
    }

    /// Whether the user has not been told of this file yet; from now on they have.
    pub(super) fn is_news(&self, path: &Path) -> bool {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf())
    }

    /// The file has been opened anew: what fails from now on is news.
    pub(super) fn forget_failure(&self, path: &Path) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

/// What a job may use while it runs.
pub struct JobContext {
    pub(super) shared: Arc<Shared>,
    pub(super) events: SyncSender<JobEvent>,
    pub(super) id: JobId,
    pub(super) cancel: CancelToken,
}

impl JobContext {
    /// The job's number.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Whether to stop: the user cancelled, or the program ends.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Tells how far the job is; `total` is `None` while nobody knows.
    pub fn set_progress(&self, done: usize, total: Option<usize>) {
        self.shared.scheduler().set_progress(self.id, done, total);
    }

    /// The decoded blocks that all jobs share.
    pub fn block_cache(&self) -> &BlockCache {
        &self.shared.blocks
    }

    /// A store to put questions to; it stays open for the next one.
    pub fn store(&self, address: &StoreAddress) -> Result<Arc<dyn QueryStore>, QueryError> {
        self.shared.stores.get(address)
    }

    /// The server at an address.
    pub fn server(&self, address: &ServerAddress) -> Result<Arc<PostgresStore>, ConnectError> {
        self.stores().server(address)
    }

    /// The passwords that the user wants to be kept.
    pub fn vault(&self) -> Vault {
        self.stores().vault()
    }

    /// A table of a server, which stays known for the next question.
    pub fn targets(&self, table: &TableOfServer, is_cancelled: IsCancelled<'_>) -> Result<ServerTargets, TargetsError> {
        self.stores().targets(table, is_cancelled)
    }

    /// The stores that are open.
    pub(super) fn stores(&self) -> &Stores {
        &self.shared.stores
    }

    /// Sends an event to the window; `false` if it is gone.
    pub(super) fn send(&self, event: JobEvent) -> bool {
        self.shared.send(&self.events, event)
    }

    /// Tells of a file that could not be read, if that has not been told.
    pub(super) fn file_failed(&self, path: &Path, reason: &str) {
        if self.shared.is_news(path) {
            self.send(JobEvent::FileFailed(Failed { path: path.to_path_buf(), reason: reason.to_owned() }));
        }
    }
}
