//! The loopback endpoint of the window: the frame owns the server, the document says whether it is on, and what is served follows
//! what is open.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::CogscopeApp;
use crate::document::{ServeWish, Serving};
use crate::serve::{Limits, OnShelf, ServeOptions, ServerHandle, Shelf, TargetLayer};

/// While things change, the shelf follows no faster than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(500);

/// Revisions of images and styles, targets, colours of classes.
type Revisions = ((u64, u64), u64, u64);

/// The server, while it runs.
#[derive(Default)]
pub(super) struct Server {
    handle: Option<ServerHandle>,
    told: Option<Revisions>,
    told_at: Option<Instant>,
}

impl CogscopeApp {
    pub(super) fn start_server(&mut self, wish: ServeWish) {
        self.stop_server();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        // A core is left to the window.
        let limits = Limits { at_once: cores.saturating_sub(1).max(1), ..Limits::default() };
        let options = ServeOptions {
            port: wish.port,
            needs_token: wish.needs_token,
            origins: wish.origins,
            limits,
            blocks: Arc::clone(self.jobs.block_cache()),
            ends_on_interrupt: false,
        };
        match ServerHandle::start(options, Shelf::default()) {
            Ok(handle) => {
                self.document.serving = Serving::On { url: handle.url().to_owned() };
                self.server = Server { handle: Some(handle), ..Server::default() };
            }
            Err(error) => self.document.serving = Serving::Failed { reason: error.to_string() },
        }
    }

    pub(super) fn stop_server(&mut self) {
        self.server = Server::default();
        self.document.serving = Serving::Off;
    }

    /// Puts what is open now on the shelf, if it has changed.
    pub(super) fn follow_server(&mut self, ctx: &egui::Context) {
        let Some(handle) = &self.server.handle else { return };
        let (imagery, targets) = (&self.document.imagery, &self.document.targets);
        let revisions = (imagery.revision(), targets.revision(), targets.colors_revision());
        if self.server.told == Some(revisions) {
            return;
        }
        if self.server.told_at.is_some_and(|at| at.elapsed() < LEAST_INTERVAL) {
            ctx.request_repaint_after(LEAST_INTERVAL);
            return;
        }
        let shown = imagery.catalog.shown();
        let entries: Vec<OnShelf> = shown.map(|entry| OnShelf { style: imagery.style(entry.id()), entry }).collect();
        let mut styles = self.document.project.styles.clone();
        imagery.keep_styles(&mut styles);
        let styles: Vec<_> = styles.into_iter().collect();
        let known = imagery.statistics.iter();
        let statistics =
            known.filter_map(|(kind, found)| Some((kind.clone(), Arc::clone(found.as_ref().ok()?)))).collect();
        let set = targets.set().map(Arc::clone);
        let (ids, overrides) = (targets.shown().to_vec(), self.document.project.class_colors.clone());
        handle.make_shelf(move || {
            let targets = set.and_then(|set| {
                let colors = crate::targets::ClassColors::of(&set, &overrides);
                TargetLayer::new("Targets", set, &ids, colors)
            });
            Shelf::new(&entries, &styles, &statistics).with_targets(targets)
        });
        self.server.told = Some(revisions);
        self.server.told_at = Some(Instant::now());
    }
}
