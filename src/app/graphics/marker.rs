//! Files that say which starts are under way. A file is locked by its process; one that nobody holds any more was left by a process
//! that crashed before it had drawn for ten seconds. One that was told to end (SIGTERM) removes its file; one that was ended by force
//! (SIGKILL) can't, and looks like a crash.

use crate::document::Renderer;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

const START: &str = "starting-";

/// The file of this start; dropping it lets it lie as if the process had ended.
#[derive(Debug)]
pub struct Marker {
    path: PathBuf,
    /// Locked.
    file: File,
}

impl Marker {
    /// Says in `folder` that a start with `renderer` is under way.
    pub fn set(folder: &Path, renderer: Renderer) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{START}{}", std::process::id()));
        let mut file = File::options().create(true).truncate(true).write(true).open(&path)?;
        file.write_all(renderer.name().as_bytes())?;
        // Where there are no locks, a start beside another one may be taken for a crash. The next way to draw is no harm.
        let _ = file.try_lock();
        Ok(Self { path, file })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It turned out that this one draws: with the link that led there, it is to blame for a crash.
    pub fn add(&mut self, renderer: Renderer) {
        // What can't be written is not blamed.
        let _ = write!(self.file, " {}", renderer.name());
    }

    /// The start went well, or its failure is dealt with.
    pub fn remove(self) {
        // Of a file that stays behind, the next start says that it was a crash; the chain goes on.
        let _ = fs::remove_file(&self.path);
    }

    /// What drew the starts that ended too early, the earliest first; their files are removed.
    pub fn take_left_behind(folder: &Path) -> Vec<Renderer> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !entry.file_name().to_string_lossy().starts_with(START) {
                continue;
            }
            let Ok(file) = File::open(&path) else { continue };
            if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
                continue;
            }
            let mut name = String::new();
            // What can't be read names nothing.
            let _ = file.take(64).read_to_string(&mut name);
            let modified = fs::metadata(&path).and_then(|about| about.modified()).ok();
            if fs::remove_file(&path).is_ok() {
                found.extend(name.split_whitespace().filter_map(Renderer::named).map(|renderer| (modified, renderer)));
            }
        }
        found.sort_by_key(|(modified, _)| *modified);
        found.into_iter().map(|(_, renderer)| renderer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_is_under_way_is_no_crash_and_one_that_was_cut_off_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut marker = Marker::set(folder.path(), Renderer::Wgpu).unwrap();
        marker.add(Renderer::Software);
        assert!(Marker::take_left_behind(folder.path()).is_empty(), "it is held");
        drop(marker);
        assert_eq!(Marker::take_left_behind(folder.path()), [Renderer::Wgpu, Renderer::Software]);
        assert!(Marker::take_left_behind(folder.path()).is_empty(), "told once");
    }

    #[test]
    fn a_start_that_went_well_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        Marker::set(folder.path(), Renderer::Wgpu).unwrap().remove();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn nonsense_in_a_file_names_nothing_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("starting-1"), [0xff; 1_000]).unwrap();
        fs::write(folder.path().join("settings.json"), "{}").unwrap();
        assert!(Marker::take_left_behind(folder.path()).is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
