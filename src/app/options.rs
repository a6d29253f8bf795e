//! How the window is started: what the command line understood, as plain data.

use crate::db::postgres::ServerLogin;
use crate::document::ThemeChoice;
use std::path::PathBuf;
use std::time::Instant;

/// Which graphics interface draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RendererChoice {
    /// The first that works: wgpu, then OpenGL.
    #[default]
    Auto,
    /// wgpu only.
    Wgpu,
    /// OpenGL only.
    Glow,
}

/// Options of the window.
#[derive(Clone, Debug)]
pub struct WindowOptions {
    /// Folders and files to open; empty: the last ones, else the sample data.
    pub paths: Vec<PathBuf>,
    /// A server to connect to at once, and which table of it; the first one with positions for `None`.
    pub server: Option<(ServerLogin, Option<String>)>,
    /// Begin with nothing open, whatever was open last.
    pub starts_empty: bool,
    /// Which graphics interface to use.
    pub renderer: RendererChoice,
    /// Width and height in points, instead of the remembered ones.
    pub size: Option<[u32; 2]>,
    /// Instead of the remembered theme.
    pub theme: Option<ThemeChoice>,
    /// Write the window to this PNG when everything visible has loaded, then end.
    pub screenshot: Option<PathBuf>,
    /// Keep settings in this folder instead of the user's configuration folder.
    pub config_folder: Option<PathBuf>,
    /// When the program started, for the log.
    pub started: Instant,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            server: None,
            starts_empty: false,
            renderer: RendererChoice::Auto,
            size: None,
            theme: None,
            screenshot: None,
            config_folder: None,
            started: Instant::now(),
        }
    }
}
