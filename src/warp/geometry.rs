//! Where the pixels of an image lie in the coordinates of a view.

use super::WarpError;
use super::control_points::ControlPointMap;
use super::rational::CameraModel;
use crate::cog::{Cog, GeoreferenceKind};
use crate::geo::{Affine, Crs, CrsError, Point, Transformer, transform_bounds};

/// How far beyond half a turn a longitude may lie from an image's middle and still be opposite to it, in turns.
const OPPOSITE: f64 = 1e-9;

/// The way between an image's pixels at full resolution (edges: (0, 0) is the outer corner of the first) and coordinates in
/// another reference system.
#[derive(Debug, Clone)]
pub struct ImageGeometry {
    width: f64,
    height: f64,
    model: Model,
    /// From the image's coordinates to those asked for.
    transformer: Transformer,
    /// The middle of an image in degrees: longitudes are taken round the earth to lie within 180 of it.
    middle_lon_deg: Option<f64>,
}

#[derive(Debug, Clone)]
enum Model {
    Affine { crs_from_pixel: Affine, pixel_from_crs: Affine },
    ControlPoints(ControlPointMap),
    Camera(Box<CameraModel>),
}

impl ImageGeometry {
    /// The geometry of `cog` towards `crs`.
    ///
    /// Towards [`Crs::pixels`] every image has one; towards [`Crs::unknown`] those have whose coordinates are of no known system.
    pub fn new(cog: &Cog, crs: &Crs) -> Result<Self, WarpError> {
        let path = || cog.path().to_path_buf();
        if *crs == Crs::pixels() {
            return Self::of_pixels(cog).map_err(|source| WarpError::Crs { path: path(), source });
        }
        let bad = |reason: &str| WarpError::Georeference { path: path(), reason: reason.to_owned() };
        let (model, own_crs) = match &cog.georeference().kind {
            GeoreferenceKind::None => return Err(WarpError::NoGeoreference { path: path() }),
            GeoreferenceKind::Affine(affine) => {
                let inverse = affine.inverse().ok_or_else(|| bad("its pixels have no size"))?;
                (Model::Affine { crs_from_pixel: *affine, pixel_from_crs: inverse }, cog.crs())
            }
            GeoreferenceKind::Gcps(points) => {
                let map = ControlPointMap::fit(points).ok_or_else(|| bad("its control points span no area"))?;
                (Model::ControlPoints(map), cog.crs())
            }
            GeoreferenceKind::Rpc(rpc) => (Model::Camera(Box::new(CameraModel::new(rpc))), Some(&Crs::wgs84())),
        };
        let own_crs = match own_crs {
            Some(own_crs) => own_crs.clone(),
            None if *crs == Crs::unknown() => Crs::unknown(),
            None => return Err(WarpError::NoCrs { path: path() }),
        };
        let (width, height) = (f64::from(cog.width()), f64::from(cog.height()));
        let transformer =
            Transformer::new(&own_crs, crs, cog.bounds()).map_err(|source| WarpError::Crs { path: path(), source })?;
        let mut geometry = Self { width, height, model, transformer, middle_lon_deg: None };
        if own_crs.is_geographic() {
            geometry.middle_lon_deg = geometry.crs_from_pixel(width / 2.0, height / 2.0).map(|middle| middle.x);
        }
        Ok(geometry)
    }

    fn of_pixels(cog: &Cog) -> Result<Self, CrsError> {
        let flip = Affine::from_gdal([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
        Ok(Self {
            width: f64::from(cog.width()),
            height: f64::from(cog.height()),
            model: Model::Affine { crs_from_pixel: flip, pixel_from_crs: flip },
            transformer: Transformer::new(&Crs::pixels(), &Crs::pixels(), None)?,
            middle_lon_deg: None,
        })
    }

    /// Columns and rows at full resolution.
    pub(super) fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// What the user should know about the datum shift; see [`Transformer::note`].
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.transformer.note()
    }

    fn crs_from_pixel(&self, col: f64, row: f64) -> Option<Point> {
        match &self.model {
            Model::Affine { crs_from_pixel, .. } => Some(crs_from_pixel.apply(col, row)),
            Model::ControlPoints(map) => map.crs_from_pixel(col, row),
            Model::Camera(camera) => camera.lon_lat_from_pixel(col, row),
        }
    }

    /// Column and row (as x and y) of a place, which may lie outside of the image; `None` where there is no such place.
    #[must_use]
    pub fn pixel_from_view(&self, place: Point) -> Option<Point> {
        let mut own = self.transformer.inverse(place)?;
        if let Some(middle) = self.middle_lon_deg {
            let turns = (middle - own.x) / 360.0;
            // What lies right opposite stays where it is: it may be the last edge of a tile, or the first.
            if turns.abs() > 0.5 + OPPOSITE {
                own.x += turns.round() * 360.0;
            }
        }
        match &self.model {
            Model::Affine { pixel_from_crs, .. } => Some(pixel_from_crs.apply(own.x, own.y)),
            Model::ControlPoints(map) => map.pixel_from_crs(own),
            Model::Camera(camera) => camera.pixel_from_lon_lat(own),
        }
    }

    /// The place of a column and row; `None` outside of the projection's domain.
    #[must_use]
    pub fn view_from_pixel(&self, col: f64, row: f64) -> Option<Point> {
        self.transformer.forward(self.crs_from_pixel(col, row)?)
    }

    /// Columns depend on x only and rows on y only.
    pub(super) fn is_separable(&self) -> bool {
        let axis_parallel =
            matches!(&self.model, Model::Affine { crs_from_pixel, .. } if crs_from_pixel.is_axis_parallel());
        axis_parallel && self.transformer.is_separable()
    }

    /// Columns that once around the earth is, of an image in degrees whose columns run along longitudes.
    pub(super) fn columns_around(&self) -> Option<f64> {
        let (Model::Affine { crs_from_pixel, .. }, Some(_)) = (&self.model, self.middle_lon_deg) else { return None };
        let (west, east) = (crs_from_pixel.apply(0.0, 0.0), crs_from_pixel.apply(1.0, 0.0));
        crs_from_pixel.is_axis_parallel().then(|| 360.0 / (east.x - west.x).abs())
    }

    /// Of an image in degrees whose longitudes cover the earth: its first and last columns meet.
    pub(super) fn covers_all_longitudes(&self) -> bool {
        match (&self.model, self.middle_lon_deg) {
            (Model::Affine { crs_from_pixel, .. }, Some(_)) => {
                let (west, east) = (crs_from_pixel.apply(0.0, 0.0), crs_from_pixel.apply(self.width, 0.0));
                (east.x - west.x).abs() >= 359.9
            }
            _ => false,
        }
    }

    /// The box of the whole image in the view's coordinates, of a system where that can be told from its own box.
    pub(super) fn bounds_of_box(&self) -> Option<crate::geo::BoundingBox> {
        match &self.model {
            Model::Affine { crs_from_pixel, .. } => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and of a u32")]
                let own = crs_from_pixel.bounds(self.width as u32, self.height as u32)?;
                transform_bounds(&self.transformer, own)
            }
            _ => None,
        }
    }
}
