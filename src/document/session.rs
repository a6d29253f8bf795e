//! What was open when the program ended, kept among the settings without anybody's doing, so that the next start goes on there.

use super::storage::{Loaded, StorageError, load_json, save_json};
use super::{Project, Settings, is_project_path};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "session.json";

/// What was open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// All that a project holds.
    pub project: Project,
    /// The project's file; `None` as long as nobody saved it under a name.
    pub path: Option<PathBuf>,
    /// Whether there are changes that are not in that file.
    pub is_unsaved: bool,
}

impl Session {
    /// The file that the session lives in, beside the settings.
    pub fn path(settings: &Path) -> PathBuf {
        settings.with_file_name(FILE_NAME)
    }

    /// Reads the session; a file that makes no sense gives none and a sentence to show.
    pub fn load(path: &Path) -> (Option<Self>, Option<String>) {
        match load_json(path) {
            Ok(Loaded::Value(session)) => (Some(session), None),
            Ok(Loaded::Missing) => (None, None),
            Ok(Loaded::Corrupt { aside, reason }) => {
                let words =
                    format!("What was open last could not be read ({reason}); it was put aside as {}", aside.display());
                (None, Some(words))
            }
            Err(error) => (None, Some(format!("What was open last could not be read: {error}"))),
        }
    }

    /// The session, or, where nothing was open in it, what was opened last of all.
    #[must_use]
    pub fn or_last(mut self, settings: &Settings) -> Self {
        let project = &mut self.project;
        if self.path.is_none() && project.sources.is_empty() && !project.tables.iter().any(|table| table.is_open) {
            project.sources = settings.recent.iter().find(|path| !is_project_path(path)).cloned().into_iter().collect();
        }
        self
    }

    /// Writes the session.
    pub fn save(&self, path: &Path) -> Result<(), StorageError> {
        save_json(path, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_and_a_torn_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = Session::path(&folder.path().join("settings.json"));
        assert_eq!(Session::load(&path), (None, None));
        let session = Session { path: Some("a.cogscope".into()), is_unsaved: true, ..Session::default() };
        session.save(&path).unwrap();
        assert_eq!(Session::load(&path), (Some(session), None));
        std::fs::write(&path, "{\"project\": 1").unwrap();
        let (session, told) = Session::load(&path);
        assert!(session.is_none() && told.unwrap().contains("put aside"));
    }
}
