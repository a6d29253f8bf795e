//! JSON files that survive a crash: written beside themselves, synced and then put in place; the last three generations
//! are kept, and a file that cannot be read is put aside under a name that says so.

use crate::files::{self, TemporaryFile};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many earlier generations are kept: `name.1` is the last one.
const GENERATIONS: u32 = 3;
/// More than any settings or project file needs; a larger one is not ours.
const MOST_BYTES: u64 = 64 << 20;
/// The field that says which program understands the rest.
const VERSION: &str = "version";

/// What can go wrong with a stored file.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The file system said no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The value has no JSON form.
    #[error("{path}: cannot be written as JSON: {source}")]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        source: serde_json::Error,
    },
}

/// What reading a stored file gave.
#[derive(Debug, PartialEq)]
pub enum Loaded<T> {
    /// There is no such file yet.
    Missing,
    /// The value.
    Value(T),
    /// A newer program wrote the file.
    Newer {
        /// The file's version.
        version: u64,
    },
    /// The file made no sense; it now lies under `aside`, and `reason` says what was wrong.
    Corrupt {
        /// Where the file was put.
        aside: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
}

/// What came of reading a file that the program keeps by itself. One that could not be read, or that a newer program wrote, is never
/// written over.
#[derive(Debug, PartialEq)]
pub struct Kept<T> {
    /// What it holds; `None` where there is none that can be used.
    pub value: Option<T>,
    /// What the user should know.
    pub complaint: Option<String>,
    /// Whether the file may be written.
    pub may_be_replaced: bool,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: None, complaint: None, may_be_replaced: true }
    }
}

/// Reads a file that the program keeps by itself, up to a version; `what` is called so in complaints.
pub fn load_kept<T: DeserializeOwned>(path: &Path, version: u64, what: &str) -> Kept<T> {
    let complain =
        |complaint: String, may_be_replaced| Kept { value: None, complaint: Some(complaint), may_be_replaced };
    match load_json(path, version) {
        Ok(Loaded::Value(value)) => Kept { value: Some(value), ..Kept::default() },
        Ok(Loaded::Missing) => Kept::default(),
        Ok(Loaded::Newer { version }) => {
            let file = path.display();
            let text = format!(
                "{what}: {file} was written by a newer cogscope (version {version}); it is left as it is, and nothing new is kept in it"
            );
            complain(text, false)
        }
        Ok(Loaded::Corrupt { aside, reason }) => complain(
            format!("{what} could not be read ({reason}); the file was put aside as {}", aside.display()),
            true,
        ),
        Err(error) => complain(format!("{what} could not be read: {error}; nothing new is kept in it"), false),
    }
}

/// Reads a value up to a version; a torn file is put aside as `.corrupt-<seconds>`.
pub fn load_json<T: DeserializeOwned>(path: &Path, version: u64) -> Result<Loaded<T>, StorageError> {
    let value = match load_value(path)? {
        Loaded::Value(value) => value,
        Loaded::Missing => return Ok(Loaded::Missing),
        Loaded::Newer { version } => return Ok(Loaded::Newer { version }),
        Loaded::Corrupt { aside, reason } => return Ok(Loaded::Corrupt { aside, reason }),
    };
    match value.get(VERSION).and_then(Value::as_u64) {
        Some(later) if later > version => return Ok(Loaded::Newer { version: later }),
        _ => {}
    }
    // A list would pass for an object without a single field.
    if !value.is_object() {
        return put_aside(path, "it is no object".to_owned());
    }
    match serde_json::from_value(value) {
        Ok(value) => Ok(Loaded::Value(value)),
        Err(error) => put_aside(path, error.to_string()),
    }
}

/// Reads whatever JSON a file holds; a torn file is put aside.
pub fn load_value(path: &Path) -> Result<Loaded<Value>, StorageError> {
    let io = |source| StorageError::Io { path: path.to_owned(), source };
    let reason = match fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Loaded::Missing),
        Err(e) => return Err(io(e)),
        Ok(about) if about.len() > MOST_BYTES => format!("{} bytes are too many", about.len()),
        Ok(_) => match serde_json::from_slice(&fs::read(path).map_err(io)?) {
            Ok(value) => return Ok(Loaded::Value(value)),
            Err(e) => e.to_string(),
        },
    };
    put_aside(path, reason)
}

