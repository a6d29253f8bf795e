//! One fenced block of a template: its name, its settings, its query.

use std::collections::BTreeMap;

use super::{is_name, unquoted};

/// What a block makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A table of a query's answer.
    Sql,
    /// A chart of a query's answer.
    Plot,
    /// A picture of a part of the world, with targets on it.
    Map,
    /// A picture of each target of a query's answer.
    Chips,
}

impl BlockKind {
    /// The kind that a fence names.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "sql" => Some(Self::Sql),
            "plot" => Some(Self::Plot),
            "map" => Some(Self::Map),
            "chips" => Some(Self::Chips),
            _ => None,
        }
    }

    /// The word of its fence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Plot => "plot",
            Self::Map => "map",
            Self::Chips => "chips",
        }
    }
}

/// A block as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it makes.
    pub kind: BlockKind,
    /// What other parts of the template call its query; empty for none.
    pub name: String,
    /// It is not shown, only its answer is used.
    pub is_hidden: bool,
    /// Its lines `key: value`, keys in lower case.
    pub settings: BTreeMap<String, String>,
    /// Its query, empty for none.
    pub sql: String,
}

impl Block {
    /// A block of the words after its fence and its lines.
    pub(super) fn parse(kind: BlockKind, info: &str, lines: &[&str]) -> Self {
        let words = || info.split_whitespace().skip(1);
        let name = words().find(|word| *word != "hidden" && is_name(word)).unwrap_or_default();
        let mut settings = BTreeMap::new();
        let mut rest = lines;
        while let [line, others @ ..] = rest {
            let setting = line.split_once(':').map(|(key, value)| (key.trim(), value.trim()));
            match setting.filter(|(key, value)| is_key(key) && !value.starts_with(':')) {
                Some((key, value)) => {
                    settings.insert(key.to_ascii_lowercase(), unquoted(value).to_owned());
                }
                None if line.trim().is_empty() => {}
                None => break,
            }
            rest = others;
        }
        if let [line, others @ ..] = rest
            && line.trim() == "---"
        {
            rest = others;
        }
        let sql = rest.join("\n").trim().trim_end_matches(';').trim_end().to_owned();
        Self { kind, name: name.to_owned(), is_hidden: words().any(|word| word == "hidden"), settings, sql }
    }

    /// The value of a setting; `None` where it isn't there or is empty.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A setting's key is a single word; the words that begin a query are none.
fn is_key(text: &str) -> bool {
    const QUERIES: [&str; 4] = ["select", "with", "values", "table"];
    is_name(text) && !QUERIES.contains(&text.to_ascii_lowercase().as_str())
}
