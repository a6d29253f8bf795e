//! From the source to encoded blocks of all levels, in one pass and bounded memory.
//!
//! The full resolution is read a row of blocks at a time, in pieces of some blocks side by side. Each piece is encoded and
//! makes the pixels of the next level that it can; these gather in a strip as wide as that level, which is encoded and
//! reduced in turn once a row of its blocks is complete. So a strip of some 512 rows of each level is all that is held.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::axis::Axis;
use super::options::OverviewResampling;
use super::piece::Piece;
use super::plan::{LevelPlan, Plan};
use super::reduce::{Part, Reduction};
use super::source::{SourceReader, is_filled_with};
use super::{ConvertError, Watch};
use crate::cog::fill_nodata;
use crate::cog::write::{BlockEncoder, BlockRecord, BlockStore, Codec, WriteError};
use crate::cog::{Level, Predictor};
use crate::raster::Samples;

/// Bytes of a piece, if that is some blocks.
const PIECE_BYTES: u64 = 24 << 20;
/// Bytes of a piece of source blocks that are too wide to be read in parts.
const MAX_PIECE_BYTES: u64 = 1 << 30;
/// Source blocks wider than this part of the image are read whole: else they would be decoded again and again.
const WIDE_BLOCK: u32 = 4;
/// Rows above a piece that some kernel needs.
const ROWS_AROUND: u32 = 8;
/// Level of Deflate for masks.
const MASK_LEVEL: i32 = 6;

/// Makes all blocks of a file.
pub(super) struct Pyramid<'a> {
    plan: &'a Plan,
    reader: SourceReader<'a>,
    store: &'a mut BlockStore,
    levels: Vec<Building>,
    /// What a block is full of that need not be stored, for each plane; `None` if all are stored.
    blank: Option<Vec<Samples>>,
    /// Blocks of the full resolution that are read at once, side by side.
    blocks_at_once: u32,
}

/// A level while it is made.
struct Building {
    plan: LevelPlan,
    /// How it is made of a finer one; `None` for the full resolution.
    reduction: Option<Reduction>,
    /// The last rows that were made, as wide as the level.
    strip: Piece,
    /// Rows that were made so far, from the top.
    rows_made: u32,
    /// Rows that were encoded so far, from the top.
    rows_encoded: u32,
    records: Vec<BlockRecord>,
}

impl<'a> Pyramid<'a> {
    pub(super) fn new(plan: &'a Plan, reader: SourceReader<'a>, level: &Level, store: &'a mut BlockStore) -> Self {
        let building = |(index, level): (usize, &LevelPlan)| {
            // Nearest takes pixels of the full resolution itself: taken level by level they could move sideways.
            let source = match plan.resampling {
                OverviewResampling::Nearest => 0,
                _ => index.saturating_sub(1),
            };
            let reduction = plan.levels.get(source).filter(|_| index > 0).map(|source| {
                let axes = |method| {
                    [Axis::new(source.width, level.width, method), Axis::new(source.height, level.height, method)]
                };
                let [columns, rows] = axes(plan.resampling);
                Reduction {
                    columns,
                    rows,
                    covered: axes(OverviewResampling::Average),
                    method: plan.resampling,
                    nodata: plan.nodata.as_ref().map(|(value, _)| *value),
                    has_alpha: plan.has_alpha,
                }
            });
            let width = if index > 0 { level.width } else { 0 };
            let strip = Piece::zeros([0, 0, width, 0], plan.sample_type, plan.samples(), plan.has_mask());
            Building { plan: *level, reduction, strip, rows_made: 0, rows_encoded: 0, records: Vec::new() }
        };
        let levels = plan.levels.iter().enumerate().map(building).collect();
        Self { plan, reader, store, levels, blank: blank(plan), blocks_at_once: blocks_at_once(plan, level) }
    }

