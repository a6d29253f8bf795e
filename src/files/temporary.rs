//! Files that are there only while something is written: removed when dropped, unless they were given their name. Each is locked as
//! long as its process lives; one that nobody holds was left by a process that was killed, and goes when its file is written again.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Names that are tried before giving up.
const TRIES: u32 = 100;
const ENDING: &str = ".part";
/// Bytes of a name that are used of it: file systems have 255 for all.
const MOST_NAME_BYTES: usize = 200;

/// A file beside the one that it is to become, open for reading and writing.
#[derive(Debug)]
pub struct TemporaryFile {
    /// `None` once it was closed.
    file: Option<File>,
    path: PathBuf,
    target: PathBuf,
}

impl TemporaryFile {
    /// A new empty file in the folder of `target`, with a name of its own. What killed processes left there of the same target is
    /// removed.
    ///
    /// # Errors
    ///
    /// Those of the system, and a target that is write-protected, or is a pipe or a device.
    pub fn beside(target: &Path) -> io::Result<Self> {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let target = behind_links(target);
        if let Ok(about) = fs::metadata(&target) {
            if about.permissions().readonly() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is write-protected"));
            }
            if !about.is_file() && !about.is_dir() {
                return Err(io::Error::other("it is a pipe or a device, no file"));
            }
        }
        let start = start_of_names(&target);
        remove_left_behind(&target, &start);
        let mut last = io::ErrorKind::AlreadyExists.into();
        for _ in 0..TRIES {
            let number = CREATED.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!("{start}{}-{number}{ENDING}", std::process::id()));
            let file = match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    last = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            // Where there are no locks, nobody takes the file for one that was left behind either.
            let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !is_taken && path.exists() {
                return Ok(Self { file: Some(file), path, target });
            }
        }
        Err(last)
    }

    /// The open file.
    pub fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::Error::other("it was closed already"))
    }

    /// Gives the file the name of its target, in place of a file of that name, once its bytes are on the disk.
    pub fn persist(mut self) -> io::Result<()> {
        self.file()?.sync_all()?;
        if cfg!(windows) {
            self.file = None;
        }
        fs::rename(&self.path, &self.target)?;
        // The new name may wait in memory; where a folder can't be synced, it does.
        #[cfg(unix)]
        let _ = self.target.parent().map(File::open).map(|folder| folder.and_then(|folder| folder.sync_all()));
        Ok(())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        self.file = None;
        // After `persist` there is nothing of that name any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// The file that a link leads to; else the path itself.
fn behind_links(target: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(target).is_ok_and(|about| about.is_symlink());
    let resolved = if is_link { fs::canonicalize(target).ok() } else { None };
    resolved.unwrap_or_else(|| target.to_path_buf())
}

/// How the names of temporary files of `target` start.
fn start_of_names(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let end = (0..=MOST_NAME_BYTES.min(name.len())).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!(".{}.", name.get(..end).unwrap_or_default())
}

fn remove_left_behind(target: &Path, start: &str) {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let own = std::process::id().to_string();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let numbers = name.to_str().and_then(|name| name.strip_prefix(start)?.strip_suffix(ENDING)?.split_once('-'));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_old = numbers.is_some_and(|(process, count)| is_number(process) && is_number(count) && process != own);
        if !is_old {
            continue;
        }
        let path = entry.path();
        let is_held = File::open(&path).map_or(true, |file| file.try_lock().is_err());
        if !is_held && fs::remove_file(&path).is_ok() {
            tracing::info!(file = %path.display(), "removed what an earlier run had left half written");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_was_not_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out.tif");
        drop(TemporaryFile::beside(&target).unwrap());
        assert_eq!(count(folder.path()), 0);
        let mut file = TemporaryFile::beside(&target).unwrap();
        file.file().unwrap().write_all(b"new").unwrap();
        fs::write(&target, b"old").unwrap();
        file.persist().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(count(folder.path()), 1);
    }

    #[test]
    fn what_a_killed_process_left_goes_and_what_another_one_writes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out.tif");
        let named = |name: &str| folder.path().join(name);
        let (dead, alive, other) =
            (named(".out.tif.1-7.part"), named(".out.tif.2-8.part"), named(".out.tif.mine.part"));
        let held = File::create(&alive).unwrap();
        held.lock().unwrap();
        for path in [&dead, &other] {
            fs::write(path, b"half").unwrap();
        }
        drop(TemporaryFile::beside(&target).unwrap());
        assert_eq!([&dead, &alive, &other].map(|path| path.exists()), [false, true, true]);
    }

    #[test]
    fn a_missing_folder_is_an_error_and_a_long_name_is_none() {
        let error = TemporaryFile::beside(Path::new("/no/such/folder/out.tif")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join(format!("{}.tif", "\u{e4}".repeat(125)));
        TemporaryFile::beside(&target).unwrap().persist().unwrap();
        assert!(target.exists());
    }
}
