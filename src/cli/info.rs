//! `cogscope info`: what is in image files. Reads their directories only, unless checksums are asked for.

use std::path::Path;

use serde::Serialize;

use super::args::InfoArguments;
use super::output::{print, print_json};
use super::paths::image_files;
use super::{CliError, info_text};
use crate::cog::{BlockCache, Cog};
use crate::library::Facts;

/// A file that can't be read, among others.
#[derive(Debug, Serialize)]
struct Unreadable {
    path: String,
    error: String,
}

/// Tells of every file; what can't be read is told on standard error, and makes the whole fail at the end.
pub(super) fn run(arguments: &InfoArguments, cache: &BlockCache) -> Result<(), CliError> {
    let files = image_files(&arguments.paths)?;
    let is_single = matches!(arguments.paths.as_slice(), [path] if !path.is_dir());
    let tell = |file: &Path| -> Result<Facts, CliError> {
        let cog = Cog::open(file)?;
        let mut info = Facts::of(&cog);
        if arguments.checksum {
            let sums = cog.band_checksums(0, cache)?;
            for (band, sum) in info.bands.iter_mut().zip(sums) {
                band.sha256 = Some(hexadecimal(&sum));
            }
        }
        Ok(info)
    };
    if let ([file], true) = (files.as_slice(), is_single) {
        let info = tell(file)?;
        return if arguments.json { print_json(&info) } else { print(&info_text::text(&info)) };
    }
    let mut answers = Vec::new();
    let mut failed = 0;
    for (index, file) in files.iter().enumerate() {
        match tell(file) {
            Ok(info) if arguments.json => answers.push(serde_json::to_value(&info).map_err(std::io::Error::from)?),
            Ok(info) => {
                let gap = if index == 0 { "" } else { "\n" };
                print(&format!("{gap}{}", info_text::text(&info)))?;
            }
            Err(error) => {
                failed += 1;
                let unreadable = Unreadable { path: file.display().to_string(), error: error.one_line() };
                super::output::print_error(&unreadable.error);
                answers.push(serde_json::to_value(&unreadable).map_err(std::io::Error::from)?);
            }
        }
    }
    if arguments.json {
        print_json(&answers)?;
    }
    if failed > 0 { Err(CliError::Several { failed, total: files.len() }) } else { Ok(()) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
