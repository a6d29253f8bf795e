//! Where a store is, as plain data: what a project keeps and a command line says.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::embedded::EmbeddedStore;
use super::query::{QueryError, QueryStore};

/// Where targets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreAddress {
    /// A `GeoPackage`, CSV or `GeoJSON` file.
    File(PathBuf),
}

impl StoreAddress {
    /// The store in a file.
    pub fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }

    /// A store to put questions to. A file is opened by the first question.
    pub fn open(&self) -> Result<Arc<dyn QueryStore>, QueryError> {
        match self {
            Self::File(path) => Ok(Arc::new(EmbeddedStore::new(path)?)),
        }
    }
}

impl fmt::Display for StoreAddress {
    /// As it is shown: never with a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
