//! What the values of a kind of images are like, for a stretch: one range for all of them, so that neighbours look alike.
//!
//! A sample is read, not every pixel: of each member an overview, or windows spread over it where there is none; of very many
//! members some, spread over the list. Members count by the pixels that were sampled of them.

use std::sync::Arc;

use super::{Image, LibraryError, Source};
use crate::cog::{BlockCache, Level};
use crate::geo::BoundingBox;
use crate::raster::{BandStatistics, PixelWindow, Raster, Samples};
use crate::render::Expression;

/// Pixels of the whole sample of a band, about: what QGIS takes too.
pub const SAMPLE_PIXELS: u64 = 250_000;

/// Members that are sampled at most.
const MOST_MEMBERS: usize = 32;

/// Of each member at least as many, however many members there are.
const LEAST_PIXELS: u64 = 16_384;

/// An overview of up to as many times the wanted pixels is read whole rather than in windows.
const WHOLE_UP_TO: u64 = 16;

/// Windows across and down where there is no overview, and their width and height.
const WINDOWS: u32 = 8;
const WINDOW_PX: u32 = 64;

/// Bands read in one go, which bounds the memory that files of hundreds of bands need.
const BANDS_AT_ONCE: usize = 4;

/// The percentiles that are known of each band. What lies between them is interpolated by whoever needs it.
pub const PERCENTS: [f64; 17] =
    [0.0, 0.1, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 98.0, 99.0, 100.0];

/// Of what statistics are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Sampled<'a> {
    /// Images and scenes that all have the same bands.
    pub members: &'a [Source],
    /// A calculation with the bands, whose values have a stretch of their own.
    pub expression: Option<&'a str>,
    /// Only this part of the map (EPSG:3857), as for a stretch to what is on the screen.
    pub area: Option<BoundingBox>,
}

/// Statistics of all bands of a kind.
#[derive(Debug, Clone)]
pub struct LayerStatistics {
    /// For each band; `None` for a band without a valid value.
    pub bands: Vec<Option<Arc<BandStatistics>>>,
    /// Of the values of the expression, if there was one and it has any.
    pub expression: Option<Arc<BandStatistics>>,
    /// Members that went in.
    pub sampled_members: usize,
    /// Members that could not be read, each with the reason.
    pub failures: Vec<LibraryError>,
}

impl LayerStatistics {
    /// Samples the members. `told` is called after each step with how many are done of how many, and says whether to go on.
    ///
    /// `None` if it was stopped. Fails if no member could be read, or the expression can't be understood.
    pub fn of(
        sampled: &Sampled<'_>,
        cache: &BlockCache,
        told: &dyn Fn(usize, usize) -> bool,
    ) -> Result<Option<Self>, LibraryError> {
        let meets = |member: &&Source| match (sampled.area, member.bounds_mercator()) {
            (Some(area), Some(bounds)) => area.intersects(&bounds),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let members: Vec<&Source> = sampled.members.iter().filter(meets).collect();
        let members: Vec<&Source> = spread(&members, MOST_MEMBERS).into_iter().copied().collect();
        let names: Vec<String> = members.first().map_or_else(Vec::new, |member| member.band_names());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let expression = sampled.expression.map(|text| Expression::parse(text, &names)).transpose()?;
        let band_count = members.iter().map(|member| member.parts().len()).min().unwrap_or_default();
        let reader = Reader {
            pixels: (SAMPLE_PIXELS / u64::try_from(members.len().max(1)).unwrap_or(1)).max(LEAST_PIXELS),
            area: sampled.area,
            cache,
        };
        let all: Vec<usize> = (0..band_count).collect();
        let steps = (all.len().div_ceil(BANDS_AT_ONCE) + usize::from(expression.is_some())) * members.len();
        let mut failed: Vec<Option<LibraryError>> = vec![None; members.len()];
        let mut done = 0;
        let mut each_member = |read: &mut dyn FnMut(&Source) -> Result<(), LibraryError>| {
            for (member, failed) in members.iter().zip(&mut failed) {
                if failed.is_none() {
                    *failed = read(member).err();
                }
                done += 1;
                if !told(done, steps) {
                    return false;
                }
            }
            true
        };
        let mut bands = Vec::new();
        for wanted in all.chunks(BANDS_AT_ONCE) {
            let mut samples: Vec<Vec<Raster>> = vec![Vec::new(); wanted.len()];
            if !each_member(&mut |member| reader.sample(member, wanted, &mut samples)) {
                return Ok(None);
            }
            bands.extend(samples.iter().map(|rasters| of_rasters(rasters)));
        }
        let mut values: Vec<Raster> = Vec::new();
        if let Some(expression) = &expression
            && !each_member(&mut |member| {
                values.push(reader.calculate(member, expression)?);
                Ok(())
            })
        {
            return Ok(None);
        }
        let sampled_members = failed.iter().filter(|failure| failure.is_none()).count();
        let mut failures: Vec<LibraryError> = failed.into_iter().flatten().collect();
        if sampled_members == 0
            && let Some(failure) = failures.pop()
        {
            return Err(failure);
        }
        Ok(Some(Self { bands, expression: of_rasters(&values), sampled_members, failures }))
    }
}

/// Statistics of rasters of one band each.
fn of_rasters(rasters: &[Raster]) -> Option<Arc<BandStatistics>> {
    let parts: Vec<_> = rasters.iter().filter_map(|raster| Some((raster.band(0)?, raster.mask()))).collect();
    BandStatistics::of_parts(&parts, &PERCENTS).map(Arc::new)
}

/// At most `most` of the items, evenly spread over them.
fn spread<T>(items: &[T], most: usize) -> Vec<&T> {
    let take = items.len().min(most);
    (0..take).filter_map(|at| items.get(at * items.len() / take)).collect()
}

/// How members are read.
struct Reader<'a> {
    /// Of each member and band, about.
    pixels: u64,
    area: Option<BoundingBox>,
    cache: &'a BlockCache,
}

