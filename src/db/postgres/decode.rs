//! Values as the server sends them (binary, PostgreSQL 15, src/backend/utils/adt/*: the `…send` functions) to cells and
//! texts. A type that isn't known here is asked for as text instead.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};
use postgres::types::{Kind, Type};

use super::numeric;
use crate::db::wkt::text_of_wkb;
use crate::db::{ValueKind, blob_text};

/// A value that is its own: texts are made of bytes that are gone when the row is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Date(Date),
    DateTime(DateTime),
    Text(String),
}

/// True for the types that [`decode`] reads.
pub(super) fn is_known(ty: &Type) -> bool {
    match ty.kind() {
        Kind::Array(element) => is_known(element),
        Kind::Domain(base) => is_known(base),
        Kind::Enum(_) => true,
        _ => is_spatial(ty) || is_text(ty) || kind_of(ty).is_some_and(|kind| kind != ValueKind::Text) || is_other(ty),
    }
}

/// The kind of column that a type makes; `None` where that depends on the values.
pub(super) fn kind_of(ty: &Type) -> Option<ValueKind> {
    match ty.kind() {
        Kind::Domain(base) => return kind_of(base),
        Kind::Simple | Kind::Pseudo => {}
        _ => return Some(ValueKind::Text),
    }
    Some(match *ty {
        Type::BOOL => ValueKind::Bool,
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => ValueKind::Integer,
        Type::FLOAT4 | Type::FLOAT8 => ValueKind::Real,
        Type::DATE => ValueKind::Date,
        Type::TIMESTAMP | Type::TIMESTAMPTZ => ValueKind::DateTime,
        Type::NUMERIC => return None,
        _ => ValueKind::Text,
    })
}

/// True for numbers of any size, whose column's kind depends on the values.
pub(super) fn is_numeric(ty: &Type) -> bool {
    match ty.kind() {
        Kind::Domain(base) => is_numeric(base),
        _ => *ty == Type::NUMERIC,
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML | Type::JSON | Type::CSTRING
    ) || ty.name() == "citext"
}

fn is_spatial(ty: &Type) -> bool {
    matches!(ty.name(), "geometry" | "geography")
}

fn is_other(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::NUMERIC
            | Type::JSONB
            | Type::CHAR
            | Type::TIME
            | Type::TIMETZ
            | Type::INTERVAL
            | Type::UUID
            | Type::BYTEA
            | Type::VOID
    )
}

/// Reads a value. `None` for bytes that aren't of the type.
pub(super) fn decode(ty: &Type, bytes: &[u8]) -> Option<Cell> {
    match ty.kind() {
        Kind::Array(element) => return array(element, bytes).map(Cell::Text),
        Kind::Domain(base) => return decode(base, bytes),
        Kind::Enum(_) => return Some(text(bytes)),
        _ => {}
    }
    if is_spatial(ty) {
        return Some(Cell::Text(text_of_wkb(bytes).unwrap_or_else(|| blob_text(bytes))));
    }
    if is_text(ty) {
        return Some(text(bytes));
    }
    Some(match *ty {
        Type::BOOL => Cell::Bool(*bytes.first()? != 0),
        Type::INT2 => Cell::Integer(i16::from_be_bytes(exactly(bytes)?).into()),
        Type::INT4 => Cell::Integer(i32::from_be_bytes(exactly(bytes)?).into()),
        Type::INT8 => Cell::Integer(i64::from_be_bytes(exactly(bytes)?)),
        Type::OID => Cell::Integer(u32::from_be_bytes(exactly(bytes)?).into()),
        // By its shortest text: 0.1 of 32 bits is 0.1, not 0.10000000149.
        Type::FLOAT4 => Cell::Real(f32::from_be_bytes(exactly(bytes)?).to_string().parse().ok()?),
        Type::FLOAT8 => Cell::Real(f64::from_be_bytes(exactly(bytes)?)),
        Type::NUMERIC => Cell::Text(numeric::text(bytes)?),
        Type::DATE => day(i32::from_be_bytes(exactly(bytes)?)),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => instant(i64::from_be_bytes(exactly(bytes)?)),
        Type::TIME => Cell::Text(time(i64::from_be_bytes(exactly(bytes)?))?),
        Type::TIMETZ => {
            let (micros, west) = bytes.split_first_chunk::<8>()?;
            let offset = offset(-i32::from_be_bytes(exactly(west)?));
            Cell::Text(time(i64::from_be_bytes(*micros))? + &offset)
        }
        Type::INTERVAL => Cell::Text(interval(bytes)?),
        Type::UUID => Cell::Text(uuid(bytes)?),
        Type::JSONB => text(bytes.get(1..)?),
        Type::CHAR => Cell::Text(bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()),
        Type::BYTEA => Cell::Text(blob_text(bytes)),
        Type::VOID => Cell::Null,
        _ => return None,
    })
}

