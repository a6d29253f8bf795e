//! Numbers of any size (`numeric`): their text to the last digit, and columns of them as the kind that loses nothing worth
//! keeping.

use std::fmt::Write;

use crate::db::{ColumnData, TextColumn};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Significant digits above which somebody means every one of them. A mean or a quotient has up to 20.
const MOST_ROUNDED_DIGITS: usize = 21;
/// Whole numbers above this have gaps between them as 64-bit floats.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of the binary form (PostgreSQL 15, `numeric_send`): digits of base 10,000 with a weight and a scale.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let words: Vec<u16> = {
        let (pairs, rest) = bytes.as_chunks::<2>();
        rest.is_empty().then(|| pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())?
    };
    let [count, weight, sign, scale, digits @ ..] = words.as_slice() else { return None };
    match *sign {
        NAN => return Some("NaN".to_owned()),
        INFINITY => return Some("Infinity".to_owned()),
        NEGATIVE_INFINITY => return Some("-Infinity".to_owned()),
        _ => {}
    }
    if digits.len() != usize::from(*count) {
        return None;
    }
    let weight = i32::from(weight.cast_signed());
    let digit = |place: i32| {
        let at = usize::try_from(weight - place).ok();
        at.and_then(|at| digits.get(at)).copied().unwrap_or(0)
    };
    let mut text = String::new();
    if *sign == NEGATIVE {
        text.push('-');
    }
    if weight < 0 {
        text.push('0');
    }
    for place in (0..=weight).rev() {
        let group = digit(place);
        // Writing to a String can't fail.
        let _ = if place == weight { write!(text, "{group}") } else { write!(text, "{group:04}") };
    }
    let scale = usize::from(*scale);
    if scale > 0 {
        text.push('.');
        let start = text.len();
        let mut place = -1;
        while text.len() - start < scale {
            let _ = write!(text, "{:04}", digit(place));
            place -= 1;
        }
        text.truncate(start + scale);
    }
    Some(text)
}

/// A column of such texts: whole numbers if all are and fit, else floats, else, where digits would be lost that somebody
/// keeps on purpose, the texts.
pub(super) fn column(texts: TextColumn) -> ColumnData {
    let values = || texts.iter().flatten();
    if values().next().is_some() && values().all(|text| text.parse::<i64>().is_ok()) {
        return ColumnData::Integer(texts.iter().map(|text| text.and_then(|text| text.parse().ok())).collect());
    }
    if values().all(is_rounded_without_loss) {
        return ColumnData::Real(texts.iter().map(|text| text.and_then(|text| text.parse().ok())).collect());
    }
    ColumnData::Text(texts)
}

fn is_rounded_without_loss(text: &str) -> bool {
    let Ok(rounded) = text.parse::<f64>() else { return false };
    if !rounded.is_finite() {
        return true;
    }
    let is_whole = !text.contains('.');
    let digits = text.trim_start_matches('-').replace('.', "");
    let significant = digits.trim_start_matches('0');
    let significant = if is_whole { significant } else { significant.trim_end_matches('0') };
    significant.len() <= 15 || (significant.len() <= MOST_ROUNDED_DIGITS && rounded.abs() <= LARGEST_EXACT && !is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ValueKind;

    fn binary(weight: i16, sign: u16, scale: u16, digits: &[u16]) -> Vec<u8> {
        let head = [u16::try_from(digits.len()).unwrap(), weight.cast_unsigned(), sign, scale];
        head.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    /// The binary forms are those that `numeric_send` gives for the texts.
    #[test]
    fn every_digit_is_told() {
        for (bytes, expected) in [
            (binary(0, 0, 0, &[]), "0"),
            (binary(0, 0, 2, &[]), "0.00"),
            (binary(0, 0, 0, &[42]), "42"),
            (binary(1, NEGATIVE, 3, &[1, 2345, 6780]), "-12345.678"),
            (binary(-1, 0, 4, &[12]), "0.0012"),
            (binary(-2, 0, 8, &[1]), "0.00000001"),
            (binary(2, 0, 0, &[1]), "100000000"),
            (binary(0, NAN, 0, &[]), "NaN"),
            (binary(0, NEGATIVE_INFINITY, 0, &[]), "-Infinity"),
        ] {
            assert_eq!(text(&bytes).as_deref(), Some(expected));
        }
        assert_eq!(text(&[0, 1, 0]), None);
        assert_eq!(text(&binary(0, 0, 0, &[1])[..8]), None);
    }

    fn kind(texts: &[&str]) -> ValueKind {
        column(texts.iter().map(|text| Some(*text)).collect()).kind()
    }

    #[test]
    fn numbers_stay_numbers_unless_digits_would_be_lost() {
        assert_eq!(kind(&["1", "-20"]), ValueKind::Integer);
        assert_eq!(kind(&["1", "2.50", "NaN"]), ValueKind::Real);
        assert_eq!(kind(&["0.66666666666666666667"]), ValueKind::Real);
        assert_eq!(kind(&["12345678901234567890123456789012345678"]), ValueKind::Text);
        assert_eq!(kind(&["0.12345678901234567890123456789012345678"]), ValueKind::Text);
        assert_eq!(kind(&[]), ValueKind::Real);
    }
}
