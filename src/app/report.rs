//! Reports: made by a job from what the document holds, written to a file by another; and the way from a report to its targets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::CogscopeApp;
use super::dialogs::Ask;
use crate::db::Table;
use crate::document::{NoticeLevel, PlotData};
use crate::geo::LonLat;
use crate::jobs::{Job, JobEvent, JobId, TaskResult};
use crate::report::output::{hash_files, write_html, write_markdown};
use crate::report::page::{Report, TargetRef, targets_of};
use crate::targets::{SelectMode, TargetId, TargetSet};
use crate::ui::{Command, MadeReport, ReportSource, ReportWish};

/// A template's text is no larger than this.
const MOST_TEMPLATE_BYTES: u64 = 4 << 20;

/// What a task of this file returns.
enum Done {
    /// A report; `None` if it was stopped.
    Made(Option<Box<MadeReport>>),
    /// A file was written.
    Written(PathBuf),
    /// A template was read: its text and what to call it.
    Template(String, String),
}

impl CogscopeApp {
    /// Starts to make a report; one that is being made is stopped.
    pub(super) fn make_report(&mut self, wish: ReportWish) {
        if let Some(older) = self.panels.report.job() {
            self.jobs.cancel(JobId(older));
        }
        let source = ReportSource::of(&self.document);
        let job = Job::task("Report", move |context| {
            let store = wish.store.as_ref().map(|address| context.store(address)).transpose();
            let store = store.map_err(|error| error.to_string())?;
            let is_cancelled = || context.is_cancelled();
            let made = wish.make(source, store.as_deref(), context.block_cache(), &is_cancelled)?;
            Ok::<_, String>(Done::Made(made.map(Box::new)))
        });
        if let Some(id) = self.submit(job) {
            self.panels.report.started(id.0);
        }
    }

    /// Asks where the report that is shown is to be written.
    pub(super) fn ask_to_save_report(&mut self, is_html: bool) {
        if self.panels.report.report().is_some() {
            self.ask(if is_html { Ask::SaveHtml } else { Ask::SaveMarkdown });
        }
    }

    /// Offers a template from a file.
    pub(super) fn read_template(&mut self, path: PathBuf) {
        let job = Job::task("Template", move |_| read_template(&path));
        self.submit(job);
    }

    /// Writes the report that is shown, with the hashes of its files.
    pub(super) fn save_report(&mut self, path: PathBuf, is_html: bool) {
        let Some(report) = self.panels.report.report().map(Arc::clone) else { return };
        let job = Job::task("Writing the report", move |context| {
            let mut report = Report::clone(&report);
            let goes_on = |done, count| {
                context.set_progress(done, Some(count));
                !context.is_cancelled()
            };
            if !hash_files(&mut report, &goes_on) {
                return Err("stopped".to_owned());
            }
            let written = if is_html { write_html(&report, &path) } else { write_markdown(&report, &path) };
            written.map(|()| Done::Written(path)).map_err(|error| error.to_string())
        });
        self.submit(job);
    }

    /// Takes what belongs to this file out of the end of a task; the rest is handed back.
    pub(super) fn take_report_event(&mut self, event: JobEvent) -> Option<JobEvent> {
        let is_own = |job: JobId| self.panels.report.job() == Some(job.0);
        match event {
            JobEvent::Cancelled { job, .. } if is_own(job) => {
                self.panels.report.receive(None);
                None
            }
            JobEvent::TaskFinished { job, label, result } => self.take_done(job, label, result),
            other => Some(other),
        }
    }

    fn take_done(&mut self, job: JobId, label: String, result: TaskResult) -> Option<JobEvent> {
        let is_own = self.panels.report.job() == Some(job.0);
        match result {
            Err(reason) if is_own => self.panels.report.receive(Some(Err(reason))),
            Err(reason) => return Some(JobEvent::TaskFinished { job, label, result: Err(reason) }),
            Ok(value) => match value.downcast::<Done>().map(|done| *done) {
                Err(other) => return Some(JobEvent::TaskFinished { job, label, result: Ok(other) }),
                // A report that was stopped for a newer one is of no interest.
                Ok(Done::Made(made)) if is_own => self.panels.report.receive(made.map(|made| Ok(*made))),
                Ok(Done::Made(_)) => {}
                Ok(Done::Written(path)) => {
                    self.document.notices.add(NoticeLevel::Info, "The report was written", Some(path));
                }
                Ok(Done::Template(text, name)) => self.panels.report.add_template(&text, &name),
            },
        }
        None
    }

