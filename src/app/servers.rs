//! Servers of targets: connecting, reading a table, and following the map where a table is too large to be read wholly.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::CogscopeApp;
use crate::db::postgres::{ServerAddress, ServerLogin};
use crate::document::{NoticeLevel, SavedTable, ServerSource};
use crate::geo::{BoundingBox, lon_lat_from_mercator};
use crate::jobs::{Job, JobId, ServerJob, ServerRefusal, ServerReport, TableContent, TableOfServer};
use crate::targets::{LonLatBox, Mapping, TargetFilter};
use crate::ui::TableToShow;

/// The map stands still for so long before what is in view is asked for.
const STILL: Duration = Duration::from_millis(150);

/// What the app keeps of servers between frames.
#[derive(Default)]
pub(super) struct Servers {
    /// A table to show as soon as the server is reached.
    wanted: Option<TableToShow>,
    /// What was asked for last, and is on its way.
    job: Option<JobId>,
    asked: Option<(LonLatBox, TargetFilter)>,
    /// What is looked at now, and since when.
    seen: Option<(LonLatBox, Instant)>,
}

impl CogscopeApp {
    /// Connects, and shows a table at once if one is wanted.
    pub(super) fn connect_server(&mut self, login: ServerLogin, shows: TableToShow) {
        self.servers.wanted = Some(shows).filter(|shows| *shows != TableToShow::Nothing);
        self.submit(Job::Server(ServerJob::Connect(Box::new(login))));
    }

    pub(super) fn describe_table(&mut self, address: ServerAddress, table: String) {
        let table = TableOfServer { address, table, mapping: None };
        self.submit(Job::Server(ServerJob::Describe(table)));
    }

    /// Takes in that a server was reached, or why not.
    pub(super) fn take_server(&mut self, result: Result<Arc<ServerReport>, ServerRefusal>) {
        let wanted = self.servers.wanted.take();
        match &result {
            Ok(report) => {
                self.document.settings.remember_server(&report.address.to_string());
                self.save_settings();
                for warning in &report.info.warnings {
                    self.document.notices.add(NoticeLevel::Warning, warning.clone(), None);
                }
                let first =
                    || report.tables.iter().find(|table| table.geometry.is_some()).map(|table| table.name.clone());
                if let Some(wanted) = wanted {
                    let named = if let TableToShow::Named(table) = wanted { Some(table) } else { first() };
                    match named {
                        Some(table) => self.load_table(report.address.clone(), table, None),
                        None => self.panels.connect.show(Some(report.address.clone())),
                    }
                }
            }
            Err(refusal) if wanted.is_some() || !self.panels.connect.open => {
                self.document.notices.add(NoticeLevel::Error, refusal.message.clone(), None);
                self.panels.connect.open = true;
            }
            Err(_) => {}
        }
        self.panels.connect.receive_server(result);
    }

    /// Asks for the targets of a table.
    pub(super) fn load_table(&mut self, address: ServerAddress, table: String, mapping: Option<Mapping>) {
        self.servers.asked = None;
        self.ask_for_view(TableOfServer { address, table, mapping });
    }

    fn ask_for_view(&mut self, table: TableOfServer) {
        let view = self.view_lon_lat().unwrap_or(WORLD);
        let filter = self.document.targets.filter().clone();
        if let Some(job) = self.servers.job.take() {
            self.jobs.cancel(job);
        }
        let images = self.document.imagery.catalog.images().cloned().collect();
        self.servers.asked = Some((view, filter.clone()));
        self.servers.job = self.submit(Job::Server(ServerJob::Load { table, view, filter: Box::new(filter), images }));
    }

    /// Takes in the targets of a table.
    pub(super) fn take_table(&mut self, table: TableOfServer, result: Result<Box<TableContent>, String>) {
        let content = match result {
            Ok(content) => content,
            Err(problem) => {
                self.document.notices.add(NoticeLevel::Error, problem, None);
                return;
            }
        };
        let TableOfServer { address, table, mapping: asked } = table;
        let source = ServerSource {
            saved: SavedTable { server: address.to_string(), table, mapping: content.mapping.clone() },
            address,
            asked_mapping: asked,
            in_view: content.in_view,
            is_sample: content.is_sample,
        };
        let before = self.document.targets.set().cloned();
        let is_new = self.document.targets.set_server(source.clone(), content.set);
        self.targets_changed(before.as_ref());
        if is_new {
            self.document.project.tables.retain(|saved| *saved != source.saved);
            self.document.project.tables.push(source.saved);
            let bounds = self.document.targets.index().bounds();
            if let Some(bounds) = bounds.filter(|_| self.document.imagery.catalog.is_empty()) {
                self.panels.map.fly_to_bounds(&bounds);
            }
        }
    }

    /// Where the table on the map is too large to be read wholly: asks for what has come into view, once the map is still.
    pub(super) fn follow_view(&mut self, ctx: &egui::Context) {
        let Some(source) = self.document.targets.server().filter(|source| source.in_view.is_some()) else { return };
        let table = TableOfServer {
            address: source.address.clone(),
            table: source.saved.table.clone(),
            mapping: source.asked_mapping.clone(),
        };
        let Some(view) = self.view_lon_lat() else { return };
        let now = Instant::now();
        let since = match self.servers.seen {
            Some((seen, since)) if seen == view => since,
            _ => {
                self.servers.seen = Some((view, now));
                now
            }
        };
        let is_asked = self
            .servers
            .asked
            .as_ref()
            .is_some_and(|(asked, filter)| *asked == view && filter == self.document.targets.filter());
        if is_asked {
            return;
        }
        let still = now.duration_since(since);
        if still < STILL {
            ctx.request_repaint_after(STILL.saturating_sub(still));
            return;
        }
        self.ask_for_view(table);
    }

    /// What the map shows, in degrees; the whole breadth of the world where it shows more than once around.
    fn view_lon_lat(&self) -> Option<LonLatBox> {
        self.panels.map.viewport().bounds().and_then(degrees)
    }
}

const WORLD: LonLatBox = LonLatBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

fn degrees(bounds: BoundingBox) -> Option<LonLatBox> {
    let low = lon_lat_from_mercator(bounds.min_x(), bounds.min_y());
    let high = lon_lat_from_mercator(bounds.max_x(), bounds.max_y());
    let (west, east) = (low.x.max(-180.0), high.x.min(180.0));
    let (south, north) = (low.y.max(-90.0), high.y.min(90.0));
    (west < east && south < north).then_some(LonLatBox { west, south, east, north })
}
