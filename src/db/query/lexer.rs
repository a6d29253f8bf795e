//! Where the parts of a SQL text are that mean nothing but themselves: texts, quoted names, comments. And names in quotes.

use super::Dialect;

/// The end of the text, quoted name or comment that begins at byte `at`; `None` where none begins. One that isn't closed
/// ends with the SQL.
pub(super) fn end_of_opaque(sql: &str, at: usize, dialect: Dialect) -> Option<usize> {
    let rest = sql.get(at..)?;
    let end = match rest.as_bytes() {
        [b'-', b'-', ..] => rest.find('\n').map_or(rest.len(), |end| end + 1),
        [b'/', b'*', ..] => end_of_comment(rest, dialect),
        [b'\'', ..] => end_of_quotes(rest, '\'', dialect == Dialect::Postgres && is_escape_string(sql, at)),
        [b'"', ..] => end_of_quotes(rest, '"', false),
        [b'`', ..] if dialect == Dialect::Sqlite => end_of_quotes(rest, '`', false),
        [b'[', ..] if dialect == Dialect::Sqlite => rest.find(']').map_or(rest.len(), |end| end + 1),
        [b'$', ..] if dialect == Dialect::Postgres && !follows_name(sql, at) => end_of_dollar_quotes(rest)?,
        _ => return None,
    };
    Some(at + end)
}

/// `PostgreSQL` nests comments, `SQLite` doesn't.
fn end_of_comment(rest: &str, dialect: Dialect) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    let bytes = rest.as_bytes();
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" if depth == 0 || dialect == Dialect::Postgres => (depth, at) = (depth + 1, at + 2),
            b"*/" => {
                (depth, at) = (depth.saturating_sub(1), at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// A quote within is doubled, or follows a backslash where there are escapes.
fn end_of_quotes(rest: &str, quote: char, has_escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if has_escapes && character == '\\' {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return at + quote.len_utf8();
            }
        }
    }
    rest.len()
}

/// True for the quote of `E'…'`, where a backslash escapes.
fn is_escape_string(sql: &str, at: usize) -> bool {
    let before = sql.get(..at).unwrap_or_default();
    before.ends_with(['e', 'E']) && !follows_name(sql, at - 1)
}

/// `$$ … $$` or `$tag$ … $tag$`; `None` for a `$` that is no such quote.
fn end_of_dollar_quotes(rest: &str) -> Option<usize> {
    let tag_end = rest.get(1..)?.find('$')? + 2;
    let tag = rest.get(..tag_end)?;
    let name = tag.trim_matches('$');
    if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_name_character) {
        return None;
    }
    Some(rest.get(tag_end..)?.find(tag).map_or(rest.len(), |end| tag_end + end + tag.len()))
}

/// True where the character before byte `at` belongs to a name.
fn follows_name(sql: &str, at: usize) -> bool {
    sql.get(..at).and_then(|before| before.chars().next_back()).is_some_and(is_name_character)
}

/// True for the characters of an unquoted name.
pub(super) fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// An identifier in SQL, whatever characters it has.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is opaque at the first character of a text.
    fn opaque(sql: &str, dialect: Dialect) -> Option<&str> {
        end_of_opaque(sql, 0, dialect).map(|end| &sql[..end])
    }

    #[test]
    fn texts_names_and_comments_end_where_the_dialect_says() {
        use Dialect::{Postgres, Sqlite};
        for (sql, dialect, expected) in [
            ("'it''s' x", Postgres, Some("'it''s'")),
            (r"'a\' x'", Postgres, Some(r"'a\'")),
            ("\"a\"\"b\" x", Sqlite, Some("\"a\"\"b\"")),
            ("-- a\nx", Postgres, Some("-- a\n")),
            ("/* a /* b */ c */ x", Postgres, Some("/* a /* b */ c */")),
            ("/* a /* b */ c */ x", Sqlite, Some("/* a /* b */")),
            ("$$ ' $$ x", Postgres, Some("$$ ' $$")),
            ("$tag$ $$ $tag$ x", Postgres, Some("$tag$ $$ $tag$")),
            ("$1 + $2", Postgres, None),
            ("[a ' b] x", Sqlite, Some("[a ' b]")),
            ("[1:2]", Postgres, None),
            ("`a'b` x", Sqlite, Some("`a'b`")),
            ("'open", Postgres, Some("'open")),
            ("/* open", Postgres, Some("/* open")),
            ("x 'a'", Postgres, None),
        ] {
            assert_eq!(opaque(sql, dialect), expected, "{sql}");
        }
    }

    #[test]
    fn a_backslash_escapes_in_an_escape_string_only() {
        let escaped = r"E'a\' b' x";
        assert_eq!(end_of_opaque(escaped, 1, Dialect::Postgres), Some(8));
        let type_name = r"date'a\' x";
        assert_eq!(end_of_opaque(type_name, 4, Dialect::Postgres), Some(8));
    }

    #[test]
    fn a_quoted_name_stays_one_name() {
        assert_eq!(quoted("a\"; DROP TABLE t; --"), "\"a\"\"; DROP TABLE t; --\"");
    }
}
