//! The access token: 128 random bits in the path, compared in constant time, never logged.

use std::fmt;

use subtle::ConstantTimeEq;

use super::ServeError;

const BYTES: usize = 16;

/// A token. Its `Debug` says nothing.
#[derive(Clone)]
pub(super) struct Token(String);

impl Token {
    /// A new one, of random numbers of the system.
    pub(super) fn random() -> Result<Self, ServeError> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| ServeError::Token)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// As it stands in the path.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether this is it; the time that this takes tells nothing about where they differ.
    pub(super) fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_only_itself_and_says_nothing_in_a_log() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one.is(one.text()) && !one.is(other.text()) && !one.is("") && !one.is(&one.text()[1..]));
        assert_eq!(one.text().len(), 32);
        assert!(!format!("{one:?}").contains(one.text()));
    }
}
