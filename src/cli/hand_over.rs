//! The program built without a window hands over to the one with a window that lies beside it. On Windows these are
//! `cogscope.com`, which answers in the console it is called from, and `cogscope.exe`, which opens none.

use std::env::consts::EXE_EXTENSION;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// The program with a window beside `this` program; `None` if there is none.
pub fn window_program(this: &Path) -> Option<PathBuf> {
    let other = this.with_extension(EXE_EXTENSION);
    (other != this && other.is_file()).then_some(other)
}

/// Runs a program with a window until it ends, and passes on what it tells on standard error.
///
/// Its standard error is a pipe, as a program of Windows' graphical kind cannot write to the console of another.
pub fn run_window_program<A: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    let mut child =
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut told) = child.stderr.take() {
        // If nobody reads it here, the window goes on all the same.
        let _ = io::copy(&mut told, &mut io::stderr());
    }
    child.wait()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env::consts::EXE_SUFFIX;

    #[test]
    fn the_program_with_a_window_is_found_beside_this_one() {
        let folder = tempfile::tempdir().unwrap();
        let with_window = folder.path().join(format!("cogscope{EXE_SUFFIX}"));
        let without = folder.path().join("cogscope.com");
        assert_eq!(window_program(&without), None, "it is not there yet");
        std::fs::write(&with_window, "").unwrap();
        assert_eq!(window_program(&without).as_ref(), Some(&with_window));
        assert_eq!(window_program(&with_window), None, "never itself");
    }

    #[test]
    fn the_exit_status_is_handed_on() {
        let (shell, flag) = if cfg!(windows) { ("cmd.exe", "/c") } else { ("sh", "-c") };
        let status = run_window_program(Path::new(shell), [flag, "exit 3"]).unwrap();
        assert_eq!(status.code(), Some(3));
    }
}
