//! What the program tells of itself: what draws it, where its log lies, and whether it crashed before.

use std::path::PathBuf;

/// The program, as the page "About" shows it.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What draws the window, in words; empty while that is not known.
    pub graphics: String,
    /// The folder of the log and of reports of crashes.
    pub log_folder: Option<PathBuf>,
    /// The folder of the settings.
    pub settings_folder: Option<PathBuf>,
    /// The commit that the program was built from, where the build said so.
    pub commit: Option<&'static str>,
    /// The system and the processor.
    pub system: String,
    /// A file with the texts of all licences, where one lies beside the program.
    pub licences: Option<PathBuf>,
    /// A crash that the user has not been told of.
    pub crash: Option<CrashNote>,
}

/// A report of a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashNote {
    /// The file.
    pub path: PathBuf,
    /// What stands in it, as Markdown.
    pub text: String,
}
