//! The dialog that imports targets: what it guesses and what can be corrected, rows that are left out, both kinds of store, all or
//! nothing, and that it can be stopped.

#![cfg(feature = "window")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cogscope::app::WindowOptions;
use cogscope::db::embedded::EmbeddedStore;
use cogscope::db::postgres::ServerLogin;
use cogscope::ui::{Command, ImportWish};
use common::postgres::{Database, ask};
use common::window::{Window, app, click, until_window as until, window};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

const CSV: &str = "id,label,name,lon,lat,picture,day,score\n\
    1,dam,Itaipu,-54.5,-25.4,a.tif,20200518,0.9\n\
    2,ship,A,-54.6,-25.5,b.tif,20200519,0.5\n\
    3,ship,B,200,10,b.tif,20200519,0.5\n\
    4,ship,C,-54.7,-25.6,b.tif,99,0.5\n";

fn open(folder: &Path, server: Option<ServerLogin>) -> Window {
    let options = WindowOptions {
        starts_empty: true,
        server: server.map(|login| (login, None)),
        config_folder: Some(folder.join("settings")),
        ..WindowOptions::default()
    };
    let mut window = window(options, [1280.0, 800.0]);
    window.run_steps(3);
    window
}

fn give(window: &mut Window, wish: ImportWish) {
    window.state_mut().as_mut().unwrap().give(Command::Import(Box::new(wish)));
    window.run_steps(3);
}

/// Reads a file in the dialog, and waits until its rows are checked.
fn read(window: &mut Window, path: PathBuf, told: &str) {
    give(window, ImportWish::Read(path));
    sees(window, told);
}

fn sees(window: &mut Window, text: &str) {
    until(window, text, |window| window.query_all_by_label_contains(text).next().is_some());
}

/// Chooses an entry of the list of kinds (0) or parts (1) in a column's row.
fn choose(window: &mut Window, column: &str, list: usize, entry: &str) {
    window.query_all_by_role_and_label(Role::ComboBox, column).nth(list).expect("the column's list").click();
    window.run_steps(4);
    window.query_all_by_label(entry).last().expect("the entry").click();
    window.run_steps(4);
}

#[test]
fn a_file_gets_into_a_geopackage_as_it_was_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Found Things.csv");
    std::fs::write(&file, CSV).unwrap();
    let mut window = open(folder.path(), None);
    click(&mut window, Role::Button, "Import targets");
    sees(&mut window, "a CSV, GeoJSON, GeoPackage or Shapefile");
    read(&mut window, file, "3 rows can be imported");
    // The day was taken for a number, and the picture for nothing.
    choose(&mut window, "day", 0, "dates");
    sees(&mut window, "2 rows can be imported");
    choose(&mut window, "picture", 1, "image");
    window.get_by_role_and_label(Role::CheckBox, "score").click();
    window.run_steps(3);
    sees(&mut window, "2 rows are left out, the first in line 4");
    let (store, aside) = (folder.path().join("store.gpkg"), folder.path().join("aside.csv"));
    give(&mut window, ImportWish::IntoFile(store.clone()));
    give(&mut window, ImportWish::SetAsideIn(aside.clone()));
    sees(&mut window, "2 rows can be imported");
    click(&mut window, Role::Button, "Import");
    sees(&mut window, "found_things: 2 rows, a new table");
    let answer = ask(&EmbeddedStore::new(&store).unwrap(), "SELECT * FROM found_things").unwrap().table;
    let names: Vec<&str> = answer.columns().iter().map(cogscope::db::Column::name).collect();
    for (name, is_there) in [("day", true), ("picture", true), ("label", true), ("score", false)] {
        assert_eq!(names.contains(&name), is_there, "{names:?}");
    }
    let day = answer.column(answer.column_index("day").unwrap()).unwrap().value(0).to_string();
    assert_eq!(day, "2020-05-18");
    let text = std::fs::read_to_string(&aside).unwrap();
    assert!(text.contains("not on the earth") && text.contains("day \"\"99\"\" can't be read as dates"), "{text}");
    click(&mut window, Role::Button, "Show on the map");
    until(&mut window, "the targets are on the map", |window| app(window).document().targets.shown().len() == 2);
    assert_eq!(app(&window).document().targets.set().unwrap().mapping().class.as_deref(), Some("label"));
}

#[test]
fn rows_are_added_to_a_table_of_a_server_or_nothing_is() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE found (id int PRIMARY KEY, class text, name text, geom geometry(Point, 4326));
         INSERT INTO found VALUES (2, 'dam', 'Itaipu', 'SRID=4326;POINT(-54.5 -25.4)'); ANALYZE",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("more.csv");
    std::fs::write(&file, "id,class,name,lon,lat\n1,dam,x,1,2\n2,dam,y,1,2\n").unwrap();
    let mut window = open(folder.path(), Some(ServerLogin::parse(&database.settings()).unwrap()));
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 1);
    read(&mut window, file.clone(), "2 rows can be imported");
    window.get_by_role_and_label(Role::ComboBox, "Into").click();
    window.run_steps(3);
    window.query_all_by_label_contains("PostgreSQL host").next().expect("the server is offered").click();
    window.run_steps(3);
    window.query_all_by_role_and_label(Role::ComboBox, "Table").next().unwrap().click();
    window.run_steps(3);
    window.get_by_label("Add to found").click();
    window.run_steps(3);
    click(&mut window, Role::Button, "Import");
    sees(&mut window, "nothing was imported");
    assert_eq!(database.value("SELECT count(*)::text FROM found").as_deref(), Some("1"));
    std::fs::write(&file, "id,class,name,lon,lat\n1,dam,x,1,2\n3,dam,y,1,2\n").unwrap();
    read(&mut window, file, "2 rows can be imported");
    click(&mut window, Role::Button, "Import");
    sees(&mut window, "found: 2 rows, added");
    assert_eq!(database.value("SELECT count(*)::text FROM found").as_deref(), Some("3"));
    click(&mut window, Role::Button, "Show on the map");
    until(&mut window, "all are on the map", |window| app(window).document().targets.shown().len() == 3);
}

#[test]
fn an_import_that_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.csv");
    let mut text = "id,class,lon,lat\n".to_owned();
    for id in 0..200_000 {
        let _ = writeln!(text, "{id},dam,1,2");
    }
    std::fs::write(&file, text).unwrap();
    let mut window = open(folder.path(), None);
    read(&mut window, file, "rows can be imported");
    let store = folder.path().join("store.gpkg");
    give(&mut window, ImportWish::IntoFile(store.clone()));
    until(&mut window, "the store is chosen", |window| {
        window.query_all_by_label_contains("A new table").next().is_some()
            || window.query_by_role_and_label(Role::TextInput, "Name of the new table").is_some()
    });
    click(&mut window, Role::Button, "Import");
    until(&mut window, "it runs", |window| window.query_by_role_and_label(Role::Button, "Cancel").is_some());
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    sees(&mut window, "Cancelled: nothing was imported");
    assert!(!store.exists());
}

#[test]
fn a_file_that_is_none_is_told_in_the_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), None);
    read(&mut window, folder.path().join("missing.csv"), "missing.csv");
    let file = folder.path().join("bare.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    read(&mut window, file, "1 row can be imported, without positions");
}
