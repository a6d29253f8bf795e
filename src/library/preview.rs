//! A whole image or scene in few pixels.

use super::{LibraryError, Source};
use crate::cog::{BlockCache, Cog};
use crate::geo::{BoundingBox, Crs};
use crate::raster::{PixelWindow, Raster, Samples, with_samples};
use crate::warp::{Resampling, View};

impl Source {
    /// The values of some bands of the whole source, or of what lies in `area` (EPSG:3857), the longer side about `longest_px`
    /// pixels: as on the map where it has a place there, else in its own grid.
    pub fn preview(
        &self,
        bands: &[usize],
        area: Option<BoundingBox>,
        longest_px: u32,
        cache: &BlockCache,
    ) -> Result<Raster, LibraryError> {
        let part = |bounds: BoundingBox| area.map_or(Some(bounds), |area| area.intersection(&bounds));
        let view = self.bounds_mercator().and_then(part).and_then(|bounds| view_of(bounds, longest_px));
        match view {
            Some(view) => self.read(&view, bands, Resampling::Nearest, cache),
            None => self.preview_unplaced(bands, longest_px, cache),
        }
    }

    /// Several files without a place have nothing in common but their size: they are shown one pixel on the other.
    fn preview_unplaced(&self, bands: &[usize], longest_px: u32, cache: &BlockCache) -> Result<Raster, LibraryError> {
        let parts = self.parts();
        let mut planes: Vec<Samples> = Vec::new();
        let mut first: Option<(u32, u32, Vec<u8>)> = None;
        for &index in bands {
            let part = parts.get(index).ok_or_else(|| self.no_such_band(index))?;
            let raster = shrunk(&part.image.cog, part.band, longest_px, cache)?;
            let (width, height) = (raster.width(), raster.height());
            let (read, mask) = raster.into_parts();
            planes.extend(read);
            let known = first.get_or_insert((width, height, mask));
            if (known.0, known.1) != (width, height) {
                let reason = "its bands have different sizes, and no place on the map".to_owned();
                return Err(LibraryError::Unlike { name: self.name().to_owned(), reason });
            }
        }
        let (width, height, mask) = first.ok_or_else(|| LibraryError::NoBands { name: self.name().to_owned() })?;
        Raster::new(width, height, planes, mask)
            .map_err(|source| LibraryError::Raster { name: self.name().to_owned(), source })
    }
}

/// The box on the map, with pixels as high as they are wide.
fn view_of(bounds: BoundingBox, longest_px: u32) -> Option<View> {
    let (width, height) = fit(bounds.width(), bounds.height(), longest_px)?;
    View::new(Crs::web_mercator(), bounds, width, height)
}

/// A width and a height in this proportion, the longer one `longest_px`.
fn fit(width: f64, height: f64, longest_px: u32) -> Option<(u32, u32)> {
    let longer = width.max(height);
    if !(longer.is_finite() && longer > 0.0) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and longest_px")]
    let px = |side: f64| (f64::from(longest_px) * side / longer).round().max(1.0) as u32;
    Some((px(width), px(height)))
}

/// One band, every so many rows and columns of the coarsest level that is fine enough.
fn shrunk(cog: &Cog, band: usize, longest_px: u32, cache: &BlockCache) -> Result<Raster, LibraryError> {
    let fine_enough = |width: u32, height: u32| width.max(height) >= longest_px;
    let level = cog.levels().iter().rposition(|level| fine_enough(level.width, level.height)).unwrap_or(0);
    let full = cog.levels().get(level).and_then(|level| PixelWindow::full(level.width, level.height));
    let Some(whole) = full else {
        return Err(LibraryError::Unlike { name: cog.file_name(), reason: "it has no pixels".to_owned() });
    };
    let (width, height) = (whole.width(), whole.height());
    let raster = cog.read_window(level, whole, &[band], cache)?;
    let step = width.max(height).div_ceil(longest_px.max(1)).max(1);
    if step == 1 {
        return Ok(raster);
    }
    let picked = |size: u32| (0..size).step_by(usize::try_from(step).unwrap_or(1)).map(move |at| at.min(size - 1));
    let positions: Vec<usize> = picked(height)
        .flat_map(|row| picked(width).map(move |col| (col, row)))
        .filter_map(|(col, row)| raster.index(col, row))
        .collect();
    let planes = raster.bands().iter().map(|plane| pick(plane, &positions)).collect();
    let mask = positions.iter().filter_map(|&at| raster.mask().get(at).copied()).collect();
    Raster::new(width.div_ceil(step), height.div_ceil(step), planes, mask)
        .map_err(|source| LibraryError::Raster { name: cog.file_name(), source })
}

fn pick(plane: &Samples, positions: &[usize]) -> Samples {
    with_samples!(plane, plane => {
        positions.iter().filter_map(|&at| plane.get(at).copied()).collect::<Vec<_>>().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_gets_the_pixels_asked_for() {
        assert_eq!(fit(200.0, 100.0, 256), Some((256, 128)));
        assert_eq!(fit(1.0, 100_000.0, 256), Some((1, 256)));
        assert_eq!(fit(0.0, 0.0, 256), None);
    }
}
