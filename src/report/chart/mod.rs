//! A [`Table`](crate::db::Table) and a [`ChartSpec`] become a [`Chart`]: axes, legend and marks, each mark with the rows that it
//! stands for. The plots of the window and the figures of reports draw the same chart.

mod aggregate;
mod axis;
mod bars;
mod build;
mod cells;
mod column;
mod data;
mod density;
mod error;
mod histogram;
mod marks;
mod points;
mod spec;
mod ticks;
mod time;
mod timeline;

pub use aggregate::Aggregate;
pub use axis::{Axis, AxisKind, column_title};
pub use build::{MOST_CATEGORIES, MOST_GROUPS, chart};
pub use data::chart_data;
pub use density::{DensityGrid, density};
pub use error::ChartError;
pub use marks::{Bar, Cell, Chart, ColorScale, Group, Marks, Points, Vertex};
pub use spec::{ChartKind, ChartSpec, Scale};
pub use ticks::{Tick, number_label};
pub use time::TimeStep;

#[cfg(test)]
mod tests;
