//! Filtering of very many targets, and finding out where those are that pass: a job of which only the last counts.

use super::CogscopeApp;
use crate::document::Shown;
use crate::jobs::{Job, JobId};

/// What is being found out.
#[derive(Default)]
pub(super) struct Filtering {
    job: Option<(u64, JobId)>,
}

impl CogscopeApp {
    /// Hands in what is to be found out; an older wish is dropped.
    pub(super) fn follow_filter(&mut self) {
        let Some(want) = self.document.targets.wanted() else { return };
        if self.filtering.job.is_some_and(|(generation, _)| generation == want.generation) {
            return;
        }
        if let Some((_, older)) = self.filtering.job.take() {
            self.jobs.cancel(older);
            self.forget_task(older);
        }
        let generation = want.generation;
        let job = Job::quick("Filtering", move |_| Ok::<_, String>(want.find()));
        let id = self.submit_then(job, |app: &mut Self, shown: Result<Shown, String>| {
            app.filtering.job = None;
            if let Ok(shown) = shown {
                app.document.targets.receive_shown(shown);
            }
        });
        self.filtering.job = id.map(|id| (generation, id));
    }

    /// What was being found out came to no end.
    pub(super) fn forget_filtering(&mut self) {
        self.filtering.job = None;
    }
}
