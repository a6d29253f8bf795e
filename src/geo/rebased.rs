//! A system's projection apart from its datum: put on another datum, or compared with another system's.

use std::sync::Arc;

use proj_core::{CrsDef, Datum, GeographicCrsDef, lookup_datum_epsg, lookup_epsg};

use super::crs::Definition;
use super::own_projection::OwnProjection;
use super::{Crs, Point, Transformer};

/// How far apart two projections may put a place and still be the same, in metres.
const SAME_PLACE_M: f64 = 1e-3;
/// Steps of longitude and latitude between the places that two projections are looked at in.
const LOOK_STEP_DEG: usize = 10;
/// Of these places as many are compared, those nearest to the middle of the plane.
const COMPARED_PLACES: usize = 8;

impl Crs {
    /// The same projection on the datum of a geographic system of the EPSG registry, so that its shifts to other datums are known.
    ///
    /// `None` where the registry has no such system, or its ellipsoid is not the one that this system is computed on.
    #[must_use]
    pub fn on_datum_of(&self, geographic: u32) -> Option<Self> {
        self.rebased(lookup_epsg(geographic)?.datum())
    }

    /// As [`Self::on_datum_of`], with the registry's code of a datum.
    #[must_use]
    pub fn on_datum(&self, datum: u32) -> Option<Self> {
        self.rebased(&lookup_datum_epsg(datum)?.with_epsg(datum))
    }

    fn rebased(&self, datum: &Datum) -> Option<Self> {
        let difference = format!("on datum {}", datum.epsg());
        match self.definition() {
            Definition::Core(def) if is_same_ellipsoid(def.datum(), datum) => {
                let def = def.as_ref().clone().with_datum(datum.clone());
                Some(self.with_definition(Definition::Core(Box::new(def)), &difference))
            }
            Definition::Legacy { text, .. } | Definition::Shifted { text, .. } => {
                let own = proj_wkt::parse_crs(&format!("+proj=longlat {}", super::proj_text::shape_of(text))).ok()?;
                if !is_same_ellipsoid(own.datum(), datum) {
                    return None;
                }
                let projection = OwnProjection::Of(Arc::new(Transformer::of_projection(self).ok()?));
                let geographic = CrsDef::Geographic(GeographicCrsDef::new(0, datum.clone(), ""));
                let base = Self::from_core_geographic(geographic);
                Some(self.with_definition(Definition::Own { projection, base }, &difference))
            }
            Definition::Own { projection, base } => {
                let own = Definition::Own { projection: projection.clone(), base: base.rebased(datum)? };
                Some(self.with_definition(own, &difference))
            }
            Definition::Unsupported { .. } | Definition::Core(_) => None,
        }
    }

    /// The EPSG code of the geographic system that a projected one of the registry stands on, where that is known.
    #[must_use]
    pub fn base_epsg(&self) -> Option<u32> {
        match self.definition() {
            Definition::Core(def) => def.base_geographic_crs_epsg().filter(|&code| code != 0),
            _ => None,
        }
    }

    /// Whether both put the same longitudes and latitudes (each on its own datum) at the same place, to the millimetre. Systems
    /// that can't be computed are never the same.
    #[must_use]
    pub fn has_projection_of(&self, other: &Self) -> bool {
        let (Ok(own), Ok(others)) = (Transformer::of_projection(self), Transformer::of_projection(other)) else {
            return false;
        };
        let (Some(own_m), Some(others_m)) = (self.metres_per_unit(), other.metres_per_unit()) else {
            return false;
        };
        let mut places: Vec<(Point, Point)> = looked_at_deg().filter_map(|place| placed(&others, place)).collect();
        let from_middle = |(_, on_plane): &(Point, Point)| on_plane.x.hypot(on_plane.y);
        places.sort_by(|a, b| from_middle(a).total_cmp(&from_middle(b)));
        let is_same = |&(place, b): &(Point, Point)| {
            let found = own.forward(place);
            found.is_some_and(|a| (a.x * own_m - b.x * others_m).hypot(a.y * own_m - b.y * others_m) < SAME_PLACE_M)
        };
        !places.is_empty() && places.iter().take(COMPARED_PLACES).all(is_same)
    }
}

