//! Running commands: the only place where a user's wish changes the document. An arm longer than a few lines belongs to
//! the module that owns the matter.

use super::dialogs::Ask;
use super::{CogscopeApp, set_theme};
use crate::document::{Document, MapPosition, NoticeLevel};
use crate::targets::{SelectMode, TargetId};
use crate::ui::{Command, Docks, Pane};
use std::path::PathBuf;

/// A target is looked at from at least this near.
const TARGET_ZOOM: f64 = 13.0;

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
            Command::MapMoved(position) => self.document.project.map = Some(position),
            Command::FlyTo(position) => self.panels.map.fly_to(position),
            Command::ZoomBy(levels) => self.panels.map.zoom_by(levels),
            Command::FitAll | Command::CancelJob(_) => {}
            Command::Select { mode, targets } => self.document.targets.select(mode, &targets),
            Command::FlyToTarget(id) => self.fly_to_target(id),
            Command::StepTarget { forward } => self.step_target(forward),
            Command::SetFilter(filter) => self.document.targets.set_filter(filter),
            Command::ChooseTargets(index) => self.document.targets.choose(index),
            Command::SetClassColor { class, color } => {
                self.document.project.class_colors.insert(class, color);
            }
            Command::FocusTargetFilter => {
                self.docks.bring_to_front(Pane::Targets);
                self.panels.targets.focus_filter();
            }
            Command::Clear => {
                self.document.targets.clear_selection();
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

    /// Flies to a target, near enough to see what it is, never farther away than the map is now.
    fn fly_to_target(&mut self, id: TargetId) {
        let position = self.document.targets.set().and_then(|set| set.position(id));
        if let Some(position) = position {
            let zoom = self.panels.map.viewport().zoom.max(TARGET_ZOOM);
            let (lon_deg, lat_deg) = (position.lon_deg(), position.lat_deg());
            self.panels.map.fly_to(MapPosition { lon_deg, lat_deg, zoom });
        }
    }

    fn step_target(&mut self, forward: bool) {
        if let Some(next) = self.document.targets.neighbour(forward) {
            self.document.targets.select(SelectMode::Replace, &[next]);
            self.fly_to_target(next);
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
