//! What a user asks of a chart: plain data, kept in projects and written in reports.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Aggregate, TimeStep};

/// The kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// A point for each row at `x` and `y`.
    #[default]
    Scatter,
    /// A bar for each distinct value of `x`; its height is the aggregate of `y`.
    Bar,
    /// A bar for each range of `x`; its height is the number of rows in it.
    Histogram,
    /// A point for each step of time of `x`, joined by a line; its height is the aggregate of `y`.
    Timeline,
    /// A cell for each pair of distinct values of `x` and `y`; its colour is the aggregate of `color`.
    Heatmap,
}

impl ChartKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Scatter, Self::Bar, Self::Histogram, Self::Timeline, Self::Heatmap];

    /// Its name, as in a report's text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scatter => "scatter plot",
            Self::Bar => "bar chart",
            Self::Histogram => "histogram",
            Self::Timeline => "time line",
            Self::Heatmap => "heat map",
        }
    }
}

impl fmt::Display for ChartKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By their decimal logarithm; what isn't above 0 is left out.
    Log,
}

/// What to draw of a table. Columns are named as the table names them, in any case; an empty name is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChartSpec {
    /// The kind of chart.
    pub kind: ChartKind,
    /// Above the chart; made from the columns' names when empty.
    pub title: String,
    /// Along the bottom.
    pub x: String,
    /// Up the side: positions of points, what bars and lines aggregate (empty: they count rows), rows of a heat map.
    pub y: String,
    /// Colours: groups of a column's distinct values, or (scatter plots) a ramp over numbers. What a heat map's cells
    /// aggregate.
    pub color: String,
    /// The area of a scatter plot's points, by a column of numbers.
    pub size: String,
    /// How many values become one.
    pub aggregate: Aggregate,
    /// How `x` lies along the bottom, where it is a number.
    pub x_scale: Scale,
    /// How heights or `y` lie up the side; of a heat map, how its values become colours.
    pub y_scale: Scale,
    /// Ranges of a histogram; 0 for as many as suit the data.
    pub bins: u32,
    /// Steps of a time line.
    pub step: TimeStep,
}
