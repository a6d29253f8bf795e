//! The window with a server of targets: connecting by hand, mistakes, and a table that is shown.

#![cfg(feature = "window")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::WindowOptions;
use cogscope::db::postgres::{ServerLogin, Vault};
use cogscope::document::{ImageLinks, NamedImage, SavedReview, TargetLinks};
use cogscope::targets::{SelectMode, TargetId, Verdict};
use cogscope::ui::Command;
use common::postgres::Database;
use common::window::{Window, app, until_window as until};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

fn open(server: Option<(ServerLogin, Option<String>)>) -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        starts_empty: true,
        server,
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let window = common::window::window(options, [1280.0, 800.0]);
    (window, settings)
}

const TARGETS: &str = "CREATE TABLE found (id int PRIMARY KEY, class text, name text, geom geometry(Point, 4326));
    INSERT INTO found VALUES (1, 'dam', 'Itaipu', 'SRID=4326;POINT(-54.5 -25.4)'), (2, 'ship', 'A', 'SRID=4326;POINT(-54.6 -25.5)');
    ANALYZE";

#[test]
fn a_server_named_at_the_start_shows_its_targets_and_is_remembered_without_its_password() {
    let Some(database) = Database::create() else { return };
    database.execute(TARGETS);
    let login = ServerLogin::parse(&database.settings()).unwrap();
    let (mut window, settings) = open(Some((login, None)));
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 2);
    let server = app(&window).document().targets.server().unwrap();
    assert_eq!((server.saved.table.as_str(), server.in_view), ("found", None));
    assert_eq!(app(&window).document().project.tables.len(), 1);
    let saved = std::fs::read_to_string(settings.path().join("settings.json")).unwrap();
    assert!(saved.contains("127.0.0.1") && !saved.contains("secret"), "{saved}");
}

#[test]
fn the_tables_of_the_last_session_come_back_with_their_mapping_and_no_password_is_kept() {
    let Some(database) = Database::create() else { return };
    database.execute(TARGETS);
    let login = ServerLogin::parse(&database.settings()).unwrap();
    let (mut window, settings) = open(Some((login.clone(), None)));
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 2);
    let mut mapping = app(&window).document().project.tables[0].mapping.clone();
    (mapping.class, mapping.name) = (Some("name".to_owned()), Some("class".to_owned()));
    let command = Command::LoadTable {
        address: Box::new(login.address.clone()),
        table: "found".to_owned(),
        mapping: Some(Box::new(mapping.clone())),
    };
    window.state_mut().as_mut().unwrap().give(command);
    let has_class = |window: &Window, name: &str| {
        app(window).document().targets.set().is_some_and(|set| set.class_named(name).is_some())
    };
    until(&mut window, "the columns play other parts", |window| has_class(window, "Itaipu"));
    eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
    drop(window);
    let saved = std::fs::read_to_string(settings.path().join("session.json")).unwrap();
    assert!(saved.contains("127.0.0.1") && !saved.contains("secret"), "{saved}");

    let options = WindowOptions { config_folder: Some(settings.path().to_owned()), ..WindowOptions::default() };
    let mut again = common::window::window(options, [1280.0, 800.0]);
    until(&mut again, "the password is asked for", |window| {
        window.query_by_role_and_label(Role::PasswordInput, "Password").is_some()
    });
    type_into(&mut again, Role::PasswordInput, "Password", "secret");
    again.get_by_role_and_label(Role::Button, "Test and list tables").click();
    until(&mut again, "the targets are there again", |window| has_class(window, "Itaipu"));
    assert_eq!(app(&again).document().project.tables[0].mapping, mapping);
}

/// A window that keeps passwords in this store.
fn open_with(vault: &Vault, settings: &std::path::Path) -> Window {
    let (config_folder, vault) = (Some(settings.to_owned()), vault.clone());
    common::window::window(WindowOptions { config_folder, vault, ..WindowOptions::default() }, [1280.0, 800.0])
}

