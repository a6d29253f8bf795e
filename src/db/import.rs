//! Tables on their way into a store: what is common to both kinds of store. The rows are typed and checked before the
//! first one is written; a store takes all of them or none.

use std::collections::HashSet;
use std::fmt;

use super::{Column, Table, Value, ValueKind};
use crate::geo::LonLat;

/// Rows for one table of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The table, with its schema in front if need be.
    pub table_name: String,
    /// The rows.
    pub table: Table,
    /// Where each row is; `None` for a table without positions.
    pub positions: Option<Vec<LonLat>>,
    /// The columns that the positions were made of, which a table with a geometry needs no columns for.
    pub place_columns: Vec<String>,
    /// Which column plays which part, for a table that has other names for them.
    pub parts: Vec<(Part, String)>,
}

/// A part that a column plays in a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The key of the row.
    Id,
    /// What was detected.
    Class,
    /// What people call it.
    Name,
    /// The image that it was found in.
    Image,
    /// When.
    Date,
    /// How sure the detector was.
    Confidence,
}

/// What an import has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The table as people write it.
    pub table: String,
    /// The table as SQL names it.
    pub sql_name: String,
    /// Whether the table was made.
    pub is_new: bool,
    /// Rows that were written.
    pub rows: usize,
    /// Columns with their types, as the store has them.
    pub columns: Vec<(String, String)>,
}

impl Import {
    /// The column of a part.
    pub(in crate::db) fn part_of(&self, column: &str) -> Option<Part> {
        self.parts.iter().find(|(_, name)| name == column).map(|(part, _)| *part)
    }

    /// Whether the positions were made of this column.
    pub(in crate::db) fn is_place(&self, column: &str) -> bool {
        self.place_columns.iter().any(|name| name == column)
    }

    /// The columns whose values make good indexes: class, image, date.
    pub(in crate::db) fn is_indexed(&self, column: &str) -> bool {
        matches!(self.part_of(column), Some(Part::Class | Part::Image | Part::Date))
    }

    /// The column that can be the key: that of the part, if each row has another whole number.
    pub(in crate::db) fn key(&self) -> Option<&Column> {
        let name = self.parts.iter().find(|(part, _)| *part == Part::Id).map(|(_, name)| name)?;
        let column = self.table.column(self.table.column_index(name)?)?;
        let mut seen = HashSet::with_capacity(self.table.row_count());
        let is_key = column.kind() == ValueKind::Integer
            && column.values().all(|value| matches!(value, Value::Integer(whole) if seen.insert(whole)));
        is_key.then_some(column)
    }
}

/// A name that needs no quotes in SQL: lower case, and `_` for what is neither letter nor digit.
pub(in crate::db) fn plain_name(name: &str) -> String {
    let mut plain: String = name
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_ascii_alphanumeric() || (c.is_alphabetic() && !c.is_ascii()) { c } else { '_' })
        .collect();
    while plain.contains("__") {
        plain = plain.replace("__", "_");
    }
    let plain = plain.trim_matches('_');
    if plain.is_empty() || plain.starts_with(|c: char| c.is_ascii_digit()) {
        format!("c_{plain}")
    } else {
        plain.to_owned()
    }
}

/// Plain names for columns, each once.
pub(in crate::db) fn plain_names(columns: &[Column], taken: &[&str]) -> Vec<String> {
    let mut seen: HashSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let mut names = Vec::with_capacity(columns.len());
    for column in columns {
        let plain = plain_name(column.name());
        let mut name = plain.clone();
        let mut number = 1_u32;
        while !seen.insert(name.clone()) {
            number += 1;
            name = format!("{plain}_{number}");
        }
        names.push(name);
    }
    names
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "id",
            Self::Class => "class",
            Self::Name => "name",
            Self::Image => "image",
            Self::Date => "date",
            Self::Confidence => "confidence",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ColumnData;

    #[test]
    fn names_need_no_quotes_and_are_told_apart() {
        for (name, plain) in
            [("Image Name", "image_name"), ("length-m", "length_m"), ("2x", "c_2x"), (" ", "c_"), ("Área", "área")]
        {
            assert_eq!(plain_name(name), plain);
        }
        let column = |name: &str| Column::new(name, ColumnData::Integer(vec![]));
        assert_eq!(plain_names(&[column("A b"), column("a_b"), column("geom")], &["geom"]), ["a_b", "a_b_2", "geom_2"]);
    }

    #[test]
    fn a_key_has_another_number_in_each_row() {
        let import = |ids: Vec<Option<i64>>| Import {
            table_name: "t".to_owned(),
            table: Table::new(vec![Column::new("id", ColumnData::Integer(ids))]).unwrap(),
            positions: None,
            place_columns: Vec::new(),
            parts: vec![(Part::Id, "id".to_owned())],
        };
        assert!(import(vec![Some(1), Some(2)]).key().is_some());
        assert!(import(vec![Some(1), Some(1)]).key().is_none());
        assert!(import(vec![Some(1), None]).key().is_none());
    }
}
