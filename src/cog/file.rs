//! Positional reads of one file, shared by all threads, and the byte order of its numbers.
//!
//! The file is opened once, for reading, so that others may still replace or delete it (on Windows this must be asked
//! for). No memory map: a page that can't be read any more would end the process.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::CogError;

/// A run of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// Position of the first byte, from the start of the file.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

impl ByteRange {
    /// Position after the last byte; `None` if that is beyond 2^64.
    pub fn end(self) -> Option<u64> {
        self.offset.checked_add(self.length)
    }
}

/// Order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Least significant byte first (`II`).
    LittleEndian,
    /// Most significant byte first (`MM`).
    BigEndian,
}

macro_rules! number_from_bytes {
    ($($name:ident: $type:ty),*) => { $(
        pub(crate) fn $name(self, bytes: &[u8], at: usize) -> Option<$type> {
            let bytes = *bytes.get(at..)?.first_chunk::<{ size_of::<$type>() }>()?;
            Some(match self {
                Self::LittleEndian => <$type>::from_le_bytes(bytes),
                Self::BigEndian => <$type>::from_be_bytes(bytes),
            })
        }
    )* };
}

impl ByteOrder {
    number_from_bytes!(u16: u16, u32: u32, u64: u64, i16: i16, i32: i32, i64: i64, f32: f32, f64: f64);
}

/// An open file that any number of threads may read at once.
#[derive(Debug)]
pub(crate) struct SharedFile {
    file: File,
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
    number: u64,
}

impl SharedFile {
    pub(crate) fn open(path: &Path) -> Result<Self, CogError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        // Opening a pipe would wait for someone to write into it.
        let kind = std::fs::metadata(path).map_err(|source| CogError::io(path, source))?;
        if !kind.is_file() && !kind.is_dir() {
            return Err(CogError::not_tiff(path, "it is a pipe or a device, no file"));
        }
        let file = open_shared(path).map_err(|source| CogError::io(path, source))?;
        let metadata = file.metadata().map_err(|source| CogError::io(path, source))?;
        if metadata.is_dir() {
            return Err(CogError::not_tiff(path, "it is a folder"));
        }
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        Ok(Self { file, path: path.to_path_buf(), bytes: metadata.len(), changed: metadata.modified().ok(), number })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A number that no other opened file has or had, not even the same one opened again.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Size of the file when it was opened.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// When it had last been changed when it was opened, if the system tells.
    pub(crate) fn changed(&self) -> Option<SystemTime> {
        self.changed
    }

    /// Fills `buffer` from `offset` on. Reaching the end of the file before is an error.
    pub(crate) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), CogError> {
        read_exact_at(&self.file, buffer, offset).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => {
                let reason = format!("the file ends too early, within {} bytes at offset {offset}", buffer.len());
                CogError::malformed(&self.path, reason)
            }
            _ => CogError::io(&self.path, source),
        })
    }

    /// The bytes of `range`. A range beyond the end of the file is an error before anything is allocated.
    pub(crate) fn read(&self, range: ByteRange) -> Result<Vec<u8>, CogError> {
        let inside = range.end().is_some_and(|end| end <= self.bytes);
        let length = usize::try_from(range.length).ok().filter(|_| inside).ok_or_else(|| {
            let ByteRange { offset, length } = range;
            CogError::malformed(
                &self.path,
                format!(
                    "the file ends too early: {length} bytes at offset {offset} lie beyond its end ({} bytes)",
                    self.bytes
                ),
            )
        })?;
        let mut buffer = vec![0; length];
        self.read_exact_at(&mut buffer, range.offset)?;
        Ok(buffer)
    }
}

#[cfg(windows)]
fn open_shared(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const SHARE_READ_WRITE_DELETE: u32 = 0x1 | 0x2 | 0x4;
    File::options().read(true).share_mode(SHARE_READ_WRITE_DELETE).open(path)
}

#[cfg(not(windows))]
fn open_shared(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        let read = match file.seek_read(buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        buffer = buffer.get_mut(read..).unwrap_or_default();
        offset = offset.saturating_add(read as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_either_byte_order() {
        let bytes = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(ByteOrder::LittleEndian.u16(&bytes, 1), Some(0x0201));
        assert_eq!(ByteOrder::BigEndian.u32(&bytes, 1), Some(0x0102_0304));
        assert_eq!(ByteOrder::BigEndian.u64(&bytes, 2), None);
    }

    #[test]
    fn a_range_beyond_the_end_is_an_error_before_it_is_allocated() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("short.tif");
        std::fs::write(&path, b"0123456789").unwrap();
        let file = SharedFile::open(&path).unwrap();
        assert_eq!(file.read(ByteRange { offset: 2, length: 3 }).unwrap(), b"234");
        for (offset, length) in [(0, 11), (10, 1), (u64::MAX, 2), (0, 1 << 62)] {
            assert!(matches!(file.read(ByteRange { offset, length }), Err(CogError::Malformed { .. })));
        }
    }
}
