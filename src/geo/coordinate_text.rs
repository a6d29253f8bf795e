//! Coordinates as people write them: decimal degrees, degrees with minutes and seconds, UTM, MGRS.
//!
//! Latitude comes before longitude unless hemisphere letters say otherwise.

use super::LonLat;
use super::grid_reference::{Mgrs, Utm, is_band_north, mgrs_of};

/// How to write a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CoordinateFormat {
    /// `52.51630, 13.37770`
    #[default]
    Decimal,
    /// `52°30'58.7"N 13°22'39.7"E`
    DegreesMinutesSeconds,
    /// `33N 389878 5819706`: zone and hemisphere, easting, northing.
    Utm,
    /// `33U UU 89878 19706`
    Mgrs,
}

/// Why a text is no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoordinateError {
    /// Nothing was written.
    #[error("write a place: 48.85, 2.35 or 48°51'N 2°21'E or 31N 452000 5411000 or 31U DQ 52000 11000")]
    Empty,
    /// It looks like no kind of coordinates.
    #[error("`{text}` is no place: write latitude and longitude as in 48.85, 2.35")]
    NotUnderstood {
        /// The text, shortened.
        text: String,
    },
    /// It looks like coordinates, but a part can't be.
    #[error("{reason}")]
    Wrong {
        /// What can't be.
        reason: String,
    },
}

fn wrong(reason: impl Into<String>) -> CoordinateError {
    CoordinateError::Wrong { reason: reason.into() }
}

/// Writes a place. UTM and MGRS end beyond 84 degrees north and 80 south; there it is written in decimal degrees.
#[must_use]
pub fn format_coordinates(place: LonLat, format: CoordinateFormat) -> String {
    let decimal = || format!("{:.6}, {:.6}", place.lat_deg(), place.lon_deg());
    match format {
        CoordinateFormat::Decimal => decimal(),
        CoordinateFormat::DegreesMinutesSeconds => {
            format!("{} {}", dms(place.lat_deg(), ['N', 'S']), dms(place.lon_deg(), ['E', 'W']))
        }
        CoordinateFormat::Utm => Utm::of(place).map_or_else(decimal, |utm| {
            let hemisphere = if utm.is_north { 'N' } else { 'S' };
            format!("{}{hemisphere} {:.0} {:.0}", utm.zone, utm.easting_m, utm.northing_m)
        }),
        CoordinateFormat::Mgrs => mgrs_of(place, 5).unwrap_or_else(decimal),
    }
}

/// Degrees, minutes and tenths of seconds; a tenth of a second is three metres.
fn dms(degrees: f64, [positive, negative]: [char; 2]) -> String {
    let letter = if degrees < 0.0 { negative } else { positive };
    let tenths = (degrees.abs() * 36_000.0).round();
    let (whole, rest) = ((tenths / 36_000.0).floor(), tenths % 36_000.0);
    let (minutes, rest) = ((rest / 600.0).floor(), rest % 600.0);
    format!("{whole}°{minutes:02}'{:04.1}\"{letter}", rest / 10.0)
}

/// The place that a text means. Errors say what is wrong with it.
pub fn parse_coordinates(text: &str) -> Result<LonLat, CoordinateError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CoordinateError::Empty);
    }
    let upper: String = text.to_uppercase().replace('\u{2212}', "-");
    if let Some(found) = parse_mgrs(&upper).or_else(|| parse_utm(&upper)) {
        return found;
    }
    let not_understood = || CoordinateError::NotUnderstood { text: text.chars().take(60).collect() };
    let angles = read_angles(&upper).ok_or_else(not_understood)?;
    let [first, second] = angles.as_slice() else { return Err(not_understood()) };
    let (lat, lon) = match (first.axis, second.axis) {
        (Some(Axis::Lon), Some(Axis::Lat) | None) | (None, Some(Axis::Lat)) => (second, first),
        (Some(Axis::Lat), Some(Axis::Lat)) => return Err(wrong("both numbers are latitudes")),
        (Some(Axis::Lon), Some(Axis::Lon)) => return Err(wrong("both numbers are longitudes")),
        _ => (first, second),
    };
    let (lat_deg, lon_deg) = (lat.degrees()?, lon.degrees()?);
    if !(-90.0..=90.0).contains(&lat_deg) {
        let hint = if (-90.0..=90.0).contains(&lon_deg) { "; latitude comes first" } else { "" };
        return Err(wrong(format!("a latitude of {lat_deg} is beyond the pole{hint}")));
    }
    LonLat::new(lon_deg, lat_deg).ok_or_else(|| wrong(format!("a longitude of {lon_deg} is beyond 180")))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Axis {
    Lat,
    Lon,
}

