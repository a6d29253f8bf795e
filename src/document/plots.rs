//! The plots: what each is to show, as a project keeps it, and what was made of that.

use super::plot_data::PlotData;
use crate::db::{Column, Query, Table, ValueKind};
use crate::report::chart::{Aggregate, Chart, ChartKind, ChartSpec};
use crate::targets::{Mapping, TargetSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A plot, whatever it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlotId(pub u64);

/// What a plot is to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotSettings {
    /// Axes, colours, and how they are drawn.
    pub spec: ChartSpec,
    /// The saved query whose answer is plotted, by name; empty for the targets that are shown.
    pub query: String,
}

/// A query that the user keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedQuery {
    /// What it is called.
    pub name: String,
    /// One statement that reads.
    pub sql: String,
}

/// What a chart was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotKey {
    /// What was asked for.
    pub settings: PlotSettings,
    /// Which rows: grows with each change of the targets that are shown; 0 for a query.
    pub revision: u64,
    /// What is asked of the store; `None` for the targets that are shown.
    pub query: Option<Query>,
    /// Which colours: grows with each change.
    pub colors: u64,
}

/// A plot.
#[derive(Clone, Debug)]
pub struct Plot {
    /// Which.
    pub id: PlotId,
    /// What it is to show.
    pub settings: PlotSettings,
    /// The chart, or a sentence that says why there is none; `None` until the first one is made. May be of an older wish while
    /// the new one is being worked on.
    pub made: Option<Made>,
    /// What is being worked on.
    pub busy_with: Option<PlotKey>,
}

/// A chart with what it was made of: the rows of its marks are those of the data.
#[derive(Clone, Debug)]
pub struct Made {
    /// What was asked for.
    pub key: PlotKey,
    /// The targets.
    pub set: Arc<TargetSet>,
    /// The table; `None` where there is none.
    pub data: Option<PlotData>,
    /// The chart, or why there is none.
    pub chart: Result<Arc<Chart>, String>,
    /// Grows with each chart, so that what was drawn of it can tell whether it is old.
    pub revision: u64,
}

/// A chart, or why there is none, and what it was made of.
pub type MadeOf = (Option<PlotData>, Result<Arc<Chart>, String>);

impl Plot {
    /// The chart, once there is one.
    pub fn chart(&self) -> Option<&Arc<Chart>> {
        self.made.as_ref()?.chart.as_ref().ok()
    }
}

/// All plots, side by side.
#[derive(Clone, Debug, Default)]
pub struct Plots {
    list: Vec<Plot>,
    next: u64,
    revisions: u64,
}

/// So many fit side by side.
pub const MOST_PLOTS: usize = 6;

impl Plots {
    /// The plots from left to right.
    pub fn list(&self) -> &[Plot] {
        &self.list
    }

    /// One of them.
    pub fn get(&self, id: PlotId) -> Option<&Plot> {
        self.list.iter().find(|plot| plot.id == id)
    }

    /// Adds a plot at the right; `None` when there are as many as there may be.
    pub fn add(&mut self, settings: PlotSettings) -> Option<PlotId> {
        if self.list.len() >= MOST_PLOTS {
            return None;
        }
        self.next += 1;
        let id = PlotId(self.next);
        self.list.push(Plot { id, settings, made: None, busy_with: None });
        Some(id)
    }

    /// Takes a plot away.
    pub fn remove(&mut self, id: PlotId) {
        self.list.retain(|plot| plot.id != id);
    }

    /// Takes all plots away.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// Changes what a plot is to show.
    pub fn set(&mut self, id: PlotId, settings: PlotSettings) {
        if let Some(plot) = self.list.iter_mut().find(|plot| plot.id == id) {
            plot.settings = settings;
        }
    }

    /// Says that a chart is being made.
    pub fn begin(&mut self, id: PlotId, key: PlotKey) {
        if let Some(plot) = self.list.iter_mut().find(|plot| plot.id == id) {
            plot.busy_with = Some(key);
        }
    }

    /// Takes a chart in, unless nobody waits for it any more.
    pub fn finish(&mut self, id: PlotId, key: PlotKey, set: Arc<TargetSet>, made: MadeOf) {
        let Some(plot) = self.list.iter_mut().find(|plot| plot.id == id) else { return };
        if plot.busy_with.as_ref() == Some(&key) {
            plot.busy_with = None;
            self.revisions += 1;
            let (data, chart) = made;
            plot.made = Some(Made { key, set, data, chart, revision: self.revisions });
        }
    }

    /// The targets have gone: so have the charts of them.
    pub fn forget_made(&mut self) {
        for plot in &mut self.list {
            (plot.made, plot.busy_with) = (None, None);
        }
    }

    /// What was worked on came to no end: it may be asked for again.
    pub fn forget_busy(&mut self) {
        for plot in &mut self.list {
            plot.busy_with = None;
        }
    }
}

