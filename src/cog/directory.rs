//! The directories (IFDs) of a TIFF or BigTIFF file as they stand: entries with type, count and place of their values.
//!
//! Nothing that the file says is believed before it is checked: sizes against the file's length, the chain of
//! directories against loops. Values are fetched on demand through [`DirectoryReader`], which reads the file in a few
//! large pieces instead of tag by tag; arrays that nobody asks for are never read.

use std::collections::HashSet;

use tiff::tags::Tag;

use super::CogError;
use super::file::{ByteOrder, ByteRange, SharedFile};

/// First piece that is read of a file; the directories of most COGs lie within.
const HEAD_BYTES: u64 = 16 * 1024;
/// Piece that is read around a directory further on.
const PIECE_BYTES: u64 = 8 * 1024;
/// Values of one tag longer than this are refused (offset arrays are not read as values).
const MAX_VALUE_BYTES: u64 = 64 * 1024 * 1024;
/// Entries that one directory may have, as libtiff allows.
const MAX_ENTRIES: u64 = 4096;
/// Directories that are looked at; a longer chain is cut there.
const MAX_DIRECTORIES: usize = 4096;
/// Directories below one directory that are looked at.
const MAX_SUB_DIRECTORIES: usize = 64;

/// One entry of a directory: where the values of a tag are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Number of the tag.
    pub(crate) tag: u16,
    /// Type of the values as the file numbers it.
    pub(crate) kind: u16,
    /// Number of values.
    pub(crate) count: u64,
    /// The bytes that hold the values or else their offset.
    pub(crate) inline: [u8; 8],
    /// How many bytes of `inline` there are: 4, in BigTIFF 8.
    inline_bytes: u64,
}

impl Entry {
    /// Size of one value, `None` for a type that TIFF does not know.
    pub(crate) fn value_bytes(&self) -> Option<u64> {
        match self.kind {
            1 | 2 | 6 | 7 => Some(1),
            3 | 8 => Some(2),
            4 | 9 | 11 | 13 => Some(4),
            5 | 10 | 12 | 16 | 17 | 18 => Some(8),
            _ => None,
        }
    }

    /// Place of the values outside the entry; `None` if they are inside, or their size overflows.
    pub(crate) fn external_range(&self, byte_order: ByteOrder) -> Option<ByteRange> {
        let length = self.value_bytes()?.checked_mul(self.count)?;
        if length <= self.inline_bytes {
            return None;
        }
        let offset = match self.inline_bytes {
            8 => byte_order.u64(&self.inline, 0)?,
            _ => u64::from(byte_order.u32(&self.inline, 0)?),
        };
        Some(ByteRange { offset, length })
    }
}

/// A directory: one image, overview or mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directory {
    /// Position in the file.
    pub(crate) offset: u64,
    /// Position of the next directory, 0 if this is the last.
    pub(crate) next: u64,
    /// Sorted by tag; where a tag stands twice, the first counts.
    entries: Vec<Entry>,
}

impl Directory {
    pub(crate) fn entry(&self, tag: Tag) -> Option<&Entry> {
        let tag = tag.to_u16();
        self.entries.binary_search_by_key(&tag, |entry| entry.tag).ok().and_then(|at| self.entries.get(at))
    }
}

/// Reads header, directories and values of tags of one file. Lives only while the file is being opened.
pub(crate) struct DirectoryReader<'a> {
    file: &'a SharedFile,
    byte_order: ByteOrder,
    big: bool,
    first: u64,
    head: Vec<u8>,
    piece: (u64, Vec<u8>),
}

