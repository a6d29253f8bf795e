//! Reference systems as requests name them, and the order of their axes.

use super::version::Version;
use crate::geo::{BoundingBox, Crs};

/// A reference system, and how the version orders its axes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReferenceSystem {
    pub(super) crs: Crs,
    /// The first number of a position is the northing: latitude before longitude.
    pub(super) is_north_first: bool,
}

impl ReferenceSystem {
    /// The system of a name: `EPSG:code` or `CRS:84`. `None` for what isn't known or can't be transformed.
    pub(super) fn named(name: &str, version: Version) -> Option<Self> {
        let (authority, code) = name.split_once(':')?;
        if authority.eq_ignore_ascii_case("CRS") && code == "84" {
            return Some(Self { crs: Crs::wgs84(), is_north_first: false });
        }
        let code = code.parse().ok().filter(|_| authority.eq_ignore_ascii_case("EPSG"))?;
        let crs = Crs::from_epsg(code).ok()?;
        crs.check_supported().ok()?;
        let is_north_first = version == Version::V130 && crs.is_north_first();
        Some(Self { crs, is_north_first })
    }

    /// Four numbers in the order of the version as a box, the minimum first on both axes.
    pub(super) fn bbox(&self, [a, b, c, d]: [f64; 4]) -> Option<BoundingBox> {
        if self.is_north_first { BoundingBox::new(b, a, d, c) } else { BoundingBox::new(a, b, c, d) }
    }
}
