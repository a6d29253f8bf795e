//! Polynomials through ground control points, fitted by least squares: of the first order up to five points, of the second
//! above, both ways apart, as is the custom where the order isn't told.

use crate::cog::GroundControlPoint;
use crate::geo::Point;

/// Points from which on the second order is used.
const POINTS_OF_SECOND_ORDER: usize = 6;
/// Terms of a polynomial of the second order.
const MAX_TERMS: usize = 6;

/// Both ways between pixels and coordinates.
#[derive(Debug, Clone)]
pub(super) struct ControlPointMap {
    to_crs: Polynomial,
    to_pixel: Polynomial,
}

impl ControlPointMap {
    /// `None` for fewer than three points, and for points in a line.
    pub(super) fn fit(points: &[GroundControlPoint]) -> Option<Self> {
        let pixels: Vec<Point> = points.iter().map(|p| Point::new(p.column, p.row)).collect();
        let places: Vec<Point> = points.iter().map(|p| Point::new(p.x, p.y)).collect();
        Some(Self { to_crs: Polynomial::fit(&pixels, &places)?, to_pixel: Polynomial::fit(&places, &pixels)? })
    }

    pub(super) fn crs_from_pixel(&self, col: f64, row: f64) -> Option<Point> {
        Some(self.to_crs.apply(Point::new(col, row))).filter(|p| p.is_finite())
    }

    pub(super) fn pixel_from_crs(&self, place: Point) -> Option<Point> {
        Some(self.to_pixel.apply(place)).filter(|p| p.is_finite())
    }
}

/// Two polynomials of x and y, in coordinates moved and scaled to about -1 .. 1.
#[derive(Debug, Clone)]
struct Polynomial {
    middle: Point,
    scale: Point,
    x: [f64; MAX_TERMS],
    y: [f64; MAX_TERMS],
}

impl Polynomial {
    fn fit(from: &[Point], to: &[Point]) -> Option<Self> {
        let bounds = crate::geo::BoundingBox::around(from.iter().copied())?;
        let terms = match from.len() {
            0..=2 => return None,
            3..POINTS_OF_SECOND_ORDER => 3,
            _ => MAX_TERMS,
        };
        if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
            return None;
        }
        let scale = Point::new(bounds.width() / 2.0, bounds.height() / 2.0);
        let mut fitted = Self { middle: bounds.center(), scale, x: [0.0; MAX_TERMS], y: [0.0; MAX_TERMS] };
        // A grid of few points may not carry the second order.
        for terms in [terms, 3] {
            let rows: Vec<[f64; MAX_TERMS]> = from.iter().map(|&p| fitted.terms(p)).collect();
            let x = least_squares(&rows, to.iter().map(|p| p.x), terms);
            let y = least_squares(&rows, to.iter().map(|p| p.y), terms);
            if let (Some(x), Some(y)) = (x, y) {
                (fitted.x, fitted.y) = (x, y);
                return Some(fitted);
            }
        }
        None
    }

    fn terms(&self, point: Point) -> [f64; MAX_TERMS] {
        let (x, y) = ((point.x - self.middle.x) / self.scale.x, (point.y - self.middle.y) / self.scale.y);
        [1.0, x, y, x * x, x * y, y * y]
    }

    fn apply(&self, point: Point) -> Point {
        let terms = self.terms(point);
        let sum = |factors: &[f64; MAX_TERMS]| terms.iter().zip(factors).map(|(t, f)| t * f).sum();
        Point::new(sum(&self.x), sum(&self.y))
    }
}

/// Solves the normal equations of the first `terms` columns; the other factors are 0. `None` where they are singular.
fn least_squares(
    rows: &[[f64; MAX_TERMS]],
    values: impl Iterator<Item = f64>,
    terms: usize,
) -> Option<[f64; MAX_TERMS]> {
    let mut matrix = [[0.0; MAX_TERMS + 1]; MAX_TERMS];
    for (row, value) in rows.iter().zip(values) {
        for (equation, &factor) in matrix.iter_mut().zip(row).take(terms) {
            for (sum, &term) in equation.iter_mut().zip(row).take(terms) {
                *sum += factor * term;
            }
            equation[MAX_TERMS] += factor * value;
        }
    }
    let smallest_pivot = 1e-9 * rows.len() as f64;
    for step in 0..terms {
        let pivot = (step..terms).max_by(|&a, &b| matrix[a][step].abs().total_cmp(&matrix[b][step].abs()))?;
        matrix.swap(step, pivot);
        let head = matrix[step];
        if head[step].abs() < smallest_pivot {
            return None;
        }
        for (at, equation) in matrix.iter_mut().enumerate().take(terms) {
            if at != step {
                let share = equation[step] / head[step];
                equation.iter_mut().zip(&head).for_each(|(sum, &pivot)| *sum -= share * pivot);
            }
        }
    }
    let mut factors = [0.0; MAX_TERMS];
    for (at, factor) in factors.iter_mut().enumerate().take(terms) {
        *factor = matrix[at][MAX_TERMS] / matrix[at][at];
    }
    Some(factors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(count: u32, place: impl Fn(f64, f64) -> (f64, f64)) -> Vec<GroundControlPoint> {
        (0..count)
            .map(|i| {
                let (column, row) = (f64::from(i % 4) * 100.0, f64::from(i / 4) * 80.0 + f64::from(i % 2) * 10.0);
                let (x, y) = place(column, row);
                GroundControlPoint { column, row, x, y }
            })
            .collect()
    }

    #[test]
    fn an_affine_image_is_found_from_few_points() {
        let place = |c: f64, r: f64| (5e5 + 10.0 * c + r, 4e6 - 9.0 * r + 0.5 * c);
        let map = ControlPointMap::fit(&points(5, place)).unwrap();
        let p = map.crs_from_pixel(150.0, 33.0).unwrap();
        let (x, y) = place(150.0, 33.0);
        assert!((p.x - x).abs() < 1e-6 && (p.y - y).abs() < 1e-6);
        let back = map.pixel_from_crs(p).unwrap();
        assert!((back.x - 150.0).abs() < 1e-6 && (back.y - 33.0).abs() < 1e-6);
    }

    #[test]
    fn a_bent_image_is_found_from_many_points() {
        let place = |c: f64, r: f64| (100.0 + c + 1e-4 * c * c, 50.0 - r + 1e-4 * c * r);
        let map = ControlPointMap::fit(&points(16, place)).unwrap();
        let p = map.crs_from_pixel(120.0, 60.0).unwrap();
        let (x, y) = place(120.0, 60.0);
        assert!((p.x - x).abs() < 1e-6 && (p.y - y).abs() < 1e-6);
    }

    #[test]
    fn points_in_a_line_are_no_map() {
        let line: Vec<GroundControlPoint> = (0..8)
            .map(|i| f64::from(i) * 10.0)
            .map(|t| GroundControlPoint { column: t, row: 2.0 * t, x: t, y: t })
            .collect();
        assert!(ControlPointMap::fit(&line).is_none());
        assert!(ControlPointMap::fit(&points(2, |c, r| (c, r))).is_none());
    }
}
