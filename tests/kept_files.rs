//! What the program keeps by itself (settings, session) and what its user saves (projects) is never lost: processes that write are
//! killed at random moments, disks are full, files are torn, newer or write-protected.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cogscope::document::{Project, SavedQuery, Session, Settings, load_project, save_project};

/// The folder that a child of a test writes into.
const CHILD_FOLDER: &str = "COGSCOPE_TEST_CHILD_FOLDER";
const KILLS: usize = 200;
/// A number that stands at the start and at the end of each file.
const FILLING: usize = 400;

fn settings(number: u64) -> Settings {
    let paths = std::iter::repeat_n(PathBuf::from(number.to_string()), FILLING).collect();
    Settings { recent: paths, servers: vec![number.to_string()], ..Settings::default() }
}

fn project(number: u64) -> Project {
    let query = SavedQuery { name: number.to_string(), sql: "SELECT 1".repeat(FILLING) };
    let sources = std::iter::repeat_n(PathBuf::from("/").join(number.to_string()), FILLING).collect();
    Project { queries: vec![query; 2], sources, ..Project::default() }
}

fn session(number: u64) -> Session {
    Session { path: Some(number.to_string().into()), project: project(number), is_unsaved: true }
}

/// The number of a file that is whole; its name without what says which generation it is tells what it holds.
fn number_in(path: &Path) -> u64 {
    let name = path.file_name().unwrap().to_str().unwrap();
    let number = if name.starts_with("settings") {
        let kept = Settings::load(path);
        assert_eq!(kept.complaint, None);
        let read = kept.value.unwrap();
        let number = read.servers[0].parse().unwrap();
        assert_eq!(read, settings(number), "{name}");
        number
    } else if name.starts_with("session") {
        let kept = Session::load(path);
        assert_eq!(kept.complaint, None);
        let read = kept.value.unwrap();
        let number = read.path.as_ref().unwrap().to_str().unwrap().parse().unwrap();
        assert_eq!(read, session(number), "{name}");
        number
    } else {
        let (read, told) = load_project(path).unwrap();
        assert_eq!(told, None);
        let number = read.queries[0].name.parse().unwrap();
        assert_eq!(read, project(number), "{name}");
        number
    };
    number
}

fn files(folder: &Path) -> [PathBuf; 3] {
    ["settings.json", "session.json", "survey.cogscope"].map(|name| folder.join(name))
}

fn write_all(folder: &Path, number: u64) -> Result<(), String> {
    let [of_settings, of_session, of_project] = files(folder);
    settings(number).save(&of_settings).map_err(|error| error.to_string())?;
    session(number).save(&of_session).map_err(|error| error.to_string())?;
    save_project(&of_project, &project(number)).map_err(|error| error.to_string())
}

/// A process of this test alone, that does what `name` says in `folder`.
fn child(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--quiet"]).env(CHILD_FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

#[test]
fn child_that_writes_on_and_on() {
    // Only as a process that another test starts.
    let Some(folder) = std::env::var_os(CHILD_FOLDER).map(PathBuf::from) else { return };
    let first = files(&folder)[0].exists().then(|| files(&folder).iter().map(|path| number_in(path)).max().unwrap());
    for number in first.map_or(1, |last| last + 1).. {
        write_all(&folder, number).unwrap();
        writeln!(std::io::stdout(), "wrote {number}").unwrap();
    }
}

#[test]
fn whoever_is_killed_while_writing_leaves_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut generations = BTreeSet::new();
    let mut cut_short = 0;
    for kill in 0..KILLS {
        let mut running = child("child_that_writes_on_and_on", folder.path()).spawn().unwrap();
        let mut output = BufReader::new(running.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("wrote ") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "the process wrote nothing before kill {kill}");
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_micros(random % 40_000));
        running.kill().unwrap();
        running.wait().unwrap();
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        let told = rest.lines().chain(line.lines()).filter_map(|line| line.split("wrote ").nth(1)?.parse::<u64>().ok());
        let told = told.max().unwrap();
        for path in files(folder.path()) {
            let number = number_in(&path);
            assert!(number == told || number == told + 1, "{}: {number} after {told}", path.display());
            generations.insert(number);
        }
        let names = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name());
        let half: Vec<_> = names.filter(|name| name.to_str().unwrap().ends_with(".part")).collect();
        assert!(half.len() <= 1, "only the file that was being written: {half:?}");
        cut_short += half.len();
    }
    for path in files(folder.path()) {
        for earlier in 1..=3 {
            let name = format!("{}.{earlier}", path.file_name().unwrap().to_str().unwrap());
            let path = path.with_file_name(name);
            // Between two renames there may be one less.
            if earlier < 3 || path.exists() {
                assert!(number_in(&path) > 0);
            }
        }
    }
    println!("{KILLS} kills in {:?}, {cut_short} of them while a file was half written", began.elapsed());
    assert!(generations.len() > KILLS / 2, "there was something to be cut short: {} generations", generations.len());
    assert!(cut_short > 0, "no kill came while a file was half written");
}

