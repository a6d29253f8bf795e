//! Decoded blocks, kept up to a number of bytes.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quick_cache::sync::{Cache, DefaultLifecycle, GuardResult};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::block::Block;
use super::spares::Spares;
use super::{CancelToken, CogError};

/// Bytes that an entry takes beside its samples.
const ENTRY_BYTES: u64 = 128;
/// The share of a cache that buffers for blocks to come may take, and how many bytes at most: some blocks for each thread.
const SPARE_SHARE: u64 = 16;
const MAX_SPARE_BYTES: u64 = 32 << 20;
/// Parts that a cache is divided into. A block that is larger than such a part is not kept there.
const SHARDS: usize = 4;
/// Size of a usual block, from which the number of entries is guessed.
const USUAL_BLOCK_BYTES: u64 = 256 * 1024;

/// Which block of which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BlockKey {
    /// Number of the opened file, never used twice.
    pub(crate) file: u64,
    /// Position of the level's directory.
    pub(crate) directory: u64,
    /// Index of the block in the level.
    pub(crate) block: u64,
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<BlockKey, Arc<Block>> for Bytes {
    fn weight(&self, _: &BlockKey, block: &Arc<Block>) -> u64 {
        (block.heap_bytes() as u64).saturating_add(ENTRY_BYTES)
    }
}

/// Decoded blocks of any number of files, the least useful ones dropped beyond a number of bytes.
///
/// Threads that ask for the same block at once decode it once. A block that can't be read is not kept. One that is too large to be
/// kept stays until another is decoded, so that it can be read piece by piece. Clones share their blocks.
#[derive(Debug, Clone)]
pub struct BlockCache {
    kept: Arc<Kept>,
    /// Whether who reads by this clone still wants it.
    cancel: Option<CancelToken>,
}

#[derive(Debug)]
struct Kept {
    blocks: Cache<BlockKey, Arc<Block>, Bytes>,
    spares: Arc<Spares>,
    decoded: AtomicU64,
    too_large: Mutex<Option<(BlockKey, Arc<Block>)>>,
}

impl BlockCache {
    /// A cache of at most `max_bytes` bytes of samples, a small part of which are buffers for blocks to come.
    pub fn new(max_bytes: u64) -> Self {
        let spare_bytes = (max_bytes / SPARE_SHARE).min(MAX_SPARE_BYTES);
        let max_bytes = max_bytes - spare_bytes;
        let items = usize::try_from(max_bytes / USUAL_BLOCK_BYTES).unwrap_or(usize::MAX).clamp(16, 1 << 16);
        let options =
            OptionsBuilder::new().estimated_items_capacity(items).weight_capacity(max_bytes).shards(SHARDS).build();
        let blocks = match options {
            Ok(options) => {
                Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            Err(_) => Cache::with_weighter(items, max_bytes, Bytes),
        };
        let spares = Arc::new(Spares::new(usize::try_from(spare_bytes).unwrap_or(0)));
        Self {
            kept: Arc::new(Kept { blocks, spares, decoded: AtomicU64::new(0), too_large: Mutex::default() }),
            cancel: None,
        }
    }

    /// The same blocks for work that may be given up: reading by this clone fails before the next block, and before the next rows of
    /// a view, once `cancel` is cancelled.
    #[must_use]
    pub fn until(&self, cancel: &CancelToken) -> Self {
        Self { kept: Arc::clone(&self.kept), cancel: Some(cancel.clone()) }
    }

    /// Fails if nobody wants any more what is being read of a file.
    pub(crate) fn check(&self, path: &Path) -> Result<(), CogError> {
        match &self.cancel {
            Some(cancel) if cancel.is_cancelled() => Err(CogError::Cancelled { path: path.to_path_buf() }),
            _ => Ok(()),
        }
    }

    /// Bytes that the cache holds now, but for a block that is too large for it.
    pub fn bytes(&self) -> u64 {
        self.kept.blocks.weight() + self.kept.spares.bytes() as u64
    }

    /// Bytes that the cache may hold.
    pub fn max_bytes(&self) -> u64 {
        self.kept.blocks.capacity() + self.kept.spares.max_bytes() as u64
    }

    /// Blocks that have been decoded into it so far, or could not be; those that were found in it don't count.
    pub fn decoded(&self) -> u64 {
        self.kept.decoded.load(Ordering::Relaxed)
    }

    /// Drops all blocks. Buffers for blocks to come are kept.
    pub fn clear(&self) {
        self.kept.blocks.clear();
        self.keep_too_large(None);
    }

    /// The block, decoded now if need be; waits if another thread is at it.
    pub(crate) fn get_or_decode(
        &self,
        key: BlockKey,
        decode: impl FnOnce(&Arc<Spares>) -> Result<Block, CogError>,
    ) -> Result<Arc<Block>, CogError> {
        if let Some(block) = self.too_large(key) {
            return Ok(block);
        }
        self.kept.blocks.get_or_insert_with(&key, || self.decode(key, decode))
    }

    /// The same, but `None` if another thread is at it.
    pub(crate) fn get_or_decode_unless_busy(
        &self,
        key: BlockKey,
        decode: impl FnOnce(&Arc<Spares>) -> Result<Block, CogError>,
    ) -> Result<Option<Arc<Block>>, CogError> {
        if let Some(block) = self.too_large(key) {
            return Ok(Some(block));
        }
        match self.kept.blocks.get_value_or_guard(&key, Some(Duration::ZERO)) {
            GuardResult::Value(block) => Ok(Some(block)),
            GuardResult::Timeout => Ok(None),
            GuardResult::Guard(guard) => {
                let block = self.decode(key, decode)?;
                // If it was removed meanwhile it is not kept, that is all.
                let _ = guard.insert(Arc::clone(&block));
                Ok(Some(block))
            }
        }
    }

    fn decode(
        &self,
        key: BlockKey,
        decode: impl FnOnce(&Arc<Spares>) -> Result<Block, CogError>,
    ) -> Result<Arc<Block>, CogError> {
        self.keep_too_large(None);
        self.kept.decoded.fetch_add(1, Ordering::Relaxed);
        let block = Arc::new(decode(&self.kept.spares)?);
        if block.heap_bytes() as u64 + ENTRY_BYTES > self.kept.blocks.capacity() / SHARDS as u64 {
            self.keep_too_large(Some((key, Arc::clone(&block))));
        }
        Ok(block)
    }

    fn too_large(&self, key: BlockKey) -> Option<Arc<Block>> {
        let kept = self.kept.too_large.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == key).map(|(_, block)| Arc::clone(block))
    }

