//! What the program is busy with, as the status bar shows it.

/// Jobs that run, and the memory they take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// Jobs worth showing, oldest first.
    pub jobs: Vec<JobLine>,
    /// Bytes that caches and jobs hold; `None` where nobody counts.
    pub memory_bytes: Option<u64>,
}

/// One job's progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// The job, for cancelling it.
    pub id: u64,
    /// What it does, for people.
    pub label: String,
    /// Steps that are done.
    pub done: u64,
    /// Steps in all where that is known.
    pub total: Option<u64>,
}
