//! Project files (`*.cogscope`): JSON with a format's name and version. Paths below the file's own folder are relative to it and
//! written with `/`, so that a folder with its project can be moved, also to another system. No password is ever in one.

use super::project::{Project, SavedEntry};
use super::storage::{Loaded, StorageError, load_value, save_json};
use serde_json::{Map, Value};
use std::path::{Component, Path, PathBuf};

/// The ending of project files.
pub const PROJECT_ENDING: &str = "cogscope";
const FORMAT: &str = "cogscope project";
/// Grows when an older program would misunderstand what is written.
const VERSION: u64 = 1;
/// More names of settings that are not known are not told.
const MOST_TOLD: usize = 5;

/// Why a project can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file could not be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no such file.
    #[error("{path}: there is no such project; it was moved or deleted, or its drive is not connected")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file made no sense; it now lies elsewhere.
    #[error(
        "{path}: torn or no JSON ({reason}); it was put aside as {aside}, earlier states lie beside it as {path}.1 to {path}.3"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where it was put.
        aside: PathBuf,
        /// What was wrong.
        reason: String,
    },
    /// JSON, but no project.
    #[error("{path}: this is no project of cogscope")]
    NoProject {
        /// The file.
        path: PathBuf,
    },
    /// A later program wrote it.
    #[error(
        "{path}: written by a newer cogscope (version {version} of project files, this program reads up to {VERSION}); \
         open it with that one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A part of it is not what it should be.
    #[error("{path}: a setting can't be understood: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which, and why.
        reason: String,
    },
}

/// Whether a path is named like a project.
pub fn is_project_path(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(PROJECT_ENDING))
}

/// Reads a project. What it holds that this program can't keep is told in a sentence.
pub fn load_project(path: &Path) -> Result<(Project, Option<String>), ProjectError> {
    let path = path.to_owned();
    let value = match load_value(&path)? {
        Loaded::Value(value) => value,
        Loaded::Missing => return Err(ProjectError::Missing { path }),
        Loaded::Newer { version } => return Err(ProjectError::Newer { path, version }),
        Loaded::Corrupt { aside, reason } => return Err(ProjectError::Corrupt { path, aside, reason }),
    };
    let Value::Object(mut fields) = value else { return Err(ProjectError::NoProject { path }) };
    let format = fields.remove("format");
    let version = fields.remove("version").as_ref().and_then(Value::as_u64);
    let (Some(FORMAT), Some(version)) = (format.as_ref().and_then(Value::as_str), version) else {
        return Err(ProjectError::NoProject { path });
    };
    if version > VERSION {
        return Err(ProjectError::Newer { path, version });
    }
    let fields = Value::Object(fields);
    let mut project: Project = serde_json::from_value(fields.clone())
        .map_err(|error| ProjectError::Malformed { path: path.clone(), reason: error.to_string() })?;
    let lost = serde_json::to_value(&project).map(|again| lost_fields(&fields, &again)).unwrap_or_default();
    let folder = folder_of(&path);
    change_paths(&mut project, &|stored| absolute(&folder, stored));
    Ok((project, told(&lost)))
}

/// Writes a project so that a crash leaves either the old one or the new one.
pub fn save_project(path: &Path, project: &Project) -> Result<(), StorageError> {
    let mut project = project.clone();
    let folder = folder_of(path);
    change_paths(&mut project, &|stored| relative(&folder, stored));
    let encode = |source| StorageError::Encode { path: path.to_owned(), source };
    let mut fields = Map::new();
    fields.insert("format".to_owned(), FORMAT.into());
    if let Value::Object(of_project) = serde_json::to_value(&project).map_err(encode)? {
        fields.extend(of_project);
    }
    save_json(path, VERSION, &Value::Object(fields))
}

fn folder_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.parent().map(Path::to_owned).unwrap_or_default()
}

fn change_paths(project: &mut Project, change: &dyn Fn(&Path) -> PathBuf) {
    let Project { sources, entries, arrangement, own_map, active_targets, targets_beside, .. } = project;
    let entries = entries.iter_mut().map(|SavedEntry { path, .. }| path);
    for path in sources.iter_mut().chain(entries).chain(arrangement.paths_mut()).chain(own_map) {
        *path = change(path);
    }
    // A table of a server is called `table (server)`, which is no path.
    let targets = active_targets.iter_mut().chain(targets_beside);
    for path in targets.filter(|path| !path.to_string_lossy().ends_with(')')) {
        *path = change(path);
    }
}

/// `images/a.tif` for what lies below the project's folder, `.` for the folder itself; everything else stays absolute.
fn relative(folder: &Path, path: &Path) -> PathBuf {
    let Ok(inside) = path.strip_prefix(folder) else { return path.to_owned() };
    let parts: Option<Vec<&str>> = inside.components().map(|part| part.as_os_str().to_str()).collect();
    match parts {
        Some(parts) if parts.is_empty() => PathBuf::from("."),
        Some(parts) => PathBuf::from(parts.join("/")),
        None => path.to_owned(),
    }
}

