//! Files of targets into either kind of store, through the command line: what is guessed, what is set aside, and that all
//! of it gets in or nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::cogscope;
use common::postgres::{Database, client};

const CSV: &str = "id,class,name,lon,lat,image,date,score,tide m\n\
    1,dam,\"a, \"\"b\"\"\",-54.5,-25.4,a.tif,2020-05-18,0.9,1.5\n\
    2,ship,x\\y,-54.6,-25.5,b.tif,2020-05-19,0.5,\n\
    3,ship,,200,10,b.tif,,0.5,2\n\
    4,\"<script>alert(1)</script>\",'; DROP TABLE t; --,-54.7,-25.6,b.tif,,,-3e2\n\
    5,dam\n";

/// A folder that the program is run in, and the rows of [`CSV`] in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Found Things.csv"), CSV).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    cogscope(arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

/// The store of a test: a server's database, or a file.
enum TestStore {
    Server(Database),
    File,
}

impl TestStore {
    fn each(test: impl Fn(&Self)) {
        test(&Self::File);
        if let Some(database) = Database::create() {
            test(&Self::Server(database));
        }
    }

    fn db(&self) -> String {
        match self {
            Self::Server(database) => database.settings(),
            Self::File => "store.gpkg".to_owned(),
        }
    }
}

#[test]
fn rows_come_out_as_they_went_in() {
    TestStore::each(|store| {
        let folder = folder();
        let db = store.db();
        let told = succeeds(folder.path(), &["import", "Found Things.csv", "--db", &db]);
        for line in ["3 rows for table found_things", "id: whole numbers, the key", "score: numbers, the confidence"] {
            assert!(told.contains(line), "{told}");
        }
        let (tide, place) = match store {
            TestStore::Server(_) => ("tide_m", "ST_X(geom) AS x, ST_Y(geom) AS y"),
            TestStore::File => ("\"tide m\"", "longitude(geom) AS x, latitude(geom) AS y"),
        };
        let sql =
            format!("SELECT id, class, name, {place}, image, date, score, {tide} AS t FROM found_things ORDER BY id");
        let found = succeeds(folder.path(), &["query", &sql, "--db", &db, "--format", "csv"]);
        let expected = "id,class,name,x,y,image,date,score,t\n\
            1,dam,\"a, \"\"b\"\"\",-54.5,-25.4,a.tif,2020-05-18,0.9,1.5\n\
            2,ship,x\\y,-54.6,-25.5,b.tif,2020-05-19,0.5,\n\
            4,<script>alert(1)</script>,'; DROP TABLE t; --,-54.7,-25.6,b.tif,,,-300\n";
        assert_eq!(found, expected);
        let aside = fs::read_to_string(folder.path().join("set_aside.csv")).unwrap();
        let lines: Vec<&str> = aside.lines().collect();
        assert_eq!(lines.len(), 3, "{aside}");
        assert!(lines[1].contains(",4,") && lines[1].contains("not on the earth") && lines[1].contains("3,ship"));
        assert!(lines[2].contains(",6,") && lines[2].contains("2 fields"), "{aside}");
    });
}

