//! A smooth map from the pixels of a view, or of a part of it, to an image's, as two polynomials through few exact places.
//!
//! Reference systems, over some hundred pixels, differ by little more than a curvature. A polynomial of fourth degree
//! in both directions, through places at Chebyshev's nodes, follows them to a small part of a pixel nearly always; it is checked at
//! places between the nodes where it errs the most, and there is none where it would be off by more than asked for.

use std::f64::consts::PI;

use crate::geo::Point;

/// Nodes, and coefficients, along each axis.
const NODES: usize = 5;
/// Between the nodes the error is greatest at the extremes of Chebyshev's next polynomial, `cos(k * pi / NODES)`: those that are
/// looked at, along each axis.
const CHECKED_EXTREMES: [usize; 4] = [0, 2, 3, 5];

/// Coefficients by power of the row (first index) and of the column, both scaled to -1 .. 1.
type Coefficients = [[f64; NODES]; NODES];

/// Columns and rows of an image as polynomials of columns and rows of a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surface {
    across: Axis,
    down: Axis,
    cols: Coefficients,
    rows: Coefficients,
}

impl Surface {
    /// The surface through `exact`, a function of a column and a row of the view, for those that lie in two ranges (ends included);
    /// `None` where it has gaps, or a polynomial would be off by more than `tolerance`.
    pub(super) fn fit(
        across: (f64, f64),
        down: (f64, f64),
        tolerance: f64,
        exact: impl Fn(f64, f64) -> Point,
    ) -> Option<Self> {
        let (across, down) = (Axis::of(across), Axis::of(down));
        let place = |s: f64, t: f64| {
            let place = exact(across.unscaled(s), down.unscaled(t));
            (place.x.is_finite() && place.y.is_finite()).then_some(place)
        };
        let mut at_nodes = [[Point::new(0.0, 0.0); NODES]; NODES];
        for (j, row) in at_nodes.iter_mut().enumerate() {
            for (i, found) in row.iter_mut().enumerate() {
                *found = place(node(i), node(j))?;
            }
        }
        let cols = coefficients(&at_nodes.map(|row| row.map(|place| place.x)));
        let rows = coefficients(&at_nodes.map(|row| row.map(|place| place.y)));
        let extremes = CHECKED_EXTREMES.map(|k| (PI * k as f64 / NODES as f64).cos());
        for t in extremes {
            let (of_cols, of_rows) = (along_row(&cols, t), along_row(&rows, t));
            for s in extremes {
                let place = place(s, t)?;
                if (value(&of_cols, s) - place.x).abs() + (value(&of_rows, s) - place.y).abs() > tolerance {
                    return None;
                }
            }
        }
        Some(Self { across, down, cols, rows })
    }

    /// The image's column and row at a column and a row of the view.
    pub(super) fn at(&self, col: f64, row: f64) -> Point {
        let (s, t) = (self.across.scaled(col), self.down.scaled(row));
        Point::new(value(&along_row(&self.cols, t), s), value(&along_row(&self.rows, t), s))
    }

    /// Columns, counted from `first` on, as [`Self::line`] wants them.
    pub(super) fn scaled_cols(&self, first: f64, offsets: impl IntoIterator<Item = usize>) -> Vec<f64> {
        offsets.into_iter().map(|offset| self.across.scaled(first + offset as f64)).collect()
    }

    /// How far a straight line between two places of one row, `apart` columns from one another, can be off at most, the image's
    /// columns and its rows: an eighth of the square of the distance, times the greatest second derivative.
    pub(super) fn bend(&self, apart: f64) -> (f64, f64) {
        let step = apart / self.across.half;
        let bend = |coefficients: &Coefficients| {
            let of_row = |row: &[f64; NODES]| {
                let terms = row.iter().enumerate().map(|(power, c)| (power * power.saturating_sub(1)) as f64 * c.abs());
                terms.sum::<f64>()
            };
            coefficients.iter().map(of_row).sum::<f64>() * step * step / 8.0
        };
        (bend(&self.cols), bend(&self.rows))
    }

    /// Fills `cols` and `rows` with the image's columns and rows at some columns of one row of the view.
    pub(super) fn line(&self, row: f64, scaled_cols: &[f64], cols: &mut [f64], rows: &mut [f64]) {
        let t = self.down.scaled(row);
        let (of_cols, of_rows) = (along_row(&self.cols, t), along_row(&self.rows, t));
        for ((col, row), &s) in cols.iter_mut().zip(rows).zip(scaled_cols) {
            *col = value(&of_cols, s);
            *row = value(&of_rows, s);
        }
    }
}

/// A range that is scaled to -1 .. 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    middle: f64,
    half: f64,
}

impl Axis {
    fn of((from, to): (f64, f64)) -> Self {
        Self { middle: f64::midpoint(from, to), half: ((to - from) / 2.0).max(0.5) }
    }

    #[inline]
    fn scaled(&self, at: f64) -> f64 {
        (at - self.middle) / self.half
    }

