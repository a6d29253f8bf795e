//! Positions as people write them: decimal degrees, or degrees, minutes and seconds, with hemisphere letters or signs, in
//! either order. Where nothing tells which number is the latitude, both readings are given.

use crate::geo::LonLat;

/// The places that a text may mean, the likelier first: latitude before longitude where nothing else is said.
pub fn positions(text: &str) -> Vec<LonLat> {
    let Some(tokens) = tokens(text) else { return Vec::new() };
    let Some((first, second)) = halves(&tokens) else { return Vec::new() };
    let place = |lat: &Half, lon: &Half| {
        let fits = lat.axis != Some(Axis::Longitude) && lon.axis != Some(Axis::Latitude);
        LonLat::new(lon.degrees, lat.degrees).filter(|_| fits)
    };
    let mut found: Vec<LonLat> = [place(&first, &second), place(&second, &first)].into_iter().flatten().collect();
    found.dedup();
    found
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    Number { value: f64, is_negative: bool },
    Hemisphere(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Latitude,
    Longitude,
}

/// One of the two coordinates.
struct Half {
    degrees: f64,
    axis: Option<Axis>,
}

/// Numbers and hemisphere letters in order; `None` for anything else. A comma parts two numbers, it is no decimal point.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        if first.is_ascii_digit() || matches!(first, '.' | '-' | '+' | '\u{2212}') {
            let is_negative = matches!(first, '-' | '\u{2212}');
            let digits = if first.is_ascii_digit() || first == '.' { rest } else { after.trim_start() };
            let end = digits.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(digits.len());
            let value = digits.get(..end)?.parse::<f64>().ok()?;
            tokens.push(Token::Number { value, is_negative });
            rest = digits.get(end..)?;
            continue;
        }
        match first.to_ascii_uppercase() {
            letter @ ('N' | 'S' | 'E' | 'W') => tokens.push(Token::Hemisphere(letter)),
            // German and others: O(st) would be taken for a zero elsewhere, so it stays out.
            c if c.is_whitespace() || is_mark(c) => {}
            _ => return None,
        }
        rest = after;
    }
    Some(tokens)
}

/// Signs that stand behind numbers or between them, and say nothing more.
fn is_mark(c: char) -> bool {
    matches!(c, ',' | ';' | '/' | '\u{b0}' | '\u{ba}' | '\'' | '\u{2019}' | '\u{2032}' | '"' | '\u{201d}' | '\u{2033}')
}

fn halves(tokens: &[Token]) -> Option<(Half, Half)> {
    let letters = tokens.iter().filter(|token| matches!(token, Token::Hemisphere(_))).count();
    let cut = match (letters, tokens.first(), tokens.last()) {
        (0, ..) if tokens.len().is_multiple_of(2) => tokens.len() / 2,
        (2, Some(Token::Hemisphere(_)), _) => {
            1 + tokens.get(1..)?.iter().position(|token| matches!(token, Token::Hemisphere(_)))?
        }
        (2, _, Some(Token::Hemisphere(_))) => {
            1 + tokens.iter().position(|token| matches!(token, Token::Hemisphere(_)))?
        }
        _ => return None,
    };
    let (first, second) = tokens.split_at_checked(cut)?;
    Some((half(first)?, half(second)?))
}

/// Degrees, or degrees and minutes, or degrees, minutes and seconds, with a letter before or behind.
fn half(tokens: &[Token]) -> Option<Half> {
    let mut letter = None;
    let mut parts = Vec::new();
    for token in tokens {
        match token {
            Token::Hemisphere(hemisphere) => letter = Some(*hemisphere),
            Token::Number { value, is_negative } => parts.push((*value, *is_negative)),
        }
    }
    let ((degrees, is_negative), smaller) = parts.split_first()?;
    let is_sexagesimal = smaller.iter().all(|(value, is_negative)| *value < 60.0 && !is_negative);
    let is_whole_before_smaller = smaller.is_empty() || degrees.fract() == 0.0;
    if smaller.len() > 2 || !is_sexagesimal || !is_whole_before_smaller || (letter.is_some() && *is_negative) {
        return None;
    }
    let magnitude = smaller.iter().zip([60.0, 3600.0]).fold(*degrees, |sum, ((value, _), per)| sum + value / per);
    let sign = if *is_negative || matches!(letter, Some('S' | 'W')) { -1.0 } else { 1.0 };
    let axis = letter.map(|letter| if matches!(letter, 'N' | 'S') { Axis::Latitude } else { Axis::Longitude });
    Some(Half { degrees: sign * magnitude, axis })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(f64, f64)> {
        let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
        positions(text).iter().map(|place| (rounded(place.lat_deg()), rounded(place.lon_deg()))).collect()
    }

    #[test]
    fn hemispheres_say_which_is_which() {
        let itaipu = [(-25.4082, -54.5871)];
        for text in ["25.4082S 54.5871W", "54.5871 W, 25.4082 S", "S 25.4082 W 54.5871", "s25.4082w54.5871"] {
            assert_eq!(places(text), itaipu, "{text}");
        }
    }

    #[test]
    fn degrees_minutes_and_seconds_are_read() {
        let expected = [(48.858_222, 2.2945)];
        for text in [
            "48\u{b0}51'29.6\"N 2\u{b0}17'40.2\"E",
            "48 51 29.6 N, 2 17 40.2 E",
            "N48\u{b0}51\u{2032}29.6\u{2033} E2\u{b0}17\u{2032}40.2\u{2033}",
        ] {
            assert_eq!(places(text), expected, "{text}");
        }
        assert_eq!(places("25 24.492 S 54 35.226 W"), [(-25.4082, -54.5871)]);
    }

    #[test]
    fn without_letters_both_orders_are_offered_where_both_are_places() {
        assert_eq!(places("-25.40, -54.58"), [(-25.4, -54.58), (-54.58, -25.4)]);
        assert_eq!(places("-54.58 -25.40"), [(-54.58, -25.4), (-25.4, -54.58)]);
        assert_eq!(places("120.5 10"), [(10.0, 120.5)]);
        assert_eq!(places("\u{2212}25.5 0"), [(-25.5, 0.0), (0.0, -25.5)]);
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in
            ["", "here", "91 200", "1 2 3", "NaN 0", "N", "25.5S 25.5S", "1 70 0 1 0 0", "-5 S 3 W", "LC08_224077"]
        {
            assert!(positions(text).is_empty(), "{text}");
        }
    }
}
