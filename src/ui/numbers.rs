//! Numbers as they are shown and typed: as many decimals as matter, thin spaces between thousands, a true minus sign.

use super::widgets;

/// Most decimals that are shown.
const MOST_DECIMALS: usize = 9;

/// A value to so many significant digits; whole numbers keep all of theirs.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return not_finite(value).to_owned();
    }
    if value.abs() >= 1e15 || (value != 0.0 && value.abs() < 1e-6) {
        return format!("{value:.*e}", digits.saturating_sub(1)).replace('-', "\u{2212}");
    }
    let decimals = decimals_for(value.abs(), digits);
    let text = grouped_decimals(value, decimals);
    if decimals == 0 { text } else { without_trailing_zeros(&text).to_owned() }
}

/// A value with so many decimals; one of which they leave no more than a digit has so many significant digits instead.
pub fn with_decimals(value: f64, decimals: usize, digits: usize) -> String {
    let is_small = value != 0.0 && value.abs() * 10_f64.powi(small(decimals)) < 10.0;
    let is_cut = is_small && format!("{value:.decimals$}").parse() != Ok(value);
    if !value.is_finite() || value.abs() >= 1e15 || is_cut {
        return significant(value, digits);
    }
    grouped_decimals(value, decimals)
}

/// A value with as many decimals as tell apart steps of `step`.
pub fn with_step(value: f64, step: f64) -> String {
    if !value.is_finite() {
        return not_finite(value).to_owned();
    }
    if value.abs() >= 1e15 || (step > 0.0 && step < 1e-8) {
        return significant(value, 6);
    }
    grouped_decimals(value, decimals_of_step(step))
}

/// Reads a number as it is shown here: with spaces between thousands and either minus sign.
pub fn parse(text: &str) -> Option<f64> {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '\u{2212}' { '-' } else { c }).collect();
    let plain = if plain.contains('.') { plain } else { plain.replace(',', ".") };
    plain.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// `value` in the nearest step, so that dragging gives round numbers.
pub fn rounded_to(value: f64, step: f64) -> f64 {
    let rounded = (value / step).round() * step;
    if step > 0.0 && rounded.is_finite() { rounded } else { value }
}

/// A power of ten that is about a thousandth of a range; 1 at least for whole numbers.
pub fn step_of(low: f64, high: f64, is_integer: bool) -> f64 {
    let span = (high - low).abs();
    if !(span.is_finite() && span > 0.0) {
        return if is_integer { 1.0 } else { 0.01 };
    }
    let step = 10_f64.powf((span / 1000.0).log10().floor());
    if is_integer { step.max(1.0) } else { step }
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "\u{221e}"
    } else {
        "\u{2212}\u{221e}"
    }
}

fn decimals_for(magnitude: f64, digits: usize) -> usize {
    (0..MOST_DECIMALS)
        .find(|at| magnitude * 10_f64.powi(small(*at)) >= 10_f64.powi(small(digits) - 1))
        .unwrap_or(if magnitude == 0.0 { 0 } else { MOST_DECIMALS })
}

fn decimals_of_step(step: f64) -> usize {
    if step <= 0.0 || !step.is_finite() {
        return 3;
    }
    (0..MOST_DECIMALS).find(|at| step * 10_f64.powi(small(*at)) >= 0.999).unwrap_or(MOST_DECIMALS)
}

fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// `value` with so many decimals, its whole part with thin spaces.
fn grouped_decimals(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let whole = whole.parse::<i64>().map_or_else(|_| whole.to_owned(), widgets::grouped);
    match rest {
        Some(rest) => format!("{sign}{whole}.{rest}"),
        None => format!("{sign}{whole}"),
    }
}

fn without_trailing_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_same_but_for_what_would_vanish() {
        assert_eq!(with_decimals(0.9, 2, 7), "0.90");
        assert_eq!(with_decimals(-0.094, 4, 7), "\u{2212}0.0940");
        assert_eq!(with_decimals(0.05, 2, 7), "0.05");
        assert_eq!(with_decimals(0.000_123, 2, 7), "0.000123");
        assert_eq!(with_decimals(0.0, 2, 7), "0.00");
        assert_eq!(with_decimals(f64::NAN, 2, 7), "NaN");
    }

    #[test]
    fn values_show_the_digits_that_matter() {
        assert_eq!(significant(9812.0, 5), "9\u{2009}812");
        assert_eq!(significant(0.123_456, 4), "0.1235");
        assert_eq!(significant(-0.5, 4), "\u{2212}0.5");
        assert_eq!(significant(0.0, 4), "0");
        assert_eq!(significant(1_234_567.25, 4), "1\u{2009}234\u{2009}567");
        assert_eq!(significant(1.5e-9, 3), "1.50e\u{2212}9");
        assert_eq!(significant(f64::NAN, 4), "NaN");
    }

    #[test]
    fn a_step_says_how_many_decimals_there_are() {
        assert_eq!(with_step(0.25, 0.001), "0.250");
        assert_eq!(with_step(-12_345.6, 1.0), "\u{2212}12\u{2009}346");
        assert_eq!(with_step(-0.0001, 0.01), "0.00");
    }

    #[test]
    fn a_number_is_read_as_it_was_shown() {
        for value in [0.0, -0.25, 12_345.0, -1_234_567.5] {
            assert_eq!(parse(&with_step(value, 0.01)), Some(value));
        }
        assert_eq!(parse("0,5"), Some(0.5));
        assert_eq!(parse("x"), None);
        assert_eq!(parse("NaN"), None);
    }

    #[test]
    fn steps_are_powers_of_ten_and_whole_for_whole_numbers() {
        assert!((step_of(0.0, 1.0, false) - 0.001).abs() < 1e-12);
        assert!((step_of(0.0, 255.0, true) - 1.0).abs() < 1e-12);
        assert!((step_of(0.0, 60_000.0, true) - 10.0).abs() < 1e-9);
        assert!((rounded_to(123.4, 10.0) - 120.0).abs() < 1e-9);
    }
}
