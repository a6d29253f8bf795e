//! A report as one HTML file: pictures and style within it, no script, nothing from elsewhere; for screens in light and dark and for
//! paper.

use std::fmt::Write as _;

use super::OutputError;
use super::appendix::{facts, hash_text, outcome, query_title};
use super::escape::plain;
use super::places::filled_html;
use crate::report::chart::column_title;
use crate::report::figure::{base64, escape_xml, figure_png, figure_svg};
use crate::report::page::{Part, PicturePart, Report, TablePart, cell_text};
use crate::report::template::BlockKind;

/// Pixels of a picture for each of the page.
const SCALE: f32 = 2.0;
const STYLE: &str = include_str!("report.css");
/// Nothing is fetched and nothing runs, whatever the text says.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the report.
pub fn html_report(report: &Report) -> Result<String, OutputError> {
    let title = if report.title.is_empty() { "Report" } else { &report.title };
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escape(title)
    );
    for part in &report.parts {
        match part {
            Part::Text(text) => html.push_str(&filled_html(text)),
            Part::Table(table) => html_table(&mut html, table),
            Part::Picture(picture) => html_picture(&mut html, picture)?,
            Part::Problem(problem) => {
                let (kind, message) = (problem.kind.name(), escape(&problem.message));
                let _ = writeln!(
                    html,
                    "<p class=\"problem\"><strong>\u{26a0} This {kind} block failed:</strong> {message}</p>"
                );
            }
        }
    }
    html.push_str("</main>\n");
    appendix(&mut html, report);
    html.push_str("</body>\n</html>\n");
    Ok(html)
}

/// A text from outside between tags or in an attribute.
fn escape(text: &str) -> String {
    escape_xml(&plain(text))
}

fn html_table(html: &mut String, part: &TablePart) {
    let table = &part.table;
    html.push_str("<figure class=\"table\">\n<table>\n");
    if !part.caption.is_empty() {
        let _ = writeln!(html, "<caption>{}</caption>", escape(&part.caption));
    }
    let class = |column: &crate::db::Column| match column.kind() {
        kind if kind.is_numeric() => " class=\"number\"",
        kind if kind.is_temporal() => " class=\"time\"",
        _ => "",
    };
    html.push_str("<thead><tr>");
    for column in table.columns() {
        let _ = write!(html, "<th{}>{}</th>", class(column), escape(&column_title(column.name())));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in 0..part.shown() {
        html.push_str("<tr>");
        for column in table.columns() {
            let _ = write!(html, "<td{}>{}</td>", class(column), escape(&cell_text(column.name(), column.value(row))));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
    let remark = if table.row_count() == 0 { Some("No rows".to_owned()) } else { part.remark() };
    if let Some(remark) = remark {
        let _ = writeln!(html, "<figcaption>{}</figcaption>", escape(&remark));
    }
    html.push_str("</figure>\n");
}

fn html_picture(html: &mut String, part: &PicturePart) -> Result<(), OutputError> {
    let kind = part.kind.name();
    let (width, height, alt) = (part.light.width, part.light.height, escape(&part.light.title));
    let _ = write!(html, "<figure class=\"{kind}\">\n<picture>");
    let light = if part.kind == BlockKind::Plot {
        let dark = base64(figure_svg(&part.dark)?.as_bytes());
        let media = "screen and (prefers-color-scheme: dark)";
        let _ = write!(html, "<source media=\"{media}\" srcset=\"data:image/svg+xml;base64,{dark}\">");
        format!("data:image/svg+xml;base64,{}", base64(figure_svg(&part.light)?.as_bytes()))
    } else {
        // Images of places make large files: one serves both schemes.
        format!("data:image/png;base64,{}", base64(&figure_png(&part.light, SCALE)?))
    };
    let _ = writeln!(html, "<img alt=\"{alt}\" width=\"{width}\" height=\"{height}\" src=\"{light}\"></picture>");
    if !part.caption.is_empty() {
        let _ = writeln!(html, "<figcaption>{}</figcaption>", escape(&part.caption));
    }
    html.push_str("</figure>\n");
    Ok(())
}

fn appendix(html: &mut String, report: &Report) {
    html.push_str("<footer>\n<h2>How this report was made</h2>\n<dl>\n");
    for (name, value) in facts(report) {
        let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(&name), escape(&value));
    }
    for note in &report.notes {
        let _ = writeln!(html, "<dt>note</dt><dd>{}</dd>", escape(note));
    }
    html.push_str("</dl>\n");
    for (at, query) in report.queries.iter().enumerate() {
        let class = if query.result.is_err() { " class=\"problem\"" } else { "" };
        let _ = writeln!(
            html,
            "<h3>{}</h3>\n<pre><code>{}</code></pre>",
            escape(&query_title(at, query)),
            code(&query.sql)
        );
        let _ = writeln!(html, "<p{class}>{}</p>", escape(&outcome(query)));
    }
    if !report.files.is_empty() {
        html.push_str("<h3>Image files</h3>\n<table class=\"files\">\n<thead><tr><th>file</th><th>SHA-256</th></tr></thead>\n<tbody>\n");
        for file in &report.files {
            let path = escape(&file.path.display().to_string());
            let _ = writeln!(html, "<tr><td>{path}</td><td><code>{}</code></td></tr>", escape(&hash_text(file)));
        }
        html.push_str("</tbody>\n</table>\n");
    }
    html.push_str("</footer>\n");
}

/// Text of several lines.
fn code(text: &str) -> String {
    text.lines().map(escape_xml).collect::<Vec<_>>().join("\n")
}
