//! Coordinates of one reference system into another.
//!
//! A transformer is a short chain of steps, prepared once for each direction. Positions outside of a projection's domain are
//! `None` (in slices: NaN), never a guess. Datum shifts are the registry's formulas; grids are not carried, and where only a
//! ballpark shift is left, [`Transformer::note`] says so.

use std::sync::Arc;

use proj_core::{
    AreaOfInterest, Bounds, Coord, CrsDef, Datum, DatumToWgs84, GeographicCrsDef, SelectionOptions, SelectionReason,
    Transform,
};

use super::crs::Definition;
use super::tile_coord::{lon_lat_from_mercator, mercator_from_lon_lat};
use super::{BoundingBox, Crs, CrsError, Point};

/// One step of a chain, from point to point.
#[derive(Clone)]
enum Step {
    Core(Box<Transform>),
    /// As `Core`, with x and y exchanged before (`.1`) or after (`.2`).
    Swapped(Box<Transform>, bool, bool),
    LegacyToLonLat(Arc<proj4rs::Proj>),
    LegacyFromLonLat(Arc<proj4rs::Proj>),
    MercatorFromLonLat,
    LonLatFromMercator,
}

/// Coordinates of one system into another, and back.
#[derive(Clone)]
pub struct Transformer {
    forward: Vec<Step>,
    inverse: Vec<Step>,
    note: Option<String>,
    accuracy_m: Option<f64>,
}

impl Transformer {
    /// From `src` to `dst`. The area of interest, in `src`'s coordinates, decides between datum shifts made for different regions.
    pub fn new(src: &Crs, dst: &Crs, area_of_interest: Option<BoundingBox>) -> Result<Self, CrsError> {
        let mut chain = Chain::default();
        // Before anything else: between coordinates of one system there is nothing to compute, even where nothing could be.
        if src == dst {
            return Ok(chain.finish());
        }
        src.check_supported()?;
        dst.check_supported()?;
        let area = area_of_interest.map(|b| Bounds::new(b.min_x(), b.min_y(), b.max_x(), b.max_y()));
        if is_wgs84(src) || is_wgs84(dst) || is_mercator(src) || is_mercator(dst) || !chain.push_direct(src, dst, area)
        {
            chain.push_to_wgs84(src, area)?;
            chain.push_from_wgs84(dst, area.filter(|_| is_wgs84(src)))?;
        }
        Ok(chain.finish())
    }

    /// The same, the other way round.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            forward: self.inverse.clone(),
            inverse: self.forward.clone(),
            note: self.note.clone(),
            accuracy_m: self.accuracy_m,
        }
    }

    /// Source and destination are the same system.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.forward.is_empty()
    }

    /// x of the result depends on x only and y on y only: geographic WGS 84 and Web Mercator, either way, or identity.
    #[must_use]
    pub fn is_separable(&self) -> bool {
        self.forward.iter().all(|step| matches!(step, Step::MercatorFromLonLat | Step::LonLatFromMercator))
    }

    /// A point of the source in the destination's coordinates; `None` outside of the projection's domain.
    #[must_use]
    pub fn forward(&self, point: Point) -> Option<Point> {
        run(&self.forward, point)
    }

    /// A point of the destination in the source's coordinates; `None` outside of the projection's domain.
    #[must_use]
    pub fn inverse(&self, point: Point) -> Option<Point> {
        run(&self.inverse, point)
    }

    /// Many points in place; NaN in both where undefined. Slices of unequal length are taken to the shorter one's end.
    pub fn forward_slice(&self, xs: &mut [f64], ys: &mut [f64]) {
        run_slice(&self.forward, xs, ys);
    }

    /// As [`Self::forward_slice`], from the destination to the source.
    pub fn inverse_slice(&self, xs: &mut [f64], ys: &mut [f64]) {
        run_slice(&self.inverse, xs, ys);
    }

    /// What the user should know about the datum shift: ballpark, or without the grid that the registry prescribes.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// How far off the datum shift may be, in metres, as the registry states it; `None` where it doesn't.
    #[must_use]
    pub fn accuracy_m(&self) -> Option<f64> {
        self.accuracy_m
    }
}

impl std::fmt::Debug for Transformer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transformer")
            .field("steps", &self.forward.len())
            .field("note", &self.note)
            .finish_non_exhaustive()
    }
}

