//! The frame: the document, the panels, the jobs, and the one place where commands and events change the document.

mod about;
mod apply;
mod asking;
mod checks;
mod chips;
mod dialogs;
mod error;
mod events;
mod filtering;
mod graphics;
mod icon;
mod imagery;
mod importing;
mod off_screen;
mod open;
mod options;
mod plots;
mod points;
mod projects;
mod report;
mod reveal;
mod review_store;
mod reviewing;
mod run;
mod sample_data;
mod saving;
mod screenshot;
mod servers;
mod serving;
mod shortcuts;
mod sorting;
mod starting;
mod styling;
mod tasks;
mod whole_tables;

pub use error::AppError;
pub use graphics::Tried;
pub use options::WindowOptions;
pub use run::run;

use crate::diagnostics::Diagnostics;
use crate::document::{Document, MapPosition, NoticeLevel, Project, Session, Settings, ThemeChoice};
use crate::jobs::{Job, JobId, Jobs, JobsConfig};
use crate::report::page::Report;
use crate::ui::{Command, Docks, Panels, TableToShow, theme};
use dialogs::{Answer, Dialogs};
use rustc_hash::FxHashSet;
use screenshot::Screenshot;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Where an error that ends the window is left for whoever opened it.
pub type FailureSlot = Arc<Mutex<Option<AppError>>>;

/// The window's state.
pub struct CogscopeApp {
    document: Document,
    panels: Panels,
    docks: Docks,
    jobs: Jobs,
    told: imagery::Told,
    /// Scans of what is open; of others nothing is taken any more.
    scans: FxHashSet<JobId>,
    commands: Vec<Command>,
    dialogs: Dialogs,
    /// What a path is being typed for.
    asked_path: Option<asking::AskedPath>,
    keys: shortcuts::Keys,
    screenshot: Option<Screenshot>,
    next_pin: u64,
    view_stretch: Option<styling::ViewStretch>,
    /// Who waits for which task.
    waiting: tasks::Waiting,
    cutter: chips::ChipCutter,
    /// Revision of the review that was saved last.
    review_saved: u64,
    saving_review: bool,
    servers: servers::Servers,
    whole: whole_tables::WholeTables,
    server: serving::Server,
    keeping: projects::Keeping,
    review_store: review_store::ReviewStore,
    sorting: sorting::Sorting,
    filtering: filtering::Filtering,
    /// The map follows what is being opened until the user moves it.
    fits_while_opening: bool,
    view_complete: bool,
    settings_path: Option<PathBuf>,
    saved_settings: Settings,
    /// The first seconds, while they are watched.
    start: Option<graphics::Start>,
    failure: FailureSlot,
    diagnostics: Diagnostics,
    started: Instant,
    frames: u64,
}

/// Gives a window's context its fonts and themes.
pub fn set_up(ctx: &egui::Context) {
    theme::install(ctx);
}

