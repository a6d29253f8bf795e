//! Decoded blocks, kept up to a number of bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::CogError;
use super::block::Block;

/// Bytes that an entry takes beside its samples.
const ENTRY_BYTES: u64 = 128;
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
/// Threads that ask for the same block at once decode it once. A block that can't be read is not kept.
#[derive(Debug)]
pub struct BlockCache {
    blocks: Cache<BlockKey, Arc<Block>, Bytes>,
    decoded: AtomicU64,
}

impl BlockCache {
    /// A cache of at most `max_bytes` bytes of samples.
    pub fn new(max_bytes: u64) -> Self {
        let items = usize::try_from(max_bytes / USUAL_BLOCK_BYTES).unwrap_or(usize::MAX).clamp(16, 1 << 16);
        let options =
            OptionsBuilder::new().estimated_items_capacity(items).weight_capacity(max_bytes).shards(4).build();
        let blocks = match options {
            Ok(options) => {
                Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            Err(_) => Cache::with_weighter(items, max_bytes, Bytes),
        };
        Self { blocks, decoded: AtomicU64::new(0) }
    }

    /// Bytes that the cache holds now.
    pub fn bytes(&self) -> u64 {
        self.blocks.weight()
    }

    /// Bytes that the cache may hold.
    pub fn max_bytes(&self) -> u64 {
        self.blocks.capacity()
    }

    /// Blocks that have been decoded into it so far, or could not be; those that were found in it don't count.
    pub fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Drops all blocks.
    pub fn clear(&self) {
        self.blocks.clear();
    }

    pub(crate) fn get_or_decode(
        &self,
        key: BlockKey,
        decode: impl FnOnce() -> Result<Block, CogError>,
    ) -> Result<Arc<Block>, CogError> {
        self.blocks.get_or_insert_with(&key, || {
            self.decoded.fetch_add(1, Ordering::Relaxed);
            decode().map(Arc::new)
        })
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
                        .get_or_decode(key(1), || {
                            decoded.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(std::time::Duration::from_millis(20));
                            Ok(block(10))
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(decoded.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn the_cache_stays_within_its_bytes() {
        let cache = BlockCache::new(1 << 16);
        for index in 0..1000 {
            cache.get_or_decode(key(index), || Ok(block(1000))).unwrap();
        }
        assert!(cache.bytes() <= cache.max_bytes());
        assert!(cache.bytes() > 0);
        cache.clear();
        assert_eq!(cache.bytes(), 0);
    }

    #[test]
    fn a_failure_is_not_kept() {
        let cache = BlockCache::new(1 << 16);
        let failed = cache.get_or_decode(key(1), || Err(CogError::not_tiff(std::path::Path::new("x"), "y")));
        assert!(failed.is_err());
        assert!(cache.get_or_decode(key(1), || Ok(block(1))).is_ok());
    }

    #[test]
    fn a_block_larger_than_the_cache_still_comes() {
        let cache = BlockCache::new(100);
        assert!(cache.get_or_decode(key(1), || Ok(block(1000))).is_ok());
    }
}
