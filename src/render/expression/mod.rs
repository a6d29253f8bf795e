//! Calculations with bands, such as `(b4-b3)/(b4+b3)`.
//!
//! The text is parsed once, against the names of a source's bands, into a short program for a stack machine; the program
//! then runs over runs of pixels. An own parser, because an error has to point at the character that is wrong.
//!
//! Numbers, `+ - * / %`, `^` or `**` (binds to the right), comparisons and `&`, `|` (1 is true, 0 is false), brackets, the
//! functions of [`function_names`]. `b1` is the first band; a band's own name works too (in double quotes when it isn't one
//! word) and goes before `b1`, `b2`. What isn't a number (a division by zero, the root of a negative value) is nodata.

mod parser;
mod program;
mod tokens;

use thiserror::Error;

pub use parser::function_names;
use program::Op;

/// Values worked on at a time: small enough to stay in the nearest cache.
const RUN: usize = 1024;

/// What is wrong with the text of an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem} at character {} of `{text}`", position + 1)]
pub struct ExpressionError {
    /// The expression as it was given.
    pub text: String,
    /// The character that is wrong, counted from 0; the number of characters if something is missing at the end.
    pub position: usize,
    /// What is wrong there.
    pub problem: String,
}

impl ExpressionError {
    /// The text with a caret under the character that is wrong, in two lines.
    pub fn pointed_at(&self) -> String {
        format!("{}\n{}^", self.text, " ".repeat(self.position))
    }
}

/// A calculation, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    program: Vec<Op>,
    /// The bands of the source that it needs; `Op::Band` counts in this list.
    bands: Vec<usize>,
}

impl Expression {
    /// Parses `text` for a source with bands of these names (in order; an empty name is no name).
    pub fn parse(text: &str, band_names: &[&str]) -> Result<Self, ExpressionError> {
        let (program, bands) = parser::parse(text, band_names)?;
        Ok(Self { program, bands })
    }

    /// The bands that it reads, counted from 0, each once, in the order in which they first occur.
    pub fn bands(&self) -> &[usize] {
        &self.bands
    }

    /// The value at every pixel, given a plane for each of [`Expression::bands`]; NaN where there is none.
    ///
    /// As many values come back as the shortest plane has; none if a plane is missing.
    pub fn evaluate(&self, planes: &[Vec<f64>]) -> Vec<f64> {
        if planes.len() < self.bands.len() {
            return Vec::new();
        }
        let pixels = planes.iter().map(Vec::len).min().unwrap_or(0);
        let mut machine = Machine::default();
        let mut values = Vec::with_capacity(pixels);
        let mut inputs: Vec<&[f64]> = Vec::with_capacity(planes.len());
        for start in (0..pixels).step_by(RUN) {
            let end = (start + RUN).min(pixels);
            inputs.clear();
            inputs.extend(planes.iter().map(|plane| plane.get(start..end).unwrap_or_default()));
            values.extend_from_slice(self.run(&inputs, end - start, &mut machine));
        }
        values
    }

    /// Runs over `len` pixels; `inputs` has a run of values for each of [`Expression::bands`].
    pub(super) fn run<'m>(&self, inputs: &[&[f64]], len: usize, machine: &'m mut Machine) -> &'m [f64] {
        program::run(&self.program, inputs, len, &mut machine.stack);
        machine.stack.first().and_then(|values| values.get(..len)).unwrap_or_default()
    }
}

