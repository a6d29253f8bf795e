//! The invariants of ARCHITECTURE.md that can be read off the source: which module may use which, which module owns
//! which third-party crate, and the shape of a file.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each module with what it may use. A module may always use itself; `ui` and `app` are the top.
const MAY_USE: &[(&str, &[&str])] = &[
    ("diagnostics", &[]),
    ("geo", &[]),
    ("basemap", &["geo"]),
    ("raster", &["geo"]),
    ("cog", &["geo", "raster"]),
    ("convert", &["geo", "raster", "cog"]),
    ("warp", &["geo", "raster", "cog"]),
    ("render", &["geo", "raster"]),
    ("library", &["geo", "raster", "cog", "warp", "render"]),
    ("db", &["geo"]),
    ("targets", &["geo", "db"]),
    ("report", &["geo", "raster", "cog", "warp", "render", "library", "db", "targets"]),
    ("jobs", &["geo", "raster", "cog", "convert", "warp", "render", "library", "db", "targets", "report", "basemap"]),
    ("document", &["geo", "raster", "cog", "warp", "render", "library", "db", "targets", "report"]),
    (
        "cli",
        &[
            "geo", "raster", "cog", "convert", "warp", "render", "library", "db", "targets", "report", "serve",
            "document",
        ],
    ),
    ("serve", &["geo", "raster", "cog", "warp", "render", "library", "db", "targets", "report"]),
    (
        "ui",
        &[
            "geo", "basemap", "raster", "cog", "convert", "warp", "render", "library", "db", "targets", "report",
            "jobs", "document",
        ],
    ),
    (
        "app",
        &[
            "diagnostics",
            "geo",
            "basemap",
            "raster",
            "cog",
            "convert",
            "warp",
            "render",
            "library",
            "db",
            "targets",
            "report",
            "jobs",
            "document",
            "cli",
            "ui",
            "serve",
        ],
    ),
];

/// Third-party crates (as they stand in paths) with the modules that own them.
const OWNERS: &[(&str, &[&str])] = &[
    ("tiff", &["cog", "render"]),
    ("libdeflater", &["cog"]),
    ("zune_jpeg", &["cog"]),
    ("rusqlite", &["db"]),
    ("postgres", &["db"]),
    ("tokio_postgres_rustls", &["db"]),
    ("rustls", &["db"]),
    ("bytes", &["db"]),
    ("keyring_core", &["db"]),
    ("windows_native_keyring_store", &["db"]),
    ("zbus_secret_service_keyring_store", &["db"]),
    ("csv", &["db"]),
    ("geojson", &["db"]),
    ("jpeg_encoder", &["cog", "render"]),
    ("image_webp", &["cog", "render"]),
    ("webp", &["cog"]),
    ("rayon", &["convert", "jobs", "library", "warp"]),
    ("proj_core", &["geo"]),
    ("proj_wkt", &["geo"]),
    ("proj4rs", &["geo"]),
    ("colorous", &["render"]),
    ("png", &["render"]),
    ("tiny_skia", &["report"]),
    ("skrifa", &["report"]),
    ("shapefile", &["db"]),
    ("axum", &["serve"]),
    ("hyper", &["serve"]),
    ("hyper_util", &["serve"]),
    ("tokio", &["serve"]),
    ("tower", &["serve"]),
    ("form_urlencoded", &["serve"]),
    ("percent_encoding", &["serve"]),
    ("subtle", &["serve"]),
    ("getrandom", &["serve"]),
    ("color_quant", &["render"]),
    ("clap", &["cli", "main"]),
    ("tracing_subscriber", &["diagnostics"]),
    ("directories", &["db", "document"]),
    ("mimalloc", &["main"]),
    ("egui", &["ui", "app"]),
    ("eframe", &["ui", "app"]),
    ("walkers", &["ui", "app"]),
    ("egui_tiles", &["ui", "app"]),
    ("egui_table", &["ui", "app"]),
    ("egui_plot", &["ui"]),
    ("egui_commonmark", &["ui"]),
    ("pulldown_cmark", &["report"]),
    ("egui_material_icons", &["ui", "app"]),
    ("rfd", &["ui", "app"]),
];

const MOST_LINES_OF_A_FILE: usize = 500;

struct SourceFile {
    path: PathBuf,
    module: String,
    text: String,
}

fn source_files() -> Vec<SourceFile> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of src is readable") {
            let path = entry.expect("an entry of src is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&src).expect("below src");
                let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
                let module = first.trim_end_matches(".rs").to_owned();
                let text = std::fs::read_to_string(&path).expect("a source file is UTF-8");
                files.push(SourceFile { path: inside.to_owned(), module, text });
            }
        }
    }
    assert!(files.len() > 20, "the source was found");
    files
}

/// Lines of code: without comments, and up to the file's own tests.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// The names that follow `prefix` where it starts a path in a line of code.
fn names_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(prefix) {
        let before = rest[..at].chars().next_back();
        rest = &rest[at + prefix.len()..];
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let group = rest.strip_prefix('{').and_then(|inside| inside.split('}').next());
        match group {
            Some(inside) => names.extend(inside.split(',').map(|part| first_name(part.trim()))),
            None => names.push(first_name(rest)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[test]
fn imports_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in source_files() {
        if file.module == "lib" || file.module == "main" {
            continue;
        }
        let Some(may_use) = allowed.get(file.module.as_str()) else {
            wrong.push(format!("{}: module {} is not on the map", file.path.display(), file.module));
            continue;
        };
        for (line_number, line) in code_lines(&file.text) {
            for name in names_after(line, "crate::") {
                if allowed.contains_key(name) && name != file.module && !may_use.contains(&name) {
                    wrong.push(format!("{}:{line_number}: {} uses {name}", file.path.display(), file.module));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point back:\n{}", wrong.join("\n"));
}

#[test]
fn each_third_party_crate_has_its_owner() {
    let mut wrong = Vec::new();
    for file in source_files() {
        for (line_number, line) in code_lines(&file.text) {
            for (name, owners) in OWNERS {
                let path_start = format!("{name}::");
                let used = line.match_indices(&path_start).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '"')
                });
                if used && !owners.contains(&file.module.as_str()) {
                    wrong.push(format!("{}:{line_number}: {} uses the crate {name}", file.path.display(), file.module));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "crates used outside their owners:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns_and_stays_readable() {
    let mut wrong = Vec::new();
    for file in source_files() {
        if !file.text.starts_with("//!") {
            wrong.push(format!("{} does not open with //!", file.path.display()));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES_OF_A_FILE {
            wrong.push(format!("{} has {lines} lines: find the seam", file.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_what_it_should() {
    assert_eq!(names_after("use crate::geo::Crs;", "crate::"), ["geo"]);
    assert_eq!(names_after("use crate::{geo::Crs, cog};", "crate::"), ["geo", "cog"]);
    assert_eq!(names_after("let a = crate::warp::read(x);", "crate::"), ["warp"]);
    assert!(names_after("use mycrate::geo;", "crate::").is_empty());
}
