//! One cell of a table: its kinds, how a text becomes a value, how values compare and how they are shown.
//! Dates and times are civil; a time with an offset is brought to UTC. Knows nothing of where a value came from.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::{Date, DateTime};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// True or false.
    Bool,
    /// Whole numbers of 64 bits.
    Integer,
    /// Floating point numbers.
    Real,
    /// Calendar days.
    Date,
    /// Days with a time, in UTC where the source gave an offset.
    DateTime,
    /// Anything else.
    Text,
}

impl ValueKind {
    /// All of them, in the order in which forms offer them.
    pub const ALL: [Self; 6] = [Self::Text, Self::Integer, Self::Real, Self::Bool, Self::Date, Self::DateTime];

    /// What people call its values.
    pub fn words(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Integer => "whole numbers",
            Self::Real => "numbers",
            Self::Date => "dates",
            Self::DateTime => "times",
            Self::Text => "texts",
        }
    }

    /// True for the kinds that can be plotted on an axis and ranged over.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Real)
    }

    /// True for days and times.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::DateTime)
    }
}

/// One cell. Texts are borrowed from the table that holds them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// A day.
    Date(Date),
    /// A day with a time.
    DateTime(DateTime),
    /// A text.
    Text(&'a str),
}

impl<'a> Value<'a> {
    /// True where there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The kind, or `None` for a null.
    pub fn kind(&self) -> Option<ValueKind> {
        match self {
            Self::Null => None,
            Self::Bool(_) => Some(ValueKind::Bool),
            Self::Integer(_) => Some(ValueKind::Integer),
            Self::Real(_) => Some(ValueKind::Real),
            Self::Date(_) => Some(ValueKind::Date),
            Self::DateTime(_) => Some(ValueKind::DateTime),
            Self::Text(_) => Some(ValueKind::Text),
        }
    }

    /// A number, from the numeric kinds only.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Integer(whole) => Some(whole as f64),
            Self::Real(real) => Some(real),
            _ => None,
        }
    }

    /// A day, from the temporal kinds only.
    pub fn as_date(&self) -> Option<Date> {
        match *self {
            Self::Date(date) => Some(date),
            Self::DateTime(instant) => Some(instant.date()),
            _ => None,
        }
    }

    /// The text of a text value.
    pub fn as_str(&self) -> Option<&'a str> {
        match *self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The order in which a table shows two values: by value within a kind, numbers among each other, case-insensitively
    /// for texts. Nulls and NaN come last. Values that don't compare are ordered by kind, so that the order is total.
    pub fn compare(&self, other: &Value<'_>) -> Ordering {
        match (self.is_missing(), other.is_missing()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
            (Value::Date(a), Value::DateTime(b)) => a.to_datetime(jiff::civil::Time::midnight()).cmp(b),
            (Value::DateTime(a), Value::Date(b)) => a.cmp(&b.to_datetime(jiff::civil::Time::midnight())),
            (Value::Text(a), Value::Text(b)) => compare_texts(a, b),
            _ => match (self.as_f64(), other.as_f64()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }

    /// True for a null and for NaN, which sort last and take no part in a range.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Real(real) => real.is_nan(),
            _ => false,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Integer(_) | Self::Real(_) => 1,
            Self::Date(_) | Self::DateTime(_) => 2,
            Self::Text(_) => 3,
            Self::Null => 4,
        }
    }
}

impl fmt::Display for Value<'_> {
    /// As it is copied and exported: ISO dates, shortest numbers that read back the same, nothing for a null.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Integer(whole) => write!(f, "{whole}"),
            Self::Real(real) => write!(f, "{real}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::DateTime(instant) => write!(f, "{instant}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Case-insensitive order; texts that differ in case only are ordered by their bytes.
fn compare_texts(a: &str, b: &str) -> Ordering {
    let folded = a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase));
    folded.then_with(|| a.cmp(b))
}

/// A whole number as people write it. Leading zeros mean a code ("007"), not a number.
pub fn parse_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    text.parse().ok()
}

