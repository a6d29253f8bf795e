//! User-defined projections: method and parameters from `GeoKeys` to a PROJ string.
//!
//! Which key a parameter may stand in follows libgeotiff's practice, which accepts the origin of a projection under any
//! of its three names.

use super::geokeys::{GeoKeys, key};

/// Angles in degrees and lengths in metres of one projection.
struct Parameters<'a> {
    keys: &'a GeoKeys,
    degrees_per_unit: f64,
    metres_per_unit: f64,
}

impl Parameters<'_> {
    fn angle(&self, keys: &[u16]) -> f64 {
        self.keys.first_double(keys).unwrap_or(0.0) * self.degrees_per_unit
    }

    fn length(&self, keys: &[u16]) -> f64 {
        self.keys.first_double(keys).unwrap_or(0.0) * self.metres_per_unit
    }

    fn origin_long(&self) -> f64 {
        self.angle(&[key::NATURAL_ORIGIN_LONG, key::FALSE_ORIGIN_LONG, key::CENTER_LONG])
    }

    fn origin_lat(&self) -> f64 {
        self.angle(&[key::NATURAL_ORIGIN_LAT, key::FALSE_ORIGIN_LAT, key::CENTER_LAT])
    }

    fn pole_long(&self) -> f64 {
        self.angle(&[
            key::STRAIGHT_VERTICAL_POLE_LONG,
            key::NATURAL_ORIGIN_LONG,
            key::FALSE_ORIGIN_LONG,
            key::CENTER_LONG,
        ])
    }

    fn parallel_1(&self) -> f64 {
        self.angle(&[key::STANDARD_PARALLEL_1])
    }

    fn parallel_2(&self) -> f64 {
        self.angle(&[key::STANDARD_PARALLEL_2])
    }

    fn scale(&self) -> f64 {
        self.keys.first_double(&[key::SCALE_AT_NATURAL_ORIGIN, key::SCALE_AT_CENTER]).unwrap_or(1.0)
    }

    fn false_origin(&self) -> String {
        let easting = self.length(&[key::FALSE_EASTING, key::CENTER_EASTING, key::FALSE_ORIGIN_EASTING]);
        let northing = self.length(&[key::FALSE_NORTHING, key::CENTER_NORTHING, key::FALSE_ORIGIN_NORTHING]);
        format!("+x_0={easting} +y_0={northing}")
    }
}

/// The projection's part of a PROJ string (no ellipsoid, no units); `Err` names a method that is not known.
pub(crate) fn projection_part(keys: &GeoKeys, degrees_per_unit: f64, metres_per_unit: f64) -> Result<String, String> {
    let parameters = Parameters { keys, degrees_per_unit, metres_per_unit };
    if let Some(code) = keys.registered(key::PROJECTION)
        && let Some(utm) = utm_projection(code)
    {
        return Ok(utm);
    }
    let Some(method) = keys.registered(key::PROJECTION_METHOD) else {
        return Err(match keys.registered(key::PROJECTION) {
            Some(code) => format!("a projection by its code alone (EPSG conversion {code})"),
            None => "a projected system without a projection".to_owned(),
        });
    };
    let shape = shape_of_method(method, &parameters).ok_or_else(|| format!("projection method {method}"))?;
    Ok(format!("{shape} {}", parameters.false_origin()))
}

/// Conversions 16001 to 16060 are the UTM zones of the northern hemisphere, 16101 to 16160 those of the southern.
fn utm_projection(code: u32) -> Option<String> {
    match code {
        16001..=16060 => Some(format!("+proj=utm +zone={}", code - 16000)),
        16101..=16160 => Some(format!("+proj=utm +zone={} +south", code - 16100)),
        _ => None,
    }
}

fn shape_of_method(method: u32, p: &Parameters<'_>) -> Option<String> {
    let (lon, lat) = (p.origin_long(), p.origin_lat());
    let centre = format!("+lat_0={lat} +lon_0={lon}");
    let scale = p.scale();
    Some(match method {
        1 => format!("+proj=tmerc {centre} +k={scale}"),
        3 | 9815 => oblique_mercator(method, p),
        4 => format!("+proj=labrd {centre} +azi={} +k={scale}", p.angle(&[key::AZIMUTH])),
        7 => mercator(p),
        8 => format!("+proj=lcc +lat_1={} +lat_2={} {centre}", p.parallel_1(), p.parallel_2()),
        9 => format!("+proj=lcc +lat_1={lat} {centre} +k_0={scale}"),
        10 => format!("+proj=laea {centre}"),
        11 => format!("+proj=aea +lat_1={} +lat_2={} {centre}", p.parallel_1(), p.parallel_2()),
        12 => format!("+proj=aeqd {centre}"),
        13 => format!("+proj=eqdc +lat_1={} +lat_2={} {centre}", p.parallel_1(), p.parallel_2()),
        14 => format!("+proj=stere {centre} +k={scale}"),
        15 => polar_stereographic(p),
        16 => format!("+proj=sterea {centre} +k={scale}"),
        17 => format!("+proj=eqc +lat_ts={} {centre}", p.parallel_1()),
        18 => format!("+proj=cass {centre}"),
        19 => format!("+proj=gnom {centre}"),
        20 => format!("+proj=mill +lon_0={lon}"),
        21 => format!("+proj=ortho {centre}"),
        22 => format!("+proj=poly {centre}"),
        23 => format!("+proj=robin +lon_0={lon}"),
        24 => format!("+proj=sinu +lon_0={lon}"),
        25 => format!("+proj=vandg +R_A +lon_0={lon}"),
        26 => format!("+proj=nzmg {centre}"),
        27 => format!("+proj=tmerc +axis=wsu {centre} +k={scale}"),
        28 => format!("+proj=cea +lat_ts={} +lon_0={lon}", p.parallel_1()),
        _ => return None,
    })
}

