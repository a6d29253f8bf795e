//! A column as another kind, where the user says that it was guessed wrong. What can't be read as that kind is told, row by row.

use jiff::civil::Time;

use super::{
    Column, ColumnBuilder, Value, ValueKind, parse_bool, parse_date, parse_date_time, parse_integer, parse_real,
};

/// A column of another kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The column, with no value where one can't be read.
    pub column: Column,
    /// The rows whose value can't be read, with the reason.
    pub failed: Vec<(u32, String)>,
}

impl Column {
    /// The same values as another kind.
    pub fn converted(&self, kind: ValueKind) -> Converted {
        if kind == self.kind() {
            return Converted { column: self.clone(), failed: Vec::new() };
        }
        let mut builder = ColumnBuilder::of_kind(kind);
        let mut failed = Vec::new();
        for (row, value) in (0..).zip(self.values()) {
            if value.is_null() {
                builder.push(Value::Null);
            } else if kind == ValueKind::Text {
                builder.push(Value::Text(&value.to_string()));
            } else if let Some(read) = read_as(value, kind) {
                builder.push(read);
            } else {
                builder.push(Value::Null);
                failed.push((row, format!("{} \"{value}\" can't be read as {}", self.name(), kind.words())));
            }
        }
        Converted { column: Column::new(self.name(), builder.finish_as_given()), failed }
    }
}

/// A value as a kind other than text.
fn read_as(value: Value<'_>, kind: ValueKind) -> Option<Value<'static>> {
    let text = value.to_string();
    let text = text.trim();
    match kind {
        ValueKind::Bool => match text {
            "0" => Some(Value::Bool(false)),
            "1" => Some(Value::Bool(true)),
            other => parse_bool(other).map(Value::Bool),
        },
        ValueKind::Integer => match value {
            Value::Bool(yes) => Some(Value::Integer(i64::from(yes))),
            Value::Real(real) => whole(real).map(Value::Integer),
            // A code with a leading zero is read where somebody says that it is a number.
            _ => parse_integer(text).or_else(|| text.parse().ok()).map(Value::Integer),
        },
        ValueKind::Real => match value {
            Value::Bool(yes) => Some(Value::Real(f64::from(u8::from(yes)))),
            Value::Integer(_) => value.as_f64().map(Value::Real),
            _ => parse_real(text).or_else(|| parse_real(&text.replace(',', "."))).map(Value::Real),
        },
        ValueKind::Date => match value {
            Value::DateTime(at) => Some(Value::Date(at.date())),
            _ => parse_date(text).or_else(|| Some(parse_date_time(text)?.date())).map(Value::Date),
        },
        ValueKind::DateTime => {
            parse_date_time(text).or_else(|| Some(parse_date(text)?.to_datetime(Time::midnight()))).map(Value::DateTime)
        }
        ValueKind::Text => None,
    }
}

/// The whole number that a number is, if it is one that keeps all its digits.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers below 2^53")]
fn whole(real: f64) -> Option<i64> {
    (real.fract() == 0.0 && real.abs() < 9_007_199_254_740_992.0).then_some(real as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{ColumnData, Inference, infer};

    fn column(texts: &[&str]) -> Column {
        let texts = texts.iter().map(|text| Some(*text).filter(|text| !text.is_empty())).collect();
        Column::new("code", infer(texts, Inference::All))
    }

    fn shown(converted: &Converted) -> Vec<String> {
        converted.column.values().map(|value| value.to_string()).collect()
    }

    #[test]
    fn numbers_become_texts_and_days_and_back() {
        let days = column(&["20200518", "", "20200519"]);
        assert_eq!(days.kind(), ValueKind::Integer);
        let as_days = days.converted(ValueKind::Date);
        assert_eq!((as_days.column.kind(), as_days.failed.len()), (ValueKind::Date, 0));
        assert_eq!(as_days.column.value(2).to_string(), "2020-05-19");
        assert!(as_days.column.value(1).is_null());
        let times = as_days.column.converted(ValueKind::DateTime);
        assert_eq!(times.column.value(0).to_string(), "2020-05-18T00:00:00");
        assert_eq!(times.column.converted(ValueKind::Date).column, as_days.column);
        assert_eq!(shown(&column(&["1", "2"]).converted(ValueKind::Text)), ["1", "2"]);
        assert_eq!(shown(&column(&["1", "0"]).converted(ValueKind::Bool)), ["true", "false"]);
        assert_eq!(shown(&column(&["007", "-8"]).converted(ValueKind::Integer)), ["7", "-8"]);
        assert_eq!(shown(&column(&["1,5", "2"]).converted(ValueKind::Real)), ["1.5", "2"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_row() {
        let converted = column(&["1", "many", "2.5"]).converted(ValueKind::Integer);
        assert_eq!(converted.column.data(), &ColumnData::Integer(vec![Some(1), None, None]));
        let rows: Vec<u32> = converted.failed.iter().map(|(row, _)| *row).collect();
        assert_eq!(rows, [1, 2]);
        assert_eq!(converted.failed[0].1, "code \"many\" can't be read as whole numbers");
        let reals = Column::new("a", ColumnData::Real(vec![Some(2.0), Some(f64::NAN), Some(1e300)]));
        assert_eq!(reals.converted(ValueKind::Integer).failed.len(), 2);
    }
}
