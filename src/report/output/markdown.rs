//! A report as Markdown (GFM), its pictures as PNG files for a folder beside it.

use std::fmt::Write as _;

use super::appendix::{facts, hash_text, outcome, query_title};
use super::escape::{fenced, markdown_text, path_address};
use super::{OutputError, filled_markdown};
use crate::report::chart::column_title;
use crate::report::figure::figure_png;
use crate::report::page::{Part, Report, TablePart, cell_text};

/// Pixels of a picture for each of the page.
const SCALE: f32 = 2.0;

/// A report's text, and its pictures by their names in the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkdownReport {
    /// The text.
    pub text: String,
    /// Name and content of each PNG file.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// Writes the report. `folder` is the name of the folder of its pictures, as seen from the text's own.
pub fn markdown_report(report: &Report, folder: &str) -> Result<MarkdownReport, OutputError> {
    let mut text = String::new();
    let mut pictures = Vec::new();
    for part in &report.parts {
        match part {
            Part::Text(own) => text.push_str(filled_markdown(own).trim_matches('\n')),
            Part::Table(table) => text.push_str(&markdown_table(table)),
            Part::Picture(picture) => {
                let name = format!("{}-{}.png", picture.kind.name(), pictures.len() + 1);
                let address = path_address(&format!("{folder}/{name}"));
                let _ = write!(text, "![{}]({address})", markdown_text(&picture.light.title));
                if !picture.caption.is_empty() {
                    let _ = write!(text, "\n\n*{}*", markdown_text(&picture.caption));
                }
                pictures.push((name, figure_png(&picture.light, SCALE)?));
            }
            Part::Problem(problem) => {
                let message = markdown_text(&problem.message);
                let _ = write!(text, "> **\u{26a0} This {} block failed:** {message}", problem.kind.name());
            }
        }
        text.push_str("\n\n");
    }
    appendix(&mut text, report);
    Ok(MarkdownReport { text, pictures })
}

/// A table with its caption and what is left out.
fn markdown_table(part: &TablePart) -> String {
    let table = &part.table;
    let mut text = String::new();
    if !part.caption.is_empty() {
        let _ = writeln!(text, "**{}**\n", markdown_text(&part.caption));
    }
    if table.columns().is_empty() {
        return text + "*No columns*";
    }
    let row = |text: &mut String, cells: &mut dyn Iterator<Item = String>| {
        for cell in cells {
            let _ = write!(text, "| {cell} ");
        }
        text.push_str("|\n");
    };
    row(&mut text, &mut table.columns().iter().map(|column| markdown_text(&column_title(column.name()))));
    row(
        &mut text,
        &mut table.columns().iter().map(|column| if column.kind().is_numeric() { "--:" } else { "---" }.to_owned()),
    );
    for at in 0..part.shown() {
        let cell = |column: &crate::db::Column| markdown_text(&cell_text(column.name(), column.value(at)));
        row(&mut text, &mut table.columns().iter().map(cell));
    }
    if table.row_count() == 0 {
        text.push_str("\n*No rows*");
    }
    if let Some(remark) = part.remark() {
        let _ = write!(text, "\n*{remark}*");
    }
    text.trim_end().to_owned()
}

fn appendix(text: &mut String, report: &Report) {
    text.push_str("---\n\n## How this report was made\n\n");
    for (name, value) in facts(report) {
        let _ = writeln!(text, "- {}: {}", markdown_text(&name), markdown_text(&value));
    }
    for note in &report.notes {
        let _ = writeln!(text, "- note: {}", markdown_text(note));
    }
    for (at, query) in report.queries.iter().enumerate() {
        let _ = write!(text, "\n### {}\n\n{}\n", query_title(at, query), fenced(&query.sql, "sql"));
        let _ = writeln!(text, "{}", markdown_text(&outcome(query)));
    }
    if !report.files.is_empty() {
        text.push_str("\n### Image files\n\n| file | SHA-256 |\n| --- | --- |\n");
        for file in &report.files {
            let path = markdown_text(&file.path.display().to_string());
            let _ = writeln!(text, "| {path} | {} |", markdown_text(&hash_text(file)));
        }
    }
}