/// Plots to begin with: how many targets there are of each class, and two columns of values against each other.
pub fn first_plots(set: &TargetSet) -> Vec<PlotSettings> {
    let (table, mapping) = (set.table(), set.mapping());
    let class = mapping.class.clone().unwrap_or_default();
    let mut specs = Vec::new();
    if !class.is_empty() {
        specs.push(ChartSpec { kind: ChartKind::Bar, x: class.clone(), color: class.clone(), ..ChartSpec::default() });
    }
    let mut numbers = numbers(table, mapping);
    numbers.extend(mapping.confidence.clone());
    if let [x, y, ..] = numbers.as_slice() {
        specs.push(ChartSpec { x: x.clone(), y: y.clone(), color: class, ..ChartSpec::default() });
    } else if let [only] = numbers.as_slice() {
        specs.push(ChartSpec { kind: ChartKind::Histogram, x: only.clone(), color: class, ..ChartSpec::default() });
    }
    specs.into_iter().map(|spec| PlotSettings { spec, query: String::new() }).collect()
}

/// What a table that nobody has chosen columns of is plotted as: numbers against one another, or by the first column of texts.
pub fn suggested(table: &Table) -> ChartSpec {
    let first = |fits: &dyn Fn(ValueKind) -> bool| {
        table.columns().iter().find(|column| fits(column.kind())).map(|column| column.name().to_owned())
    };
    let numbers: Vec<String> = table
        .columns()
        .iter()
        .filter(|column| column.kind().is_numeric())
        .map(|column| column.name().to_owned())
        .collect();
    let (text, time) = (first(&|kind| kind == ValueKind::Text), first(&ValueKind::is_temporal));
    let number = numbers.first().cloned().unwrap_or_default();
    let aggregate = if number.is_empty() { Aggregate::Count } else { Aggregate::Sum };
    match (text, time, numbers.as_slice()) {
        (Some(x), ..) => ChartSpec { kind: ChartKind::Bar, x, y: number, aggregate, ..ChartSpec::default() },
        (None, Some(x), _) => ChartSpec { kind: ChartKind::Timeline, x, y: number, aggregate, ..ChartSpec::default() },
        (None, None, [x, y, ..]) => ChartSpec { x: x.clone(), y: y.clone(), ..ChartSpec::default() },
        (None, None, _) => ChartSpec { kind: ChartKind::Histogram, x: number, ..ChartSpec::default() },
    }
}

/// Columns of numbers that play no other part.
fn numbers(table: &Table, mapping: &Mapping) -> Vec<String> {
    let values = mapping.value_columns(table);
    let columns = values.iter().filter_map(|at| table.column(*at)).filter(|column| column.kind().is_numeric());
    columns.map(|column| column.name().to_owned()).collect()
}

/// What a plot shows when its kind is changed: the columns that the new kind can take stay.
#[must_use]
pub fn with_kind(spec: &ChartSpec, kind: ChartKind, table: &Table, mapping: &Mapping) -> ChartSpec {
    let kind_of = |name: &str| table.column_index(name).and_then(|at| table.column(at)).map(Column::kind);
    let is_line = |name: &str| kind_of(name).is_some_and(|kind| kind.is_numeric() || kind.is_temporal());
    let first_number = || {
        let any = || table.columns().iter().find(|column| column.kind().is_numeric());
        let value = numbers(table, mapping).into_iter().next();
        value.or_else(|| any().map(|column| column.name().to_owned())).unwrap_or_default()
    };
    let class = mapping.class.clone().unwrap_or_default();
    let mut spec = ChartSpec { kind, title: String::new(), ..spec.clone() };
    match kind {
        ChartKind::Scatter => {
            spec.aggregate = Aggregate::Count;
            if spec.y.is_empty() {
                spec.y = mapping.confidence.clone().unwrap_or_else(first_number);
            }
        }
        ChartKind::Bar if is_line(&spec.x) => spec.x = class,
        ChartKind::Histogram if !is_line(&spec.x) => spec.x = first_number(),
        ChartKind::Timeline if !kind_of(&spec.x).is_some_and(ValueKind::is_temporal) => {
            spec.x = mapping.date.clone().unwrap_or_default();
        }
        ChartKind::Heatmap => {
            spec.x = mapping.image.clone().unwrap_or_else(|| class.clone());
            spec.y = class;
            spec.color = String::new();
        }
        _ => {}
    }
    let counts = spec.aggregate == Aggregate::Count;
    if matches!(kind, ChartKind::Bar | ChartKind::Histogram | ChartKind::Timeline) && counts {
        spec.y = String::new();
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(revision: u64) -> PlotKey {
        PlotKey { settings: PlotSettings::default(), revision, query: None, colors: 0 }
    }

    #[test]
    fn a_chart_that_nobody_waits_for_is_dropped() {
        let set = super::super::targets::tests::set(&["a"]);
        let mut plots = Plots::default();
        let id = plots.add(PlotSettings::default()).unwrap();
        plots.begin(id, key(1));
        plots.begin(id, key(2));
        plots.finish(id, key(1), Arc::clone(&set), (None, Err("old".into())));
        assert!(plots.get(id).unwrap().made.is_none());
        plots.finish(id, key(2), set, (None, Err("new".into())));
        let made = plots.get(id).unwrap().made.as_ref().unwrap();
        assert_eq!(made.chart.as_ref().unwrap_err(), "new");
    }

    #[test]
    fn there_is_room_for_so_many_and_no_more() {
        let mut plots = Plots::default();
        for _ in 0..MOST_PLOTS {
            assert!(plots.add(PlotSettings::default()).is_some());
        }
        assert!(plots.add(PlotSettings::default()).is_none());
        let first = plots.list()[0].id;
        plots.remove(first);
        assert!(plots.add(PlotSettings::default()).is_some_and(|id| id != first));
    }
}
