//! Which store a subcommand means: what was typed, else what the environment says as it does to psql.

use std::sync::Arc;

use super::CliError;
use crate::db::{QueryStore, StoreAddress};

/// Variables that say that a server is meant.
const VARIABLES: [&str; 5] = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT"];

/// The text that names the store.
pub(super) fn address_text(db: Option<&str>) -> Result<String, CliError> {
    if let Some(db) = db {
        return Ok(db.to_owned());
    }
    if VARIABLES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return Ok("postgresql://".to_owned());
    }
    Err(CliError::NoStore)
}

/// The store to ask.
pub(super) fn open_store(db: Option<&str>) -> Result<Arc<dyn QueryStore>, CliError> {
    StoreAddress::open_text(&address_text(db)?).map_err(|error| CliError::Question { message: error.to_string() })
}
