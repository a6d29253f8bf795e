//! Shapefiles as targets: those that GDAL makes (`shapefiles/make.sh`), and broken ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use cogscope::db::embedded::{EmbeddedStore, open};
use cogscope::db::{Limits, Query, QueryStore as _, ReadTable, Value};
use cogscope::targets::{LoadOptions, TargetSet, load};
use common::cogscope;

fn made_by_gdal(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapefiles").join(name)
}

/// A copy of a Shapefile, to be broken.
fn copy(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let from = made_by_gdal(name).with_extension(ending);
        if from.exists() {
            fs::copy(from, folder.path().join(format!("{name}.{ending}"))).unwrap();
        }
    }
    let path = folder.path().join(format!("{name}.shp"));
    (folder, path)
}

fn read(path: &Path) -> ReadTable {
    open(path).unwrap().read("", usize::MAX).unwrap()
}

fn problem(path: &Path) -> String {
    open(path).unwrap().read("", usize::MAX).unwrap_err().to_string()
}

fn targets(path: &Path) -> TargetSet {
    load(path, &LoadOptions::default()).unwrap()
}

#[track_caller]
fn assert_near(found: (f64, f64), expected: (f64, f64)) {
    assert!((found.0 - expected.0).abs() < 1e-6 && (found.1 - expected.1).abs() < 1e-6, "{found:?}, not {expected:?}");
}

fn position(set: &TargetSet, row: usize) -> (f64, f64) {
    let position = set.position(set.ids().nth(row).unwrap()).unwrap();
    (position.lon_deg(), position.lat_deg())
}

#[test]
fn points_of_a_projection_with_cyrillic_names_and_a_deleted_row() {
    let set = targets(&made_by_gdal("bridges.shp"));
    assert_eq!(set.len(), 2);
    assert_near(position(&set, 0), (-54.6, -25.4));
    assert_near(position(&set, 1), (-54.4, -25.5));
    let first = set.target(set.ids().next().unwrap()).unwrap();
    assert_eq!((first.name, first.date), (Some("Мост"), Some(jiff::civil::date(2024, 5, 18))));
    let table = set.table();
    let column = |name: &str| table.column_index(name).unwrap();
    assert_eq!(
        (table.value(column("id"), 1), table.value(column("length"), 0)),
        (Value::Integer(3), Value::Real(12.5))
    );
    assert_eq!(table.value(column("length"), 1), Value::Null);
    assert!(set.notes().iter().any(|note| note.contains("deleted") && note.ends_with('1')), "{:?}", set.notes());
}

#[test]
fn a_polygon_stands_where_it_is_and_an_empty_one_is_set_aside() {
    let read = read(&made_by_gdal("fields.shp"));
    assert_eq!(read.table.row_count(), 1);
    assert_eq!(
        (read.table.value(0, 0), read.table.value(1, 0)),
        (Value::Text("Ñandú"), Value::Integer(1_234_567_890_123))
    );
    let (longitude, latitude) = read.geometry_columns.unwrap();
    let place = [longitude, latitude].map(|column| read.table.value(column, 0).as_f64().unwrap());
    // The centroid lies in the hole.
    assert!(!(3.0..=7.0).contains(&place[0]) && (place[1] - 5.0).abs() < 1e-9, "{place:?}");
    assert_eq!(read.set_aside.len(), 1);
    assert!(read.set_aside[0].line == 2 && read.set_aside[0].reason.contains("empty"), "{:?}", read.set_aside);
}

#[test]
fn several_points_have_their_mean_and_utf_8_its_letters() {
    let set = targets(&made_by_gdal("ships.shp"));
    assert_near(position(&set, 0), (11.0, 21.0));
    assert_eq!(set.classes()[0].name.as_ref(), "Ωmega");
}

#[test]
fn without_a_dbf_there_are_positions_only() {
    let (_folder, path) = copy("bridges");
    fs::remove_file(path.with_extension("dbf")).unwrap();
    let read = read(&path);
    assert_eq!((read.table.row_count(), read.table.columns().len()), (3, 2));
    assert!(read.notes.iter().any(|note| note.contains("no .dbf file")), "{:?}", read.notes);
}

