//! Builds small TIFF files in memory for tests: classic or BigTIFF, either byte order, any tags.

use std::path::{Path, PathBuf};

/// A value of a tag as it goes into a file.
#[derive(Debug, Clone)]
pub enum Value {
    /// Type 1.
    Bytes(Vec<u8>),
    /// Type 2; the closing NUL is added.
    Ascii(String),
    /// Type 3.
    Shorts(Vec<u16>),
    /// Type 4.
    Longs(Vec<u32>),
    /// Type 16.
    Long8s(Vec<u64>),
    /// Type 12.
    Doubles(Vec<f64>),
    /// Anything: type, count and the bytes of the values as they are.
    Raw(u16, u64, Vec<u8>),
}

/// One image (directory) of a file.
#[derive(Debug, Clone, Default)]
pub struct Page {
    tags: Vec<(u16, Value)>,
    blocks: Vec<Option<Vec<u8>>>,
    tiled: bool,
}

impl Page {
    /// `width` x `height` pixels in one strip of `block`: one unsigned byte a pixel unless tags say otherwise.
    pub fn strip(width: u32, height: u32, block: &[u8]) -> Self {
        Self { tags: Vec::new(), blocks: vec![Some(block.to_vec())], tiled: false }
            .tag(256, Value::Longs(vec![width]))
            .tag(257, Value::Longs(vec![height]))
            .tag(258, Value::Shorts(vec![8]))
            .tag(259, Value::Shorts(vec![1]))
            .tag(262, Value::Shorts(vec![1]))
            .tag(277, Value::Shorts(vec![1]))
            .tag(278, Value::Longs(vec![height]))
    }

    /// `width` x `height` pixels in tiles of `tile_size` squared; a block that is `None` is not written (sparse).
    pub fn tiles(width: u32, height: u32, tile_size: u16, blocks: Vec<Option<Vec<u8>>>) -> Self {
        let mut page = Self::strip(width, height, &[]);
        page.tags.retain(|(tag, _)| *tag != 278);
        page.blocks = blocks;
        page.tiled = true;
        page.tag(322, Value::Shorts(vec![tile_size])).tag(323, Value::Shorts(vec![tile_size]))
    }

    /// Sets a tag, in place of one that was set before.
    #[must_use]
    pub fn tag(mut self, tag: u16, value: Value) -> Self {
        self.tags.retain(|(other, _)| *other != tag);
        self.tags.push((tag, value));
        self
    }

    /// Removes a tag.
    #[must_use]
    pub fn without(mut self, tag: u16) -> Self {
        self.tags.retain(|(other, _)| *other != tag);
        self
    }

    /// Sets the blocks, in place of those given before.
    #[must_use]
    pub fn blocks(mut self, blocks: Vec<Option<Vec<u8>>>) -> Self {
        self.blocks = blocks;
        self
    }
}

/// A file of pages.
#[derive(Debug, Clone, Default)]
pub struct TiffBuilder {
    pages: Vec<Page>,
    big: bool,
    big_endian: bool,
}

impl TiffBuilder {
    /// A classic little-endian file with one page.
    pub fn new(page: Page) -> Self {
        Self { pages: vec![page], ..Self::default() }
    }