fn exactly<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Cell {
    Cell::Text(String::from_utf8_lossy(bytes).into_owned())
}

const EPOCH: Date = date(2000, 1, 1);

fn day(days: i32) -> Cell {
    match days {
        i32::MAX => Cell::Text("infinity".to_owned()),
        i32::MIN => Cell::Text("-infinity".to_owned()),
        days => match EPOCH.checked_add(SignedDuration::from_hours(i64::from(days) * 24)) {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::Text(far_day(days.into())),
        },
    }
}

/// Microseconds since 2000, UTC for times with a zone.
fn instant(micros: i64) -> Cell {
    match micros {
        i64::MAX => Cell::Text("infinity".to_owned()),
        i64::MIN => Cell::Text("-infinity".to_owned()),
        micros => {
            if let Ok(instant) = EPOCH.at(0, 0, 0, 0).checked_add(SignedDuration::from_micros(micros)) {
                return Cell::DateTime(instant);
            }
            let of_day = time(micros.rem_euclid(MICROS_OF_DAY)).unwrap_or_default();
            Cell::Text(format!("{}T{of_day}", far_day(micros.div_euclid(MICROS_OF_DAY))))
        }
    }
}

const MICROS_OF_DAY: i64 = 86_400_000_000;

/// A day after the year 9999 or before -9999, from days since 2000 (Howard Hinnant's `civil_from_days`).
fn far_day(days: i64) -> String {
    let shifted = days + 10_957 + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// Microseconds since midnight; 24:00:00 is a time in `PostgreSQL`.
fn time(micros: i64) -> Option<String> {
    if micros == MICROS_OF_DAY {
        return Some("24:00:00".to_owned());
    }
    Time::midnight().checked_add(SignedDuration::from_micros(micros)).ok().map(|time| time.to_string())
}

/// `+02` or `-03:30`.
fn offset(seconds_east: i32) -> String {
    let (sign, seconds) = if seconds_east < 0 { ('-', -seconds_east) } else { ('+', seconds_east) };
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if minutes == 0 { format!("{sign}{hours:02}") } else { format!("{sign}{hours:02}:{minutes:02}") }
}

/// As psql shows it: `1 year 2 mons 3 days 04:05:06.5`.
fn interval(bytes: &[u8]) -> Option<String> {
    let (micros, rest) = bytes.split_first_chunk::<8>()?;
    let (days, months) = rest.split_first_chunk::<4>()?;
    let (micros, days) = (i64::from_be_bytes(*micros), i32::from_be_bytes(*days));
    let months = i32::from_be_bytes(exactly(months)?);
    let counted = |count: i32, name: &str| {
        (count != 0).then(|| format!("{count} {name}{}", if count.abs() == 1 { "" } else { "s" }))
    };
    let mut parts: Vec<String> = [counted(months / 12, "year"), counted(months % 12, "mon"), counted(days, "day")]
        .into_iter()
        .flatten()
        .collect();
    if micros != 0 || parts.is_empty() {
        let absolute = micros.unsigned_abs();
        let (seconds, fraction) = (absolute / 1_000_000, absolute % 1_000_000);
        let sign = if micros < 0 { "-" } else { "" };
        let mut of_day = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if fraction != 0 {
            of_day.push_str(format!(".{fraction:06}").trim_end_matches('0'));
        }
        parts.push(of_day);
    }
    Some(parts.join(" "))
}

fn uuid(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = exactly(bytes)?;
    let hex: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default().to_owned());
    Some(parts.join("-"))
}