/// Types the password into the dialog, says whether to keep it, and connects.
fn log_in(window: &mut Window, keeps: bool) {
    type_into(window, Role::PasswordInput, "Password", "secret");
    if keeps {
        window.get_by_role_and_label(Role::CheckBox, "Keep it in the system's credential store").click();
        window.run_steps(2);
    }
    window.get_by_role_and_label(Role::Button, "Test and list tables").click();
}

#[test]
fn a_password_is_kept_in_the_credential_store_or_nowhere() {
    let Some(database) = Database::create() else { return };
    database.execute(TARGETS);
    let login = ServerLogin::parse(&database.settings()).unwrap();
    let (mut window, settings) = open(Some((login.clone(), None)));
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 2);
    eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
    drop(window);
    let is_asking = |window: &Window| window.query_by_role_and_label(Role::PasswordInput, "Password").is_some();
    let has_targets = |window: &Window| app(window).document().targets.shown().len() == 2;

    // Without a store it is said, quietly, and asked each time.
    let missing = Vault::missing();
    let mut window = open_with(&missing, settings.path());
    until(&mut window, "the password is asked for", is_asking);
    assert!(window.query_all_by_label_contains("no credential store").next().is_some());
    log_in(&mut window, true);
    until(&mut window, "the targets are there", has_targets);
    eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
    drop(window);

    let vault = Vault::in_memory();
    let mut window = open_with(&vault, settings.path());
    until(&mut window, "the password is asked for again", is_asking);
    log_in(&mut window, true);
    until(&mut window, "the targets are there", has_targets);
    assert!(vault.password(&login.address).unwrap().is_some());
    eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
    drop(window);

    // From now on nothing is asked.
    let mut window = open_with(&vault, settings.path());
    until(&mut window, "the targets come back by themselves", has_targets);
    assert!(!is_asking(&window));
    let command = Command::ForgetPassword(Box::new(login.address.clone()));
    window.state_mut().as_mut().unwrap().give(command);
    until(&mut window, "it is forgotten", |_| vault.password(&login.address) == Ok(None));
    eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
    drop(window);
    for file in std::fs::read_dir(settings.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn a_review_is_kept_in_a_table_of_its_own_and_never_in_another() {
    let Some(database) = Database::create() else { return };
    database.execute(TARGETS);
    let login = ServerLogin::parse(&database.settings()).unwrap();
    let server = login.address.to_string();
    let (mut window, _settings) = open(Some((login, None)));
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 2);
    let ids: Vec<TargetId> = app(&window).document().targets.shown().to_vec();
    let mut give = |command| {
        window.state_mut().as_mut().unwrap().give(command);
        window.run_steps(2);
        until(&mut window, "it is done", |window| app(window).is_complete());
        app(&window).document().notices.as_text()
    };
    let keep =
        |table: &str| Command::KeepReviewIn(Some(SavedReview { server: server.clone(), table: table.to_owned() }));
    let verdicts = || database.value("SELECT string_agg(key || ' ' || verdict, ', ' ORDER BY key) FROM \"my review\"");
    give(Command::Select { mode: SelectMode::Replace, targets: ids.clone() });
    give(keep("my review"));
    give(Command::Review(Some(Verdict::Accepted)));
    assert_eq!(verdicts().as_deref(), Some("1 accepted, 2 accepted"));
    give(Command::Review(Some(Verdict::Rejected)));
    give(Command::Undo);
    assert_eq!(verdicts().as_deref(), Some("1 accepted, 2 accepted"), "undone there too");
    give(Command::Undo);
    assert_eq!(database.value("SELECT count(*)::text FROM \"my review\"").as_deref(), Some("0"));
    give(Command::Redo);
    assert_eq!(verdicts().as_deref(), Some("1 accepted, 2 accepted"));
    let told = give(keep("found"));
    assert!(told.contains("a table found that is no review"), "{told}");
    assert_eq!(database.value("SELECT count(*)::text FROM found").as_deref(), Some("2"));
    assert_eq!(app(&window).document().project.review, None);
}

