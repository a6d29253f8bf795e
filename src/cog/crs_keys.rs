//! `GeoKeys` to a coordinate reference system: a code of the EPSG register, WKT inside a citation, or a definition of its
//! own, which becomes a PROJ string. Vertical parts are left out. What can't be expressed still has a name.

use super::geodesy_codes::{
    degrees_per_unit, ellipsoid, ellipsoid_of_datum, metres_per_unit, metres_per_unit_by_name, prime_meridian_deg,
};
use super::geokeys::{GeoKeys, USER_DEFINED, key};
use super::projection_keys::projection_part;
use super::registered_keys::{contradiction, of_conversion, on_datum_of_keys, registered};
use crate::geo::{self, Crs};

/// `GTModelTypeGeoKey`: coordinates of a map projection.
const MODEL_PROJECTED: u32 = 1;
/// `GTModelTypeGeoKey`: longitude and latitude.
const MODEL_GEOGRAPHIC: u32 = 2;
/// `GTModelTypeGeoKey`: metres from the centre of the earth.
const MODEL_GEOCENTRIC: u32 = 3;

/// Codes in `ProjectionGeoKey` that writers meant Web Mercator with.
const WEB_MERCATOR_CONVERSIONS: [u32; 3] = [3856, 1024, 9841];

/// Names of user-defined systems that mean Web Mercator whatever their keys say, as in GDAL.
const WEB_MERCATOR_NAMES: [&str; 2] = ["WGS_1984_Web_Mercator", "Google Maps Global Mercator"];

/// What `ArcGIS` writes before WKT in a citation.
const ESRI_WKT: &str = "ESRI PE String = ";
/// How citations that ERDAS IMAGINE writes begin.
const IMAGINE_CITATION: &str = "IMAGINE GeoTIFF Support";

/// A reference system, and what the file's coordinates must be multiplied with to be coordinates of it: 1, except where
/// keys say another unit than the system has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyedCrs {
    pub(crate) crs: Crs,
    pub(crate) coordinate_factor: f64,
}

/// The reference system that the keys describe; `None` if there are no keys.
pub(crate) fn crs_from_keys(keys: &GeoKeys) -> Option<KeyedCrs> {
    if keys.is_empty() {
        return None;
    }
    let as_it_is = |crs| Some(KeyedCrs { crs, coordinate_factor: 1.0 });
    let is_projected = keys.registered(key::PROJECTED_CRS).is_some();
    let is_geographic = keys.registered(key::GEODETIC_CRS).is_some();
    let model = match keys.registered(key::MODEL_TYPE) {
        Some(model) => model,
        None if is_projected => MODEL_PROJECTED,
        None if is_geographic => MODEL_GEOGRAPHIC,
        None => USER_DEFINED,
    };
    if let Some(code) = keys.registered(key::PROJECTED_CRS).filter(|_| model == MODEL_PROJECTED) {
        let crs = registered(code);
        if let Some(other) = contradiction(keys, &crs, || projected(keys).crs) {
            let coordinate_factor = linear_factor(keys, &other);
            return Some(KeyedCrs { crs: other, coordinate_factor });
        }
        let coordinate_factor = linear_factor(keys, &crs);
        return Some(KeyedCrs { crs, coordinate_factor });
    }
    if let Some(crs) = crs_from_citation(keys) {
        let coordinate_factor = crs.degrees_per_file_unit();
        return Some(KeyedCrs { crs, coordinate_factor });
    }
    match model {
        MODEL_PROJECTED => Some(projected(keys)),
        MODEL_GEOGRAPHIC => Some(geographic(keys)),
        MODEL_GEOCENTRIC => as_it_is(Crs::unsupported("geocentric", "geocentric coordinates are no map")),
        _ => as_it_is(local(keys)),
    }
}