impl Reader<'_> {
    /// Reads a sample of each of the wanted bands of a member into the list of that band.
    fn sample(&self, member: &Source, wanted: &[usize], samples: &mut [Vec<Raster>]) -> Result<(), LibraryError> {
        let parts = member.parts();
        for (&band, samples) in wanted.iter().zip(samples) {
            let part = parts.get(band).ok_or_else(|| member.no_such_band(band))?;
            if self.area.is_some() {
                samples.push(member.preview(&[band], self.area, self.side_px(), self.cache)?);
            } else {
                samples.extend(self.sample_band(&part.image, part.band)?);
            }
        }
        Ok(())
    }

    fn sample_band(&self, image: &Image, band: usize) -> Result<Vec<Raster>, LibraryError> {
        let levels = image.cog.levels();
        let pixels_of = |level: &Level| u64::from(level.width) * u64::from(level.height);
        let fitting = levels.iter().position(|level| pixels_of(level) <= self.pixels);
        let at = fitting.unwrap_or(levels.len().saturating_sub(1));
        let Some(level) = levels.get(at) else { return Ok(Vec::new()) };
        let windows = if pixels_of(level) <= self.pixels.saturating_mul(WHOLE_UP_TO) {
            PixelWindow::full(level.width, level.height).into_iter().collect()
        } else {
            spread_windows(level.width, level.height)
        };
        let read = |window| image.cog.read_window(at, window, &[band], self.cache).map_err(LibraryError::from);
        windows.into_iter().map(read).collect()
    }

    /// The values of an expression. Its bands are read in one grid, for they may lie in files of different resolution.
    fn calculate(&self, member: &Source, expression: &Expression) -> Result<Raster, LibraryError> {
        let raster = member.preview(expression.bands(), self.area, self.side_px(), self.cache)?;
        let planes: Vec<Vec<f64>> = raster.bands().iter().map(Samples::to_f64).collect();
        let values = Samples::F64(expression.evaluate(&planes));
        let (width, height, (_, mask)) = (raster.width(), raster.height(), raster.into_parts());
        Raster::new(width, height, vec![values], mask)
            .map_err(|source| LibraryError::Raster { name: member.name().to_owned(), source })
    }

    /// Of a square with as many pixels.
    fn side_px(&self) -> u32 {
        u32::try_from(self.pixels.isqrt()).unwrap_or(u32::MAX)
    }
}

/// Windows in the middles of the cells of a coarse grid.
fn spread_windows(width: u32, height: u32) -> Vec<PixelWindow> {
    let starts = |size: u32| {
        let extent = WINDOW_PX.min(size);
        let cell = size / WINDOWS;
        (0..WINDOWS).map(move |at| ((at * cell + cell / 2).saturating_sub(extent / 2).min(size - extent), extent))
    };
    let row = |(row, height)| starts(width).filter_map(move |(col, width)| PixelWindow::new(col, row, width, height));
    starts(height).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_reaches_over_the_whole_list() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(spread(&items, 4), [&0, &25, &50, &75]);
        assert_eq!(spread(&items, 1_000).len(), 100);
        assert!(spread::<u32>(&[], 4).is_empty());
    }

    #[test]
    fn windows_lie_inside_and_apart() {
        let windows = spread_windows(20_000, 3_000);
        assert_eq!(windows.len(), 64);
        assert!(windows.iter().all(|w| w.col_end() <= 20_000 && w.row_end() <= 3_000));
        assert!(windows[0].col() > 1_000 && windows[63].col() > 18_000);
        let narrow = spread_windows(10, 1_000_000);
        assert!(narrow.iter().all(|w| (w.col(), w.width()) == (0, 10)));
    }
}
