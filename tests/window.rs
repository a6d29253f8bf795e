//! The window as a user has it: opened, looked at, clicked. No graphics card is needed; widgets are found by what a screen
//! reader would say of them.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

use cogscope::app::{CogscopeApp, FailureSlot, WindowOptions, set_up};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Window = Harness<'static, Option<CogscopeApp>>;

/// A window on these folders, with settings of its own that end with the test.
fn open(paths: &[PathBuf]) -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let options = WindowOptions {
        paths: paths.to_vec(),
        starts_empty: paths.is_empty(),
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(set_up)
        .build_ui_state(
            move |ui, app: &mut Option<CogscopeApp>| {
                let app = app.get_or_insert_with(|| CogscopeApp::new(ui.ctx(), &options, FailureSlot::default()));
                app.tick(ui.ctx());
                app.show(ui);
            },
            None,
        );
    (window, settings)
}

fn app(window: &Window) -> &CogscopeApp {
    window.state().as_ref().expect("the window has been drawn")
}

/// Draws frames until something holds; files are read meanwhile by threads of their own.
fn until(window: &mut Window, what: &str, holds: impl Fn(&CogscopeApp) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds(app(window)) {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    window.run_steps(2);
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(name)
}

fn open_sample() -> (Window, tempfile::TempDir) {
    let (mut window, settings) = open(&[sample("")]);
    until(&mut window, "images and targets are known", |app| {
        let document = app.document();
        document.imagery.catalog.images().count() == 7 && document.targets.sources().len() == 2
    });
    (window, settings)
}

fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_steps(3);
}

#[test]
fn an_empty_window_says_what_to_do() {
    let (mut window, _settings) = open(&[]);
    window.run_steps(5);
    assert!(app(&window).document().imagery.catalog.is_empty());
    assert!(window.query_all_by_label_contains("Drop a folder of COGs here").next().is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Open folder").is_some());
}

#[test]
fn a_folder_lists_its_scenes() {
    let (window, _settings) = open_sample();
    let catalog = &app(&window).document().imagery.catalog;
    assert_eq!((catalog.len(), catalog.images().count()), (3, 7), "two scenes of three files, one image of six bands");
    for name in ["LC08_224077_20200518", "LC08_224078_20200518", "LE07_olinda_6band"] {
        assert!(window.query_by_role_and_label(Role::TreeItem, name).is_some(), "{name}");
    }
}

#[test]
fn a_click_on_a_target_selects_it_and_flies_there_and_escape_clears() {
    let (mut window, _settings) = open_sample();
    click(&mut window, Role::Button, "Targets");
    click(&mut window, Role::TreeItem, "dam");
    click(&mut window, Role::TreeItem, "Itaipu main dam");
    let targets = &app(&window).document().targets;
    let dam = targets.current().expect("a target is chosen");
    let place = targets.set().and_then(|set| set.position(dam)).expect("it has a place");
    assert_eq!(targets.selection().len(), 1);
    until(&mut window, "the map is there", |app| {
        app.map_position().is_some_and(|map| {
            let off_deg = (map.lon_deg - place.lon_deg()).hypot(map.lat_deg - place.lat_deg());
            off_deg < 1e-6 && map.zoom >= 13.0
        })
    });
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(app(&window).document().targets.selection().is_empty());
}

#[test]
fn the_next_target_is_a_key_away() {
    let (mut window, _settings) = open_sample();
    window.key_press(Key::J);
    window.run_steps(3);
    let first = app(&window).document().targets.current().expect("a target is chosen");
    window.key_press(Key::J);
    window.run_steps(3);
    let second = app(&window).document().targets.current().expect("a target is chosen");
    assert_eq!((first.row(), second.row()), (0, 1));
    window.key_press(Key::K);
    window.run_steps(3);
    assert_eq!(app(&window).document().targets.current(), Some(first));
}

#[test]
fn a_class_that_is_switched_off_is_not_shown() {
    let (mut window, _settings) = open_sample();
    let all = app(&window).document().targets.shown().len();
    click(&mut window, Role::Button, "Targets");
    click(&mut window, Role::CheckBox, "Show dam");
    let targets = &app(&window).document().targets;
    assert!(targets.shown().len() < all);
    let set = targets.set().expect("targets are open");
    let dam = set.class_named("dam");
    assert!(targets.shown().iter().all(|id| set.class_of(*id) != dam));
}

#[test]
fn a_hidden_scene_leaves_the_map_and_comes_back() {
    let (mut window, _settings) = open_sample();
    click(&mut window, Role::Button, "Hide LC08_224077_20200518");
    let shown = |window: &Window| app(window).document().imagery.catalog.shown().count();
    assert_eq!(shown(&window), 2);
    click(&mut window, Role::Button, "Show LC08_224077_20200518");
    assert_eq!(shown(&window), 3);
}

#[test]
fn files_that_cannot_be_read_are_listed_with_the_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("notes.tif"), "this is no picture").expect("written");
    std::fs::write(folder.path().join("empty.tif"), "").expect("written");
    let (mut window, _settings) = open(&[folder.path().to_owned()]);
    until(&mut window, "both are known", |app| app.document().imagery.catalog.failures().len() == 2);
    for name in ["notes.tif", "empty.tif"] {
        assert!(window.query_by_role_and_label(Role::TreeItem, name).is_some(), "{name}");
    }
    let reasons = app(&window).document().imagery.catalog.failures().iter().map(|failed| &failed.reason);
    assert!(reasons.into_iter().all(|reason| !reason.is_empty()));
}

#[test]
fn the_palette_runs_what_it_finds() {
    let (mut window, _settings) = open_sample();
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text("close everything".to_owned()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(5);
    assert!(app(&window).document().imagery.catalog.is_empty());
}

#[test]
fn everything_visible_gets_loaded() {
    let (mut window, _settings) = open_sample();
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);
    let notices = app(&window).document().notices.as_text();
    assert_eq!(notices, "", "nothing went wrong");
}

#[test]
fn what_was_opened_is_remembered() {
    let (mut window, settings) = open_sample();
    window.run_steps(2);
    let text = std::fs::read_to_string(settings.path().join("settings.json")).expect("settings were saved");
    assert!(text.contains("sample_data"));
}

#[test]
fn a_report_is_made_of_what_is_selected_and_made_anew_when_that_changes() {
    let (mut window, _settings) = open_sample();
    click(&mut window, Role::Button, "Report");
    until(&mut window, "a report on all images is there", |app| app.report().is_some());
    let image = |app: &CogscopeApp| {
        let report = app.report().expect("a report");
        report.parameters.iter().find(|(name, _)| name == "image").map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(
        (image(app(&window)).as_str(), app(&window).report().map(cogscope::report::page::Report::failures)),
        ("", Some(0))
    );
    assert!(window.query_all_by_label_contains("All images").next().is_some());
    window.key_press(Key::J);
    until(&mut window, "the report is on the image of the first target", |app| image(app) == "LC08_224078_20200518");
    assert_eq!(app(&window).report().map(cogscope::report::page::Report::failures), Some(0));
    let targets = app(&window).document().targets.current().expect("a target is chosen");
    assert_eq!(targets.row(), 0);
}
