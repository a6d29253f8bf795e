//! `cogscope report` on tables of a server: the templates that come with the program say the same of them as of a file, whether the
//! tables are somebody's own or were made by `cogscope import` and `cogscope db init`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use cogscope::db::{Limits, Query, StoreAddress};
use common::postgres::Database;
use common::{cogscope, sample};

/// What is asked of each store.
const ASKED: [(&str, &str); 6] = [
    ("image", "image=LC08_224078_20200518"),
    ("image", "image="),
    ("class", "class=dam"),
    ("class", "from=2020-01-01"),
    ("class", "to=2020-05-18"),
    ("area", "bbox=-35,-9,-34,-7"),
];

/// Runs the program; it must succeed and complain of nothing.
#[track_caller]
fn run(arguments: &[&str]) {
    let output = cogscope(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

/// The report as Markdown without what tells of its making.
#[track_caller]
fn report(template: &str, given: &str, db: &str, output: &Path) -> String {
    let (output_name, images) = (output.to_str().unwrap(), ["--images", "sample_data/itaipu"]);
    let images: &[&str] = if given.starts_with("image=L") { &images } else { &[] };
    run(&[&["report", template, "-o", output_name, "--strict", "--db", db, "--made", "now", "--param", given], images]
        .concat());
    let text = std::fs::read_to_string(output).unwrap();
    let (own, appendix) = text.split_once("## How this report was made").unwrap();
    assert!(!appendix.contains("secret"));
    // An embedded store knows no type of a column without a value, so it can't align that.
    let pictures = output.file_stem().unwrap().to_string_lossy();
    own.replace(&format!("{pictures}_files/"), "").replace("--:", "---")
}

#[track_caller]
fn assert_says_what_the_file_says(server: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (name, given) in ASKED {
        let of_server = report(name, given, server, &folder.path().join("of-server.md"));
        let of_file = report(name, given, "sample_data/targets.gpkg", &folder.path().join("of-file.md"));
        assert_eq!(of_server, of_file, "{name} {given}");
    }
}

/// The sample's targets as a table of the server.
fn targets_in(database: &Database) {
    let store = StoreAddress::file(&sample("targets.gpkg")).open().unwrap();
    let query = Query::new("SELECT id, class, name, image, date, confidence, longitude, latitude FROM targets");
    let table = store.query(&query, &Limits::default(), &|| false).unwrap().table;
    let cell = |column, row| match table.value(column, row) {
        value if value.is_null() => "NULL".to_owned(),
        value => format!("'{}'", value.to_string().replace('\'', "''")),
    };
    let rows = (0..table.row_count()).map(|row| (0..8).map(|column| cell(column, row)).collect::<Vec<_>>().join(", "));
    let rows: Vec<String> = rows.map(|cells| format!("({cells})")).collect();
    database.execute(&format!(
        "CREATE TABLE targets (id bigint PRIMARY KEY, class text, name text, image text, date date,
                               confidence double precision, longitude double precision, latitude double precision);
         INSERT INTO targets VALUES {}",
        rows.join(", ")
    ));
}

#[test]
fn the_templates_say_the_same_of_a_server() {
    let Some(database) = Database::create() else { return };
    targets_in(&database);
    assert_says_what_the_file_says(&database.reader());
}

#[test]
fn the_templates_say_the_same_of_a_table_that_was_imported() {
    let Some(database) = Database::create() else { return };
    let file = sample("targets.gpkg");
    run(&["import", file.to_str().unwrap(), "--db", &database.settings()]);
    let kinds = "SELECT string_agg(attname || attgenerated::text, ' ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'targets'::regclass AND attname IN ('geom', 'longitude', 'latitude')";
    assert_eq!(database.value(kinds).as_deref(), Some("geom longitudes latitudes"));
    assert_says_what_the_file_says(&database.reader());
}

#[test]
fn the_templates_work_on_the_tables_that_init_makes() {
    let Some(database) = Database::create() else { return };
    run(&["db", "init", "--db", &database.settings()]);
    // One that was made before it had a longitude and a latitude gets them.
    database.execute("ALTER TABLE targets DROP COLUMN longitude, DROP COLUMN latitude");
    run(&["db", "init", "--db", &database.settings()]);
    let file = sample("targets.gpkg");
    run(&["import", file.to_str().unwrap(), "--table", "targets", "--db", &database.settings()]);
    let folder = tempfile::tempdir().unwrap();
    let server = database.reader();
    for (name, given) in ASKED {
        let text = report(name, given, &server, &folder.path().join("of-server.md"));
        let of_file = report(name, given, "sample_data/targets.gpkg", &folder.path().join("of-file.md"));
        // Keys and times are the table's own; how many there are of what is not.
        let told = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("Made ")).unwrap_or_default().to_owned();
            (line, text.lines().filter(|line| line.starts_with('|')).count(), text.matches("![").count())
        };
        assert_eq!(told(&text), told(&of_file), "{name} {given}");
    }
}
