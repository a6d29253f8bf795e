//! The loopback endpoint of the window: the frame owns the server, the document says whether it is on, and what is served follows
//! what is open.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::CogscopeApp;
use crate::document::{ServeWish, Serving};
use crate::library::Look;
use crate::serve::{Ending, Limits, OnShelf, ServeError, ServeOptions, ServerHandle, Shelf, TargetLayer};

/// While things change, the shelf follows no faster than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(500);

/// Revisions of images and styles, targets, colours of classes.
type Revisions = ((u64, u64), u64, u64);

/// The server, while it runs.
#[derive(Default)]
pub(super) struct Server {
    handle: Option<ServerHandle>,
    /// The one before, while it still listens.
    ending: Option<Ending>,
    /// What starts when that has left the port.
    wish: Option<ServeWish>,
    told: Option<Revisions>,
    told_at: Option<Instant>,
}

impl CogscopeApp {
    /// Starts the server, at once unless the one before still listens.
    pub(super) fn start_server(&mut self, wish: ServeWish) {
        self.stop_server();
        self.document.serving = Serving::Starting;
        self.server.wish = Some(wish);
        self.start_wished_server();
    }

    /// Starts the server as it is set in the toolbar, or stops it.
    pub(super) fn toggle_server(&mut self) {
        if self.document.serving.url().is_some() {
            self.stop_server();
        } else if let Some(wish) = self.panels.serve.wish() {
            self.start_server(wish);
        }
    }

    fn start_wished_server(&mut self) {
        if self.server.ending.as_ref().is_some_and(|ending| !ending.is_port_free()) {
            return;
        }
        let Some(wish) = self.server.wish.take() else { return };
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        // A core is left to the window.
        let limits = Limits { at_once: cores.saturating_sub(1).max(1), ..Limits::default() };
        let options = ServeOptions {
            port: wish.port,
            needs_token: wish.needs_token,
            origins: wish.origins.clone(),
            limits,
            blocks: Arc::clone(self.jobs.block_cache()),
            ends_on_interrupt: false,
        };
        match ServerHandle::start(options, Shelf::default()) {
            Ok(handle) => {
                self.document.serving = Serving::On { url: handle.url().to_owned() };
                self.server = Server { handle: Some(handle), ..Server::default() };
            }
            // There are systems on which answers under way hold the port.
            Err(ServeError::PortTaken { .. })
                if self.server.ending.as_ref().is_some_and(|ending| !ending.is_over()) =>
            {
                self.server.wish = Some(wish);
            }
            Err(error) => self.document.serving = Serving::Failed { reason: error.to_string() },
        }
    }

    /// Ends the server; answers under way get their time without the window waiting for it.
    pub(super) fn stop_server(&mut self) {
        let Server { handle, ending, .. } = std::mem::take(&mut self.server);
        self.server.ending = handle.map(ServerHandle::end).or(ending);
        self.document.serving = Serving::Off;
    }

    /// Puts what is open now on the shelf, if it has changed.
    pub(super) fn follow_server(&mut self, ctx: &egui::Context) {
        if self.server.wish.is_some() {
            self.start_wished_server();
            // A blink; the server before leaves its port as soon as it is told.
            ctx.request_repaint_after(Duration::from_millis(5));
        }
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
        let styles: Vec<_> = styles.into_iter().map(|(name, style)| (name, Look::Style(style))).collect();
        let known = imagery.statistics.iter();
        let statistics =
            known.filter_map(|(kind, found)| Some((kind.clone(), Arc::clone(found.as_ref().ok()?)))).collect();
        let active = targets.set().map(|set| (Arc::clone(set), targets.shown().to_vec(), "Targets".to_owned()));
        let beside = targets.layers().iter().filter_map(|layer| {
            let source = targets.sources().get(layer.source)?;
            let name = source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let ids = layer.index.bounds().map(|all| layer.index.within(all)).unwrap_or_default();
            Some((Arc::clone(&source.set), ids, name))
        });
        let target_layers: Vec<_> = active.into_iter().chain(beside).collect();
        let overrides = self.document.project.class_colors.clone();
        handle.make_shelf(move || {
            let targets = target_layers.into_iter().filter_map(|(set, ids, title)| {
                let colors = crate::targets::ClassColors::of(&set, &overrides);
                TargetLayer::new(&title, set, &ids, colors)
            });
            Shelf::new(&entries, &styles, &statistics).with_targets(targets)
        });
        self.server.told = Some(revisions);
        self.server.told_at = Some(Instant::now());
    }
}
