//! Columns as they grow: from values whose kinds are known one by one, and from texts whose kind must be found out.

use super::table::ColumnData;
use super::text::TextColumn;
use super::value::{Value, ValueKind, parse_bool, parse_date, parse_date_time, parse_integer, parse_real};

/// A column that takes the narrowest kind that holds everything pushed so far: whole numbers become real numbers,
/// anything else that is mixed becomes text.
#[derive(Debug)]
pub struct ColumnBuilder {
    data: Option<ColumnData>,
    leading_nulls: usize,
}

/// What texts may turn into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inference {
    /// The store has types of its own: only its days and times are texts.
    Temporal,
    /// The store has texts only.
    All,
    /// The store has texts only, and its numbers may have a decimal comma.
    AllDecimalComma,
}

impl ColumnBuilder {
    /// An empty column.
    pub fn new() -> Self {
        Self { data: None, leading_nulls: 0 }
    }

    /// An empty column of a kind; a value of another kind makes texts of all.
    pub fn of_kind(kind: ValueKind) -> Self {
        let data = match kind {
            ValueKind::Bool => ColumnData::Bool(Vec::new()),
            ValueKind::Integer => ColumnData::Integer(Vec::new()),
            ValueKind::Real => ColumnData::Real(Vec::new()),
            ValueKind::Date => ColumnData::Date(Vec::new()),
            ValueKind::DateTime => ColumnData::DateTime(Vec::new()),
            ValueKind::Text => ColumnData::Text(TextColumn::default()),
        };
        Self { data: Some(data), leading_nulls: 0 }
    }

    /// Appends a value.
    pub fn push(&mut self, value: Value<'_>) {
        let Some(data) = &mut self.data else {
            if value.is_null() {
                self.leading_nulls += 1;
            } else {
                self.data = Some(start(value, self.leading_nulls));
            }
            return;
        };
        match (&mut *data, value) {
            (ColumnData::Bool(values), Value::Bool(value)) => values.push(Some(value)),
            (ColumnData::Integer(values), Value::Integer(value)) => values.push(Some(value)),
            (ColumnData::Real(values), Value::Real(value)) => values.push(Some(value)),
            (ColumnData::Real(values), Value::Integer(value)) => values.push(Some(value as f64)),
            (ColumnData::Date(values), Value::Date(value)) => values.push(Some(value)),
            (ColumnData::DateTime(values), Value::DateTime(value)) => values.push(Some(value)),
            (ColumnData::Text(values), Value::Text(value)) => values.push(Some(value)),
            (_, Value::Null) => push_null(data),
            (ColumnData::Integer(values), Value::Real(value)) => {
                let mut reals: Vec<_> = values.iter().map(|value| value.map(|value| value as f64)).collect();
                reals.push(Some(value));
                *data = ColumnData::Real(reals);
            }
            (_, value) => {
                let mut texts = as_texts(data);
                texts.push(Some(&value.to_string()));
                *data = ColumnData::Text(texts);
            }
        }
    }

    /// The column as it was filled, texts as texts.
    pub fn finish_as_given(self) -> ColumnData {
        self.data.unwrap_or_else(|| ColumnData::Text((0..self.leading_nulls).map(|_| None).collect()))
    }

    /// The column. Texts become what all of them read as, within `inference`.
    pub fn finish(self, inference: Inference) -> ColumnData {
        match self.data {
            None => ColumnData::Text((0..self.leading_nulls).map(|_| None).collect()),
            Some(ColumnData::Text(texts)) => infer(texts, inference),
            Some(data) => data,
        }
    }
}

impl Default for ColumnBuilder {
    fn default() -> Self {
        Self::new()
    }
}

fn start(value: Value<'_>, nulls: usize) -> ColumnData {
    fn column<T: Clone>(value: T, nulls: usize) -> Vec<Option<T>> {
        let mut values = vec![None; nulls];
        values.push(Some(value));
        values
    }
    match value {
        Value::Bool(value) => ColumnData::Bool(column(value, nulls)),
        Value::Integer(value) => ColumnData::Integer(column(value, nulls)),
        Value::Real(value) => ColumnData::Real(column(value, nulls)),
        Value::Date(value) => ColumnData::Date(column(value, nulls)),
        Value::DateTime(value) => ColumnData::DateTime(column(value, nulls)),
        Value::Text(text) => ColumnData::Text(std::iter::repeat_n(None, nulls).chain([Some(text)]).collect()),
        Value::Null => ColumnData::Text(std::iter::repeat_n(None, nulls + 1).collect()),
    }
}

fn push_null(data: &mut ColumnData) {
    match data {
        ColumnData::Bool(values) => values.push(None),
        ColumnData::Integer(values) => values.push(None),
        ColumnData::Real(values) => values.push(None),
        ColumnData::Date(values) => values.push(None),
        ColumnData::DateTime(values) => values.push(None),
        ColumnData::Text(values) => values.push(None),
    }
}

fn as_texts(data: &ColumnData) -> TextColumn {
    let mut texts = TextColumn::default();
    for row in 0..data.len() {
        match data.value(row) {
            Value::Null => texts.push(None),
            value => texts.push(Some(&value.to_string())),
        }
    }
    texts
}

