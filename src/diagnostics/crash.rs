//! Reports of panics, as Markdown, and which of them nobody has been shown yet.

use super::redact;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Reports that are kept; the oldest go first.
const MOST_KEPT: usize = 10;
const CRASH: &str = "crash-";
const DEFECT: &str = "defect-";
const ENDING: &str = ".md";

/// What is known of a panic.
#[derive(Clone, Debug, Default)]
pub struct PanicFacts {
    /// What it said.
    pub message: String,
    /// Where in the source it happened.
    pub place: String,
    /// On which thread.
    pub thread: String,
    /// How the thread had got there.
    pub backtrace: String,
}

/// A report to be written.
#[derive(Clone, Debug)]
pub struct CrashReport {
    /// Whether it ended the program; else it was caught, and the program went on.
    pub is_crash: bool,
    /// What happened.
    pub panic: PanicFacts,
    /// What drew the window.
    pub graphics: String,
    /// The last lines of the log.
    pub recent: Vec<String>,
}

impl CrashReport {
    /// The report as Markdown, without secrets.
    pub fn markdown(&self) -> String {
        let title = if self.is_crash { "cogscope ended because of a defect" } else { "A defect in cogscope" };
        let or_unknown = |text: &str| if text.is_empty() { "not known".to_owned() } else { text.to_owned() };
        let fenced = |text: &str| {
            // A fence is longer than any that the text holds.
            let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            format!("{fence}text\n{}\n{fence}\n", text.trim_end())
        };
        let mut text = format!(
            "# {title}\n\nThis report lies on this computer only. It was sent to nobody.\n\n- Version: {version}\n- Time: {time}\n\
             - System: {system} on {processor}\n- Graphics: {graphics}\n- Thread: {thread}\n- Place: {place}\n\n## What it said\n\n",
            version = env!("CARGO_PKG_VERSION"),
            time = now_in_seconds(),
            system = std::env::consts::OS,
            processor = std::env::consts::ARCH,
            graphics = or_unknown(&self.graphics),
            thread = or_unknown(&self.panic.thread),
            place = or_unknown(&self.panic.place),
        );
        text.push_str(&fenced(&self.panic.message));
        text.push_str("\n## Backtrace\n\n");
        text.push_str(&fenced(&self.panic.backtrace));
        text.push_str("\n## Last lines of the log\n\n");
        text.push_str(&fenced(&self.recent.join("\n")));
        redact(&text).into_owned()
    }

    /// Writes the report into `folder` and returns its path. The oldest reports make room.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let start = if self.is_crash { CRASH } else { DEFECT };
        let time = now_in_seconds().replace([':', '-'], "");
        let markdown = self.markdown();
        for number in 0..100 {
            let path = folder.join(format!("{start}{time}-{number:02}{ENDING}"));
            match fs::File::create_new(&path) {
                Ok(mut file) => {
                    io::Write::write_all(&mut file, markdown.as_bytes())?;
                    forget_oldest(folder, start);
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// Reports of crashes that came after the one named `last_seen`, the newest first.
pub fn unseen_crashes(folder: &Path, last_seen: Option<&str>) -> Vec<PathBuf> {
    let mut reports = reports(folder, CRASH);
    reports.retain(|path| path.file_name().and_then(|name| name.to_str()) > last_seen);
    reports.reverse();
    reports
}

/// Names hold the time: by name is by time.
fn reports(folder: &Path, start: &str) -> Vec<PathBuf> {
    let is_report = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|n| n.starts_with(start) && n.ends_with(ENDING))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_report).collect();
    found.sort();
    found
}

fn forget_oldest(folder: &Path, start: &str) {
    let reports = reports(folder, start);
    for old in reports.iter().take(reports.len().saturating_sub(MOST_KEPT)) {
        // One that can't be removed is tried again with the next report.
        let _ = fs::remove_file(old);
    }
}

/// Such as `2026-03-01T12:30:05Z`.
fn now_in_seconds() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
