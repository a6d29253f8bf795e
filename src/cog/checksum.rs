//! Checksums of whole bands, read in pieces.

use sha2::{Digest, Sha256};

use super::CogError;
use super::cache::BlockCache;
use super::description::Cog;
use super::level::Level;
use crate::raster::{PixelWindow, Samples};

/// Bytes of samples that are read at once, if a row of blocks is larger.
const PIECE_BYTES: u64 = 32 << 20;
/// Bytes of samples that checksums are made of: some minutes of work.
const MAX_BYTES: u64 = 1 << 40;

impl Cog {
    /// SHA-256 of each band of a level: all its samples in rows, little-endian, in the type that they are decoded to;
    /// complex integers as complex 32-bit floats, which is how GDAL's arrays have them.
    ///
    /// Needs the memory of three pieces of 32 MiB, of a block, and of the cache.
    pub fn band_checksums(&self, level: usize, cache: &BlockCache) -> Result<Vec<[u8; 32]>, CogError> {
        let bands: Vec<usize> = (0..self.levels().get(level).map_or(0, Level::band_count)).collect();
        self.check_amount(level, bands.len())?;
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
                    match plane {
                        Samples::CI16(_) | Samples::CI32(_) => extend_as_floats(plane, &mut bytes),
                        _ => plane.extend_le_bytes(&mut bytes),
                    }
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

    /// Refuses what would take hours to go over, which only files that were hardly written to claim to hold.
    fn check_amount(&self, level: usize, bands: usize) -> Result<(), CogError> {
        let Some(level) = self.levels().get(level) else { return Ok(()) };
        let pixels = u128::from(level.width) * u128::from(level.height);
        let needed = pixels * bands as u128 * level.layout()?.sample_type.bytes() as u128;
        if needed <= u128::from(MAX_BYTES) {
            return Ok(());
        }
        let needed = u64::try_from(needed).unwrap_or(u64::MAX);
        let what = "a checksum of all samples".to_owned();
        Err(CogError::TooLarge { path: self.path().to_path_buf(), what, needed, allowed: MAX_BYTES })
    }

    /// Windows that follow each other as samples do: rows of blocks from the top down, or less where that would be too
    /// much, down to parts of one row.
    fn pieces(&self, level: usize, bands: usize) -> Result<impl Iterator<Item = PixelWindow>, CogError> {
        let level = self.levels().get(level);
        let (width, height, block_height) =
            level.map_or((0, 0, 0), |level| (level.width, level.height, level.block_height));
        let sample_bytes = level.map_or(Ok(1), |level| Ok(level.layout()?.sample_type.bytes() as u64))?;
        let affordable = PIECE_BYTES / (bands.max(1) as u64).saturating_mul(sample_bytes).max(1);
        let affordable = u32::try_from(affordable).unwrap_or(u32::MAX).max(1);
        let rows = (affordable / width.max(1)).clamp(1, block_height.max(1));
        let columns = move |(row, rows)| pieces_of(width, affordable).map(move |(col, width)| (col, row, width, rows));
        let parts = pieces_of(height, rows).flat_map(columns);
        Ok(parts.filter_map(|(col, row, width, rows)| PixelWindow::new(col, row, width, rows)))
    }
}

/// First index and length of the pieces of `total`, each of `length` but for the last.
fn pieces_of(total: u32, length: u32) -> impl Iterator<Item = (u32, u32)> {
    let step = usize::try_from(length.max(1)).unwrap_or(usize::MAX);
    (0..total).step_by(step).map(move |first| (first, length.min(total - first)))
}

#[expect(clippy::cast_possible_truncation, reason = "GDAL rounds 32-bit complex integers like this")]
fn extend_as_floats(plane: &Samples, out: &mut Vec<u8>) {
    let parts = (0..plane.len()).filter_map(|index| plane.complex(index)).flatten();
    parts.for_each(|part| out.extend_from_slice(&(part as f32).to_le_bytes()));
}