    /// Makes and stores everything; returns the records of each level. `watch` is told the share that is done.
    pub(super) fn run(mut self, watch: Watch<'_>) -> Result<Vec<Vec<BlockRecord>>, ConvertError> {
        let Some(full) = self.levels.first().map(|level| level.plan) else { return Ok(Vec::new()) };
        let block_height = self.plan.block_height;
        let mut above: Option<Piece> = None;
        for row in (0..full.height).step_by(block_height.max(1) as usize) {
            let height = block_height.min(full.height - row);
            self.make_room(row + height);
            let mut below = self.tail(row + height, full.width);
            let mut left: Option<Piece> = None;
            let step = full.block_width.saturating_mul(self.blocks_at_once).max(1);
            for col in (0..full.width).step_by(step as usize) {
                let piece = self.reader.read([col, row, step.min(full.width - col), height])?;
                self.encode(0, &piece, row)?;
                if self.levels.len() > 1 {
                    left = self.reduce_piece(&piece, above.as_ref(), left.as_ref());
                    if let Some(below) = &mut below {
                        below.paste(&piece);
                    }
                }
                let rows_done = f64::from(row) + f64::from(height) * f64::from(piece.col_end()) / f64::from(full.width);
                if watch(rows_done / f64::from(full.height)) == ControlFlow::Break(()) {
                    return Err(ConvertError::Cancelled { path: self.store.target().to_path_buf() });
                }
            }
            above = below;
            self.finish_rows(row + height)?;
        }
        Ok(self.levels.into_iter().map(|level| level.records).collect())
    }

    /// Levels that are made of the full resolution itself.
    fn targets(&self) -> std::ops::Range<usize> {
        match self.plan.resampling {
            OverviewResampling::Nearest => 1..self.levels.len(),
            _ => 1..self.levels.len().min(2),
        }
    }

    /// Makes the strips long enough for what the full resolution down to `row_end` gives.
    fn make_room(&mut self, row_end: u32) {
        for index in self.targets() {
            let Some(level) = self.levels.get_mut(index) else { continue };
            let Some(reduction) = &level.reduction else { continue };
            let ready = reduction.rows.ready(row_end);
            level.strip.resize_to(ready.max(level.strip.row));
        }
    }

    /// An empty piece for the last rows before `row_end` that later pixels are also made of.
    fn tail(&self, row_end: u32, width: u32) -> Option<Piece> {
        let needed = self.targets().filter_map(|index| self.levels.get(index)?.reduction.as_ref());
        let first = needed.map(|reduction| reduction.rows.needed_from(reduction.rows.ready(row_end), row_end)).min()?;
        (first < row_end).then(|| {
            let place = [0, first, width, row_end - first];
            Piece::zeros(place, self.plan.sample_type, self.plan.samples(), self.plan.has_mask())
        })
    }

    /// Makes what can be made of a piece of the full resolution, of what lies above it and of what lies left of it. Returns
    /// the columns that the piece to the right needs, too.
    fn reduce_piece(&mut self, piece: &Piece, above: Option<&Piece>, left: Option<&Piece>) -> Option<Piece> {
        let mut together = None;
        let col = left.map_or(piece.col, |left| left.col.min(piece.col));
        let row = above.map_or(piece.row, |above| above.row.min(piece.row));
        if (col, row) != (piece.col, piece.row) {
            let place = [col, row, piece.col_end() - col, piece.row_end() - row];
            let mut all = Piece::zeros(place, self.plan.sample_type, self.plan.samples(), self.plan.has_mask());
            for part in above.into_iter().chain(left).chain([piece]) {
                all.paste(part);
            }
            together = Some(all);
        }
        let source = together.as_ref().unwrap_or(piece);
        let mut next_left = piece.col_end();
        for index in self.targets() {
            let Some(Building { reduction: Some(reduction), strip, .. }) = self.levels.get_mut(index) else { continue };
            let (columns, rows) = (&reduction.columns, &reduction.rows);
            let [col, col_end] = [piece.col, piece.col_end()].map(|col| columns.ready(col));
            let [row, row_end] = [piece.row, piece.row_end()].map(|row| rows.ready(row));
            let part = Part { col, row, width: col_end - col, height: row_end - row };
            reduction.run(source, strip, part);
            next_left = next_left.min(columns.needed_from(col_end, piece.col_end()));
        }
        (next_left < piece.col_end()).then(|| {
            let place = [next_left, source.row, piece.col_end() - next_left, source.height];
            let mut left = Piece::zeros(place, self.plan.sample_type, self.plan.samples(), self.plan.has_mask());
            left.paste(source);
            left
        })
    }

