//! Opening an `SQLite` file that belongs to the user: nothing is written to it or beside it.
//!
//! Read-only alone is not enough: a file in WAL mode makes `SQLite` create `-wal` and `-shm` files next to it even for a
//! reader, and fails where the folder can't be written. `immutable=1` promises that nobody writes while we read, so that
//! neither locks nor those files are made. The price: changes that another program has not yet written back from its
//! `-wal` are not seen, which [`unwritten_changes`] finds out so that the user can be told.

use std::ffi::OsString;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::db::DbError;

/// Opens an `SQLite` file for reading.
pub(super) fn open(path: &Path) -> Result<Connection, DbError> {
    // SQLite's own message for a file that isn't there doesn't say so, and it may not notice that an end is missing.
    let io = |source| DbError::Io { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let file_bytes = file.metadata().map_err(io)?.len();
    let mut header = [0; 100];
    if file.read_exact(&mut header).is_ok()
        && let Some(expected) = expected_bytes(&header)
        && file_bytes < expected
    {
        return Err(DbError::Malformed {
            path: path.to_owned(),
            problem: format!("the file is not complete: {file_bytes} of {expected} bytes"),
            advice: "copy or export it again".to_owned(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(immutable_uri(path), flags).map_err(|error| wrap(path, error))?;
    // Views and triggers of a file from elsewhere shall call no function that has side effects.
    connection.pragma_update(None, "trusted_schema", false).map_err(|error| wrap(path, error))?;
    Ok(connection)
}

/// The size of the file in bytes by its own header (sqlite.org/fileformat.html, 1.3): page size times page count, where
/// the count is up to date.
fn expected_bytes(header: &[u8; 100]) -> Option<u64> {
    let u32_at = |at: usize| header.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    let page_bytes = match header.get(16..)?.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes))? {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let is_database = header.starts_with(b"SQLite format 3\0");
    let count_is_current = u32_at(24) == u32_at(92);
    Some(page_bytes * u64::from(u32_at(28)?)).filter(|_| is_database && count_is_current)
}

/// True when another program holds changes to the file that it has not written back yet.
pub(super) fn unwritten_changes(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|suffix| {
        let mut beside = OsString::from(path);
        beside.push(suffix);
        std::fs::metadata(PathBuf::from(beside)).is_ok_and(|metadata| metadata.len() > 0)
    })
}

/// An error of `SQLite` with what the user can do about it.
pub(super) fn wrap(path: &Path, source: rusqlite::Error) -> DbError {
    let malformed = |problem: &str, advice: &str| DbError::Malformed {
        path: path.to_owned(),
        problem: problem.to_owned(),
        advice: advice.to_owned(),
    };
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            malformed("not a GeoPackage: it is no SQLite file", "open the file that was exported as GeoPackage")
        }
        Some(ErrorCode::DatabaseCorrupt) => malformed("the file is damaged or not complete", "copy or export it again"),
        _ => DbError::Sqlite { path: path.to_owned(), source },
    }
}

/// The path as `SQLite`'s URI (sqlite.org/uri.html): bytes other than plain letters are escaped, drives follow a slash.
fn immutable_uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = if cfg!(windows) { windows_path(&text) } else { text.into_owned() };
    let mut uri = String::from("file:");
    for byte in plain.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

/// `C:\a` is `/C:/a`, `\\server\share` is `//server/share`, with four slashes after `file:`; the `\\?\` mark is dropped.
fn windows_path(path: &str) -> String {
    let (is_share, rest) = match (path.strip_prefix(r"\\?\UNC\"), path.strip_prefix(r"\\?\")) {
        (Some(share), _) => (true, share),
        (None, Some(rest)) => (false, rest),
        (None, None) => path.strip_prefix(r"\\").map_or((false, path), |share| (true, share)),
    };
    let slashed = rest.replace('\\', "/");
    match (is_share, slashed.as_bytes()) {
        (true, _) => format!("////{slashed}"),
        (false, [_, b':', ..]) => format!("///{slashed}"),
        (false, _) => slashed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_of_a_path_are_escaped() {
        let uri = immutable_uri(Path::new("/data/100% ação?#.gpkg"));
        assert_eq!(uri, "file:/data/100%25%20a%C3%A7%C3%A3o%3F%23.gpkg?mode=ro&immutable=1");
    }

    #[test]
    fn windows_paths_follow_slashes() {
        assert_eq!(windows_path(r"C:\data\a.gpkg"), "///C:/data/a.gpkg");
        assert_eq!(windows_path(r"\\?\C:\data\a.gpkg"), "///C:/data/a.gpkg");
        assert_eq!(windows_path(r"\\server\share\a.gpkg"), "////server/share/a.gpkg");
        assert_eq!(windows_path(r"\\?\UNC\server\share\a.gpkg"), "////server/share/a.gpkg");
        assert_eq!(windows_path(r"data\a.gpkg"), "data/a.gpkg");
    }

    #[test]
    fn a_missing_file_is_said_to_be_missing() {
        let error = open(Path::new("/nowhere/targets.gpkg")).unwrap_err();
        assert!(matches!(error, DbError::Io { .. }), "{error}");
    }
}
