//! A report as a file: Markdown with pictures in a folder beside it, or one HTML file that needs nothing else. Values are put in
//! as text wherever they stand: none of them becomes markup.

mod appendix;
mod escape;
mod files;
mod hashes;
mod html;
mod markdown;
mod places;

use std::path::PathBuf;

use thiserror::Error;

pub use escape::markdown_text;
pub use files::{write_html, write_markdown};
pub use hashes::hash_files;
pub use html::html_report;
pub use markdown::{MarkdownReport, markdown_report};
pub use places::filled_markdown;

use super::figure::FigureError;

/// Why a report couldn't be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// A picture couldn't be drawn.
    #[error("a picture of the report: {0}")]
    Figure(#[from] FigureError),
    /// A file or folder can't be written.
    #[error("{}: can't be written: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests;
