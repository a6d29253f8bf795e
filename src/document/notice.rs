//! What went wrong or is worth knowing, kept in a list that one can read later and copy.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeLevel {
    /// Worth knowing.
    Info,
    /// Something is not as it should be; the work goes on.
    Warning,
    /// Something that was asked for did not happen.
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: NoticeLevel,
    /// What happened, and what to do about it.
    pub text: String,
    /// The file it is about.
    pub path: Option<PathBuf>,
    /// How often the same was said; repeated messages are counted, not stacked.
    pub count: u32,
}

/// How many notices are kept; the oldest go first.
const MOST_KEPT: usize = 500;

/// The list of notices of this run.
#[derive(Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    unread: usize,
    latest: Option<(Notice, Instant)>,
}

impl Notices {
    /// Adds a notice; the same text about the same file is counted up instead of listed twice.
    pub fn add(&mut self, level: NoticeLevel, text: impl Into<String>, path: Option<PathBuf>) {
        let text = text.into();
        self.latest = Some((Notice { level, text: text.clone(), path: path.clone(), count: 1 }, Instant::now()));
        if let Some(same) = self.list.iter_mut().find(|n| n.level == level && n.text == text && n.path == path) {
            same.count = same.count.saturating_add(1);
            return;
        }
        if self.list.len() >= MOST_KEPT {
            self.list.remove(0);
        }
        self.list.push(Notice { level, text, path, count: 1 });
        self.unread = self.unread.saturating_add(1);
    }

    /// All notices, oldest first.
    pub fn list(&self) -> &[Notice] {
        &self.list
    }

    /// The one that came last, and how long ago; also one that was counted up only.
    pub fn latest(&self) -> Option<(&Notice, Duration)> {
        self.latest.as_ref().map(|(notice, at)| (notice, at.elapsed()))
    }

    /// How many came since the list was last looked at.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The list has been looked at.
    pub fn mark_read(&mut self) {
        self.unread = 0;
    }

    /// Forgets all notices.
    pub fn clear(&mut self) {
        self.list.clear();
        self.latest = None;
        self.unread = 0;
    }

    /// The list as text, a line a notice, for the clipboard.
    pub fn as_text(&self) -> String {
        let mut text = String::new();
        for notice in &self.list {
            text.push_str(&notice.as_line());
            text.push('\n');
        }
        text
    }
}

impl Notice {
    /// The notice on one line: level, file, text, and how often.
    pub fn as_line(&self) -> String {
        let level = match self.level {
            NoticeLevel::Info => "info",
            NoticeLevel::Warning => "warning",
            NoticeLevel::Error => "error",
        };
        let path = self.path.as_ref().map(|p| format!("{}: ", p.display())).unwrap_or_default();
        let count = if self.count > 1 { format!(" ({} times)", self.count) } else { String::new() };
        format!("{level}: {path}{}{count}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_notice_is_counted_not_repeated() {
        let mut notices = Notices::default();
        notices.add(NoticeLevel::Error, "cannot be read", Some("a.tif".into()));
        notices.add(NoticeLevel::Error, "cannot be read", Some("a.tif".into()));
        notices.add(NoticeLevel::Error, "cannot be read", Some("b.tif".into()));
        assert_eq!(notices.list().len(), 2);
        assert_eq!(notices.unread(), 2);
        assert_eq!(notices.as_text(), "error: a.tif: cannot be read (2 times)\nerror: b.tif: cannot be read\n");
    }

    #[test]
    fn old_notices_make_room() {
        let mut notices = Notices::default();
        for i in 0..MOST_KEPT + 3 {
            notices.add(NoticeLevel::Info, format!("{i}"), None);
        }
        assert_eq!(notices.list().len(), MOST_KEPT);
        assert_eq!(notices.list()[0].text, "3");
    }
}
