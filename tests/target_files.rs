//! What a user sees of files of targets: the sample data, the formats, and that nothing is written beside them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use cogscope::db::embedded::{GeoPackage, target_files};
use cogscope::db::{DbError, ReadTable, Store, Value};
use cogscope::targets::{LoadOptions, TargetSet, TargetsError, load};
use rusqlite::Connection;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(name)
}

fn load_default(path: &Path) -> Result<TargetSet, TargetsError> {
    load(path, &LoadOptions::default())
}

/// A GeoPackage of one feature table `t` with a key, a name and a geometry.
fn geopackage(path: &Path, srs: (i64, &str, &str), rows: &[(&str, Option<Vec<u8>>)]) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
                 organization_coordsys_id INTEGER, definition TEXT, description TEXT);
             CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
                 srs_id INTEGER, z TINYINT, m TINYINT);
             CREATE TABLE \"the 'best' \"\"targets\"\"\" (fid INTEGER PRIMARY KEY, the_geom BLOB, name TEXT, seen BOOLEAN);
             CREATE TABLE styles (id INTEGER PRIMARY KEY, qml TEXT);
             INSERT INTO gpkg_contents VALUES ('styles', 'attributes', NULL),
                 ('the ''best'' \"targets\"', 'features', 1), ('gone', 'features', 1);
             INSERT INTO gpkg_geometry_columns VALUES ('the ''best'' \"targets\"', 'the_geom', 'GEOMETRY', 1, 0, 0);",
        )
        .unwrap();
    let sql = "INSERT INTO gpkg_spatial_ref_sys VALUES ('system', 1, ?1, ?2, ?3, '')";
    connection.execute(sql, (srs.1, srs.0, srs.2)).unwrap();
    for (name, blob) in rows {
        let sql = "INSERT INTO \"the 'best' \"\"targets\"\"\" (the_geom, name, seen) VALUES (?1, ?2, 1)";
        connection.execute(sql, (blob, name)).unwrap();
    }
    connection
}

fn point(x: f64, y: f64) -> Vec<u8> {
    let mut blob = b"GP\x00\x01\x01\x00\x00\x00\x01\x01\x00\x00\x00".to_vec();
    blob.extend(x.to_le_bytes());
    blob.extend(y.to_le_bytes());
    blob
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read_first_table(path: &Path) -> ReadTable {
    let store = GeoPackage::new(path);
    let table = store.tables().unwrap().first().unwrap().name.clone();
    store.read(&table, usize::MAX).unwrap()
}

#[test]
fn the_sample_geopackage_holds_the_rows_of_the_sample_csv() {
    let from_csv = load_default(&sample("targets.csv")).unwrap();
    let from_geopackage = load_default(&sample("targets.gpkg")).unwrap();
    assert!(from_csv.len() > 50);
    assert_eq!(from_csv.len(), from_geopackage.len(), "run: cargo run --example make_sample_geopackage");
    assert!(from_csv.set_aside().is_empty() && from_geopackage.set_aside().is_empty());
    for id in from_csv.ids() {
        assert_eq!(from_csv.target(id), from_geopackage.target(id));
    }
    for column in from_csv.table().columns() {
        let other = from_geopackage.table().column_index(column.name()).unwrap();
        let other = from_geopackage.table().column(other).unwrap();
        assert!(column.values().eq(other.values()), "column {} differs", column.name());
    }
    assert_eq!(from_csv.table().columns().len(), from_geopackage.table().columns().len());
}

#[test]
fn of_the_sample_folder_one_file_of_targets_is_taken() {
    let paths = ["targets.csv", "targets.gpkg", "README.md"].map(sample);
    assert_eq!(target_files(&paths), [sample("targets.gpkg")]);
}

#[test]
fn a_projected_geopackage_comes_out_in_degrees_with_the_odd_rows_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coberturas ação #1?.gpkg");
    let rows = [
        ("dam", Some(point(742_000.0, 7_188_000.0))),
        ("nothing", None),
        ("broken", Some(b"GP\x00\x01\x01\x00\x00\x00\x01".to_vec())),
        ("picture", Some(b"GIF89a".to_vec())),
        ("spillway", Some(point(743_000.0, 7_188_000.0))),
    ];
    drop(geopackage(&path, (32721, "EPSG", ""), &rows));
    let set = load_default(&path).unwrap();
    let names: Vec<_> = set.ids().filter_map(|id| set.target(id)?.name).collect();
    assert_eq!(names, ["dam", "spillway"]);
    let dam = set.position(set.ids().next().unwrap()).unwrap();
    assert!((dam.lon_deg() - -54.594_315).abs() < 2e-6 && (dam.lat_deg() - -25.405_230).abs() < 2e-6, "{dam:?}");
    assert_eq!(set.set_aside().iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4]);
    let seen = set.table().column_index("seen").unwrap();
    assert_eq!(set.table().value(seen, 0), Value::Bool(true));
    assert!(set.notes().iter().any(|note| note.contains("styles")), "{:?}", set.notes());
}

