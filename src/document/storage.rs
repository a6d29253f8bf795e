//! JSON files that survive a crash: written beside themselves, synced and then put in place; the last three generations
//! are kept, and a file that cannot be read is put aside under a name that says so.

use serde::{Serialize, de::DeserializeOwned};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many earlier generations are kept: `name.1` is the last one.
const GENERATIONS: u32 = 3;
/// More than any settings or project file needs; a larger one is not ours.
const MOST_BYTES: u64 = 64 << 20;

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
    /// The file made no sense; it now lies under `aside`, and `reason` says what was wrong.
    Corrupt {
        /// Where the file was put.
        aside: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
}

/// Reads a value; a torn file is put aside as `.corrupt-<seconds>`.
pub fn load_json<T: DeserializeOwned>(path: &Path) -> Result<Loaded<T>, StorageError> {
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
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_secs());
    let aside = with_suffix(path, &format!("corrupt-{seconds}"));
    fs::rename(path, &aside).map_err(io)?;
    Ok(Loaded::Corrupt { aside, reason })
}

/// Writes a value so that a crash leaves either the old file or the new one.
pub fn save_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StorageError> {
    let io = |source| StorageError::Io { path: path.to_owned(), source };
    let text =
        serde_json::to_vec_pretty(value).map_err(|source| StorageError::Encode { path: path.to_owned(), source })?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let temporary = with_suffix(path, "new");
    let mut file = File::create(&temporary).map_err(io)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(io)?;
    drop(file);
    keep_generations(path).map_err(io)?;
    fs::rename(&temporary, path).map_err(io)
}

/// Copies the present file to `.1`, `.1` to `.2` and so on; the present file itself stays until it is replaced.
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
    fs::copy(path, with_suffix(path, "1")).map(|_| ())
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

    #[test]
    fn a_value_comes_back_and_three_generations_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        assert_eq!(load_json::<u32>(&path).unwrap(), Loaded::Missing);
        for value in 1..=6_u32 {
            save_json(&path, &value).unwrap();
        }
        assert_eq!(load_json(&path).unwrap(), Loaded::Value(6_u32));
        for (suffix, value) in [("1", 5_u32), ("2", 4), ("3", 3)] {
            assert_eq!(load_json(&with_suffix(&path, suffix)).unwrap(), Loaded::Value(value));
        }
        assert!(!with_suffix(&path, "4").exists());
        assert!(!with_suffix(&path, "new").exists());
    }

    #[test]
    fn a_torn_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        fs::write(&path, "{\"last_fol").unwrap();
        let Loaded::Corrupt { aside, reason } = load_json::<Vec<u32>>(&path).unwrap() else {
            panic!("read a torn file")
        };
        assert!(aside.exists() && !path.exists());
        assert!(aside.to_string_lossy().contains(".corrupt-"));
        assert!(!reason.is_empty());
    }
}
