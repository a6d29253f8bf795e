//! The words of an expression and where they stand.

use super::ExpressionError;

/// One word. Operators and brackets are [`Token::Sign`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    /// A band or a function.
    Name(String),
    /// A band's name in double quotes.
    Quoted(String),
    Sign(&'static str),
}

/// A word and its first character, counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) position: usize,
}

/// The longer signs stand before those that they begin with.
const SIGNS: [&str; 21] =
    ["**", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "%", "^", "<", ">", "&", "|", "(", ")", ",", "="];

/// Splits the text into words.
pub(super) fn split(text: &str) -> Result<Vec<Placed>, ExpressionError> {
    let chars: Vec<char> = text.chars().collect();
    let fail = |position: usize, problem: String| ExpressionError { text: text.to_owned(), position, problem };
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let (token, length) = if first.is_whitespace() {
            at += 1;
            continue;
        } else if first.is_ascii_digit() || first == '.' {
            let word = number_word(rest);
            let value = word.parse().map_err(|_| fail(at, format!("{word} is no number")))?;
            (Token::Number(value), word.chars().count())
        } else if first.is_alphabetic() || first == '_' {
            let word: String = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            let length = word.chars().count();
            (Token::Name(word), length)
        } else if first == '"' {
            let word: String = rest.iter().skip(1).take_while(|c| **c != '"').collect();
            let length = word.chars().count() + 2;
            if rest.len() < length {
                return Err(fail(at, "the closing `\"` is missing".into()));
            }
            (Token::Quoted(word), length)
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.iter().take(sign.len()).copied().eq(sign.chars()));
            let sign = sign.ok_or_else(|| fail(at, format!("unexpected `{first}`")))?;
            (Token::Sign(sign), sign.len())
        };
        words.push(Placed { token, position: at });
        at += length;
    }
    Ok(words)
}

/// Digits, points, and an exponent with its sign: everything that belongs together, right or wrong.
fn number_word(rest: &[char]) -> String {
    let mut word = String::new();
    for &c in rest {
        let after_exponent = word.ends_with(['e', 'E']);
        let belongs = c.is_ascii_digit() || c == '.' || (matches!(c, 'e' | 'E') && !word.contains(['e', 'E']));
        if !(belongs || (after_exponent && matches!(c, '+' | '-'))) {
            break;
        }
        word.push(c);
    }
    word
}

impl Token {
    /// The word as the user wrote it, for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Name(name) => name.clone(),
            Self::Quoted(name) => format!("\"{name}\""),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}
