//! Where log lines and panics go: to standard error, to the log file, into reports.

use super::{Diagnostics, PanicFacts, redact};
use std::backtrace::Backtrace;
use std::io::{self, Write};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What the file holds, whatever standard error is told.
const FILE_LEVEL: Level = Level::INFO;

impl Diagnostics {
    /// Sends log lines to standard error (those of this program up to `level`) and to the file, and has panics reported;
    /// of those for which `is_expected` holds, on the panicking thread, nothing is told. Once a process.
    pub fn install(&self, level: Level, is_expected: fn() -> bool) {
        let ours = |about: &Metadata<'_>| about.target().starts_with("cogscope");
        let to_people = filter_fn(move |about| ours(about) && *about.level() <= level)
            .with_max_level_hint(LevelFilter::from_level(level));
        let people = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Redacted).with_filter(to_people);
        let file_level = if self.folder().is_some() { level.max(FILE_LEVEL) } else { Level::ERROR };
        // Of libraries only what is wrong.
        let to_file = filter_fn(move |about| {
            *about.level() <= if ours(about) { file_level } else { file_level.min(Level::WARN) }
        })
        .with_max_level_hint(LevelFilter::from_level(file_level));
        let this = self.clone();
        let file = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || Lines(this.clone()))
            .with_filter(to_file);
        tracing_subscriber::registry().with(people).with(file).init();
        self.report_panics(is_expected);
    }

    fn report_panics(&self, is_expected: fn() -> bool) {
        let this = self.clone();
        std::panic::set_hook(Box::new(move |panic| {
            if is_expected() {
                return;
            }
            let thread = std::thread::current();
            let thread = thread.name().unwrap_or("without a name");
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let message = panic.payload_as_str().unwrap_or("no message");
            tracing::error!(thread, place, message, "panicked");
            let facts = PanicFacts {
                message: message.to_owned(),
                place,
                thread: thread.to_owned(),
                backtrace: Backtrace::force_capture().to_string(),
            };
            // Every other thread does jobs, and each job is caught.
            this.report(facts, thread == "main");
        }));
    }
}

/// The log file, as the formatter sees it: it hands over one event at a time.
struct Lines(Diagnostics);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_line(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard error, without secrets.
struct Redacted;

impl Write for Redacted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A window has no standard error on some systems; that is no failure.
        let _ = io::stderr().write_all(redact(&String::from_utf8_lossy(bytes)).as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
