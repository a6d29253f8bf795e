//! The review in a store of the user's: as a table of its own in PostgreSQL, which is brought up to date with each change, and as
//! columns of the targets.

use super::CogscopeApp;
use crate::db::postgres::{PostgresStore, ServerLogin};
use crate::db::{Import, Limits, Query, QueryStore as _, Table, quoted};
use crate::document::{NoticeLevel, SavedReview};
use crate::jobs::Job;
use crate::targets::{TargetSet, VERDICT_COLUMN, is_review};
use std::sync::Arc;

/// What is written where, at the moment.
#[derive(Default)]
pub(super) struct ReviewStore {
    /// The review that was written last: where, and its revision.
    written: Option<(SavedReview, u64)>,
    is_writing: bool,
    /// The set that has the review as columns, by its positions, and of which revision.
    columns: Option<(Arc<TargetSet>, u64)>,
    is_adding: bool,
}

impl CogscopeApp {
    /// From now on the review is kept in this table too; `None`: no more.
    pub(super) fn keep_review_in(&mut self, place: Option<SavedReview>) {
        self.document.project.review = place;
        self.review_store.written = None;
    }

    /// What was being written or added came to no end.
    pub(super) fn forget_review_store(&mut self) {
        (self.review_store.is_writing, self.review_store.is_adding) = (false, false);
    }

    /// Writes the review into the table that was chosen for it, when it has changed; one writing at a time.
    pub(super) fn follow_review_store(&mut self) {
        let Some(place) = self.document.project.review.clone().filter(|_| !self.review_store.is_writing) else {
            return;
        };
        let revision = self.document.review.revision();
        let Some(set) = self.document.targets.set().filter(|_| revision > 0) else { return };
        if self.review_store.written.as_ref() == Some(&(place.clone(), revision)) {
            return;
        }
        let table = self.document.review.to_table(set);
        self.review_store.written = Some((place.clone(), revision));
        let job = Job::task("Saving the review in PostgreSQL", move |context| {
            let address = ServerLogin::parse(&place.server).map_err(|error| error.to_string())?.address;
            let store = context.server(&address).map_err(|error| error.to_string())?;
            write(&store, &place.table, table)
        });
        let submitted = self.submit_then(job, move |app: &mut Self, written: Result<(), String>| {
            app.review_store.is_writing = false;
            if let Err(reason) = written {
                // Asked for again by the user, not with every verdict.
                app.document.project.review = None;
                let text = format!("The review is not kept in PostgreSQL any more: {reason}");
                app.document.notices.add(NoticeLevel::Error, text, None);
            }
        });
        self.review_store.is_writing = submitted.is_some();
    }

    /// Keeps the columns of the review up to date, once there is a verdict.
    pub(super) fn follow_review_columns(&mut self) {
        let Some(set) = self.document.targets.set().filter(|_| !self.review_store.is_adding).map(Arc::clone) else {
            return;
        };
        let review = &self.document.review;
        let has_columns = set.table().column_index(VERDICT_COLUMN).is_some();
        if review.is_empty() && !has_columns {
            return;
        }
        let revision = review.revision();
        let is_current =
            self.review_store.columns.as_ref().is_some_and(|(of, at)| Arc::ptr_eq(of, &set) && *at == revision);
        if is_current {
            return;
        }
        let (old, review) = (Arc::clone(&set), review.clone());
        let job = Job::quick("Verdicts as columns", move |_| Ok::<_, String>(review.as_columns(&set).map(Arc::new)));
        let submitted = self.submit_then(job, move |app: &mut Self, made: Result<Option<Arc<TargetSet>>, String>| {
            app.review_store.is_adding = false;
            // Where a column of the source has the name, there is nothing to be done.
            let new = made.ok().flatten().unwrap_or_else(|| Arc::clone(&old));
            app.document.targets.replace(&old, Arc::clone(&new));
            app.review_store.columns = Some((new, revision));
        });
        self.review_store.is_adding = submitted.is_some();
    }
}

/// Puts a review in the place of the one that a table holds, all or nothing; the table is made if need be. Blocks.
fn write(store: &PostgresStore, table_name: &str, review: Table) -> Result<(), String> {
    let told = |error: crate::db::QueryError| error.to_string();
    let table = quoted_name(table_name);
    let probe = Query::new(format!("SELECT * FROM {table} LIMIT 1"));
    // Where it isn't there yet, it is made; what else is wrong, making it tells.
    let known = store.query(&probe, &Limits::default(), &|| false).ok();
    if known.as_ref().is_some_and(|answer| !is_review(&answer.table)) {
        return Err(format!("there is a table {table_name} that is no review; choose another name"));
    }
    if review.row_count() == 0 {
        // Columns without a value have no types to make a table of.
        return known.map_or(Ok(()), |_| store.execute(&format!("DELETE FROM {table}")).map_err(told));
    }
    let fresh = format!("{table_name}_being_written");
    let quoted_fresh = quoted_name(&fresh);
    store.execute(&format!("DROP TABLE IF EXISTS {quoted_fresh}")).map_err(told)?;
    let rows = review.row_count();
    let import =
        Import { table_name: fresh, table: review, positions: None, place_columns: Vec::new(), parts: Vec::new() };
    store.import(vec![import], &|_| true).map_err(told)?;
    // Rights on the table stay, for it is the same one.
    let swap = format!(
        "CREATE TABLE IF NOT EXISTS {table} (LIKE {quoted_fresh}); DELETE FROM {table}; \
         INSERT INTO {table} SELECT * FROM {quoted_fresh}; DROP TABLE {quoted_fresh}"
    );
    store.execute(&swap).map_err(told)?;
    tracing::debug!(table_name, rows, "review written");
    Ok(())
}

/// `schema.table` as SQL takes it.
fn quoted_name(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_part_by_part() {
        assert_eq!(quoted_name("public.review"), "\"public\".\"review\"");
        assert_eq!(quoted_name("a\"; DROP TABLE b"), "\"a\"\"; DROP TABLE b\"");
    }
}
