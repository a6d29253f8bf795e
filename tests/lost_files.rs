//! Files under the window's feet: a share that vanishes and comes back, images that are cut, replaced or removed while they are open, a
//! drive of very many files. The window goes on, says what is wrong, and is right again after everything was read again.

#![cfg(all(feature = "window", unix))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cogscope::app::{CogscopeApp, WindowOptions};
use cogscope::document::{MapPosition, StyleScope};
use cogscope::geo::LonLat;
use cogscope::library::EntryId;
use cogscope::render::Style;
use cogscope::ui::Command;
use common::window::{Window, app, until};
use egui::{Key, Modifiers};

fn open(paths: &[PathBuf]) -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        paths: paths.to_vec(),
        starts_empty: paths.is_empty(),
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    (common::window::window(options, [1280.0, 800.0]), settings)
}

fn give(window: &mut Window, command: Command) {
    window.state_mut().as_mut().expect("the window has been drawn").give(command);
    window.run_steps(2);
}

fn read_again(window: &mut Window) {
    window.key_press(Key::F5);
    window.run_steps(3);
    until(window, "everything is on the screen", CogscopeApp::is_complete);
}

fn notices(window: &Window) -> String {
    app(window).document().notices.as_text()
}

fn names(window: &Window) -> Vec<String> {
    let catalog = &app(window).document().imagery.catalog;
    let mut names: Vec<String> = catalog.images().map(|image| image.name.clone()).collect();
    names.sort();
    names
}

/// The first value under a place, read from the files now.
fn value_at(window: &mut Window, position: LonLat) -> Option<f64> {
    give(window, Command::Pin { position, keep_others: false });
    until(window, "the values are read", |app| {
        app.document().pins.last().is_some_and(|pin| pin.reading.values.is_some())
    });
    let pin = app(window).document().pins.last()?;
    Some(pin.reading.values.as_ref()?.first()?.bands.first()?.value)
}

/// `a.tif` and `b.tif`, side by side.
fn two_images(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let numbered = common::numbered_image(folder, 4326);
    fs::copy(&numbered, folder.join("b.tif")).unwrap();
    fs::rename(&numbered, folder.join("a.tif")).unwrap();
}

fn entry_named(window: &Window, name: &str) -> EntryId {
    let catalog = &app(window).document().imagery.catalog;
    let found = catalog.entries().iter().find(|id| catalog.entry(**id).is_some_and(|entry| entry.name() == name));
    *found.expect("it is open")
}

#[test]
fn a_share_that_vanishes_is_told_and_everything_is_as_it_was_when_it_is_back() {
    let place = tempfile::tempdir().unwrap();
    let (share, away) = (place.path().join("share"), place.path().join("away"));
    two_images(&share);
    let (mut window, _settings) = open(&[share.clone()]);
    until(&mut window, "everything is on the screen", |app| {
        app.document().imagery.catalog.images().count() == 2 && app.is_complete()
    });
    let (hidden, styled) = (entry_named(&window, "a"), entry_named(&window, "b"));
    give(&mut window, Command::SetHidden { entry: hidden, hidden: true });
    let style = Style { opacity: 0.5, ..Style::single(0) };
    give(&mut window, Command::SetStyle { scope: StyleScope::Entry(styled), style: Box::new(style) });
    give(&mut window, Command::ChooseEntry(Some(styled)));
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);

    fs::rename(&share, &away).unwrap();
    // The window goes on: looked at elsewhere, asked for values, read again.
    give(&mut window, Command::FlyTo(MapPosition { lon_deg: 11.0, lat_deg: 51.0, zoom: 8.0 }));
    until(&mut window, "the map stands", CogscopeApp::is_complete);
    read_again(&mut window);
    assert!(notices(&window).contains("share"), "{}", notices(&window));
    assert_eq!(names(&window), ["a", "b"], "nobody knows whether they are gone");

    fs::rename(&away, &share).unwrap();
    read_again(&mut window);
    let document = app(&window).document();
    assert_eq!(names(&window), ["a", "b"]);
    assert!(document.imagery.catalog.failures().is_empty(), "{:?}", document.imagery.catalog.failures());
    let (hidden, styled) = (entry_named(&window, "a"), entry_named(&window, "b"));
    assert!(document.imagery.catalog.is_hidden(hidden) && !document.imagery.catalog.is_hidden(styled));
    assert_eq!(document.imagery.style(styled).map(|style| style.opacity), Some(0.5));
    assert_eq!(document.imagery.chosen, Some(styled));
    give(&mut window, Command::SetHidden { entry: hidden, hidden: false });
    let position = LonLat::new(10.05, 51.95).unwrap();
    assert_eq!(value_at(&mut window, position), Some(0.0));
}