    fn unscaled(&self, scaled: f64) -> f64 {
        self.middle + scaled * self.half
    }
}

/// Chebyshev's nodes.
fn node(index: usize) -> f64 {
    (PI * (2 * index + 1) as f64 / (2 * NODES) as f64).cos()
}

/// The coefficients of powers, from values at the nodes.
fn coefficients(at_nodes: &Coefficients) -> Coefficients {
    let along_cols = at_nodes.map(|row| powers(&row));
    let mut by_power = Coefficients::default();
    for col_power in 0..NODES {
        let along_rows = powers(&along_cols.map(|row| row[col_power]));
        for (row_power, coefficient) in along_rows.into_iter().enumerate() {
            by_power[row_power][col_power] = coefficient;
        }
    }
    by_power
}

/// The same in one direction: by Chebyshev's polynomials first, which are then multiplied out.
fn powers(at_nodes: &[f64; NODES]) -> [f64; NODES] {
    let chebyshev: [f64; NODES] = std::array::from_fn(|k| {
        let terms = at_nodes.iter().enumerate().map(|(i, value)| value * (k as f64 * node(i).acos()).cos());
        terms.sum::<f64>() * if k == 0 { 1.0 } else { 2.0 } / NODES as f64
    });
    let [c0, c1, c2, c3, c4] = chebyshev;
    [c0 - c2 + c4, c1 - 3.0 * c3, 2.0 * c2 - 8.0 * c4, 4.0 * c3, 8.0 * c4]
}

/// The polynomial of the column alone, on one row.
fn along_row(coefficients: &Coefficients, t: f64) -> [f64; NODES] {
    std::array::from_fn(|power| value(&coefficients.map(|row| row[power]), t))
}

#[inline]
fn value(coefficients: &[f64; NODES], at: f64) -> f64 {
    let [c0, c1, c2, c3, c4] = coefficients;
    c0 + at * (c1 + at * (c2 + at * (c3 + at * c4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bent(col: f64, row: f64) -> Point {
        let (u, v) = (col / 300.0, row / 200.0);
        Point::new(1e5 + 400.0 * u + 30.0 * v + 2.0 * (u * v).sin() + u.powi(3), 2e5 - 250.0 * v + 3.0 * (u + v).cos())
    }

    #[test]
    fn a_smooth_map_is_followed_to_a_small_part_of_a_pixel() {
        let surface = Surface::fit((0.0, 256.0), (40.0, 240.0), 1.0 / 128.0, bent).unwrap();
        let scaled = surface.scaled_cols(0.5, 0..256);
        let (mut cols, mut rows) = (vec![0.0; 256], vec![0.0; 256]);
        for row in 40..240 {
            let row = f64::from(row) + 0.5;
            surface.line(row, &scaled, &mut cols, &mut rows);
            for col in 0..256 {
                let exact = bent(col as f64 + 0.5, row);
                let off = (cols[col] - exact.x).abs() + (rows[col] - exact.y).abs();
                assert!(off < 1.0 / 128.0, "{off} at {col}, {row}");
                assert_eq!(surface.at(col as f64 + 0.5, row), Point::new(cols[col], rows[col]));
            }
        }
    }

    #[test]
    fn polynomials_of_fourth_degree_come_back() {
        let exact = |col: f64, row: f64| {
            let (u, v) = (col / 100.0, row / 100.0);
            Point::new(7.0 + u * v.powi(4) - u.powi(4), v * v * u * u - 3.0 * v)
        };
        let surface = Surface::fit((0.0, 99.0), (0.0, 69.0), 1e-9, exact).unwrap();
        for (col, row) in [(0.0, 0.0), (99.0, 69.0), (31.0, 5.0), (64.0, 68.0)] {
            let (found, wanted) = (surface.at(col, row), exact(col, row));
            assert!((found.x - wanted.x).abs() < 1e-10 && (found.y - wanted.y).abs() < 1e-10);
        }
    }

    #[test]
    fn what_is_no_polynomial_has_no_surface() {
        let kinked = |col: f64, row: f64| Point::new(col, (row - 61.0).abs());
        assert_eq!(Surface::fit((0.0, 128.0), (0.0, 128.0), 1.0 / 128.0, kinked), None);
        let with_gap = |col: f64, row: f64| if col > 120.0 { Point::new(f64::NAN, row) } else { Point::new(col, row) };
        assert_eq!(Surface::fit((0.0, 128.0), (0.0, 128.0), 1.0 / 128.0, with_gap), None);
    }

    #[test]
    fn ranges_of_one_place_have_it() {
        for (col, row) in [(0.0, 0.0), (8.0, 0.0), (0.0, 9.0)] {
            let surface = Surface::fit((col, col), (0.0, row), 1e-6, bent).unwrap();
            let (found, exact) = (surface.at(col, row), bent(col, row));
            assert!((found.x - exact.x).abs() < 1e-6 && (found.y - exact.y).abs() < 1e-6, "{found:?} {exact:?}");
        }
    }
}
