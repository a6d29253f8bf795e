//! What the program is busy with, as the status bar shows it.

/// Jobs that run, and the memory they take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// Jobs worth showing, oldest first.
    pub jobs: Vec<JobLine>,
    /// Scans of folders under way.
    pub scans: usize,
    /// Bytes that caches and textures hold.
    pub memory_bytes: u64,
}

/// One job's progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// The job, for cancelling it; `None` for what ends by itself when nobody wants it any more.
    pub id: Option<u64>,
    /// What it does, for people.
    pub label: String,
    /// Steps that are done.
    pub done: usize,
    /// Steps in all where that is known.
    pub total: Option<usize>,
}
