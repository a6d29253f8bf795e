//! Pieces of the source's full resolution: blocks decoded side by side, each once, put together.

use std::sync::Arc;

use rayon::prelude::*;

use super::ConvertError;
use super::piece::{Piece, Place, copy_rect, copy_rows, with_same_type};
use super::plan::{MaskSources, Plan};
use crate::cog::{Block, BlockCache, BlockPosition, Cog, Layout, Level, fill_nodata, keep_nodata, load_block};
use crate::raster::{Sample, Samples, with_samples};

/// Memory for decoded blocks that are needed for one piece only.
const SMALL_CACHE_BYTES: u64 = 16 << 20;
/// Memory for decoded blocks that are higher than a row of new blocks, and needed for several.
const LARGE_CACHE_BYTES: u64 = 512 << 20;

/// Reads pieces of what is converted.
#[derive(Debug)]
pub(super) struct SourceReader<'a> {
    level: &'a Level,
    layout: Layout,
    mask: Option<(&'a Level, Layout)>,
    plan: &'a Plan,
    /// What blocks that were never written are filled with, for each plane of the new file.
    missing: Vec<Samples>,
    cache: BlockCache,
}

impl<'a> SourceReader<'a> {
    pub(super) fn new(source: &'a Cog, level: &'a Level, plan: &'a Plan) -> Result<Self, ConvertError> {
        let layout = level.layout()?;
        let mask_level = level.mask.as_deref().filter(|_| plan.mask.contains(MaskSources::LEVEL));
        let mask = mask_level.map(|mask| mask.layout().map(|layout| (mask, layout))).transpose()?;
        let row_of_pixels = level.block_width as usize;
        let missing = plan.read_planes.iter().map(|&plane| {
            let mut samples = Samples::zeros(layout.sample_type, row_of_pixels);
            fill_nodata(&mut samples, source.bands().get(plane).and_then(|band| band.nodata));
            samples
        });
        let missing = missing.collect();
        let cache = BlockCache::new(cache_bytes(level, &layout, plan));
        Ok(Self { level, layout, mask, plan, missing, cache })
    }

    /// The pixels from column and row `col`, `row` on.
    pub(super) fn read(&self, [col, row, width, height]: [u32; 4]) -> Result<Piece, ConvertError> {
        let place = [col, row, width, height];
        let sample_type = self.layout.sample_type;
        let planes = self.plan.read_planes.len();
        let mut piece = Piece::zeros(place, sample_type, planes, self.mask.is_some());
        self.read_planes(&mut piece)?;
        if let (Some((level, layout)), Some(mut mask)) = (self.mask, piece.mask.take()) {
            self.read_mask(level, &layout, place, &mut mask)?;
            piece.mask = Some(mask);
        }
        self.complete_mask(&mut piece);
        Ok(piece)
    }

    fn read_planes(&self, piece: &mut Piece) -> Result<(), ConvertError> {
        let place = [piece.col, piece.row, piece.width, piece.height];
        // Planes that share blocks are read together, others one by one.
        let apart = self.layout.is_apart;
        let groups: Vec<(u16, Vec<(usize, usize)>)> = if apart {
            let plane_of =
                |(target, &plane): (usize, &usize)| (u16::try_from(plane).unwrap_or(u16::MAX), vec![(0, target)]);
            self.plan.read_planes.iter().enumerate().map(plane_of).collect()
        } else {
            vec![(0, self.plan.read_planes.iter().enumerate().map(|(target, &plane)| (plane, target)).collect())]
        };
        let wanted: Vec<(BlockPosition, &[(usize, usize)])> = groups
            .iter()
            .flat_map(|(plane, pairs)| {
                positions(self.level, place, *plane).map(|position| (position, pairs.as_slice()))
            })
            .collect();
        let blocks: Vec<Arc<Block>> = wanted
            .par_iter()
            .map(|(position, _)| load_block(self.level, &self.layout, *position, &self.cache))
            .collect::<Result<_, _>>()?;
        let sources: Vec<_> = wanted.iter().zip(&blocks).collect();
        piece.planes.par_iter_mut().enumerate().for_each(|(index, target)| {
            for ((position, pairs), block) in &sources {
                let Some((plane, _)) = pairs.iter().find(|(_, target)| *target == index) else { continue };
                let Some(shared) = Shared::of(self.level, *position, place) else { continue };
                match (block.planes().get(*plane), self.missing.get(index)) {
                    (Some(source), _) => copy_rect(source, shared.from, target, shared.to, shared.size),
                    // One row does for all.
                    (None, Some(row)) => {
                        copy_rect(row, Place { stride: 0, row: 0, ..shared.from }, target, shared.to, shared.size);
                    }
                    (None, None) => {}
                }
            }
        });
        Ok(())
    }

