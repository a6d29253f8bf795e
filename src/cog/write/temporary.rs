//! Files that are there only while something is written: removed when dropped, unless they were given their name.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::WriteError;

/// Names that are tried before giving up.
const TRIES: u32 = 100;

/// A file beside the one that it is to become, open for reading and writing.
#[derive(Debug)]
pub(crate) struct TemporaryFile {
    /// `None` once it was closed.
    file: Option<File>,
    path: PathBuf,
}

impl TemporaryFile {
    /// A new empty file in the folder of `target`, with a name of its own.
    pub(crate) fn beside(target: &Path) -> Result<Self, WriteError> {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut last = None;
        for _ in 0..TRIES {
            let number = CREATED.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { file: Some(file), path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = Some(error),
                Err(error) => return Err(WriteError::io(target, error)),
            }
        }
        let error = last.unwrap_or_else(|| std::io::ErrorKind::AlreadyExists.into());
        Err(WriteError::io(target, error))
    }

    /// The open file.
    pub(crate) fn file(&mut self) -> Result<&mut File, WriteError> {
        let closed = || std::io::Error::other("it was closed already");
        self.file.as_mut().ok_or_else(|| WriteError::io(&self.path, closed()))
    }

    /// Closes the file and gives it the name of `target`, in place of a file of that name.
    pub(crate) fn persist(mut self, target: &Path) -> Result<(), WriteError> {
        self.file = None;
        std::fs::rename(&self.path, target).map_err(|source| WriteError::io(target, source))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        self.file = None;
        // After `persist` there is nothing of that name any more.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_was_not_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out.tif");
        drop(TemporaryFile::beside(&target).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut file = TemporaryFile::beside(&target).unwrap();
        file.file().unwrap().write_all(b"new").unwrap();
        std::fs::write(&target, b"old").unwrap();
        file.persist(&target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_target() {
        let error = TemporaryFile::beside(Path::new("/no/such/folder/out.tif")).unwrap_err();
        assert!(error.to_string().contains("out.tif"));
    }
}
