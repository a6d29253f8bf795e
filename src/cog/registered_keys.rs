//! Codes of registers in `GeoKeys`: whole systems, and projections apart from their datum. Keys beside a code that contradict it
//! are followed, as in GDAL.

use super::geokeys::{GeoKeys, key};
use crate::geo::Crs;

/// Code of a conversion and that of a projected system of the EPSG register that uses it, separated by a tab.
static CONVERSIONS: &str = include_str!("epsg_conversions.tsv");

/// The system of a code of EPSG, or of ESRI where EPSG has none.
pub(crate) fn registered(code: u32) -> Crs {
    if let Some((name, proj)) = esri_definition(code) {
        return Crs::from_proj_string(proj)
            .map_or_else(|error| Crs::unsupported(name, &error.to_string()), |crs| crs.named(name));
    }
    match code {
        900_913 | 102_100 | 102_113 => Crs::web_mercator(),
        _ => Crs::from_epsg(code).unwrap_or_else(|error| Crs::unsupported(&format!("EPSG:{code}"), &error.to_string())),
    }
}

/// A system whose projection is the EPSG conversion `code` (`ProjectionGeoKey`), on some datum.
pub(super) fn of_conversion(code: u32) -> Option<Crs> {
    let wanted = code.to_string();
    let mut lines = CONVERSIONS.lines().filter_map(|line| line.split_once('\t'));
    let (_, projected) = lines.find(|(conversion, _)| *conversion == wanted)?;
    Crs::from_epsg(projected.parse().ok()?).ok()
}

/// `crs` on the datum that the keys say, where they say one of the register.
pub(super) fn on_datum_of_keys(crs: &Crs, keys: &GeoKeys) -> Option<Crs> {
    // A shift of the file's own goes before those of the register.
    if keys.doubles(key::TO_WGS84).is_some() {
        return None;
    }
    match (keys.registered(key::GEODETIC_CRS), keys.registered(key::GEODETIC_DATUM)) {
        (Some(geographic), _) => crs.on_datum_of(geographic),
        (None, Some(datum)) => crs.on_datum(datum),
        (None, None) => None,
    }
}

/// What the keys say of a projected system of the register, where that is something else than the register says: another datum, or
/// parameters of their own, which `own` was made of.
pub(super) fn contradiction(keys: &GeoKeys, crs: &Crs, own: impl FnOnce() -> Crs) -> Option<Crs> {
    if keys.registered(key::PROJECTION_METHOD).is_some() {
        let own = own();
        let is_other = own.check_supported().is_ok() && !own.has_projection_of(crs);
        return is_other.then_some(own);
    }
    let geographic = keys.registered(key::GEODETIC_CRS)?;
    let is_other = crs.base_epsg().is_some_and(|base| base != geographic);
    is_other.then(|| crs.on_datum_of(geographic)).flatten().map(|other| other.named(crs.name()))
}

