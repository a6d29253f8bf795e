//! Markdown with values in it: what stands in `{{ }}` is cut out and numbered.

use super::is_name;

/// What is asked for in `{{ }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A parameter, or another single word.
    Word(String),
    /// `NAME.COLUMN` or `NAME.rows`.
    Field(String, String),
    /// The one cell of a query.
    Query(String),
    /// None of these.
    Wrong(String),
}

impl Wish {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        let first = text.split_whitespace().next().unwrap_or_default();
        if first.eq_ignore_ascii_case("select") || first.eq_ignore_ascii_case("with") {
            return Self::Query(text.trim_end_matches(';').trim_end().to_owned());
        }
        match text.split_once('.') {
            Some((name, field)) if is_name(name.trim()) && !field.trim().is_empty() => {
                Self::Field(name.trim().to_owned(), field.trim().to_owned())
            }
            None if is_name(text) => Self::Word(text.to_owned()),
            _ => Self::Wrong(text.to_owned()),
        }
    }
}

/// Text with numbered places for values: `pieces` has one more than `wishes`, and they take turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// What stands between the values.
    pub pieces: Vec<String>,
    /// The values.
    pub wishes: Vec<Wish>,
}

impl TextPart {
    /// Cuts the values out of a text.
    pub fn parse(text: &str) -> Self {
        let mut part = Self { pieces: Vec::new(), wishes: Vec::new() };
        let mut piece = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            let (before, from) = rest.split_at(at);
            if let Some(kept) = before.strip_suffix('\\') {
                piece.push_str(kept);
                piece.push_str("{{");
                rest = from.get(2..).unwrap_or_default();
                continue;
            }
            let Some(end) = from.find("}}") else { break };
            piece.push_str(before);
            part.pieces.push(std::mem::take(&mut piece));
            part.wishes.push(Wish::parse(from.get(2..end).unwrap_or_default()));
            rest = from.get(end + 2..).unwrap_or_default();
        }
        piece.push_str(rest);
        part.pieces.push(piece);
        part
    }

    /// The text with each value put in by `value`, which is given its number.
    pub fn filled(&self, mut value: impl FnMut(usize) -> String) -> String {
        let mut text = String::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            if at > 0 {
                text.push_str(&value(at - 1));
            }
            text.push_str(piece);
        }
        text
    }
}
