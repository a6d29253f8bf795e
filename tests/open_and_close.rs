//! A folder that is opened and closed a hundred times takes no more memory in the end than at the beginning.

#![cfg(all(feature = "window", target_os = "linux"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::{CogscopeApp, WindowOptions};
use cogscope::ui::Command;
use common::window::until;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WARM_UP: usize = 20;
const TIMES: usize = 100;
/// What the process holds comes and goes by a few per cent: so many of the first and of the last are looked at.
const SEEN: usize = 30;

/// What the process holds in memory, in KiB.
fn resident_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4
}

fn median(values: &[u64]) -> u64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    values[values.len() / 2]
}

#[test]
fn a_hundred_times_opened_and_closed_is_not_more_than_5_percent_more_memory() {
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        starts_empty: true,
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1280.0, 800.0]);
    let mut give = |window: &mut common::window::Window, command: Command| {
        window.state_mut().as_mut().expect("the window has been drawn").give(command);
        window.run_steps(2);
    };
    window.run_steps(3);
    let mut resident = Vec::new();
    for _ in 0..WARM_UP + TIMES {
        give(&mut window, Command::OpenPaths(vec![common::sample("")]));
        until(&mut window, "everything is on the screen", |app| {
            let document = app.document();
            document.imagery.catalog.images().count() == 7 && document.targets.sources().len() == 2 && app.is_complete()
        });
        give(&mut window, Command::NewProject);
        until(&mut window, "everything is closed", |app| {
            app.document().imagery.catalog.is_empty() && app.is_complete()
        });
        resident.push(resident_kib());
    }
    let (first, last) = (median(&resident[WARM_UP..WARM_UP + SEEN]), median(&resident[resident.len() - SEEN..]));
    println!(
        "closed: {first} KiB at first, {last} KiB after {TIMES} times; each tenth: {:?}",
        resident.iter().step_by(10).collect::<Vec<_>>()
    );
    assert!(last * 100 <= first * 105, "{first} KiB at first, {last} KiB after {TIMES} times");
    until(&mut window, "everything is told", CogscopeApp::is_complete);
}