fn put_aside<T>(path: &Path, reason: String) -> Result<Loaded<T>, StorageError> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_secs());
    // Others may have been put aside within the same second.
    let names = (0..1_000).map(|more| with_suffix(path, &format!("corrupt-{}", seconds + more)));
    let aside = names.into_iter().find(|aside| !aside.exists()).unwrap_or_else(|| with_suffix(path, "corrupt"));
    fs::rename(path, &aside).map_err(|source| StorageError::Io { path: path.to_owned(), source })?;
    Ok(Loaded::Corrupt { aside, reason })
}

/// Writes an object with its version so that a crash leaves either the old file or the new one.
pub fn save_json<T: Serialize>(path: &Path, version: u64, value: &T) -> Result<(), StorageError> {
    let io = |source| StorageError::Io { path: path.to_owned(), source };
    let encode = |source| StorageError::Encode { path: path.to_owned(), source };
    let mut value = serde_json::to_value(value).map_err(encode)?;
    if let Value::Object(fields) = &mut value {
        fields.insert(VERSION.to_owned(), version.into());
    }
    let text = serde_json::to_vec_pretty(&value).map_err(encode)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let mut temporary = TemporaryFile::beside(path).map_err(io)?;
    temporary.file().and_then(|file| file.write_all(&text)).map_err(io)?;
    keep_generations(path).map_err(io)?;
    temporary.persist().map_err(io)
}

/// The present file becomes `.1` too, `.1` becomes `.2` and so on; the present file itself stays until it is replaced.
fn keep_generations(path: &Path) -> std::io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    for generation in (1..GENERATIONS).rev() {
        let older = with_suffix(path, &generation.to_string());
        if older.exists() {
            fs::rename(&older, with_suffix(path, &(generation + 1).to_string()))?;
        }
    }
    let last = with_suffix(path, "1");
    // A second name takes no room and is there at once; not every file system has them.
    fs::hard_link(path, &last).or_else(|_| files::replace(&last, &fs::read(path)?))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(number: u32) -> Value {
        serde_json::json!({ "number": number })
    }

    fn number(path: &Path) -> Option<u64> {
        match load_value(path).unwrap() {
            Loaded::Value(value) => value["number"].as_u64(),
            _ => None,
        }
    }

    #[test]
    fn a_value_comes_back_and_three_generations_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        assert_eq!(load_json::<Value>(&path, 1).unwrap(), Loaded::Missing);
        for value in 1..=6_u32 {
            save_json(&path, 1, &object(value)).unwrap();
        }
        assert_eq!(number(&path), Some(6));
        for (suffix, value) in [("1", 5), ("2", 4), ("3", 3)] {
            assert_eq!(number(&with_suffix(&path, suffix)), Some(value));
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 4);
    }

    #[test]
    fn what_is_torn_empty_zeroed_or_of_another_kind_is_put_aside_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        for text in ["{\"last_fol", "", "\0\0\0\0", "[1, \"a\"]", "\u{feff}"] {
            fs::write(&path, text).unwrap();
            let kept = load_kept::<Vec<u32>>(&path, 1, "The settings");
            assert!(kept.value.is_none() && kept.may_be_replaced && !path.exists());
            let told = kept.complaint.unwrap();
            assert!(told.contains("The settings could not be read (") && told.contains(".corrupt-"), "{told}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "each is still there");
    }

    #[test]
    fn what_a_newer_program_wrote_and_what_cannot_be_read_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let text = r#"{"version": 2, "number": {"of": "another kind"}}"#;
        fs::write(&path, text).unwrap();
        let kept = load_kept::<Vec<u32>>(&path, 1, "The settings");
        assert!(kept.value.is_none() && !kept.may_be_replaced);
        assert!(kept.complaint.unwrap().contains("newer cogscope (version 2)"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let kept = load_kept::<Vec<u32>>(&path.join("below a file"), 1, "The settings");
        assert!(!kept.may_be_replaced && kept.complaint.is_some());
    }
}