    fn keep_too_large(&self, block: Option<(BlockKey, Arc<Block>)>) {
        let before = std::mem::replace(&mut *self.kept.too_large.lock().unwrap_or_else(PoisonError::into_inner), block);
        // Dropped after the lock: it may take a while.
        drop(before);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::raster::Samples;

    fn key(block: u64) -> BlockKey {
        BlockKey { file: 1, directory: 8, block }
    }

    fn block(bytes: usize) -> Block {
        Block::new(bytes, 1, vec![Samples::U8(vec![1; bytes])])
    }

    #[test]
    fn a_block_is_decoded_once_however_many_threads_ask() {
        let cache = BlockCache::new(1 << 20);
        let decoded = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    cache
                        .get_or_decode(key(1), |_| {
                            decoded.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(Duration::from_millis(20));
                            Ok(block(10))
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(decoded.load(Ordering::SeqCst), 1);
        assert_eq!(cache.decoded(), 1);
    }

    #[test]
    fn who_does_not_want_to_wait_is_told_that_another_is_at_it() {
        let cache = BlockCache::new(1 << 20);
        let within = cache.get_or_decode_unless_busy(key(1), |_| {
            assert!(cache.get_or_decode_unless_busy(key(1), |_| Ok(block(10))).unwrap().is_none());
            Ok(block(10))
        });
        assert!(within.unwrap().is_some());
        assert!(cache.get_or_decode_unless_busy(key(1), |_| panic!("it is there")).unwrap().is_some());
        assert_eq!(cache.decoded(), 1);
    }

    #[test]
    fn the_cache_stays_within_its_bytes() {
        let cache = BlockCache::new(1 << 16);
        for index in 0..1000 {
            cache.get_or_decode(key(index), |_| Ok(block(1000))).unwrap();
        }
        assert!(cache.bytes() <= cache.max_bytes());
        assert!(cache.bytes() > 0);
        cache.clear();
        assert_eq!(cache.bytes(), 0);
    }

    #[test]
    fn a_failure_is_not_kept() {
        let cache = BlockCache::new(1 << 16);
        let failed = cache.get_or_decode(key(1), |_| Err(CogError::not_tiff(Path::new("x"), "y")));
        assert!(failed.is_err());
        assert!(cache.get_or_decode(key(1), |_| Ok(block(1))).is_ok());
    }

    #[test]
    fn a_block_larger_than_the_cache_stays_until_another_is_decoded() {
        let cache = BlockCache::new(100);
        for _ in 0..3 {
            assert!(cache.get_or_decode(key(1), |_| Ok(block(1000))).is_ok());
            assert!(cache.get_or_decode_unless_busy(key(1), |_| Ok(block(1000))).unwrap().is_some());
        }
        assert_eq!(cache.decoded(), 1);
        cache.get_or_decode(key(2), |_| Ok(block(1))).unwrap();
        cache.get_or_decode(key(1), |_| Ok(block(1000))).unwrap();
        assert_eq!(cache.decoded(), 3);
        cache.clear();
        cache.get_or_decode(key(1), |_| Ok(block(1000))).unwrap();
        assert_eq!(cache.decoded(), 4);
    }
}
