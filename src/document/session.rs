//! What was open when the program ended, kept among the settings without anybody's doing, so that the next start goes on there.

use super::storage::{Kept, StorageError, load_kept, save_json};
use super::{Project, Settings, is_project_path};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "session.json";
/// Grows when an older program would misunderstand what is written.
const VERSION: u64 = 1;

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

    /// Reads the session; a file that makes no sense, or that a newer program wrote, gives none and a sentence to show.
    pub fn load(path: &Path) -> Kept<Self> {
        load_kept(path, VERSION, "What was open last")
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
        save_json(path, VERSION, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = Session::path(&folder.path().join("settings.json"));
        assert_eq!(Session::load(&path), Kept::default());
        let session = Session { path: Some("a.cogscope".into()), is_unsaved: true, ..Session::default() };
        session.save(&path).unwrap();
        assert_eq!(Session::load(&path), Kept { value: Some(session), ..Kept::default() });
    }
}
