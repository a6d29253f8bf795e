//! Encoded blocks in the order in which they come about, until all are there and the file can be laid out.
//!
//! A COG has its coarsest overview first and its full resolution last, but overviews are made of the full resolution. So
//! encoded blocks wait here: in memory as long as they are few, then in a temporary file beside the one that is written.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::WriteError;
use crate::files::TemporaryFile;

/// Bytes that are kept in memory before there is a temporary file.
const MEMORY_BYTES: usize = 64 << 20;
/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 8 << 20;
/// Bytes of the length before each block, and of the repetition after it.
pub(crate) const LEADER_BYTES: u64 = 4;
pub(crate) const TRAILER_BYTES: u64 = 4;

/// Where a block of imagery lies in the store, followed by its mask. Lengths are those of the data alone; 0 says that
/// nothing is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BlockRecord {
    /// First byte, that of the leader.
    pub(crate) position: u64,
    pub(crate) data_bytes: u32,
    pub(crate) mask_bytes: u32,
}

impl BlockRecord {
    /// Bytes of one block with its leader and trailer; 0 where it isn't stored.
    fn with_frame(bytes: u32) -> u64 {
        if bytes == 0 { 0 } else { LEADER_BYTES + u64::from(bytes) + TRAILER_BYTES }
    }

    /// Bytes of imagery with leader and trailer.
    pub(crate) fn framed_data(self) -> u64 {
        Self::with_frame(self.data_bytes)
    }

    /// Bytes of imagery and mask with leaders and trailers.
    pub(crate) fn framed(self) -> u64 {
        self.framed_data() + Self::with_frame(self.mask_bytes)
    }
}

/// Encoded blocks, appended one after the other.
#[derive(Debug)]
pub(crate) struct BlockStore {
    target: PathBuf,
    /// The bytes that are not in the file yet.
    pending: Vec<u8>,
    file: Option<TemporaryFile>,
    filed: u64,
    most_in_memory: usize,
}

impl BlockStore {
    /// An empty store for the blocks of the file `target`.
    pub(crate) fn beside(target: &Path) -> Self {
        let target = target.to_path_buf();
        Self { target, pending: Vec::new(), file: None, filed: 0, most_in_memory: MEMORY_BYTES }
    }

    /// The file that is written.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Appends a block and its mask, each between a leader (its length) and a trailer (its last four bytes again). What is
    /// empty is left out.
    pub(crate) fn append(&mut self, data: &[u8], mask: &[u8]) -> Result<BlockRecord, WriteError> {
        let position = self.filed + self.pending.len() as u64;
        let [data_bytes, mask_bytes] = [self.append_framed(data)?, self.append_framed(mask)?];
        let most = if self.file.is_some() { BUFFER_BYTES } else { self.most_in_memory };
        if self.pending.len() > most {
            self.flush()?;
        }
        Ok(BlockRecord { position, data_bytes, mask_bytes })
    }

    fn append_framed(&mut self, data: &[u8]) -> Result<u32, WriteError> {
        let length = u32::try_from(data.len()).map_err(|_| WriteError::BlockTooLarge { bytes: data.len() })?;
        if length > 0 {
            self.pending.extend_from_slice(&length.to_le_bytes());
            self.pending.extend_from_slice(data);
            let mut trailer = [0; 4];
            let last = data.get(data.len().saturating_sub(4)..).unwrap_or_default();
            trailer.iter_mut().zip(last).for_each(|(byte, &of)| *byte = of);
            self.pending.extend_from_slice(&trailer);
        }
        Ok(length)
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let failed = |source| WriteError::io(&self.target, source);
        let mut file = match self.file.take() {
            Some(file) => file,
            None => TemporaryFile::beside(&self.target).map_err(failed)?,
        };
        file.file().and_then(|file| file.write_all(&self.pending)).map_err(failed)?;
        self.filed += self.pending.len() as u64;
        self.pending.clear();
        self.pending.shrink_to(2 * BUFFER_BYTES);
        self.file = Some(file);
        Ok(())
    }

    /// Copies `length` bytes from `position` on to the end of `out`, where its cursor has to be.
    pub(crate) fn copy(&mut self, position: u64, length: u64, out: &mut File) -> Result<(), WriteError> {
        let failed = |source| WriteError::io(&self.target, source);
        let filed = self.filed.saturating_sub(position).min(length);
        if let (Some(file), true) = (&mut self.file, filed > 0) {
            let file = file.file().map_err(failed)?;
            file.seek(SeekFrom::Start(position)).map_err(failed)?;
            let copied = std::io::copy(&mut file.take(filed), out).map_err(failed)?;
            if copied != filed {
                return Err(failed(std::io::ErrorKind::UnexpectedEof.into()));
            }
        }
        let start = (position + filed).saturating_sub(self.filed);
        let range = usize::try_from(start).ok().zip(usize::try_from(length - filed).ok());
        let rest = range.and_then(|(start, length)| self.pending.get(start..start.checked_add(length)?));
        let rest = rest.ok_or_else(|| failed(std::io::ErrorKind::UnexpectedEof.into()))?;
        out.write_all(rest).map_err(failed)
    }

    /// Writes what is pending to the temporary file, if there is one: after this, nothing more is appended.
    pub(crate) fn finish(&mut self) -> Result<(), WriteError> {
        if self.file.is_some() && !self.pending.is_empty() { self.flush() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(most_in_memory: usize) -> (Vec<u8>, Vec<BlockRecord>) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = BlockStore { most_in_memory, ..BlockStore::beside(&folder.path().join("out.tif")) };
        let records: Vec<_> = [(&b"first"[..], &b""[..]), (b"", b"mask"), (b"", b""), (b"ab", b"xyz")]
            .map(|(data, mask)| store.append(data, mask).unwrap())
            .into();
        store.finish().unwrap();
        let path = folder.path().join("copy");
        let mut out = File::create(&path).unwrap();
        for record in records.iter().rev() {
            store.copy(record.position, record.framed(), &mut out).unwrap();
        }
        assert!(store.copy(1 << 20, 1, &mut out).is_err());
        (std::fs::read(path).unwrap(), records)
    }

    #[test]
    fn blocks_come_back_in_any_order_from_memory_and_from_a_file() {
        let (bytes, records) = stored(1 << 20);
        let expected =
            [&b"\x02\0\0\0abab\0\0\x03\0\0\0xyzxyz\0"[..], b"\x04\0\0\0maskmask", b"\x05\0\0\0firstirst"].concat();
        assert_eq!(bytes, expected);
        assert_eq!(records[1].framed_data(), 0);
        assert_eq!(stored(0), (bytes.clone(), records.clone()));
        assert_eq!(stored(20), (bytes, records));
    }
}
