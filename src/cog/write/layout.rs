//! The layout of a COG, as GDAL's driver writes it: header, what is promised of the order of data, all directories, then the
//! blocks of the coarsest overview first and those of the full resolution last, row by row.
//!
//! Each block stands between its length and its last four bytes repeated; the block of the mask follows that of the imagery.

use std::fs::File;
use std::io::Write;

use super::WriteError;
use super::store::{BlockRecord, BlockStore, LEADER_BYTES};
use super::tag::OwnedTag;

/// What is promised of the order of data. The blank is room for the longer word that replaces `NO` once that is broken.
const PROMISE: &str = "LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n\
    BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n ";
const PROMISE_OF_MASKS: &str = "MASK_INTERLEAVED_WITH_IMAGERY=YES\n";
const TILE_OFFSETS: u16 = 324;
const TILE_BYTE_COUNTS: u16 = 325;

/// One level: the tags of its directory and of that of its mask, but for those that tell where tiles are, and its blocks
/// in the order of the grid.
#[derive(Debug)]
pub(crate) struct LevelBlocks {
    pub(crate) tags: Vec<OwnedTag>,
    pub(crate) mask_tags: Option<Vec<OwnedTag>>,
    pub(crate) records: Vec<BlockRecord>,
}

/// Writes the file; `levels` from the full resolution to the coarsest. `copied` is told the share of blocks that are in
/// place. Returns the number of bytes.
pub(crate) fn write(
    levels: &[LevelBlocks],
    store: &mut BlockStore,
    out: &mut File,
    path: &std::path::Path,
    mut copied: impl FnMut(f64) -> Result<(), WriteError>,
) -> Result<u64, WriteError> {
    let data_bytes: u64 = levels.iter().flat_map(|level| &level.records).map(|record| record.framed()).sum();
    let classic_head = head(levels, false);
    let big = (classic_head.len() as u64).saturating_add(data_bytes) > u64::from(u32::MAX);
    let head = if big { head(levels, true) } else { classic_head };
    let failed = |source| WriteError::io(path, source);
    out.write_all(&head).map_err(failed)?;
    store.finish()?;
    let mut done = 0;
    for level in levels.iter().rev() {
        for run in runs(&level.records) {
            store.copy(run.position, run.length, out)?;
            done += run.length;
            copied(done as f64 / data_bytes.max(1) as f64)?;
        }
    }
    out.flush().map_err(failed)?;
    Ok(head.len() as u64 + data_bytes)
}

/// Bytes that follow each other in the store and in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    position: u64,
    length: u64,
}

/// Most bytes of a run, so that progress is told now and then.
const RUN_BYTES: u64 = 64 << 20;

fn runs(records: &[BlockRecord]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for record in records.iter().filter(|record| record.framed() > 0) {
        match runs.last_mut() {
            Some(run) if run.position + run.length == record.position && run.length < RUN_BYTES => {
                run.length += record.framed();
            }
            _ => runs.push(Run { position: record.position, length: record.framed() }),
        }
    }
    runs
}

/// Everything before the data.
fn head(levels: &[LevelBlocks], big: bool) -> Vec<u8> {
    let has_masks = levels.iter().any(|level| level.mask_tags.is_some());
    let promise = format!("{PROMISE}{}", if has_masks { PROMISE_OF_MASKS } else { "" });
    let ghost = format!("GDAL_STRUCTURAL_METADATA_SIZE={:06} bytes\n{promise}", promise.len());
    let header_bytes = if big { 16 } else { 8 };
    let first_directory = (header_bytes + ghost.len()).next_multiple_of(2);

    // The sizes of the directories don't depend on where the data are.
    let placed = |data_start: u64| -> Vec<Vec<OwnedTag>> { directories(levels, data_start, big) };
    let unplaced = placed(0);
    let sizes: Vec<usize> = unplaced.iter().map(|tags| directory_bytes(tags, big)).collect();
    let data_start = first_directory + sizes.iter().sum::<usize>();

    let mut out = Vec::with_capacity(data_start);
    out.extend_from_slice(b"II");
    if big {
        out.extend_from_slice(&[43, 0, 8, 0, 0, 0]);
        out.extend_from_slice(&(first_directory as u64).to_le_bytes());
    } else {
        out.extend_from_slice(&[42, 0]);
        out.extend_from_slice(&offset(first_directory, false));
    }
    out.extend_from_slice(ghost.as_bytes());
    out.resize(first_directory, 0);
    let mut rest = placed(data_start as u64).into_iter().zip(sizes).peekable();
    while let Some((tags, size)) = rest.next() {
        let next = if rest.peek().is_some() { out.len() + size } else { 0 };
        write_directory(&tags, next, big, &mut out);
    }
    out
}

