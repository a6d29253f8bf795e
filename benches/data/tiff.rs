//! Writes a COG: directories first, then the tiles of the coarsest overview up to those of the full resolution.
//!
//! Tiles that are not given are left out of the file, and so are the parts of the offset arrays that would hold nothing but
//! zeros: they are holes.

use std::fs::File;
use std::io::{Result, Seek, SeekFrom, Write};
use std::path::Path;

use super::encode::Codec;

/// Where a picture lies, north up.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub name: &'static str,
    pub epsg: u16,
    pub west: f64,
    pub north: f64,
    pub pixel_m: f64,
}

/// What a pixel is made of.
#[derive(Debug, Clone, Copy)]
pub struct Band {
    pub bits: u16,
    pub format: u16,
    pub samples: usize,
}

/// A level with its compressed tiles, by their index, ascending.
pub struct WrittenLevel {
    pub side: u32,
    pub tile: u32,
    pub blocks: Vec<(u64, Vec<u8>)>,
}

impl WrittenLevel {
    fn tiles(&self) -> u64 {
        u64::from(self.side.div_ceil(self.tile)).pow(2)
    }
}

/// A file to be written, finest level first.
pub struct CogFile<'a> {
    /// `BigTIFF`.
    pub big: bool,
    pub band: Band,
    pub codec: Codec,
    pub place: &'a Place,
    pub levels: &'a [WrittenLevel],
}

/// A tag with its values' bytes, or with the place where they are told to be.
enum Value {
    Bytes(Vec<u8>),
    /// An array of that many bytes that is written apart.
    Array(u64),
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    value: Value,
}

