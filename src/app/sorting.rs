//! What of the table and the chips would take longer than a frame: very many targets in another order, very many rows as text.

use super::CogscopeApp;
use crate::document::NoticeLevel;
use crate::jobs::{Job, JobId};
use crate::targets::TargetId;
use crate::ui::{SortOf, SortWant, rows_as_text, sorted_chips, sorted_rows};
use std::sync::Arc;

/// More rows become text in a job.
const MOST_COPIED_AT_ONCE: usize = 20_000;

/// The last wishes that are being worked on: of rows, and of chips.
#[derive(Default)]
pub(super) struct Sorting {
    jobs: [Option<JobId>; 2],
}

impl CogscopeApp {
    /// Sorts the targets that are shown; an older wish of the same panel is dropped.
    pub(super) fn sort_targets(&mut self, want: SortWant) {
        let targets = &self.document.targets;
        let Some(set) = targets.set().filter(|_| targets.revision() == want.revision).map(Arc::clone) else { return };
        let shown: Vec<TargetId> = targets.shown().to_vec();
        let SortWant { revision, by } = want;
        let (at, review) = match &by {
            SortOf::Rows(_) => (0, None),
            SortOf::Chips(_) => (1, Some(self.document.review.clone())),
        };
        if let Some(older) = self.sorting.jobs.get_mut(at).and_then(Option::take) {
            self.jobs.cancel(older);
            self.forget_task(older);
        }
        let (of, by_of_job) = (Arc::clone(&set), by.clone());
        let job = Job::quick("Sorting", move |_| {
            Ok::<_, String>(match &by_of_job {
                SortOf::Rows(sort) => sorted_rows(&of, &shown, Some(sort)),
                SortOf::Chips(sort) => sorted_chips(&of, &shown, sort, &review.unwrap_or_default()),
            })
        });
        let job = self.submit_then(job, move |app: &mut Self, sorted: Result<Vec<TargetId>, String>| {
            let ids = sorted.unwrap_or_default();
            match by {
                SortOf::Rows(sort) => app.panels.table.receive_sorted(&set, revision, sort, ids),
                SortOf::Chips(sort) => app.panels.chips.receive_sorted(&set, revision, &sort, ids),
            }
        });
        if job.is_none() {
            self.forget_sorting();
        }
        if let Some(slot) = self.sorting.jobs.get_mut(at) {
            *slot = job;
        }
    }

    /// What was being sorted came to no end.
    pub(super) fn forget_sorting(&mut self) {
        self.panels.table.forget_asked();
        self.panels.chips.forget_asked();
    }

    /// Puts rows on the clipboard and says how many.
    pub(super) fn copy_rows(&mut self, ctx: &egui::Context, ids: &[TargetId], columns: &[usize]) {
        let Some(set) = self.document.targets.set().map(Arc::clone) else { return };
        let words = if ids.len() == 1 { "1 row copied".to_owned() } else { format!("{} rows copied", ids.len()) };
        if ids.len() <= MOST_COPIED_AT_ONCE {
            ctx.copy_text(rows_as_text(&set, columns, ids));
            self.document.notices.add(NoticeLevel::Info, words, None);
            return;
        }
        let (ids, columns, ctx) = (ids.to_vec(), columns.to_vec(), ctx.clone());
        let job = Job::task("Copying rows", move |_| Ok::<_, String>(rows_as_text(&set, &columns, &ids)));
        self.submit_then(job, move |app: &mut Self, text: Result<String, String>| {
            if let Ok(text) = text {
                ctx.copy_text(text);
                app.document.notices.add(NoticeLevel::Info, words, None);
            }
        });
    }
}
