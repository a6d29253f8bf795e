//! The values of a question's parameters.

use std::fmt;

use jiff::civil::{Date, DateTime};

use crate::db::{Value, parse_integer, parse_real};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
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
    /// A text, or the text form of anything that the store has a type for.
    Text(String),
    /// Several values, bound as a list with commas: `class IN (:class)`. An empty list is bound as null.
    List(Vec<Parameter>),
}

impl Parameter {
    /// A box as a list of west, south, east and north: `ST_MakeEnvelope(:bbox, 4326)`.
    pub fn bbox([west, south, east, north]: [f64; 4]) -> Self {
        Self::List([west, south, east, north].map(Self::Real).to_vec())
    }

    /// A value as people type it for a parameter of this name: four numbers for `bbox`, else a number where the text is
    /// one, else the text.
    pub fn parse(name: &str, text: &str) -> Self {
        if name.eq_ignore_ascii_case("bbox") {
            let numbers: Option<Vec<f64>> = text.split(',').map(|part| parse_real(part.trim())).collect();
            if let Some([west, south, east, north]) = numbers.as_deref() {
                return Self::bbox([*west, *south, *east, *north]);
            }
        }
        let trimmed = text.trim();
        match (parse_integer(trimmed), parse_real(trimmed)) {
            (Some(whole), _) => Self::Integer(whole),
            (None, Some(real)) => Self::Real(real),
            (None, None) => Self::Text(text.to_owned()),
        }
    }
}

impl fmt::Display for Parameter {
    /// As the store reads it from a text: ISO dates, shortest numbers; nothing for a null.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Integer(whole) => write!(f, "{whole}"),
            Self::Real(real) => write!(f, "{real}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::DateTime(instant) => write!(f, "{instant}"),
            Self::Text(text) => f.write_str(text),
            Self::List(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{part}")?;
                }
                Ok(())
            }
        }
    }
}

impl From<Value<'_>> for Parameter {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(yes),
            Value::Integer(whole) => Self::Integer(whole),
            Value::Real(real) => Self::Real(real),
            Value::Date(date) => Self::Date(date),
            Value::DateTime(instant) => Self::DateTime(instant),
            Value::Text(text) => Self::Text(text.to_owned()),
        }
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Parameter {
    fn from(whole: i64) -> Self {
        Self::Integer(whole)
    }
}

impl From<f64> for Parameter {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

impl From<bool> for Parameter {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<Date> for Parameter {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<DateTime> for Parameter {
    fn from(instant: DateTime) -> Self {
        Self::DateTime(instant)
    }
}

impl<T: Into<Parameter>> From<Vec<T>> for Parameter {
    fn from(parts: Vec<T>) -> Self {
        Self::List(parts.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Parameter>> From<Option<T>> for Parameter {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_the_narrowest_kind() {
        assert_eq!(Parameter::parse("n", "12"), Parameter::Integer(12));
        assert_eq!(Parameter::parse("n", "0.5"), Parameter::Real(0.5));
        assert_eq!(Parameter::parse("n", "007"), Parameter::Text("007".to_owned()));
        assert_eq!(Parameter::parse("bbox", "1,2,3.5,4"), Parameter::bbox([1.0, 2.0, 3.5, 4.0]));
        assert_eq!(Parameter::parse("bbox", "here"), Parameter::Text("here".to_owned()));
    }
}
