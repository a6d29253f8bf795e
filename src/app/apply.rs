//! Running commands: the only place where a user's wish changes the document. An arm longer than a few lines belongs to
//! the module that owns the matter.

use super::dialogs::Ask;
use super::{CogscopeApp, set_theme};
use crate::document::{Document, NoticeLevel};
use crate::ui::{Command, Docks};
use std::path::PathBuf;

impl CogscopeApp {
    pub(super) fn apply_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::AskForFolder => self.ask(Ask::Folder),
            Command::AskForFiles => self.ask(Ask::Files),
            Command::OpenPaths(paths) => self.open_paths(paths),
            Command::CloseAll => {
                let Document { settings, notices, .. } = std::mem::take(&mut self.document);
                self.document = Document { settings, notices, ..Document::default() };
            }
            Command::FlyTo(position) | Command::MapMoved(position) => self.document.project.map = Some(position),
            Command::FitAll | Command::ZoomBy(_) | Command::CancelJob(_) => {}
            Command::Clear => {
                self.panels.notices.open = false;
            }
            Command::ShowPane(pane) => self.docks.bring_to_front(pane),
            Command::ResetLayout => self.docks = Docks::new(None),
            Command::SetTheme(theme) => {
                self.document.settings.theme = theme;
                set_theme(ctx, theme);
                self.save_settings();
            }
            Command::TogglePalette => self.panels.palette.toggle(),
            Command::FocusGoTo => self.panels.go_to.focus(),
            Command::ToggleNotices => {
                self.panels.notices.open = !self.panels.notices.open;
                self.document.notices.mark_read();
            }
            Command::ClearNotices => self.document.notices.clear(),
            Command::Copy(text) => ctx.copy_text(text),
            Command::Reveal(_path) => {}
            Command::ToggleFullScreen => {
                let full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    fn ask(&mut self, ask: Ask) {
        let near = self.document.settings.recent.first().cloned();
        if let Err(complaint) = self.dialogs.open(ask, near) {
            self.document.notices.add(NoticeLevel::Error, complaint, None);
        }
    }

    fn open_paths(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            self.document.settings.remember(&path);
            if !self.document.project.sources.contains(&path) {
                self.document.project.sources.push(path);
            }
        }
        self.save_settings();
    }
}