/// The box in the destination around a box in the source, its sides taken at 21 points each; `None` where nothing of it can be
/// transformed.
#[must_use]
pub fn transform_bounds(transformer: &Transformer, bounds: BoundingBox) -> Option<BoundingBox> {
    const POINTS_PER_SIDE: u32 = 21;
    if transformer.is_identity() {
        return Some(bounds);
    }
    // Inside points too: a pole, or a bulge that the sides don't show.
    let inside = (1..POINTS_PER_SIDE).step_by(4).flat_map(|row| {
        let t = f64::from(row) / f64::from(POINTS_PER_SIDE);
        (1..POINTS_PER_SIDE).step_by(4).map(move |col| {
            let s = f64::from(col) / f64::from(POINTS_PER_SIDE);
            Point::new(bounds.min_x() + s * bounds.width(), bounds.min_y() + t * bounds.height())
        })
    });
    let points = bounds.edge_points(POINTS_PER_SIDE).into_iter().chain(inside);
    BoundingBox::around(points.filter_map(|p| transformer.forward(p)))
}

fn is_wgs84(crs: &Crs) -> bool {
    crs.epsg() == Some(4326)
}

fn is_mercator(crs: &Crs) -> bool {
    crs.epsg() == Some(3857)
}

/// A chain while it is being put together.
#[derive(Default)]
struct Chain {
    forward: Vec<Step>,
    inverse: Vec<Step>,
    notes: Vec<String>,
    accuracy_m: Option<f64>,
}

impl Chain {
    fn finish(mut self) -> Transformer {
        self.inverse.reverse();
        Transformer {
            forward: self.forward,
            inverse: self.inverse,
            note: (!self.notes.is_empty()).then(|| self.notes.join(" ")),
            accuracy_m: self.accuracy_m,
        }
    }

    /// One operation of the registry from end to end, where it has one.
    fn push_direct(&mut self, src: &Crs, dst: &Crs, area: Option<Bounds>) -> bool {
        let (Definition::Core(from), Definition::Core(to)) = (src.definition(), dst.definition()) else {
            return false;
        };
        self.push_core(from, to, area)
    }

    fn push_to_wgs84(&mut self, src: &Crs, area: Option<Bounds>) -> Result<(), CrsError> {
        if is_wgs84(src) {
            return Ok(());
        }
        if is_mercator(src) {
            self.push(Step::LonLatFromMercator, Step::MercatorFromLonLat);
            return Ok(());
        }
        match src.definition() {
            Definition::Core(def) => {
                let wgs84 = wgs84_definition(src)?;
                if !self.push_core(def, &wgs84, area) {
                    let (same, geographic) =
                        without_datum(def).ok_or_else(|| unsupported(src, "its ellipsoid can't be used"))?;
                    if !self.push_core(&same, &geographic, None) {
                        return Err(unsupported(src, "its projection can't be computed"));
                    }
                    self.note_ballpark(src);
                }
            }
            Definition::Shifted { text, swapped } => {
                let to = proj_wkt::transform_from_crs_strings_horizontal(text, "EPSG:4326");
                let back = proj_wkt::transform_from_crs_strings_horizontal("EPSG:4326", text);
                match (to, back) {
                    (Ok(to), Ok(back)) => self.push(
                        Step::Swapped(Box::new(to), *swapped, false),
                        Step::Swapped(Box::new(back), false, *swapped),
                    ),
                    (Err(error), _) | (_, Err(error)) => return Err(unsupported(src, &error.to_string())),
                }
            }
            Definition::Legacy(proj) => {
                if !proj.has_inverse() || !proj.has_forward() {
                    return Err(unsupported(src, "its projection has no inverse"));
                }
                self.push(Step::LegacyToLonLat(proj.clone()), Step::LegacyFromLonLat(proj.clone()));
            }
            Definition::Unsupported { reason } => return Err(unsupported(src, reason)),
        }
        Ok(())
    }

    fn push_from_wgs84(&mut self, dst: &Crs, area: Option<Bounds>) -> Result<(), CrsError> {
        let mut back = Self::default();
        // The registry's area is that of WGS 84 degrees here; `push_to_wgs84` wants the source's own coordinates.
        let own_area = area.and_then(|area| {
            let mut plain = Self::default();
            plain.push_to_wgs84(dst, None).ok()?;
            let bounds = BoundingBox::new(area.min_x, area.min_y, area.max_x, area.max_y)?;
            let own = transform_bounds(&plain.finish().reversed(), bounds)?;
            Some(Bounds::new(own.min_x(), own.min_y(), own.max_x(), own.max_y()))
        });
        back.push_to_wgs84(dst, own_area)?;
        let steps = back.finish();
        self.forward.extend(steps.inverse);
        // `finish` turns the whole list round, so it is kept back to front here.
        self.inverse.extend(steps.forward.into_iter().rev());
        self.notes.extend(steps.note);
        self.accuracy_m = add_accuracies(self.accuracy_m, steps.accuracy_m);
        Ok(())
    }

    fn push(&mut self, forward: Step, inverse: Step) {
        self.forward.push(forward);
        self.inverse.push(inverse);
    }