fn absolute(folder: &Path, stored: &Path) -> PathBuf {
    if stored.is_absolute() {
        return stored.to_owned();
    }
    let mut path = folder.to_owned();
    for part in stored.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path
}

/// The places of fields that are in `old` but not in what would be written again.
fn lost_fields(old: &Value, again: &Value) -> Vec<String> {
    let mut lost = Vec::new();
    collect_lost(old, again, "", &mut lost);
    lost
}

fn collect_lost(old: &Value, again: &Value, place: &str, lost: &mut Vec<String>) {
    match (old, again) {
        (Value::Object(old), Value::Object(again)) => {
            for (name, value) in old {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                match again.get(name) {
                    Some(other) => collect_lost(value, other, &place, lost),
                    None => lost.push(place),
                }
            }
        }
        (Value::Array(old), Value::Array(again)) => {
            for (at, (value, other)) in old.iter().zip(again).enumerate() {
                collect_lost(value, other, &format!("{place}[{at}]"), lost);
            }
        }
        _ => {}
    }
}

fn told(lost: &[String]) -> Option<String> {
    let (first, rest) = lost.split_at(lost.len().min(MOST_TOLD));
    if first.is_empty() {
        return None;
    }
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    Some(format!(
        "Settings that this program does not know are lost when the project is saved: {}{more}",
        first.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PlotSettings, SavedQuery};
    use std::fs;

    fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.cogscope");
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn project(folder: &Path) -> Project {
        Project {
            sources: vec![folder.join("images/deep"), PathBuf::from("/elsewhere/b.tif"), folder.to_owned()],
            active_targets: Some(folder.join("targets.gpkg")),
            targets_beside: vec![folder.join("old/targets.csv"), "found (host=a)".into()],
            entries: vec![SavedEntry { path: folder.join("images/a.tif"), is_hidden: true, style: None }],
            plots: Some(vec![PlotSettings::default()]),
            queries: vec![SavedQuery { name: "ships".into(), sql: "SELECT 1".into() }],
            ..Project::default()
        }
    }

    #[test]
    fn a_project_comes_back_and_can_be_moved_with_its_folder() {
        let old = tempfile::tempdir().unwrap();
        let path = old.path().join("a.cogscope");
        save_project(&path, &project(old.path())).unwrap();
        assert_eq!(load_project(&path).unwrap(), (project(old.path()), None));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"images/deep\"") && text.contains("\".\""), "{text}");
        assert!(!text.contains(&*old.path().to_string_lossy()), "{text}");
        let new = tempfile::tempdir().unwrap();
        let moved = new.path().join("b.cogscope");
        fs::copy(&path, &moved).unwrap();
        assert_eq!(load_project(&moved).unwrap().0, project(new.path()));
    }

    #[test]
    fn a_table_of_a_server_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.cogscope");
        let project = Project { active_targets: Some("found (host=a)".into()), ..Project::default() };
        save_project(&path, &project).unwrap();
        assert_eq!(load_project(&path).unwrap().0, project);
    }

    #[test]
    fn a_newer_version_is_refused_and_left_alone() {
        let (_folder, path) = write(r#"{"format": "cogscope project", "version": 99, "sources": 5}"#);
        let error = load_project(&path).unwrap_err().to_string();
        assert!(error.contains("newer cogscope (version 99"), "{error}");
        assert!(path.exists());
    }

    #[test]
    fn what_is_no_project_is_refused_and_left_alone() {
        for text in ["[]", "{}", r#"{"format": "other", "version": 1}"#, r#"{"format": "cogscope project"}"#] {
            let (_folder, path) = write(text);
            assert!(matches!(load_project(&path), Err(ProjectError::NoProject { .. })), "{text}");
            assert!(path.exists());
        }
    }

    #[test]
    fn a_setting_of_the_wrong_kind_is_named() {
        let (_folder, path) = write(r#"{"format": "cogscope project", "version": 1, "queries": [{"name": 5}]}"#);
        let error = load_project(&path).unwrap_err().to_string();
        assert!(error.contains("a setting can't be understood") && error.contains("expected a string"), "{error}");
        assert!(path.exists());
    }

    #[test]
    fn a_torn_file_is_put_aside_and_a_missing_one_is_told() {
        let (_folder, path) = write(r#"{"format": "cogscope pro"#);
        let error = load_project(&path).unwrap_err().to_string();
        assert!(error.contains("put aside as") && !path.exists(), "{error}");
        assert!(matches!(load_project(&path), Err(ProjectError::Missing { .. })));
    }

    #[test]
    fn what_is_not_known_is_kept_at_the_top_and_told_below() {
        let (_folder, path) = write(
            r#"{"format": "cogscope project", "version": 1, "from_later": [1, 2],
                "filter": {"text": "a", "mood": 1}, "queries": [{"name": "a", "sql": "b", "c": 1}]}"#,
        );
        let (project, told) = load_project(&path).unwrap();
        let told = told.unwrap();
        assert!(
            told.contains("filter.mood") && told.contains("queries[0].c") && !told.contains("from_later"),
            "{told}"
        );
        save_project(&path, &project).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("from_later") && !text.contains("mood"), "{text}");
    }
}
