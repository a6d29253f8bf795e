//! Which of the registry's operations shifts coordinates from one datum to another.
//!
//! The order is that of PROJ where no grids are at hand: of the operations made for the area of interest those that cover most of
//! it, of these the most accurate. Where the registry has none for the area, there is only a ballpark: longitude and latitude
//! are kept.

use std::cmp::Ordering;

use proj_core::{
    AreaOfUse, CoordinateOperation, CoordinateOperationId, CrsDef, HelmertParams, OperationMethod, operations_between,
};

use super::BoundingBox;

/// What shifts between two datums.
#[derive(Debug, PartialEq)]
pub(super) enum DatumShift {
    /// Both are the same.
    None,
    Operation(Chosen),
    /// Nothing is known for the area.
    Ballpark,
}

/// An operation of the registry.
#[derive(Debug, PartialEq)]
pub(super) struct Chosen {
    pub(super) id: CoordinateOperationId,
    pub(super) name: String,
    pub(super) accuracy_m: Option<f64>,
    /// A better one needs a grid, which is not carried.
    pub(super) lacks_grid: bool,
    pub(super) is_approximate: bool,
}

impl DatumShift {
    /// Between the datums of two systems. `area_deg` is what is to be transformed, as longitudes and latitudes.
    pub(super) fn between(from: &CrsDef, to: &CrsDef, area_deg: Option<BoundingBox>) -> Self {
        if from.datum().same_datum(to.datum()) {
            return Self::None;
        }
        let operations = [operations_between(from, to), operations_between(to, from)].concat();
        let in_force = operations.iter().filter(|operation| !operation.deprecated && !operation.superseded);
        let mut candidates: Vec<Candidate<'_>> =
            in_force.filter_map(|operation| Candidate::new(operation, area_deg)).collect();
        candidates.sort_by(Candidate::compare);
        let best_of_all = candidates.first().map(|best| best.operation.uses_grids());
        let without_grid = candidates.iter().find(|candidate| !candidate.operation.uses_grids());
        let Some((operation, id)) = without_grid.and_then(|best| Some((best.operation, best.operation.id?))) else {
            return Self::Ballpark;
        };
        Self::Operation(Chosen {
            id,
            name: operation.name.clone(),
            accuracy_m: operation.accuracy.map(|accuracy| accuracy.meters),
            lacks_grid: best_of_all == Some(true),
            is_approximate: operation.approximate,
        })
    }
}

struct Candidate<'a> {
    operation: &'a CoordinateOperation,
    /// How much of the area of interest, or of the earth, it is made for; comparable only.
    covered: f64,
}

impl<'a> Candidate<'a> {
    /// `None` if it is made for another area.
    fn new(operation: &'a CoordinateOperation, area_deg: Option<BoundingBox>) -> Option<Self> {
        let covered = operation.areas_of_use.iter().map(|area| covered(area, area_deg)).fold(0.0, f64::max);
        let is_usable = covered > 0.0 || (area_deg.is_none() && operation.areas_of_use.is_empty());
        is_usable.then_some(Self { operation, covered })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let accuracy = |candidate: &Self| candidate.operation.accuracy.map(|accuracy| accuracy.meters);
        let (own, others) = (accuracy(self), accuracy(other));
        let steps = |candidate: &Self| match &candidate.operation.method {
            OperationMethod::Concatenated { steps } => steps.len(),
            // Nothing is shifted at all.
            OperationMethod::Helmert { params } if HelmertParams::translation(0.0, 0.0, 0.0).ok() == Some(*params) => 0,
            _ => 1,
        };
        let (name, others_name) = (&self.operation.name, &other.operation.name);
        (self.operation.approximate.cmp(&other.operation.approximate))
            .then(others.is_some().cmp(&own.is_some()))
            .then(compare_roughly(other.covered, self.covered))
            .then(own.unwrap_or(f64::MAX).total_cmp(&others.unwrap_or(f64::MAX)))
            .then(self.operation.uses_grids().cmp(&other.operation.uses_grids()))
            .then(steps(self).cmp(&steps(other)))
            .then(name.len().cmp(&others_name.len()))
            .then(others_name.cmp(name))
    }
}

