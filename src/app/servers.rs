//! Servers of targets: connecting, reading a table, and following the map where a table is too large to be read wholly.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::CogscopeApp;
use crate::db::postgres::{ServerAddress, ServerLogin};
use crate::db::{DbError, QueryError};
use crate::document::{NoticeLevel, SavedTable, ServerSource};
use crate::jobs::{Job, JobContext, JobId, ServerJob, ServerRefusal, ServerReport, TableContent, TableOfServer};
use crate::targets::{LonLatBox, Mapping, TargetFilter};
use crate::ui::TableToShow;

/// The map stands still for so long before what is in view is asked for.
const STILL: Duration = Duration::from_millis(150);

/// How long a server may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the app keeps of servers between frames.
#[derive(Default)]
pub(super) struct Servers {
    /// A table to show as soon as the server is reached.
    wanted: Option<TableToShow>,
    /// Tables of a project that are still to be shown, one after the other.
    restoring: Vec<SavedTable>,
    /// The server that is being reached for them.
    connecting: Option<ServerAddress>,
    /// Servers that have let us in, and those of the project that have not.
    reached: Vec<ServerAddress>,
    refused: FxHashSet<String>,
    /// What was asked for last, and is on its way.
    job: Option<JobId>,
    asked: Option<(LonLatBox, TargetFilter)>,
    /// What is looked at now, and since when.
    seen: Option<(LonLatBox, Instant)>,
}

impl CogscopeApp {
    /// Connects, and shows a table at once if one is wanted.
    pub(super) fn connect_server(&mut self, login: ServerLogin, keeps_password: bool, shows: TableToShow) {
        self.servers.wanted = Some(shows).filter(|shows| *shows != TableToShow::Nothing);
        self.submit(Job::Server(ServerJob::Connect { login: Box::new(login), keeps_password }));
    }

    /// Takes the password of a server out of the system's credential store. The connection stays.
    pub(super) fn forget_password(&mut self, address: ServerAddress) {
        let job = Job::task("Forgetting a password", move |context| context.vault().forget(&address));
        self.submit_then(job, |app: &mut Self, forgotten: Result<(), String>| {
            let (level, text) = match forgotten {
                Ok(()) => (NoticeLevel::Info, "The password is not kept any more".to_owned()),
                Err(reason) => (NoticeLevel::Warning, reason),
            };
            app.document.notices.add(level, text, None);
        });
    }

    /// A server has other tables than it had when it was connected to.
    pub(super) fn list_tables_again(&mut self, address: ServerAddress) {
        let job = Job::task("Listing tables", move |context: &JobContext| {
            let store = context.server(&address).map_err(DbError::Connect)?;
            let is_cancelled = || context.is_cancelled();
            let (info, tables) = (store.info(PATIENCE, &is_cancelled)?, store.server_tables(&is_cancelled)?);
            Ok::<_, QueryError>(Arc::new(ServerReport { address, info, tables, password_is_kept: false, note: None }))
        });
        self.submit_then(job, |app: &mut Self, report: Result<Arc<ServerReport>, String>| {
            // That they can't be listed is told when they are asked for.
            if let Ok(report) = report {
                app.panels.import.receive_server(&report);
            }
        });
    }

    /// Shows the tables of a project again.
    pub(super) fn restore_tables(&mut self, tables: Vec<SavedTable>) {
        self.servers.restoring = tables;
        self.servers.refused.clear();
        self.restore_next_table();
    }

    /// Asks for the next table of the project, or for its server first.
    fn restore_next_table(&mut self) {
        let servers = &mut self.servers;
        let Some(at) = servers.restoring.iter().position(|table| !servers.refused.contains(&table.server)) else {
            servers.connecting = None;
            return;
        };
        let Some(SavedTable { server, table, mapping, .. }) = servers.restoring.get(at).cloned() else { return };
        if let Some(address) = servers.reached.iter().find(|address| address.to_string() == server).cloned() {
            servers.restoring.remove(at);
            servers.asked = None;
            self.ask_for_view(TableOfServer { address, table, mapping: Some(mapping) });
            return;
        }
        match ServerLogin::parse(&server) {
            Ok(login) => {
                servers.connecting = Some(login.address.clone());
                self.submit(Job::Server(ServerJob::Connect { login: Box::new(login), keeps_password: false }));
            }
            Err(error) => {
                servers.refused.insert(server);
                self.document.notices.add(NoticeLevel::Error, format!("{table}: {error}"), None);
                self.restore_next_table();
            }
        }
    }

