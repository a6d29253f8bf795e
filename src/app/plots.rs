//! Keeping the plots in step with the targets and with what the user asked of them.

use super::CogscopeApp;
use crate::db::{Limits, Parameter, Query, StoreAddress};
use crate::document::{Document, MadeOf, PlotData, PlotId, PlotKey, PlotSettings, SavedQuery, first_plots, suggested};
use crate::jobs::{Job, JobContext};
use crate::report::chart::{ChartSpec, Marks, chart, density};
use crate::targets::{ColorOverrides, TargetSet};
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
            self.took_first_plots();
        }
        let stale: Vec<(PlotId, PlotKey)> = self
            .document
            .plots
            .list()
            .iter()
            .filter(|plot| plot.busy_with.is_none())
            .filter_map(|plot| Some((plot, self.plot_key(&plot.settings)?)))
            .filter(|(plot, key)| {
                let made = plot.made.as_ref();
                made.is_none_or(|made| made.key != *key || !Arc::ptr_eq(&made.set, &set))
            })
            .map(|(plot, key)| (plot.id, key))
            .collect();
        if stale.is_empty() {
            return;
        }
        let shown: Arc<[u32]> =
            self.document.targets.shown().iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
        let colors: Arc<ColorOverrides> = Arc::new(self.document.targets.colors_by_name());
        for (id, key) in stale {
            let work = PlotWork {
                set: Arc::clone(&set),
                spec: key.settings.spec.clone(),
                shown: Arc::clone(&shown),
                colors: Arc::clone(&colors),
                question: self.question(id, &key),
            };
            let job = match &work.question {
                Question::Ask(..) => {
                    Job::task(&format!("Query: {}", key.settings.query), move |context| work.make(context))
                }
                _ => Job::quick("A plot", move |context| work.make(context)),
            };
            let (finished, set) = (key.clone(), Arc::clone(&set));
            let job = self.submit_then(job, move |app: &mut Self, made: Result<PlotAnswer, String>| {
                let answer = made.unwrap_or_else(|reason| PlotAnswer { made: (None, Err(reason)), suggested: None });
                app.document.plots.finish(id, finished, set, answer.made);
                if let (Some(spec), Some(plot)) = (answer.suggested, app.document.plots.get(id)) {
                    let settings = PlotSettings { spec, ..plot.settings.clone() };
                    app.set_plot(id, settings);
                }
            });
            if job.is_some() {
                self.document.plots.begin(id, key);
            }
        }
    }

    /// What a plot is to be made of now; `None` while that can't be told.
    fn plot_key(&self, settings: &PlotSettings) -> Option<PlotKey> {
        let colors = self.document.targets.colors_revision();
        if settings.query.is_empty() {
            let revision = self.document.targets.revision();
            return Some(PlotKey { settings: settings.clone(), revision, query: None, colors });
        }
        let saved = self.document.project.queries.iter().find(|query| query.name == settings.query);
        let sql = saved.map(|query| query.sql.clone()).unwrap_or_default();
        let mentions_view = [":bbox", ":west", ":south", ":east", ":north"].iter().any(|name| sql.contains(name));
        if mentions_view && !self.panels.map.stands_still() {
            return None;
        }
        let query =
            with_parameters(Query::new(sql), &self.document, self.panels.map.viewport().degrees(), mentions_view);
        Some(PlotKey { settings: settings.clone(), revision: 0, query: Some(query), colors })
    }

    /// Where the rows come from: an answer that is known already is not asked for again.
    fn question(&self, id: PlotId, key: &PlotKey) -> Question {
        let Some(query) = &key.query else { return Question::Shown };
        let targets = &self.document.targets;
        let made = self.document.plots.get(id).and_then(|plot| plot.made.as_ref());
        let known = made
            .filter(|made| made.key.query == key.query && targets.set().is_some_and(|set| Arc::ptr_eq(&made.set, set)));
        match (known.and_then(|made| made.data.clone()), targets.sources().get(targets.active())) {
            (Some(data), _) => Question::Known(data),
            (None, Some(source)) => Question::Ask(source.address(), query.clone()),
            (None, None) => Question::Shown,
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

    /// Keeps a query under its name, or forgets it and what showed its answer.
    pub(super) fn save_query(&mut self, query: SavedQuery) {
        let queries = &mut self.document.project.queries;
        let is_kept = !query.sql.trim().is_empty();
        match queries.iter_mut().find(|known| known.name == query.name) {
            Some(known) if is_kept => *known = query,
            None if is_kept => queries.push(query),
            _ => {
                queries.retain(|known| known.name != query.name);
                let plots = self.document.plots.list().iter();
                let shown: Vec<PlotId> =
                    plots.filter(|plot| plot.settings.query == query.name).map(|plot| plot.id).collect();
                for id in shown {
                    self.document.plots.remove(id);
                }
                self.keep_plots();
            }
        }
    }

    fn keep_plots(&mut self) {
        let settings = self.document.plots.list().iter().map(|plot| plot.settings.clone());
        self.document.project.plots = Some(settings.collect());
    }

    /// Counts very many points for a picture of them.
    pub(super) fn count_density(&mut self, want: DensityWant) {
        let Some(made) = self.document.plots.get(want.plot).and_then(|plot| plot.made.as_ref()) else { return };
        let (Ok(chart), Some(data)) = (made.chart.clone(), made.data.clone()) else { return };
        let selection = self.document.targets.selection().clone();
        let asked = want.clone();
        let job = Job::quick("A plot", move |_| {
            let Marks::Points(points) = &chart.marks else { return Err("no points") };
            let row = |at: usize| points.rows.get(at).copied();
            let group = |at: usize| points.groups.get(at).map(|group| usize::from(*group));
            let is_shown = |at: usize| group(at).is_none_or(|group| !want.hidden.contains(&group));
            let is_selected = |at: usize| row(at).is_some_and(|row| data.is_selected(row, &selection));
            let all = density(&chart, want.grid, want.plain, is_shown);
            let of_selected = |at: usize| is_shown(at) && is_selected(at);
            let selected = (!selection.is_empty()).then(|| density(&chart, want.grid, want.plain, of_selected));
            Ok((all, selected))
        });
        self.submit_then(job, move |app: &mut Self, result| app.panels.plots.receive_density(asked, result.ok()));
    }
}

/// Where a chart's rows come from.
enum Question {
    /// The targets that are shown.
    Shown,
    /// The answer that is there.
    Known(PlotData),
    /// A store, which is asked this.
    Ask(StoreAddress, Query),
}

/// All that a chart is made of.
struct PlotWork {
    set: Arc<TargetSet>,
    spec: ChartSpec,
    shown: Arc<[u32]>,
    colors: Arc<ColorOverrides>,
    question: Question,
}

/// What came of it.
struct PlotAnswer {
    made: MadeOf,
    /// Columns for a table of which none have been chosen yet.
    suggested: Option<ChartSpec>,
}

impl PlotWork {
    fn make(self, context: &JobContext) -> Result<PlotAnswer, String> {
        let Self { set, spec, shown, colors, question } = self;
        let (data, is_answer) = match question {
            Question::Shown => (PlotData::of_set(&set), false),
            Question::Known(data) => (data, true),
            Question::Ask(address, query) => {
                let told = |error: crate::db::QueryError| error.with_place(&query.sql);
                let store = context.store(&address).map_err(told)?;
                let answer = store.query(&query, &Limits::default(), &|| context.is_cancelled()).map_err(told)?;
                (PlotData::of_answer(answer.table, &set), true)
            }
        };
        let table = Arc::clone(data.table());
        if is_answer && spec.x.is_empty() {
            let reason = "choose what to plot".to_owned();
            let suggested = Some(suggested(&table)).filter(|spec| !spec.x.is_empty());
            return Ok(PlotAnswer { made: (Some(data), Err(reason)), suggested });
        }
        let rows = if is_answer { table.rows().into() } else { shown };
        let made = chart(&table, &rows, &spec, &colors).map(Arc::new).map_err(|error| error.to_string());
        Ok(PlotAnswer { made: (Some(data), made), suggested: None })
    }
}

/// Gives a query what it may mention: what the filter says, and what is on the map.
fn with_parameters(query: Query, document: &Document, view: Option<[f64; 4]>, mentions_view: bool) -> Query {
    let filter = document.targets.filter();
    let chosen = document.imagery.chosen.and_then(|id| document.imagery.catalog.entry(id));
    let image = filter.image.clone().or_else(|| chosen.map(|entry| entry.name().to_owned()));
    let classes: Vec<String> = document.targets.set().map_or_else(Vec::new, |set| {
        let names = set.classes().iter().map(|class| class.name.to_string());
        names.filter(|name| !filter.hidden_classes.contains(name)).collect()
    });
    let name = Some(filter.text.trim().to_owned()).filter(|text| !text.is_empty());
    let (from, to) = filter.dates.map_or((None, None), |(from, to)| (Some(from), Some(to)));
    let query =
        query.with("image_id", image).with("class", classes).with("name", name).with("from", from).with("to", to);
    let mut query = match view.filter(|_| mentions_view) {
        Some(view) => query.with("bbox", Parameter::bbox(view)),
        None => query,
    };
    // What the text doesn't mention must not make it be asked again when it changes.
    let sql = query.sql.clone();
    query.parameters.retain(|(name, _)| name == "bbox" || sql.contains(&format!(":{name}")));
    query
}