impl<'a> DirectoryReader<'a> {
    /// Reads the first piece of the file and its header.
    pub(crate) fn new(file: &'a SharedFile) -> Result<Self, CogError> {
        let head = file.read(ByteRange { offset: 0, length: HEAD_BYTES.min(file.bytes()) })?;
        let byte_order = match head.first_chunk() {
            Some(b"II") => ByteOrder::LittleEndian,
            Some(b"MM") => ByteOrder::BigEndian,
            Some(other) => {
                let found = format!("it starts with {}", other.escape_ascii());
                return Err(CogError::not_tiff(file.path(), found));
            }
            None => return Err(CogError::not_tiff(file.path(), "it is empty")),
        };
        let too_short = || CogError::not_tiff(file.path(), "it ends within its header");
        let (big, first) = match byte_order.u16(&head, 2).ok_or_else(too_short)? {
            42 => (false, byte_order.u32(&head, 4).map(u64::from).ok_or_else(too_short)?),
            43 => (true, byte_order.u64(&head, 8).ok_or_else(too_short)?),
            version => return Err(CogError::not_tiff(file.path(), format!("version {version} instead of 42 or 43"))),
        };
        Ok(Self { file, byte_order, big, first, head, piece: (0, Vec::new()) })
    }

    pub(crate) fn byte_order(&self) -> ByteOrder {
        self.byte_order
    }

    /// Whether offsets have 64 bits.
    pub(crate) fn is_big(&self) -> bool {
        self.big
    }

    /// The first bytes of the file, as many as were read at once.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The main chain of directories. What is wrong with the first is an error; a later one that can't be read, or a
    /// chain that leads back, ends the list.
    pub(crate) fn directories(&mut self) -> Result<Vec<Directory>, CogError> {
        let mut seen = HashSet::from([self.first]);
        let first = self.directory(self.first)?;
        let mut next = first.next;
        let mut directories = vec![first];
        while next != 0 && directories.len() < MAX_DIRECTORIES && seen.insert(next) {
            match self.directory(next) {
                Ok(directory) => {
                    next = directory.next;
                    directories.push(directory);
                }
                Err(error @ CogError::Io { .. }) => return Err(error),
                Err(error) => {
                    tracing::debug!("chain of directories ends early: {error}");
                    break;
                }
            }
        }
        Ok(directories)
    }

    /// The directories that the tag `SubIFDs` of a directory points to, and those that they are chained to. What can't be
    /// read is left out.
    pub(crate) fn sub_directories(&mut self, directory: &Directory) -> Vec<Directory> {
        let offsets = self.unsigned(directory, Tag::SubIfd).ok().flatten().unwrap_or_default();
        let mut seen = HashSet::from([directory.offset]);
        let mut directories = Vec::new();
        for mut next in offsets {
            while next != 0 && directories.len() < MAX_SUB_DIRECTORIES && seen.insert(next) {
                let Ok(directory) = self.directory(next) else { break };
                next = directory.next;
                directories.push(directory);
            }
        }
        directories
    }

    /// The directory at `offset`.
    pub(crate) fn directory(&mut self, offset: u64) -> Result<Directory, CogError> {
        let (count_bytes, entry_bytes, next_bytes) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let path = self.file.path();
        let broken = |what: &str| CogError::malformed(path, format!("directory at offset {offset}: {what}"));
        if offset == 0 {
            return Err(broken("there is none"));
        }
        let order = self.byte_order;
        let count = self.bytes(ByteRange { offset, length: count_bytes })?;
        let count = if self.big { order.u64(&count, 0) } else { order.u16(&count, 0).map(u64::from) };
        let count = count.filter(|&count| count > 0 && count <= MAX_ENTRIES).ok_or_else(|| {
            broken(&format!("{} entries; 1 to {MAX_ENTRIES} are possible", count.unwrap_or_default()))
        })?;
        let start = offset.saturating_add(count_bytes);
        let bytes = self.bytes(ByteRange { offset: start, length: count * entry_bytes })?;
        let mut entries: Vec<Entry> = bytes
            .chunks_exact(usize::try_from(entry_bytes).unwrap_or(12))
            .filter_map(|bytes| self.entry(bytes))
            .collect();
        entries.sort_by_key(|entry| entry.tag);
        entries.dedup_by_key(|entry| entry.tag);
        // A file may end right after the entries: then there is no next directory.
        let next = self.bytes(ByteRange { offset: start.saturating_add(count * entry_bytes), length: next_bytes });
        let next = next
            .ok()
            .and_then(|bytes| if self.big { order.u64(&bytes, 0) } else { order.u32(&bytes, 0).map(u64::from) });
        Ok(Directory { offset, next: next.unwrap_or(0), entries })
    }

