//! The window as a user has it: opened, looked at, clicked. No graphics card is needed; widgets are found by what a screen
//! reader would say of them.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::{CogscopeApp, WindowOptions};
use common::window::{Window, app, click, until};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};

/// A window on these folders, with settings of its own that end with the test.
fn open(paths: &[PathBuf]) -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let options = WindowOptions {
        paths: paths.to_vec(),
        starts_empty: paths.is_empty(),
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let window = common::window::window(options, [1280.0, 800.0]);
    (window, settings)
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

#[test]
fn an_empty_window_says_what_to_do() {
    let (mut window, _settings) = open(&[]);
    window.run_steps(5);
    assert!(app(&window).document().imagery.catalog.is_empty());
    assert!(window.query_all_by_label_contains("Drop a folder of COGs here").next().is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Open folder").is_some());
}

/// A file or folder that was dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window takes the path only".to_owned())
    }
}

#[test]
fn what_is_dropped_on_the_window_is_opened() {
    let (mut window, _settings) = open(&[]);
    window.run_steps(3);
    let dropped = [sample("olinda"), sample("itaipu/LC08_224077_20200518_B2.tif"), sample("nothing here.tif")];
    for path in dropped {
        window.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path)));
    }
    until(&mut window, "both are there", |app| {
        app.document().imagery.catalog.images().count() == 2 && app.is_complete()
    });
    let notices = app(&window).document().notices.as_text();
    assert!(notices.contains("nothing here.tif"), "{notices}");
    assert!(app(&window).document().settings.recent.contains(&sample("olinda")));
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

/// A window on the sample data that stands still.
fn open_still() -> (Window, tempfile::TempDir) {
    let (mut window, settings) = open_sample();
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);
    (window, settings)
}

fn position(window: &Window) -> cogscope::document::MapPosition {
    app(window).map_position().expect("the map has been drawn")
}

/// Degrees of longitude a point of the screen.
fn degrees_a_point(zoom: f64) -> f64 {
    360.0 / (256.0 * zoom.exp2())
}

fn press(window: &mut Window, at: egui::Pos2, pressed: bool) {
    let button = egui::PointerButton::Primary;
    window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
}

#[test]
fn the_map_follows_the_hand_point_for_point() {
    let (mut window, _settings) = open_still();
    let before = position(&window);
    let middle = window.get_by_role_and_label(Role::Image, "Map").rect().center();
    window.event(egui::Event::PointerMoved(middle));
    window.step();
    press(&mut window, middle, true);
    window.step();
    for step in 1..=10 {
        window.event(egui::Event::PointerMoved(middle + egui::vec2(8.0 * step as f32, 0.0)));
        window.step();
    }
    let after = position(&window);
    let moved = (before.lon_deg - after.lon_deg) / degrees_a_point(before.zoom);
    assert!((moved - 80.0).abs() < 0.6, "the map moved {moved} points under the hand");
    assert!((after.lat_deg - before.lat_deg).abs() < 1e-9 && after.zoom == before.zoom);
}

#[test]
fn the_wheel_zooms_to_the_pointer() {
    let (mut window, _settings) = open_still();
    let before = position(&window);
    let map = window.get_by_role_and_label(Role::Image, "Map").rect();
    window.event(egui::Event::PointerMoved(map.center() + egui::vec2(100.0, 0.0)));
    window.step();
    for _ in 0..5 {
        window.event(egui::Event::MouseWheel {
            source: egui::MouseWheelSource::Wheel,
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, 1.0),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(10);
    }
    let after = position(&window);
    assert!(after.zoom > before.zoom + 0.5, "{} {}", before.zoom, after.zoom);
    let under = |map: &cogscope::document::MapPosition| map.lon_deg + 100.0 * degrees_a_point(map.zoom);
    let drift = (under(&after) - under(&before)) / degrees_a_point(after.zoom);
    assert!(drift.abs() < 1.5, "the place under the pointer moved {drift} points");
}

#[test]
fn a_click_on_the_map_pins_every_value_there() {
    let (mut window, _settings) = open_still();
    let at = window.get_by_role_and_label(Role::Image, "Map").rect().center() + egui::vec2(20.0, -90.0);
    window.event(egui::Event::PointerMoved(at));
    window.step();
    press(&mut window, at, true);
    window.step();
    press(&mut window, at, false);
    let pinned = |app: &CogscopeApp| app.document().pins.first().and_then(|pin| pin.reading.values.clone());
    until(&mut window, "the values are pinned", |app| pinned(app).is_some());
    let values = pinned(app(&window)).expect("just seen");
    assert!(values.iter().any(|image| image.bands.len() == 3), "three bands of a scene: {values:?}");
}

#[test]
fn files_are_grouped_by_a_pattern_of_their_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (band, name) in [("B2", "cold_north"), ("B3", "hot_north")] {
        let from = sample(&format!("itaipu/LC08_224077_20200518_{band}.tif"));
        std::fs::copy(from, folder.path().join(format!("{name}.tif"))).expect("copied");
    }
    let (mut window, _settings) = open(&[folder.path().to_owned()]);
    until(&mut window, "both are known", |app| app.document().imagery.catalog.len() == 2);
    click(&mut window, Role::Button, "Order and grouping of the images");
    click(&mut window, Role::Button, "Group by names of files\u{2026}");
    window.event(egui::Event::Text("{band}_{site}".to_owned()));
    window.run_steps(2);
    assert!(window.query_by_label("fits 2 of 2 files").is_some());
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert_eq!(app(&window).document().imagery.catalog.len(), 1);
    assert!(window.query_by_role_and_label(Role::TreeItem, "north").is_some());
}

