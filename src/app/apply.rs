//! Running commands: the only place where a user's wish changes the document. An arm longer than a few lines belongs to
//! the module that owns the matter.

use super::dialogs::Ask;
use super::{CogscopeApp, set_theme};
use crate::document::{MapPosition, NoticeLevel};
use crate::geo::{BoundingBox, LonLat, mercator_from_lon_lat};
use crate::jobs::Job;
use crate::library::{EntryId, NamePattern};
use crate::targets::{SelectMode, TargetFilter, TargetId, TargetSet};
use crate::ui::{Command, Docks, Pane, THUMBNAIL_PIXELS};
use std::sync::Arc;

/// A target is looked at from at least this near.
pub(super) const TARGET_ZOOM: f64 = 13.0;

impl CogscopeApp {
    pub(super) fn apply_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::AskForFolder => self.ask(Ask::Folder),
            Command::AskForFiles => self.ask(Ask::Files),
            Command::AskForPath => self.ask_for_path(Ask::Files, String::new()),
            Command::TakeTypedPath(path) => self.take_typed_path(path),
            Command::LookAtRecent => self.look_at_recent(),
            Command::ForgetRecent(paths) => self.forget_recent(&paths),
            Command::OpenPaths(paths) => self.open_paths(paths),
            Command::ReadAgain(path) => self.read_again(path),
            Command::NewProject => self.new_project(),
            Command::AskForProject => self.ask(Ask::Project),
            Command::SaveProject => self.save_project(),
            Command::AskToSaveProject => self.ask(Ask::SaveProject),
            Command::SaveProjectTo(path) => self.save_project_to(path, None),
            Command::Leave { saves, then } => self.leave(saves, then),
            Command::StartServer(wish) => self.start_server(wish),
            Command::StopServer => self.stop_server(),
            Command::ToggleServer => self.toggle_server(),
            Command::OpenConnect => {
                // One dialog in the middle at a time.
                self.panels.import.open = false;
                self.panels.connect.show(None);
            }
            Command::ConnectServer { login, keeps_password, shows } => {
                self.connect_server(*login, keeps_password, shows);
            }
            Command::ForgetPassword(address) => self.forget_password(*address),
            Command::Import(wish) => self.import(*wish),
            Command::DescribeTable { address, table } => self.describe_table(*address, table),
            Command::LoadTable { address, table, mapping } => {
                self.load_table(*address, table, mapping.map(|mapping| *mapping));
            }
            Command::CloseFolder(folder) => self.close_folder(&folder),
            Command::ChooseEntry(entry) => self.document.imagery.chosen = entry,
            Command::ZoomToEntry(id) => self.zoom_to_entry(id),
            Command::ShowInOwnSystem(entry) => self.show_in_own_system(entry),
            Command::ShowAlone(entry) => self.document.imagery.catalog.set_solo(entry),
            Command::SetHidden { entry, hidden } => self.document.imagery.catalog.set_hidden(entry, hidden),
            Command::ToggleChosen => self.toggle_chosen(),
            Command::SetOrder(order) => self.document.imagery.catalog.set_order(order),
            Command::MoveEntry { entry, place } => self.document.imagery.catalog.move_to(entry, place),
            Command::GroupEntries(entries) => self.group(&entries),
            Command::SplitScene(scene) => {
                self.document.imagery.catalog.split(scene);
            }
            Command::TakeOut { scene, image } => {
                self.document.imagery.catalog.take_out(scene, image);
            }
            Command::NameBand { scene, band, name } => {
                self.document.imagery.catalog.name_band(scene, band, &name);
            }
            Command::SetNamePattern(pattern) => self.group_by_pattern(pattern),
            Command::WantThumbnail(id) => self.make_thumbnail(id),
            Command::SetStyle { scope, style } => self.document.set_style(&scope, &style),
            Command::ResetStyle(scope) => self.document.reset_style(&scope),
            Command::ApplyPreset(index) => self.apply_preset(ctx, index),
            Command::StretchToView => self.stretch_to_view(),
            Command::WantTiles(wants) => self.jobs.want_tiles(&wants),
            Command::PointAt(position) => self.point_at(position),
            Command::Pin { position, keep_others } => self.pin(position, keep_others),
            Command::RemovePins => self.document.pins.clear(),
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
            Command::WantPage(want) => self.want_page(*want),
            Command::GoToKey { key, position } => self.go_to_key(key, position),
            Command::StepTarget { forward } => self.step_target(forward),
            Command::SetFilter(filter) => self.document.set_filter(filter),
            Command::ChooseTargets(index) => {
                self.follow_review();
                let before = self.document.targets.set().cloned();
                self.document.targets.choose(index);
                self.targets_changed(before.as_ref());
            }
            Command::SetBeside { source, is_beside } => self.document.targets.set_beside(source, is_beside),
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
            Command::KeepReviewIn(place) => self.keep_review_in(place),
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
            Command::MakeReport(wish) => self.make_report(*wish),
            Command::AskForTemplate => self.ask(Ask::Template),
            Command::AskToSaveReport { is_html } => self.ask_to_save_report(is_html),
            Command::SaveReport { path, is_html } => self.save_report(path, is_html),
            Command::GoToTargets(targets) => self.go_to_targets(&targets),
            Command::GoToRows { table, rows, mode } => self.go_to_rows(table, rows, mode),
            Command::FlyToArea(area) => self.panels.map.fly_to_bounds(&area),
            Command::LeaveForm => {
                self.panels.library.close_form();
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
            Command::ToggleHelp => self.panels.help.toggle(),
            Command::ShowHelp(page) => self.panels.help.show(page),
            Command::CopyBugReport => ctx.copy_text(self.bug_report(ctx)),
            Command::Scale(scaling) => self.scale(ctx, scaling),
            Command::FocusRegion { forward } => self.panels.regions.go(ctx, forward),
            Command::PinMiddle => self.pin_middle(),
            Command::SelectInView => self.panels.map.select_seen(),
            Command::FocusGoTo => self.panels.go_to.focus(),
            Command::ToggleNotices => {
                self.panels.notices.open = !self.panels.notices.open;
                self.document.notices.mark_read();
            }
            Command::ClearNotices => self.document.notices.clear(),
            Command::DismissCrash => self.dismiss_crash(),
            Command::Copy(text) => ctx.copy_text(text),
            Command::CopyRows(ids, columns) => self.copy_rows(ctx, &ids, &columns),
            Command::SortTargets(want) => self.sort_targets(want),
            Command::Reveal(path) => {
                let reveal = Job::task("Show in the file manager", move |_| super::reveal::reveal(&path));
                self.submit(reveal);
            }
            Command::ToggleFullScreen => {
                let full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            Command::Quit => self.quit(),
        }
    }