/// A finite decimal number with a point, or NaN. Words such as "infinity" stay texts.
pub fn parse_real(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts_as_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let is_code = unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.as_bytes().get(1) != Some(&b'.');
    if !starts_as_number || (is_code && unsigned.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    text.parse().ok().filter(|real: &f64| real.is_finite())
}

/// `true`, `false`, `t` or `f`, in any case. Words such as "yes" stay texts.
pub fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("t") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") || text.eq_ignore_ascii_case("f") {
        Some(false)
    } else {
        None
    }
}

/// A day: `2024-05-18`, `2024/05/18` or `20240518`.
pub fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<i16>().ok());
    let (year, month, day) = match (bytes.len(), bytes.get(4), bytes.get(7)) {
        (10, Some(b'-'), Some(b'-')) | (10, Some(b'/'), Some(b'/')) => (digits(0..4)?, digits(5..7)?, digits(8..10)?),
        (8, Some(b'0'..=b'9'), _) => (digits(0..4)?, digits(4..6)?, digits(6..8)?),
        _ => return None,
    };
    if !(1000..=9999).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A day with a time: ISO 8601 with `T` or a space; an offset or `Z` brings it to UTC.
pub fn parse_date_time(text: &str) -> Option<DateTime> {
    parse_date(text.get(0..10)?)?;
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let time = text.get(11..)?;
    if time.ends_with(['Z', 'z']) || time.contains(['+', '-']) {
        let instant: jiff::Timestamp = text.parse().ok()?;
        return Some(jiff::tz::Offset::UTC.to_datetime(instant));
    }
    text.parse().ok()
}

/// Binary values longer than this are shown by their beginning and their length.
const MOST_SHOWN_BYTES: usize = 1024;

/// A binary value as `PostgreSQL` writes it: `\\x` and two digits a byte.
pub(in crate::db) fn blob_text(bytes: &[u8]) -> String {
    let (shown, rest) = bytes.split_at_checked(MOST_SHOWN_BYTES).unwrap_or((bytes, &[]));
    let mut text = String::with_capacity(2 + shown.len() * 2);
    text.push_str("\\x");
    for byte in shown {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')));
    }
    if !rest.is_empty() {
        text.extend(["… (", &bytes.len().to_string(), " bytes)"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn codes_with_leading_zeros_are_not_numbers() {
        assert_eq!(parse_integer("007"), None);
        assert_eq!(parse_real("007"), None);
        assert_eq!(parse_integer("0"), Some(0));
        assert_eq!(parse_real("0.25"), Some(0.25));
        assert_eq!(parse_real("-00.5"), Some(-0.5));
    }

    #[test]
    fn words_are_not_numbers() {
        assert_eq!(parse_real("infinity"), None);
        assert_eq!(parse_real("1e999"), None);
        assert!(parse_real("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn dates_are_read_in_their_usual_forms() {
        let day = date(2024, 5, 18);
        assert_eq!(parse_date("2024-05-18"), Some(day));
        assert_eq!(parse_date("2024/05/18"), Some(day));
        assert_eq!(parse_date("20240518"), Some(day));
        assert_eq!(parse_date("2024-13-18"), None);
        assert_eq!(parse_date("18.05.2024"), None);
        assert_eq!(parse_date("2024-é5-1"), None);
    }

    #[test]
    fn times_with_an_offset_become_utc() {
        let expected = date(2024, 5, 18).at(10, 30, 0, 0);
        assert_eq!(parse_date_time("2024-05-18T12:30:00+02:00"), Some(expected));
        assert_eq!(parse_date_time("2024-05-18 10:30:00"), Some(expected));
        assert_eq!(parse_date_time("2024-05-18T10:30:00Z"), Some(expected));
        assert_eq!(parse_date_time("2024-05-18"), None);
    }

    #[test]
    fn missing_values_compare_as_the_greatest() {
        assert_eq!(Value::Null.compare(&Value::Integer(1)), Ordering::Greater);
        assert_eq!(Value::Real(f64::NAN).compare(&Value::Real(1e300)), Ordering::Greater);
        assert_eq!(Value::Integer(2).compare(&Value::Real(2.5)), Ordering::Less);
        assert_eq!(Value::Text("Érable").compare(&Value::Text("érablé")), Ordering::Less);
    }
}
