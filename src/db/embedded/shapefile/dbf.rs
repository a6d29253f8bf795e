//! The attributes of a Shapefile: a dBase table (`.dbf`), its fields, its rows with those that are deleted, its values by type. Dates and
//! numbers that are none are empty cells: programs fill fields with blanks, stars and zeros where there is nothing.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};

use super::code_page::CodePage;
use crate::db::{Value, ValueKind, parse_integer, parse_real};

const HEADER_BYTES: usize = 32;
const FIELD_BYTES: usize = 32;
/// What stands after the last field.
const END_OF_FIELDS: u8 = 0x0D;
/// What a deleted row begins with.
const DELETED: u8 = b'*';
/// The Julian day number of 1970-01-01.
const JULIAN_DAY_OF_1970: i32 = 2_440_588;

/// A table as its header describes it.
#[derive(Debug)]
pub(super) struct Dbf<'a> {
    fields: Vec<Field>,
    rows: &'a [u8],
    row_bytes: usize,
    /// Rows that the header states.
    pub(super) stated_rows: usize,
    /// The language byte of the header.
    pub(super) language: u8,
}

/// A column.
#[derive(Debug)]
pub(super) struct Field {
    name: Vec<u8>,
    kind: u8,
    start: usize,
    bytes: usize,
    decimals: u8,
}

/// A row that is not deleted.
#[derive(Clone, Copy)]
pub(super) struct Row<'a>(&'a [u8]);

/// What lies at a row's place.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    /// A row.
    Row(Row<'a>),
    /// One that is marked as deleted.
    Deleted,
    /// Nothing: the file ends before.
    Missing,
}

/// A cell: a value, or a text in the file's own code page.
pub(super) enum Cell<'a> {
    Value(Value<'static>),
    Text(Cow<'a, str>),
}

impl<'a> Dbf<'a> {
    /// Reads the header. An error says what is wrong with it.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let (header, _) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or("too short to have a header")?;
        let [_, _, _, _, r0, r1, r2, r3, h0, h1, b0, b1, ..] = *header;
        let stated_rows = u32::from_le_bytes([r0, r1, r2, r3]) as usize;
        let header_bytes = usize::from(u16::from_le_bytes([h0, h1]));
        let row_bytes = usize::from(u16::from_le_bytes([b0, b1]));
        let described = bytes.get(HEADER_BYTES..header_bytes).ok_or("cut off within its header")?;
        let mut fields = Vec::new();
        let mut start = 1;
        for field in described.chunks_exact(FIELD_BYTES).take_while(|field| field.first() != Some(&END_OF_FIELDS)) {
            let field = Field::parse(field, start).ok_or("a field that can't be read")?;
            start += field.bytes;
            fields.push(field);
        }
        if fields.is_empty() || start > row_bytes {
            return Err(format!("its fields take {start} bytes where a row has {row_bytes}"));
        }
        let rows = bytes.get(header_bytes..).unwrap_or_default();
        Ok(Self { fields, rows, row_bytes, stated_rows, language: header.get(29).copied().unwrap_or(0) })
    }

    /// The columns.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Rows that are really there.
    pub(super) fn row_count(&self) -> usize {
        self.stated_rows.min(self.rows.len() / self.row_bytes.max(1))
    }

    /// The row at a place, counted from 0.
    pub(super) fn row(&self, at: usize) -> Found<'a> {
        let bytes = || {
            let start = at.checked_mul(self.row_bytes).filter(|_| at < self.stated_rows)?;
            self.rows.get(start..start.checked_add(self.row_bytes)?)
        };
        match bytes() {
            None => Found::Missing,
            Some(bytes) if bytes.first() == Some(&DELETED) => Found::Deleted,
            Some(bytes) => Found::Row(Row(bytes)),
        }
    }

    /// Whether every text of the file, and every name of a column, is UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        let texts = || self.fields.iter().filter(|field| field.is_text());
        let is_utf8 = |bytes: &[u8]| str::from_utf8(bytes).is_ok();
        self.fields.iter().all(|field| is_utf8(&field.name))
            && (0..self.row_count())
                .filter_map(|at| if let Found::Row(row) = self.row(at) { Some(row) } else { None })
                .all(|row| texts().all(|field| is_utf8(trimmed(field.bytes_of(row)))))
    }
}

