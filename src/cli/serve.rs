//! `cogscope serve`: the loopback endpoint without a window.

use std::path::PathBuf;
use std::sync::Arc;

use super::CliError;
use super::args::ServeArguments;
use super::output::{print, print_error};
use super::serve_paths::{Given, open_images};
use crate::cog::BlockCache;
use crate::library::{Entry, Look, Source};
use crate::render::{Style, StyleWords};
use crate::serve::{Limits, OnShelf, ServeOptions, ServerHandle, Shelf, TargetLayer};
use crate::targets::{ClassColors, LoadOptions, TargetSet, load, load_text};

pub(super) fn run(arguments: &ServeArguments, cache_bytes: u64) -> Result<(), CliError> {
    let given = Given::of(&arguments.paths)?;
    let target_layers = targets(arguments, &given)?;
    let imagery = open_images(&given, !target_layers.is_empty())?;
    let has_styles = !given.projects.is_empty();
    let style = |entry: &Entry| imagery.style(entry.id()).filter(|_| has_styles);
    let entries: Vec<OnShelf> = imagery.catalog.shown().map(|entry| OnShelf { style: style(&entry), entry }).collect();
    let styles = styles(&given, &arguments.styles, &entries);
    let options = ServeOptions {
        port: arguments.port,
        needs_token: arguments.token,
        origins: arguments.origins.clone(),
        limits: Limits::default(),
        blocks: Arc::new(BlockCache::new(cache_bytes)),
        ends_on_interrupt: true,
    };
    let shelf = Shelf::new(&entries, &styles, &rustc_hash::FxHashMap::default());
    let server = ServerHandle::start(options, shelf.with_targets(target_layers))?;
    // Without the address: its token is nobody else's business.
    tracing::info!(images = entries.len(), has_secret_path = arguments.token, "serving");
    print(server.url())?;
    server.wait();
    tracing::info!("the server has ended");
    Ok(())
}

/// Looks with names: those of --style first, then the projects' styles of kinds of images. Of those of --style that suit nothing it is
/// told.
fn styles(given: &Given, named: &[(String, StyleWords)], entries: &[OnShelf]) -> Vec<(String, Look)> {
    let sources: Vec<Source> = entries.iter().map(|on_shelf| on_shelf.entry.source()).collect();
    for (name, words) in named {
        let look = Look::Words(words.clone());
        let refused: Vec<_> = sources.iter().map_while(|source| look.style(source).err()).collect();
        if let Some(error) = refused.first().filter(|_| refused.len() == sources.len()) {
            print_error(&format!("--style {name}: no image can look so: {}", error.reason));
        }
    }
    let named = named.iter().map(|(name, words)| (name.clone(), Look::Words(words.clone())));
    let kept = given.projects.iter().flat_map(|project| &project.styles);
    named.chain(kept.map(|(name, style): (&String, &Style)| (name.clone(), Look::Style(style.clone())))).collect()
}

/// The targets of --db, then those of files.
fn targets(arguments: &ServeArguments, given: &Given) -> Result<Vec<TargetLayer>, CliError> {
    let mut layers = Vec::new();
    if let Some(db) = &arguments.db {
        let options = LoadOptions { table: arguments.table.clone(), mapping: None };
        let set = load_text(db, &options).map_err(|error| CliError::Question { message: error.to_string() })?;
        layers.extend(layer("Targets", set, given));
    }
    let title = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for path in &given.targets {
        let set = load(path, &LoadOptions::default());
        let set = set.map_err(|error| CliError::Question { message: error.to_string() })?;
        layers.extend(layer(&title(path), set, given));
    }
    // What happens to lie in a folder need not hold targets.
    if layers.is_empty() {
        let found = given.found_targets.iter().find_map(|path| Some((path, load(path, &LoadOptions::default()).ok()?)));
        layers.extend(found.and_then(|(path, set)| layer(&title(path), set, given)));
    }
    Ok(layers)
}

/// The targets that a project shows, in its colours.
fn layer(title: &str, set: TargetSet, given: &Given) -> Option<TargetLayer> {
    set.notes().iter().for_each(|note| print_error(note));
    if !set.set_aside().is_empty() {
        let count = set.set_aside().len();
        print_error(&format!("{count} rows of {} have no usable position and are left out", set.name()));
    }
    let project = given.projects.first();
    let overrides = project.map(|project| project.class_colors.clone()).unwrap_or_default();
    let shown = match project {
        Some(project) => project.filter.apply(&set),
        None => set.ids().collect(),
    };
    let colors = ClassColors::of(&set, &overrides);
    TargetLayer::new(title, Arc::new(set), &shown, colors)
}