/// A grid of longitudes and latitudes over the earth but for the poles.
fn looked_at_deg() -> impl Iterator<Item = Point> {
    let lons = (-180..180).step_by(LOOK_STEP_DEG).map(f64::from);
    lons.flat_map(|lon| (-80..=80).step_by(LOOK_STEP_DEG).map(move |lat| Point::new(lon, f64::from(lat))))
}

/// A place with where it is on the plane, if the way back leads to it.
fn placed(projection: &Transformer, place: Point) -> Option<(Point, Point)> {
    let on_plane = projection.forward(place)?;
    let back = projection.inverse(on_plane)?;
    ((back.x - place.x).hypot(back.y - place.y) < 1e-6).then_some((place, on_plane))
}

fn is_same_ellipsoid(a: &Datum, b: &Datum) -> bool {
    let (a, b) = (a.ellipsoid(), b.ellipsoid());
    let is_same = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance;
    is_same(a.semi_major_axis(), b.semi_major_axis(), 1e-3)
        && is_same(a.inverse_flattening(), b.inverse_flattening(), 1e-5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_wgs84(crs: &Crs, place: Point) -> Point {
        Transformer::new(crs, &Crs::wgs84(), None).unwrap().forward(place).unwrap()
    }

    #[test]
    fn a_projection_of_ones_own_gets_the_shift_of_a_registered_datum() {
        let grid =
            "+lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +a=6377563.396 +rf=299.3249646 +units=m";
        let bare = Crs::from_proj_string(&format!("+proj=tmerc {grid}")).unwrap();
        let place = Point::new(400_000.0, 300_000.0);
        let registered = to_wgs84(&Crs::from_epsg(27700).unwrap(), place);
        for rebased in [bare.on_datum_of(4277).unwrap(), bare.on_datum(6277).unwrap()] {
            let found = to_wgs84(&rebased, place);
            assert!((found.x - registered.x).abs() < 1e-9 && (found.y - registered.y).abs() < 1e-9, "{found:?}");
        }
        assert!((to_wgs84(&bare, place).x - registered.x).abs() > 1e-4);
        assert!(bare.on_datum_of(4326).is_none(), "another ellipsoid");
        assert_ne!(bare.on_datum_of(4277).unwrap(), bare);
    }

    #[test]
    fn a_projection_of_the_other_library_can_stand_on_a_registered_datum_too() {
        let sinusoidal = Crs::from_proj_string("+proj=sinu +lon_0=-2 +a=6377563.396 +rf=299.3249646 +units=m").unwrap();
        let rebased = sinusoidal.on_datum_of(4277).unwrap();
        let place = to_wgs84(&rebased, Point::new(0.0, 5_600_000.0));
        let on_grid = Transformer::new(&Crs::from_epsg(4277).unwrap(), &Crs::wgs84(), None).unwrap();
        let unshifted = Transformer::of_projection(&sinusoidal).unwrap().inverse(Point::new(0.0, 5_600_000.0)).unwrap();
        let shifted = on_grid.forward(unshifted).unwrap();
        assert!((place.x - shifted.x).abs() < 1e-9 && (place.y - shifted.y).abs() < 1e-9);
        assert!((place.x - unshifted.x).abs() > 1e-4);
    }

    #[test]
    fn projections_are_compared_by_what_they_do() {
        let registered = Crs::from_epsg(32631).unwrap();
        let alike = Crs::from_proj_string("+proj=tmerc +lat_0=0 +lon_0=3 +k=0.9996 +x_0=500000 +y_0=0 +ellps=WGS84");
        assert!(alike.unwrap().has_projection_of(&registered));
        let other = Crs::from_proj_string("+proj=tmerc +lat_0=0 +lon_0=3 +k=0.9997 +x_0=500000 +y_0=0 +ellps=WGS84");
        assert!(!other.unwrap().has_projection_of(&registered));
        assert!(!Crs::unknown().has_projection_of(&Crs::unknown()));
    }
}