    /// Fills `mask` with 255 where the mask's own samples are not 0.
    fn read_mask(&self, level: &Level, layout: &Layout, place: [u32; 4], mask: &mut [u8]) -> Result<(), ConvertError> {
        let positions: Vec<BlockPosition> = positions(level, place, 0).collect();
        let blocks: Vec<Arc<Block>> = positions
            .par_iter()
            .map(|position| load_block(level, layout, *position, &self.cache))
            .collect::<Result<_, _>>()?;
        for (position, block) in positions.iter().zip(&blocks) {
            let (Some(plane), Some(shared)) = (block.planes().first(), Shared::of(level, *position, place)) else {
                continue;
            };
            let valid: Vec<u8> = with_samples!(plane, plane => plane.iter().map(|sample| if sample.real() == 0.0 { 0 } else { 255 }).collect());
            copy_rows(&valid, shared.from, mask, shared.to, shared.size);
        }
        Ok(())
    }

    /// Puts alpha and nodata into the mask where the new file says with it what the source says otherwise, and leaves out
    /// planes that are not written.
    fn complete_mask(&self, piece: &mut Piece) {
        let sources = self.plan.mask;
        if sources.is_empty() {
            return;
        }
        let pixels = piece.width as usize * piece.height as usize;
        let mut mask = piece.mask.take().unwrap_or_else(|| vec![255; pixels]);
        if sources.contains(MaskSources::ALPHA)
            && let Some(alpha) = piece.planes.pop()
        {
            with_samples!(&alpha, alpha => mask_where(&mut mask, alpha, |sample| sample.real() == 0.0));
        }
        if sources.contains(MaskSources::NODATA) {
            let mut all = vec![1; pixels];
            for plane in &piece.planes {
                keep_nodata(plane, self.plan.mask_nodata, &mut all);
            }
            mask_where(&mut mask, &all, |flag| *flag == 1);
        }
        piece.mask = Some(mask);
    }
}

fn mask_where<T>(mask: &mut [u8], samples: &[T], is_invalid: impl Fn(&T) -> bool) {
    for (mask, sample) in mask.iter_mut().zip(samples) {
        if is_invalid(sample) {
            *mask = 0;
        }
    }
}

/// Whether every sample of a plane has the bits of the one sample of `value`.
pub(super) fn is_filled_with(plane: &Samples, value: &Samples) -> bool {
    let mut is_filled = false;
    with_same_type!(plane, value, (plane, value) => {
        is_filled = value.first().is_some_and(|value| plane.iter().all(|sample| has_same_bits(*sample, *value)));
    });
    is_filled
}

/// 0 and -0 are different bits, and so are two NaNs.
fn has_same_bits<T: Sample>(a: T, b: T) -> bool {
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
    (a == b || a.is_nan()) && same(a.real(), b.real()) && same(a.imaginary(), b.imaginary())
}

/// Blocks that are needed again for the next row of new blocks stay, if they are not too large.
fn cache_bytes(level: &Level, layout: &Layout, plan: &Plan) -> u64 {
    let fits = plan.block_height.is_multiple_of(level.block_height.max(1));
    if fits {
        return SMALL_CACHE_BYTES;
    }
    let samples = (plan.read_planes.len() + 1) as u64 * layout.sample_type.bytes() as u64;
    let row_of_blocks = u64::from(level.width) * u64::from(level.block_height) * samples;
    (row_of_blocks + row_of_blocks / 4).clamp(SMALL_CACHE_BYTES, LARGE_CACHE_BYTES)
}

/// Positions of the blocks that a rectangle touches, row by row.
fn positions(level: &Level, [col, row, width, height]: [u32; 4], plane: u16) -> impl Iterator<Item = BlockPosition> {
    let (block_width, block_height) = (level.block_width.max(1), level.block_height.max(1));
    let columns = col / block_width..(col + width).div_ceil(block_width);
    let rows = row / block_height..(row + height).div_ceil(block_height);
    rows.flat_map(move |row| columns.clone().map(move |column| BlockPosition { column, row, plane }))
}

/// What a block and a rectangle have in common.
struct Shared {
    from: Place,
    to: Place,
    size: [usize; 2],
}

impl Shared {
    fn of(level: &Level, position: BlockPosition, [col, row, width, height]: [u32; 4]) -> Option<Self> {
        let block_col = position.column.checked_mul(level.block_width)?;
        let block_row = position.row.checked_mul(level.block_height)?;
        let first_col = col.max(block_col);
        let first_row = row.max(block_row);
        let columns = (col + width).min(block_col.saturating_add(level.block_width)).checked_sub(first_col)?;
        let block_rows = level.block_rows(position.row);
        let rows = (row + height).min(block_row.saturating_add(block_rows)).checked_sub(first_row)?;
        let place = |from_col: u32, from_row: u32, stride: u32| Place {
            col: (first_col - from_col) as usize,
            row: (first_row - from_row) as usize,
            stride: stride as usize,
        };
        Some(Self {
            from: place(block_col, block_row, level.block_width),
            to: place(col, row, width),
            size: [columns as usize, rows as usize],
        })
    }
}
