//! Showing a file in the system's file manager.

use std::path::Path;
use std::process::Command;

/// Opens the folder of a file (or the folder itself) in the file manager. Blocks until the manager has been told.
pub fn reveal(path: &Path) -> Result<(), String> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let mut command = if cfg!(windows) {
        let mut command = Command::new("explorer");
        if path.is_dir() {
            command.arg(path);
        } else {
            let mut select = std::ffi::OsString::from("/select,");
            select.push(path);
            command.arg(select);
        }
        command
    } else if cfg!(target_os = "macos") {
        let mut command = Command::new("open");
        command.arg("-R").arg(path);
        command
    } else {
        let mut command = Command::new("xdg-open");
        command.arg(folder);
        command
    };
    // The manager's own exit status says little: explorer gives 1 when all is well.
    command
        .status()
        .map(|_| ())
        .map_err(|e| format!("{}: the file manager could not be started: {e}", folder.display()))
}
