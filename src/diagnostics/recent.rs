//! The last lines of the log, for reports.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

const MOST_LINES: usize = 200;

/// The last lines, oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    lines: Mutex<VecDeque<String>>,
}

impl Recent {
    pub(super) fn push(&self, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line.trim_end().to_owned());
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
