//! What draws the window when Vulkan, OpenGL or both are taken away, after a crash, and what is said when nothing works. Needs a display.

#![cfg(all(feature = "window", target_os = "linux"))]

mod common;

use common::program::{Place, Running, has_display, wait_until};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const NO_VULKAN: [(&str, &str); 2] = [("VK_ICD_FILENAMES", "/nonexistent"), ("VK_DRIVER_FILES", "/nonexistent")];
const NO_OPENGL: [(&str, &str); 2] =
    [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent"), ("LIBGL_DRIVERS_PATH", "/nonexistent")];

fn window(place: &Place, arguments: &[&str], without: &[(&str, &str)]) -> Command {
    let mut command = place.program(arguments);
    command.arg("sample_data").envs(without.iter().copied());
    command
}

/// The renderers that windows were drawn by so far, in order.
fn drawn_by(place: &Place) -> Vec<String> {
    let log = place.log();
    let windows = log.lines().filter(|line| line.contains("the window is there"));
    windows.filter_map(|line| line.split("renderer=\"").nth(1)?.split('"').next().map(str::to_owned)).collect()
}

/// Starts a window and waits until it is there; the `number`-th of this place.
fn start(place: &Place, number: usize, without: &[(&str, &str)]) -> Running {
    let running = Running::start(window(place, &[], without));
    wait_until("the window is there", || drawn_by(place).len() == number);
    running
}

/// What the first link of the chain ends up with on this machine: software where the log names a processor for an adapter.
fn first_link(place: &Place) -> &'static str {
    let log = place.log();
    let line = log.lines().find(|line| line.contains("the window is there")).unwrap_or_default();
    assert!(line.contains("graphics=\"wgpu, "), "{line}");
    if line.contains("(Cpu)") { "software" } else { "wgpu" }
}

#[test]
fn without_opengl_wgpu_draws_and_what_it_draws_with_is_told_and_remembered() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    let mut running = start(&place, 1, &NO_OPENGL);
    let truth = first_link(&place);
    assert_eq!(drawn_by(&place), [truth]);
    wait_until("it is remembered", || place.settings().contains(&format!("\"last_good\": \"{truth}\"")));
    // A start without hardware leads to hardware all the same once there is some.
    assert_eq!(place.settings().contains("\"last_link\": \"wgpu\""), truth == "software");
    running.signal("TERM");
    assert!(running.end().0.success());
}

#[test]
fn to_be_told_to_end_is_no_crash_and_keeps_what_is_open() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    for (number, signal) in [(1, "TERM"), (2, "HUP"), (3, "TERM")] {
        let mut running = start(&place, number, &[]);
        running.signal(signal);
        let (status, errors) = running.end();
        assert!(status.success(), "{signal}: {status}, {errors}");
        let left = std::fs::read_dir(place.folder.path()).unwrap().flatten();
        let left: Vec<String> = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        assert!(!left.iter().any(|name| name.starts_with("starting-")), "{left:?}");
        let session = std::fs::read_to_string(place.folder.path().join("session.json")).unwrap();
        assert!(session.contains("sample_data"), "{session}");
    }
    assert_eq!(drawn_by(&place), [first_link(&place); 3]);
    assert!(!place.log().contains("The last start ended within seconds"));
}

#[test]
fn a_start_that_is_told_to_end_before_its_window_is_there_is_no_crash() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    let mut running = Running::start(window(&place, &[], &[]));
    let marker = place.folder.path().join(format!("starting-{}", running.0.id()));
    wait_until("the start is marked", || marker.exists());
    running.signal("TERM");
    running.end();
    assert!(!marker.exists());
    let _again = Running::start(window(&place, &[], &[]));
    wait_until("the window is there", || !drawn_by(&place).is_empty());
    assert!(!place.log().contains("The last start ended within seconds"));
}

#[test]
fn without_vulkan_opengl_draws_and_comes_first_next_time() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    let running = start(&place, 1, &NO_VULKAN);
    assert_eq!(drawn_by(&place), ["glow"]);
    let log = place.log();
    for tried in ["renderer=\"wgpu\" reason=", "renderer=\"software\" reason="] {
        assert!(log.contains(tried), "{tried} is missing in {log}");
    }
    wait_until("it is remembered", || place.settings().contains("\"last_good\": \"glow\""));
    running.kill();
    let failures = |log: &str| log.matches("does not work").count();
    let before = failures(&place.log());
    let _again = start(&place, 2, &NO_VULKAN);
    assert_eq!(drawn_by(&place), ["glow", "glow"]);
    assert_eq!(failures(&place.log()), before, "nothing else was tried before it");
}

#[test]
fn with_nothing_to_draw_with_a_box_and_one_line_name_the_causes_and_the_log() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    // The box of this system is drawn by zenity: one that writes down what it is to say.
    let boxes = tempfile::tempdir().unwrap();
    let (zenity, said) = (boxes.path().join("zenity"), boxes.path().join("said"));
    std::fs::write(&zenity, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\n", said.display())).unwrap();
    std::fs::set_permissions(&zenity, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", boxes.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = window(&place, &[], &[NO_VULKAN, NO_OPENGL].concat());
    command.env("PATH", path);
    let (status, errors) = Running::start(command).end();
    assert_eq!(status.code(), Some(1), "{errors}");
    let line = errors.lines().find(|line| line.starts_with("cogscope: ")).unwrap_or_default();
    let said = std::fs::read_to_string(said).unwrap_or_default();
    for text in [line, said.as_str(), place.log().as_str()] {
        for part in ["no window could be opened", "wgpu: ", "software: ", "glow: ", "--renderer"] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }
    assert!(said.contains(place.log_path().to_str().unwrap()) && line.contains("cogscope.log"));
}

#[test]
fn what_the_user_asks_for_is_the_only_thing_that_is_tried() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    let (status, errors) = Running::start(window(&place, &["--renderer", "glow"], &NO_OPENGL)).end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("glow: ") && !errors.contains("wgpu: "), "{errors}");
    let _running = Running::start(window(&place, &["--renderer", "software"], &NO_OPENGL));
    wait_until("the window is there", || drawn_by(&place) == ["software"]);
}

#[test]
fn after_each_crash_in_its_first_seconds_the_next_start_draws_by_something_else() {
    if !has_display() {
        return;
    }
    let place = Place::new();
    for number in 1..=3 {
        let mut running = start(&place, number, &[]);
        running.signal("ABRT");
        assert!(!running.end().0.success());
    }
    // Where the first link ended up with software, the second would do the same.
    let expected = match first_link(&place) {
        "software" => ["software", "glow", "software"],
        _ => ["wgpu", "software", "glow"],
    };
    assert_eq!(drawn_by(&place), expected);
    assert!(place.log().contains("The last start ended within seconds"));
}
