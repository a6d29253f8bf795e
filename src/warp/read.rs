//! Reads an image into the grid of a view.

use super::average::{Averages, Covers, Grid};
use super::geometry::ImageGeometry;
use super::kernel::Kernel;
use super::level_choice::level_for;
use super::nearest::Source;
use super::positions::{Patch, Positions};
use super::resample::{Band, Target, Weights, nearest_planes};
use super::surface::Surface;
use super::{Resampling, View, WarpError};
use crate::cog::{BlockCache, Cog, CogError, Level, band_mask};
use crate::raster::{INVALID, PixelWindow, Raster, Samples};

/// Side of the patches that a view is read in: the size of a tile, so that a larger view is what its tiles would be.
const PATCH_PX: u32 = 256;
/// How far off an interpolated position may be, in pixels of the level. Of nearest pixels as many come out one beside the right
/// one as positions are off on average, so this stays well below the eighth that would do for the eye.
const TOLERANCE_PX: f64 = 1.0 / 128.0;
/// The same for positions of a whole view at once, in pixels of the full resolution: they also decide on the level.
const WHOLE_TOLERANCE_PX: f64 = 1.0 / 4096.0;
/// Source pixels per pixel of the view from which a patch is split, to leave out blocks that nothing is needed of.
const MAX_SOURCE_RATIO: u64 = 16;
/// Windows of fewer pixels are not worth splitting for.
const SMALL_WINDOW_PIXELS: u64 = 1 << 16;
/// Windows of more pixels are split in any case, to bound memory.
const LARGE_WINDOW_PIXELS: u64 = 1 << 24;

/// An image in the grid of a view.
#[derive(Debug, Clone)]
pub struct Warped {
    /// As many pixels as the view has; outside of the image they are invalid.
    pub raster: Raster,
    /// The level of the pyramid that it was read from.
    pub level: usize,
}

/// Reads `bands` (counted from 0, in that order) of `cog` into the grid of `view`.
///
/// Runs on the calling thread and reads only blocks that the view touches. A pixel of the view is valid where the source pixel that
/// its centre falls into is, with average where it covers any valid source pixel. Kernels other than nearest take means of valid
/// source pixels only, each band by its own nodata value.
pub fn read(
    cog: &Cog,
    view: &View,
    bands: &[usize],
    resampling: Resampling,
    cache: &BlockCache,
) -> Result<Warped, WarpError> {
    let geometry = ImageGeometry::new(cog, view.crs())?;
    let whole = Positions::of_whole(&geometry, view, WHOLE_TOLERANCE_PX);
    let index = level_for(cog, view, &geometry, whole.as_ref());
    let level = cog.levels().get(index).ok_or_else(|| no_pixels(cog))?;
    let pixels = view.width() as usize * view.height() as usize;
    let mut reading = Reading {
        cog,
        view,
        bands,
        cache,
        geometry: &geometry,
        whole,
        index,
        level,
        resampling,
        kernels: kernels(&geometry, view, level, resampling),
        planes: bands.iter().map(|_| Samples::zeros(cog.sample_type(), pixels)).collect(),
        mask: vec![INVALID; pixels],
    };
    for row in (0..view.height()).step_by(PATCH_PX as usize) {
        for col in (0..view.width()).step_by(PATCH_PX as usize) {
            let (width, height) = (PATCH_PX.min(view.width() - col), PATCH_PX.min(view.height() - row));
            reading.read_patch(Patch { col, row, width, height })?;
        }
    }
    let raster = Raster::new(view.width(), view.height(), reading.planes, reading.mask)
        .map_err(|error| CogError::Request { path: cog.path().to_path_buf(), reason: error.to_string() })?;
    Ok(Warped { raster, level: index })
}

fn no_pixels(cog: &Cog) -> CogError {
    CogError::Request { path: cog.path().to_path_buf(), reason: "the image has no pixels".to_owned() }
}

