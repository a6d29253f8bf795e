//! The project and the session: what of the window is kept, when it is written, and how it comes back. Writing is a job, but for
//! the last time, when the window ends.

use super::CogscopeApp;
use super::dialogs::Ask;
use crate::document::{
    NoticeLevel, PROJECT_ENDING, Project, SavedPin, Session, is_project_path, load_project, save_project,
};
use crate::geo::LonLat;
use crate::jobs::Job;
use crate::library::{NamePattern, Order};
use crate::ui::{AfterAsking, Docks};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked whether something has changed.
const INTERVAL: Duration = Duration::from_millis(700);

/// What the app keeps of the project between frames.
#[derive(Default)]
pub(super) struct Keeping {
    /// The project as its file has it; `None` where the file is behind.
    saved: Option<Project>,
    /// The session's file; `None` where nothing is to be remembered.
    session_path: Option<PathBuf>,
    session: Option<Session>,
    looked: Option<Instant>,
    /// One writer at a time.
    writer: Arc<Mutex<()>>,
    is_writing: bool,
    /// Entries and pins of the project wait for the images.
    waits_for_images: bool,
    title: String,
    /// The window may close.
    may_close: bool,
}

impl Keeping {
    pub(super) fn new(session_path: Option<PathBuf>) -> Self {
        Self { session_path, ..Self::default() }
    }

    /// Nothing is remembered from now on.
    pub(super) fn forget_session(&mut self) {
        self.session_path = None;
    }
}

impl CogscopeApp {
    /// What of the window a project keeps, as it is now.
    pub(super) fn project_now(&self) -> Project {
        let document = &self.document;
        let mut project = document.project.clone();
        if document.imagery.own_map.is_none() && !document.imagery.catalog.is_empty() {
            project.map = self.panels.map.viewport().position().or(project.map);
        }
        project.order = document.imagery.catalog.order();
        if !self.keeping.waits_for_images && document.activity.scans == 0 {
            project.arrangement = document.imagery.catalog.arrangement(&project.arrangement);
            project.own_map = document.imagery.own_map.as_ref().and_then(|own| document.imagery.path_of(own.entry));
            project.entries = document.imagery.saved_entries(&project.entries);
            project.pins = document.pins.iter().map(|pin| SavedPin::from(pin.reading.position)).collect();
        }
        project.active_targets = document.targets.preferred().map(PathBuf::from);
        project.targets_beside = document.targets.beside().to_vec();
        project.report = self.panels.report.settings();
        project.table = self.panels.table.settings();
        project.chips = self.panels.chips.settings();
        project.layout = self.docks.saved();
        project
    }

    /// Whether a project with a name has changes that are not in its file.
    fn has_unsaved_changes(&self) -> bool {
        let is_saved =
            |project: &Project| self.keeping.saved.as_ref().is_some_and(|saved| saved.content() == project.content());
        self.document.name.path.is_some() && !is_saved(&self.project_now())
    }

    /// Whether it should be asked before what is open is replaced.
    fn has_something_to_lose(&self) -> bool {
        if self.document.name.path.is_some() {
            return self.has_unsaved_changes();
        }
        self.document.project.has_handwork() || !self.panels.report.settings().own_templates.is_empty()
    }

    /// The plots are the first ones for these targets, nobody's work: as if the file had them.
    pub(super) fn took_first_plots(&mut self) {
        if let Some(saved) = self.keeping.saved.as_mut().filter(|saved| saved.plots.is_none()) {
            saved.plots.clone_from(&self.document.project.plots);
        }
    }