/// Units of the system in a unit of the file, where a key says another unit of length than the register.
fn linear_factor(keys: &GeoKeys, crs: &Crs) -> f64 {
    let said = keys.registered(key::LINEAR_UNITS).and_then(metres_per_unit);
    match (said, crs.metres_per_unit()) {
        (Some(said), Some(own)) if own > 0.0 && (said / own - 1.0).abs() > 1e-9 => said / own,
        _ => 1.0,
    }
}

/// WKT that a citation holds.
fn crs_from_citation(keys: &GeoKeys) -> Option<Crs> {
    let citations = [key::PROJECTED_CITATION, key::CITATION, key::GEODETIC_CITATION];
    let wkt = citations.into_iter().find_map(|key| keys.text(key)?.split_once(ESRI_WKT).map(|(_, wkt)| wkt))?;
    Some(crs_from_text(wkt))
}

/// A system from WKT or `EPSG:n`. Text that can't be understood gives a system that has the text's name only.
pub(crate) fn crs_from_text(text: &str) -> Crs {
    let name = text.split('"').nth(1).unwrap_or(text);
    if ["LOCAL_CS[", "ENGCRS[", "ENGINEERINGCRS["].iter().any(|start| text.trim_start().starts_with(start)) {
        return Crs::unsupported(name, "it is a local system, with no position on the earth");
    }
    // Before its EPSG code, Web Mercator was described by a sphere that is not meant as the shape of the earth.
    if name.starts_with("WGS_1984_Web_Mercator") {
        return Crs::web_mercator();
    }
    Crs::from_wkt(text).unwrap_or_else(|error| Crs::unsupported(name, &error.to_string()))
}

fn local(keys: &GeoKeys) -> Crs {
    let name = keys.text(key::CITATION).or_else(|| keys.text(key::GEODETIC_CITATION)).unwrap_or("unnamed");
    Crs::unsupported(name, "it is a local system, with no position on the earth")
}

/// A projected system of the file's own.
fn projected(keys: &GeoKeys) -> KeyedCrs {
    let name = projected_name(keys);
    let as_it_is = |crs: Crs| KeyedCrs { crs, coordinate_factor: 1.0 };
    let conversion = keys.registered(key::PROJECTION);
    if conversion.is_some_and(|code| WEB_MERCATOR_CONVERSIONS.contains(&code))
        || WEB_MERCATOR_NAMES.iter().any(|known| known.eq_ignore_ascii_case(&name))
    {
        return as_it_is(Crs::web_mercator());
    }
    let metres_per_unit = linear_unit_of_keys(keys);
    if keys.registered(key::PROJECTION_METHOD).is_none()
        && let Some(of_register) = conversion.and_then(of_conversion)
    {
        let crs = on_datum_of_keys(&of_register, keys).unwrap_or(of_register).named(&name);
        let coordinate_factor = metres_per_unit / crs.metres_per_unit().unwrap_or(1.0);
        return KeyedCrs { crs, coordinate_factor };
    }
    let (base, degrees_per_unit) = geographic_part(keys);
    let projection = match projection_part(keys, degrees_per_unit, metres_per_unit) {
        Ok(projection) => projection,
        Err(reason) => return as_it_is(Crs::unsupported(&name, &format!("{reason} is not supported"))),
    };
    let units = if metres_per_unit.to_bits() == 1.0_f64.to_bits() {
        "+units=m".to_owned()
    } else {
        format!("+to_meter={metres_per_unit}")
    };
    let text = format!("{projection} {base} {units} +no_defs");
    let crs = Crs::from_proj_string(&text).map_or_else(
        |error| Crs::unsupported(&name, &error.to_string()),
        |crs| on_datum_of_keys(&crs, keys).unwrap_or(crs).named(&name),
    );
    as_it_is(crs)
}

/// Metres in a unit of length: as a citation of ERDAS says, else by the key.
fn linear_unit_of_keys(keys: &GeoKeys) -> f64 {
    let cited = [key::PROJECTED_CITATION, key::CITATION].into_iter().find_map(|key| cited_unit(keys.text(key)?));
    let by_key = || match keys.code(key::LINEAR_UNITS) {
        Some(USER_DEFINED) => keys.double(key::LINEAR_UNIT_SIZE).filter(|&size| size > 0.0),
        Some(code) => metres_per_unit(code),
        None => None,
    };
    cited.or_else(by_key).unwrap_or(1.0)
}

