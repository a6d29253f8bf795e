//! What the program remembers about its user, whatever the project: last folders, window, layout, theme. Kept as one
//! JSON file in the user's configuration folder.

use super::GraphicsMemory;
use super::storage::{Loaded, StorageError, load_json, save_json};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Names the folder that settings are kept in, instead of the user's configuration folder (for tests, portable use).
pub const FOLDER_VARIABLE: &str = "COGSCOPE_CONFIG_DIR";
const FILE_NAME: &str = "settings.json";
const MOST_RECENT: usize = 12;
/// Percent.
const LEAST_SCALE: u16 = 50;
const MOST_SCALE: u16 = 250;
const SCALE_STEP: i16 = 10;

/// Which of the two themes to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// What the system uses.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// The settings file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Folders and files that were opened, newest first.
    pub recent: Vec<PathBuf>,
    /// Servers that were connected to, newest first, without passwords.
    pub servers: Vec<String>,
    /// Dark, light, or as the system.
    pub theme: ThemeChoice,
    /// How large everything in the window is, in percent of what the system says; 0 for as it says.
    pub scale_percent: u16,
    /// Width and height of the window in points.
    pub window_size: Option<[f32; 2]>,
    /// What draws the window.
    pub graphics: GraphicsMemory,
    /// Name of the newest report of a crash that the user was shown.
    pub crash_seen: Option<String>,
    /// The docks' arrangement, as the window wrote it.
    pub layout: Option<serde_json::Value>,
}

impl Settings {
    /// The file that settings live in: below `folder`, else [`FOLDER_VARIABLE`], else the user's configuration folder.
    /// `None` where the system has none.
    pub fn path(folder: Option<&Path>) -> Option<PathBuf> {
        let folder = folder
            .map(Path::to_owned)
            .or_else(|| std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from))
            .or_else(|| directories::ProjectDirs::from("", "", "cogscope").map(|d| d.config_dir().to_owned()))?;
        Some(folder.join(FILE_NAME))
    }

    /// The folder of the log and of reports of crashes: below `folder`, else [`FOLDER_VARIABLE`], else where the system keeps such
    /// files of the user. `None` where the system has none.
    pub fn log_folder(folder: Option<&Path>) -> Option<PathBuf> {
        let own = folder.map(Path::to_owned).or_else(|| std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from));
        let below = own.or_else(|| {
            let folders = directories::ProjectDirs::from("", "", "cogscope")?;
            Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
        })?;
        Some(below.join("logs"))
    }

    /// Reads the settings; a file that makes no sense gives the defaults and a sentence to show.
    pub fn load(path: &Path) -> (Self, Option<String>) {
        match load_json(path) {
            Ok(Loaded::Value(settings)) => (settings, None),
            Ok(Loaded::Missing) => (Self::default(), None),
            Ok(Loaded::Corrupt { aside, reason }) => {
                let message =
                    format!("The settings could not be read ({reason}); they were put aside as {}", aside.display());
                (Self::default(), Some(message))
            }
            Err(e) => (Self::default(), Some(format!("The settings could not be read: {e}"))),
        }
    }

    /// Writes the settings.
    pub fn save(&self, path: &Path) -> Result<(), StorageError> {
        save_json(path, self)
    }

    /// How large everything in the window is, as a factor of what the system says.
    pub fn scale(&self) -> f32 {
        match self.scale_percent {
            0 => 1.0,
            percent => f32::from(percent.clamp(LEAST_SCALE, MOST_SCALE)) / 100.0,
        }
    }

    /// Makes everything larger (above 0) or smaller by a step, or (0) as the system says.
    pub fn rescale(&mut self, step: i16) {
        let percent = if self.scale_percent == 0 { 100 } else { self.scale_percent.clamp(LEAST_SCALE, MOST_SCALE) };
        let next = match step {
            0 => 100,
            _ => percent.saturating_add_signed(step.signum() * SCALE_STEP).clamp(LEAST_SCALE, MOST_SCALE),
        };
        self.scale_percent = if next == 100 { 0 } else { next };
    }

    /// Puts a server at the top of the recent ones.
    pub fn remember_server(&mut self, address: &str) {
        self.servers.retain(|known| known != address);
        self.servers.insert(0, address.to_owned());
        self.servers.truncate(MOST_RECENT);
    }

    /// Puts a folder or file at the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|p| p != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MOST_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_folder_stands_first_and_once() {
        let mut settings = Settings::default();
        for name in ["a", "b", "a"] {
            settings.remember(Path::new(name));
        }
        assert_eq!(settings.recent, [PathBuf::from("a"), PathBuf::from("b")]);
        for i in 0..30 {
            settings.remember(Path::new(&i.to_string()));
        }
        assert_eq!(settings.recent.len(), MOST_RECENT);
    }

    #[test]
    fn the_size_of_everything_goes_by_steps_within_limits_and_back() {
        let mut settings = Settings::default();
        settings.rescale(1);
        settings.rescale(1);
        assert_eq!(settings.scale(), 1.2);
        settings.rescale(0);
        assert_eq!((settings.scale(), &settings), (1.0, &Settings::default()));
        (0..40).for_each(|_| settings.rescale(-1));
        assert_eq!(settings.scale(), 0.5);
        settings.scale_percent = u16::MAX;
        assert_eq!(settings.scale(), 2.5);
    }

    #[test]
    fn settings_of_an_older_version_still_load() {
        let folder = tempfile::tempdir().unwrap();
        let path = Settings::path(Some(folder.path())).unwrap();
        std::fs::write(&path, r#"{"theme": "dark", "something_gone": 1}"#).unwrap();
        let (settings, message) = Settings::load(&path);
        assert_eq!(settings.theme, ThemeChoice::Dark);
        assert_eq!(message, None);
    }

    #[test]
    fn a_torn_settings_file_gives_the_defaults_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = Settings::path(Some(folder.path())).unwrap();
        std::fs::write(&path, "{").unwrap();
        let (settings, message) = Settings::load(&path);
        assert_eq!(settings, Settings::default());
        assert!(message.unwrap().contains("put aside"));
    }
}
