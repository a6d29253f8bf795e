//! The log on disk: `cogscope.log`, and older ones as `cogscope.1.log` to `cogscope.4.log`. A file that is full is renamed, the oldest
//! goes. Writing never fails loudly: a full disk must not take the program with it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many files there are at most.
pub const LOG_FILES: usize = 5;
/// Bytes of each.
pub const MOST_LOG_BYTES: u64 = 2_000_000;

/// The file that is being written.
#[derive(Debug)]
pub struct LogFile {
    folder: PathBuf,
    most_bytes: u64,
    file: File,
}

impl LogFile {
    /// Goes on with the log in `folder`, which is made if need be.
    pub fn open(folder: &Path, most_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = append(&name(folder, 0))?;
        Ok(Self { folder: folder.to_owned(), most_bytes, file })
    }

    /// The file's path in `folder`.
    pub fn path(folder: &Path) -> PathBuf {
        name(folder, 0)
    }

    /// Adds a line. What can't be written is lost.
    pub fn write(&mut self, line: &[u8]) {
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        // Asked each time: another window may write here too.
        let written = self.file.metadata().map_or(0, |about| about.len());
        if written > 0 && written.saturating_add(length) > self.most_bytes {
            self.rotate();
        }
        let room = usize::try_from(self.most_bytes).unwrap_or(usize::MAX);
        // Nobody can be told: this is where it would be told.
        let _ = self.file.write_all(line.get(..room).unwrap_or(line));
    }

    fn rotate(&mut self) {
        for older in (1..LOG_FILES).rev() {
            let (from, to) = (name(&self.folder, older - 1), name(&self.folder, older));
            // A file that isn't there yet, or that another program holds, stays as it is.
            let _ = fs::rename(from, to);
        }
        if let Ok(file) = append(&name(&self.folder, 0)) {
            self.file = file;
        }
        if self.file.metadata().is_ok_and(|about| about.len() >= self.most_bytes) {
            // It could not be renamed. A bound that holds is worth more than old lines.
            let _ = self.file.set_len(0);
        }
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn name(folder: &Path, age: usize) -> PathBuf {
    if age == 0 { folder.join("cogscope.log") } else { folder.join(format!("cogscope.{age}.log")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(folder: &Path) -> Vec<u64> {
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| fs::metadata(path).unwrap().len()).collect()
    }

    #[test]
    fn five_files_of_bounded_size_are_kept_and_the_newest_lines_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::open(folder.path(), 1_000).unwrap();
        for number in 0..1_000 {
            log.write(format!("line {number:04}\n").as_bytes());
        }
        let sizes = sizes(folder.path());
        assert_eq!(sizes.len(), LOG_FILES);
        assert!(sizes.iter().all(|bytes| (1..=1_000).contains(bytes)), "{sizes:?}");
        let newest = fs::read_to_string(LogFile::path(folder.path())).unwrap();
        assert!(newest.ends_with("line 0999\n"));
        let before = fs::read_to_string(name(folder.path(), 1)).unwrap();
        let first_of_newest: u32 = newest[5..9].parse().unwrap();
        assert!(before.ends_with(&format!("line {:04}\n", first_of_newest - 1)), "no line is lost between two files");
    }

    #[test]
    fn two_windows_share_the_log_within_its_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let mut logs = [(); 2].map(|()| LogFile::open(folder.path(), 1_000).unwrap());
        for number in 0..600 {
            logs[number % 2].write(b"a line of twenty.. \n");
        }
        let sizes = sizes(folder.path());
        assert!(sizes.len() <= LOG_FILES && sizes.iter().all(|bytes| *bytes <= 1_000), "{sizes:?}");
    }

    #[test]
    fn a_log_goes_on_after_a_restart_and_a_line_that_is_too_long_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        LogFile::open(folder.path(), 100).unwrap().write(b"first\n");
        let mut again = LogFile::open(folder.path(), 100).unwrap();
        again.write(b"second\n");
        assert_eq!(fs::read_to_string(LogFile::path(folder.path())).unwrap(), "first\nsecond\n");
        again.write(&[b'x'; 1_000]);
        assert!(sizes(folder.path()).iter().all(|bytes| *bytes <= 100));
    }
}