    /// Selects targets that a report names and shows them on the map; those that aren't on the map are shown by their place.
    pub(super) fn go_to_targets(&mut self, wanted: &[TargetRef]) {
        let found = self.document.targets.set().map(|set| find(set, wanted)).unwrap_or_default();
        match found.as_slice() {
            [] => {
                if let Some(position) = wanted.iter().find_map(|target| target.position) {
                    self.fly_to_place(position);
                }
            }
            [only] => {
                let only = *only;
                self.document.select(SelectMode::Replace, &[only]);
                self.commands.push(Command::FlyToTarget(only));
            }
            several => {
                self.document.select(SelectMode::Replace, several);
                let set = self.document.targets.set();
                let places = several.iter().filter_map(|id| set.and_then(|set| set.position(*id)));
                let places = places.map(|place| crate::geo::mercator_from_lon_lat(place.lon_deg(), place.lat_deg()));
                if let Some(bounds) = crate::geo::BoundingBox::around(places) {
                    self.panels.map.fly_to_bounds(&bounds);
                }
            }
        }
    }

    /// Selects the targets that rows of an answer stand for: by their keys, else by class and image, else by their places.
    pub(super) fn go_to_rows(&mut self, table: Arc<Table>, rows: Vec<u32>, mode: SelectMode) {
        let Some(set) = self.document.targets.set().map(Arc::clone) else { return };
        let (of, answer) = (Arc::clone(&set), Arc::clone(&table));
        let wanted = rows.clone();
        let job = Job::quick("Finding targets", move |_| {
            Ok::<_, String>(PlotData::of_answer(Table::clone(&answer), &of).targets(&wanted))
        });
        self.submit_then(job, move |app: &mut Self, found: Result<Vec<TargetId>, String>| {
            let is_current =
                app.document.targets.set().is_some_and(|now| Arc::ptr_eq(now.positions(), set.positions()));
            match found.unwrap_or_default() {
                ids if is_current && !ids.is_empty() => {
                    app.document.select(mode, &ids);
                    app.commands.push(Command::ZoomToSelection);
                }
                _ => {
                    let rows = rows.iter().filter_map(|row| usize::try_from(*row).ok());
                    app.go_to_targets(&targets_of(&table, rows));
                }
            }
        });
    }

    fn fly_to_place(&mut self, position: LonLat) {
        let zoom = self.panels.map.viewport().zoom.max(super::apply::TARGET_ZOOM);
        let (lon_deg, lat_deg) = (position.lon_deg(), position.lat_deg());
        self.panels.map.fly_to(crate::document::MapPosition { lon_deg, lat_deg, zoom });
    }
}

/// The targets by their keys, else by their places.
fn find(set: &TargetSet, wanted: &[TargetRef]) -> Vec<TargetId> {
    let mut by_key: FxHashMap<String, TargetId> = FxHashMap::default();
    let mut by_place: FxHashMap<[u64; 2], TargetId> = FxHashMap::default();
    let place = |position: LonLat| [position.lon_deg().to_bits(), position.lat_deg().to_bits()];
    for id in set.ids() {
        let Some(target) = set.target(id) else { continue };
        if !target.key.is_null() {
            by_key.entry(target.key.to_string()).or_insert(id);
        }
        by_place.entry(place(target.position)).or_insert(id);
    }
    let of = |target: &TargetRef| {
        let key = target.key.as_ref().and_then(|key| by_key.get(key));
        key.or_else(|| by_place.get(&place(target.position?))).copied()
    };
    wanted.iter().filter_map(of).collect()
}

fn read_template(path: &Path) -> Result<Done, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = std::fs::metadata(path).map_err(told)?.len();
    if bytes > MOST_TEMPLATE_BYTES {
        return Err(format!("{}: {bytes} bytes are too many for a template", path.display()));
    }
    let text = std::fs::read_to_string(path).map_err(told)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Done::Template(text, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, ColumnData, ReadTable};
    use crate::targets::Mapping;

    #[test]
    fn targets_are_found_by_key_before_place() {
        let ids = Column::new("id", ColumnData::Integer(vec![Some(7), Some(8)]));
        let lon = Column::new("lon", ColumnData::Real(vec![Some(1.0), Some(2.0)]));
        let lat = Column::new("lat", ColumnData::Real(vec![Some(1.0), Some(2.0)]));
        let table = Table::new(vec![ids, lon, lat]).unwrap();
        let mapping = Mapping::guess(&table, None);
        let set = TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap();
        let target =
            |key: Option<&str>, at: f64| TargetRef { key: key.map(str::to_owned), position: LonLat::new(at, at) };
        let found = find(&set, &[target(Some("8"), 1.0), target(None, 1.0), target(Some("9"), 5.0)]);
        assert_eq!(found.iter().map(|id| id.row()).collect::<Vec<_>>(), [1, 0]);
    }
}
