//! Every thread of the program but the window's: queues, priorities, cancellation, caches.
//!
//! The window submits a [`Job`], or says by [`Jobs::want_tiles`] which tiles of the map it lacks, and takes [`JobEvent`]s by
//! [`Jobs::drain`] each frame. It never waits. Two crews of threads do the work: one draws (values under the pointer first, then
//! statistics, quick tasks, tiles, chips, thumbnails), one does what may take minutes (scans, files of targets, tasks). Each piece of work is caught at
//! its boundary: a panic becomes [`JobEvent::Panicked`], and the thread goes on.
//!
//! Kept between jobs: decoded blocks ([`BlockCache`]) and the values of tiles as they were read. Pictures are not kept; the window has
//! them as textures. A change of style paints the known values anew and reads no file.

mod chip_queue;
mod context;
mod event;
mod job;
mod map_layer;
mod raster_cache;
mod scheduler;
mod stores;
mod tile_queue;
mod work;
mod worker;

use std::num::NonZero;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::context::Shared;
use self::scheduler::Crew;
use crate::cog::BlockCache;
use crate::db::postgres::Vault;

pub use crate::cog::CancelToken;
pub use chip_queue::{ChipKey, ChipQueue, ChipResult, ChipWant, MOST_CHIPS};
pub use context::JobContext;
pub use event::{
    JobEvent, PointPurpose, ServerRefusal, ServerReport, TableContent, TableReport, TaskResult, TileResult,
};
pub use job::{Job, JobId, ServerJob, StatisticsOf, TableOfServer, TaskWork};
pub use map_layer::{MapLayer, MapMember};
pub use tile_queue::{LayerId, MOST_WANTED, TileKey, TileQueue, TileWant};
pub use worker::panic_message;

/// Called after each event, from any thread: asks the window for another frame.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Events that wait for the window at most; workers wait when there are as many.
const MOST_EVENTS: usize = 4_096;

/// Threads for what may take minutes.
const LONG_THREADS: usize = 3;

/// How long the end of the program waits for threads that are stuck in a file system.
const PATIENCE: Duration = Duration::from_secs(3);

/// Sizes of what is kept, number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobsConfig {
    /// Threads that draw.
    pub drawing_threads: usize,
    /// Bytes of decoded blocks.
    pub block_cache_bytes: u64,
    /// Bytes of values of tiles.
    pub raster_cache_bytes: u64,
}

impl Default for JobsConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
        Self { drawing_threads: cores.max(2), block_cache_bytes: 256 << 20, raster_cache_bytes: 192 << 20 }
    }
}

impl JobsConfig {
    /// Caches that together hold at most `bytes`; threads by default.
    pub fn with_cache_bytes(bytes: u64) -> Self {
        let block_cache_bytes = bytes / 7 * 4;
        Self { block_cache_bytes, raster_cache_bytes: bytes - block_cache_bytes, ..Self::default() }
    }
}

/// One line of the list of what is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStatus {
    /// What [`Jobs::cancel`] takes; `None` for tiles and thumbnails, which end when they are no longer wanted.
    pub id: Option<JobId>,
    /// What is being done.
    pub label: String,
    /// Steps done.
    pub done: usize,
    /// Of how many; `None` while nobody knows.
    pub total: Option<usize>,
}

/// Bytes held in the caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryUse {
    /// Decoded blocks.
    pub blocks: u64,
    /// Values of tiles.
    pub rasters: u64,
}

/// The workers, seen from the window. Dropping it ends them.
pub struct Jobs {
    shared: Arc<Shared>,
    /// `None` only while being dropped.
    events: Option<Receiver<JobEvent>>,
    threads: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts the threads. `waker` is called after each event.
    pub fn new(waker: Waker, config: JobsConfig) -> Self {
        let blocks = Arc::new(BlockCache::new(config.block_cache_bytes));
        let shared = Arc::new(Shared::new(blocks, config.raster_cache_bytes, waker));
        let (sender, receiver) = sync_channel(MOST_EVENTS);
        let drawing = (0..config.drawing_threads.max(1)).map(|n| (Crew::Drawing, format!("cogscope-draw-{n}")));
        let long = (0..LONG_THREADS).map(|n| (Crew::Long, format!("cogscope-work-{n}")));
        let threads = drawing.chain(long).filter_map(|(crew, name)| start(&shared, &sender, crew, &name)).collect();
        Self { shared, events: Some(receiver), threads }
    }

    /// Passwords that the user wants to be kept are in this store from now on, instead of the system's.
    pub fn set_vault(&self, vault: Vault) {
        self.shared.stores.set_vault(vault);
    }

    /// Takes a job in. `None` if too many wait already.
    pub fn submit(&self, job: Job) -> Option<JobId> {
        let id = self.shared.scheduler().submit(job);
        self.shared.work.notify_all();
        id
    }