/// Codes of ESRI that stand in files although the key is for EPSG's: their name and PROJ string.
fn esri_definition(code: u32) -> Option<(&'static str, &'static str)> {
    Some(match code {
        37217 => ("GCS_WGS_1984", "+proj=longlat +datum=WGS84 +no_defs"),
        53004 => ("Sphere_Mercator", "+proj=merc +lon_0=0 +k=1 +R=6371000 +units=m +no_defs"),
        53008 => ("Sphere_Sinusoidal", "+proj=sinu +lon_0=0 +R=6371000 +units=m +no_defs"),
        54004 => ("World_Mercator", "+proj=merc +lon_0=0 +k=1 +datum=WGS84 +units=m +no_defs"),
        54008 => ("World_Sinusoidal", "+proj=sinu +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        54009 => ("World_Mollweide", "+proj=moll +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        54012 => ("World_Eckert_IV", "+proj=eck4 +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        54030 => ("World_Robinson", "+proj=robin +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        54032 => ("World_Azimuthal_Equidistant", "+proj=aeqd +lat_0=0 +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        54034 => ("World_Cylindrical_Equal_Area", "+proj=cea +lat_ts=0 +lon_0=0 +datum=WGS84 +units=m +no_defs"),
        102_001 => (
            "Canada_Albers_Equal_Area_Conic",
            "+proj=aea +lat_0=40 +lon_0=-96 +lat_1=50 +lat_2=70 +datum=NAD83 +units=m +no_defs",
        ),
        102_002 => (
            "Canada_Lambert_Conformal_Conic",
            "+proj=lcc +lat_0=40 +lon_0=-96 +lat_1=50 +lat_2=70 +datum=NAD83 +units=m +no_defs",
        ),
        102_003 => (
            "USA_Contiguous_Albers_Equal_Area_Conic",
            "+proj=aea +lat_0=37.5 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 +datum=NAD83 +units=m +no_defs",
        ),
        102_004 => (
            "USA_Contiguous_Lambert_Conformal_Conic",
            "+proj=lcc +lat_0=39 +lon_0=-96 +lat_1=33 +lat_2=45 +datum=NAD83 +units=m +no_defs",
        ),
        102_008 => (
            "North_America_Albers_Equal_Area_Conic",
            "+proj=aea +lat_0=40 +lon_0=-96 +lat_1=20 +lat_2=60 +datum=NAD83 +units=m +no_defs",
        ),
        102_009 => (
            "North_America_Lambert_Conformal_Conic",
            "+proj=lcc +lat_0=40 +lon_0=-96 +lat_1=20 +lat_2=60 +datum=NAD83 +units=m +no_defs",
        ),
        102_013 => (
            "Europe_Albers_Equal_Area_Conic",
            "+proj=aea +lat_0=30 +lon_0=10 +lat_1=43 +lat_2=62 +ellps=intl +units=m +no_defs",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::crs_keys::crs_from_keys;
    use super::*;

    /// Keys of numbers: codes and doubles.
    fn keys(codes: &[(u16, u64)], doubles: &[(u16, f64)]) -> GeoKeys {
        let mut shorts = vec![1, 1, 0, (codes.len() + doubles.len()) as u64];
        for &(key, code) in codes {
            shorts.extend([u64::from(key), 0, 1, code]);
        }
        for (index, &(key, _)) in doubles.iter().enumerate() {
            shorts.extend([u64::from(key), 34736, 1, index as u64]);
        }
        let numbers: Vec<f64> = doubles.iter().map(|&(_, number)| number).collect();
        GeoKeys::parse(&shorts, &numbers, &[])
    }

    #[test]
    fn a_conversion_by_its_code_stands_on_the_datum_of_the_keys() {
        // SPCS27 Alabama East, in US survey feet, on NAD27: EPSG:26729.
        let codes =
            [(key::MODEL_TYPE, 1), (key::PROJECTION, 10101), (key::GEODETIC_CRS, 4267), (key::LINEAR_UNITS, 9003)];
        let keyed = crs_from_keys(&keys(&codes, &[])).unwrap();
        assert!(keyed.crs.has_projection_of(&Crs::from_epsg(26729).unwrap()));
        assert!((keyed.coordinate_factor - 1.0).abs() < 1e-12);
        // Without a unit coordinates are metres.
        let in_metres = crs_from_keys(&keys(&codes[..3], &[])).unwrap();
        assert!((in_metres.coordinate_factor - 39.37 / 12.0).abs() < 1e-9);
        assert!(of_conversion(9999).is_none());
    }

    #[test]
    fn parameters_beside_a_code_are_followed_where_they_contradict_it() {
        let codes =
            [(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 32631), (key::PROJECTION_METHOD, 1), (key::GEODETIC_CRS, 4326)];
        let with_scale = |scale: f64| {
            let doubles = [
                (key::NATURAL_ORIGIN_LONG, 3.0),
                (key::FALSE_EASTING, 500_000.0),
                (key::SCALE_AT_NATURAL_ORIGIN, scale),
            ];
            crs_from_keys(&keys(&codes, &doubles)).unwrap().crs
        };
        assert_eq!(with_scale(0.9996).epsg(), Some(32631));
        let other = with_scale(1.0);
        assert_eq!(other.epsg(), None);
        assert!(!other.has_projection_of(&Crs::from_epsg(32631).unwrap()));
    }

    #[test]
    fn another_datum_beside_a_code_is_followed() {
        let codes = [(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 25832), (key::GEODETIC_CRS, 4258)];
        assert_eq!(crs_from_keys(&keys(&codes, &[])).unwrap().crs.epsg(), Some(25832));
    }

    #[test]
    fn geographic_coordinates_in_grads_are_told_to_the_georeference() {
        let keyed = crs_from_keys(&keys(&[(key::MODEL_TYPE, 2), (key::GEODETIC_CRS, 4807)], &[])).unwrap();
        assert!((keyed.coordinate_factor - 0.9).abs() < 1e-12);
    }
}
