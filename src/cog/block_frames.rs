//! What GDAL's COG driver promises of blocks: row by row, each between its length and its last bytes repeated, the block of
//! the mask right behind that of the imagery.

use super::file::ByteRange;
use super::level::Level;

/// Blocks at the beginning and at the end of a level that are looked at.
const BLOCKS: u64 = 512;
/// Bytes of the length before a block, and of the repetition after it.
const LEADER_BYTES: u64 = 4;
const TRAILER_BYTES: u64 = 4;

/// What a mark says of the blocks of its file.
#[expect(clippy::struct_excessive_bools, reason = "each is a promise of its own")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Promises {
    row_by_row: bool,
    leader: bool,
    trailer: bool,
    mask_behind: bool,
}

impl Promises {
    /// From the text of the mark.
    pub(crate) fn of(mark: &str) -> Self {
        Self {
            row_by_row: mark.contains("BLOCK_ORDER=ROW_MAJOR"),
            leader: mark.contains("BLOCK_LEADER=SIZE_AS_UINT4"),
            trailer: mark.contains("BLOCK_TRAILER=LAST_4_BYTES_REPEATED"),
            mask_behind: mark.contains("MASK_INTERLEAVED_WITH_IMAGERY=YES"),
        }
    }
}

/// The first promise that a level breaks, in words. Of large levels the first and the last blocks are looked at.
pub(crate) fn first_broken(level: &Level, promises: Promises) -> Option<String> {
    if promises == Promises::default() {
        return None;
    }
    let count = u64::from(level.blocks_across()) * u64::from(level.blocks_down());
    let parts = ends(count);
    let mask = level.mask.as_deref().filter(|mask| mask.path() == level.path());
    let own = parts.clone().into_iter().find_map(|part| broken_in(level, mask, part, promises));
    own.or_else(|| {
        let promises = Promises { mask_behind: false, ..promises };
        let of_mask = mask.and_then(|mask| parts.into_iter().find_map(|part| broken_in(mask, None, part, promises)));
        of_mask.map(|broken| format!("mask: {broken}"))
    })
}

/// The first and the last of so many blocks.
fn ends(count: u64) -> [std::ops::Range<u64>; 2] {
    [0..count.min(BLOCKS), count.saturating_sub(BLOCKS).max(BLOCKS.min(count))..count]
}

/// Those of the first and the last blocks of a level that lie beyond the end of its file: number and place.
pub(crate) fn beyond_end(level: &Level) -> impl Iterator<Item = (u64, ByteRange)> {
    let blocks = ends(level.block_count()).into_iter().flatten();
    let place = |block| Some((block, level.blocks.range(&level.file, block).ok()??));
    let is_beyond = |(_, range): &(u64, ByteRange)| range.end().is_none_or(|end| end > level.file.bytes());
    blocks.filter_map(place).filter(is_beyond)
}

fn broken_in(level: &Level, mask: Option<&Level>, blocks: std::ops::Range<u64>, promises: Promises) -> Option<String> {
    let same_blocks = |mask: &&Level| (mask.block_width, mask.block_height) == (level.block_width, level.block_height);
    let mut previous = 0;
    for index in blocks {
        let range = level.blocks.range(&level.file, index).ok()?;
        let mask_range = mask.filter(same_blocks).filter(|_| promises.mask_behind);
        let mask_range = mask_range.and_then(|mask| mask.blocks.range(&mask.file, index).ok().flatten());
        let Some(range) = range else {
            previous = mask_range.map_or(previous, |range| range.offset);
            continue;
        };
        if promises.row_by_row && range.offset < previous {
            return Some(format!("block {index} does not lie behind the one before it"));
        }
        if promises.leader && !has_leader(level, range) {
            return Some(format!("block {index} does not begin with its length"));
        }
        if promises.trailer && !has_trailer(level, range) {
            return Some(format!("block {index} does not end with its last bytes repeated"));
        }
        if let Some(mask_range) = mask_range {
            let trailer = if promises.trailer { TRAILER_BYTES } else { 0 };
            let leader = if promises.leader { LEADER_BYTES } else { 0 };
            if range.end() != mask_range.offset.checked_sub(trailer + leader) {
                return Some(format!("the mask of block {index} does not lie right behind it"));
            }
        }
        previous = range.offset;
    }
    None
}

fn has_leader(level: &Level, range: ByteRange) -> bool {
    let mut leader = [0; 4];
    let at = range.offset.checked_sub(LEADER_BYTES);
    at.is_some_and(|at| level.file.read_exact_at(&mut leader, at).is_ok())
        && u64::from(u32::from_le_bytes(leader)) == range.length
}

fn has_trailer(level: &Level, range: ByteRange) -> bool {
    let mut end = [0; 8];
    let Some(at) = range.end().and_then(|end| end.checked_sub(TRAILER_BYTES)) else { return false };
    // Blocks shorter than what is repeated have no rule.
    range.length < TRAILER_BYTES || (level.file.read_exact_at(&mut end, at).is_ok() && end[..4] == end[4..])
}
