//! One number for a place: the pixel under it, or the mean of a square of pixels around it, of a band or of a calculation.

use super::{LibraryError, Source, footprint};
use crate::cog::{BlockCache, Cog};
use crate::geo::LonLat;
use crate::raster::{INVALID, PixelWindow, Samples};
use crate::render::{Expression, ExpressionError};

/// What the number is made of, for sources with the same bands.
#[derive(Debug, Clone, PartialEq)]
pub struct PixelMean {
    /// The bands that are needed, counted from 0.
    bands: Vec<usize>,
    /// The calculation with these bands; without one, the first band itself.
    expression: Option<Expression>,
    /// Pixels of the square's side.
    side_px: u32,
}

/// What there is under a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Under {
    /// The image doesn't reach there.
    Outside,
    /// It reaches there, but has no data, or the calculation has no value.
    NoData,
    /// The number.
    Value(f64),
}

impl PixelMean {
    /// A band, counted from 0, in a square of `side_px` pixels (an even number is taken one higher).
    pub fn of_band(band: usize, side_px: u32) -> Self {
        Self { bands: vec![band], expression: None, side_px: side_px | 1 }
    }

    /// A band of this name, else a calculation with the bands of these names.
    pub fn parse(text: &str, band_names: &[&str], side_px: u32) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if let Some(band) = band_names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return Ok(Self::of_band(band, side_px));
        }
        let expression = Expression::parse(text, band_names)?;
        Ok(Self { bands: expression.bands().to_vec(), expression: Some(expression), side_px: side_px | 1 })
    }

    /// The number under a place of an image or scene, in pixels of full resolution and in values as stored. Of the square, pixels
    /// outside of the image and pixels without data take no part.
    pub fn under(&self, source: &Source, position: LonLat, cache: &BlockCache) -> Result<Under, LibraryError> {
        if let Source::Mosaic(mosaic) = source {
            for member in mosaic.members() {
                let under = self.under(member, position, cache)?;
                if matches!(under, Under::Value(_)) {
                    return Ok(under);
                }
            }
            return Ok(Under::NoData);
        }
        let parts = source.parts();
        let mut planes = Vec::with_capacity(self.bands.len());
        for &index in &self.bands {
            let part = parts.get(index).ok_or_else(|| source.no_such_band(index))?;
            match square(&part.image.cog, part.band, position, self.side_px, cache)? {
                Some(plane) => planes.push(plane),
                None => return Ok(Under::Outside),
            }
        }
        let number = match &self.expression {
            None => planes.first().and_then(|plane| mean(plane)),
            Some(expression) => calculated(expression, &planes),
        };
        Ok(number.map_or(Under::NoData, Under::Value))
    }
}

impl Source {
    /// Whether the source reaches a place and has data there, in any band: the value is 1 then.
    pub fn data_under(&self, position: LonLat, cache: &BlockCache) -> Result<Under, LibraryError> {
        let mut found = Under::Outside;
        for part in self.parts() {
            match square(&part.image.cog, part.band, position, 1, cache)? {
                Some(plane) if plane.iter().any(Option::is_some) => return Ok(Under::Value(1.0)),
                Some(_) => found = Under::NoData,
                None => {}
            }
        }
        Ok(found)
    }
}

/// The values around a place, row by row; `None` where there is no data. `Ok(None)` where the image doesn't reach.
fn square(
    cog: &Cog,
    band: usize,
    position: LonLat,
    side_px: u32,
    cache: &BlockCache,
) -> Result<Option<Vec<Option<f64>>>, LibraryError> {
    let Some((col, row)) = footprint::pixel_at(cog, position) else { return Ok(None) };
    let before = side_px / 2;
    let first = |at: u32| at.saturating_sub(before);
    let sides = |at: u32| at.saturating_add(before).saturating_add(1) - first(at);
    let wanted = PixelWindow::new(first(col), first(row), sides(col), sides(row));
    let whole = PixelWindow::full(cog.width(), cog.height());
    let Some(window) = wanted.zip(whole).and_then(|(wanted, whole)| wanted.intersection(&whole)) else {
        return Ok(None);
    };
    let raster = cog.read_window(0, window, &[band], cache)?;
    let values = raster.band(0).map(Samples::to_f64).unwrap_or_default();
    let values = values.into_iter().zip(raster.mask());
    Ok(Some(values.map(|(value, valid)| (*valid != INVALID && !value.is_nan()).then_some(value)).collect()))
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let (sum, count) = values.iter().flatten().fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count)).filter(|mean| mean.is_finite())
}

/// The mean of what is calculated pixel by pixel; bands of different resolutions have no pixels in common, so of these the means
/// are calculated with.
fn calculated(expression: &Expression, planes: &[Vec<Option<f64>>]) -> Option<f64> {
    let length = planes.first().map_or(1, Vec::len);
    let planes: Vec<Vec<f64>> = if planes.iter().all(|plane| plane.len() == length) {
        planes.iter().map(|plane| plane.iter().map(|value| value.unwrap_or(f64::NAN)).collect()).collect()
    } else {
        planes.iter().map(|plane| vec![mean(plane).unwrap_or(f64::NAN)]).collect()
    };
    let values = expression.evaluate(&planes);
    let values: Vec<Option<f64>> = values.into_iter().map(|value| Some(value).filter(|v| v.is_finite())).collect();
    mean(&values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_takes_no_part_in_a_mean() {
        assert_eq!(mean(&[Some(1.0), None, Some(4.0)]), Some(2.5));
        assert_eq!(mean(&[None]), None);
    }

    #[test]
    fn a_calculation_is_made_pixel_by_pixel() {
        let expression = Expression::parse("b1/b2", &["", ""]).unwrap();
        let planes = [vec![Some(2.0), Some(8.0), Some(1.0)], vec![Some(1.0), Some(2.0), Some(0.0)]];
        // The mean of 2 and 4: what is divided by zero has no value.
        assert_eq!(calculated(&expression, &planes), Some(3.0));
        let coarse = [vec![Some(2.0), Some(8.0)], vec![Some(2.0)]];
        assert_eq!(calculated(&expression, &coarse), Some(2.5), "the mean of one over that of the other");
    }

    #[test]
    fn a_bands_own_name_goes_before_a_calculation() {
        assert_eq!(PixelMean::parse("B4", &["B3", "b4"], 2).unwrap(), PixelMean::of_band(1, 3));
        assert!(PixelMean::parse("b9", &["B3"], 1).is_err());
    }
}
