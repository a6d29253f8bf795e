//! Standard output, and JSON as a person reads it.

use std::io::Write;

use serde::Serialize;
use serde_json::Value;

use super::CliError;
pub(super) use crate::cog::json::{json_nodata, json_number, json_sample};

/// Writes a text and a line's end to standard output.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes lines to standard output, one by one.
pub(super) fn print_lines(lines: impl Iterator<Item = String>) -> Result<(), CliError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a line to standard error; if nobody reads it, there is nobody to tell.
pub(super) fn print_error(line: &str) {
    let _ = writeln!(std::io::stderr(), "cogscope: {line}");
}

/// Writes a value as indented JSON to standard output.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// A JSON number or text as a person reads it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => match parts.as_slice() {
            [real, imaginary] => format!("{} + {}i", plain(real), plain(imaginary)),
            _ => value.to_string(),
        },
        Value::Null => "-".into(),
        other => other.to_string(),
    }
}
