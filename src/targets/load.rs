//! From a store to targets: reads one table, guesses its mapping, checks its positions. Blocks: call it from a job.

use std::path::Path;

use super::positions::PlacePixel;
use super::{Mapping, TargetSet, TargetsError};
use crate::db::postgres::{PostgresStore, ServerAddress, ServerLogin};
use crate::db::{DbError, Store, embedded};

/// Rows above this are not read: the set says that there are more.
pub const MAX_ROWS: usize = 5_000_000;

/// Which table to read, and how. The default is the first table with positions, its mapping guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The table; the first with positions for `None`.
    pub table: Option<String>,
    /// Which column plays which part; guessed for `None`.
    pub mapping: Option<Mapping>,
}

/// Reads the targets of a `GeoPackage`, CSV or `GeoJSON` file. The file is never written to.
pub fn load(path: &Path, options: &LoadOptions) -> Result<TargetSet, TargetsError> {
    load_placed(path, options, None)
}

/// The same, with a way from a pixel of an image to its place on the earth, for targets that know no other.
pub fn load_placed(
    path: &Path,
    options: &LoadOptions,
    place_pixel: Option<PlacePixel<'_>>,
) -> Result<TargetSet, TargetsError> {
    load_from(embedded::open(path)?.as_ref(), &path.display().to_string(), options, place_pixel)
}

/// Reads the targets that the user named: those of a file, or of a database by its URL or `key=value` settings.
pub fn load_text(text: &str, options: &LoadOptions) -> Result<TargetSet, TargetsError> {
    if !ServerAddress::is_meant_by(text) {
        return load(Path::new(text), options);
    }
    let login = ServerLogin::parse(text).map_err(DbError::Connect)?;
    let store = PostgresStore::new(&login).map_err(DbError::Connect)?;
    load_from(&store, &login.address.to_string(), options, None)
}

fn load_from(
    store: &dyn Store,
    name: &str,
    options: &LoadOptions,
    place_pixel: Option<PlacePixel<'_>>,
) -> Result<TargetSet, TargetsError> {
    let tables = store.tables()?;
    let Some(table) = options.table.as_deref().or_else(|| tables.first().map(|info| info.name.as_str())) else {
        return Err(TargetsError::Store(DbError::NoTargets {
            path: name.into(),
            problem: "it has no table".to_owned(),
            advice: "export the targets into it".to_owned(),
        }));
    };
    let others: Vec<&str> = tables.iter().map(|info| info.name.as_str()).filter(|name| *name != table).collect();
    let mut read = store.read(table, MAX_ROWS)?;
    if !others.is_empty() {
        read.notes.push(format!("read table {table}; not read: {}", others.join(", ")));
    }
    let mapping = options.mapping.clone().unwrap_or_else(|| Mapping::guess(&read.table, read.geometry_columns));
    TargetSet::from_table_placed(name, read, mapping, place_pixel)
}
