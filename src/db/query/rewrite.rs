//! From `:name` to what each dialect numbers its parameters with, and back from a place in the one text to the other.

use super::lexer::{end_of_opaque, is_name_character};
use super::{Dialect, Parameter, Query, QueryError};

/// A question as a store takes it: every parameter a number.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::db) struct Bound {
    /// The SQL with `$1` or `?1`.
    pub(in crate::db) sql: String,
    /// The values by number, the first being 1. None of them is a list.
    pub(in crate::db) values: Vec<Parameter>,
    /// The name that each value was given under.
    pub(in crate::db) names: Vec<String>,
    /// Where the texts differ.
    edits: Vec<Edit>,
}

/// A parameter in both texts, in bytes.
#[derive(Debug, Clone, PartialEq)]
struct Edit {
    source_start: usize,
    source_end: usize,
    made_start: usize,
    made_end: usize,
}

impl Bound {
    /// The byte of the user's text that a byte of the rewritten text comes from.
    pub(in crate::db) fn source_position(&self, made: usize) -> usize {
        let before = self.edits.iter().rev().find(|edit| edit.made_start <= made);
        match before {
            None => made,
            Some(edit) if made < edit.made_end => edit.source_start,
            Some(edit) => edit.source_end + (made - edit.made_end),
        }
    }

    /// The byte of the user's text that a character of the rewritten text (counted from 1, as `PostgreSQL` does) comes
    /// from.
    pub(in crate::db) fn source_position_of_character(&self, number: usize) -> usize {
        let made = self.sql.char_indices().nth(number.saturating_sub(1)).map_or(self.sql.len(), |(at, _)| at);
        self.source_position(made)
    }
}

/// Numbers the parameters of a question. One name has one number (a list several), however often it occurs.
pub(in crate::db) fn bind(query: &Query, dialect: Dialect) -> Result<Bound, QueryError> {
    number(query, dialect, true)
}

/// The same, but with a number of its own each time that a name occurs. The server then finds a type for each of them:
/// `:n IS NULL OR id = :n` has one place that says nothing about the type, and one that does.
pub(in crate::db) fn bind_each(query: &Query, dialect: Dialect) -> Result<Bound, QueryError> {
    number(query, dialect, false)
}

fn number(query: &Query, dialect: Dialect, is_shared: bool) -> Result<Bound, QueryError> {
    let sql = &query.sql;
    let mut bound =
        Bound { sql: String::with_capacity(sql.len()), values: Vec::new(), names: Vec::new(), edits: Vec::new() };
    let mut numbered: Vec<(String, Vec<usize>)> = Vec::new();
    let mut at = 0;
    let mut brackets = 0_usize;
    while let Some(character) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some(end) = end_of_opaque(sql, at, dialect) {
            bound.sql.push_str(sql.get(at..end).unwrap_or_default());
            at = end;
            continue;
        }
        match character {
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let Some(name) = (character == ':').then(|| parameter_name(sql, at)).flatten() else {
            // `::` is a cast: neither of its colons begins a parameter.
            let taken = if sql.get(at..).is_some_and(|rest| rest.starts_with("::")) { 2 } else { character.len_utf8() };
            bound.sql.push_str(sql.get(at..at + taken).unwrap_or_default());
            at += taken;
            continue;
        };
        let end = at + 1 + name.len();
        let Some(value) = value_of(query, name) else {
            if brackets > 0 {
                // The end of an array's slice, `a[1:n]`.
                bound.sql.push_str(sql.get(at..end).unwrap_or_default());
                at = end;
                continue;
            }
            return Err(QueryError::MissingParameter { name: name.to_owned(), position: at });
        };
        let known = numbered.iter().find(|(known, _)| is_shared && known == name).map(|(_, numbers)| numbers.clone());
        let numbers = known.unwrap_or_else(|| {
            let numbers = bound.add(name, &value);
            numbered.push((name.to_owned(), numbers.clone()));
            numbers
        });
        let made_start = bound.sql.len();
        bound.sql.push_str(&placeholders(&numbers, dialect));
        let made_end = bound.sql.len();
        bound.edits.push(Edit { source_start: at, source_end: end, made_start, made_end });
        at = end;
    }
    Ok(bound)
}