/// A folder of 512 KiB, in a mount namespace of the process that `script` runs in, which has it as `$disk`. `None` where there are
/// no such namespaces; then the limit on the size of a file stands in for it.
fn on_a_small_disk(disk: &Path, script: &str) -> Command {
    let can_mount = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(disk).output();
    let mut command;
    if can_mount.is_ok_and(|output| output.status.success()) {
        command = Command::new("unshare");
        let script = format!("mount -t tmpfs -o size=512k none \"$disk\" && {{ {script}\n}}");
        command.args(["-rm", "bash", "-c", &script]);
    } else {
        eprintln!("no mount namespaces: files are limited instead of the disk");
        command = Command::new("bash");
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f 512; {script}")]);
    }
    command.env("disk", disk).env("program", env!("CARGO_BIN_EXE_cogscope"));
    command.env("sample_data", Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"));
    command
}

/// What a script wrote, standard error behind standard output.
fn output_of(mut command: Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn child_that_fills_the_disk() {
    // Only as a process that another test starts.
    let Some(folder) = std::env::var_os(CHILD_FOLDER).map(PathBuf::from) else { return };
    write_all(&folder, 1).unwrap();
    write_all(&folder, 2).unwrap();
    let rest = fs::File::create(folder.join("rest"));
    // Until the disk is full.
    let _ = rest.and_then(|mut rest| rest.write_all(&vec![0; 1 << 20]));
    let large = Settings { servers: vec!["x".repeat(600_000)], ..settings(3) };
    let project = Project { sources: vec!["x".repeat(600_000).into()], ..project(3) };
    let session = Session { project: project.clone(), ..session(3) };
    let [of_settings, of_session, of_project] = files(&folder);
    let failures = [large.save(&of_settings), session.save(&of_session), save_project(&of_project, &project)];
    for (failed, path) in failures.into_iter().zip(files(&folder)) {
        let error = failed.unwrap_err().to_string();
        let cause = error.strip_prefix(&format!("{}: ", path.display())).expect("the file is named").to_owned();
        assert!(cause.contains("No space left") || cause.contains("File too large"), "{error}");
        assert_eq!(number_in(&path), 2);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(number_in(&path.with_file_name(format!("{name}.1"))), 1);
    }
    let names = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.file_name());
    let names: BTreeSet<String> = names.map(|name| name.to_str().unwrap().to_owned()).collect();
    assert!(names.iter().all(|name| !name.ends_with(".part")), "{names:?}");
    println!("all is as it was");
}

#[test]
fn a_full_disk_leaves_settings_session_and_project_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let script = "\"$test\" --exact child_that_fills_the_disk --nocapture";
    let mut command = on_a_small_disk(folder.path(), script);
    command.env("test", std::env::current_exe().unwrap()).env(CHILD_FOLDER, folder.path());
    let text = output_of(command);
    assert!(text.contains("all is as it was") && text.contains("1 passed"), "{text}");
}

#[test]
fn a_full_disk_is_told_by_every_command_that_writes_and_the_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
        cd "$disk"
        for name in cog.tif report.html report.md tile.png values.npy; do echo old > $name; done
        head -c 1000000 /dev/zero > rest 2>/dev/null
        image="$sample_data/itaipu/LC08_224077_20200518_B2.tif"
        run() { "$program" "$@"; echo "status $?"; }
        run convert "$image" cog.tif --overwrite
        run report image --db "$sample_data/targets.gpkg" --images "$sample_data" -o report.html
        run report image --db "$sample_data/targets.gpkg" --images "$sample_data" -o report.md
        run render "$image" --bbox=-54.8,-25.7,-54.3,-25.2 --size 900x900 -o tile.png
        run render "$image" --bbox=-54.8,-25.7,-54.3,-25.2 --size 900x900 -o values.npy
        cat cog.tif report.html report.md tile.png values.npy
        find . -name '*.part*'
    "#;
    let text = output_of(on_a_small_disk(folder.path(), script));
    let lines: Vec<&str> = text.lines().collect();
    let told: Vec<&&str> = lines.iter().filter(|line| line.starts_with("cogscope: ")).collect();
    for name in ["cog.tif: ", "report.html: ", "report", "tile.png: ", "values.npy: "] {
        let line = told.iter().find(|line| line.starts_with(&format!("cogscope: {name}"))).expect(&text);
        assert!(line.contains("No space left") || line.contains("File too large"), "{text}");
    }
    assert_eq!(lines.iter().filter(|line| **line == "status 1").count(), 5, "{text}");
    assert_eq!(lines.iter().filter(|line| **line == "old").count(), 5, "{text}");
    assert!(!text.contains(".part"), "{text}");
}

#[test]
fn an_output_that_nobody_can_write_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = common::cogscope(["info", "sample_data", "--json"]);
    let output = command.stdout(full).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.starts_with("cogscope: standard output: No space left"), "{errors}");
}

/// The window on files that it keeps by itself: whatever they are, it starts, says what is wrong, and loses nothing.
#[cfg(feature = "window")]
mod in_the_window {
    use super::*;
    use cogscope::app::{CogscopeApp, WindowOptions};
    use cogscope::document::ThemeChoice;
    use cogscope::ui::Command;
    use common::window::{Window, app, until};
    use egui::accesskit::Role;
    use egui_kittest::kittest::Queryable as _;