    /// The server of a project's table did not let anybody in.
    fn take_refusal(&mut self, address: ServerAddress, refusal: &ServerRefusal) {
        self.servers.refused.insert(address.to_string());
        self.document.notices.add(NoticeLevel::Error, refusal.message.clone(), None);
        if refusal.wants_password {
            self.panels.connect.show(Some(address));
        }
        self.restore_next_table();
    }

    pub(super) fn describe_table(&mut self, address: ServerAddress, table: String) {
        let mapping = self.document.project.mapping_of(&address.to_string(), &table).cloned();
        let table = TableOfServer { address, table, mapping };
        self.submit(Job::Server(ServerJob::Describe(table)));
    }

    /// Takes in that a server was reached, or why not.
    pub(super) fn take_server(&mut self, result: Result<Arc<ServerReport>, ServerRefusal>) {
        let wanted = self.servers.wanted.take();
        let restored = self.servers.connecting.take().filter(|_| wanted.is_none());
        match &result {
            Ok(report) => {
                let server = report.address.to_string();
                self.servers.refused.remove(&server);
                if !self.servers.reached.contains(&report.address) {
                    self.servers.reached.push(report.address.clone());
                }
                if self.servers.restoring.iter().any(|table| table.server == server) {
                    self.panels.connect.open = false;
                    self.restore_next_table();
                }
                self.document.settings.remember_server(&report.address.to_string());
                self.save_settings();
                self.panels.import.receive_server(report);
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
            Err(refusal) if restored.is_some() => {
                if let Some(address) = restored {
                    self.take_refusal(address, refusal);
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

    /// Asks for the targets of a table, with what the user said of its columns before if nothing is said now.
    pub(super) fn load_table(&mut self, address: ServerAddress, table: String, mapping: Option<Mapping>) {
        self.servers.asked = None;
        let server = address.to_string();
        let mapping = mapping.or_else(|| self.document.project.mapping_of(&server, &table).cloned());
        let label = SavedTable { server, table: table.clone(), ..SavedTable::default() }.label();
        self.document.targets.prefer(Some(label));
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
                self.restore_next_table();
                return;
            }
        };
        let TableOfServer { address, table, mapping: asked } = table;
        let source = ServerSource {
            saved: SavedTable { server: address.to_string(), table, mapping: content.mapping.clone(), is_open: true },
            address,
            asked_mapping: asked,
            in_view: content.in_view,
            is_sample: content.is_sample,
        };
        let before = self.document.targets.set().cloned();
        let is_new = self.document.targets.set_server(source.clone(), content.set);
        self.targets_changed(before.as_ref());
        self.document.project.remember_table(source.saved);
        self.select_wanted_key();
        if is_new {
            let bounds = self.document.targets.index().bounds();
            if let Some(bounds) = bounds.filter(|_| self.document.imagery.catalog.is_empty()) {
                self.panels.map.fly_to_bounds(&bounds);
            }
            self.restore_next_table();
        }
    }

    /// Where the table on the map is too large to be read wholly: asks for what has come into view, once the map is still.
    pub(super) fn follow_view(&mut self, ctx: &egui::Context) {
        let Some(source) = self.document.targets.server().filter(|source| source.in_view.is_some()) else {
            self.count_whole_table();
            return;
        };
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
            self.count_whole_table();
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
        let [west, south, east, north] = self.panels.map.viewport().degrees()?;
        Some(LonLatBox { west, south, east, north })
    }
}

const WORLD: LonLatBox = LonLatBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