/// Working memory that is kept between runs.
#[derive(Debug, Default)]
pub(super) struct Machine {
    stack: Vec<Vec<f64>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, bands: &[f64]) -> f64 {
        let expression = Expression::parse(text, &vec![""; bands.len()]).unwrap();
        let planes: Vec<Vec<f64>> = expression.bands().iter().map(|&band| vec![bands[band]]).collect();
        if planes.is_empty() {
            return expression.run(&[], 1, &mut Machine::default())[0];
        }
        expression.evaluate(&planes)[0]
    }

    #[track_caller]
    fn is(text: &str, bands: &[f64], expected: f64) {
        let found = value(text, bands);
        assert!((found - expected).abs() < 1e-12, "{text} gave {found} instead of {expected}");
    }

    #[test]
    fn operators_bind_as_in_mathematics() {
        is("1+2*3", &[], 7.0);
        is("(1+2)*3", &[], 9.0);
        is("2^3^2", &[], 512.0);
        is("-2**2", &[], -4.0);
        is("2^-1", &[], 0.5);
        is("10-4-3", &[], 3.0);
        is("7 % 4", &[], 3.0);
        is("1 + 1 > 1 & 2 < 3", &[], 1.0);
        is("0 | 1 == 2", &[], 0.0);
        is("1.5e2", &[], 150.0);
        is("--1", &[], 1.0);
    }

    #[test]
    fn the_vegetation_index_is_calculated() {
        is("(b4-b3)/(b4+b3)", &[0.0, 0.0, 0.1, 0.3], 0.5);
    }

    #[test]
    fn functions_take_their_arguments() {
        is("sqrt(abs(-16))", &[], 4.0);
        is("min(b1, b2, 3)", &[5.0, 4.0], 3.0);
        is("max(1, 2)", &[], 2.0);
        is("where(b1 > 2, 10, 20)", &[3.0], 10.0);
        is("where(b1 > 2, 10, 20)", &[1.0], 20.0);
        is("log10(1000)+ln(1)", &[], 3.0);
    }

    #[test]
    fn division_by_zero_is_nodata() {
        assert!(value("b1/b2", &[1.0, 0.0]).is_nan());
        assert!(value("b1%b2", &[1.0, 0.0]).is_nan());
        assert!(value("1/(b1/b2)", &[1.0, 0.0]).is_nan(), "it does not become a number again");
        assert!(value("sqrt(0-1)", &[]).is_nan());
        assert!(value("ln(0)", &[]).is_nan());
    }

    #[test]
    fn nodata_passes_through_comparisons() {
        assert!(value("b1 > 1", &[f64::NAN]).is_nan());
        assert!(value("where(b1 > 1, 1, 0)", &[f64::NAN]).is_nan());
        assert!(value("max(b1, 1)", &[f64::NAN]).is_nan());
    }

    #[test]
    fn bands_go_by_their_own_name_first_then_by_number() {
        let names = ["B4", "B3", "near infrared"];
        let bands = |text| Expression::parse(text, &names).unwrap().bands().to_vec();
        assert_eq!(bands("B3"), [1]);
        assert_eq!(bands("b3"), [1], "a name counts in either case before a number does");
        assert_eq!(bands("b4"), [0]);
        assert_eq!(bands("b2"), [1], "no band has this name, so it is the second");
        assert_eq!(bands("\"near infrared\" - B4 + B4"), [2, 0]);
    }

    #[test]
    fn errors_point_at_the_character() {
        let position = |text: &str| {
            let error = Expression::parse(text, &["", ""]).unwrap_err();
            (error.position, error.problem)
        };
        assert_eq!(position("b1+*b2"), (3, "unexpected `*`".into()));
        assert_eq!(position("b1+"), (3, "something is missing".into()));
        assert_eq!(position(""), (0, "something is missing".into()));
        assert_eq!(position("(b1+b2"), (6, "`)` is missing".into()));
        assert_eq!(position("b1 b2"), (3, "unexpected `b2`".into()));
        assert_eq!(position("b1+b7"), (3, "there is no band b7 (the source has 2)".into()));
        assert_eq!(position("b1 + nir"), (5, "there is no band named nir".into()));
        assert_eq!(position("b1 # 2"), (3, "unexpected `#`".into()));
        assert_eq!(position("sqrt(b1, b2)"), (0, "sqrt takes 1 value, not 2".into()));
        assert_eq!(position("é+1"), (0, "there is no band named é".into()));
        assert_eq!(position("1.2.3"), (0, "1.2.3 is no number".into()));
        assert_eq!(position("1 + frob(2)"), (4, "there is no function frob".into()));
        assert_eq!(position("\"b1"), (0, "the closing `\"` is missing".into()));
    }

    #[test]
    fn the_caret_stands_under_the_character() {
        let error = Expression::parse("b1+*b2", &["", ""]).unwrap_err();
        assert_eq!(error.pointed_at(), "b1+*b2\n   ^");
        assert_eq!(error.to_string(), "unexpected `*` at character 4 of `b1+*b2`");
    }

    #[test]
    fn deep_nesting_is_refused_instead_of_overflowing_the_stack() {
        for text in ["(".repeat(100_000), "-".repeat(100_000), "1^".repeat(100_000), "abs(".repeat(100_000)] {
            let error = Expression::parse(&text, &[]).unwrap_err();
            assert_eq!(error.problem, "the nesting is too deep");
        }
    }

    #[test]
    fn long_planes_are_worked_on_in_runs() {
        let expression = Expression::parse("b1*2", &[""]).unwrap();
        let plane: Vec<f64> = (0..3000).map(f64::from).collect();
        let doubled = expression.evaluate(std::slice::from_ref(&plane));
        assert_eq!(doubled.len(), 3000);
        assert!(plane.iter().zip(&doubled).all(|(a, b)| (a * 2.0 - b).abs() < 1e-12));
    }
}