#[test]
fn escape_leaves_the_form_for_names_of_files() {
    let (mut window, _settings) = open_sample();
    click(&mut window, Role::Button, "Order and grouping of the images");
    click(&mut window, Role::Button, "Group by names of files\u{2026}");
    assert!(window.query_by_label("Names of files that are bands of one scene").is_some());
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label("Names of files that are bands of one scene").is_none());
}

#[test]
fn unreadable_files_are_counted_at_the_head_of_the_list() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("notes.tif"), "this is no picture").expect("written");
    let (mut window, _settings) = open(&[folder.path().to_owned(), sample("")]);
    until(&mut window, "it is known", |app| app.document().imagery.catalog.failures().len() == 1);
    click(&mut window, Role::Link, "1 unreadable");
    assert!(window.query_by_role_and_label(Role::TreeItem, "notes.tif").is_some());
}

#[test]
fn an_image_without_a_place_on_the_map_is_shown_in_its_own_pixels() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("nowhere.tif");
    let file = std::fs::File::create(&path).expect("created");
    let values: Vec<u8> = (0..=255_u8).cycle().take(300 * 200).collect();
    let mut encoder = tiff::encoder::TiffEncoder::new(file).expect("a writer");
    encoder.write_image::<tiff::encoder::colortype::Gray8>(300, 200, &values).expect("written");
    let (mut window, _settings) = open(&[folder.path().to_owned()]);
    until(&mut window, "it is on the screen", |app| app.is_complete() && app.document().imagery.own_map.is_some());
    assert!(window.query_by_label_contains("Pixels: the image has no place on the earth").is_some());
    // With a folder that has a place, the usual map is one click away.
    click(&mut window, Role::Button, "Back to the web map");
    assert!(app(&window).document().imagery.own_map.is_none());
}

#[test]
fn a_scene_is_shown_in_its_own_system_and_the_usual_map_comes_back() {
    let (mut window, _settings) = open_still();
    let before = position(&window);
    window.get_by_role_and_label(Role::TreeItem, "LC08_224077_20200518").click_secondary();
    window.run_steps(3);
    click(&mut window, Role::Button, "Show in its own reference system");
    until(&mut window, "it is on the screen", CogscopeApp::is_complete);
    let own = app(&window).document().imagery.own_map.as_ref().expect("the map lies in the scene's system");
    assert_eq!(own.frame.crs().epsg(), Some(32621));
    let here = position(&window);
    assert!((here.lon_deg - before.lon_deg).hypot(here.lat_deg - before.lat_deg) < 0.5, "{here:?} {before:?}");
    click(&mut window, Role::Button, "Back to the web map");
    until(&mut window, "all is on the screen", CogscopeApp::is_complete);
    assert!(app(&window).document().imagery.own_map.is_none());
    assert_eq!(app(&window).document().notices.as_text(), "");
}

#[test]
fn what_is_typed_right_after_a_chord_belongs_to_its_field() {
    let (mut window, _settings) = open_still();
    let before = position(&window);
    // All of it within one frame, as on a slow machine.
    window.key_press_modifiers(Modifiers::COMMAND, Key::G);
    for key in [Key::Minus, Key::Num1] {
        window.key_press(key);
    }
    window.event(egui::Event::Text("-16.5 179.9".to_owned()));
    window.run_steps(6);
    assert_eq!(position(&window).zoom, before.zoom, "the map takes no key that was meant for the field");
    window.key_press(Key::Enter);
    until(&mut window, "the map is there", |app| {
        app.map_position().is_some_and(|map| (map.lon_deg - 179.9).abs() < 1e-6 && (map.lat_deg + 16.5).abs() < 1e-6)
    });
}

#[test]
fn coordinates_go_back_into_the_box_as_they_are_shown() {
    let (mut window, _settings) = open_still();
    for (text, lon, lat) in [
        ("744\u{2009}960 E \u{2212}2\u{2009}815\u{2009}290 N", -54.5641, -25.4339),
        ("21J 740215 7188030", -54.6134, -25.4033),
    ] {
        window.key_press_modifiers(Modifiers::COMMAND, Key::G);
        window.event(egui::Event::Text(text.to_owned()));
        window.run_steps(6);
        window.key_press(Key::Enter);
        until(&mut window, text, |app| {
            app.map_position().is_some_and(|map| (map.lon_deg - lon).abs() < 2e-3 && (map.lat_deg - lat).abs() < 2e-3)
        });
    }
}

#[test]
fn escape_leaves_a_text_before_it_clears_the_selection() {
    let (mut window, _settings) = open_still();
    window.key_press(Key::J);
    window.run_steps(4);
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(6);
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert_eq!(app(&window).document().targets.selection().len(), 1);
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(app(&window).document().targets.selection().is_empty());
}

#[test]
fn the_panels_show_the_image_that_one_flies_to() {
    let (mut window, _settings) = open_still();
    let catalog = &app(&window).document().imagery.catalog;
    let olinda =
        catalog.entries().iter().copied().find(|id| catalog.entry(*id).is_some_and(|e| e.name().contains("olinda")));
    click(&mut window, Role::TreeItem, "LE07_olinda_6band");
    assert_eq!(app(&window).document().imagery.chosen, olinda);
    window.key_press(Key::J);
    window.run_steps(4);
    assert_ne!(app(&window).document().imagery.chosen, olinda, "the first target lies in another scene");
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
