//! What a geographic system of the EPSG registry adds to a PROJ string: ellipsoid and datum.

use proj_core::{DatumToWgs84, lookup_epsg};

use super::epsg_supplement::{self, Definition};
use super::proj_text;

/// Ellipsoid and datum of the geographic system `code` as a PROJ string's parameters, for a projection that stands on it.
///
/// `None` if the registry does not have the code.
#[must_use]
pub fn datum_part(code: u32) -> Option<String> {
    let datum_by_name = match code {
        4326 => Some("WGS84"),
        4269 => Some("NAD83"),
        4267 => Some("NAD27"),
        _ => None,
    };
    if let Some(name) = datum_by_name {
        return Some(format!("+datum={name}"));
    }
    if let Some(entry) = epsg_supplement::find(code) {
        let (Definition::Proj(text) | Definition::Grads(text)) = entry.definition else { return None };
        return Some(proj_text::datum_of(text));
    }
    let definition = lookup_epsg(code)?;
    let datum = definition.datum();
    let ellipsoid = datum.ellipsoid();
    let axis = ellipsoid.semi_major_axis();
    let shape = match ellipsoid.inverse_flattening() {
        inverse if inverse > 1.0 => format!("+a={axis} +rf={inverse}"),
        _ => format!("+R={axis}"),
    };
    Some(match datum.to_wgs84() {
        DatumToWgs84::Identity => format!("{shape} +towgs84=0,0,0"),
        _ => shape,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_gives_the_ellipsoid_that_its_datum_stands_on() {
        assert_eq!(datum_part(4326).as_deref(), Some("+datum=WGS84"));
        assert!(datum_part(4314).unwrap().starts_with("+a=6377397.155 +rf=299.15"));
        assert_eq!(datum_part(4807).as_deref(), Some("+ellps=clrk80ign +pm=paris +towgs84=-168,-60,320"));
        assert_eq!(datum_part(99_999), None);
    }

    #[test]
    fn every_part_that_is_a_name_can_carry_a_projection_of_either_library() {
        for (code, projection) in [(4267, "cea"), (4267, "tmerc"), (4269, "cea"), (4326, "sinu")] {
            let text = format!("+proj={projection} +lon_0=-117 {} +units=m +no_defs", datum_part(code).unwrap());
            let crs = crate::geo::Crs::from_proj_string(&text).unwrap();
            assert!(crs.check_supported().is_ok(), "{text}");
        }
    }
}
