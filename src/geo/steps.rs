//! The steps that a transformation is made of, each from point to point.

use std::sync::{Arc, LazyLock};

use proj_core::{Coord, Transform};

use super::Point;
use super::own_projection::OwnProjection;
use super::tile_coord::{lon_lat_from_mercator, mercator_from_lon_lat};

/// One step of a chain, from point to point.
#[derive(Clone)]
pub(super) enum Step {
    Core(Box<Transform>),
    /// As `Core`, with x and y exchanged before (`.1`) or after (`.2`).
    Swapped(Box<Transform>, bool, bool),
    /// As the first, and then once more for what the second, its inverse, leaves over: the first is not exact.
    Refined(Box<Transform>, Box<Transform>),
    /// The first system into the longitudes and latitudes of the second.
    LegacyToLonLat(Arc<proj4rs::Proj>, Arc<proj4rs::Proj>),
    /// Longitudes and latitudes of the second system into the first.
    LegacyFromLonLat(Arc<proj4rs::Proj>, Arc<proj4rs::Proj>),
    OwnForward(OwnProjection),
    OwnInverse(OwnProjection),
    MercatorFromLonLat,
    LonLatFromMercator,
}

/// The point after all steps; `None` where it leaves a projection's domain.
pub(super) fn run(steps: &[Step], point: Point) -> Option<Point> {
    let mut at = point.is_finite().then_some(point)?;
    for step in steps {
        at = step.apply(at).filter(|p| p.is_finite())?;
    }
    Some(at)
}

/// Many points in place; NaN in both where undefined.
pub(super) fn run_slice(steps: &[Step], xs: &mut [f64], ys: &mut [f64]) {
    for (x, y) in xs.iter_mut().zip(ys.iter_mut()) {
        let result = run(steps, Point::new(*x, *y)).unwrap_or(Point::new(f64::NAN, f64::NAN));
        (*x, *y) = (result.x, result.y);
    }
}

impl Step {
    fn apply(&self, point: Point) -> Option<Point> {
        match self {
            Self::Core(transform) => core(transform, point),
            Self::Swapped(transform, before, after) => {
                let swap = |p: Point, yes: bool| if yes { Point::new(p.y, p.x) } else { p };
                core(transform, swap(point, *before)).map(|p| swap(p, *after))
            }
            Self::Refined(transform, back) => {
                let near = core(transform, point)?;
                let reached = core(back, near)?;
                core(transform, Point::new(2.0 * point.x - reached.x, 2.0 * point.y - reached.y)).or(Some(near))
            }
            Self::LegacyToLonLat(proj, lon_lat) => {
                let scale = if proj.is_latlong() { 1.0_f64.to_radians() } else { 1.0 };
                let result = legacy(proj, lon_lat, Point::new(point.x * scale, point.y * scale))?;
                Some(Point::new(result.x.to_degrees(), result.y.to_degrees()))
            }
            Self::LegacyFromLonLat(proj, lon_lat) => {
                let result = legacy(lon_lat, proj, Point::new(point.x.to_radians(), point.y.to_radians()))?;
                let scale = if proj.is_latlong() { 1.0_f64.to_degrees() } else { 1.0 };
                Some(Point::new(result.x * scale, result.y * scale))
            }
            Self::OwnForward(projection) => projection.forward(point),
            Self::OwnInverse(projection) => projection.inverse(point),
            Self::MercatorFromLonLat => Some(mercator_from_lon_lat(point.x, point.y)),
            Self::LonLatFromMercator => Some(lon_lat_from_mercator(point.x, point.y)),
        }
    }
}

fn core(transform: &Transform, point: Point) -> Option<Point> {
    let result = transform.convert(Coord::new(point.x, point.y)).ok()?;
    Some(Point::new(result.x, result.y))
}

/// Longitude and latitude on WGS 84, for `proj4rs`.
pub(super) static WGS84_LEGACY: LazyLock<Option<Arc<proj4rs::Proj>>> =
    LazyLock::new(|| proj4rs::Proj::from_proj_string("+proj=longlat +datum=WGS84").ok().map(Arc::new));

fn legacy(from: &proj4rs::Proj, to: &proj4rs::Proj, point: Point) -> Option<Point> {
    let mut place = (point.x, point.y, 0.0);
    proj4rs::transform::transform(from, to, &mut place).ok()?;
    Some(Point::new(place.0, place.1))
}