    fn entry(&self, bytes: &[u8]) -> Option<Entry> {
        let order = self.byte_order;
        let (tag, kind) = (order.u16(bytes, 0)?, order.u16(bytes, 2)?);
        let mut inline = [0; 8];
        let (count, inline_bytes) = if self.big {
            inline.copy_from_slice(bytes.get(12..20)?);
            (order.u64(bytes, 4)?, 8)
        } else {
            inline.get_mut(..4)?.copy_from_slice(bytes.get(8..12)?);
            (u64::from(order.u32(bytes, 4)?), 4)
        };
        Some(Entry { tag, kind, count, inline, inline_bytes })
    }

    /// The bytes of `range`, from a piece that was read already where possible.
    pub(crate) fn bytes(&mut self, range: ByteRange) -> Result<Vec<u8>, CogError> {
        if let Some(bytes) = self.bytes_at_hand(range) {
            return Ok(bytes);
        }
        if range.length > PIECE_BYTES {
            return self.file.read(range);
        }
        let rest = self.file.bytes().saturating_sub(range.offset);
        let length = PIECE_BYTES.min(rest).max(range.length);
        self.piece = (range.offset, self.file.read(ByteRange { offset: range.offset, length })?);
        Ok(self.bytes_at_hand(range).unwrap_or_default())
    }

    /// The bytes of `range` if they were read already.
    pub(crate) fn bytes_at_hand(&self, range: ByteRange) -> Option<Vec<u8>> {
        let (piece_offset, piece) = &self.piece;
        let within = |start: u64, bytes: &[u8]| {
            let from = usize::try_from(range.offset.checked_sub(start)?).ok()?;
            let to = from.checked_add(usize::try_from(range.length).ok()?)?;
            bytes.get(from..to).map(<[u8]>::to_vec)
        };
        within(0, &self.head).or_else(|| within(*piece_offset, piece))
    }

    /// The raw bytes of a tag's values, `None` if the directory does not have the tag.
    fn value(&mut self, directory: &Directory, tag: Tag) -> Result<Option<(Entry, Vec<u8>)>, CogError> {
        let Some(&entry) = directory.entry(tag) else { return Ok(None) };
        let broken = |what: String| {
            CogError::malformed(
                self.file.path(),
                format!("directory at offset {}, tag {}: {what}", directory.offset, entry.tag),
            )
        };
        let size = entry.value_bytes().ok_or_else(|| broken(format!("unknown type {}", entry.kind)))?;
        let length = size.checked_mul(entry.count).filter(|&length| length <= MAX_VALUE_BYTES);
        let length = length.ok_or_else(|| broken(format!("{} values of {size} bytes are too many", entry.count)))?;
        if let Some(range) = entry.external_range(self.byte_order) {
            if range.end().is_none_or(|end| end > self.file.bytes()) {
                return Err(broken(format!(
                    "the file ends too early: {length} bytes at offset {} lie beyond its end ({} bytes)",
                    range.offset,
                    self.file.bytes()
                )));
            }
            return Ok(Some((entry, self.bytes(range)?)));
        }
        let inline = usize::try_from(length).ok().and_then(|length| entry.inline.get(..length));
        Ok(Some((entry, inline.unwrap_or_default().to_vec())))
    }

