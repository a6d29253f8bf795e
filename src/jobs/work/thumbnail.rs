//! A small picture in a stretch of its own, for there are no statistics of the whole yet while a folder is being read.

use std::sync::Arc;

use crate::jobs::JobContext;
use crate::library::{PERCENTS, Source};
use crate::raster::{BandStatistics, Raster, Samples};
use crate::render::{Channels, Expression, RgbaImage, Style};

pub(super) fn make(source: &Source, style: &Style, size: u32, context: &JobContext) -> Result<RgbaImage, String> {
    let mut colors = source.color_source(None);
    let names = colors.band_names();
    let bands = style.bands(&names).map_err(|error| error.to_string())?;
    let raster = source.preview(&bands, None, size, context.block_cache()).map_err(|error| error.to_string())?;
    if let Channels::Expression(text) = &style.channels {
        let expression = Expression::parse(text, &names).map_err(|error| error.to_string())?;
        let planes: Vec<Vec<f64>> = raster.bands().iter().map(Samples::to_f64).collect();
        colors.expression_statistics = of(&Samples::F64(expression.evaluate(&planes)), &raster);
    } else {
        for (&band, plane) in bands.iter().zip(raster.bands()) {
            if let Some(color) = colors.bands.get_mut(band) {
                color.statistics = of(plane, &raster);
            }
        }
    }
    let painter = style.painter(&colors).map_err(|error| error.to_string())?;
    Ok(painter.paint(&raster))
}

fn of(plane: &Samples, raster: &Raster) -> Option<Arc<BandStatistics>> {
    BandStatistics::of(plane, raster.mask(), &PERCENTS).map(Arc::new)
}
