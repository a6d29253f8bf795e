//! CSV and its relatives: the delimiter, the encoding and the kinds of the columns are found out from the file.

use std::path::{Path, PathBuf};

use super::decode::decode;
use super::{read_whole_file, stem};
use crate::db::{
    Column, DbError, Inference, ReadTable, SetAside, Store, Table, TableInfo, TextColumn, infer, parse_real,
};

/// A CSV file as a store of one table, named by the file.
#[derive(Debug)]
pub struct CsvFile {
    path: PathBuf,
}

impl CsvFile {
    /// A store on this file. Nothing is read yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn malformed(&self, problem: impl Into<String>, advice: &str) -> DbError {
        DbError::Malformed { path: self.path.clone(), problem: problem.into(), advice: advice.to_owned() }
    }
}

impl Store for CsvFile {
    fn tables(&self) -> Result<Vec<TableInfo>, DbError> {
        Ok(vec![TableInfo { name: stem(&self.path), row_count: None, has_geometry: false }])
    }

    fn read(&self, _table: &str, max_rows: usize) -> Result<ReadTable, DbError> {
        let bytes = read_whole_file(&self.path)?;
        let decoded = decode(&bytes)
            .ok_or_else(|| self.malformed("not a text file", "save the table as CSV with UTF-8 encoding"))?;
        let (delimiter, text) = match sniff_excel_hint(&decoded.text) {
            Some((delimiter, rest)) => (delimiter, rest),
            None => (sniff_delimiter(&decoded.text), decoded.text.as_ref()),
        };
        let mut read = parse(text, delimiter, max_rows)
            .ok_or_else(|| self.malformed("no line in it", "the first line must name the columns"))?;
        read.notes.extend(decoded.note.map(str::to_owned));
        Ok(read)
    }
}

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that the delimiter is judged by.
const SNIFFED_RECORDS: usize = 20;

/// Excel's own first line, `sep=;`.
fn sniff_excel_hint(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    match line.trim_end().strip_prefix("sep=")?.as_bytes() {
        [delimiter] => Some((*delimiter, rest)),
        _ => None,
    }
}

/// The delimiter that splits most records into the header's number of fields; the one that makes more fields when two
/// do equally well.
fn sniff_delimiter(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let mut reader = reader(text, delimiter);
        let mut counts = reader.records().take(SNIFFED_RECORDS).flatten().map(|record| record.len());
        let header = counts.next().unwrap_or(0);
        let agreeing = counts.filter(|count| *count == header).count();
        if header > 1 { (agreeing, header) } else { (0, 0) }
    };
    // max_by_key takes the last of equals: reversed, so that the comma wins.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// Reads the records. `None` when there is none.
fn parse(text: &str, delimiter: u8, max_rows: usize) -> Option<ReadTable> {
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut next = |record: &mut csv::StringRecord| reader.read_record(record);
    if !next(&mut record).ok()? {
        return None;
    }
    let is_header = !record.iter().any(|field| parse_real(field.trim()).is_some());
    let names: Vec<String> =
        (1..).zip(record.iter()).map(|(number, field)| column_name(field, number, is_header)).collect();
    let mut columns: Vec<TextColumn> = names.iter().map(|_| TextColumn::default()).collect();
    let mut read = ReadTable::default();
    if !is_header {
        read.notes.push("the first line holds values: the columns have no names".to_owned());
    }
    let mut has_record = if is_header { next(&mut record) } else { Ok(true) };
    let mut is_truncated = false;
    loop {
        match has_record {
            Ok(false) => break,
            Ok(true) if read.lines.len() >= max_rows => {
                is_truncated = true;
                break;
            }
            Ok(true) => add_record(&record, line_of(text, &record), &mut columns, &mut read),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                read.set_aside.push(SetAside { line, reason: error.to_string() });
            }
        }
        has_record = next(&mut record);
    }
    let inference = if delimiter == b',' { Inference::All } else { Inference::AllDecimalComma };
    let columns = names.into_iter().zip(columns).map(|(name, texts)| Column::new(name, infer(texts, inference)));
    let table = Table::new(columns.collect())?;
    read.table = if is_truncated { table.truncated() } else { table };
    Some(read)
}

