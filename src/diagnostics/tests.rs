//! Reports: what stands in them, what doesn't, and which are offered.

use super::*;

fn facts() -> PanicFacts {
    PanicFacts {
        message: "no answer from postgresql://ana:hunter2@db/t ``` end".into(),
        place: "src/a.rs:1:2".into(),
        thread: "main".into(),
        backtrace: "0: cogscope::main".into(),
    }
}

#[test]
fn a_report_tells_what_is_needed_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (diagnostics, complaint) = Diagnostics::in_folder(folder.path());
    assert_eq!(complaint, None);
    diagnostics.set_graphics("wgpu on a card");
    diagnostics.write_line("INFO connecting with password=hunter2\n");
    diagnostics.report(facts(), true);
    let path = diagnostics.last_report().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for part in [env!("CARGO_PKG_VERSION"), "wgpu on a card", "src/a.rs:1:2", "0: cogscope::main", "INFO connecting"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(text.contains("````text"), "the message can't close its own fence: {text}");
    assert!(!text.contains("hunter2"));
    assert!(!std::fs::read_to_string(LogFile::path(folder.path())).unwrap().contains("hunter2"));
}

#[test]
fn crashes_are_offered_until_they_were_seen_and_defects_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let (diagnostics, _) = Diagnostics::in_folder(folder.path());
    diagnostics.report(facts(), false);
    assert!(unseen_crashes(folder.path(), None).is_empty());
    diagnostics.report(facts(), true);
    let first = unseen_crashes(folder.path(), None);
    assert_eq!(first.len(), 1);
    let seen = first[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert!(unseen_crashes(folder.path(), Some(&seen)).is_empty());
    diagnostics.report(facts(), true);
    assert_eq!(unseen_crashes(folder.path(), Some(&seen)).len(), 1);
}

#[test]
fn a_defect_that_shows_again_and_again_fills_no_disk() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..4 {
        let (diagnostics, _) = Diagnostics::in_folder(folder.path());
        for _ in 0..50 {
            diagnostics.report(facts(), false);
        }
    }
    let reports = std::fs::read_dir(folder.path()).unwrap().count() - 1;
    assert_eq!(reports, 10);
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("logs");
    std::fs::write(&taken, "a file of this name").unwrap();
    let (diagnostics, complaint) = Diagnostics::in_folder(&taken);
    assert!(complaint.unwrap().contains("logs"));
    diagnostics.write_line("goes nowhere\n");
    diagnostics.report(facts(), true);
    assert_eq!(diagnostics.last_report(), None);
}
