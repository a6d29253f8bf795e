//! The two versions, and which of them is spoken.

use super::exception::WmsError;
use crate::serve::parameters::Parameters;

/// A version of the standard that is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 1.1.1: x before y in every system, SRS.
    V111,
    /// 1.3.0: axes as the authority orders them, CRS.
    V130,
}

impl Version {
    /// As it stands in requests and documents.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::V111 => "1.1.1",
            Self::V130 => "1.3.0",
        }
    }

    /// The one that a request names, which has to be one that is spoken. WMTVER is its name of old.
    pub(super) fn required(given: &Parameters) -> Result<Self, WmsError> {
        match text(given) {
            Some("1.3.0") => Ok(Self::V130),
            Some("1.1.1") => Ok(Self::V111),
            _ => Err(WmsError::other("VERSION has to be 1.1.1 or 1.3.0")),
        }
    }

    /// The one that both sides speak: that of the request, else the highest below it, else the lowest; the highest if the request
    /// names none.
    pub(super) fn negotiated(given: &Parameters) -> Self {
        match text(given).and_then(numbers) {
            Some(wanted) if wanted < [1, 3, 0] => Self::V111,
            _ => Self::V130,
        }
    }
}

fn text(given: &Parameters) -> Option<&str> {
    given.filled("version").or_else(|| given.filled("wmtver"))
}

fn numbers(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_negotiated_as_the_standard_says() {
        let spoken = |query: &str| Version::negotiated(&Parameters::parse(query)).text();
        for (query, version) in [
            ("", "1.3.0"),
            ("version=1.3.0", "1.3.0"),
            ("version=1.1.1", "1.1.1"),
            ("VERSION=9.9.9", "1.3.0"),
            ("version=0.0.0", "1.1.1"),
            ("version=1.2.0", "1.1.1"),
            ("version=1.0.0", "1.1.1"),
            ("wmtver=1.1.1", "1.1.1"),
            ("wmtver=1.1.1&version=1.3.0", "1.3.0"),
            ("version=one", "1.3.0"),
            ("version=1.1", "1.1.1"),
        ] {
            assert_eq!(spoken(query), version, "{query}");
        }
    }
}