    /// Starts, opens the sample data, changes the theme, ends in order. Returns what was told.
    fn used(settings: &Path) -> String {
        let options = WindowOptions {
            paths: vec![common::sample("olinda")],
            config_folder: Some(settings.to_owned()),
            ..WindowOptions::default()
        };
        let mut window: Window = common::window::window(options, [1280.0, 800.0]);
        until(&mut window, "everything is on the screen", |app| {
            app.document().imagery.catalog.images().count() == 1 && app.is_complete()
        });
        window.state_mut().as_mut().unwrap().give(Command::SetTheme(ThemeChoice::Light));
        window.run_steps(3);
        until(&mut window, "everything is kept", CogscopeApp::is_complete);
        eframe::App::on_exit(window.state_mut().as_mut().unwrap(), None);
        app(&window).document().notices.as_text()
    }

    fn put_aside(folder: &Path, start: &str) -> usize {
        let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(&format!("{start}.corrupt-"))).count()
    }

    #[test]
    fn files_that_make_no_sense_are_put_aside_and_new_ones_are_kept() {
        for text in ["", "{\"recent\": [\"/a", &"\0".repeat(4096), "[]", "no JSON"] {
            let folder = tempfile::tempdir().unwrap();
            let [of_settings, of_session, _] = files(folder.path());
            for path in [&of_settings, &of_session] {
                fs::write(path, text).unwrap();
            }
            let told = used(folder.path());
            for part in ["The settings could not be read", "What was open last could not be read", "put aside as"] {
                assert!(told.contains(part), "{part} is missing of {text:?}: {told}");
            }
            assert_eq!([put_aside(folder.path(), "settings.json"), put_aside(folder.path(), "session.json")], [1, 1]);
            assert_eq!(Settings::load(&of_settings).value.unwrap().theme, ThemeChoice::Light);
            let session = Session::load(&of_session).value.unwrap();
            assert_eq!(session.project.sources, [common::sample("olinda")]);
        }
    }

    #[test]
    fn files_of_a_newer_program_are_told_and_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let [of_settings, of_session, _] = files(folder.path());
        let text = r#"{"version": 99, "recent": {"by": "week"}, "project": 7}"#;
        for path in [&of_settings, &of_session] {
            fs::write(path, text).unwrap();
        }
        let told = used(folder.path());
        assert_eq!(told.matches("was written by a newer cogscope (version 99)").count(), 2, "{told}");
        for path in [&of_settings, &of_session] {
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was put beside them");
    }

    #[test]
    fn a_crash_is_offered_with_the_session_that_comes_back_until_it_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        used(folder.path());
        let logs = folder.path().join("logs");
        fs::create_dir_all(&logs).unwrap();
        fs::write(logs.join("crash-20260101T000000Z-00.md"), "# cogscope ended because of a defect\n\nseven of nine\n")
            .unwrap();
        let again = || {
            let options = WindowOptions {
                config_folder: Some(folder.path().to_owned()),
                diagnostics: cogscope::diagnostics::Diagnostics::in_folder(&logs).0,
                ..WindowOptions::default()
            };
            let mut window = common::window::window(options, [1280.0, 800.0]);
            until(&mut window, "the session is back", |app| {
                app.document().imagery.catalog.images().count() == 1 && app.is_complete()
            });
            window
        };
        let mut window = again();
        assert_eq!(app(&window).document().about.log_folder.as_deref(), Some(logs.as_path()));
        assert!(window.query_all_by_label_contains("cogscope ended unexpectedly").next().is_some());
        assert!(window.query_all_by_label_contains("seven of nine").next().is_some());
        common::window::click(&mut window, Role::Button, "Copy the report");
        common::window::click(&mut window, Role::Button, "Close");
        assert!(app(&window).document().about.crash.is_none());
        drop(window);
        let window = again();
        assert!(window.query_all_by_label_contains("cogscope ended unexpectedly").next().is_none());
    }

    #[test]
    fn what_cannot_be_written_is_a_notice() {
        // A folder in which not even root makes files.
        let nowhere = Path::new("/sys/kernel");
        let told = used(nowhere);
        assert!(told.contains("The settings could not be saved: /sys/kernel/settings.json: "), "{told}");
        assert!(
            told.contains("What is open could not be kept for the next start: /sys/kernel/session.json: "),
            "{told}"
        );

        let folder = tempfile::tempdir().unwrap();
        let [of_settings, of_session, _] = files(folder.path());
        settings(1).save(&of_settings).unwrap();
        session(1).save(&of_session).unwrap();
        for path in [&of_settings, &of_session] {
            let mut permissions = fs::metadata(path).unwrap().permissions();
            permissions.set_readonly(true);
            fs::set_permissions(path, permissions).unwrap();
        }
        let told = used(folder.path());
        assert_eq!(told.matches("the file is write-protected").count(), 2, "{told}");
        assert_eq!([number_in(&of_settings), number_in(&of_session)], [1, 1]);
    }
}