impl CogscopeApp {
    /// Sets up fonts, themes and settings, and asks for what is to be opened at first.
    pub fn new(ctx: &egui::Context, options: &WindowOptions, failure: FailureSlot) -> Self {
        set_up(ctx);
        let settings_path = Settings::path(options.config_folder.as_deref());
        let (settings, complaint) = settings_path.as_deref().map(Settings::load).unwrap_or_default();
        let mut document = Document { settings, ..Document::default() };
        let told = complaint.map(|text| (NoticeLevel::Warning, text));
        let told = told.filter(|told| !options.complaints.contains(told));
        for (level, text) in told.into_iter().chain(options.complaints.iter().cloned()) {
            document.notices.add(level, text, None);
        }
        document.about = about::about(options, settings_path.as_deref());
        let saved_settings = document.settings.clone();
        if let Some(theme) = options.theme {
            document.settings.theme = theme;
        }
        set_theme(ctx, document.settings.theme);
        // The frame reads those keys itself, and keeps what comes of them.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        ctx.set_zoom_factor(document.settings.scale());
        let waker: crate::jobs::Waker = {
            let ctx = ctx.clone();
            Arc::new(move || ctx.request_repaint())
        };
        let docks = Docks::new(document.settings.layout.as_ref());
        let session_path = settings_path.as_deref().map(Session::path);
        let (session, complaint) = session_path.as_deref().map(Session::load).unwrap_or_default();
        if let Some(complaint) = complaint {
            document.notices.add(NoticeLevel::Warning, complaint, None);
        }
        // A picture of the window is no use of it that should be remembered.
        let is_remembered = options.screenshot.is_none();
        let mut app = Self {
            document,
            panels: Panels::default(),
            docks,
            jobs: Jobs::new(Arc::clone(&waker), JobsConfig::default()),
            told: imagery::Told::default(),
            scans: FxHashSet::default(),
            commands: Vec::new(),
            dialogs: Dialogs::new(waker, options.has_file_dialogs),
            asked_path: None,
            keys: shortcuts::Keys::default(),
            screenshot: options.screenshot.clone().map(|path| Screenshot::new(path, Arc::clone(&failure))),
            next_pin: 1,
            view_stretch: None,
            waiting: tasks::Waiting::default(),
            cutter: chips::ChipCutter::default(),
            review_saved: 0,
            saving_review: false,
            servers: servers::Servers::default(),
            whole: whole_tables::WholeTables::default(),
            server: serving::Server::default(),
            sorting: sorting::Sorting::default(),
            filtering: filtering::Filtering::default(),
            review_store: review_store::ReviewStore::default(),
            keeping: projects::Keeping::new(session_path.filter(|_| is_remembered)),
            fits_while_opening: false,
            view_complete: false,
            settings_path: settings_path.filter(|_| is_remembered),
            saved_settings,
            start: None,
            failure,
            diagnostics: options.diagnostics.clone(),
            started: options.started,
            frames: 0,
        };
        app.jobs.set_vault(options.vault.clone());
        app.begin(options, session);
        // Of a picture nobody wants a report to lie over it.
        if options.screenshot.is_none() {
            app.look_for_crashes();
        }
        app
    }