#[test]
fn without_a_prj_degrees_are_assumed_where_they_can_be() {
    let (_folder, path) = copy("ships");
    fs::remove_file(path.with_extension("prj")).unwrap();
    assert!(read(&path).notes.iter().any(|note| note.contains("no .prj file") && note.contains("WGS 84")));
    let (_folder, path) = copy("bridges");
    fs::remove_file(path.with_extension("prj")).unwrap();
    let problem = problem(&path);
    assert!(problem.contains("no .prj file") && problem.contains("no degrees"), "{problem}");
}

#[test]
fn an_unknown_encoding_is_said() {
    let (_folder, path) = copy("fields");
    fs::write(path.with_extension("cpg"), "GB18030").unwrap();
    let read = read(&path);
    assert!(read.notes.iter().any(|note| note.contains("GB18030")), "{:?}", read.notes);
    // The header's own page is the next best.
    assert_eq!(read.table.value(0, 0), Value::Text("Ñandú"));
}

#[test]
fn other_endings_may_be_in_capitals_and_the_index_may_be_missing() {
    let (_folder, path) = copy("bridges");
    fs::remove_file(path.with_extension("shx")).unwrap();
    for ending in ["dbf", "prj", "cpg"] {
        fs::rename(path.with_extension(ending), path.with_extension(ending.to_uppercase())).unwrap();
    }
    assert_eq!(targets(&path).len(), 2);
}

#[test]
fn a_file_cut_off_anywhere_says_so_or_loses_its_last_rows_only() {
    let (_folder, path) = copy("bridges");
    let whole = fs::read(&path).unwrap();
    fs::remove_file(path.with_extension("shx")).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        match open(&path).unwrap().read("", usize::MAX) {
            Err(error) => assert!(error.to_string().contains("bridges.shp"), "{error}"),
            Ok(read) => {
                // A header of 100 bytes, a record of 28, one that is deleted, one that is never whole here.
                assert_eq!(read.table.row_count(), usize::from(length >= 128), "{length}");
                let is_whole = length == 100 || (length - 100) % 28 == 0;
                assert!(
                    is_whole || read.notes.iter().any(|note| note.contains("cut off")),
                    "{length}: {:?}",
                    read.notes
                );
            }
        }
    }
    fs::write(&path, &whole).unwrap();
    let table = fs::read(path.with_extension("dbf")).unwrap();
    for length in 0..table.len() {
        fs::write(path.with_extension("dbf"), &table[..length]).unwrap();
        match open(&path).unwrap().read("", usize::MAX) {
            Err(error) => assert!(error.to_string().contains(".dbf"), "{error}"),
            Ok(read) => assert!(read.table.row_count() + read.set_aside.len() >= 2, "{length}"),
        }
    }
}

#[test]
fn a_record_that_can_not_be_costs_its_own_row() {
    let (_folder, path) = copy("fields");
    let mut bytes = fs::read(&path).unwrap();
    // The number of points of the first polygon: a box of four numbers and the number of parts come before it.
    bytes[100 + 8 + 40..][..4].copy_from_slice(&i32::MAX.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let read = read(&path);
    assert_eq!((read.table.row_count(), read.set_aside.len()), (0, 2));
    assert!(read.set_aside[0].reason.contains("more points than it has"), "{:?}", read.set_aside);
}

#[test]
fn what_is_no_shapefile_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.shp");
    fs::write(&path, "no shapes").unwrap();
    assert!(problem(&path).contains("a.shp: its .shp file is none"));
}

#[test]
fn a_shapefile_is_asked_in_sql_and_imported() {
    let store = EmbeddedStore::new(&made_by_gdal("bridges.shp")).unwrap();
    let query = Query::new("SELECT name FROM targets WHERE seen = 1 ORDER BY id");
    let answer = store.query(&query, &Limits::default(), &|| false).unwrap();
    assert_eq!((answer.table.row_count(), answer.table.value(0, 0)), (2, Value::Text("Мост")));
    let folder = tempfile::tempdir().unwrap();
    let file = made_by_gdal("fields.shp");
    let arguments = ["import", file.to_str().unwrap(), "--db", "store.gpkg"];
    let output = cogscope(&arguments).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let set = targets(&folder.path().join("store.gpkg"));
    assert_eq!((set.len(), set.classes()[0].name.as_ref()), (1, "Ñandú"));
    assert!(fs::read_to_string(folder.path().join("set_aside.csv")).unwrap().contains("empty"));
}
