//! The stores that questions were put to. Each is opened once and stays open, so that its connections are used again.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::db::{QueryError, QueryStore, StoreAddress};

/// Open stores by their addresses.
#[derive(Default)]
pub(super) struct Stores {
    open: Mutex<FxHashMap<StoreAddress, Arc<dyn QueryStore>>>,
}

impl Stores {
    /// The store at an address. Opening one makes no connection yet, so that the lock is held for a moment only.
    pub(super) fn get(&self, address: &StoreAddress) -> Result<Arc<dyn QueryStore>, QueryError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(address) {
            return Ok(Arc::clone(store));
        }
        let store = address.open()?;
        open.insert(address.clone(), Arc::clone(&store));
        Ok(store)
    }
}