    /// Opens what was asked for, else what was open last, else the sample data.
    fn begin(&mut self, options: &WindowOptions, session: Option<Session>) {
        let session = session.unwrap_or_default();
        let asked: Vec<PathBuf> =
            options.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone())).collect();
        let is_anew = asked.is_empty() && options.server.is_none() && !options.starts_empty;
        let is_same = !asked.is_empty() && options.server.is_none() && asked == session.project.sources;
        if is_anew || (is_same && session.path.is_none()) {
            self.restore_session(session.or_last(&self.document.settings));
            return;
        }
        self.document.project = session.project.for_other_sources();
        self.panels.report.restore(&self.document.project.report);
        if !asked.is_empty() {
            self.commands.push(Command::OpenPaths(asked));
        }
        if let Some((login, table)) = &options.server {
            let shows = table.clone().map_or(TableToShow::First, TableToShow::Named);
            self.commands.push(Command::ConnectServer { login: Box::new(login.clone()), keeps_password: false, shows });
        }
    }

    /// From now on, nothing of this window is kept for the next one.
    fn remember_nothing(&mut self) {
        self.settings_path = None;
        self.keeping.forget_session();
    }

    /// Where the map stands.
    pub fn map_position(&self) -> Option<MapPosition> {
        self.panels.map.viewport().position()
    }

    /// Hands a command in, as if the user had given it; it runs with the next frame.
    pub fn give(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// What the window shows.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What a project would keep of the window as it is now.
    pub fn project(&self) -> Project {
        self.project_now()
    }

    /// The report that is shown.
    pub fn report(&self) -> Option<&Report> {
        self.panels.report.report().map(AsRef::as_ref)
    }

    /// The part of a frame that draws nothing: takes events in and runs the commands of the last frame.
    pub fn tick(&mut self, ctx: &egui::Context) {
        if self.frames == 1 {
            // The first frame stands on the screen when the second begins.
            tracing::debug!(ms = self.started.elapsed().as_millis(), "first_frame");
        }
        match self.dialogs.poll() {
            Some(Answer::Chosen(ask, paths)) => self.take_answer(ask, paths),
            Some(Answer::Missing(ask)) => self.ask_without_dialog(ask),
            None => {}
        }
        self.follow_start(ctx);
        self.take_events();
        if !self.commands.is_empty() {
            Self::look_soon(ctx);
        }
        for command in std::mem::take(&mut self.commands) {
            self.apply_command(ctx, command);
        }
        self.follow_filter();
        let changed = self.follow_imagery(ctx);
        self.follow_plots();
        self.follow_review();
        self.follow_review_store();
        self.follow_review_columns();
        self.fit_while_opening(changed);
        self.follow_view(ctx);
        self.follow_server(ctx);
        self.follow_project(ctx);
        self.watch_completeness(ctx);
    }

    /// Whether everything that is visible has loaded.
    pub fn is_complete(&self) -> bool {
        self.frames > 2
            && self.document.activity.scans == 0
            && self.jobs.is_idle()
            && self.is_imagery_told()
            && self.panels.map.is_complete()
    }

    fn watch_completeness(&mut self, ctx: &egui::Context) {
        let complete = self.is_complete() && self.commands.is_empty();
        if complete && !self.view_complete {
            self.view_complete = true;
            tracing::debug!(ms = self.started.elapsed().as_millis(), "view_complete");
        }
        if let Some(screenshot) = &mut self.screenshot {
            screenshot.advance(ctx, complete);
        }
    }

    /// Hands a job in; a notice says when there is no room for it.
    fn submit(&mut self, job: Job) -> Option<JobId> {
        let taken = self.jobs.submit(job);
        if taken.is_none() {
            self.document.notices.add(
                NoticeLevel::Warning,
                "Too much is waiting to be done; try again in a moment",
                None,
            );
        }
        taken
    }

    fn cancel(&mut self, id: u64) {
        if self.jobs.cancel(JobId(id)).is_some() {
            self.forget_task(JobId(id));
        }
    }

    /// The part of a frame that draws.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        self.keys.read(ui.ctx(), self.document.is_reviewing, &mut self.commands);
        self.read_dropped_files(ui.ctx());
        self.panels.ui(ui, &mut self.docks, &self.document, &mut self.commands);
        if self.frames < 2 || !self.commands.is_empty() {
            ui.ctx().request_repaint();
        }
        self.frames = self.frames.saturating_add(1);
    }

    fn read_dropped_files(&mut self, ctx: &egui::Context) {
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !dropped.is_empty() {
            self.commands.push(Command::OpenPaths(dropped));
        }
    }

    /// Writes the settings if they changed; a failure is a notice, never the end.
    fn save_settings(&mut self) {
        self.document.settings.layout = self.docks.saved();
        let Some(path) = &self.settings_path else { return };
        if self.document.settings == self.saved_settings {
            return;
        }
        match self.document.settings.save(path) {
            Ok(()) => self.saved_settings = self.document.settings.clone(),
            Err(error) => {
                tracing::warn!(%error, "settings not saved");
                self.document.notices.add(
                    NoticeLevel::Warning,
                    format!("The settings could not be saved: {error}"),
                    None,
                );
            }
        }
    }
}

impl eframe::App for CogscopeApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.tick(ctx);
        if let Some(rect) = ctx.input(|i| i.viewport().inner_rect) {
            self.document.settings.window_size = Some(rect.size().into());
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.end_start();
        self.end_session();
        self.save_settings();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

fn set_theme(ctx: &egui::Context, theme: ThemeChoice) {
    ctx.set_theme(match theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
        ThemeChoice::Light => egui::ThemePreference::Light,
    });
}
