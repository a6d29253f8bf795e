//! What the program leaves on the disk when something goes wrong: a log and reports, with what is needed, and no password.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cogscope::diagnostics::{Diagnostics, LOG_FILES, MOST_LOG_BYTES};

const CHILD_FOLDER: &str = "COGSCOPE_TEST_CHILD_FOLDER";
const SECRET: &str = "hunter2hunter2";

/// The folder of a process that another test has started; there is none in the tests themselves.
fn child_folder() -> Option<PathBuf> {
    std::env::var_os(CHILD_FOLDER).map(PathBuf::from)
}

/// A process of this test alone that does what `name` says in `folder`.
fn run_child(name: &str, folder: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(CHILD_FOLDER, folder);
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The texts of all files below a folder.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else {
            texts.push((path.clone(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
        }
    }
    texts
}

#[track_caller]
fn assert_no_secret(folder: &Path) {
    for (path, text) in texts(folder) {
        assert!(!text.contains(SECRET), "{}: {text}", path.display());
    }
}

#[test]
fn child_that_panics() {
    let Some(folder) = child_folder() else { return };
    let (diagnostics, complaint) = Diagnostics::in_folder(&folder);
    assert_eq!(complaint, None);
    diagnostics.set_graphics("a card");
    diagnostics.install(tracing::Level::INFO, || false);
    tracing::info!(target: "cogscope", "connecting to postgresql://ana:{SECRET}@db/targets");
    let job = || panic!("password={SECRET} is wrong");
    assert!(std::thread::Builder::new().name("cogscope-work-0".to_owned()).spawn(job).unwrap().join().is_err());
    panic!("no answer from host=db user=ana password={SECRET}");
}

#[test]
fn a_panic_leaves_a_log_and_a_report_and_neither_holds_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let told = run_child("child_that_panics", folder.path());
    let files = texts(folder.path());
    let reports: Vec<&(PathBuf, String)> =
        files.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "md")).collect();
    assert_eq!(reports.len(), 2, "one of the job, one of the other thread: {told}");
    for (_, report) in &reports {
        for part in
            ["A defect in cogscope", "a card", "secrets.rs", "connecting to postgresql://[removed]", "[removed]"]
        {
            assert!(report.contains(part), "{part} is missing in {report}");
        }
    }
    assert!(files.iter().any(|(path, _)| path.ends_with("cogscope.log")));
    assert_no_secret(folder.path());
}

#[test]
fn child_that_logs_much() {
    let Some(folder) = child_folder() else { return };
    let (diagnostics, _) = Diagnostics::in_folder(&folder);
    diagnostics.install(tracing::Level::ERROR, || false);
    let filling = "x".repeat(1_000);
    for number in 0..12_000 {
        tracing::info!(target: "cogscope", number, filling, "a line");
    }
}

#[test]
fn the_log_keeps_five_files_of_two_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    run_child("child_that_logs_much", folder.path());
    let files = texts(folder.path());
    assert_eq!((files.len(), LOG_FILES, MOST_LOG_BYTES), (5, 5, 2_000_000));
    for (path, text) in &files {
        assert!((1_000..=2_000_000).contains(&text.len()), "{}: {} bytes", path.display(), text.len());
    }
    let newest = files.iter().find(|(path, _)| path.ends_with("cogscope.log")).unwrap();
    assert!(newest.1.contains("number=11999"));
}

#[test]
fn a_server_that_does_not_answer_is_told_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = common::cogscope(["serve", "sample_data", "--db"]);
    serve.arg(format!("postgresql://ana:{SECRET}@127.0.0.1:9/targets")).env("COGSCOPE_CONFIG_DIR", folder.path());
    let output = serve.stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("127.0.0.1") && !errors.contains(SECRET), "{errors}");
    assert!(!texts(folder.path()).is_empty(), "there is a log");
    assert_no_secret(folder.path());
}

#[cfg(feature = "window")]
#[test]
fn the_window_keeps_no_password_when_its_server_does_not_answer() {
    use common::program::{Place, Running, has_display, wait_until};
    if !has_display() {
        return;
    }
    let place = Place::new();
    let address = format!("postgresql://ana:{SECRET}@127.0.0.1:9/targets");
    let mut running = Running::start(place.program(["--db", &address]));
    wait_until("the window is there", || place.log().contains("the window is there"));
    wait_until("something is kept", || place.folder.path().join("session.json").exists());
    running.signal("TERM");
    assert!(!running.end().1.contains(SECRET));
    assert_no_secret(place.folder.path());
}