/// The tags of all directories: the image, its mask, the overviews, their masks.
fn directories(levels: &[LevelBlocks], data_start: u64, big: bool) -> Vec<Vec<OwnedTag>> {
    let mut starts = vec![0; levels.len()];
    let mut position = data_start;
    for (start, level) in starts.iter_mut().zip(levels).rev() {
        *start = position;
        position += level.records.iter().map(|record| record.framed()).sum::<u64>();
    }
    let (mut images, mut masks) = (Vec::new(), Vec::new());
    for (level, start) in levels.iter().zip(starts) {
        let places = |of_mask: bool| {
            let mut position = start;
            level.records.iter().map(move |record| {
                let at = position + LEADER_BYTES + if of_mask { record.framed_data() } else { 0 };
                position += record.framed();
                let bytes = if of_mask { record.mask_bytes } else { record.data_bytes };
                if bytes == 0 { (0, 0) } else { (at, bytes) }
            })
        };
        let with_places = |tags: &[OwnedTag], of_mask: bool| {
            let mut tags = tags.to_vec();
            tags.push(OwnedTag::offsets(TILE_OFFSETS, places(of_mask).map(|(at, _)| at), big));
            let counts: Vec<u32> = places(of_mask).map(|(_, bytes)| bytes).collect();
            tags.push(OwnedTag::longs(TILE_BYTE_COUNTS, &counts));
            tags.sort_by_key(|tag| tag.tag);
            tags
        };
        images.push(with_places(&level.tags, false));
        masks.push(level.mask_tags.as_deref().map(|tags| with_places(tags, true)));
    }
    let mut masks = masks.into_iter();
    let mask_of_image = masks.next().flatten();
    let mut images = images.into_iter();
    images.next().into_iter().chain(mask_of_image).chain(images).chain(masks.flatten()).collect()
}

/// Bytes of a directory with the values that it points to.
fn directory_bytes(tags: &[OwnedTag], big: bool) -> usize {
    let (count_bytes, entry_bytes, word) = sizes(big);
    let outside = tags.iter().map(|tag| tag.bytes.len()).filter(|&bytes| bytes > word);
    count_bytes + entry_bytes * tags.len() + word + outside.map(|bytes| bytes.next_multiple_of(2)).sum::<usize>()
}

/// Bytes of the number of entries, of an entry, and of an offset.
fn sizes(big: bool) -> (usize, usize, usize) {
    if big { (8, 20, 8) } else { (2, 12, 4) }
}

fn write_directory(tags: &[OwnedTag], next: usize, big: bool, out: &mut Vec<u8>) {
    let (count_bytes, entry_bytes, word) = sizes(big);
    let count = (tags.len() as u64).to_le_bytes();
    out.extend_from_slice(count.get(..count_bytes).unwrap_or(&count));
    let mut outside_at = out.len() + entry_bytes * tags.len() + word;
    let mut outside = Vec::new();
    for tag in tags {
        out.extend_from_slice(&tag.tag.to_le_bytes());
        out.extend_from_slice(&tag.kind.to_le_bytes());
        let count = tag.count.to_le_bytes();
        out.extend_from_slice(count.get(..word).unwrap_or(&count));
        if tag.bytes.len() <= word {
            let end = out.len() + word;
            out.extend_from_slice(&tag.bytes);
            out.resize(end, 0);
        } else {
            out.extend_from_slice(&offset(outside_at, big));
            outside.extend_from_slice(&tag.bytes);
            outside.resize(outside.len().next_multiple_of(2), 0);
            outside_at += tag.bytes.len().next_multiple_of(2);
        }
    }
    out.extend_from_slice(&offset(next, big));
    out.append(&mut outside);
}

/// A position in the file; only files that are not `big` enough for more have 32 bits.
fn offset(position: usize, big: bool) -> Vec<u8> {
    if big {
        (position as u64).to_le_bytes().to_vec()
    } else {
        u32::try_from(position).unwrap_or(u32::MAX).to_le_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(position: u64, data_bytes: u32, mask_bytes: u32) -> BlockRecord {
        BlockRecord { position, data_bytes, mask_bytes }
    }

    fn level(records: Vec<BlockRecord>, has_mask: bool) -> LevelBlocks {
        let tags = vec![OwnedTag::shorts(256, &[1]), OwnedTag::ascii(305, "a longer text")];
        let mask_tags = has_mask.then(|| vec![OwnedTag::shorts(254, &[4])]);
        LevelBlocks { tags, mask_tags, records }
    }

    #[test]
    fn blocks_that_follow_each_other_are_copied_at_once() {
        let records = [record(0, 10, 0), record(18, 0, 2), record(28, 0, 0), record(40, 1, 1)];
        assert_eq!(runs(&records), [Run { position: 0, length: 28 }, Run { position: 40, length: 18 }]);
    }

    #[test]
    fn the_head_is_as_long_as_it_says_and_points_behind_itself() {
        for big in [false, true] {
            let levels = [
                level(vec![record(100, 7, 3), record(0, 0, 0), record(200, 0, 5)], true),
                level(vec![record(0, 9, 1)], true),
            ];
            let directories = directories(&levels, 1000, big);
            assert_eq!(directories.len(), 4);
            let offsets = |index: usize| -> Vec<u64> {
                let tag = directories[index].iter().find(|tag| tag.tag == TILE_OFFSETS).unwrap();
                let word = if big { 8 } else { 4 };
                let read = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
                tag.bytes.chunks(word).map(read).collect()
            };
            // The overview has 17 + 9 bytes and comes first.
            assert_eq!(offsets(2), [1004]);
            assert_eq!(offsets(3), [1021]);
            assert_eq!(offsets(0), [1030, 0, 0]);
            assert_eq!(offsets(1), [1045, 0, 1056]);
            let head = head(&levels, big);
            let sizes: usize = directories.iter().map(|tags| directory_bytes(tags, big)).sum();
            let header = if big { 16 } else { 8 };
            assert_eq!(head.len(), (header + 43 + PROMISE.len() + PROMISE_OF_MASKS.len()).next_multiple_of(2) + sizes);
        }
    }
}