/// By a standard parallel, or by the scale at the equator; where both are said the parallel counts, as in GDAL.
fn mercator(p: &Parameters<'_>) -> String {
    let lon = p.origin_long();
    match p.keys.double(key::STANDARD_PARALLEL_1) {
        Some(_) => format!("+proj=merc +lat_ts={} +lon_0={lon}", p.parallel_1()),
        None => format!("+proj=merc +lon_0={lon} +k={}", p.scale()),
    }
}

/// The latitude of origin is that of true scale, unless a scale factor is said: then the plane touches there, at the pole or
/// elsewhere, as in GDAL.
fn polar_stereographic(p: &Parameters<'_>) -> String {
    let (lat, lon, scale) = (p.origin_lat(), p.pole_long(), p.scale());
    let is_pole = (lat.abs() - 90.0).abs() < 1e-8;
    if is_pole || scale.to_bits() != 1.0_f64.to_bits() {
        return format!("+proj=stere +lat_0={lat} +lon_0={lon} +k={scale}");
    }
    let pole = if lat < 0.0 { -90 } else { 90 };
    format!("+proj=stere +lat_0={pole} +lat_ts={lat} +lon_0={lon}")
}

/// False origin at the natural origin (method 3, Hotine) or at the centre (9815).
fn oblique_mercator(method: u32, p: &Parameters<'_>) -> String {
    let azimuth = p.angle(&[key::AZIMUTH]);
    let grid_angle = match p.keys.double(key::RECTIFIED_GRID_ANGLE) {
        Some(angle) => angle * p.degrees_per_unit,
        None => 90.0,
    };
    let natural = if method == 3 { " +no_uoff" } else { "" };
    let (lat, lon, scale) = (p.origin_lat(), p.origin_long(), p.scale());
    format!("+proj=omerc{natural} +lat_0={lat} +lonc={lon} +alpha={azimuth} +gamma={grid_angle} +k={scale}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(codes: &[(u16, u64)], numbers: &[(u16, f64)]) -> GeoKeys {
        let mut shorts = vec![1, 1, 0, (codes.len() + numbers.len()) as u64];
        for &(key, code) in codes {
            shorts.extend([u64::from(key), 0, 1, code]);
        }
        for (index, &(key, _)) in numbers.iter().enumerate() {
            shorts.extend([u64::from(key), 34736, 1, index as u64]);
        }
        let doubles: Vec<f64> = numbers.iter().map(|&(_, number)| number).collect();
        GeoKeys::parse(&shorts, &doubles, &[])
    }

    #[test]
    fn a_utm_zone_may_stand_for_a_projection() {
        let southern = keys(&[(key::PROJECTION, 16121)], &[]);
        assert_eq!(projection_part(&southern, 1.0, 1.0).unwrap(), "+proj=utm +zone=21 +south");
    }

    #[test]
    fn lengths_become_metres_and_angles_degrees() {
        let numbers = [(key::STANDARD_PARALLEL_1, 50.0), (key::FALSE_EASTING, 1000.0), (key::CENTER_LONG, 10.0)];
        let part = projection_part(&keys(&[(key::PROJECTION_METHOD, 28)], &numbers), 0.9, 0.3048).unwrap();
        assert_eq!(part, "+proj=cea +lat_ts=45 +lon_0=9 +x_0=304.8 +y_0=0");
    }

    #[test]
    fn polar_stereographic_tells_a_true_scale_latitude_from_a_pole() {
        let codes = [(key::PROJECTION_METHOD, 15)];
        let by_latitude = keys(&codes, &[(key::NATURAL_ORIGIN_LAT, -71.0)]);
        assert!(projection_part(&by_latitude, 1.0, 1.0).unwrap().contains("+lat_0=-90 +lat_ts=-71"));
        let by_scale = keys(&codes, &[(key::NATURAL_ORIGIN_LAT, 90.0), (key::SCALE_AT_NATURAL_ORIGIN, 0.994)]);
        assert!(projection_part(&by_scale, 1.0, 1.0).unwrap().contains("+lat_0=90 +lon_0=0 +k=0.994"));
        let both = keys(&codes, &[(key::NATURAL_ORIGIN_LAT, 60.0), (key::SCALE_AT_NATURAL_ORIGIN, 0.994)]);
        assert!(projection_part(&both, 1.0, 1.0).unwrap().contains("+lat_0=60 +lon_0=0 +k=0.994"));
    }

    #[test]
    fn a_parallel_of_mercator_goes_before_a_scale() {
        let numbers = [(key::STANDARD_PARALLEL_1, 47.5), (key::SCALE_AT_NATURAL_ORIGIN, 1.0)];
        let both = keys(&[(key::PROJECTION_METHOD, 7)], &numbers);
        assert!(projection_part(&both, 1.0, 1.0).unwrap().starts_with("+proj=merc +lat_ts=47.5 +lon_0=0 "));
        let scale = keys(&[(key::PROJECTION_METHOD, 7)], &numbers[1..]);
        assert!(projection_part(&scale, 1.0, 1.0).unwrap().starts_with("+proj=merc +lon_0=0 +k=1 "));
    }

    #[test]
    fn an_unknown_method_is_named() {
        let unknown = keys(&[(key::PROJECTION_METHOD, 6)], &[]);
        assert_eq!(projection_part(&unknown, 1.0, 1.0).unwrap_err(), "projection method 6");
    }
}