/// The unit in `LUnits = …` of a citation in parts, or in `Units = …` of one in lines.
fn cited_unit(citation: &str) -> Option<f64> {
    let in_parts = citation.split('|').find_map(|part| part.trim().strip_prefix("LUnits = "));
    let in_lines = || {
        let lines = citation.starts_with(IMAGINE_CITATION).then(|| citation.lines());
        lines?.find_map(|line| line.trim().strip_prefix("Units = "))
    };
    metres_per_unit_by_name(in_parts.or_else(in_lines)?.trim())
}

fn projected_name(keys: &GeoKeys) -> String {
    let citation = keys.text(key::PROJECTED_CITATION).or_else(|| keys.text(key::CITATION)).unwrap_or("unnamed");
    part_of_citation(citation, "PCS Name").to_owned()
}

/// Of a citation in parts (`PCS Name = …|Units = …`) the one asked for, or the first.
fn part_of_citation<'a>(citation: &'a str, name: &str) -> &'a str {
    let mut parts = citation.split('|').map(str::trim).filter(|part| !part.is_empty());
    let named = |part: &'a str| part.strip_prefix(name)?.trim_start().strip_prefix('=').map(str::trim);
    parts.clone().find_map(named).or_else(|| parts.next()).unwrap_or(citation)
}

fn geographic(keys: &GeoKeys) -> KeyedCrs {
    let (base, degrees_per_unit) = geographic_part(keys);
    if let Some(code) = keys.registered(key::GEODETIC_CRS) {
        // Grads are said by the register itself; the key only repeats them.
        let crs = registered(code);
        let is_minute_or_second = degrees_per_unit < 0.5;
        let coordinate_factor = if is_minute_or_second { degrees_per_unit } else { crs.degrees_per_file_unit() };
        return KeyedCrs { crs, coordinate_factor };
    }
    let citation = keys.text(key::GEODETIC_CITATION).or_else(|| keys.text(key::CITATION)).unwrap_or("unnamed");
    let name = part_of_citation(citation, "GCS Name");
    let text = format!("+proj=longlat {base} +no_defs");
    let crs = Crs::from_proj_string(&text).map_or_else(
        |error| Crs::unsupported(name, &error.to_string()),
        |crs| on_datum_of_keys(&crs, keys).unwrap_or(crs).named(name),
    );
    KeyedCrs { crs, coordinate_factor: degrees_per_unit }
}

/// Ellipsoid, prime meridian and shift as parts of a PROJ string, and the degrees of one angular unit.
fn geographic_part(keys: &GeoKeys) -> (String, f64) {
    let degrees = match keys.code(key::ANGULAR_UNITS) {
        Some(USER_DEFINED) => keys.double(key::ANGULAR_UNIT_SIZE).map(f64::to_degrees).filter(|&size| size > 0.0),
        Some(code) => degrees_per_unit(code),
        None => None,
    };
    let by_register =
        || keys.registered(key::GEODETIC_CRS).map_or(1.0, |code| registered(code).degrees_per_file_unit());
    let degrees = degrees.unwrap_or_else(by_register);
    let from_register = keys.registered(key::GEODETIC_CRS).and_then(geo::datum_part);
    let mut part = from_register.unwrap_or_else(|| {
        let datum = keys.registered(key::GEODETIC_DATUM);
        match datum {
            Some(6326) => "+datum=WGS84".to_owned(),
            Some(6267) => "+datum=NAD27".to_owned(),
            Some(6269) => "+datum=NAD83".to_owned(),
            _ => ellipsoid_part(keys, datum),
        }
    });
    let meridian = match keys.code(key::PRIME_MERIDIAN) {
        Some(code) if code != USER_DEFINED => prime_meridian_deg(code),
        None if keys.registered(key::GEODETIC_CRS).is_some() => None,
        _ => keys.double(key::PRIME_MERIDIAN_LONG).map(|longitude| longitude * degrees),
    };
    if let Some(meridian) = meridian.filter(|&longitude| longitude != 0.0) {
        part = format!("{part} +pm={meridian}");
    }
    if let Some(shift) = keys.doubles(key::TO_WGS84).filter(|shift| matches!(shift.len(), 3 | 7)) {
        let numbers: Vec<String> = shift.iter().map(f64::to_string).collect();
        part = format!("{part} +towgs84={}", numbers.join(","));
    }
    (part, degrees)
}

