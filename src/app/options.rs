//! How the window is started: what the command line understood, as plain data.

use super::graphics::Tried;
use crate::db::postgres::{ServerLogin, Vault};
use crate::diagnostics::Diagnostics;
use crate::document::{NoticeLevel, Renderer, ThemeChoice};
use std::path::PathBuf;
use std::time::Instant;

/// Options of the window.
#[derive(Clone, Debug)]
pub struct WindowOptions {
    /// Folders and files to open; empty: the last ones, else the sample data.
    pub paths: Vec<PathBuf>,
    /// A server to connect to at once, and which table of it; the first one with positions for `None`.
    pub server: Option<(ServerLogin, Option<String>)>,
    /// Begin with nothing open, whatever was open last.
    pub starts_empty: bool,
    /// What draws the window; the first that works for `None`.
    pub renderer: Option<Renderer>,
    /// What was tried in vain before.
    pub tried: Vec<Tried>,
    /// What is to be told as soon as the window is there.
    pub complaints: Vec<(NoticeLevel, String)>,
    /// The log.
    pub diagnostics: Diagnostics,
    /// Width and height in points, instead of the remembered ones.
    pub size: Option<[u32; 2]>,
    /// Instead of the remembered theme.
    pub theme: Option<ThemeChoice>,
    /// Write the window to this PNG when everything visible has loaded, then end.
    pub screenshot: Option<PathBuf>,
    /// Keep settings in this folder instead of the user's configuration folder.
    pub config_folder: Option<PathBuf>,
    /// Whether the system's file dialogs may be asked; else paths are typed.
    pub has_file_dialogs: bool,
    /// Where passwords are kept that the user wants to be kept.
    pub vault: Vault,
    /// When the program started, for the log.
    pub started: Instant,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            server: None,
            starts_empty: false,
            renderer: None,
            tried: Vec::new(),
            complaints: Vec::new(),
            diagnostics: Diagnostics::default(),
            size: None,
            theme: None,
            screenshot: None,
            config_folder: None,
            has_file_dialogs: true,
            vault: Vault::system(),
            started: Instant::now(),
        }
    }
}
