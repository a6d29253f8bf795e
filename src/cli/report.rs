//! `cogscope report`: a Markdown template filled from a store and images, as one HTML file or as Markdown with pictures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::CliError;
use super::args::ReportArguments;
use super::output::print_error;
use crate::cog::BlockCache;
use crate::db::{QueryStore, StoreAddress};
use crate::library::{Catalog, ImageIds, ScanEvent, scan};
use crate::report::output::{OutputError, hash_files, write_html, write_markdown};
use crate::report::page::Report;
use crate::report::run::{ReportImages, ReportInput, make_report, now};
use crate::report::shipped::{SHIPPED, shipped};
use crate::report::template::Template;
use crate::targets::ColorOverrides;

/// What is written, by the ending of the output's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Markdown,
}

pub(super) fn run(arguments: &ReportArguments, cache: &BlockCache) -> Result<(), CliError> {
    let kind = kind_of(&arguments.output)?;
    let template = Template::parse(&template_text(&arguments.template)?);
    let store: Option<Arc<dyn QueryStore>> = match &arguments.db {
        Some(address) => Some(StoreAddress::open_text(address)?),
        None => None,
    };
    let catalog = catalog(&arguments.images);
    let images = ReportImages::of_catalog(&catalog, cache);
    let parameters: BTreeMap<String, String> = arguments.parameters.iter().cloned().collect();
    let input = ReportInput {
        template: &template,
        parameters: &parameters,
        store: store.as_deref(),
        images: &images,
        colors: &ColorOverrides::new(),
        made: arguments.made.clone().unwrap_or_else(now),
        is_cancelled: &|| false,
    };
    let failed = |reason: String| CliError::Report { path: arguments.output.clone(), reason };
    let mut report = make_report(input).ok_or_else(|| failed("it was stopped".to_owned()))?;
    hash_files(&mut report, &|_, _| true);
    write(&report, kind, &arguments.output)?;
    match report.failures() {
        0 => Ok(()),
        failures if arguments.strict => Err(failed(format!("it was written, but {}", failed_parts(failures)))),
        failures => {
            let output = arguments.output.display();
            print_error(&format!("{output}: {}", failed_parts(failures)));
            Ok(())
        }
    }
}

fn failed_parts(count: usize) -> String {
    if count == 1 {
        "a part of this report failed; it says why in its place".to_owned()
    } else {
        format!("{count} parts of this report failed; each says why in its place")
    }
}

fn kind_of(output: &Path) -> Result<Kind, CliError> {
    let ending = output.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => Ok(Kind::Html),
        "md" | "markdown" => Ok(Kind::Markdown),
        _ => {
            let reason = "the name has to end in .html (one file) or .md (with pictures in a folder beside it)";
            Err(CliError::Report { path: output.to_path_buf(), reason: reason.to_owned() })
        }
    }
}

/// The text of a file, or of a template that comes with the program.
fn template_text(template: &Path) -> Result<String, CliError> {
    match std::fs::read_to_string(template) {
        Ok(text) => Ok(text),
        Err(source) => {
            let own = template.to_str().and_then(shipped).filter(|_| source.kind() == std::io::ErrorKind::NotFound);
            own.map(|own| own.text.to_owned()).ok_or_else(|| CliError::Report {
                path: template.to_path_buf(),
                reason: format!(
                    "the template can't be read: {source}; give a Markdown file or one of {}",
                    SHIPPED.map(|each| each.name).join(", ")
                ),
            })
        }
    }
}

/// All images of some folders and files.
fn catalog(paths: &[PathBuf]) -> Catalog {
    let catalog = Mutex::new(Catalog::new());
    let tell = |event: ScanEvent| {
        let mut catalog = catalog.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ScanEvent::Image(image) => {
                catalog.add_image(*image);
            }
            ScanEvent::Failed(failed) => catalog.add_failure(failed),
            ScanEvent::TargetsFile(_) => {}
        }
    };
    scan(paths, &ImageIds::default(), &|| false, &tell);
    catalog.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn write(report: &Report, kind: Kind, output: &Path) -> Result<(), CliError> {
    let written = match kind {
        Kind::Html => write_html(report, output),
        Kind::Markdown => write_markdown(report, output),
    };
    written.map_err(|error| match error {
        OutputError::File { path, source } => CliError::File { path, source },
        OutputError::Figure(_) => CliError::Report { path: output.to_path_buf(), reason: error.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_written() {
        assert_eq!(kind_of(Path::new("a/b.HTML")).unwrap(), Kind::Html);
        assert_eq!(kind_of(Path::new("b.md")).unwrap(), Kind::Markdown);
        assert!(kind_of(Path::new("b.pdf")).is_err());
    }

    #[test]
    fn an_unknown_template_is_answered_with_the_known_ones() {
        assert!(template_text(Path::new("area")).unwrap().contains("Area overview"));
        let error = template_text(Path::new("nothing.md")).unwrap_err().to_string();
        assert!(error.contains("one of image, class, area"), "{error}");
    }
}
