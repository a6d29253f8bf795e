//! Where the blocks of a level lie: the arrays of offsets and byte counts, looked up in chunks and never read whole.

use std::sync::{Arc, Mutex, PoisonError};

use super::CogError;
use super::directory::{Directory, DirectoryReader, Entry, decode_unsigned};
use super::file::{ByteOrder, ByteRange, SharedFile};
use tiff::tags::Tag;

/// Entries that are read at once.
const CHUNK_ENTRIES: u64 = 1024;
/// Chunks of one array that are kept.
const KEPT_CHUNKS: usize = 32;

/// An array of unsigned integers in the file.
#[derive(Debug)]
pub(crate) struct LazyArray {
    entry: Entry,
    byte_order: ByteOrder,
    /// All values, where they were at hand when the file was opened.
    eager: Option<Box<[u64]>>,
    chunks: Mutex<Chunks>,
}

/// Chunks that were read, oldest first.
#[derive(Debug, Default)]
struct Chunks {
    kept: std::collections::VecDeque<(u64, Arc<[u64]>)>,
}

impl LazyArray {
    /// The array of `tag`; `None` if the directory has none or its values are no integers.
    pub(crate) fn new(reader: &DirectoryReader<'_>, directory: &Directory, tag: Tag) -> Option<Self> {
        let entry = *directory.entry(tag)?;
        if !matches!(entry.kind, 1 | 3 | 4 | 8 | 9 | 13 | 16 | 17 | 18) {
            return None;
        }
        let byte_order = reader.byte_order();
        let bytes = match entry.external_range(byte_order) {
            None => Some(entry.inline.to_vec()),
            Some(range) if entry.count <= CHUNK_ENTRIES => reader.bytes_at_hand(range),
            Some(_) => None,
        };
        let eager = bytes.and_then(|bytes| decode_unsigned(entry.kind, &bytes, byte_order)).map(|mut values| {
            values.truncate(usize::try_from(entry.count).unwrap_or(usize::MAX));
            values.into_boxed_slice()
        });
        Some(Self { entry, byte_order, eager, chunks: Mutex::default() })
    }

    /// Number of entries that the file says there are.
    pub(crate) fn count(&self) -> u64 {
        self.entry.count
    }

    /// Whether all entries were read when the file was opened.
    #[cfg(test)]
    pub(crate) fn is_at_hand(&self) -> bool {
        self.eager.is_some()
    }

    /// Position of the array in the file, `None` where it is within the directory.
    pub(crate) fn range(&self) -> Option<ByteRange> {
        self.entry.external_range(self.byte_order)
    }

    /// Entry `index`; `None` beyond the array's end.
    pub(crate) fn get(&self, file: &SharedFile, index: u64) -> Result<Option<u64>, CogError> {
        if index >= self.entry.count {
            return Ok(None);
        }
        let at = |values: &[u64], index: u64| usize::try_from(index).ok().and_then(|index| values.get(index).copied());
        if let Some(eager) = &self.eager {
            return Ok(at(eager, index));
        }
        let chunk = index / CHUNK_ENTRIES;
        Ok(at(&self.chunk(file, chunk)?, index % CHUNK_ENTRIES))
    }

    fn chunk(&self, file: &SharedFile, chunk: u64) -> Result<Arc<[u64]>, CogError> {
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, values)) = chunks.kept.iter().find(|(kept, _)| *kept == chunk) {
            return Ok(Arc::clone(values));
        }
        let broken = || {
            let Entry { tag, count, .. } = self.entry;
            CogError::malformed(file.path(), format!("tag {tag}: its {count} values are not where they should be"))
        };
        let size = self.entry.value_bytes().ok_or_else(broken)?;
        let start = chunk * CHUNK_ENTRIES;
        let entries = CHUNK_ENTRIES.min(self.entry.count.saturating_sub(start));
        let array = self.range().ok_or_else(broken)?;
        let offset = array.offset.checked_add(start.checked_mul(size).ok_or_else(broken)?).ok_or_else(broken)?;
        let bytes = file.read(ByteRange { offset, length: entries * size }).map_err(|error| match error {
            CogError::Malformed { .. } => broken(),
            other => other,
        })?;
        let values: Arc<[u64]> = decode_unsigned(self.entry.kind, &bytes, self.byte_order).ok_or_else(broken)?.into();
        if chunks.kept.len() >= KEPT_CHUNKS {
            chunks.kept.pop_front();
        }
        chunks.kept.push_back((chunk, Arc::clone(&values)));
        Ok(values)
    }
}

