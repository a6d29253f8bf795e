//! The files of a folder and all below it, one at a time.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::library::Failed;

/// Endings of image files, in lower case.
const IMAGE_ENDINGS: [&str; 9] = ["tif", "tiff", "gtif", "gtiff", "tf8", "btf", "cog", "geotiff", "gtf"];

/// Endings of files that may hold targets, in lower case.
const TARGETS_ENDINGS: [&str; 5] = ["gpkg", "csv", "tsv", "geojson", "shp"];

/// Deeper than this no one keeps images; a file system that lies about its folders ends here.
const DEEPEST: usize = 64;

/// Whether a file's name ends as an image's does.
pub fn is_image_path(path: &Path) -> bool {
    has_ending(path, &IMAGE_ENDINGS)
}

/// Whether a file's name ends as that of a file that may hold targets.
pub fn is_targets_path(path: &Path) -> bool {
    has_ending(path, &TARGETS_ENDINGS)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// Something of interest.
pub(super) enum Found {
    Image(PathBuf),
    Targets(PathBuf),
    Unreadable(Failed),
}

/// An iterator over what lies in folders and below. Folders are listed one by one as it goes on; files of one folder come by name.
pub(super) struct Walk {
    folders: Vec<(PathBuf, usize)>,
    ready: VecDeque<Found>,
    /// Folders that have been listed, by their true paths.
    listed: HashSet<PathBuf>,
}

impl Walk {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let mut walk = Self { folders: Vec::new(), ready: VecDeque::new(), listed: HashSet::new() };
        for path in paths.iter().rev() {
            if path.is_dir() {
                walk.folders.push((path.clone(), 0));
            } else if is_targets_path(path) {
                walk.ready.push_front(Found::Targets(path.clone()));
            } else {
                walk.ready.push_front(Found::Image(path.clone()));
            }
        }
        walk
    }

    fn list(&mut self, folder: &Path, depth: usize) {
        if let Err(error) = self.try_list(folder, depth) {
            let reason = format!("the folder can't be listed: {error}");
            self.ready.push_back(Found::Unreadable(Failed { path: folder.to_path_buf(), reason }));
        }
    }

    fn try_list(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        if !self.listed.insert(fs::canonicalize(folder)?) {
            return Ok(());
        }
        let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut below = Vec::new();
        for entry in entries {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // A link tells what it leads to only when asked again; one that leads nowhere is no folder.
            let kind = entry.file_type()?;
            let is_folder = kind.is_dir() || (kind.is_symlink() && path.is_dir());
            if is_folder && depth < DEEPEST {
                below.push((path, depth + 1));
            } else if is_folder {
                let reason = format!("it lies more than {DEEPEST} folders deep and was not looked into");
                self.ready.push_back(Found::Unreadable(Failed { path, reason }));
            } else if is_image_path(&path) {
                self.ready.push_back(Found::Image(path));
            } else if is_targets_path(&path) {
                self.ready.push_back(Found::Targets(path));
            }
        }
        self.folders.extend(below.into_iter().rev());
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(found);
            }
            let (folder, depth) = self.folders.pop()?;
            self.list(&folder, depth);
        }
    }
}
