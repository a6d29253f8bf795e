//! The two versions, and which of them is spoken.

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
    #[allow(dead_code, reason = "the capabilities will say it")]
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::V111 => "1.1.1",
            Self::V130 => "1.3.0",
        }
    }

    /// The one of a request that has to name it, `None` if it names none that is spoken. WMTVER is its name of old.
    pub(super) fn named(given: &Parameters) -> Option<Self> {
        match given.filled("version").or_else(|| given.filled("wmtver"))? {
            "1.3.0" => Some(Self::V130),
            "1.1.1" => Some(Self::V111),
            _ => None,
        }
    }

    /// The one that an exception is told in: that of the request, else the latest.
    pub(super) fn spoken(given: &Parameters) -> Self {
        Self::named(given).unwrap_or(Self::V130)
    }
}
