//! Where a store is, as plain data: what a project keeps and a command line says.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::DbError;
use super::embedded::EmbeddedStore;
use super::postgres::{ConnectError, PostgresStore, ServerAddress, ServerLogin};
use super::query::{QueryError, QueryStore};

/// Where targets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StoreAddress {
    /// A `GeoPackage`, CSV or `GeoJSON` file.
    File(PathBuf),
    /// A `PostgreSQL` database; its password is found as psql finds it.
    Server(ServerAddress),
}

impl StoreAddress {
    /// The store in a file.
    pub fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }

    /// A store by what the user wrote, with a password that was in the text: a server's URL, `key=value` settings, or a
    /// file.
    pub fn open_text(text: &str) -> Result<Arc<dyn QueryStore>, QueryError> {
        if ServerAddress::is_meant_by(text) {
            let login = ServerLogin::parse(text).map_err(DbError::Connect)?;
            return Ok(Arc::new(PostgresStore::new(&login).map_err(DbError::Connect)?));
        }
        Self::file(Path::new(text)).open()
    }

    /// The address in what the user wrote, without a password that was in it.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        if ServerAddress::is_meant_by(text) {
            return Ok(Self::Server(ServerLogin::parse(text)?.address));
        }
        Ok(Self::file(Path::new(text)))
    }

    /// A store to put questions to. A file is opened by the first question.
    pub fn open(&self) -> Result<Arc<dyn QueryStore>, QueryError> {
        match self {
            Self::File(path) => Ok(Arc::new(EmbeddedStore::new(path)?)),
            Self::Server(address) => {
                let login = ServerLogin { address: address.clone(), password: None };
                Ok(Arc::new(PostgresStore::new(&login).map_err(DbError::Connect)?))
            }
        }
    }
}

impl fmt::Display for StoreAddress {
    /// As it is shown: never with a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(address) => write!(f, "{address}"),
        }
    }
}
