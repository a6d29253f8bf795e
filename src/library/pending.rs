//! Stands in for the warper until it is there: nearest pixels, every position transformed exactly.

use crate::cog::{BlockCache, Cog, CogError};
use crate::geo::{BoundingBox, Crs, Point, TileCoord, Transformer};
use crate::raster::{INVALID, PixelWindow, Raster, Resampling, Samples, with_samples};

/// See the warper.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) crs: Crs,
    pub(crate) bbox: BoundingBox,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl View {
    pub(crate) fn new(crs: Crs, bbox: BoundingBox, width: u32, height: u32) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { crs, bbox, width, height })
    }

    pub(crate) fn tile(tile: TileCoord, size: u32) -> Self {
        Self { crs: Crs::web_mercator(), bbox: tile.bounds(), width: size, height: size }
    }
}

/// See the warper.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WarpError {
    /// The file.
    #[error(transparent)]
    Cog(#[from] CogError),
    /// Its place.
    #[error("{0}")]
    Place(String),
}

pub(crate) struct Warped {
    pub(crate) raster: Raster,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the level")]
pub(crate) fn read(
    cog: &Cog,
    view: &View,
    bands: &[usize],
    _: Resampling,
    cache: &BlockCache,
) -> Result<Warped, WarpError> {
    let place = |what: &str| WarpError::Place(what.to_owned());
    let crs = cog.crs().ok_or_else(|| place("no reference system"))?;
    let to_pixel = cog.affine().and_then(crate::geo::Affine::inverse).ok_or_else(|| place("no geotransform"))?;
    let transformer = Transformer::new(crs, &view.crs, cog.bounds()).map_err(|error| place(&error.to_string()))?;
    let (width, height) = (f64::from(cog.width()), f64::from(cog.height()));
    let mut positions: Vec<Option<Point>> = Vec::new();
    for row in 0..view.height {
        for col in 0..view.width {
            let x = view.bbox.min_x() + (f64::from(col) + 0.5) / f64::from(view.width) * view.bbox.width();
            let y = view.bbox.max_y() - (f64::from(row) + 0.5) / f64::from(view.height) * view.bbox.height();
            let pixel = transformer.inverse(Point::new(x, y)).map(|at| to_pixel.apply(at.x, at.y));
            positions.push(pixel.filter(|p| p.x >= 0.0 && p.y >= 0.0 && p.x < width && p.y < height));
        }
    }
    let pixels = positions.len();
    let nothing = |bands: &[usize]| bands.iter().map(|_| Samples::zeros(cog.sample_type(), pixels)).collect();
    let raster = |planes, mask| {
        let raster = Raster::new(view.width, view.height, planes, mask).map_err(|error| place(&error.to_string()));
        raster.map(|raster| Warped { raster })
    };
    let Some(hit) = BoundingBox::around(positions.iter().flatten().copied()) else {
        return raster(nothing(bands), vec![INVALID; pixels]);
    };
    let across = positions.get(..usize::try_from(view.width).unwrap_or(0)).unwrap_or_default().iter().flatten().count();
    let source_per_px = hit.width().max(1.0) / (across.max(2) as f64 - 1.0);
    let coarse_enough = |level: &crate::cog::Level| width / f64::from(level.width) <= source_per_px.max(1.0);
    let level = cog.levels().iter().rposition(coarse_enough).unwrap_or(0);
    let Some(grid) = cog.levels().get(level) else { return raster(nothing(bands), vec![INVALID; pixels]) };
    let scale = (f64::from(grid.width) / width, f64::from(grid.height) / height);
    let cell = |p: &Point| {
        let col = ((p.x * scale.0) as u32).min(grid.width - 1);
        (col, ((p.y * scale.1) as u32).min(grid.height - 1))
    };
    let (low, high) = (cell(&Point::new(hit.min_x(), hit.min_y())), cell(&Point::new(hit.max_x(), hit.max_y())));
    let window = PixelWindow::new(low.0, low.1, high.0 - low.0 + 1, high.1 - low.1 + 1);
    let window = window.ok_or_else(|| place("an empty window"))?;
    let source = cog.read_window(level, window, bands, cache)?;
    let index = |p: &Option<Point>| {
        let (col, row) = cell(p.as_ref()?);
        source.index(col - low.0, row - low.1)
    };
    let from: Vec<Option<usize>> = positions.iter().map(index).collect();
    let planes = source.bands().iter().map(|plane| pick(plane, &from)).collect();
    let mask = from.iter().map(|at| at.and_then(|at| source.mask().get(at).copied()).unwrap_or(INVALID)).collect();
    raster(planes, mask)
}

fn pick(plane: &Samples, from: &[Option<usize>]) -> Samples {
    let mut picked = Samples::zeros(plane.sample_type(), from.len());
    macro_rules! of_same_type {
        ($($variant:ident),*) => {
            match (&mut picked, plane) {
                $((Samples::$variant(to), Samples::$variant(plane)) => {
                    for (to, at) in to.iter_mut().zip(from) {
                        if let Some(value) = at.and_then(|at| plane.get(at)) {
                            *to = *value;
                        }
                    }
                })*
                _ => {}
            }
        };
    }
    of_same_type!(U8, I8, U16, I16, U32, I32, U64, I64, F32, F64, CI16, CI32, CF32, CF64);
    with_samples!(&picked, plane => debug_assert_eq!(plane.len(), from.len()));
    picked
}