impl Bound {
    /// Takes a value in, a list as its parts; the numbers that it got.
    fn add(&mut self, name: &str, value: &Parameter) -> Vec<usize> {
        if let Parameter::List(parts) = value {
            return parts.iter().flat_map(|part| self.add(name, part)).collect();
        }
        self.values.push(value.clone());
        self.names.push(name.to_owned());
        vec![self.values.len()]
    }
}

fn placeholders(numbers: &[usize], dialect: Dialect) -> String {
    if numbers.is_empty() {
        return "NULL".to_owned();
    }
    let mark = match dialect {
        Dialect::Postgres => '$',
        Dialect::Sqlite => '?',
    };
    numbers.iter().map(|number| format!("{mark}{number}")).collect::<Vec<_>>().join(", ")
}

/// The name after a colon; `None` where the colon is part of a cast or an assignment, or where no name follows.
fn parameter_name(sql: &str, at: usize) -> Option<&str> {
    let rest = sql.get(at + 1..)?;
    let end = rest.find(|c: char| !is_name_character(c)).unwrap_or(rest.len());
    let name = rest.get(..end)?;
    name.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(name)
}

/// The value of a name. A box `bbox` also gives its sides: `west`, `south`, `east`, `north`.
fn value_of(query: &Query, name: &str) -> Option<Parameter> {
    let find = |wanted: &str| query.parameters.iter().find(|(known, _)| known == wanted).map(|(_, value)| value);
    if let Some(value) = find(name) {
        return Some(value.clone());
    }
    let side = ["west", "south", "east", "north"].iter().position(|side| *side == name)?;
    match find("bbox")? {
        Parameter::List(sides) => sides.get(side).cloned(),
        Parameter::Null => Some(Parameter::Null),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(sql: &str, dialect: Dialect) -> String {
        let query = Query::new(sql)
            .with("class", "dam")
            .with("n", 5)
            .with("ids", vec![1, 2])
            .with("none", Vec::<i64>::new())
            .with("bbox", Parameter::bbox([1.0, 2.0, 3.0, 4.0]));
        bind(&query, dialect).unwrap().sql
    }

    #[test]
    fn names_become_numbers_outside_of_texts_comments_and_casts() {
        use Dialect::{Postgres, Sqlite};
        for (sql, dialect, expected) in [
            ("WHERE class = :class AND n > :n OR :class = ''", Postgres, "WHERE class = $1 AND n > $2 OR $1 = ''"),
            ("WHERE class = :class", Sqlite, "WHERE class = ?1"),
            ("':class' \":n\" -- :n\n/* :n */ :n::text", Postgres, "':class' \":n\" -- :n\n/* :n */ $1::text"),
            ("a::class, x := 1", Postgres, "a::class, x := 1"),
            ("$$ :n $$ [1:2] a[1:q] a[:n]", Postgres, "$$ :n $$ [1:2] a[1:q] a[$1]"),
            ("id IN (:ids) OR id IN (:none)", Postgres, "id IN ($1, $2) OR id IN (NULL)"),
            ("f(:bbox, 4326) AND x > :west AND y < :north", Postgres, "f($1, $2, $3, $4, 4326) AND x > $5 AND y < $6"),
            ("ação = :class", Sqlite, "ação = ?1"),
        ] {
            assert_eq!(made(sql, dialect), expected, "{sql}");
        }
    }

    #[test]
    fn a_parameter_without_a_value_is_named_with_its_place() {
        let error = bind(&Query::new("SELECT :nobody"), Dialect::Postgres).unwrap_err();
        let expected = QueryError::MissingParameter { name: "nobody".to_owned(), position: 7 };
        assert_eq!(error.to_string(), expected.to_string());
        assert_eq!(error.position(), Some(7));
    }

    #[test]
    fn places_in_the_rewritten_text_lead_back_to_the_users() {
        let query = Query::new("SELECT é, :class, nocolumn").with("class", "dam");
        let bound = bind(&query, Dialect::Postgres).unwrap();
        assert_eq!(bound.sql, "SELECT é, $1, nocolumn");
        let made = bound.sql.find("nocolumn").unwrap();
        assert_eq!(bound.source_position(made), query.sql.find("nocolumn").unwrap());
        assert_eq!(bound.source_position(bound.sql.find("$1").unwrap() + 1), query.sql.find(":class").unwrap());
        // PostgreSQL counts characters from 1: é is one.
        assert_eq!(bound.source_position_of_character(15), query.sql.find("nocolumn").unwrap());
        assert_eq!(bound.source_position_of_character(1), 0);
    }
}