    /// Unsigned integers of a tag. Negative numbers and numbers that are no integers are an error.
    pub(crate) fn unsigned(&mut self, directory: &Directory, tag: Tag) -> Result<Option<Vec<u64>>, CogError> {
        let Some((entry, bytes)) = self.value(directory, tag)? else { return Ok(None) };
        decode_unsigned(entry.kind, &bytes, self.byte_order).map(Some).ok_or_else(|| {
            CogError::malformed(
                self.file.path(),
                format!("directory at offset {}, tag {}: not unsigned integers", directory.offset, entry.tag),
            )
        })
    }

    /// Numbers of a tag as floating point, of whatever type.
    pub(crate) fn doubles(&mut self, directory: &Directory, tag: Tag) -> Result<Option<Vec<f64>>, CogError> {
        let Some((entry, bytes)) = self.value(directory, tag)? else { return Ok(None) };
        Ok(Some(decode_doubles(entry.kind, &bytes, self.byte_order)))
    }

    /// The bytes of a tag as they are, whatever its type.
    pub(crate) fn raw(&mut self, directory: &Directory, tag: Tag) -> Result<Option<Vec<u8>>, CogError> {
        Ok(self.value(directory, tag)?.map(|(_, bytes)| bytes))
    }

    /// Text of a tag up to its first NUL; UTF-8, or else Latin-1.
    pub(crate) fn text(&mut self, directory: &Directory, tag: Tag) -> Result<Option<String>, CogError> {
        Ok(self.raw(directory, tag)?.map(|bytes| {
            let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
            decode_text(bytes)
        }))
    }
}

/// UTF-8 if it is that, else Latin-1, in which every byte means a character.
pub(crate) fn decode_text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// Unsigned integers from the bytes of values of type `kind`; `None` for other types and negative numbers.
pub(crate) fn decode_unsigned(kind: u16, bytes: &[u8], order: ByteOrder) -> Option<Vec<u64>> {
    match kind {
        1 | 7 => Some(bytes.iter().copied().map(u64::from).collect()),
        3 => values(bytes, 2, |at| order.u16(bytes, at).map(u64::from)),
        4 | 13 => values(bytes, 4, |at| order.u32(bytes, at).map(u64::from)),
        16 | 18 => values(bytes, 8, |at| order.u64(bytes, at)),
        6 => bytes.iter().map(|&byte| u64::try_from(byte.cast_signed()).ok()).collect(),
        8 => values(bytes, 2, |at| order.i16(bytes, at).and_then(|value| u64::try_from(value).ok())),
        9 => values(bytes, 4, |at| order.i32(bytes, at).and_then(|value| u64::try_from(value).ok())),
        17 => values(bytes, 8, |at| order.i64(bytes, at).and_then(|value| u64::try_from(value).ok())),
        _ => None,
    }
}

fn decode_doubles(kind: u16, bytes: &[u8], order: ByteOrder) -> Vec<f64> {
    let decoded = match kind {
        5 => values(bytes, 8, |at| Some(f64::from(order.u32(bytes, at)?) / f64::from(order.u32(bytes, at + 4)?))),
        6 => Some(bytes.iter().map(|&byte| f64::from(byte.cast_signed())).collect()),
        8 => values(bytes, 2, |at| order.i16(bytes, at).map(f64::from)),
        9 => values(bytes, 4, |at| order.i32(bytes, at).map(f64::from)),
        10 => values(bytes, 8, |at| Some(f64::from(order.i32(bytes, at)?) / f64::from(order.i32(bytes, at + 4)?))),
        11 => values(bytes, 4, |at| order.f32(bytes, at).map(f64::from)),
        12 => values(bytes, 8, |at| order.f64(bytes, at)),
        17 => values(bytes, 8, |at| order.i64(bytes, at).map(|value| value as f64)),
        _ => decode_unsigned(kind, bytes, order).map(|values| values.into_iter().map(|value| value as f64).collect()),
    };
    decoded.unwrap_or_default()
}

fn values<T>(bytes: &[u8], size: usize, value_at: impl Fn(usize) -> Option<T>) -> Option<Vec<T>> {
    (0..bytes.len() / size).map(|index| value_at(index * size)).collect()
}