    fn push_core(&mut self, from: &CrsDef, to: &CrsDef, area: Option<Bounds>) -> bool {
        let options = SelectionOptions::new().with_wgs84_pivot();
        let select = |options| Transform::from_horizontal_components_with_selection_options(from, to, options);
        let with_area = area.and_then(|area| {
            let center = Coord::new(f64::midpoint(area.min_x, area.max_x), f64::midpoint(area.min_y, area.max_y));
            let areas = [AreaOfInterest::source_crs_bounds(area), AreaOfInterest::source_crs_point(center)];
            let mut found =
                areas.into_iter().filter_map(|area| select(options.clone().with_area_of_interest(area)).ok());
            let first = found.next()?;
            // Where no operation is made for the whole area, one that is made for its middle will do.
            if is_for_area(&first) { Some(first) } else { Some(found.find(is_for_area).unwrap_or(first)) }
        });
        // An area that the system can't place is no reason to fail.
        let Some(forward) = with_area.or_else(|| select(options).ok()) else {
            return false;
        };
        let Ok(inverse) = forward.inverse() else {
            return false;
        };
        let operation = forward.selected_operation();
        let accuracy_m = operation.accuracy.map(|a| a.meters);
        let missing_grid = forward.selection_diagnostics().missing_required_grid.clone();
        if operation.approximate || missing_grid.is_some() {
            let good_to = accuracy_m.map_or(String::new(), |m| format!(", good to {m} m"));
            self.notes.push(match missing_grid {
                Some(grid) => format!("The grid {grid} is not available; datum shift by {}{good_to}.", operation.name),
                None => format!("Approximate datum shift: {}{good_to}.", operation.name),
            });
        }
        self.accuracy_m = add_accuracies(self.accuracy_m, accuracy_m);
        self.push(Step::Core(Box::new(forward)), Step::Core(Box::new(inverse)));
        true
    }

    fn note_ballpark(&mut self, crs: &Crs) {
        self.notes.push(format!(
            "No datum shift is known from {} to WGS 84: positions may be off by some hundred metres.",
            crs.name()
        ));
        self.accuracy_m = None;
    }
}

fn is_for_area(transform: &Transform) -> bool {
    transform.selection_diagnostics().selected_reasons.contains(&SelectionReason::AreaOfUseMatch)
}

fn add_accuracies(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    }
}

fn unsupported(crs: &Crs, reason: &str) -> CrsError {
    CrsError::Unsupported { name: crs.name().to_owned(), reason: reason.to_owned() }
}

fn wgs84_definition(asked_for: &Crs) -> Result<CrsDef, CrsError> {
    proj_core::lookup_epsg(4326).ok_or_else(|| unsupported(asked_for, "the registry lacks WGS 84"))
}

/// The system as if its datum were WGS 84 but for the ellipsoid, and longitude and latitude of the same.
fn without_datum(def: &CrsDef) -> Option<(CrsDef, CrsDef)> {
    let datum = Datum::new(def.datum().ellipsoid(), DatumToWgs84::Identity).ok()?;
    let geographic = CrsDef::Geographic(GeographicCrsDef::new(0, datum.clone(), ""));
    Some((def.clone().with_datum(datum), geographic))
}

fn run(steps: &[Step], point: Point) -> Option<Point> {
    let mut at = point.is_finite().then_some(point)?;
    for step in steps {
        at = step.apply(at).filter(|p| p.is_finite())?;
    }
    Some(at)
}

fn run_slice(steps: &[Step], xs: &mut [f64], ys: &mut [f64]) {
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
            Self::LegacyToLonLat(proj) => {
                let scale = if proj.is_latlong() { 1.0_f64.to_radians() } else { 1.0 };
                let result = legacy(proj, &WGS84_LEGACY.as_ref()?.0, Point::new(point.x * scale, point.y * scale))?;
                Some(Point::new(result.x.to_degrees(), result.y.to_degrees()))
            }
            Self::LegacyFromLonLat(proj) => {
                let radians = Point::new(point.x.to_radians(), point.y.to_radians());
                let result = legacy(&WGS84_LEGACY.as_ref()?.0, proj, radians)?;
                let scale = if proj.is_latlong() { 1.0_f64.to_degrees() } else { 1.0 };
                Some(Point::new(result.x * scale, result.y * scale))
            }
            Self::MercatorFromLonLat => Some(mercator_from_lon_lat(point.x, point.y)),
            Self::LonLatFromMercator => Some(lon_lat_from_mercator(point.x, point.y)),
        }
    }
}

fn core(transform: &Transform, point: Point) -> Option<Point> {
    let result = transform.convert(Coord::new(point.x, point.y)).ok()?;
    Some(Point::new(result.x, result.y))
}

struct LegacyWgs84(proj4rs::Proj);

static WGS84_LEGACY: std::sync::LazyLock<Option<LegacyWgs84>> =
    std::sync::LazyLock::new(|| proj4rs::Proj::from_proj_string("+proj=longlat +datum=WGS84").ok().map(LegacyWgs84));

