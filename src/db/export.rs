//! Tables as CSV (RFC 4180): what other programs read back.

use std::io::{self, Write};

use super::{Table, Value};

/// Writes rows of a table with a header. A null is an empty field.
pub fn write_csv(table: &Table, rows: &[u32], out: impl Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Necessary).from_writer(out);
    writer.write_record(table.columns().iter().map(super::Column::name))?;
    let mut fields = Vec::new();
    for row in rows {
        fields.clear();
        fields.extend((0..table.columns().len()).map(|column| match table.value(column, *row as usize) {
            Value::Real(real) if real.is_infinite() => if real > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            value => value.to_string(),
        }));
        writer.write_record(&fields)?;
    }
    writer.flush()
}
