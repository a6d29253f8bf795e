//! Tests of scans on folders made for them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::library::testing::{HERE, write_bytes};

/// What a scan tells of each path below `folder`, separators as on Unix: `image`, `targets` or the reason of the failure.
fn scanned(folder: &Path) -> (BTreeMap<String, String>, ScanSummary) {
    let told = Mutex::new(BTreeMap::new());
    let tell = |event: ScanEvent| {
        let (path, what) = match event {
            ScanEvent::Image(image) => (image.path, "image".to_owned()),
            ScanEvent::TargetsFile(path) => (path, "targets".to_owned()),
            ScanEvent::Failed(failed) => (failed.path, failed.reason),
        };
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        assert_eq!(told.lock().unwrap().insert(name, what), None, "told twice of {}", path.display());
    };
    let summary = scan(&[folder.to_path_buf()], &ImageIds::default(), &|| false, &tell);
    (told.into_inner().unwrap(), summary)
}

#[test]
fn images_and_targets_are_found_at_any_depth_and_other_files_are_left_alone() {
    let folder = TempDir::new().unwrap();
    for name in ["a.tif", "b/c.TIFF", "b/d/e.gtiff", "снимки/🛰 1.tif", ".hidden.tif", ".cache/f.tif"] {
        write_bytes(&folder.path().join(name), 8, HERE, |_, _| 1);
    }
    for name in ["b/targets.csv", "places.gpkg", "x.GeoJSON", "notes.txt", "a.tif.aux.xml", "a.tif.ovr"] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let (told, summary) = scanned(folder.path());
    let expected = [
        ("a.tif", "image"),
        ("b/c.TIFF", "image"),
        ("b/d/e.gtiff", "image"),
        ("b/targets.csv", "targets"),
        ("places.gpkg", "targets"),
        ("x.GeoJSON", "targets"),
        ("снимки/🛰 1.tif", "image"),
    ];
    assert_eq!(told, expected.into_iter().map(|(name, what)| (name.to_owned(), what.to_owned())).collect());
    assert_eq!(summary, ScanSummary { opened: 4, failed: 0, targets_files: 3, stopped: false });
}

#[test]
fn files_that_are_no_images_are_told_with_the_reason() {
    let folder = TempDir::new().unwrap();
    let whole = write_bytes(&folder.path().join("whole.tif"), 64, HERE, |_, _| 1);
    fs::write(folder.path().join("text.tif"), "Dear reader, this is no image.").unwrap();
    fs::write(folder.path().join("empty.tif"), "").unwrap();
    fs::write(folder.path().join("cut.tif"), &fs::read(&whole).unwrap()[..60]).unwrap();
    let (told, summary) = scanned(folder.path());
    assert_eq!((summary.opened, summary.failed), (1, 3));
    for name in ["text.tif", "empty.tif", "cut.tif"] {
        assert!(told[name].contains(name), "the reason names the file: {}", told[name]);
    }
}

#[test]
fn a_file_named_by_the_user_is_opened_whatever_it_is_called() {
    let folder = TempDir::new().unwrap();
    let path = write_bytes(&folder.path().join("picture.dat"), 8, HERE, |_, _| 1);
    let summary = scan(&[path], &ImageIds::default(), &|| false, &|_| {});
    assert_eq!(summary.opened, 1);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = TempDir::new().unwrap();
    let gone = folder.path().join("gone");
    let summary = scan(&[gone], &ImageIds::default(), &|| false, &|_| {});
    assert_eq!((summary.opened, summary.failed), (0, 1));
}

#[cfg(unix)]
#[test]
fn loops_of_links_end() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    write_bytes(&folder.path().join("a/b/c.tif"), 8, HERE, |_, _| 1);
    symlink(folder.path(), folder.path().join("a/b/up")).unwrap();
    symlink(folder.path().join("a/b"), folder.path().join("again")).unwrap();
    symlink(folder.path().join("nowhere"), folder.path().join("dangling")).unwrap();
    symlink(folder.path().join("self"), folder.path().join("self")).unwrap();
    let (_, summary) = scanned(folder.path());
    assert_eq!((summary.opened, summary.failed), (1, 0));
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_told_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    write_bytes(&folder.path().join("open/a.tif"), 8, HERE, |_, _| 1);
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&closed).is_ok() {
        println!("not checked: this user may list any folder");
        return;
    }
    let (told, summary) = scanned(folder.path());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((summary.opened, summary.failed), (1, 1));
    assert!(told["closed"].contains("can't be listed"));
}

#[test]
fn a_scan_that_is_stopped_says_so() {
    let folder = TempDir::new().unwrap();
    for name in 0..50 {
        write_bytes(&folder.path().join(format!("{name}.tif")), 8, HERE, |_, _| 1);
    }
    let opened = AtomicUsize::new(0);
    let tell = |_| {
        opened.fetch_add(1, Ordering::Relaxed);
    };
    let should_stop = || opened.load(Ordering::Relaxed) > 3;
    let summary = scan(&[folder.path().to_path_buf()], &ImageIds::default(), &should_stop, &tell);
    assert!(summary.stopped && summary.opened < 50, "{summary:?}");
}
