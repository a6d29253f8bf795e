//! Values instead of colours: the bands that are asked for, or those of an expression, in a view's grid.

use thiserror::Error;

use super::{LibraryError, Source};
use crate::cog::BlockCache;
use crate::raster::{INVALID, Raster, Resampling, Sample, Samples, with_samples};
use crate::render::{Expression, ExpressionError, StyleWordError, StyleWords};
use crate::warp::View;

/// Why values can't be told.
#[derive(Debug, Clone, Error)]
pub enum ValuesError {
    /// Bands that the source doesn't have.
    #[error(transparent)]
    Word(#[from] StyleWordError),
    /// The expression can't be understood.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// They can't be read.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// The values as stored of the bands asked for (all if none are), or those of the expression; of the nearest source pixels unless
/// something else is said. Words about colours play no part.
pub fn values(source: &Source, view: &View, words: &StyleWords, cache: &BlockCache) -> Result<Raster, ValuesError> {
    let resampling = words.resampling.unwrap_or(Resampling::Nearest);
    let names = source.band_names();
    let raster = if let Some(text) = &words.expression {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let expression = Expression::parse(text, &names)?;
        let raster = source.read(view, expression.bands(), resampling, cache)?;
        calculated(source, &expression, &raster)?
    } else {
        let bands = words.band_indices(source.name(), &names)?.unwrap_or_else(|| (0..names.len()).collect());
        source.read(view, &bands, resampling, cache)?
    };
    Ok(match words.nodata {
        Some(nodata) => without(raster, nodata),
        None => raster,
    })
}

/// The values of an expression, given a raster of the bands that it reads.
fn calculated(source: &Source, expression: &Expression, raster: &Raster) -> Result<Raster, LibraryError> {
    let planes: Vec<Vec<f64>> = raster.bands().iter().map(Samples::to_f64).collect();
    let calculated = expression.evaluate(&planes);
    let mask = raster.mask().iter().zip(&calculated);
    let mask = mask.map(|(&mask, value)| if value.is_nan() { INVALID } else { mask }).collect();
    Raster::new(raster.width(), raster.height(), vec![Samples::F64(calculated)], mask)
        .map_err(|error| LibraryError::Raster { name: source.name().to_owned(), source: error })
}

/// Invalidates the pixels of which every band has this value.
fn without(raster: Raster, nodata: f64) -> Raster {
    let mut is_nodata = vec![true; raster.pixels()];
    for plane in raster.bands() {
        with_samples!(plane, plane => {
            for (is_nodata, sample) in is_nodata.iter_mut().zip(plane) {
                #[expect(clippy::float_cmp, reason = "nodata is a value, not a neighbourhood")]
                let same = sample.real() == nodata;
                *is_nodata &= same;
            }
        });
    }
    let mask = raster.mask().iter().zip(is_nodata);
    let mask = mask.map(|(&mask, is_nodata)| if is_nodata { INVALID } else { mask }).collect();
    // The mask has the length of the raster's own, so the raster can always be made.
    raster.clone().with_mask(mask).unwrap_or(raster)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_left_out_only_where_every_band_has_the_value() {
        let planes = vec![Samples::U8(vec![0, 0, 1]), Samples::U8(vec![0, 2, 0])];
        let raster = Raster::fully_valid(3, 1, planes).unwrap();
        assert_eq!(without(raster, 0.0).mask(), [0, 255, 255]);
    }
}