impl Field {
    fn parse(bytes: &[u8], start: usize) -> Option<Self> {
        let name = bytes.get(..11)?.split(|byte| *byte == 0).next()?;
        let (kind, length, decimals) = (*bytes.get(11)?, *bytes.get(16)?, *bytes.get(17)?);
        // Texts longer than 255 have the rest of their length where numbers have their decimals.
        let is_long = kind == b'C';
        let more = if is_long { usize::from(decimals) << 8 } else { 0 };
        let name = trimmed(name).to_vec();
        Some(Self {
            name,
            kind,
            start,
            bytes: usize::from(length) + more,
            decimals: if is_long { 0 } else { decimals },
        })
    }

    /// What it is called.
    pub(super) fn name(&self, page: CodePage) -> String {
        page.text(&self.name).into_owned()
    }

    /// What its values are.
    pub(super) fn value_kind(&self) -> ValueKind {
        match (self.kind, self.bytes) {
            (b'N', _) if self.decimals == 0 => ValueKind::Integer,
            (b'I' | b'+', 4) => ValueKind::Integer,
            (b'N' | b'F', _) | (b'B' | b'O' | b'Y', 8) => ValueKind::Real,
            (b'D', _) => ValueKind::Date,
            (b'T' | b'@', 8) => ValueKind::DateTime,
            (b'L', _) => ValueKind::Bool,
            _ => ValueKind::Text,
        }
    }

    /// Whether its values lie in another file, or are no text: memos, pictures.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(self.kind, b'M' | b'G' | b'P' | b'0') || (self.kind == b'B' && self.bytes != 8)
    }

    fn is_text(&self) -> bool {
        self.value_kind() == ValueKind::Text && !self.is_elsewhere()
    }

    fn bytes_of<'a>(&self, row: Row<'a>) -> &'a [u8] {
        row.0.get(self.start..self.start + self.bytes).unwrap_or_default()
    }

    /// Its cell in a row.
    pub(super) fn cell<'a>(&self, row: Row<'a>, page: CodePage) -> Cell<'a> {
        let bytes = self.bytes_of(row);
        let ascii = || str::from_utf8(trimmed(bytes)).unwrap_or_default();
        let value = match self.value_kind() {
            _ if self.is_elsewhere() => Value::Null,
            ValueKind::Bool => match bytes.first() {
                Some(b'T' | b't' | b'Y' | b'y' | b'J' | b'j') => Value::Bool(true),
                Some(b'F' | b'f' | b'N' | b'n') => Value::Bool(false),
                _ => Value::Null,
            },
            ValueKind::Integer if matches!(self.kind, b'I' | b'+') => {
                let number = bytes.first_chunk().map(|bytes| i64::from(i32::from_le_bytes(*bytes)));
                number.map_or(Value::Null, Value::Integer)
            }
            ValueKind::Integer => number(ascii()),
            ValueKind::Real if self.kind == b'Y' => {
                let money = bytes.first_chunk().map(|bytes| i64::from_le_bytes(*bytes) as f64 / 10_000.0);
                money.map_or(Value::Null, Value::Real)
            }
            ValueKind::Real if matches!(self.kind, b'B' | b'O') => {
                bytes.first_chunk().map_or(Value::Null, |bytes| Value::Real(f64::from_le_bytes(*bytes)))
            }
            ValueKind::Real => match number(ascii()) {
                Value::Integer(whole) => Value::Real(whole as f64),
                other => other,
            },
            ValueKind::Date => day(ascii()).map_or(Value::Null, Value::Date),
            ValueKind::DateTime => moment(bytes).map_or(Value::Null, Value::DateTime),
            ValueKind::Text => {
                let text = trimmed(bytes);
                return if text.is_empty() { Cell::Value(Value::Null) } else { Cell::Text(page.text(text)) };
            }
        };
        Cell::Value(value)
    }
}

/// Without the blanks and zeros that fill a field.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    bytes.trim_ascii()
}

/// A number as text. Stars mean that it did not fit.
fn number(text: &str) -> Value<'static> {
    // dBase writes "007"; as a number it is 7.
    let plain = text.trim_start_matches('+');
    let digits = plain.trim_start_matches('0');
    let plain = if digits.starts_with(|c: char| c.is_ascii_digit()) { digits } else { plain };
    parse_integer(plain).map(Value::Integer).or_else(|| parse_real(plain).map(Value::Real)).unwrap_or(Value::Null)
}

/// `20240518`.
fn day(text: &str) -> Option<Date> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() == 8;
    let part = |range: std::ops::Range<usize>| text.get(range).filter(|_| digits);
    Date::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?).ok()
}