    /// Encodes and reduces what is complete of the overviews once the full resolution is read down to `row_end`.
    fn finish_rows(&mut self, row_end: u32) -> Result<(), ConvertError> {
        for index in self.targets() {
            if let Some(Building { reduction: Some(reduction), rows_made, .. }) = self.levels.get_mut(index) {
                *rows_made = reduction.rows.ready(row_end);
            }
        }
        for index in 1..self.levels.len() {
            self.encode_complete(index)?;
            let cascades = self.plan.resampling != OverviewResampling::Nearest;
            let (finer, coarser) = self.levels.split_at_mut(index + 1);
            let Some(level) = finer.last_mut() else { continue };
            let mut keep_from = level.rows_encoded;
            if let (true, Some(next)) = (cascades, coarser.first_mut()) {
                keep_from = keep_from.min(next.take_from(level));
            }
            level.strip.drop_rows_before(keep_from);
        }
        Ok(())
    }

    fn encode_complete(&mut self, index: usize) -> Result<(), ConvertError> {
        let block_height = self.plan.block_height;
        while let Some(level) = self.levels.get_mut(index) {
            let row = level.rows_encoded;
            let row_end = row.saturating_add(block_height).min(level.plan.height);
            if row >= level.plan.height || level.rows_made < row_end {
                break;
            }
            level.rows_encoded = row_end;
            let strip = std::mem::replace(&mut level.strip, Piece::zeros([0; 4], self.plan.sample_type, 0, false));
            let encoded = self.encode(index, &strip, row);
            if let Some(level) = self.levels.get_mut(index) {
                level.strip = strip;
            }
            encoded?;
        }
        Ok(())
    }

    /// Encodes the row of blocks of a level that begins at `row`, as far as the piece goes.
    fn encode(&mut self, index: usize, piece: &Piece, row: u32) -> Result<(), ConvertError> {
        let Some(level) = self.levels.get_mut(index) else { return Ok(()) };
        let width = level.plan.block_width.max(1);
        let blocks = Blocks { plan: self.plan, level: level.plan, blank: self.blank.as_deref(), piece, row };
        let columns: Vec<u32> = (piece.col..piece.col_end()).step_by(width as usize).collect();
        let at_once = usize::try_from(self.blocks_at_once).unwrap_or(1).max(rayon::current_num_threads());
        for columns in columns.chunks(at_once) {
            let encoded: Vec<Encoded> =
                columns.par_iter().map(|&col| blocks.encode(col)).collect::<Result<_, WriteError>>()?;
            for Encoded { data, mask } in encoded {
                level.records.push(self.store.append(&data, &mask)?);
            }
        }
        Ok(())
    }
}

impl Building {
    /// Makes all rows that can be made of the finer level; returns the first row of that which is still needed.
    fn take_from(&mut self, finer: &Self) -> u32 {
        let Some(reduction) = &self.reduction else { return finer.rows_made };
        let ready = reduction.rows.ready(finer.rows_made);
        if ready > self.rows_made {
            self.strip.resize_to(ready);
            let part = Part { col: 0, row: self.rows_made, width: self.plan.width, height: ready - self.rows_made };
            reduction.run(&finer.strip, &mut self.strip, part);
            self.rows_made = ready;
        }
        reduction.rows.needed_from(ready, finer.rows_made)
    }
}

/// Stored bytes of a block and of its mask; empty where nothing need be stored.
struct Encoded {
    data: Vec<u8>,
    mask: Vec<u8>,
}

