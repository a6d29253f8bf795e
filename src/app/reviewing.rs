//! The review: verdicts by keyboard, kept in a file of their own among the program's settings, never in or beside the source.

use super::CogscopeApp;
use crate::db::{csv_text, embedded};
use crate::document::NoticeLevel;
use crate::jobs::Job;
use crate::targets::{Review, SelectMode, TargetSet, Verdict};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a stored review came to.
type Found = Option<(Review, usize)>;

impl CogscopeApp {
    /// Gives the selected targets a verdict; after a single one, the next target comes up.
    pub(super) fn give_verdict(&mut self, verdict: Option<&Verdict>) {
        let selected = self.document.targets.shown_selection();
        if selected.is_empty() {
            let text = if self.document.targets.selection().is_empty() {
                "Select the targets to review first"
            } else {
                "The selected targets are hidden by the filter: show them to review them"
            };
            self.document.notices.add(NoticeLevel::Info, text, None);
            return;
        }
        self.document.set_verdict(&selected, verdict);
        if selected.len() == 1 && verdict.is_some() {
            // A step of the review, not a selection of the user's.
            let next = self.panels.chips.neighbour(&self.document, true);
            if let Some(next) = next.filter(|next| !selected.contains(next)) {
                self.document.targets.select(SelectMode::Replace, &[next]);
            }
        }
    }

    /// Other targets came onto the map: takes up what was said of them.
    pub(super) fn load_review(&mut self) {
        self.document.review = Review::default();
        self.review_saved = 0;
        let (Some(path), Some(set)) = (self.review_path(), self.document.targets.set().cloned()) else { return };
        let of = Arc::clone(&set);
        let job = Job::task("Reading the review", move |_| read(&path, &of));
        self.submit_then(job, move |app: &mut Self, found: Result<Found, String>| {
            let is_current =
                app.document.targets.set().is_some_and(|now| Arc::ptr_eq(now.positions(), set.positions()));
            match found {
                Ok(Some((review, lost))) if is_current && app.document.review.is_empty() => {
                    if lost > 0 {
                        let text =
                            format!("{lost} verdicts of the review belong to targets that are not there any more");
                        app.document.notices.add(NoticeLevel::Warning, text, None);
                    }
                    app.review_saved = review.revision();
                    app.document.review = review;
                }
                Ok(_) => {}
                Err(reason) => {
                    let text = format!("The review could not be read: {reason}");
                    app.document.notices.add(NoticeLevel::Error, text, None);
                }
            }
        });
    }

    /// Writes the review when it has changed; one writing at a time.
    pub(super) fn follow_review(&mut self) {
        let revision = self.document.review.revision();
        if self.saving_review || revision == self.review_saved {
            return;
        }
        let (Some(path), Some(set)) = (self.review_path(), self.document.targets.set()) else { return };
        let table = self.document.review.to_table(set);
        let target = path.clone();
        let job = Job::quick("Saving the review", move |_| {
            super::saving::write(&path, csv_text(&table, &table.rows()).as_bytes())
        });
        let submitted = self.submit_then(job, move |app: &mut Self, saved: Result<(), String>| {
            app.saving_review = false;
            if let Err(reason) = saved {
                let text = format!("The review could not be saved: {reason}");
                app.document.notices.add(NoticeLevel::Error, text, Some(target));
            }
        });
        self.saving_review = submitted.is_some();
        self.review_saved = revision;
    }

    /// Where the review of the targets on the map is kept; `None` where nothing is to be remembered.
    fn review_path(&self) -> Option<PathBuf> {
        let folder = self.settings_path.as_deref()?.parent()?.join("reviews");
        let source = self.document.targets.path()?;
        let digest = Sha256::digest(source.as_os_str().as_encoded_bytes());
        let name: String = digest.iter().take(8).fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        let stem = source.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Some(folder.join(format!("{stem}-{name}.csv")))
    }
}

fn read(path: &Path, set: &TargetSet) -> Result<Found, String> {
    if !path.exists() {
        return Ok(None);
    }
    let store = embedded::open(path).map_err(|error| error.to_string())?;
    let tables = store.tables().map_err(|error| error.to_string())?;
    let Some(table) = tables.first() else { return Ok(None) };
    let read = store.read(&table.name, usize::MAX).map_err(|error| error.to_string())?;
    Ok(Some(Review::from_table(&read.table, set)))
}