#[test]
fn numbers_of_images_lead_to_files_by_their_table_and_the_project_keeps_which() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE pictures (no int PRIMARY KEY, path text);
         INSERT INTO pictures VALUES (41, 'olinda/LE07_olinda_6band.tif'), (42, 'elsewhere/nothing.tif');
         CREATE TABLE found (id int PRIMARY KEY, class text, picture int REFERENCES pictures, geom geometry(Point, 4326));
         INSERT INTO found VALUES (1, 'reef', 41, 'SRID=4326;POINT(-34.88 -8.03)'), (2, 'reef', 42, 'SRID=4326;POINT(-34.88 -8.03)');
         ANALYZE",
    );
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        paths: vec![common::sample("olinda")],
        server: Some((ServerLogin::parse(&database.settings()).unwrap(), Some("found".to_owned()))),
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1280.0, 800.0]);
    until(&mut window, "image and targets are there", |window| {
        let document = app(window).document();
        document.imagery.catalog.images().count() == 1 && document.targets.shown().len() == 2
    });
    let document = app(&window).document();
    let links = Arc::new(ImageLinks::new(&document.imagery.catalog));
    let links = TargetLinks::new(Arc::clone(document.targets.set().unwrap()), links);
    let [first, second] = [1, 2].map(|key| {
        let is_it =
            |id: &TargetId| links.set().target(*id).is_some_and(|target| target.key.to_string() == key.to_string());
        links.set().ids().find(is_it).unwrap()
    });
    assert!(matches!(links.named(first), NamedImage::Found(_)));
    assert!(matches!(links.named(second), NamedImage::Missing));
    let mapping = &document.project.tables[0].mapping;
    assert_eq!(mapping.images.as_ref().map(|images| images.table.as_str()), Some("pictures"));
}

#[test]
fn a_server_is_connected_to_by_hand() {
    let Some(database) = Database::create() else { return };
    database.execute(TARGETS);
    let settings = database.settings();
    let field = |name: &str| {
        settings.split(' ').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap_or_default().to_owned()
    };
    let (mut window, _folder) = open(None);
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Connect to PostgreSQL").click();
    window.run_steps(3);
    let fields = [("Host", field("host")), ("Port", field("port")), ("Database", database.name.clone())];
    let login = [("User", "postgres".to_owned())];
    for (name, text) in fields.into_iter().chain(login) {
        type_into(&mut window, Role::TextInput, name, &text);
    }
    type_into(&mut window, Role::PasswordInput, "Password", "wrong");
    window.get_by_role_and_label(Role::Button, "Test and list tables").click();
    until(&mut window, "the wrong password is told", |window| {
        window.query_all_by_label_contains("wrong password").next().is_some()
    });
    window.get_by_role_and_label(Role::PasswordInput, "Password").focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.event(egui::Event::Text("secret".to_owned()));
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, "Test and list tables").click();
    until(&mut window, "the server is reached", |window| {
        window.query_all_by_label_contains("Connected: PostgreSQL").next().is_some()
    });
    assert!(window.query_all_by_label_contains("is a superuser").next().is_some());
    window.get_by_role_and_label(Role::ComboBox, "Table").click();
    window.run_steps(3);
    window.query_all_by_label_contains("found").next().expect("the table is offered").click();
    until(&mut window, "its columns are shown", |window| {
        window.query_by_role_and_label(Role::Button, "Show on the map").is_some()
    });
    window.get_by_role_and_label(Role::Button, "Show on the map").click();
    until(&mut window, "the targets are there", |window| app(window).document().targets.shown().len() == 2);
}

fn type_into(window: &mut Window, role: Role, name: &str, text: &str) {
    window.get_by_role_and_label(role, name).focus();
    window.run_steps(2);
    window.event(egui::Event::Text(text.to_owned()));
    window.run_steps(2);
}