    /// Asks a job to stop; one that has not begun never will. What has been told of it stays told. Returns the label of a job that
    /// was dropped before it began: of that no event comes.
    pub fn cancel(&self, id: JobId) -> Option<String> {
        self.shared.scheduler().cancel(id)
    }

    /// Puts a layer, or its new state, on the map. Tiles of its other generations are dropped.
    pub fn set_layer(&self, layer: MapLayer) {
        let (id, generation) = (layer.id, layer.generation);
        self.layers().insert(id, Arc::new(layer));
        self.shared.scheduler().tiles.drop_stale(id, Some(generation));
    }

    /// Takes a layer off the map.
    pub fn remove_layer(&self, id: LayerId) {
        self.layers().remove(&id);
        self.shared.scheduler().tiles.drop_stale(id, None);
    }

    /// Says which tiles the map lacks, once a frame; what is not on this list any more is dropped. Each is answered by
    /// [`JobEvent::TileReady`]; leave out what has been answered, also if it was [`TileResult::Empty`] or [`TileResult::Failed`].
    pub fn want_tiles(&self, wants: &[TileWant]) {
        self.shared.scheduler().tiles.want(wants);
        self.shared.work.notify_all();
    }

    /// Says which chips the window lacks, the most urgent first; this list replaces the one before. Each is answered by
    /// [`JobEvent::ChipReady`]; leave out what has been answered.
    pub fn want_chips(&self, wants: Vec<ChipWant>) {
        self.shared.scheduler().chips.want(wants);
        self.shared.work.notify_all();
    }

    /// Takes what has happened since the last time, for as long as `budget` lasts; at least one event if there is any.
    pub fn drain(&self, budget: Duration) -> Vec<JobEvent> {
        let start = Instant::now();
        let mut taken = Vec::new();
        let Some(events) = &self.events else { return taken };
        while taken.is_empty() || start.elapsed() < budget {
            match events.try_recv() {
                Ok(event) => {
                    self.shared.undelivered.fetch_sub(1, Ordering::AcqRel);
                    if self.is_worth_telling(&event) {
                        taken.push(event);
                    }
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        taken
    }

    /// A tile of a generation that has passed is not.
    fn is_worth_telling(&self, event: &JobEvent) -> bool {
        if let JobEvent::ChipReady { key, .. } = event {
            self.shared.scheduler().chips.finish(key);
        }
        let JobEvent::TileReady { key, .. } = event else { return true };
        self.shared.scheduler().tiles.finish(key);
        self.shared.layer(key.layer).is_some_and(|layer| layer.generation == key.generation)
    }

    /// What is going on, for the status bar.
    pub fn progress(&self) -> Vec<JobStatus> {
        self.shared.scheduler().progress()
    }

    /// Tiles on the screen that have not been handed over yet.
    pub fn pending_visible(&self) -> usize {
        self.shared.scheduler().tiles.visible()
    }

    /// Whether nothing waits, nothing runs, and everything that happened has been taken.
    pub fn is_idle(&self) -> bool {
        // In this order: a job tells before it ends.
        self.shared.scheduler().is_idle() && self.shared.undelivered.load(Ordering::Acquire) == 0
    }

    /// Bytes held in the caches.
    pub fn memory(&self) -> MemoryUse {
        MemoryUse { blocks: self.shared.blocks.bytes(), rasters: self.shared.rasters.bytes() }
    }

    /// The decoded blocks that all jobs share.
    pub fn block_cache(&self) -> &Arc<BlockCache> {
        &self.shared.blocks
    }

    fn layers(&self) -> std::sync::RwLockWriteGuard<'_, rustc_hash::FxHashMap<LayerId, Arc<MapLayer>>> {
        self.shared.layers.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(shared: &Arc<Shared>, events: &SyncSender<JobEvent>, crew: Crew, name: &str) -> Option<JoinHandle<()>> {
    let (shared, events) = (Arc::clone(shared), events.clone());
    let thread = std::thread::Builder::new().name(name.to_owned());
    match thread.spawn(move || worker::work_until_closed(&shared, &events, crew)) {
        Ok(thread) => Some(thread),
        Err(error) => {
            tracing::error!(%error, name, "a thread could not be started");
            None
        }
    }
}

impl Drop for Jobs {
    /// Ends the threads. One that hangs in a dead network share is left behind after some seconds, to end with the process.
    fn drop(&mut self) {
        self.shared.scheduler().close();
        self.shared.work.notify_all();
        // Who waits to tell something goes on, for nobody listens any more.
        self.events = None;
        let deadline = Instant::now() + PATIENCE;
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            if thread.is_finished() {
                drop(thread.join());
            } else {
                tracing::warn!(name = thread.thread().name(), "a thread did not end in time and is left behind");
            }
        }
    }
}

#[cfg(test)]
mod tests;
