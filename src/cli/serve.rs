//! `cogscope serve`: the loopback endpoint without a window.

use std::sync::Arc;

use super::CliError;
use super::args::ServeArguments;
use super::output::{print, print_error};
use super::paths::image_files;
use crate::cog::BlockCache;
use crate::library::Opened;
use crate::serve::{Limits, OnShelf, ServeOptions, ServerHandle, Shelf, TargetLayer};
use crate::targets::{ClassColors, ColorOverrides, LoadOptions, load_text};

pub(super) fn run(arguments: &ServeArguments, cache_bytes: u64) -> Result<(), CliError> {
    let mut failed = Vec::new();
    let opened = Opened::files(&image_files(&arguments.paths)?, |error| {
        failed.push(error);
        Ok(())
    })?;
    if opened.order.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).into());
    }
    // The others are served all the same.
    failed.iter().for_each(|error| print_error(&error.to_string()));
    let entries = opened.order.iter().filter_map(|&id| opened.catalog.entry(id));
    let entries: Vec<OnShelf> = entries.map(|entry| OnShelf { entry, style: None }).collect();
    let options = ServeOptions {
        port: arguments.port,
        needs_token: arguments.token,
        origins: arguments.origins.clone(),
        limits: Limits::default(),
        blocks: Arc::new(BlockCache::new(cache_bytes)),
        ends_on_interrupt: true,
    };
    let shelf = Shelf::new(&entries, &[], &rustc_hash::FxHashMap::default());
    let server = ServerHandle::start(options, shelf.with_targets(targets(arguments)?))?;
    // Without the address: its token is nobody else's business.
    tracing::info!(images = opened.order.len(), has_secret_path = arguments.token, "serving");
    print(server.url())?;
    server.wait();
    tracing::info!("the server has ended");
    Ok(())
}

/// The targets of --db.
fn targets(arguments: &ServeArguments) -> Result<Option<TargetLayer>, CliError> {
    let Some(db) = &arguments.db else { return Ok(None) };
    let options = LoadOptions { table: arguments.table.clone(), mapping: None };
    let set = load_text(db, &options).map_err(|error| CliError::Question { message: error.to_string() })?;
    set.notes().iter().for_each(|note| print_error(note));
    if !set.set_aside().is_empty() {
        print_error(&format!(
            "{} rows of {} have no usable position and are left out",
            set.set_aside().len(),
            set.name()
        ));
    }
    let (shown, colors) = (set.ids().collect::<Vec<_>>(), ClassColors::of(&set, &ColorOverrides::new()));
    Ok(TargetLayer::new("Targets", Arc::new(set), &shown, colors))
}