/// One angle as written: one to three numbers, perhaps a hemisphere.
#[derive(Debug, Default)]
struct Angle {
    axis: Option<Axis>,
    is_negative: bool,
    numbers: Vec<f64>,
}

impl Angle {
    fn degrees(&self) -> Result<f64, CoordinateError> {
        let part = |at: usize| self.numbers.get(at).copied().unwrap_or(0.0);
        for (at, unit) in [(1, "minutes"), (2, "seconds")] {
            if !(0.0..60.0).contains(&part(at)) {
                return Err(wrong(format!("{} {unit}: there are 60 at most", part(at))));
            }
        }
        if self.numbers.len() > 1 && part(0).fract() != 0.0 {
            return Err(wrong(format!("{} degrees can't have minutes as well", part(0))));
        }
        let size = part(0).abs() + part(1) / 60.0 + part(2) / 3600.0;
        let is_negative = self.is_negative || part(0).is_sign_negative();
        Ok(if is_negative { -size } else { size })
    }
}

/// A piece of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Number(f64),
    Hemisphere(char),
    Comma,
}

/// Two angles, if the text is made of numbers, hemispheres and signs of degrees, minutes and seconds only.
fn read_angles(upper: &str) -> Option<Vec<Angle>> {
    let tokens = tokens(upper)?;
    let has_hemispheres = tokens.iter().any(|token| matches!(token, Token::Hemisphere(_)));
    let is_prefix = matches!(tokens.first(), Some(Token::Hemisphere(_)));
    let mut angles = vec![Angle::default()];
    if has_hemispheres {
        for token in tokens {
            let begins_anew = match token {
                Token::Hemisphere(_) => is_prefix,
                Token::Number(_) => !is_prefix && angles.last().is_some_and(|angle| angle.axis.is_some()),
                Token::Comma => continue,
            };
            if begins_anew && angles.last().is_some_and(|angle| angle.axis.is_some()) {
                angles.push(Angle::default());
            }
            let angle = angles.last_mut()?;
            match token {
                Token::Number(number) => angle.numbers.push(number),
                Token::Hemisphere(letter) if angle.axis.is_none() => {
                    angle.axis = Some(if matches!(letter, 'N' | 'S') { Axis::Lat } else { Axis::Lon });
                    angle.is_negative = matches!(letter, 'S' | 'W');
                }
                _ => return None,
            }
        }
    } else {
        let commas = tokens.iter().filter(|token| **token == Token::Comma).count();
        let numbers = tokens.len() - commas;
        let half = (numbers % 2 == 0 && commas == 0).then_some(numbers / 2);
        for token in tokens {
            let is_full = angles.last().is_some_and(|angle| Some(angle.numbers.len()) == half);
            if token == Token::Comma || is_full {
                angles.push(Angle::default());
            }
            if let Token::Number(number) = token {
                angles.last_mut()?.numbers.push(number);
            }
        }
    }
    let complete = angles.len() == 2 && angles.iter().all(|angle| (1..=3).contains(&angle.numbers.len()));
    complete.then_some(angles)
}

fn tokens(upper: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = upper;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
            let length = rest
                .char_indices()
                .find(|&(at, c)| !(c.is_ascii_digit() || c == '.' || (at == 0 && matches!(c, '-' | '+'))))
                .map_or(rest.len(), |(at, _)| at);
            let (number, after) = rest.split_at(length);
            tokens.push(Token::Number(number.parse().ok()?));
            rest = after;
            continue;
        }
        match first {
            'N' | 'S' | 'E' | 'W' => tokens.push(Token::Hemisphere(first)),
            ',' | ';' => tokens.push(Token::Comma),
            '°' | 'º' | '\'' | '′' | '’' | '"' | '″' | '”' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
        rest = rest.get(first.len_utf8()..)?;
    }
    Some(tokens)
}