/// The narrowest kind that every text reads as; the texts themselves when there is none or when all are null.
pub fn infer(texts: TextColumn, inference: Inference) -> ColumnData {
    let comma = |text: &str| if inference == Inference::AllDecimalComma { parse_decimal_comma(text) } else { None };
    if inference != Inference::Temporal {
        if let Some(values) = all(&texts, parse_integer) {
            return ColumnData::Integer(values);
        }
        if let Some(values) = all(&texts, |text| parse_real(text).or_else(|| comma(text))) {
            return ColumnData::Real(values);
        }
        if let Some(values) = all(&texts, parse_bool) {
            return ColumnData::Bool(values);
        }
    }
    if let Some(values) = all(&texts, parse_date) {
        return ColumnData::Date(values);
    }
    let with_time = |text: &str| {
        parse_date_time(text).or_else(|| parse_date(text).map(|day| day.to_datetime(jiff::civil::Time::midnight())))
    };
    all(&texts, with_time).map_or(ColumnData::Text(texts), ColumnData::DateTime)
}

/// Parses every text; `None` as soon as one doesn't parse, and when there is none to parse.
fn all<T>(texts: &TextColumn, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    let mut parsed = Vec::with_capacity(texts.len());
    let mut found = false;
    for text in texts.iter() {
        match text.map(str::trim).filter(|text| !is_null_word(text)) {
            None => parsed.push(None),
            Some(text) => {
                parsed.push(Some(parse(text)?));
                found = true;
            }
        }
    }
    found.then_some(parsed)
}

/// What programs write where there is no number or date.
fn is_null_word(text: &str) -> bool {
    text.is_empty() || ["null", "na", "n/a", "none", "\\n"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `-54,5886`: at most one comma and no point.
fn parse_decimal_comma(text: &str) -> Option<f64> {
    let is_number = !text.contains('.') && text.matches(',').count() == 1;
    is_number.then(|| text.replace(',', ".")).and_then(|text| parse_real(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(values: &[Value<'_>], inference: Inference) -> ColumnData {
        let mut builder = ColumnBuilder::new();
        for value in values {
            builder.push(*value);
        }
        builder.finish(inference)
    }

    fn inferred(texts: &[&str], inference: Inference) -> ColumnData {
        infer(texts.iter().map(|text| Some(*text)).collect(), inference)
    }

    #[test]
    fn whole_numbers_widen_to_real_ones() {
        let column = built(&[Value::Null, Value::Integer(3), Value::Real(0.5), Value::Integer(7)], Inference::All);
        assert_eq!(column, ColumnData::Real(vec![None, Some(3.0), Some(0.5), Some(7.0)]));
    }

    #[test]
    fn what_is_mixed_becomes_text_and_loses_nothing() {
        let column = built(&[Value::Integer(3), Value::Null, Value::Text("many")], Inference::Temporal);
        assert_eq!(column.value(0), Value::Text("3"));
        assert_eq!(column.value(1), Value::Null);
        assert_eq!(column.value(2), Value::Text("many"));
    }

    #[test]
    fn a_column_of_nulls_is_text_of_that_length() {
        let column = built(&[Value::Null, Value::Null], Inference::All);
        assert_eq!((column.kind(), column.len()), (ValueKind::Text, 2));
    }

    #[test]
    fn texts_become_the_narrowest_kind_that_fits_all() {
        assert_eq!(inferred(&["1", "", "-20"], Inference::All).kind(), ValueKind::Integer);
        assert_eq!(inferred(&["1", "NA", "2.5"], Inference::All).kind(), ValueKind::Real);
        assert_eq!(inferred(&["true", "false"], Inference::All).kind(), ValueKind::Bool);
        assert_eq!(inferred(&["2024-05-18", ""], Inference::All).kind(), ValueKind::Date);
        assert_eq!(inferred(&["2024-05-18T10:00:00Z", "2024-05-19"], Inference::All).kind(), ValueKind::DateTime);
        assert_eq!(inferred(&["1", "one"], Inference::All).kind(), ValueKind::Text);
        assert_eq!(inferred(&["007", "008"], Inference::All).kind(), ValueKind::Text);
        assert_eq!(inferred(&["", ""], Inference::All).kind(), ValueKind::Text);
    }

    #[test]
    fn typed_stores_keep_numbers_that_they_hold_as_text() {
        assert_eq!(inferred(&["1", "2"], Inference::Temporal).kind(), ValueKind::Text);
        assert_eq!(inferred(&["2024-05-18"], Inference::Temporal).kind(), ValueKind::Date);
    }

    #[test]
    fn a_decimal_comma_is_read_where_it_may_be_one() {
        let texts = ["-54,5886", "3"];
        assert_eq!(inferred(&texts, Inference::AllDecimalComma), ColumnData::Real(vec![Some(-54.5886), Some(3.0)]));
        assert_eq!(inferred(&texts, Inference::All).kind(), ValueKind::Text);
    }
}