impl CogFile<'_> {
    fn word_bytes(&self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    fn word(&self, value: u64) -> Vec<u8> {
        let bytes = value.to_le_bytes();
        if self.big { bytes.to_vec() } else { bytes[..4].to_vec() }
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        let mut file = File::create(path)?;
        let mut head: Vec<u8> = if self.big { b"II\x2b\0\x08\0\0\0".to_vec() } else { b"II*\0".to_vec() };
        let first = (head.len() as u64 + self.word_bytes()).next_multiple_of(8);
        head.extend(self.word(first));
        file.write_all(&head)?;
        let mut at = first;
        let mut arrays = Vec::new();
        for (index, level) in self.levels.iter().enumerate() {
            let is_last = index + 1 == self.levels.len();
            let (bytes, end, array) = self.directory(level, index, at, is_last);
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&bytes)?;
            arrays.push(array);
            at = end;
        }
        for (level, (offsets_at, counts_at)) in self.levels.iter().zip(&arrays).rev() {
            for (index, block) in &level.blocks {
                file.seek(SeekFrom::Start(at))?;
                file.write_all(block)?;
                file.seek(SeekFrom::Start(offsets_at + index * self.word_bytes()))?;
                file.write_all(&self.word(at))?;
                file.seek(SeekFrom::Start(counts_at + index * 4))?;
                file.write_all(&u32::try_from(block.len()).unwrap_or(0).to_le_bytes())?;
                at += block.len() as u64;
            }
        }
        file.set_len(at)?;
        file.flush()
    }

    /// The bytes of a directory at `at` with its short values, where what follows it may begin, and where its arrays of offsets
    /// and byte counts are.
    fn directory(&self, level: &WrittenLevel, index: usize, at: u64, is_last: bool) -> (Vec<u8>, u64, (u64, u64)) {
        let entries = self.entries(level, index);
        let (count_bytes, entry_bytes) = if self.big { (8, 20) } else { (2, 12) };
        let mut values_at = at + count_bytes + entry_bytes * entries.len() as u64 + self.word_bytes();
        let mut directory = (entries.len() as u64).to_le_bytes()[..usize::try_from(count_bytes).unwrap_or(2)].to_vec();
        let mut values: Vec<u8> = Vec::new();
        let mut arrays = Vec::new();
        let start = values_at;
        // Arrays come after the values that are written along with the directory.
        let short: u64 = entries
            .iter()
            .filter_map(|entry| match &entry.value {
                Value::Bytes(bytes) if bytes.len() as u64 > self.word_bytes() => Some(bytes.len() as u64),
                _ => None,
            })
            .map(|length| length.next_multiple_of(8))
            .sum();
        let mut arrays_at = (start + short).next_multiple_of(8);
        for entry in &entries {
            directory.extend(entry.tag.to_le_bytes());
            directory.extend(entry.kind.to_le_bytes());
            directory.extend(self.word(entry.count));
            match &entry.value {
                Value::Bytes(bytes) if bytes.len() as u64 <= self.word_bytes() => {
                    let mut inline = bytes.clone();
                    inline.resize(usize::try_from(self.word_bytes()).unwrap_or(4), 0);
                    directory.extend(inline);
                }
                Value::Bytes(bytes) => {
                    directory.extend(self.word(values_at));
                    let mut padded = bytes.clone();
                    padded.resize(bytes.len().next_multiple_of(8), 0);
                    values_at += padded.len() as u64;
                    values.extend(padded);
                }
                Value::Array(_) if entry.count == 1 => {
                    // One value stands in the entry itself.
                    arrays.push(at + directory.len() as u64);
                    directory.extend(self.word(0));
                }
                Value::Array(length) => {
                    arrays.push(arrays_at);
                    directory.extend(self.word(arrays_at));
                    arrays_at += length.next_multiple_of(8);
                }
            }
        }
        let end = arrays_at.next_multiple_of(16);
        directory.extend(self.word(if is_last { 0 } else { end }));
        directory.extend(values);
        (directory, end, (arrays[0], arrays[1]))
    }

    fn entries(&self, level: &WrittenLevel, index: usize) -> Vec<Entry> {
        let Band { bits, format, samples } = self.band;
        let shorts = |tag: u16, values: &[u16]| Entry {
            tag,
            kind: 3,
            count: values.len() as u64,
            value: Value::Bytes(values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        };
        let long =
            |tag: u16, value: u32| Entry { tag, kind: 4, count: 1, value: Value::Bytes(value.to_le_bytes().to_vec()) };
        let doubles = |tag: u16, values: &[f64]| Entry {
            tag,
            kind: 12,
            count: values.len() as u64,
            value: Value::Bytes(values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        };
        let tiles = level.tiles();
        let offsets_kind = if self.big { 16 } else { 4 };
        let is_jpeg = self.codec == Codec::Jpeg;
        let photometric = match samples {
            3 if is_jpeg => 6,
            3 => 2,
            _ => 1,
        };
        let mut entries = vec![
            long(254, u32::from(index > 0)),
            long(256, level.side),
            long(257, level.side),
            shorts(258, &vec![bits; samples]),
            shorts(259, &[self.codec.code()]),
            shorts(262, &[photometric]),
            shorts(277, &[u16::try_from(samples).unwrap_or(1)]),
            shorts(284, &[1]),
            shorts(317, &[self.codec.predictor(format)]),
            long(322, level.tile),
            long(323, level.tile),
            Entry { tag: 324, kind: offsets_kind, count: tiles, value: Value::Array(tiles * self.word_bytes()) },
            Entry { tag: 325, kind: 4, count: tiles, value: Value::Array(tiles * 4) },
            shorts(339, &vec![format; samples]),
        ];
        if is_jpeg {
            entries.push(shorts(530, &[2, 2]));
        }
        if index == 0 {
            let Place { epsg, west, north, pixel_m, .. } = *self.place;
            entries.push(doubles(33550, &[pixel_m, pixel_m, 0.0]));
            entries.push(doubles(33922, &[0.0, 0.0, 0.0, west, north, 0.0]));
            entries.push(shorts(34735, &[1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, epsg]));
        }
        entries
    }
}