/// Zone and letter at the beginning of a UTM coordinate or an MGRS reference, and what follows.
fn read_zone(upper: &str) -> Option<(u32, char, &str)> {
    let digits = upper.chars().take_while(char::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let (zone, rest) = upper.split_at(digits);
    let rest = rest.trim_start();
    let letter = rest.chars().next().filter(char::is_ascii_uppercase)?;
    Some((zone.parse().ok()?, letter, rest.get(1..)?.trim_start()))
}

fn checked_zone(zone: u32) -> Result<u8, CoordinateError> {
    u8::try_from(zone)
        .ok()
        .filter(|zone| (1..=60).contains(zone))
        .ok_or_else(|| wrong(format!("there is no zone {zone}: they go from 1 to 60")))
}

/// `None` if the text doesn't look like UTM. A letter N or S is the hemisphere, any other the latitude band.
fn parse_utm(upper: &str) -> Option<Result<LonLat, CoordinateError>> {
    let (zone, letter, rest) = read_zone(upper)?;
    let mut numbers = rest
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|word| word.trim_end_matches(['M', 'E', 'N']))
        .filter(|word| !word.is_empty());
    let (easting, northing) = (numbers.next()?, numbers.next()?);
    let (easting_m, northing_m): (f64, f64) = (easting.parse().ok()?, northing.parse().ok()?);
    if numbers.next().is_some() || easting_m < 1_000.0 {
        return None;
    }
    Some(checked_zone(zone).and_then(|zone| {
        let is_north = match letter {
            'N' => true,
            'S' => false,
            band => is_band_north(band).ok_or_else(|| wrong(format!("there is no latitude band {band}")))?,
        };
        if !(100_000.0..1_000_000.0).contains(&easting_m) {
            return Err(wrong(format!("an easting of {easting_m} m: in UTM they have six digits")));
        }
        if !(0.0..=10_000_000.0).contains(&northing_m) {
            return Err(wrong(format!("a northing of {northing_m} m: in UTM they go to 10 000 000")));
        }
        let utm = Utm { zone, is_north, easting_m, northing_m };
        utm.place().ok_or_else(|| wrong("these UTM coordinates lead out of the earth"))
    }))
}

