//! Running commands: the only place where a user's wish changes the document. An arm longer than a few lines belongs to
//! the module that owns the matter.

use super::dialogs::Ask;
use super::{CogscopeApp, set_theme};
use crate::document::{MapPosition, NoticeLevel};
use crate::geo::{BoundingBox, mercator_from_lon_lat};
use crate::jobs::Job;
use crate::library::EntryId;
use crate::targets::{SelectMode, TargetFilter, TargetId, TargetSet};
use crate::ui::{Command, Docks, Pane, THUMBNAIL_PIXELS};
use std::sync::Arc;

/// A target is looked at from at least this near.
const TARGET_ZOOM: f64 = 13.0;

impl CogscopeApp {
    pub(super) fn apply_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::AskForFolder => self.ask(Ask::Folder),
            Command::AskForFiles => self.ask(Ask::Files),
            Command::OpenPaths(paths) => self.open_paths(paths),
            Command::CloseAll => self.close_all(),
            Command::CloseFolder(folder) => self.close_folder(&folder),
            Command::ChooseEntry(entry) => self.document.imagery.chosen = entry,
            Command::ZoomToEntry(id) => self.zoom_to_entry(id),
            Command::ShowAlone(entry) => self.document.imagery.catalog.set_solo(entry),
            Command::SetHidden { entry, hidden } => self.document.imagery.catalog.set_hidden(entry, hidden),
            Command::ToggleChosen => self.toggle_chosen(),
            Command::SetOrder(order) => self.document.imagery.catalog.set_order(order),
            Command::GroupEntries(entries) => self.group(&entries),
            Command::SplitScene(scene) => {
                self.document.imagery.catalog.split(scene);
            }
            Command::WantThumbnail(id) => self.make_thumbnail(id),
            Command::SetStyle { scope, style } => self.document.set_style(&scope, &style),
            Command::ResetStyle(scope) => self.document.reset_style(&scope),
            Command::ApplyPreset(index) => self.apply_preset(ctx, index),
            Command::StretchToView => self.stretch_to_view(),
            Command::WantTiles(wants) => self.jobs.want_tiles(&wants),
            Command::PointAt(position) => self.point_at(position),
            Command::Pin { position, keep_others } => self.pin(position, keep_others),
            Command::RemovePin(id) => self.document.pins.retain(|pin| pin.id != id),
            Command::MapMoved(position) => self.document.project.map = Some(position),
            Command::FlyTo(position) => self.panels.map.fly_to(position),
            Command::ZoomBy(levels) => self.panels.map.zoom_by(levels),
            Command::FitAll => self.fit_all(),
            Command::CancelJob(id) => self.cancel(id),
            Command::Select { mode, targets } => self.document.select(mode, &targets),
            Command::ZoomToSelection => self.zoom_to_selection(),
            Command::FilterToSelection => self.filter_to_selection(),
            Command::FlyToTarget(id) => self.fly_to_target(id),
            Command::StepTarget { forward } => self.step_target(forward),
            Command::SetFilter(filter) => self.document.set_filter(filter),
            Command::ChooseTargets(index) => {
                self.follow_review();
                let before = self.document.targets.set().cloned();
                self.document.targets.choose(index);
                self.targets_changed(before.as_ref());
            }
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::AddPlot => self.add_plot(),
            Command::RemovePlot(plot) => self.remove_plot(plot),
            Command::SetPlot { plot, settings } => self.set_plot(plot, *settings),
            Command::SaveQuery(query) => self.save_query(query),
            Command::WantDensity(want) => self.count_density(*want),
            Command::WantChips(wanted) => self.want_chips(&wanted),
            Command::AddPixelColumn { text, side_px } => self.add_pixel_column(&text, side_px),
            Command::Audit => self.audit(),
            Command::SetReviewing(on) => self.document.is_reviewing = on,
            Command::Review(verdict) => self.give_verdict(verdict.as_ref()),
            Command::AskRelabel => self.panels.relabel.open(),
            Command::Save(wish) => self.ask_where(*wish),
            Command::SaveTo { wish, path } => self.save_to(*wish, path),
            Command::SetClassColor { class, color } => {
                self.document.project.class_colors.insert(class, color);
                self.document.targets.recolor(&self.document.project.class_colors);
            }
            Command::FocusTargetFilter => {
                self.docks.bring_to_front(Pane::Targets);
                self.panels.targets.focus_filter();
            }
            Command::Clear if self.panels.close_what_lies_above() => {}
            Command::Clear => {
                self.document.clear_selection();
                self.document.pins.clear();
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
            Command::ToggleHelp => self.panels.help.open = !self.panels.help.open,
            Command::FocusGoTo => self.panels.go_to.focus(),
            Command::ToggleNotices => {
                self.panels.notices.open = !self.panels.notices.open;
                self.document.notices.mark_read();
            }
            Command::ClearNotices => self.document.notices.clear(),
            Command::Copy(text) => ctx.copy_text(text),
            Command::Reveal(path) => {
                let reveal = Job::task("Show in the file manager", move |_| super::reveal::reveal(&path));
                self.submit(reveal);
            }
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
            self.document.select(SelectMode::Replace, &[next]);
            self.fly_to_target(next);
        }
    }

    /// Flies to where all selected targets are seen.
    fn zoom_to_selection(&mut self) {
        let targets = &self.document.targets;
        if let Some(single) = targets.selection().single() {
            return self.fly_to_target(single);
        }
        let positions = targets.selection().iter().filter_map(|id| targets.set()?.position(id));
        let places = positions.map(|at| mercator_from_lon_lat(at.lon_deg(), at.lat_deg()));
        if let Some(bounds) = BoundingBox::around(places) {
            self.panels.map.fly_to_bounds(&bounds);
        }
    }

    /// Shows the selected targets only.
    fn filter_to_selection(&mut self) {
        let targets = &self.document.targets;
        if !targets.selection().is_empty() {
            let only = Some(Arc::new(targets.selection().clone()));
            let filter = TargetFilter { only, ..targets.filter().clone() };
            self.document.set_filter(filter);
        }
    }

    fn undo(&mut self) {
        if self.document.undo().is_none() {
            self.document.notices.add(NoticeLevel::Info, "There is nothing to undo", None);
        }
    }

    fn redo(&mut self) {
        if self.document.redo().is_none() {
            self.document.notices.add(NoticeLevel::Info, "There is nothing to do again", None);
        }
    }

    /// Another file's targets may be on the map than `before`.
    pub(super) fn targets_changed(&mut self, before: Option<&Arc<TargetSet>>) {
        self.document.targets.recolor(&self.document.project.class_colors);
        let is_same = match (before, self.document.targets.set()) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.document.history.forget_targets();
            self.load_review();
        }
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        let near = self.document.settings.recent.first().cloned();
        if let Err(complaint) = self.dialogs.open(ask, near) {
            self.document.notices.add(NoticeLevel::Error, complaint, None);
        }
    }

    fn zoom_to_entry(&mut self, id: EntryId) {
        let bounds = self.document.imagery.catalog.entry(id).and_then(|entry| entry.bounds_mercator());
        if let Some(bounds) = bounds {
            self.panels.map.fly_to_bounds(&bounds);
        } else {
            let text = "This image has no place on the map";
            self.document.notices.add(NoticeLevel::Warning, text, None);
        }
    }

    fn toggle_chosen(&mut self) {
        let imagery = &mut self.document.imagery;
        if let Some(id) = imagery.chosen {
            let hidden = imagery.catalog.is_hidden(id);
            imagery.catalog.set_hidden(id, !hidden);
        }
    }

    fn group(&mut self, entries: &[EntryId]) {
        let catalog = &mut self.document.imagery.catalog;
        let name = entries.first().and_then(|id| catalog.entry(*id)).map(|entry| entry.name().to_owned());
        let scene = catalog.group(entries, &name.unwrap_or_default());
        self.document.imagery.chosen = scene.map(EntryId::Scene);
    }

    fn make_thumbnail(&mut self, id: EntryId) {
        let imagery = &self.document.imagery;
        if let (Some(entry), Some(style)) = (imagery.catalog.entry(id), imagery.style(id)) {
            let job = Job::Thumbnail { entry: id, source: entry.source(), style, size: THUMBNAIL_PIXELS };
            self.submit(job);
        }
    }
}
