//! Values of map tiles as they were read, kept apart from the pictures made of them: moving a stretch decodes nothing again.
//!
//! Pictures are not kept here: the window holds the textures that it shows.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::geo::BoundingBox;
use crate::library::{BandPart, ImageId, Source};
use crate::raster::Raster;
use crate::warp::Resampling;

/// What a tile's values depend on: which bands of which files, which tile of which frame, at which size, how resampled.
///
/// A scene is told apart by its bands and not by its number, so that naming a band anew keeps what was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RasterKey {
    parts: Arc<[(ImageId, usize)]>,
    /// West and north edge and width of the tile in the map's own system, by their bits. An image is drawn in few frames, and no two
    /// of them cut their worlds alike.
    place: [u64; 3],
    size: u32,
    resampling: Resampling,
}

impl RasterKey {
    /// `bbox` is that of the tile in the coordinates of the map's frame.
    pub(super) fn new(parts: Arc<[(ImageId, usize)]>, bbox: BoundingBox, size: u32, resampling: Resampling) -> Self {
        let place = [bbox.min_x(), bbox.max_y(), bbox.width()].map(f64::to_bits);
        Self { parts, place, size, resampling }
    }

    /// Where some bands of a source lie.
    pub(super) fn parts(source: &Source, bands: &[usize]) -> Arc<[(ImageId, usize)]> {
        let all = source.parts();
        let part = |&index: &usize| all.get(index).map(|BandPart { image, band }| (image.id, *band));
        bands.iter().filter_map(part).collect()
    }
}

/// A tile's values, `None` where no pixel is valid.
pub(super) type RawTile = Option<Arc<Raster>>;

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<RasterKey, RawTile> for Bytes {
    fn weight(&self, key: &RasterKey, tile: &RawTile) -> u64 {
        const OF_AN_ENTRY: usize = 128;
        let raster = tile.as_ref().map_or(0, |raster| raster.heap_bytes());
        let key = size_of_val(&*key.parts);
        u64::try_from(OF_AN_ENTRY + key + raster).unwrap_or(u64::MAX)
    }
}

/// Values of tiles, up to a number of bytes; the least used go first.
#[derive(Debug)]
pub(super) struct RasterCache {
    tiles: Cache<RasterKey, RawTile, Bytes>,
}

impl RasterCache {
    pub(super) fn new(max_bytes: u64) -> Self {
        /// One band of 16 bits with its mask at 256 x 256 pixels.
        const OF_A_TILE: u64 = 3 << 16;
        let tiles = usize::try_from(max_bytes / OF_A_TILE).unwrap_or(usize::MAX).max(16);
        Self { tiles: Cache::with_weighter(tiles, max_bytes, Bytes) }
    }

    /// The values from the cache, or read now and kept. An error is not kept.
    pub(super) fn get_or_read<E>(
        &self,
        key: &RasterKey,
        read: impl FnOnce() -> Result<Raster, E>,
    ) -> Result<RawTile, E> {
        if let Some(known) = self.tiles.get(key) {
            return Ok(known);
        }
        let raster = read()?;
        let tile = if raster.is_blank() { None } else { Some(Arc::new(raster)) };
        self.tiles.insert(key.clone(), tile.clone());
        Ok(tile)
    }

    /// Drops all values.
    pub(super) fn clear(&self) {
        self.tiles.clear();
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> u64 {
        self.tiles.weight()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{INVALID, Samples};

    fn key(x: u32) -> RasterKey {
        let tile = crate::geo::TileCoord::new(8, x, 0).unwrap();
        RasterKey::new(Arc::from([(ImageId(1), 0)]), tile.bounds(), 256, Resampling::Nearest)
    }

    fn raster(bytes: usize, mask: u8) -> Raster {
        let width = u32::try_from(bytes).unwrap();
        Raster::new(width, 1, vec![Samples::U8(vec![7; bytes])], vec![mask; bytes]).unwrap()
    }

    #[test]
    fn what_was_read_is_not_read_again() {
        let cache = RasterCache::new(1 << 20);
        let first = cache.get_or_read::<()>(&key(1), || Ok(raster(10, 255))).unwrap();
        let again = cache.get_or_read::<()>(&key(1), || panic!("it is known")).unwrap();
        assert_eq!(first, again);
    }

    #[test]
    fn an_error_is_not_kept() {
        let cache = RasterCache::new(1 << 20);
        assert_eq!(cache.get_or_read(&key(1), || Err("gone")), Err("gone"));
        assert!(cache.get_or_read::<()>(&key(1), || Ok(raster(10, 255))).unwrap().is_some());
    }

    #[test]
    fn a_tile_without_data_takes_hardly_any_room() {
        let cache = RasterCache::new(1 << 20);
        assert_eq!(cache.get_or_read::<()>(&key(1), || Ok(raster(100_000, INVALID))), Ok(None));
        assert!(cache.bytes() < 1_000);
    }

    #[test]
    fn the_cache_stays_within_its_size() {
        let cache = RasterCache::new(1 << 20);
        for x in 0..100 {
            let _ = cache.get_or_read::<()>(&key(x), || Ok(raster(100_000, 255)));
        }
        assert!(cache.bytes() > 0 && cache.bytes() <= 1 << 20);
    }
}
