//! What is done with a task's answer: each task that somebody waits for is handed in with what is to happen then.

use super::CogscopeApp;
use crate::document::NoticeLevel;
use crate::jobs::{Job, JobId, TaskResult};
use rustc_hash::FxHashMap;

type Then = Box<dyn FnOnce(&mut CogscopeApp, TaskResult)>;

/// Who waits for which task.
#[derive(Default)]
pub(super) struct Waiting {
    then: FxHashMap<JobId, Then>,
}

impl CogscopeApp {
    /// Hands a task in; `then` gets what it returns, on the window's thread. One that is cancelled or runs into a defect is never
    /// answered.
    pub(super) fn submit_then<T: 'static>(
        &mut self,
        job: Job,
        then: impl FnOnce(&mut Self, Result<T, String>) + 'static,
    ) -> Option<JobId> {
        let id = self.submit(job)?;
        let then: Then = Box::new(move |app, result| {
            let value = result.and_then(|value| value.downcast::<T>().map_err(|_| "a task of another kind".to_owned()));
            then(app, value.map(|value| *value));
        });
        self.waiting.then.insert(id, then);
        Some(id)
    }

    /// A task has come to its end.
    pub(super) fn take_task(&mut self, id: JobId, label: &str, result: TaskResult) {
        match (self.waiting.then.remove(&id), result) {
            (Some(then), result) => then(self, result),
            (None, Err(reason)) => {
                self.document.notices.add(NoticeLevel::Error, format!("{label}: {reason}"), None);
            }
            (None, Ok(_)) => {}
        }
    }

    /// A task will never be answered.
    pub(super) fn forget_task(&mut self, id: JobId) {
        self.waiting.then.remove(&id);
    }

    /// Nothing is being done any more: what is still waited for ran into a defect.
    pub(super) fn forget_lost_tasks(&mut self) {
        if !self.waiting.then.is_empty() {
            self.waiting.then.clear();
            self.document.plots.forget_busy();
            self.panels.plots.forget_asked();
            self.saving_review = false;
            self.forget_writing();
            self.forget_sorting();
            self.forget_filtering();
            self.forget_review_store();
        }
    }
}
