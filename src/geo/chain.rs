//! How the steps between two reference systems are put together: through longitude and latitude on WGS 84, but for pairs that the
//! registry has an operation of its own for.

use std::sync::{Arc, LazyLock};

use proj_core::{
    AxisOrder, CoordinateOperationId, CrsDef, Datum, DatumToWgs84, GeographicCrsDef, ProjectionMethod,
    SelectionOptions, Transform, lookup_epsg,
};

use super::crs::Definition;
use super::datum_shift::{Chosen, DatumShift};
use super::steps::{Step, WGS84_LEGACY};
use super::{BoundingBox, Crs, CrsError, Transformer, proj_text};

/// A chain while it is being put together.
#[derive(Default)]
pub(super) struct Chain {
    forward: Vec<Step>,
    /// Back to front: the last step of the way back comes first.
    inverse: Vec<Step>,
    notes: Vec<String>,
    accuracy_m: Option<f64>,
}

impl Chain {
    /// The whole way. `area_deg` tells what is to be transformed, as longitudes and latitudes; it is asked where it matters only.
    pub(super) fn between(
        src: &Crs,
        dst: &Crs,
        area_deg: impl FnOnce() -> Option<BoundingBox>,
    ) -> Result<Transformer, CrsError> {
        let mut chain = Self::default();
        let area_deg = if [src, dst].into_iter().any(has_other_datum) { area_deg() } else { None };
        if !chain.push_direct(src, dst, area_deg) {
            chain.push_to_wgs84(src, area_deg)?;
            chain.push_from_wgs84(dst, area_deg)?;
        }
        Ok(chain.finish())
    }

    pub(super) fn finish(mut self) -> Transformer {
        self.inverse.reverse();
        Transformer {
            forward: self.forward,
            inverse: self.inverse,
            note: (!self.notes.is_empty()).then(|| self.notes.join(" ")),
            accuracy_m: self.accuracy_m,
        }
    }

    /// One operation of the registry from end to end, where it has one that isn't to or from WGS 84.
    fn push_direct(&mut self, src: &Crs, dst: &Crs, area_deg: Option<BoundingBox>) -> bool {
        if [src, dst].into_iter().any(|crs| is_wgs84(crs) || is_mercator(crs)) {
            return false;
        }
        let (Definition::Core(from), Definition::Core(to)) = (src.definition(), dst.definition()) else {
            return false;
        };
        match DatumShift::between(from, to, area_deg) {
            DatumShift::Ballpark => false,
            shift => self.push_shifted(from, to, &shift),
        }
    }

