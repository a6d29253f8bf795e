//! Coordinates of one reference system into another.
//!
//! A transformer is a short chain of steps, prepared once for each direction. Positions outside of a projection's domain are
//! `None` (in slices: NaN), never a guess. Datum shifts are the registry's formulas; grids are not carried, and where only a
//! ballpark shift is left, [`Transformer::note`] says so.

use super::chain::Chain;
use super::steps::{Step, run, run_slice};
use super::{BoundingBox, Crs, CrsError, Point};

/// Coordinates of one system into another, and back.
#[derive(Clone)]
pub struct Transformer {
    pub(super) forward: Vec<Step>,
    pub(super) inverse: Vec<Step>,
    pub(super) note: Option<String>,
    pub(super) accuracy_m: Option<f64>,
}

impl Transformer {
    /// From `src` to `dst`. The area of interest, in `src`'s coordinates, decides between datum shifts made for different regions.
    pub fn new(src: &Crs, dst: &Crs, area_of_interest: Option<BoundingBox>) -> Result<Self, CrsError> {
        // Before anything else: between coordinates of one system there is nothing to compute, even where nothing could be.
        if src == dst {
            return Ok(Chain::default().finish());
        }
        src.check_supported()?;
        dst.check_supported()?;
        Chain::between(src, dst, || {
            // On the datum of the source, which is near enough to tell regions apart.
            let to_degrees = Self::of_projection(src).ok()?.reversed();
            transform_bounds(&to_degrees, area_of_interest?)
        })
    }

    /// From longitude and latitude, in degrees from Greenwich on the datum of `crs` itself, to `crs`: the projection alone, without
    /// any shift between datums.
    pub(super) fn of_projection(crs: &Crs) -> Result<Self, CrsError> {
        crs.check_supported()?;
        let mut chain = Chain::default();
        chain.push_projection(crs)?;
        Ok(chain.finish().reversed())
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

    /// EPSG code, longitude and latitude from Greenwich on the system's own datum, x and y as PROJ 9.5 computes them.
    static PROJECTION_POINTS: &str = include_str!("projection_points.tsv");

    #[test]
    fn projections_alone_meet_proj_to_the_millimetre() {
        let mut wrong = Vec::new();
        for line in PROJECTION_POINTS.lines() {
            let numbers: Vec<f64> = line.split('\t').map(|part| part.parse().unwrap()).collect();
            let crs = Crs::from_epsg(numbers[0] as u32).unwrap();
            let (lon_lat, place) = (Point::new(numbers[1], numbers[2]), Point::new(numbers[3], numbers[4]));
            let projection = Transformer::of_projection(&crs).unwrap();
            let metres = crs.metres_per_unit().unwrap();
            let (there, back) = (projection.forward(lon_lat).unwrap(), projection.inverse(place).unwrap());
            let off_m = (there.x - place.x).hypot(there.y - place.y) * metres;
            let off_deg = ((back.x - lon_lat.x) * lon_lat.y.to_radians().cos()).hypot(back.y - lon_lat.y);
            // The polynomial of the modified Krovak projection is computed in another order.
            let tolerance_m = if [5224, 5225, 5515, 5516].contains(&(numbers[0] as u32)) { 0.005 } else { 0.001 };
            if off_m > tolerance_m || off_deg * 111_320.0 > tolerance_m {
                wrong.push(format!("{}: {off_m} m, {off_deg} degrees", numbers[0]));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_shift_that_is_a_ballpark_only_is_told() {
        let to_wgs84 = |crs: &Crs, area| Transformer::new(crs, &Crs::wgs84(), area).unwrap();
        let note = |transformer: &Transformer| transformer.note().unwrap_or_default().to_owned();
        // An ellipsoid alone is no datum.
        let bare = Crs::from_proj_string("+proj=utm +zone=33 +ellps=bessel").unwrap();
        assert!(note(&to_wgs84(&bare, None)).contains("some hundred metres"));
        let paris = Crs::from_proj_string("+proj=sinu +lon_0=2 +ellps=clrk66").unwrap();
        assert!(note(&to_wgs84(&paris, None)).contains("some hundred metres"));
        // Spheres are for maps of values whose positions are on WGS 84.
        let modis = Crs::from_proj_string("+proj=sinu +lon_0=0 +R=6371007.181").unwrap();
        assert_eq!(to_wgs84(&modis, None).note(), None);
        let kansas = BoundingBox::new(-98.1, 38.0, -98.0, 38.1);
        let note = note(&to_wgs84(&Crs::from_epsg(4267).unwrap(), kansas));
        assert!(note.contains("NAD27 to WGS 84 (6), good to 7 m") && note.contains("grid"), "{note}");
    }

    #[test]
    fn a_method_that_nobody_computes_is_named() {
        let error = Transformer::new(&Crs::from_epsg(2963).unwrap(), &Crs::wgs84(), None).unwrap_err();
        assert!(
            error.to_string().contains("its projection method, Bonne (South Orientated), is not supported"),
            "{error}"
        );
    }

    #[test]
    fn grads_are_taken_as_degrees_whose_size_in_files_is_told() {
        let paris = Crs::from_epsg(4807).unwrap();
        assert!(paris.is_geographic());
        assert!((paris.degrees_per_file_unit() - 0.9).abs() < 1e-12);
        let greenwich = Transformer::of_projection(&paris).unwrap().inverse(Point::new(0.0, 48.0)).unwrap();
        assert!((greenwich.x - 2.337_229_166_7).abs() < 1e-9);
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