    /// Adds a page after the others.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.pages.push(page);
        self
    }

    /// Offsets of 64 bits.
    #[must_use]
    pub fn big(mut self) -> Self {
        self.big = true;
        self
    }

    /// Most significant byte first. Blocks are written as given.
    #[must_use]
    pub fn big_endian(mut self) -> Self {
        self.big_endian = true;
        self
    }

    /// The bytes of the file: header, then directory, values and blocks of each page.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(if self.big_endian { b"MM" } else { b"II" });
        out.extend(self.u16(if self.big { 43 } else { 42 }));
        if self.big {
            out.extend(self.u16(8));
            out.extend(self.u16(0));
        }
        let mut link = out.len();
        out.extend(self.offset(0));
        for page in &self.pages {
            let start = out.len();
            let word = self.offset(start);
            out[link..link + word.len()].copy_from_slice(&word);
            link = self.write_page(page, &mut out);
        }
        out
    }

    /// Writes the file into `folder`.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, self.bytes()).unwrap();
        path
    }

    /// Appends a page and returns where the link to the next directory stands.
    fn write_page(&self, page: &Page, out: &mut Vec<u8>) -> usize {
        let (offsets_tag, counts_tag) = if page.tiled { (324, 325) } else { (273, 279) };
        let has = |tag: u16| page.tags.iter().any(|(other, _)| *other == tag);
        let mut tags = page.tags.clone();
        for tag in [offsets_tag, counts_tag] {
            if !has(tag) {
                let zeros = vec![0; page.blocks.len()];
                tags.push((tag, if self.big { Value::Long8s(zeros) } else { Value::Longs(vec![0; zeros.len()]) }));
            }
        }
        tags.sort_by_key(|(tag, _)| *tag);
        let inline = if self.big { 8 } else { 4 };
        let entry_bytes = if self.big { 20 } else { 12 };
        let count_bytes = if self.big { 8 } else { 2 };
        let mut data_at = out.len() + count_bytes + tags.len() * entry_bytes + inline;
        let block_at = data_at
            + tags.iter().map(|(_, value)| self.encode(value).2.len()).filter(|&bytes| bytes > inline).sum::<usize>();
        let mut at = block_at;
        let mut offsets = Vec::new();
        for block in &page.blocks {
            offsets.push(if block.is_some() { at } else { 0 });
            at += block.as_ref().map_or(0, Vec::len);
        }
        let counts: Vec<usize> = page.blocks.iter().map(|block| block.as_ref().map_or(0, Vec::len)).collect();
        for (tag, value) in &mut tags {
            let of = if *tag == offsets_tag { &offsets } else { &counts };
            if !has(*tag) {
                *value = if self.big {
                    Value::Long8s(of.iter().map(|&number| number as u64).collect())
                } else {
                    Value::Longs(of.iter().map(|&number| u32::try_from(number).unwrap()).collect())
                };
            }
        }
        let entries = u16::try_from(tags.len()).unwrap();
        if self.big {
            out.extend(self.u64(u64::from(entries)));
        } else {
            out.extend(self.u16(entries));
        }
        let mut data = Vec::new();
        for (tag, value) in &tags {
            let (kind, count, bytes) = self.encode(value);
            out.extend(self.u16(*tag));
            out.extend(self.u16(kind));
            out.extend(self.offset(usize::try_from(count).unwrap()));
            if bytes.len() <= inline {
                let mut padded = bytes.clone();
                padded.resize(inline, 0);
                out.extend(padded);
            } else {
                out.extend(self.offset(data_at));
                data_at += bytes.len();
                data.extend(bytes);
            }
        }
        let link = out.len();
        out.extend(self.offset(0));
        out.extend(data);
        assert_eq!(out.len(), block_at, "the layout was worked out wrongly");
        for block in page.blocks.iter().flatten() {
            out.extend(block);
        }
        link
    }

    fn encode(&self, value: &Value) -> (u16, u64, Vec<u8>) {
        let (kind, count, bytes): (u16, usize, Vec<u8>) = match value {
            Value::Bytes(values) => (1, values.len(), values.clone()),
            Value::Ascii(text) => (2, text.len() + 1, [text.as_bytes(), &[0]].concat()),
            Value::Shorts(values) => (3, values.len(), values.iter().flat_map(|&v| self.u16(v)).collect()),
            Value::Longs(values) => (4, values.len(), values.iter().flat_map(|&v| self.u32(v)).collect()),
            Value::Long8s(values) => (16, values.len(), values.iter().flat_map(|&v| self.u64(v)).collect()),
            Value::Doubles(values) => (12, values.len(), values.iter().flat_map(|&v| self.u64(v.to_bits())).collect()),
            Value::Raw(kind, count, bytes) => return (*kind, *count, bytes.clone()),
        };
        (kind, count as u64, bytes)
    }

    fn offset(&self, value: usize) -> Vec<u8> {
        if self.big { self.u64(value as u64).to_vec() } else { self.u32(u32::try_from(value).unwrap()).to_vec() }
    }

    fn u16(&self, value: u16) -> [u8; 2] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(&self, value: u32) -> [u8; 4] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u64(&self, value: u64) -> [u8; 8] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }
}