/// The kernels along columns and rows, as wide as the view's pixels are in the level; `None` for nearest and average.
fn kernels(geometry: &ImageGeometry, view: &View, level: &Level, resampling: Resampling) -> Option<(Kernel, Kernel)> {
    if matches!(resampling, Resampling::Nearest | Resampling::Average) {
        return None;
    }
    let (full_width, full_height) = geometry.size();
    let crs_from_pixel = view.crs_from_pixel();
    // Measured at the pixel of the view that is nearest to the middle of the image, or as near as matters.
    let center = geometry.view_from_pixel(full_width / 2.0, full_height / 2.0).unwrap_or_else(|| view.bbox().center());
    let bbox = view.bbox();
    let at = (center.x.clamp(bbox.min_x(), bbox.max_x()), center.y.clamp(bbox.min_y(), bbox.max_y()));
    let [_, step_x, _, _, _, step_y] = crs_from_pixel.to_gdal();
    let pixel = |x: f64, y: f64| geometry.pixel_from_view(crate::geo::Point::new(x, y));
    let scale =
        pixel(at.0, at.1).zip(pixel(at.0 + step_x, at.1)).zip(pixel(at.0, at.1 + step_y)).map(|((p, right), down)| {
            let across = (right.x - p.x).hypot(down.x - p.x) * f64::from(level.width) / full_width;
            let along = (right.y - p.y).hypot(down.y - p.y) * f64::from(level.height) / full_height;
            (across, along)
        });
    let (across, along) = scale.unwrap_or((1.0, 1.0));
    Kernel::new(resampling, across).zip(Kernel::new(resampling, along))
}

struct Reading<'a> {
    cog: &'a Cog,
    view: &'a View,
    bands: &'a [usize],
    cache: &'a BlockCache,
    geometry: &'a ImageGeometry,
    whole: Option<Surface>,
    index: usize,
    level: &'a Level,
    resampling: Resampling,
    kernels: Option<(Kernel, Kernel)>,
    planes: Vec<Samples>,
    mask: Vec<u8>,
}