/// `None` if the text doesn't look like MGRS. A reference of few digits means the middle of its square.
fn parse_mgrs(upper: &str) -> Option<Result<LonLat, CoordinateError>> {
    let (zone, band, rest) = read_zone(upper)?;
    let mut letters = rest.chars();
    let (column, row) = (letters.next()?, letters.next()?);
    let digits: String = letters.as_str().chars().filter(|c| !c.is_whitespace()).collect();
    if !column.is_ascii_uppercase() || !row.is_ascii_uppercase() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    Some(checked_zone(zone).and_then(|zone| {
        if !digits.len().is_multiple_of(2) || digits.len() > 10 {
            let count = digits.len();
            return Err(wrong(format!(
                "{count} digits after the square: easting and northing have as many each, 5 at most"
            )));
        }
        let (east, north) = digits.split_at(digits.len() / 2);
        let size_m = [100_000.0, 10_000.0, 1_000.0, 100.0, 10.0, 1.0].get(east.len()).copied().unwrap_or(1.0);
        let metres = |digits: &str| digits.parse::<f64>().unwrap_or(0.0) * size_m + size_m / 2.0;
        Mgrs { zone, band, column, row, east_m: metres(east), north_m: metres(north) }.place().map_err(wrong)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::distance_m;
    use proptest::prelude::*;

    fn at(lon_deg: f64, lat_deg: f64) -> LonLat {
        LonLat::new(lon_deg, lat_deg).unwrap()
    }

    #[test]
    fn a_place_is_understood_however_it_is_written() {
        let gate = at(13.3777, 52.5163);
        for text in [
            "52.5163, 13.3777",
            "52.5163 13.3777",
            "52.5163;13.3777",
            "52.5163N 13.3777E",
            "13.3777° E, 52.5163° N",
            "N 52.5163 E 13.3777",
            "52°30'58.68\"N 13°22'39.72\"E",
            "52° 30′ 58.68″ N, 13° 22′ 39.72″ E",
            "52 30 58.68 13 22 39.72",
            "n52 30.978 e13 22.662",
            "+52.5163,+13.3777",
            "33U 389917 5819701",
            "33 N 389917mE 5819701mN",
            "33U UU 89917 19701",
            "33UUU8991719701",
        ] {
            let place = parse_coordinates(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(distance_m(place, gate) < 2.0, "{text}: {place:?}");
        }
    }

    #[test]
    fn signs_and_letters_name_the_south_and_the_west() {
        for text in
            ["-33.5, -70.25", "33.5S 70.25W", "S 33 30 W 70 15", "\u{2212}33.5 \u{2212}70.25", "-33 30 0, -70 15 0"]
        {
            let place = parse_coordinates(text).unwrap();
            assert!(distance_m(place, at(-70.25, -33.5)) < 1.0, "{text}");
        }
        assert!((parse_coordinates("-0 30, 0").unwrap().lat_deg() + 0.5).abs() < 1e-12);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let said = |text: &str| parse_coordinates(text).unwrap_err().to_string();
        assert!(said(" ").starts_with("write a place"));
        assert!(said("here").starts_with("`here` is no place"));
        assert_eq!(said("95, 10"), "a latitude of 95 is beyond the pole; latitude comes first");
        assert_eq!(said("10, 195"), "a longitude of 195 is beyond 180");
        assert_eq!(said("52 75 0 N 13 0 0 E"), "75 minutes: there are 60 at most");
        assert_eq!(said("52.5 30 N 13 E"), "52.5 degrees can't have minutes as well");
        assert_eq!(said("10N 20N"), "both numbers are latitudes");
        assert_eq!(said("61U 389900 5819690"), "there is no zone 61: they go from 1 to 60");
        assert_eq!(
            said("33U UU 899 1969"),
            "7 digits after the square: easting and northing have as many each, 5 at most"
        );
        assert_eq!(said("33U AA 1 1"), "zone 33 has no squares in column A, only STUVWXYZ");
        assert_eq!(said("33O UU 1 1"), "there is no latitude band O");
        assert!(said("1 2 3").contains("is no place"));
        assert!(said("1, 2, 3").contains("is no place"));
        assert!(said("-").contains("is no place"));
    }

    #[test]
    fn a_short_reference_is_the_middle_of_its_square() {
        let square = parse_coordinates("33U UU").unwrap();
        let exact = parse_coordinates("33U UU 50000 50000").unwrap();
        assert!(distance_m(square, exact) < 1.0);
    }

    #[test]
    fn places_are_written_in_each_format() {
        let gate = at(13.3777, 52.5163);
        assert_eq!(format_coordinates(gate, CoordinateFormat::Decimal), "52.516300, 13.377700");
        assert_eq!(format_coordinates(gate, CoordinateFormat::DegreesMinutesSeconds), "52°30'58.7\"N 13°22'39.7\"E");
        assert_eq!(dms(-0.999_999_9, ['N', 'S']), "1°00'00.0\"S");
        let pole = at(0.0, 89.0);
        assert_eq!(format_coordinates(pole, CoordinateFormat::Mgrs), "89.000000, 0.000000");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(lon in -179.99..179.99_f64, lat in -79.9..83.9_f64) {
            let place = at(lon, lat);
            for (format, metres) in [
                (CoordinateFormat::Decimal, 0.2),
                (CoordinateFormat::DegreesMinutesSeconds, 2.5),
                (CoordinateFormat::Utm, 1.0),
                (CoordinateFormat::Mgrs, 1.0),
            ] {
                let text = format_coordinates(place, format);
                let back = parse_coordinates(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
                prop_assert!(distance_m(place, back) < metres, "{text} {back:?}");
            }
        }

        #[test]
        fn no_text_makes_it_fall(text in "\\\\PC{0,40}") {
            let _ = parse_coordinates(&text);
        }
    }
}
