//! Files and folders as given to the files that they mean.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::CliError;

/// Endings of TIFF files, without case.
const ENDINGS: [&str; 4] = ["tif", "tiff", "gtif", "gtiff"];
/// Folders within folders that are still looked into.
const MAX_DEPTH: usize = 32;

/// A share that is asked for a path answers within this, or the path counts as there and what reads it tells of it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The first path that is not there. A dead share is not waited for.
pub fn first_missing(paths: &[PathBuf]) -> Option<PathBuf> {
    let (sender, answer) = channel();
    let asked = paths.to_vec();
    let ask = move || drop(sender.send(asked.into_iter().find(|path| !path.exists())));
    std::thread::Builder::new().name("paths".to_owned()).spawn(ask).ok()?;
    answer.recv_timeout(PATIENCE).ok().flatten()
}

/// Every file given, and every TIFF file in every folder given and the folders in it, by name.
///
/// Links to folders are not followed, so that there is no going round in circles.
pub(super) fn image_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            files.extend(files_below(path, &is_image)?);
            if files.len() == before {
                return Err(CliError::NoImages { path: path.clone() });
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// The wanted files in a folder and the folders in it, by name.
pub(super) fn files_below(folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    collect(folder, 0, is_wanted, &mut files)?;
    Ok(files)
}

fn collect(
    folder: &Path,
    depth: usize,
    is_wanted: &dyn Fn(&Path) -> bool,
    files: &mut Vec<PathBuf>,
) -> Result<(), CliError> {
    let failed = |source| CliError::File { path: folder.to_path_buf(), source };
    let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth < MAX_DEPTH {
            collect(&path, depth + 1, is_wanted, files)?;
        } else if !is_folder && is_wanted(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_means_its_tiff_files_by_name_and_those_of_its_folders() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.TIF", "a.tiff", "notes.txt", "b/x.tif", "a.tif.aux.xml"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let files = image_files(&[folder.path().to_path_buf()]).unwrap();
        let names: Vec<_> = files.iter().map(|file| file.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, ["a.tiff", "b/x.tif", "c.TIF"].map(Path::new));
    }

    #[test]
    fn a_folder_without_images_is_an_error_and_a_file_is_taken_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(image_files(&[folder.path().to_path_buf()]), Err(CliError::NoImages { .. })));
        let file = folder.path().join("picture");
        assert_eq!(image_files(std::slice::from_ref(&file)).unwrap(), [file]);
    }
}
