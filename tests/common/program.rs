//! The program with its window, started as a user starts it, and its log read from outside. Needs a display.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The same program, which heeds signals again: it leaves alone what it was started to ignore, and a shell starts what it runs in
/// the background so.
pub fn heeding_signals(command: &Command) -> Command {
    if !cfg!(target_os = "linux") {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args()).current_dir(env!("CARGO_MANIFEST_DIR"));
        return same;
    }
    let mut heeding = Command::new("env");
    heeding.arg("--default-signal=INT,TERM,HUP").arg(command.get_program()).args(command.get_args());
    heeding.current_dir(env!("CARGO_MANIFEST_DIR"));
    heeding
}

/// Whether a window can be opened here; says so if not.
pub fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let there = is_set("DISPLAY");
    if !there {
        eprintln!("skipped: there is no display");
    }
    there
}

/// Settings and log of its own, for as long as this lives.
pub struct Place {
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The program, to be started with its settings and log here.
    pub fn program(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = heeding_signals(&super::cogscope(["--settings-dir"]));
        command.arg(self.folder.path()).args(arguments);
        command.env("LIBGL_ALWAYS_SOFTWARE", "1").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("logs/cogscope.log")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("settings.json")).unwrap_or_default()
    }
}

/// A process that ends with the test, however that goes.
pub struct Running(pub Child);

impl Running {
    pub fn start(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.0.id().to_string()]).status().unwrap();
        assert!(sent.success(), "SIG{name} was not sent");
    }

    /// How it ended and what it wrote to standard error.
    pub fn end(&mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "the program does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut errors = String::new();
        if let Some(mut stderr) = self.0.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut errors).unwrap();
        }
        (status, errors)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something holds of the outside.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