impl Reading<'_> {
    fn level_per_full(&self) -> (f64, f64) {
        let (width, height) = self.geometry.size();
        (f64::from(self.level.width) / width, f64::from(self.level.height) / height)
    }

    fn read_patch(&mut self, patch: Patch) -> Result<(), WarpError> {
        // Blocks that are known already are not asked whether anybody waits.
        self.cache.check(self.cog.path())?;
        let (per_col, per_row) = self.level_per_full();
        let tolerance_px = TOLERANCE_PX / per_col.max(per_row);
        if self.resampling == Resampling::Average {
            return self.average_patch(patch, tolerance_px);
        }
        let positions = Positions::of(self.geometry, self.view, patch, tolerance_px, self.whole.as_ref());
        let Some(window) = self.window_of(&positions) else {
            return Ok(());
        };
        if self.is_worth_splitting(patch, window)
            && let Some(halves) = patch.halves()
        {
            return halves.into_iter().try_for_each(|half| self.read_patch(half));
        }
        self.resample(patch, &positions, window)
    }

    fn average_patch(&mut self, patch: Patch, tolerance_px: f64) -> Result<(), WarpError> {
        let corners = Positions::of_corners(self.geometry, self.view, patch, tolerance_px, self.whole.as_ref());
        let grid = Grid {
            width: self.level.width,
            height: self.level.height,
            level_per_full: self.level_per_full(),
            is_ring: self.geometry.covers_all_longitudes(),
        };
        let covers = Covers::of(&corners, grid);
        let Some(window) = covers.window() else {
            return Ok(());
        };
        if self.is_worth_splitting(patch, window)
            && let Some(halves) = patch.halves()
        {
            return halves.into_iter().try_for_each(|half| self.read_patch(half));
        }
        let raster = self.cog.read_window(self.index, window, self.bands, self.cache)?;
        let averages = Averages { covers: &covers, window, mask: raster.mask(), target: self.target(patch) };
        averages.write_mask(&mut self.mask);
        for ((&band, plane), read) in self.bands.iter().zip(&mut self.planes).zip(raster.bands()) {
            averages.plane(read, &band_mask(self.cog, band, &raster, read), plane);
        }
        Ok(())
    }

    fn target(&self, patch: Patch) -> Target {
        let stride = self.view.width() as usize;
        Target {
            first: patch.row as usize * stride + patch.col as usize,
            stride,
            width: patch.width as usize,
            height: patch.height as usize,
        }
    }

    /// The pixels of the level that positions and kernels reach; `None` where they all miss the image.
    fn window_of(&self, positions: &Positions) -> Option<PixelWindow> {
        let (full_width, full_height) = self.geometry.size();
        let [left, top, right, bottom] = positions.extent_within(full_width, full_height)?;
        let (per_col, per_row) = self.level_per_full();
        let (reach_col, reach_row) = self.kernels.as_ref().map_or((0.0, 0.0), |(a, b)| (a.reach(), b.reach()));
        let span = |from: f64, to: f64, size: u32| {
            let last = f64::from(size - 1);
            let cut = |at: f64| {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
                let pixel = at.clamp(0.0, last).floor() as u32;
                pixel
            };
            (cut(from), cut(to) - cut(from) + 1)
        };
        // A hair more than the positions: an edge belongs to the pixel after it.
        let (col, width) = span(left * per_col - reach_col, right * per_col + reach_col + 1e-6, self.level.width);
        let (row, height) = span(top * per_row - reach_row, bottom * per_row + reach_row + 1e-6, self.level.height);
        PixelWindow::new(col, row, width, height)
    }

    fn is_worth_splitting(&self, patch: Patch, window: PixelWindow) -> bool {
        let one_block = window.width() <= self.level.block_width && window.height() <= self.level.block_height;
        if one_block || window.pixels() <= SMALL_WINDOW_PIXELS {
            return false;
        }
        let ratio_is_high = window.pixels() / (patch.pixels() as u64).max(1) > MAX_SOURCE_RATIO;
        window.pixels() > LARGE_WINDOW_PIXELS || (ratio_is_high && self.resampling == Resampling::Nearest)
    }

    fn resample(&mut self, patch: Patch, positions: &Positions, window: PixelWindow) -> Result<(), WarpError> {
        let raster = self.cog.read_window(self.index, window, self.bands, self.cache)?;
        let source = Source {
            level_per_full: self.level_per_full(),
            width: self.level.width,
            height: self.level.height,
            window,
        };
        let nearest = source.nearest(positions, raster.mask());
        let target = self.target(patch);
        target.write_mask(&nearest, &mut self.mask);
        // As in GDAL, cubic convolution is for where all pixels are valid; elsewhere it is the bilinear mean.
        let is_narrow_cubic = |(across, down): &(Kernel, Kernel)| {
            self.resampling == Resampling::Cubic && across.is_narrow() && down.is_narrow()
        };
        let bilinear = || Kernel::new(Resampling::Bilinear, 1.0).map(|kernel| (kernel, kernel));
        let weights = self.kernels.map(|kernels| Weights {
            source,
            kernels,
            positions,
            nearest: &nearest,
            fallback: Some(kernels).filter(is_narrow_cubic).and_then(|_| bilinear()),
        });
        let bands = self.bands.iter().zip(&mut self.planes).zip(raster.bands());
        let Some(weights) = weights else {
            let mut planes: Vec<(&Samples, &mut Samples)> = bands.map(|((_, plane), source)| (source, plane)).collect();
            nearest_planes(&mut planes, &nearest, target);
            return Ok(());
        };
        let cog = self.cog;
        let mut bands: Vec<Band<'_>> = bands
            .map(|((&band, plane), source)| {
                let mask = Some(band_mask(cog, band, &raster, source)).filter(|mask| mask.contains(&INVALID));
                Band { source, mask, plane }
            })
            .collect();
        weights.planes(&mut bands, target);
        Ok(())
    }
}
