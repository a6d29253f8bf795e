//! Keeping the plots in step with the targets and with what the user asked of them.

use super::CogscopeApp;
use crate::document::{PlotId, PlotKey, PlotSettings, first_plots};
use crate::jobs::Job;
use crate::report::chart::{Marks, chart, density};
use crate::targets::{ColorOverrides, TargetId};
use crate::ui::DensityWant;
use std::sync::Arc;

impl CogscopeApp {
    /// Asks for the charts that are seen and out of date, one of each plot at a time.
    pub(super) fn follow_plots(&mut self) {
        if !self.panels.plots.take_seen() {
            return;
        }
        let Some(set) = self.document.targets.set().cloned() else { return };
        if self.document.project.plots.is_none() {
            for settings in first_plots(&set) {
                self.document.plots.add(settings);
            }
            self.keep_plots();
        }
        let (revision, colors) = (self.document.targets.revision(), self.document.targets.colors_revision());
        let stale: Vec<(PlotId, PlotKey)> = self
            .document
            .plots
            .list()
            .iter()
            .filter(|plot| plot.busy_with.is_none())
            .map(|plot| (plot.id, PlotKey { settings: plot.settings.clone(), revision, colors }))
            .filter(|(id, key)| {
                let made = self.document.plots.get(*id).and_then(|plot| plot.made.as_ref());
                made.is_none_or(|made| made.key != *key || !Arc::ptr_eq(&made.set, &set))
            })
            .collect();
        if stale.is_empty() {
            return;
        }
        let rows: Arc<[u32]> =
            self.document.targets.shown().iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
        let colors: Arc<ColorOverrides> = Arc::new(self.document.targets.colors_by_name());
        for (id, key) in stale {
            let (set, rows, colors) = (Arc::clone(&set), Arc::clone(&rows), Arc::clone(&colors));
            let (of, spec) = (Arc::clone(&set), key.settings.spec.clone());
            let job = Job::quick("A plot", move |_| {
                let made = chart(of.table(), &rows, &spec, &colors);
                Ok::<_, String>(made.map(Arc::new).map_err(|error| error.to_string()))
            });
            let finished = key.clone();
            let job = self.submit_then(job, move |app: &mut Self, made| {
                app.document.plots.finish(id, finished, set, made.and_then(|made| made));
            });
            if job.is_some() {
                self.document.plots.begin(id, key);
            }
        }
    }

    /// Adds a plot like the one that stands at the right.
    pub(super) fn add_plot(&mut self) {
        let settings = self.document.plots.list().last().map(|plot| plot.settings.clone());
        let first = || self.document.targets.set().and_then(|set| first_plots(set).into_iter().next());
        let settings = settings.or_else(first).unwrap_or_default();
        if let Some(id) = self.document.plots.add(settings) {
            self.panels.plots.choose(id);
        }
        self.keep_plots();
    }

    pub(super) fn remove_plot(&mut self, id: PlotId) {
        self.document.plots.remove(id);
        self.keep_plots();
    }

    pub(super) fn set_plot(&mut self, id: PlotId, settings: PlotSettings) {
        self.document.plots.set(id, settings);
        self.keep_plots();
    }

    fn keep_plots(&mut self) {
        let settings = self.document.plots.list().iter().map(|plot| plot.settings.clone());
        self.document.project.plots = Some(settings.collect());
    }

    /// Counts very many points for a picture of them.
    pub(super) fn count_density(&mut self, want: DensityWant) {
        let Some(made) = self.document.plots.get(want.plot).and_then(|plot| plot.made.as_ref()) else { return };
        let Ok(chart) = made.chart.clone() else { return };
        let selection = self.document.targets.selection().clone();
        let asked = want.clone();
        let job = Job::quick("A plot", move |_| {
            let Marks::Points(points) = &chart.marks else { return Err("no points") };
            let row = |at: usize| points.rows.get(at).copied();
            let group = |at: usize| points.groups.get(at).map(|group| usize::from(*group));
            let is_shown = |at: usize| group(at).is_none_or(|group| !want.hidden.contains(&group));
            let is_selected = |at: usize| {
                row(at).and_then(|row| TargetId::from_row(row as usize)).is_some_and(|id| selection.contains(id))
            };
            let all = density(&chart, want.grid, want.plain, is_shown);
            let of_selected = |at: usize| is_shown(at) && is_selected(at);
            let selected = (!selection.is_empty()).then(|| density(&chart, want.grid, want.plain, of_selected));
            Ok((all, selected))
        });
        self.submit_then(job, move |app: &mut Self, result| app.panels.plots.receive_density(asked, result.ok()));
    }
}