/// An array in `PostgreSQL`'s own text form: `{1,NULL,"a b"}`.
fn array(element: &Type, bytes: &[u8]) -> Option<String> {
    let mut reader = Reader { bytes };
    let (dimensions, _has_nulls, _oid) = (reader.i32()?, reader.i32()?, reader.i32()?);
    if dimensions == 0 {
        return Some("{}".to_owned());
    }
    let mut lengths = Vec::new();
    for _ in 0..usize::try_from(dimensions).ok().filter(|count| *count <= 6)? {
        lengths.push(usize::try_from(reader.i32()?).ok()?);
        reader.i32()?;
    }
    let mut text = String::new();
    elements(element, &lengths, &mut reader, &mut text)?;
    Some(text)
}

fn elements(element: &Type, lengths: &[usize], reader: &mut Reader<'_>, text: &mut String) -> Option<()> {
    let (length, inner) = lengths.split_first()?;
    text.push('{');
    for at in 0..*length {
        if at > 0 {
            text.push(',');
        }
        if inner.is_empty() {
            match usize::try_from(reader.i32()?) {
                Err(_) => text.push_str("NULL"),
                Ok(bytes) => text.push_str(&element_text(&decode(element, reader.take(bytes)?)?)),
            }
        } else {
            elements(element, inner, reader, text)?;
        }
    }
    text.push('}');
    Some(())
}

fn element_text(cell: &Cell) -> String {
    let text = cell.to_string();
    let is_plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && !text.contains(|c: char| matches!(c, '{' | '}' | ',' | '"' | '\\') || c.is_whitespace());
    if is_plain { text } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(yes) => f.write_str(if *yes { "t" } else { "f" }),
            Self::Integer(whole) => write!(f, "{whole}"),
            Self::Real(real) => write!(f, "{real}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::DateTime(instant) => write!(f, "{instant}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn i32(&mut self) -> Option<i32> {
        self.take(4).and_then(exactly).map(i32::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(ty: &Type, bytes: &[u8]) -> String {
        decode(ty, bytes).map(|cell| cell.to_string()).unwrap()
    }

    #[test]
    fn days_and_times_have_their_ends() {
        assert_eq!(day(0), Cell::Date(date(2000, 1, 1)));
        assert_eq!(day(-1), Cell::Date(date(1999, 12, 31)));
        assert_eq!(day(i32::MAX), Cell::Text("infinity".to_owned()));
        // SELECT '20000-01-01'::date - '2000-01-01'::date
        assert_eq!(day(6_574_365), Cell::Text("20000-01-01".to_owned()));
        assert_eq!(instant(i64::MIN), Cell::Text("-infinity".to_owned()));
        assert_eq!(instant(1), Cell::DateTime(date(2000, 1, 1).at(0, 0, 0, 1000)));
        assert_eq!(time(MICROS_OF_DAY).as_deref(), Some("24:00:00"));
        assert_eq!(offset(-12_600), "-03:30");
    }

    #[test]
    fn an_interval_is_told_as_psql_tells_it() {
        let bytes = |micros: i64, days: i32, months: i32| {
            [&micros.to_be_bytes()[..], &days.to_be_bytes(), &months.to_be_bytes()].concat()
        };
        assert_eq!(interval(&bytes(14_706_500_000, 3, 14)).unwrap(), "1 year 2 mons 3 days 04:05:06.5");
        assert_eq!(interval(&bytes(0, 0, 0)).unwrap(), "00:00:00");
        assert_eq!(interval(&bytes(-1_000_000, -1, 0)).unwrap(), "-1 day -00:00:01");
    }

    #[test]
    fn arrays_keep_nulls_nesting_and_quotes() {
        let mut bytes = Vec::new();
        for number in [1_i32, 1, 25, 3, 1] {
            bytes.extend(number.to_be_bytes());
        }
        for element in [Some("a \"b\""), None, Some("NULL")] {
            match element {
                Some(text) => {
                    bytes.extend(i32::try_from(text.len()).unwrap().to_be_bytes());
                    bytes.extend(text.as_bytes());
                }
                None => bytes.extend((-1_i32).to_be_bytes()),
            }
        }
        assert_eq!(text_of(&Type::TEXT_ARRAY, &bytes), r#"{"a \"b\"",NULL,"NULL"}"#);
        assert_eq!(decode(&Type::TEXT_ARRAY, &bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn a_float_of_32_bits_is_shown_by_its_own_digits() {
        assert_eq!(decode(&Type::FLOAT4, &0.1_f32.to_be_bytes()), Some(Cell::Real(0.1)));
        assert_eq!(decode(&Type::FLOAT4, &[1]), None);
    }
}