/// The ellipsoid by its axes, its code, or the datum's code; WGS 84 where nothing is said, as in GDAL.
fn ellipsoid_part(keys: &GeoKeys, datum: Option<u32>) -> String {
    let by_code = keys.registered(key::ELLIPSOID).or_else(|| datum.and_then(ellipsoid_of_datum)).and_then(ellipsoid);
    let semi_major = keys.double(key::SEMI_MAJOR_AXIS).filter(|&axis| axis > 0.0);
    let (semi_major, inverse_flattening) = match (semi_major, by_code) {
        (None, Some(axes)) => axes,
        (None, None) => return "+ellps=WGS84".to_owned(),
        (Some(axis), by_code) => {
            let semi_minor = keys.double(key::SEMI_MINOR_AXIS).filter(|&minor| minor > 0.0);
            let from_minor = semi_minor.map(|minor| if minor < axis { axis / (axis - minor) } else { 0.0 });
            let inverse = keys.double(key::INVERSE_FLATTENING).or(from_minor);
            (axis, inverse.unwrap_or_else(|| by_code.map_or(0.0, |(_, inverse)| inverse)))
        }
    };
    if inverse_flattening > 1.0 {
        format!("+a={semi_major} +rf={inverse_flattening}")
    } else {
        format!("+R={semi_major}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(codes: &[(u16, u64)], doubles: &[(u16, f64)], texts: &[(u16, &str)]) -> GeoKeys {
        let mut shorts = vec![1, 1, 0, (codes.len() + doubles.len() + texts.len()) as u64];
        for &(key, code) in codes {
            shorts.extend([u64::from(key), 0, 1, code]);
        }
        for (index, &(key, _)) in doubles.iter().enumerate() {
            shorts.extend([u64::from(key), 34736, 1, index as u64]);
        }
        let mut ascii = Vec::new();
        for &(key, text) in texts {
            shorts.extend([u64::from(key), 34737, text.len() as u64 + 1, ascii.len() as u64]);
            ascii.extend(text.as_bytes());
            ascii.push(b'|');
        }
        let numbers: Vec<f64> = doubles.iter().map(|&(_, number)| number).collect();
        GeoKeys::parse(&shorts, &numbers, &ascii)
    }

    #[test]
    fn a_code_of_the_register_is_taken_as_it_is() {
        let keyed = crs_from_keys(&keys(&[(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 32631)], &[], &[])).unwrap();
        assert_eq!(keyed.crs.epsg(), Some(32631));
        let no_model = crs_from_keys(&keys(&[(key::GEODETIC_CRS, 4326)], &[], &[])).unwrap();
        assert_eq!(no_model.crs.epsg(), Some(4326));
    }

    #[test]
    fn a_projection_of_the_files_own_keeps_its_name() {
        let codes =
            [(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 32767), (key::PROJECTION_METHOD, 1), (key::GEODETIC_CRS, 4326)];
        let doubles = [(key::NATURAL_ORIGIN_LONG, 9.0), (key::SCALE_AT_NATURAL_ORIGIN, 0.9996)];
        let keyed = crs_from_keys(&keys(&codes, &doubles, &[(key::CITATION, "Mine")])).unwrap();
        assert_eq!(keyed.crs.name(), "Mine");
        assert!(keyed.crs.check_supported().is_ok());
        assert!(!keyed.crs.is_geographic());
    }

    #[test]
    fn web_mercator_is_known_by_its_older_names() {
        let codes = [(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 32767), (key::PROJECTION_METHOD, 7)];
        let name = "Google Maps Global Mercator";
        let keyed =
            crs_from_keys(&keys(&codes, &[(key::SCALE_AT_NATURAL_ORIGIN, 1.0)], &[(key::CITATION, name)])).unwrap();
        assert_eq!(keyed.crs, Crs::web_mercator());
    }

    #[test]
    fn a_unit_of_length_that_differs_from_the_registers_scales_coordinates() {
        let codes = [(key::MODEL_TYPE, 1), (key::PROJECTED_CRS, 32631), (key::LINEAR_UNITS, 9002)];
        let keyed = crs_from_keys(&keys(&codes, &[], &[])).unwrap();
        assert!((keyed.coordinate_factor - 0.3048).abs() < 1e-12);
    }

    #[test]
    fn a_prime_meridian_of_the_files_own_counts_with_and_without_its_code() {
        let axes = [(key::SEMI_MAJOR_AXIS, 6_378_249.2), (key::INVERSE_FLATTENING, 293.466)];
        let doubles = [axes[0], axes[1], (key::PRIME_MERIDIAN_LONG, 2.5)];
        let coded = [(key::MODEL_TYPE, 2), (key::GEODETIC_CRS, 32767), (key::PRIME_MERIDIAN, 32767)];
        for codes in [&coded[..], &coded[..2]] {
            let (part, _) = geographic_part(&keys(codes, &doubles, &[]));
            assert!(part.ends_with("+pm=2.5"), "{part}");
        }
        let (registered, _) = geographic_part(&keys(&[(key::GEODETIC_CRS, 4326)], &doubles, &[]));
        assert!(!registered.contains("+pm"), "{registered}");
    }

    #[test]
    fn grads_in_a_citation_are_told_to_the_georeference() {
        let wkt = "ESRI PE String = GEOGCS[\"GCS_NTF_Paris\",DATUM[\"D_NTF_Paris\",SPHEROID[\"Clarke_1880_IGN\",6378249.2,\
            293.466021293627]],PRIMEM[\"Paris\",2.33722917],UNIT[\"Grad\",0.0157079632679489]]";
        let keyed = crs_from_keys(&keys(&[(key::MODEL_TYPE, 32767)], &[], &[(key::PROJECTED_CITATION, wkt)])).unwrap();
        assert!((keyed.coordinate_factor - 0.9).abs() < 1e-9);
    }

    #[test]
    fn arc_seconds_are_told_to_the_georeference() {
        let codes = [(key::MODEL_TYPE, 2), (key::GEODETIC_CRS, 32767), (key::ANGULAR_UNITS, 9104)];
        let keyed = crs_from_keys(&keys(&codes, &[], &[])).unwrap();
        assert!((keyed.coordinate_factor * 3600.0 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_place_on_the_earth_has_a_name_only() {
        let keyed = crs_from_keys(&keys(&[(key::MODEL_TYPE, 32767)], &[], &[(key::CITATION, "Site grid")])).unwrap();
        assert_eq!(keyed.crs.name(), "Site grid");
        assert!(keyed.crs.check_supported().is_err());
        assert_eq!(crs_from_keys(&GeoKeys::default()), None);
    }

    #[test]
    fn a_sphere_and_an_ellipsoid_by_its_axes_are_told_apart() {
        let sphere =
            keys(&[(key::MODEL_TYPE, 2)], &[(key::SEMI_MAJOR_AXIS, 1000.0), (key::SEMI_MINOR_AXIS, 1000.0)], &[]);
        assert_eq!(ellipsoid_part(&sphere, None), "+R=1000");
        let flattened = keys(&[], &[(key::SEMI_MAJOR_AXIS, 1000.0), (key::SEMI_MINOR_AXIS, 900.0)], &[]);
        assert_eq!(ellipsoid_part(&flattened, None), "+a=1000 +rf=10");
    }
}