/// How a level's blocks are found.
#[derive(Debug)]
pub(crate) struct BlockTable {
    pub(crate) offsets: LazyArray,
    pub(crate) byte_counts: Option<LazyArray>,
    pub(crate) shape: BlockShape,
    /// Whether there is one strip only.
    pub(crate) is_single_strip: bool,
}

/// What is known of blocks where byte counts are missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockShape {
    /// Compressed: only the file knows how long they are.
    Compressed,
    /// Uncompressed blocks of that many bytes; the last strip of a plane has `last_bytes`.
    Plain {
        /// Bytes of a block.
        bytes: u64,
        /// Bytes of the last block of a plane.
        last_bytes: u64,
        /// Blocks of a plane.
        blocks_per_plane: u64,
    },
    /// One uncompressed strip a plane, which is read in slices as if these were strips.
    Sliced {
        /// Bytes of a slice.
        bytes: u64,
        /// Bytes of the last slice.
        last_bytes: u64,
        /// Slices of a strip.
        slices: u64,
    },
}

impl BlockTable {
    /// Where block `index` lies, unchecked against the file's end; `None` if it was never written.
    pub(crate) fn range(&self, file: &SharedFile, index: u64) -> Result<Option<ByteRange>, CogError> {
        if let BlockShape::Sliced { bytes, last_bytes, slices } = self.shape {
            let (strip, slice) = (index / slices.max(1), index % slices.max(1));
            let offset = self.offsets.get(file, strip)?.unwrap_or(0);
            let length = if slice + 1 == slices { last_bytes } else { bytes };
            return Ok((offset != 0).then(|| ByteRange { offset: offset.saturating_add(slice * bytes), length }));
        }
        // An array that is too short is padded with zeros, as libtiff does.
        let offset = self.offsets.get(file, index)?.unwrap_or(0);
        let stated = match &self.byte_counts {
            Some(byte_counts) => Some(byte_counts.get(file, index)?.unwrap_or(0)),
            None => None,
        };
        // Of a single strip that has a place, libtiff does not believe that it is empty.
        if offset == 0 || (stated == Some(0) && !self.is_single_strip) {
            return Ok(None);
        }
        let length = match (stated.filter(|&stated| stated != 0), self.plain_length(index)) {
            // As libtiff does, as many bytes are read as the block has, whatever is said, unless the file ends before.
            (Some(stated), Some(known)) if offset.saturating_add(known) > file.bytes() => stated.min(known),
            (_, Some(known)) => known,
            (Some(stated), None) => stated,
            (None, None) => self.length_to_next(file, index, offset)?,
        };
        Ok((length != 0).then_some(ByteRange { offset, length }))
    }

    /// Length of an uncompressed block.
    fn plain_length(&self, index: u64) -> Option<u64> {
        let BlockShape::Plain { bytes, last_bytes, blocks_per_plane } = self.shape else { return None };
        let is_last = (index + 1).is_multiple_of(blocks_per_plane.max(1));
        Some(if is_last { last_bytes } else { bytes })
    }

    /// Length of a compressed block that the file doesn't tell: up to the next block or the end.
    fn length_to_next(&self, file: &SharedFile, index: u64, offset: u64) -> Result<u64, CogError> {
        let to_end = file.bytes().saturating_sub(offset);
        Ok(match self.offsets.get(file, index.saturating_add(1))? {
            Some(next) if next > offset => (next - offset).min(to_end),
            _ => to_end,
        })
    }
}