fn column_name(field: &str, number: usize, is_header: bool) -> String {
    let name = field.trim();
    if is_header && !name.is_empty() { name.to_owned() } else { format!("column {number}") }
}

/// The line that a record starts on. The reader's own position is that of the empty lines before it.
fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let from = usize::try_from(position.byte()).ok().and_then(|from| text.as_bytes().get(from..)).unwrap_or_default();
    let breaks = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    position.line() + breaks as u64
}

/// Adds a record as a row, or sets it aside when its fields can't be told apart from its neighbours'.
fn add_record(record: &csv::StringRecord, line: u64, columns: &mut [TextColumn], read: &mut ReadTable) {
    // Spreadsheets end short rows with nothing but delimiters, or leave them out.
    if record.iter().all(str::is_empty) {
        return;
    }
    let surplus = record.iter().skip(columns.len()).filter(|field| !field.is_empty()).count();
    if record.len() < columns.len() || surplus > 0 {
        let reason = format!("{} fields where the header has {}", record.len(), columns.len());
        read.set_aside.push(SetAside { line, reason });
        return;
    }
    for (column, field) in columns.iter_mut().zip(record) {
        column.push(Some(field).filter(|field| !field.is_empty()));
    }
    read.lines.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Value, ValueKind};

    fn parsed(text: &str) -> ReadTable {
        parse(text, sniff_delimiter(text), usize::MAX).unwrap()
    }

    #[test]
    fn quoted_fields_keep_delimiters_quotes_and_line_breaks() {
        let read = parsed("id,name\n1,\"a, \"\"b\"\"\nc\"\n2,d\n");
        assert_eq!(read.table.value(1, 0), Value::Text("a, \"b\"\nc"));
        assert_eq!(read.table.value(1, 1), Value::Text("d"));
        assert_eq!(read.lines, [2, 4]);
    }

    #[test]
    fn the_delimiter_is_found_though_others_occur() {
        assert_eq!(sniff_delimiter("id;name;lon\n1;a, b;2\n2;c, d;3\n"), b';');
        assert_eq!(sniff_delimiter("id\tname\n1\ta,b\n"), b'\t');
        assert_eq!(sniff_delimiter("id|name\n1|a\n"), b'|');
        assert_eq!(sniff_delimiter("id,name\n1,a;b;c\n"), b',');
    }

    #[test]
    fn a_semicolon_file_may_have_decimal_commas() {
        let read = parsed("lon;lat\n-54,5;-25,4\n");
        assert_eq!(read.table.value(0, 0), Value::Real(-54.5));
    }

    #[test]
    fn a_row_with_other_fields_than_the_header_is_set_aside_with_its_line() {
        let read = parsed("a,b\n1,2\n3\n4,5,6\n7,8,\n\n9,10\n");
        let lines: Vec<_> = read.set_aside.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 4]);
        assert_eq!(read.set_aside.first().unwrap().reason, "1 fields where the header has 2");
        assert_eq!(read.lines, [2, 5, 7]);
    }

    #[test]
    fn a_first_line_of_values_is_no_header() {
        let read = parsed("1,dam,-54.5\n2,dam,-54.6\n");
        assert_eq!(read.table.row_count(), 2);
        assert_eq!(
            read.table.column(2).map(|column| (column.name(), column.kind())),
            Some(("column 3", ValueKind::Real))
        );
        assert!(!read.notes.is_empty());
    }

    #[test]
    fn a_capped_read_says_that_there_is_more() {
        let read = parse("a\n1\n2\n3\n", b',', 2).unwrap();
        assert_eq!(read.table.row_count(), 2);
        assert!(read.table.is_truncated());
        assert!(!parse("a\n1\n2\n", b',', 2).unwrap().table.is_truncated());
    }

    #[test]
    fn a_file_without_a_line_is_no_table() {
        assert!(parse("", b',', 10).is_none());
    }
}
