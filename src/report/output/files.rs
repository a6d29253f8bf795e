//! Reports on disk.

use std::path::Path;

use super::{OutputError, html_report, markdown_report};
use crate::files;
use crate::report::page::Report;

/// Writes one HTML file.
pub fn write_html(report: &Report, output: &Path) -> Result<(), OutputError> {
    write(output, html_report(report)?.as_bytes())
}

/// Writes a Markdown file, and its pictures into a folder beside it that is called after it: `dams_files` for `dams.md`.
pub fn write_markdown(report: &Report, output: &Path) -> Result<(), OutputError> {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}_files");
    let made = markdown_report(report, &name)?;
    if !made.pictures.is_empty() {
        let folder = output.with_file_name(&name);
        std::fs::create_dir_all(&folder).map_err(|source| OutputError::File { path: folder.clone(), source })?;
        for (name, bytes) in &made.pictures {
            write(&folder.join(name), bytes)?;
        }
    }
    write(output, made.text.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    files::replace(path, bytes).map_err(|source| OutputError::File { path: path.to_path_buf(), source })
}
