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