/// What an area of interest is made larger by on each side.
const LEAST_AREA_DEG: f64 = 1e-7;

/// Sizes that differ by rounding only are the same.
fn compare_roughly(a: f64, b: f64) -> Ordering {
    if (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) { Ordering::Equal } else { a.total_cmp(&b) }
}

/// Size of what an area of use and the area of interest share (of the area of use where there is no interest): the difference of the
/// sines of the latitudes, times that of the longitudes in degrees. Areas that touch share nothing.
fn covered(of_use: &AreaOfUse, of_interest_deg: Option<BoundingBox>) -> f64 {
    let east = if of_use.east < of_use.west { of_use.east + 360.0 } else { of_use.east };
    let band = |south: f64, north: f64| north.to_radians().sin() - south.to_radians().sin();
    // A single place is of interest, too.
    let Some(interest) = of_interest_deg.and_then(|area| area.expand(LEAST_AREA_DEG)) else {
        return (east - of_use.west) * band(of_use.south, of_use.north);
    };
    let (south, north) = (of_use.south.max(interest.min_y()), of_use.north.min(interest.max_y()));
    let shared = |turn: f64| (east + turn).min(interest.max_x()) - (of_use.west + turn).max(interest.min_x());
    let width: f64 = [-360.0, 0.0, 360.0].into_iter().map(shared).filter(|&width| width > 0.0).sum();
    if north > south { width * band(south, north) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proj_core::lookup_epsg;

    fn between(code: u32, area: Option<[f64; 4]>) -> DatumShift {
        let area = area.map(|[w, s, e, n]| BoundingBox::new(w, s, e, n).unwrap());
        DatumShift::between(&lookup_epsg(code).unwrap(), &lookup_epsg(4326).unwrap(), area)
    }

    fn name(shift: &DatumShift) -> &str {
        match shift {
            DatumShift::Operation(chosen) => &chosen.name,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_operation_in_force_for_the_place_is_taken() {
        let kansas = Some([-98.1, 38.0, -98.0, 38.1]);
        assert_eq!(name(&between(4152, kansas)), "NAD83(HARN) to WGS 84 (3)");
        assert_eq!(name(&between(4267, kansas)), "NAD27 to WGS 84 (6)");
        assert_eq!(name(&between(4267, Some([-72.1, 43.0, -72.0, 43.1]))), "NAD27 to WGS 84 (4)");
        assert!(matches!(between(4267, kansas), DatumShift::Operation(Chosen { lacks_grid: true, .. })));
    }

    #[test]
    fn outside_of_every_operations_area_there_is_none() {
        assert_eq!(between(4214, Some([100.0, 30.0, 100.1, 30.1])), DatumShift::Ballpark);
        assert_eq!(between(4326, None), DatumShift::None);
        let point = Some([25.0, 62.0, 25.0, 62.0]);
        assert_eq!(name(&between(4123, point)), "KKJ to WGS 84 (2)");
    }

    #[test]
    fn areas_across_the_antimeridian_are_compared_as_they_lie() {
        let use_of = |west, east| AreaOfUse { west, east, south: -20.0, north: 10.0, name: String::new() };
        let interest = BoundingBox::new(178.0, -5.0, 182.0, 5.0);
        assert!(covered(&use_of(-181.0 + 360.0, -170.0), interest) > 0.0);
        let both = covered(&use_of(170.0, -170.0), interest);
        assert!((both - 4.0 * 2.0 * 5.0_f64.to_radians().sin()).abs() < 1e-5);
        assert!((covered(&use_of(-180.0, -170.0), interest) - both / 2.0).abs() < 1e-5);
        assert_eq!(covered(&use_of(-100.0, 177.0), interest), 0.0);
    }
}