/// A Julian day and the milliseconds since midnight.
fn moment(bytes: &[u8]) -> Option<DateTime> {
    let (day, rest) = bytes.split_first_chunk::<4>()?;
    let day = i32::from_le_bytes(*day).checked_sub(JULIAN_DAY_OF_1970)?;
    let milliseconds = i32::from_le_bytes(*rest.first_chunk()?);
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()?;
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    midnight.checked_add(jiff::Span::new().try_milliseconds(milliseconds).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(fields: &[(&str, u8, u8, u8)], rows: &[&[u8]]) -> Vec<u8> {
        let row_bytes = 1 + fields.iter().map(|(.., bytes, _)| u16::from(*bytes)).sum::<u16>();
        let header_bytes = u16::try_from(33 + 32 * fields.len()).unwrap();
        let mut file = vec![0x03, 24, 5, 18];
        file.extend(u32::try_from(rows.len()).unwrap().to_le_bytes());
        file.extend(header_bytes.to_le_bytes());
        file.extend(row_bytes.to_le_bytes());
        file.resize(32, 0);
        for (name, kind, bytes, decimals) in fields {
            let mut field = [0; 32];
            field[..name.len()].copy_from_slice(name.as_bytes());
            (field[11], field[16], field[17]) = (*kind, *bytes, *decimals);
            file.extend(field);
        }
        file.push(END_OF_FIELDS);
        file.extend(rows.concat());
        file.push(0x1A);
        file
    }

    fn cells(file: &[u8], row: usize) -> Vec<String> {
        let dbf = Dbf::parse(file).unwrap();
        let Found::Row(row) = dbf.row(row) else { panic!("no row") };
        let text = |field: &Field| match field.cell(row, CodePage::Utf8) {
            Cell::Value(value) => value.to_string(),
            Cell::Text(text) => text.into_owned(),
        };
        dbf.fields().iter().map(text).collect()
    }

    #[test]
    fn each_type_is_read_and_what_is_none_is_empty() {
        let fields = [
            ("N", b'N', 6, 0),
            ("F", b'F', 8, 3),
            ("D", b'D', 8, 0),
            ("L", b'L', 1, 0),
            ("C", b'C', 5, 0),
            ("I", b'I', 4, 0),
        ];
        let file = table(
            &fields,
            &[b"     42  -1.50020240518Tab   \x07\0\0\0", b" ******        00000000?     \xFF\xFF\xFF\xFF"],
        );
        assert_eq!(cells(&file, 0), ["42", "-1.5", "2024-05-18", "true", "ab", "7"]);
        assert_eq!(cells(&file, 1), ["", "", "", "", "", "-1"]);
    }

    #[test]
    fn moments_and_doubles_are_binary() {
        let mut row = b" ".to_vec();
        // 2024-05-18 is day 2460449.
        row.extend(2_460_449_i32.to_le_bytes());
        row.extend((10 * 3_600_000_i32).to_le_bytes());
        row.extend(2.5_f64.to_le_bytes());
        row.extend(12_345_i64.to_le_bytes());
        let file = table(&[("T", b'T', 8, 0), ("B", b'B', 8, 0), ("Y", b'Y', 8, 0)], &[&row]);
        assert_eq!(cells(&file, 0), ["2024-05-18T10:00:00", "2.5", "1.2345"]);
    }

    #[test]
    fn deleted_rows_are_told_from_missing_ones() {
        let file = table(&[("C", b'C', 1, 0)], &[b" a", b"*b", b" c"]);
        let dbf = Dbf::parse(&file).unwrap();
        assert!(matches!(dbf.row(0), Found::Row(_)) && matches!(dbf.row(1), Found::Deleted));
        assert!(matches!(dbf.row(3), Found::Missing));
        assert_eq!(dbf.row_count(), 3);
    }

    #[test]
    fn a_file_that_is_cut_off_has_the_rows_that_are_whole() {
        let file = table(&[("C", b'C', 3, 0)], &[b" abc", b" def"]);
        for length in 0..file.len() {
            match Dbf::parse(&file[..length]) {
                Err(problem) => assert!(!problem.is_empty()),
                Ok(dbf) => {
                    assert!((0..2).filter(|at| matches!(dbf.row(*at), Found::Row(_))).count() == dbf.row_count())
                }
            }
        }
        assert!(Dbf::parse(&[0xFF; 64]).is_err());
    }
}
