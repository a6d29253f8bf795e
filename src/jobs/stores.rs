//! The stores that questions were put to. Each is opened once and stays open, so that its connections, and a password that
//! was typed, are used again; passwords are nowhere else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use super::TableOfServer;
use crate::db::postgres::{ConnectError, PostgresStore, ServerAddress, ServerLogin, Vault};
use crate::db::{DbError, IsCancelled, QueryError, QueryStore, StoreAddress};
use crate::targets::{ServerTargets, TargetsError};

/// Open stores by their addresses.
#[derive(Default)]
pub(super) struct Stores {
    files: Mutex<FxHashMap<StoreAddress, Arc<dyn QueryStore>>>,
    servers: Mutex<FxHashMap<ServerAddress, Arc<PostgresStore>>>,
    /// Tables that were looked at, so that the catalog isn't asked for each view.
    tables: Mutex<Vec<(TableOfServer, ServerTargets)>>,
    /// Passwords that the user wants to be kept.
    vault: Mutex<Vault>,
}

/// Tables that are remembered.
const MOST_TABLES: usize = 16;

impl Stores {
    /// The store at an address. Opening one makes no connection yet, so that the lock is held for a moment only.
    pub(super) fn get(&self, address: &StoreAddress) -> Result<Arc<dyn QueryStore>, QueryError> {
        if let StoreAddress::Server(address) = address {
            return Ok(self.server(address).map_err(DbError::Connect)?);
        }
        let mut files = locked(&self.files);
        if let Some(store) = files.get(address) {
            return Ok(Arc::clone(store));
        }
        let store = address.open()?;
        files.insert(address.clone(), Arc::clone(&store));
        Ok(store)
    }

    /// The store of passwords.
    pub(super) fn vault(&self) -> Vault {
        locked(&self.vault).clone()
    }

    /// Another store of passwords.
    pub(super) fn set_vault(&self, vault: Vault) {
        *locked(&self.vault) = vault;
    }

    /// The server at an address.
    pub(super) fn server(&self, address: &ServerAddress) -> Result<Arc<PostgresStore>, ConnectError> {
        if let Some(store) = locked(&self.servers).get(address) {
            return Ok(Arc::clone(store));
        }
        self.log_in(&ServerLogin { address: address.clone(), password: None })
    }

    /// A server with a password from now on. What was open to it before is forgotten.
    pub(super) fn log_in(&self, login: &ServerLogin) -> Result<Arc<PostgresStore>, ConnectError> {
        let store = Arc::new(PostgresStore::new(login)?);
        locked(&self.servers).insert(login.address.clone(), Arc::clone(&store));
        locked(&self.tables).retain(|(table, _)| table.address != login.address);
        Ok(store)
    }

    /// A table of a server.
    pub(super) fn targets(
        &self,
        table: &TableOfServer,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<ServerTargets, TargetsError> {
        if let Some((_, found)) = locked(&self.tables).iter().find(|(known, _)| known == table) {
            return Ok(found.clone());
        }
        let store = self.server(&table.address).map_err(DbError::Connect)?;
        let found = ServerTargets::open(store, &table.table, table.mapping.clone(), is_cancelled)?;
        let mut tables = locked(&self.tables);
        if tables.len() >= MOST_TABLES {
            tables.remove(0);
        }
        tables.push((table.clone(), found.clone()));
        Ok(found)
    }

    /// Looks at a table anew the next time.
    pub(super) fn forget_table(&self, table: &TableOfServer) {
        locked(&self.tables).retain(|(known, _)| known.address != table.address || known.table != table.table);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