/// Blocks of one row of a level.
struct Blocks<'a> {
    plan: &'a Plan,
    level: LevelPlan,
    blank: Option<&'a [Samples]>,
    piece: &'a Piece,
    row: u32,
}

impl Blocks<'_> {
    fn encode(&self, col: u32) -> Result<Encoded, WriteError> {
        let (width, height) = (self.level.block_width, self.plan.block_height);
        let mut block = self.piece.block(col, self.row, width, height);
        let is_blank = self
            .blank
            .is_some_and(|blank| block.planes.iter().zip(blank).all(|(plane, value)| is_filled_with(plane, value)));
        let data = if is_blank { Vec::new() } else { self.plan.encoder(&self.level).encode(&block.planes)? };
        let mask = match block.mask.take().filter(|mask| mask.contains(&255)) {
            Some(mask) => mask_encoder(width).encode(&[Samples::U8(mask)])?,
            None => Vec::new(),
        };
        Ok(Encoded { data, mask })
    }
}

/// Masks have a bit a pixel.
fn mask_encoder(width: u32) -> BlockEncoder {
    BlockEncoder { codec: Codec::Deflate { level: MASK_LEVEL }, predictor: Predictor::None, bits: 1, width }
}

/// The value that readers take for samples that are not stored, for each plane: nodata, else 0.
fn blank(plan: &Plan) -> Option<Vec<Samples>> {
    let mut value = Samples::zeros(plan.sample_type, 1);
    fill_nodata(&mut value, plan.nodata.as_ref().map(|(value, _)| *value));
    let zero = Samples::zeros(plan.sample_type, 1);
    // Readers differ in what alpha is then.
    let is_clear = !plan.has_alpha || is_filled_with(&value, &zero);
    is_clear.then(|| vec![value; plan.samples()])
}

/// Bytes that are held at once, about: a piece twice (with what lies around it), the rows that the next piece needs too, and of each
/// overview the rows of its blocks that are being made.
pub(super) fn memory_bytes(plan: &Plan, source: &Level) -> u64 {
    let bytes = |width: u64, rows: u32| width.saturating_mul(u64::from(rows)).saturating_mul(plan.pixel_bytes());
    let Some((full, overviews)) = plan.levels.split_first() else { return 0 };
    let side_by_side = u64::from(blocks_at_once(plan, source)) * u64::from(full.block_width);
    let piece = bytes(side_by_side.min(u64::from(full.width)), plan.block_height.min(full.height));
    let around = bytes(u64::from(full.width), plan.block_height.min(full.height).min(ROWS_AROUND));
    let strips = overviews.iter().map(|level| {
        bytes(u64::from(level.width), level.height.min(plan.block_height.saturating_add(plan.block_height / 2)))
    });
    strips.fold((2 * piece).saturating_add(around), u64::saturating_add)
}

/// How many blocks side by side make a piece: some tens of MiB, and all threads busy.
fn blocks_at_once(plan: &Plan, source: &Level) -> u32 {
    let Some(full) = plan.levels.first() else { return 1 };
    let all = full.width.div_ceil(full.block_width.max(1));
    let block_bytes = u64::from(full.block_width) * u64::from(plan.block_height) * plan.pixel_bytes();
    let is_affordable = u64::from(all).saturating_mul(block_bytes) <= MAX_PIECE_BYTES;
    if source.block_width >= full.width.div_ceil(WIDE_BLOCK) && is_affordable {
        return all;
    }
    let affordable = u32::try_from(PIECE_BYTES / block_bytes.max(1)).unwrap_or(u32::MAX);
    let busy = u32::try_from(2 * rayon::current_num_threads()).unwrap_or(u32::MAX);
    // Blocks of the source that are wider should not be cut.
    let wide = source.block_width.div_ceil(full.block_width.max(1));
    affordable.max(busy).min(all).next_multiple_of(wide.max(1))
}
