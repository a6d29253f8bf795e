//! A chart in a report: the settings of its block are those of a chart, its data the answer of a query.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Maker, words};
use crate::report::chart::{ChartSpec, chart};
use crate::report::figure::{FigureSize, FigureTheme, draw_chart, plot_frame};
use crate::report::page::{Part, PicturePart, PlotOf, TablePart, targets_of};
use crate::report::template::Block;

/// Settings that are not the chart's.
const OWN: [&str; 3] = ["caption", "size", "of"];

impl Maker<'_> {
    pub(super) fn plot(&mut self, block: &Block) -> Result<Part, String> {
        let spec = spec(block)?;
        let usual = FigureSize::default();
        let (width, height) = words::size(block, (usual.width, usual.height))?;
        let table = self.answer(block)?.ok_or("there is no query in this block, and no setting `of`")??;
        if table.row_count() == 0 {
            // A column without a value has no type in some stores, and a chart of nothing says nothing: the empty table does.
            return Ok(Part::Table(TablePart { caption: words::caption(block), table, most_rows: 0 }));
        }
        let made = chart(&table, &table.rows(), &spec, &self.colors).map_err(|error| error.to_string())?;
        let draw = |theme| draw_chart(&made, FigureSize { width, height, theme });
        let light = draw(FigureTheme::Light);
        let frame = plot_frame(&light);
        let plot = frame.map(|frame| Arc::new(PlotOf { chart: made.clone(), table: Arc::clone(&table), frame }));
        let rows = table.rows().into_iter().filter_map(|row| usize::try_from(row).ok());
        Ok(Part::Picture(Box::new(PicturePart {
            kind: block.kind,
            caption: words::caption(block),
            light,
            dark: draw(FigureTheme::Dark),
            targets: targets_of(&table, rows),
            frames: Vec::new(),
            area: None,
            plot,
        })))
    }
}

fn spec(block: &Block) -> Result<ChartSpec, String> {
    let of_chart = block.settings.iter().filter(|(key, value)| !OWN.contains(&key.as_str()) && !value.is_empty());
    let json = |(key, value): (&String, &String)| {
        // Numbers are those settings only that hold one; a column may be called 1.
        let number = (key == "bins").then(|| value.parse::<u32>().ok()).flatten();
        (key.clone(), number.map_or_else(|| Value::from(value.as_str()), Value::from))
    };
    let settings: Map<String, Value> = of_chart.map(json).collect();
    serde_json::from_value(Value::Object(settings)).map_err(|error| format!("the chart's settings: {error}"))
}
