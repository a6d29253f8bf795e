//! Puts a question to a store.

use std::sync::Arc;

use crate::db::{Limits, Query, StoreAddress};
use crate::jobs::{JobContext, JobEvent};

pub(super) fn run(address: &StoreAddress, query: &Query, limits: &Limits, context: &JobContext) {
    let result = context.store(address).and_then(|store| store.query(query, limits, &|| context.is_cancelled()));
    context.send(JobEvent::QueryAnswered { job: context.id(), result: result.map(Arc::new).map_err(Arc::new) });
}