    /// Flies to a target, near enough to see what it is, never farther away than the map is now.
    fn fly_to_target(&mut self, id: TargetId) {
        let position = self.document.targets.set().and_then(|set| set.position(id));
        if let Some(position) = position {
            let zoom = self.panels.map.viewport().zoom.max(TARGET_ZOOM);
            let (lon_deg, lat_deg) = (position.lon_deg(), position.lat_deg());
            self.panels.map.fly_to(MapPosition { lon_deg, lat_deg, zoom });
            self.choose_image_at(position);
        }
    }

    /// The panels show the image that is on top where one flies to, not one that lies elsewhere.
    fn choose_image_at(&mut self, position: LonLat) {
        let imagery = &mut self.document.imagery;
        let at = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let there =
            BoundingBox::new(at.x, at.y, at.x, at.y).map(|at| imagery.catalog.shown_in(&at)).unwrap_or_default();
        if !imagery.chosen.is_some_and(|chosen| there.contains(&chosen)) {
            imagery.chosen = there.first().copied().or(imagery.chosen);
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
        if targets.selected_shown() > 0 {
            let only = Some(Arc::new(targets.shown_selection().into_iter().collect()));
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

    fn zoom_to_entry(&mut self, id: EntryId) {
        if let Some(own) = self.document.imagery.own_map.as_ref().filter(|own| own.entry == id) {
            self.panels.map.fly_to_bounds(&own.bounds);
            return;
        }
        let bounds = self.document.imagery.catalog.entry(id).and_then(|entry| entry.bounds_mercator());
        if bounds.is_some() {
            self.show_in_own_system(None);
        }
        if let Some(bounds) = bounds {
            self.panels.map.fly_to_bounds(&bounds);
        } else {
            self.show_in_own_system(Some(id));
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

    fn group_by_pattern(&mut self, pattern: Option<String>) {
        match pattern.as_deref().map(NamePattern::parse).transpose() {
            Ok(parsed) => {
                self.document.imagery.catalog.set_name_pattern(parsed);
                self.document.imagery.chosen = None;
                self.document.project.name_pattern = pattern;
                self.panels.library.forget_thumbnails();
            }
            Err(error) => {
                let text = format!("The files stay grouped as they are: {error}");
                self.document.notices.add(NoticeLevel::Warning, text, None);
            }
        }
    }

    fn make_thumbnail(&mut self, id: EntryId) {
        let imagery = &self.document.imagery;
        if let (Some(entry), Some(style)) = (imagery.catalog.entry(id), imagery.style(id)) {
            let job = Job::Thumbnail { entry: id, source: entry.source(), style, size: THUMBNAIL_PIXELS };
            self.submit(job);
        }
    }
}
