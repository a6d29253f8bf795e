//! Reference systems as requests and documents name them, and the order of their axes.

use super::version::Version;
use crate::geo::{BoundingBox, Crs, Transformer, transform_bounds};
use crate::serve::layer::Place;

/// A reference system, and how the version orders its axes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReferenceSystem {
    pub(super) name: String,
    pub(super) crs: Crs,
    /// The first number of a position is the northing: latitude before longitude.
    is_north_first: bool,
}

impl ReferenceSystem {
    /// The system of a name: `EPSG:code` or `CRS:84`. `None` for what isn't known or can't be transformed.
    pub(super) fn named(name: &str, version: Version) -> Option<Self> {
        let (authority, code) = name.split_once(':')?;
        if authority.eq_ignore_ascii_case("CRS") && code == "84" {
            return Some(Self { name: "CRS:84".to_owned(), crs: Crs::wgs84(), is_north_first: false });
        }
        let code = code.parse().ok().filter(|_| authority.eq_ignore_ascii_case("EPSG"))?;
        let crs = Crs::from_epsg(code).ok()?;
        crs.check_supported().ok()?;
        let is_north_first = version == Version::V130 && crs.is_north_first();
        Some(Self { name: format!("EPSG:{code}"), crs, is_north_first })
    }

    /// Those that every layer is offered in.
    pub(super) fn common(version: Version) -> impl Iterator<Item = Self> {
        // CRS:84 came with 1.3.0.
        let names: &[&str] = match version {
            Version::V111 => &["EPSG:4326", "EPSG:3857"],
            Version::V130 => &["CRS:84", "EPSG:4326", "EPSG:3857"],
        };
        names.iter().filter_map(move |name| Self::named(name, version))
    }

    /// Those of a layer beyond the common ones: its own, and the UTM zone that its middle lies in.
    pub(super) fn of_place(place: &Place, version: Version) -> Vec<Self> {
        let own = place.crs.epsg();
        let mut codes: Vec<u32> = own.into_iter().chain(utm_zone(&place.lon_lat)).collect();
        codes.dedup();
        let is_further = |code: &u32| ![4326, 3857].contains(code);
        codes
            .iter()
            .filter(|code| is_further(code))
            .filter_map(|code| Self::named(&format!("EPSG:{code}"), version))
            .collect()
    }

    /// Four numbers in the order of the version as a box; `None` if a minimum is above its maximum.
    pub(super) fn bbox(&self, [a, b, c, d]: [f64; 4]) -> Option<BoundingBox> {
        if self.is_north_first { BoundingBox::new(b, a, d, c) } else { BoundingBox::new(a, b, c, d) }
    }

    /// The sides of a box in the order of the version.
    pub(super) fn sides(&self, bbox: &BoundingBox) -> [f64; 4] {
        let (west, south, east, north) = (bbox.min_x(), bbox.min_y(), bbox.max_x(), bbox.max_y());
        if self.is_north_first { [south, west, north, east] } else { [west, south, east, north] }
    }

    /// The box around a place in this system; `None` where it doesn't reach there.
    pub(super) fn bounds(&self, place: &Place) -> Option<BoundingBox> {
        if self.crs == place.crs {
            return Some(place.bounds);
        }
        if self.crs == Crs::web_mercator() {
            return Some(place.mercator);
        }
        if self.crs == Crs::wgs84() {
            return Some(place.lon_lat);
        }
        let transformer = Transformer::new(&Crs::wgs84(), &self.crs, Some(place.lon_lat)).ok()?;
        transform_bounds(&transformer, place.lon_lat)
    }
}

/// The code of the zone of WGS 84 / UTM around a box's middle; `None` near the poles, where there is none.
fn utm_zone(lon_lat: &BoundingBox) -> Option<u32> {
    let center = lon_lat.center();
    if !(-80.0..84.0).contains(&center.y) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 60")]
    let zone = (((center.x + 180.0) / 6.0).floor().clamp(0.0, 59.0) + 1.0) as u32;
    Some(if center.y < 0.0 { 32_700 + zone } else { 32_600 + zone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_later_version_turns_axes_round() {
        let box_of = |name: &str, version| {
            let system = ReferenceSystem::named(name, version).unwrap();
            let bbox = system.bbox([1.0, 2.0, 3.0, 4.0]).unwrap();
            assert_eq!(system.sides(&bbox), [1.0, 2.0, 3.0, 4.0]);
            (bbox.min_x(), bbox.min_y())
        };
        assert_eq!(box_of("EPSG:4326", Version::V130), (2.0, 1.0));
        assert_eq!(box_of("epsg:31467", Version::V130), (2.0, 1.0));
        assert_eq!(box_of("EPSG:4326", Version::V111), (1.0, 2.0));
        assert_eq!(box_of("CRS:84", Version::V130), (1.0, 2.0));
        assert_eq!(box_of("EPSG:3857", Version::V130), (1.0, 2.0));
        for unknown in ["EPSG:0", "EPSG:", "EPSG:abc", "CRS:83", "4326", "", "AUTO2:42001,1,0,0", "EPSG:99999999999999"]
        {
            assert_eq!(ReferenceSystem::named(unknown, Version::V130), None, "{unknown}");
        }
    }

    #[test]
    fn a_place_has_its_zone() {
        let zone = |west, south| utm_zone(&BoundingBox::new(west, south, west + 1.0, south + 1.0).unwrap());
        assert_eq!(zone(10.0, 50.0), Some(32_632));
        assert_eq!(zone(-55.5, -25.5), Some(32_721));
        assert_eq!(zone(179.5, 10.0), Some(32_660));
        assert_eq!(zone(0.0, 88.0), None);
    }
}