#[test]
fn an_image_that_is_cut_is_told_one_that_is_replaced_is_shown_and_one_that_is_gone_leaves() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("images");
    two_images(&folder);
    let (mut window, _settings) = open(&[folder.clone()]);
    until(&mut window, "everything is on the screen", |app| {
        app.document().imagery.catalog.images().count() == 2 && app.is_complete()
    });
    let position = LonLat::new(10.05, 51.95).unwrap();
    assert_eq!(value_at(&mut window, position), Some(0.0));

    // Cut in place, both: what is still known stays on the screen, what is asked for anew is told.
    let whole = fs::read(folder.join("a.tif")).unwrap();
    for name in ["a.tif", "b.tif"] {
        fs::File::options().write(true).open(folder.join(name)).unwrap().set_len(200).unwrap();
    }
    give(&mut window, Command::FlyTo(MapPosition { lon_deg: 11.5, lat_deg: 51.0, zoom: 10.0 }));
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);
    read_again(&mut window);
    let failures = &app(&window).document().imagery.catalog;
    assert_eq!(failures.failures().len(), 2, "{:?}", failures.failures());

    // One is replaced by another, as programs do it, the other is whole again.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = common::numbered_image(elsewhere.path(), 4258);
    fs::rename(&other, folder.join("a.tif")).unwrap();
    fs::write(folder.join("b.tif"), &whole).unwrap();
    read_again(&mut window);
    assert_eq!(names(&window), ["a", "b"]);
    assert!(app(&window).document().imagery.catalog.failures().is_empty());
    assert_eq!(value_at(&mut window, position), Some(0.0));

    fs::remove_file(folder.join("a.tif")).unwrap();
    read_again(&mut window);
    assert_eq!(names(&window), ["b"]);
    assert_eq!(value_at(&mut window, position), Some(0.0));
}

#[test]
fn while_a_drive_of_50_000_files_is_listed_the_window_goes_on_and_the_end_comes() {
    const FILES: usize = 50_000;
    const IMAGES: usize = 500;
    let place = tempfile::tempdir().unwrap();
    let image = common::numbered_image(place.path(), 4326);
    let text = place.path().join("text");
    fs::write(&text, "no image").unwrap();
    let drive = place.path().join("drive");
    for number in 0..FILES {
        let folder = drive.join(format!("{:03}", number / 500));
        if number % 500 == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        let (source, ending) = if number % (FILES / IMAGES) == 0 { (&image, "tif") } else { (&text, "txt") };
        fs::hard_link(source, folder.join(format!("{number:05}.{ending}"))).unwrap();
    }
    let (mut window, _settings) = open(&[]);
    until(&mut window, "the window stands", CogscopeApp::is_complete);
    give(&mut window, Command::OpenPaths(vec![drive]));
    let (began, mut frames, mut longest) = (Instant::now(), 0, Duration::ZERO);
    let (mut first_image, mut last_frame) = (None, Instant::now());
    while app(&window).document().activity.scans > 0 || frames == 0 {
        assert!(began.elapsed() < Duration::from_mins(2), "the scan does not end");
        window.step();
        longest = longest.max(last_frame.elapsed());
        last_frame = Instant::now();
        frames += 1;
        if first_image.is_none() && app(&window).document().imagery.catalog.images().next().is_some() {
            first_image = Some(began.elapsed());
        }
    }
    let took = began.elapsed();
    println!("{FILES} files in {took:?}: {frames} frames, the longest {longest:?}, first image after {first_image:?}");
    assert_eq!(app(&window).document().imagery.catalog.images().count(), IMAGES);
    // In a build for tests, on a machine that has other things to do too.
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert!(first_image.is_some_and(|first| first < took), "images come while the rest is listed");
    let rate = f64::from(frames) / took.as_secs_f64();
    assert!(rate > 2.0, "{frames} frames in {took:?}");
    window.key_press_modifiers(Modifiers::NONE, Key::Escape);
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);
}