    fn push_to_wgs84(&mut self, src: &Crs, area_deg: Option<BoundingBox>) -> Result<(), CrsError> {
        if is_wgs84(src) {
            return Ok(());
        }
        if is_mercator(src) {
            self.push(Step::LonLatFromMercator, Step::MercatorFromLonLat);
            return Ok(());
        }
        match src.definition() {
            Definition::Core(def) => {
                let wgs84 = WGS84.as_ref().ok_or_else(|| unsupported(src, "the registry lacks WGS 84"))?;
                if !self.push_shifted(def, wgs84, &DatumShift::between(def, wgs84, area_deg)) {
                    self.push_projection(src)?;
                    self.note_ballpark(src, def.datum().ellipsoid().inverse_flattening());
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
            Definition::Legacy { proj, text } => {
                let lon_lat = WGS84_LEGACY
                    .as_ref()
                    .ok_or_else(|| unsupported(src, "longitude and latitude can't be computed"))?;
                self.push_legacy(src, proj, lon_lat)?;
                if !["+towgs84=", "+datum="].iter().any(|part| text.contains(part)) {
                    let lon_lat = proj_wkt::parse_crs(&format!("+proj=longlat {}", proj_text::shape_of(text)));
                    let inverse_flattening = lon_lat.map_or(0.0, |def| def.datum().ellipsoid().inverse_flattening());
                    self.note_ballpark(src, inverse_flattening);
                }
            }
            Definition::Own { projection, base } => {
                self.push(Step::OwnInverse(projection.clone()), Step::OwnForward(projection.clone()));
                self.push_to_wgs84(base, area_deg)?;
            }
            Definition::Unsupported { reason } => return Err(unsupported(src, reason)),
        }
        Ok(())
    }

    fn push_from_wgs84(&mut self, dst: &Crs, area_deg: Option<BoundingBox>) -> Result<(), CrsError> {
        let mut back = Self::default();
        back.push_to_wgs84(dst, area_deg)?;
        let steps = back.finish();
        self.forward.extend(steps.inverse);
        self.inverse.extend(steps.forward.into_iter().rev());
        self.notes.extend(steps.note);
        self.add_accuracy(steps.accuracy_m);
        Ok(())
    }

    /// The projection alone, from a system's coordinates to longitude and latitude of the same datum.
    pub(super) fn push_projection(&mut self, crs: &Crs) -> Result<(), CrsError> {
        if is_mercator(crs) {
            self.push(Step::LonLatFromMercator, Step::MercatorFromLonLat);
            return Ok(());
        }
        match crs.definition() {
            Definition::Core(def) => self.push_core_projection(crs, def),
            Definition::Shifted { text, .. } => {
                let def = proj_wkt::parse_crs(text).ok().and_then(|def| def.horizontal_crs());
                let def = def.ok_or_else(|| unsupported(crs, "its projection can't be computed"))?;
                self.push_core_projection(crs, &def.with_axis_order(AxisOrder::EastNorth))
            }
            Definition::Legacy { text, .. } => {
                let parse = |text: &str| {
                    let proj = proj4rs::Proj::from_proj_string(text);
                    proj.map(Arc::new).map_err(|error| unsupported(crs, &format!("{error:?}")))
                };
                let unshifted: Vec<&str> =
                    text.split_whitespace().filter(|part| !part.starts_with("+towgs84=")).collect();
                let lon_lat = format!("+proj=longlat {}", proj_text::shape_of(text));
                self.push_legacy(crs, &parse(&unshifted.join(" "))?, &parse(&lon_lat)?)
            }
            Definition::Own { projection, base } => {
                self.push(Step::OwnInverse(projection.clone()), Step::OwnForward(projection.clone()));
                self.push_projection(base)
            }
            Definition::Unsupported { reason } => Err(unsupported(crs, reason)),
        }
    }

    fn push_core_projection(&mut self, crs: &Crs, def: &CrsDef) -> Result<(), CrsError> {
        let (same, geographic) = without_datum(def).ok_or_else(|| unsupported(crs, "its ellipsoid can't be used"))?;
        if self.push_core(&same, &geographic, None) {
            Ok(())
        } else {
            Err(unsupported(crs, "its projection can't be computed"))
        }
    }

    fn push_legacy(
        &mut self,
        crs: &Crs,
        proj: &Arc<proj4rs::Proj>,
        lon_lat: &Arc<proj4rs::Proj>,
    ) -> Result<(), CrsError> {
        if !proj.has_inverse() || !proj.has_forward() {
            return Err(unsupported(crs, "its projection has no inverse"));
        }
        self.push(
            Step::LegacyToLonLat(proj.clone(), lon_lat.clone()),
            Step::LegacyFromLonLat(proj.clone(), lon_lat.clone()),
        );
        Ok(())
    }

    /// The steps of `proj-core` with the datum shift that was chosen; `false` where there is none, or it can't be computed.
    fn push_shifted(&mut self, from: &CrsDef, to: &CrsDef, shift: &DatumShift) -> bool {
        match shift {
            DatumShift::None => self.push_core(from, to, None),
            DatumShift::Ballpark => false,
            DatumShift::Operation(chosen) => {
                let is_possible = self.push_core(from, to, Some(chosen.id));
                if is_possible {
                    self.note_operation(chosen);
                    self.add_accuracy(chosen.accuracy_m);
                }
                is_possible
            }
        }
    }

    fn push_core(&mut self, from: &CrsDef, to: &CrsDef, operation: Option<CoordinateOperationId>) -> bool {
        let options = match operation {
            Some(id) => SelectionOptions::new().with_operation(id),
            None => SelectionOptions::new(),
        };
        let transform = Transform::from_horizontal_components_with_selection_options(from, to, options);
        let Ok(forward) = transform else { return false };
        let Ok(inverse) = forward.inverse() else { return false };
        // The way from the plane is the one that series are cut off in.
        let step = |is_coarse: bool, there: &Transform, back: &Transform| {
            if is_coarse {
                Step::Refined(Box::new(there.clone()), Box::new(back.clone()))
            } else {
                Step::Core(Box::new(there.clone()))
            }
        };
        let there = step(has_coarse_inverse(from), &forward, &inverse);
        let back = step(has_coarse_inverse(to), &inverse, &forward);
        self.push(there, back);
        true
    }

    fn push(&mut self, forward: Step, inverse: Step) {
        self.forward.push(forward);
        self.inverse.push(inverse);
    }

    fn add_accuracy(&mut self, accuracy_m: Option<f64>) {
        self.accuracy_m = match (self.accuracy_m, accuracy_m) {
            (Some(a), Some(b)) => Some(a + b),
            (one, other) => one.or(other),
        };
    }

    fn note_operation(&mut self, chosen: &Chosen) {
        let good_to = chosen.accuracy_m.map_or(String::new(), |m| format!(", good to {m} m"));
        if chosen.lacks_grid {
            self.notes.push(format!(
                "The grid of the most exact datum shift is not carried; shifted by {}{good_to}.",
                chosen.name
            ));
        } else if chosen.is_approximate {
            self.notes.push(format!("Approximate datum shift: {}{good_to}.", chosen.name));
        }
    }

    /// Longitude and latitude are kept. Those on a sphere are meant as those of WGS 84; those of datums that satellites were measured
    /// for mean nearly the same.
    fn note_ballpark(&mut self, crs: &Crs, inverse_flattening: f64) {
        let is_sphere = !(1.0..=1e6).contains(&inverse_flattening);
        let is_modern = (inverse_flattening - 298.257_222).abs() < 1e-5;
        let off_by = if is_modern { "a few metres" } else { "some hundred metres" };
        if !is_sphere {
            self.notes.push(format!(
                "No datum shift is known from {} to WGS 84 here: positions may be off by {off_by}.",
                crs.name()
            ));
        }
        self.accuracy_m = None;
    }
}

static WGS84: LazyLock<Option<CrsDef>> = LazyLock::new(|| lookup_epsg(4326));

/// Whether it may depend on the area how a system is shifted to WGS 84.
fn has_other_datum(crs: &Crs) -> bool {
    match crs.definition() {
        Definition::Core(def) => !WGS84.as_ref().is_some_and(|wgs84| def.datum().same_datum(wgs84.datum())),
        Definition::Own { base, .. } => has_other_datum(base),
        _ => false,
    }
}

fn is_wgs84(crs: &Crs) -> bool {
    crs.epsg() == Some(4326)
}

fn is_mercator(crs: &Crs) -> bool {
    crs.epsg() == Some(3857)
}

fn unsupported(crs: &Crs, reason: &str) -> CrsError {
    CrsError::Unsupported { name: crs.name().to_owned(), reason: reason.to_owned() }
}

/// Whether the way back from the plane is off by more than a millimetre.
fn has_coarse_inverse(def: &CrsDef) -> bool {
    use ProjectionMethod::{CassiniSoldner, LabordeObliqueMercator, LambertAzimuthalEqualArea};
    def.as_projected().is_some_and(|projected| {
        matches!(
            projected.method(),
            CassiniSoldner { .. } | LabordeObliqueMercator { .. } | LambertAzimuthalEqualArea { .. }
        )
    })
}

/// The system as if its datum were WGS 84 but for the ellipsoid, and longitude and latitude of the same.
fn without_datum(def: &CrsDef) -> Option<(CrsDef, CrsDef)> {
    let datum = Datum::new(def.datum().ellipsoid(), DatumToWgs84::Identity).ok()?;
    let geographic = CrsDef::Geographic(GeographicCrsDef::new(0, datum.clone(), ""));
    Some((def.clone().with_datum(datum), geographic))
}