    /// Keeps the session and the window's title up to date.
    pub(super) fn follow_project(&mut self, ctx: &egui::Context) {
        self.keep_open(ctx);
        if self.keeping.looked.is_some_and(|looked| looked.elapsed() < INTERVAL) {
            return;
        }
        self.keeping.looked = Some(Instant::now());
        let project = self.project_now();
        let name = &mut self.document.name;
        let is_saved = self.keeping.saved.as_ref().is_some_and(|saved| saved.content() == project.content());
        name.is_unsaved = name.path.is_some() && !is_saved;
        let title = match name.title() {
            Some(title) if name.is_unsaved => format!("{title} * \u{2013} cogscope"),
            Some(title) => format!("{title} \u{2013} cogscope"),
            None => "cogscope".to_owned(),
        };
        if title != self.keeping.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.keeping.title = title;
        }
        let session = Session { path: name.path.clone(), is_unsaved: name.is_unsaved, project };
        self.write_session(session);
    }

    /// Changes are looked at a moment after the last command.
    pub(super) fn look_soon(ctx: &egui::Context) {
        ctx.request_repaint_after(INTERVAL);
    }

    fn write_session(&mut self, session: Session) {
        let Some(path) = self.keeping.session_path.clone() else { return };
        if self.keeping.is_writing || self.keeping.session.as_ref() == Some(&session) {
            return;
        }
        let (writer, written) = (Arc::clone(&self.keeping.writer), session.clone());
        let job = Job::quick("Keeping the session", move |_| {
            let _alone = writer.lock().unwrap_or_else(PoisonError::into_inner);
            written.save(&path).map_err(|error| error.to_string())
        });
        let submitted = self.submit_then(job, move |app: &mut Self, result: Result<(), String>| {
            app.keeping.is_writing = false;
            if let Err(reason) = result {
                let text = format!("What is open could not be kept for the next start: {reason}");
                app.document.notices.add(NoticeLevel::Warning, text, None);
            }
        });
        self.keeping.is_writing = submitted.is_some();
        if submitted.is_some() {
            self.keeping.session = Some(session);
        }
    }

    /// What was being written came to no end.
    pub(super) fn forget_writing(&mut self) {
        self.keeping.is_writing = false;
    }

    /// Writes the session now: the window ends.
    pub(super) fn end_session(&mut self) {
        let Some(path) = self.keeping.session_path.clone() else { return };
        let project = self.project_now();
        let session =
            Session { path: self.document.name.path.clone(), is_unsaved: self.has_unsaved_changes(), project };
        if self.keeping.session.as_ref() == Some(&session) && !self.keeping.is_writing {
            return;
        }
        let _alone = self.keeping.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = session.save(&path) {
            tracing::warn!(%error, "session not saved");
        }
    }

    /// Goes on where the last session ended, with these folders and files of it.
    pub(super) fn restore_session(&mut self, session: Session) {
        let Session { project, path, is_unsaved } = session;
        self.keeping.saved = (!is_unsaved).then(|| project.clone());
        self.document.name.path = path;
        self.take_project(project);
    }

    /// Puts a project in the place of what is open.
    fn take_project(&mut self, project: Project) {
        self.forget_document(project.clone());
        let Project {
            sources, map, name_pattern, order, filter, active_targets, targets_beside, plots, tables, ..
        } = project;
        let document = &mut self.document;
        document.plots.clear();
        for settings in plots.unwrap_or_default() {
            document.plots.add(settings);
        }
        document.imagery.catalog.set_name_pattern(name_pattern.and_then(|text| NamePattern::parse(&text).ok()));
        if order != Order::Manual {
            document.imagery.catalog.set_order(order);
        }
        document.targets.set_filter(filter);
        document.targets.prefer(active_targets);
        document.targets.show_beside(targets_beside);
        self.panels.report.restore(&project.report);
        self.panels.table.restore(&project.table);
        self.panels.chips.restore(&project.chips);
        if project.layout.is_some() {
            self.docks = Docks::new(project.layout.as_ref());
        }
        self.fits_while_opening = map.is_none();
        self.panels.map.forget_hand();
        if let Some(map) = map {
            self.panels.map.stand_at(map);
        }
        self.keeping.waits_for_images = true;
        self.view_complete = false;
        self.find_sources(sources);
        self.restore_tables(tables.into_iter().filter(|table| table.is_open).collect());
    }

    /// Opens what is still there; what is not is told. A drive that does not answer holds up no frame.
    fn find_sources(&mut self, sources: Vec<PathBuf>) {
        let job = Job::task("Looking for what was open", move |_| {
            let (there, gone): (Vec<PathBuf>, Vec<PathBuf>) = sources.into_iter().partition(|path| path.exists());
            Ok::<_, String>((there, gone))
        });
        self.submit_then(job, |app: &mut Self, found: Result<(Vec<PathBuf>, Vec<PathBuf>), String>| {
            let (mut there, gone) = found.unwrap_or_default();
            for path in &gone {
                let text = "What was open last is not there any more, or its drive is not connected";
                app.document.notices.add(NoticeLevel::Warning, text, Some(path.clone()));
            }
            let is_nameless = app.document.name.path.is_none();
            if there.is_empty() && is_nameless && app.document.project.tables.iter().all(|table| !table.is_open) {
                there.extend(super::sample_data::find());
                app.document.project.sources.clone_from(&there);
                app.fits_while_opening = true;
            }
            if there.is_empty() {
                app.restore_what_waits();
            } else {
                app.scan(there);
            }
        });
    }

    /// The images are known: arranges, hides and styles them, and reads the pins, as the project says.
    pub(super) fn restore_what_waits(&mut self) {
        if !std::mem::take(&mut self.keeping.waits_for_images) {
            return;
        }
        let document = &mut self.document;
        document.imagery.catalog.arrange_again(&document.project.arrangement);
        document.imagery.restore_entries(&document.project.entries);
        let own_map = document.project.own_map.as_deref().and_then(|path| document.imagery.entry_at(path));
        let pins = document.project.pins.clone();
        for SavedPin { lon_deg, lat_deg } in pins {
            if let Some(position) = LonLat::new(lon_deg, lat_deg) {
                self.pin(position, true);
            }
        }
        if own_map.is_some() {
            self.show_in_own_system(own_map);
        }
    }

    /// There is no project any more.
    pub(super) fn forget_project(&mut self) {
        (self.keeping.saved, self.keeping.waits_for_images) = (None, false);
    }

    /// Opens a project's file, then `also`; asks first if something would be lost.
    pub(super) fn open_project(&mut self, path: PathBuf, also: Vec<PathBuf>) {
        if self.has_something_to_lose() {
            self.panels.unsaved.ask(AfterAsking::Open(path, also));
        } else {
            self.read_project(path, also);
        }
    }

    fn read_project(&mut self, path: PathBuf, also: Vec<PathBuf>) {
        let path = std::path::absolute(&path).unwrap_or(path);
        let read = path.clone();
        let job = Job::task("Opening the project", move |_| load_project(&read).map_err(|error| error.to_string()));
        self.submit_then(job, move |app: &mut Self, found: Result<(Project, Option<String>), String>| match found {
            Ok((project, told)) => {
                if let Some(told) = told {
                    app.document.notices.add(NoticeLevel::Warning, told, Some(path.clone()));
                }
                app.document.settings.remember(&path);
                app.keeping.saved = Some(project.clone());
                app.document.name.path = Some(path);
                app.take_project(project);
                app.save_settings();
                app.open_paths(also);
            }
            Err(reason) => app.document.notices.add(NoticeLevel::Error, reason, None),
        });
    }

    /// Closes the project and all that is open.
    pub(super) fn new_project(&mut self) {
        if self.has_something_to_lose() {
            self.panels.unsaved.ask(AfterAsking::New);
        } else {
            self.close_all();
        }
    }

    /// Saves the project under its name; asks for one where it has none.
    pub(super) fn save_project(&mut self) {
        match self.document.name.path.clone() {
            Some(path) => self.save_project_to(path, None),
            None => self.ask(Ask::SaveProject),
        }
    }

    /// Saves the project under a path, then does what waits for that.
    pub(super) fn save_project_to(&mut self, path: PathBuf, then: Option<AfterAsking>) {
        let path = std::path::absolute(&path).unwrap_or(path);
        let path = if is_project_path(&path) {
            path
        } else {
            let mut name = path.into_os_string();
            name.push(".");
            name.push(PROJECT_ENDING);
            PathBuf::from(name)
        };
        let project = self.project_now();
        let (target, written) = (path.clone(), project.clone());
        let job = Job::task("Saving the project", move |_| {
            save_project(&target, &written).map_err(|error| error.to_string())
        });
        self.submit_then(job, move |app: &mut Self, saved: Result<(), String>| match saved {
            Ok(()) => {
                app.document.settings.remember(&path);
                app.keeping.saved = Some(project);
                app.keeping.looked = None;
                app.document.notices.add(NoticeLevel::Info, "Saved", Some(path.clone()));
                app.document.name.path = Some(path);
                app.save_settings();
                if let Some(then) = then {
                    app.go_on(then);
                }
            }
            Err(reason) => {
                app.document.notices.add(NoticeLevel::Error, format!("The project was not saved: {reason}"), None);
            }
        });
    }

    /// The answer to the question whether to save.
    pub(super) fn leave(&mut self, saves: bool, then: AfterAsking) {
        match (saves, self.document.name.path.clone()) {
            (true, Some(path)) => self.save_project_to(path, Some(then)),
            (true, None) => self.ask(Ask::SaveProjectThen(then)),
            (false, _) => self.go_on(then),
        }
    }

    fn go_on(&mut self, then: AfterAsking) {
        match then {
            AfterAsking::Open(path, also) => self.read_project(path, also),
            AfterAsking::New => self.close_all(),
            AfterAsking::Quit => self.keeping.may_close = true,
        }
    }

    /// The user wants to end the program; asks first if a project with a name would be left behind its file.
    pub(super) fn quit(&mut self) {
        if self.has_unsaved_changes() {
            self.panels.unsaved.ask(AfterAsking::Quit);
        } else {
            self.keeping.may_close = true;
        }
    }

    /// Ends the program without a question: what is not in the project's file is kept with the session.
    pub(super) fn quit_unasked(&mut self) {
        self.keeping.may_close = true;
    }

    /// Keeps the window open while it is asked whether to save; closes it when that is settled.
    fn keep_open(&mut self, ctx: &egui::Context) {
        if self.keeping.may_close {
            if !ctx.input(|input| input.viewport().close_requested()) {
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        } else if ctx.input(|input| input.viewport().close_requested()) && self.has_unsaved_changes() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.panels.unsaved.ask(AfterAsking::Quit);
        }
    }
}