fn legacy(from: &proj4rs::Proj, to: &proj4rs::Proj, point: Point) -> Option<Point> {
    let mut place = (point.x, point.y, 0.0);
    proj4rs::transform::transform(from, to, &mut place).ok()?;
    Some(Point::new(place.0, place.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_mercator_is_separable_and_exact() {
        let t = Transformer::new(&Crs::wgs84(), &Crs::web_mercator(), None).unwrap();
        let p = t.forward(Point::new(13.3777, 52.5163)).unwrap();
        assert!((p.x - 1_489_198.753).abs() < 1e-2 && (p.y - 6_894_018.4).abs() < 1e2, "{p:?}");
        let q = t.inverse(p).unwrap();
        assert!((q.x - 13.3777).abs() < 1e-12 && (q.y - 52.5163).abs() < 1e-12);
        assert!(t.is_separable() && t.note().is_none());
    }

    #[test]
    fn the_same_system_needs_no_steps() {
        let t = Transformer::new(&Crs::wgs84(), &Crs::from_epsg(4326).unwrap(), None).unwrap();
        assert!(t.is_identity());
    }

    #[test]
    fn what_cannot_be_transformed_is_refused_by_name() {
        let local = Crs::unsupported("PAM", "an engineering system has no place on the earth");
        let error = Transformer::new(&local, &Crs::wgs84(), None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "coordinates in PAM can't be transformed: an engineering system has no place on the earth"
        );
    }

    #[test]
    fn places_outside_of_the_domain_are_none() {
        let t = Transformer::new(&Crs::wgs84(), &Crs::web_mercator(), None).unwrap();
        assert_eq!(t.forward(Point::new(f64::NAN, 0.0)), None);
        assert_eq!(t.forward(Point::new(0.0, 90.0)), None);
        let (mut xs, mut ys) = ([0.0, 0.0], [90.0, 0.0]);
        t.forward_slice(&mut xs, &mut ys);
        assert!(xs[0].is_nan() && ys[0].is_nan());
        assert!(xs[1].abs() < 1e-9 && ys[1].abs() < 1e-9);
    }

    /// Definition, longitude and latitude on WGS 84, x and y as PROJ 9.5 computes them without grids.
    static REFERENCE_POINTS: &str = include_str!("reference_points.tsv");

    #[test]
    fn places_are_where_proj_has_them() {
        let mut wrong = Vec::new();
        for line in REFERENCE_POINTS.lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            let numbers: Vec<f64> = parts[1..].iter().map(|part| part.parse().unwrap()).collect();
            let crs = match parts[0].strip_prefix("EPSG:") {
                Some(code) => Crs::from_epsg(code.parse().unwrap()),
                None => Crs::from_proj_string(parts[0]),
            };
            let crs = crs.unwrap();
            let (lon_lat, place) = (Point::new(numbers[0], numbers[1]), Point::new(numbers[2], numbers[3]));
            let area = BoundingBox::around([place]).unwrap();
            let transformer = Transformer::new(&crs, &Crs::wgs84(), Some(area)).unwrap();
            let back = transformer.inverse(lon_lat).unwrap();
            let there = transformer.forward(place).unwrap();
            let metres = crs.metres_per_unit().unwrap_or(111_320.0);
            let off_m = (back.x - place.x).hypot(back.y - place.y) * metres;
            let off_deg = (there.x - lon_lat.x).hypot(there.y - lon_lat.y);
            if off_m > 0.02 || off_deg > 1e-6 {
                wrong.push(format!("{}: {off_m} m, {off_deg} degrees", parts[0]));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_chain_of_two_shifts_leads_back_to_where_it_began() {
        let (swiss, dutch) = (Crs::from_epsg(21781).unwrap(), Crs::from_epsg(31467).unwrap());
        let t = Transformer::new(&swiss, &dutch, None).unwrap();
        let p = Point::new(600_000.0, 200_000.0);
        let q = t.inverse(t.forward(p).unwrap()).unwrap();
        assert!((p.x - q.x).hypot(p.y - q.y) < 0.05, "{q:?}");
    }

    #[test]
    fn bounds_follow_the_bulge_of_an_edge() {
        let lambert = Crs::from_epsg(2154).unwrap();
        let t = Transformer::new(&Crs::wgs84(), &lambert, None).unwrap();
        let corners = BoundingBox::new(-4.0, 42.0, 8.0, 51.0).unwrap();
        let bounds = transform_bounds(&t, corners).unwrap();
        let south_middle = t.forward(Point::new(3.0, 42.0)).unwrap();
        assert!(bounds.min_y() < south_middle.y + 1_000.0);
        let south_west = t.forward(Point::new(-4.0, 42.0)).unwrap();
        assert!(south_west.y > south_middle.y + 10_000.0);
    }
}
