//! Checksums of whole bands, read in pieces.

use sha2::{Digest, Sha256};

use super::CogError;
use super::cache::BlockCache;
use super::description::Cog;
use crate::raster::PixelWindow;

/// Bytes of samples that are read at once, if a row of blocks is larger.
const PIECE_BYTES: u64 = 64 << 20;

impl Cog {
    /// SHA-256 of each band of a level: all its samples in rows, little-endian, in the type that they are decoded to.
    ///
    /// Needs the memory of one row of blocks, of 64 MiB if that is more, and of the cache.
    pub fn band_checksums(&self, level: usize, cache: &BlockCache) -> Result<Vec<[u8; 32]>, CogError> {
        let bands: Vec<usize> = (0..self.band_count()).collect();
        let mut sums = vec![[0; 32]; bands.len()];
        // Bands in blocks of their own are read one after the other, so that each block is needed once.
        let is_apart = self.levels().get(level).is_some_and(|level| level.planes() > 1);
        for group in bands.chunks(if is_apart { 1 } else { bands.len().max(1) }) {
            let mut digests = vec![Sha256::new(); group.len()];
            let mut bytes = Vec::new();
            for window in self.pieces(level, group.len())? {
                let raster = self.read_window(level, window, group, cache)?;
                for (digest, plane) in digests.iter_mut().zip(raster.bands()) {
                    bytes.clear();
                    plane.extend_le_bytes(&mut bytes);
                    digest.update(&bytes);
                }
            }
            for (digest, band) in digests.into_iter().zip(group) {
                if let Some(sum) = sums.get_mut(*band) {
                    *sum = digest.finalize().into();
                }
            }
        }
        Ok(sums)
    }

    /// Windows as wide as the level, from the top down: a row of blocks each, or less where that would be too much.
    fn pieces(&self, level: usize, bands: usize) -> Result<Vec<PixelWindow>, CogError> {
        let Some(level) = self.levels().get(level) else { return Ok(Vec::new()) };
        let sample_bytes = level.layout()?.sample_type.bytes() as u64;
        let row_bytes = u64::from(level.width).saturating_mul(bands.max(1) as u64).saturating_mul(sample_bytes);
        let affordable = u32::try_from(PIECE_BYTES / row_bytes.max(1)).unwrap_or(u32::MAX).max(1);
        let rows = level.block_height.max(1);
        let step = if rows <= affordable { rows } else { affordable };
        let starts = (0..level.height).step_by(usize::try_from(step).unwrap_or(usize::MAX));
        Ok(starts.filter_map(|row| PixelWindow::new(0, row, level.width, step.min(level.height - row))).collect())
    }
}