#[test]
fn a_second_import_adds_to_the_table_or_leaves_it_as_it_was() {
    TestStore::each(|store| {
        let folder = folder();
        let db = store.db();
        let count = || {
            let sql = "SELECT count(*) AS n FROM things";
            succeeds(folder.path(), &["query", sql, "--db", &db, "--format", "csv"]).replace('\n', " ")
        };
        succeeds(folder.path(), &["import", "Found Things.csv", "--table", "things", "--db", &db]);
        // The same keys again: the first rows of the second file would fit, the last one doesn't.
        fs::write(folder.path().join("more.csv"), CSV.replace("\n1,", "\n11,").replace("\n2,", "\n12,")).unwrap();
        let error = fails(folder.path(), &["import", "more.csv", "--table", "things", "--db", &db]);
        assert!(error.contains("nothing was imported"), "{error}");
        assert_eq!(count(), "n 3 ");
        fs::write(folder.path().join("other.csv"), "id,class,lon,lat,depth\n21,dam,1,2,3\n").unwrap();
        let error = fails(folder.path(), &["import", "other.csv", "--table", "things", "--db", &db]);
        assert!(error.contains("no column for depth") && error.contains("another table"), "{error}");
        fs::write(folder.path().join("fits.csv"), "id,class,lon,lat\n21,dam,1,2\n22,ship,3,4\n").unwrap();
        let told = succeeds(folder.path(), &["import", "fits.csv", "--table", "things", "--db", &db]);
        assert!(told.contains("things: 2 rows added"), "{told}");
        assert_eq!(count(), "n 5 ");
        if let TestStore::Server(database) = store {
            let sql =
                "SELECT string_agg(format('%s %s', longitude, latitude), ', ' ORDER BY id) FROM things WHERE id > 20";
            assert_eq!(database.value(sql).as_deref(), Some("1 2, 3 4"));
        }
    });
}

#[test]
fn of_several_files_all_get_in_or_none() {
    TestStore::each(|store| {
        let folder = folder();
        let db = store.db();
        fs::write(folder.path().join("a.csv"), "id,class,lon,lat\n1,dam,1,2\n").unwrap();
        fs::write(folder.path().join("b.csv"), "id,class,lon,lat\n1,dam,1,2\n").unwrap();
        let both = ["import", "a.csv", "b.csv", "--table", "t", "--db", &db];
        let error = fails(folder.path(), &both);
        assert!(error.contains("nothing was imported"), "{error}");
        let error = fails(folder.path(), &["query", "SELECT * FROM t", "--db", &db]);
        match store {
            TestStore::Server(_) => assert!(error.contains("does not exist"), "{error}"),
            TestStore::File => assert!(!folder.path().join("store.gpkg").exists(), "{error}"),
        }
        let error = fails(folder.path(), &["import", "a.csv", "missing.csv", "--table", "t", "--db", &db]);
        assert!(error.contains("missing.csv"), "{error}");
        succeeds(folder.path(), &["import", "a.csv", "b.csv", "--db", &db]);
    });
}

#[test]
fn geometries_of_any_system_get_in_and_a_table_without_positions_too() {
    TestStore::each(|store| {
        let folder = folder();
        let db = store.db();
        let utm = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32721"}},
            "features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[742000,7188000]},
            "properties":{"class":"dam","seen":true,"at":"2020-05-18T10:00:00Z"}}]}"#;
        fs::write(folder.path().join("utm.geojson"), utm).unwrap();
        fs::write(folder.path().join("images.csv"), "name,path\na.tif,/data/a.tif\n").unwrap();
        succeeds(folder.path(), &["import", "utm.geojson", "images.csv", "--db", &db]);
        let x = if matches!(store, TestStore::Server(_)) { "ST_X(geom)" } else { "longitude(geom)" };
        let sql = format!("SELECT class, seen, at, {x} AS x FROM utm");
        let found = succeeds(folder.path(), &["query", &sql, "--db", &db, "--format", "csv"]);
        assert!(found.contains("dam,true,2020-05-18T10:00:00,-54.59431"), "{found}");
        let found = succeeds(folder.path(), &["query", "SELECT * FROM images", "--db", &db, "--format", "json"]);
        assert!(found.contains("\"path\": \"/data/a.tif\""), "{found}");
    });
}

