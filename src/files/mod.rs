//! Files that are whole or not there: written beside their name, synced, and put in the place of what was there. A process that is
//! killed at any moment leaves the old file or the new one. Nothing here knows what is in a file.

mod temporary;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub use temporary::TemporaryFile;

/// Writes a file by `fill`. Until that has succeeded, what was there stays; a failure leaves nothing else behind. What is no file
/// (a pipe, a device) is written into.
pub fn replace_with(target: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if fs::metadata(target).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(target)?);
        return fill(&mut out).and_then(|()| out.flush());
    }
    let mut temporary = TemporaryFile::beside(target)?;
    let mut out = BufWriter::new(temporary.file()?);
    fill(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.persist()
}

/// The same with bytes that are at hand.
pub fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(target, |out| out.write_all(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        replace(&path, b"old").unwrap();
        let refused = replace_with(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no room"))
        });
        assert_eq!(refused.unwrap_err().to_string(), "no room");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.csv"]);
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_is_write_protected_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, b"old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = replace(&path, b"new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("write-protected"));
        assert_eq!((fs::read(&path).unwrap(), names(folder.path()).len()), (b"old".to_vec(), 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_keeps_leading_to_its_file_and_a_device_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.csv"), folder.path().join("link.csv"));
        fs::write(&path, b"old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let null = folder.path().join("null.csv");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        replace(&null, b"gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