#[test]
fn a_reference_system_is_read_from_its_definition_when_its_code_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let utm = r#"PROJCS["UTM 21S",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-57],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",10000000],UNIT["metre",1]]"#;
    drop(geopackage(&path, (99_999, "MINE", utm), &[("dam", Some(point(742_000.0, 7_188_000.0)))]));
    let lon = read_first_table(&path).table.value(3, 0).as_f64().unwrap();
    assert!((lon - -54.594_315).abs() < 2e-6, "{lon}");
    let undefined = folder.path().join("b.gpkg");
    drop(geopackage(&undefined, (-1, "NONE", "undefined"), &[("dam", Some(point(1.0, 2.0)))]));
    let error = load_default(&undefined).unwrap_err().to_string();
    assert!(error.contains("b.gpkg") && error.contains("EPSG:4326"), "{error}");
}

#[test]
fn reading_writes_nothing_beside_the_file_though_it_is_in_wal_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let connection = geopackage(&path, (4326, "EPSG", ""), &[("dam", Some(point(1.0, 2.0)))]);
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    drop(connection);
    let (before, names) = (fs::read(&path).unwrap(), names_in(folder.path()));
    assert_eq!(names, ["a.gpkg"]);
    assert_eq!(load_default(&path).unwrap().len(), 1);
    assert_eq!(names_in(folder.path()), names);
    assert!(fs::read(&path).unwrap() == before, "the file was written to");
}

#[test]
fn changes_that_another_program_has_not_saved_are_spoken_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let writer = geopackage(&path, (4326, "EPSG", ""), &[("dam", Some(point(1.0, 2.0)))]);
    writer.pragma_update(None, "journal_mode", "WAL").unwrap();
    writer.execute("DELETE FROM styles", []).unwrap();
    writer.execute("INSERT INTO styles VALUES (1, 'x')", []).unwrap();
    let set = load_default(&path).unwrap();
    assert!(set.notes().iter().any(|note| note.contains("another program")), "{:?}", set.notes());
}

#[test]
fn a_capped_read_says_that_there_are_more_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let rows = [("a", Some(point(1.0, 2.0))), ("b", Some(point(1.0, 2.0))), ("c", Some(point(1.0, 2.0)))];
    drop(geopackage(&path, (4326, "EPSG", ""), &rows));
    let store = GeoPackage::new(&path);
    let table = store.tables().unwrap().first().unwrap().clone();
    assert!(table.has_geometry);
    let two = store.read(&table.name, 2).unwrap().table;
    assert!(two.row_count() == 2 && two.is_truncated());
    assert!(!store.read(&table.name, 3).unwrap().table.is_truncated());
    let missing = store.read("nobody's", 3).unwrap_err();
    assert!(matches!(missing, DbError::NoSuchTable { ref available, .. } if available.len() == 2), "{missing}");
}

#[test]
fn a_file_that_is_not_what_it_says_gives_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        load_default(&path).unwrap_err().to_string()
    };
    let whole = fs::read(sample("targets.gpkg")).unwrap();
    let cases = [
        ("empty.gpkg", &b""[..], "not a GeoPackage"),
        ("text.gpkg", &b"id,name\n1,a\n".repeat(100)[..], "not a GeoPackage"),
        ("cut.gpkg", &whole[..whole.len() / 2], "not complete"),
        ("empty.csv", b"", "no line"),
        ("binary.csv", b"II*\0\x08\0\0\0", "not a text file"),
        ("nowhere.csv", b"id,name\n1,a\n", "longitude"),
        ("projected.csv", b"id,x,y\n1,742000,7188000\n", "degrees"),
        ("topology.geojson", br#"{"type":"Topology"}"#, "Topology"),
        ("empty.geojson", b"", "not valid GeoJSON"),
    ];
    for (name, bytes, problem) in cases {
        let error = write(name, bytes);
        assert!(error.contains(name) && error.contains(problem), "{name}: {error}");
    }
    assert!(load_default(Path::new("missing.gpkg")).unwrap_err().to_string().contains("missing.gpkg"));
    assert!(load_default(Path::new("targets.xlsx")).unwrap_err().to_string().contains(".gpkg"));
}

#[test]
fn every_truncation_of_a_geopackage_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(sample("targets.gpkg")).unwrap();
    for part in 0..64 {
        let path = folder.path().join(format!("{part}.gpkg"));
        fs::write(&path, &whole[..whole.len() * part / 64]).unwrap();
        let error = load_default(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("{part}.gpkg")), "{error}");
    }
}

#[test]
fn bad_rows_are_set_aside_with_their_line_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("targets.csv");
    fs::write(
        &path,
        "id;class;lon;lat\n1;dam;-54,5;-25,4\n2;dam;;\n3;ship;200;10\n4;ship\n5;ship;-54,6;-25,5\n6;ship;west;1\n",
    )
    .unwrap();
    let set = load_default(&path).unwrap();
    assert_eq!(set.len(), 2);
    let aside: Vec<_> = set.set_aside().iter().map(|row| (row.line, row.reason.as_str())).collect();
    let expected = [
        (3, "no longitude"),
        (4, "200, 10 is not on the earth (longitude -180 to 180, latitude -90 to 90)"),
        (5, "2 fields where the header has 4"),
        (7, "longitude \"west\" is not a number"),
    ];
    assert_eq!(aside, expected);
}
