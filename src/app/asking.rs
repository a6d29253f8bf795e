//! Asking for paths: by the system's file dialogs, or, where there are none and where somebody prefers it, by a field to type in.

use super::CogscopeApp;
use super::dialogs::Ask;
use crate::document::{NoticeLevel, is_project_path};
use crate::jobs::Job;
use crate::ui::{Command, ImportWish, PathQuestion};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const NO_DIALOG: &str =
    "There is no file dialog on this machine (install zenity or a desktop portal): type or paste the path";

/// What a path is being typed for.
pub(super) struct AskedPath {
    ask: Ask,
    /// It is there, and may be replaced: that was said.
    may_replace: Option<PathBuf>,
}

impl CogscopeApp {
    /// Opens a dialog.
    pub(super) fn ask(&mut self, ask: Ask) {
        let near = self.near();
        if let Err(complaint) = self.dialogs.open(ask, near) {
            self.document.notices.add(NoticeLevel::Error, complaint, None);
        }
    }

    /// The folder that was opened last.
    fn near(&self) -> Option<PathBuf> {
        let near = self.document.settings.recent.first().cloned();
        near.map(|path| if is_project_path(&path) { folder_of(path) } else { path })
    }

    /// There is no dialog: the path is typed.
    pub(super) fn ask_without_dialog(&mut self, ask: Ask) {
        self.document.notices.add(NoticeLevel::Warning, NO_DIALOG, None);
        self.ask_for_path(ask, NO_DIALOG.to_owned());
    }

    /// Asks for a path to be typed; `note` says why.
    pub(super) fn ask_for_path(&mut self, ask: Ask, note: String) {
        let near = self.near().unwrap_or_default();
        let begin = ask.file_name().map(|name| near.join(name).display().to_string()).unwrap_or_default();
        let title = if ask == Ask::Files { "Open a path" } else { ask.title() }.to_owned();
        self.asked_path = Some(AskedPath { ask, may_replace: None });
        self.panels.open_path.ask(PathQuestion { title, begin, note });
    }

    /// What was typed. What would replace a file is asked once more.
    pub(super) fn take_typed_path(&mut self, path: PathBuf) {
        let Some(asked) = self.asked_path.take() else { return };
        let path = std::path::absolute(&path).unwrap_or(path);
        if asked.ask.replaces() && asked.may_replace.as_ref() != Some(&path) {
            let looked_at = path.clone();
            let job = Job::quick("Looking whether the file is there", move |_| Ok::<_, String>(looked_at.exists()));
            self.submit_then(job, move |app: &mut Self, is_there: Result<bool, String>| {
                if is_there == Ok(false) {
                    app.take_answer(asked.ask, vec![path]);
                } else {
                    app.ask_whether_to_replace(asked.ask, path);
                }
            });
            return;
        }
        self.take_answer(asked.ask, vec![path]);
    }

    fn ask_whether_to_replace(&mut self, ask: Ask, path: PathBuf) {
        let (title, begin) = (ask.title().to_owned(), path.display().to_string());
        let note = "This file is there already: OK replaces it".to_owned();
        self.panels.open_path.ask(PathQuestion { title, begin, note });
        self.asked_path = Some(AskedPath { ask, may_replace: Some(path) });
    }

    /// Goes on with what was chosen.
    pub(super) fn take_answer(&mut self, ask: Ask, paths: Vec<PathBuf>) {
        let first = paths.first().cloned();
        match (ask, first) {
            (Ask::Folder | Ask::Files, _) => self.commands.push(Command::OpenPaths(paths)),
            (Ask::Save(wish), Some(path)) => self.commands.push(Command::SaveTo { wish, path }),
            (Ask::Project, Some(path)) => self.commands.push(Command::OpenPaths(vec![path])),
            (Ask::SaveProject, Some(path)) => self.commands.push(Command::SaveProjectTo(path)),
            (Ask::SaveProjectThen(then), Some(path)) => self.save_project_to(path, Some(then)),
            (_, None) => {}
            (Ask::ImportFile, Some(path)) => self.import(ImportWish::Read(path)),
            (Ask::ImportStore, Some(path)) => self.import(ImportWish::IntoFile(path)),
            (Ask::SetAside, Some(path)) => self.import(ImportWish::SetAsideIn(path)),
            (Ask::Template, Some(path)) => self.read_template(path),
            (Ask::SaveHtml, Some(path)) => self.commands.push(Command::SaveReport { path, is_html: true }),
            (Ask::SaveMarkdown, Some(path)) => self.commands.push(Command::SaveReport { path, is_html: false }),
        }
    }

    /// Looks which recent paths are there; a drive that does not answer holds up no frame.
    pub(super) fn look_at_recent(&mut self) {
        let recent = self.document.settings.recent.clone();
        let job = Job::task("Looking for recent folders", move |_| {
            Ok::<BTreeSet<PathBuf>, String>(recent.into_iter().filter(|path| !path.exists()).collect())
        });
        self.submit_then(job, |app: &mut Self, missing: Result<BTreeSet<PathBuf>, String>| {
            app.document.missing_recent = missing.unwrap_or_default();
        });
    }

    /// Forgets recent paths.
    pub(super) fn forget_recent(&mut self, paths: &[PathBuf]) {
        self.document.settings.recent.retain(|path| !paths.contains(path));
        self.document.missing_recent.retain(|path| !paths.contains(path));
        self.save_settings();
    }
}

fn folder_of(path: PathBuf) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or(path)
}