#[test]
fn init_makes_tables_that_take_what_is_imported() {
    TestStore::each(|store| {
        let folder = folder();
        let db = store.db();
        let script = succeeds(folder.path(), &["db", "init", "--db", &db]);
        let csv = "image,class,name,lon,lat,date,confidence\na.tif,dam,x,1,2,2020-05-18,0.5\n";
        fs::write(folder.path().join("t.csv"), csv).unwrap();
        let file = if matches!(store, TestStore::Server(_)) { "Found Things.csv" } else { "t.csv" };
        if let TestStore::File = store {
            let told = succeeds(folder.path(), &["import", file, "--table", "targets", "--db", &db]);
            assert!(told.contains("targets: 1 rows added"), "{told}");
            // A file has no column for whatever else there is.
            let error = fails(folder.path(), &["import", "Found Things.csv", "--table", "targets", "--db", &db]);
            assert!(error.contains("no column for id"), "{error}");
            return;
        }
        for _ in 0..2 {
            // The table numbers the rows by itself, so that the same file can come twice.
            succeeds(folder.path(), &["import", file, "--table", "targets", "--db", &db]);
        }
        let TestStore::Server(database) = store else { return };
        let sql = "SELECT string_agg(format('%s %s %s', id, class, values ->> 'id'), ', ' ORDER BY id) FROM targets
            WHERE class IN ('dam', 'ship')";
        assert_eq!(database.value(sql).as_deref(), Some("1 dam 1, 2 ship 2, 4 dam 1, 5 ship 2"));
        let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'targets' AND (indexdef LIKE '%gist%' OR indexdef LIKE '%(class)%')";
        assert_eq!(database.value(indexes).as_deref(), Some("2"));
        assert_reads_only(database, &script);
        succeeds(folder.path(), &["db", "init", "--db", &db]);
    });
}

/// Runs the script that `db init` prints, and tries what its role may do.
fn assert_reads_only(database: &Database, script: &str) {
    let role = format!("reader_of_{}", database.name);
    database.execute(&script.replace("\"cogscope_reader\"", &role));
    database.execute(&format!("ALTER ROLE {role} PASSWORD 'p'"));
    let mut reader = client(&format!("{} user={role} password=p", database.settings()));
    assert_eq!(reader.query_one("SELECT count(*) FROM targets", &[]).unwrap().get::<_, i64>(0), 6);
    for forbidden in [
        "SET default_transaction_read_only = off; DELETE FROM targets",
        "SET default_transaction_read_only = off; CREATE TABLE mine (a int)",
        "COPY targets TO PROGRAM 'id'",
        "CREATE ROLE other",
    ] {
        assert!(reader.batch_execute(forbidden).is_err(), "{forbidden}");
        reader.batch_execute("ROLLBACK").unwrap();
    }
}

#[test]
fn without_a_geometry_there_is_a_longitude_and_a_latitude() {
    let Some(database) = Database::create() else { return };
    database.execute("DROP EXTENSION postgis");
    let folder = folder();
    let db = database.settings();
    fs::write(folder.path().join("a.csv"), "id;class;lon;lat\n1;dam;-54,5;-25,4\n").unwrap();
    fs::write(folder.path().join("b.csv"), "id,class,x,y\n2,ship,3,4\n").unwrap();
    for file in ["a.csv", "b.csv"] {
        succeeds(folder.path(), &["import", file, "--table", "found", "--db", &db]);
    }
    let found = succeeds(folder.path(), &["query", "SELECT * FROM found ORDER BY id", "--db", &db, "--format", "csv"]);
    assert_eq!(found, "id,class,longitude,latitude\n1,dam,-54.5,-25.4\n2,ship,3,4\n");
}

#[test]
fn what_is_no_store_is_said_so() {
    let folder = folder();
    let error = fails(folder.path(), &["import", "Found Things.csv", "--db", "other.csv"]);
    assert!(error.contains("other.csv") && error.contains(".gpkg"), "{error}");
    let output = cogscope(["query", "SELECT 1"]).env_remove("PGHOST").current_dir(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("--db"));
    let error = fails(folder.path(), &["query", "SELECT 1", "--db", "missing.gpkg"]);
    assert!(error.contains("missing.gpkg"), "{error}");
}
