//! Charts of a million rows, and what the window does with them while the hand is on the mouse. Prints milliseconds, the best of
//! some runs.
//!
//! `cargo bench --no-default-features --bench charts`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and what fails in it ends it"
)]

use std::time::{Duration, Instant};

use cogscope::db::{Column, ColumnData, Table};
use cogscope::report::chart::{Aggregate, Chart, ChartKind, ChartSpec, DensityGrid, Scale, chart, density};
use cogscope::targets::ColorOverrides;

const ROWS: u32 = 1_000_000;
const RUNS: usize = 5;
const CLASSES: [&str; 6] = ["dam", "ship", "bridge", "port", "tank", "farm"];

fn main() {
    let table = table();
    let spec = |kind, x: &str, y: &str| ChartSpec {
        kind,
        x: x.into(),
        y: y.into(),
        color: "class".into(),
        ..ChartSpec::default()
    };
    let scatter = spec(ChartKind::Scatter, "length", "area");
    let logarithmic = ChartSpec { x_scale: Scale::Log, y_scale: Scale::Log, ..scatter.clone() };
    let median = ChartSpec { aggregate: Aggregate::Median, ..spec(ChartKind::Bar, "class", "length") };
    make("scatter plot", &table, &scatter);
    make("scatter plot, logarithmic", &table, &logarithmic);
    make("bars of counts", &table, &spec(ChartKind::Bar, "class", ""));
    make("bars of medians", &table, &median);
    make("histogram", &table, &spec(ChartKind::Histogram, "length", ""));
    let points = make("scatter plot again", &table, &scatter);
    let grid = DensityGrid { x: points.x.range, y: points.y.range, width: 600, height: 200 };
    time("density, whole", || density(&points, grid, [0, 0, 0], |_| true));
    let middle = |(low, high): (f64, f64)| (low + (high - low) * 0.4, low + (high - low) * 0.6);
    let part = DensityGrid { x: middle(grid.x), y: middle(grid.y), ..grid };
    time("density, a part", || density(&points, part, [0, 0, 0], |_| true));
}

fn make(what: &str, table: &Table, spec: &ChartSpec) -> Chart {
    let rows = table.rows();
    time(what, || chart(table, &rows, spec, &ColorOverrides::new()).expect("the columns are there"))
}

fn time<T>(what: &str, work: impl Fn() -> T) -> T {
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..RUNS {
        let started = Instant::now();
        last = Some(work());
        best = best.min(started.elapsed());
    }
    println!("{what:28} {:8.1} ms", best.as_secs_f64() * 1e3);
    last.expect("it ran")
}

/// Rows that look like noise, the same in every run.
fn table() -> Table {
    let noise =
        |row: u32, of: u32| f64::from(row.wrapping_add(of).wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
    let length = (0..ROWS).map(|row| Some((noise(row, 1) * 3.0 + noise(row, 2) * 3.0).exp())).collect();
    let area = (0..ROWS).map(|row| Some((noise(row, 1) * 5.0 + noise(row, 3)).exp())).collect();
    let class = (0..ROWS).map(|row| CLASSES.get(row as usize * 7 % 11).copied().or(CLASSES.first().copied())).collect();
    let columns = vec![
        Column::new("length", ColumnData::Real(length)),
        Column::new("area", ColumnData::Real(area)),
        Column::new("class", ColumnData::Text(class)),
    ];
    Table::new(columns).expect("columns of one length")
}
