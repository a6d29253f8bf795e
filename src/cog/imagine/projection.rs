//! Position and reference system as ERDAS IMAGINE writes them.

use super::fields::Fields;
use crate::geo::Crs;

/// Kinds of datum shifts: three or seven parameters.
const PARAMETRIC: u16 = 0;

/// GDAL's six numbers from the centres of the first and the last pixel and the size of pixels.
pub(super) fn geo_transform(mut fields: Fields<'_>) -> Option<[f64; 6]> {
    fields.text()?;
    let (first, last, size) = (fields.pair()?, fields.pair()?, fields.pair()?);
    let (width, height) = (size.0, if first.1 >= last.1 { -size.1 } else { size.1 });
    let is_usable = width != 0.0 && height != 0.0;
    is_usable.then_some([first.0 - 0.5 * width, width, 0.0, first.1 - 0.5 * height, 0.0, height])
}

/// Metres of the unit that coordinates are in.
pub(super) fn metres_per_unit(mut fields: Fields<'_>) -> Option<f64> {
    fields.text()?;
    for _ in 0..3 {
        fields.pair()?;
    }
    match fields.text()?.to_ascii_lowercase().as_str() {
        "meters" | "metre" | "meter" => Some(1.0),
        "feet" | "foot" => Some(0.3048),
        "us_survey_feet" | "us survey feet" => Some(1200.0 / 3937.0),
        _ => None,
    }
}

/// The reference system of parameters and datum; `None` if the method is none that is known.
pub(super) fn crs(mut fields: Fields<'_>, datum: Option<Fields<'_>>, metres_per_unit: f64) -> Option<Crs> {
    fields.half_word()?;
    let method = fields.word()?;
    fields.text()?;
    let name = fields.text()?;
    let zone = fields.word()?;
    let parameters = fields.doubles()?;
    fields.pointer().filter(|&count| count == 1)?;
    fields.text()?;
    let (semi_major, semi_minor) = (fields.double()?, fields.double()?);
    let base = datum.and_then(datum_part).unwrap_or_default();
    let base = if base.starts_with("+datum") { base } else { format!("+a={semi_major} +b={semi_minor} {base}") };
    let shape = shape(method, zone, &Parameters(&parameters))?;
    let units = match method {
        0 => String::new(),
        _ if metres_per_unit.to_bits() == 1.0_f64.to_bits() => "+units=m".to_owned(),
        _ => format!("+to_meter={metres_per_unit}"),
    };
    Crs::from_proj_string(&format!("{shape} {base} {units} +no_defs")).ok().map(|crs| crs.named(&name))
}

/// The datum by its name, or its shift.
fn datum_part(mut fields: Fields<'_>) -> Option<String> {
    let name = fields.text()?;
    if let Some(known) = match name.as_str() {
        "NAD27" => Some("NAD27"),
        "NAD83" => Some("NAD83"),
        "WGS 84" | "WGS84" => Some("WGS84"),
        _ => None,
    } {
        return Some(format!("+datum={known}"));
    }
    let kind = fields.half_word()?;
    let shift = fields.doubles()?;
    match shift.as_slice() {
        &[x, y, z, rx, ry, rz, scale, ..] if kind == PARAMETRIC => {
            // Turned the other way round, and in radians.
            let [rx, ry, rz] = [rx, ry, rz].map(|angle| -angle.to_degrees() * 3600.0);
            Some(format!("+towgs84={x},{y},{z},{rx},{ry},{rz},{}", scale * 1e6))
        }
        _ => None,
    }
}

/// Parameters by their numbers, angles in radians; what is missing is 0.
struct Parameters<'a>(&'a [f64]);

impl Parameters<'_> {
    fn number(&self, index: usize) -> f64 {
        self.0.get(index).copied().unwrap_or(0.0)
    }

    fn degrees(&self, index: usize) -> f64 {
        self.number(index).to_degrees()
    }

    fn false_origin(&self) -> String {
        format!("+x_0={} +y_0={}", self.number(6), self.number(7))
    }

    /// A projection around one point.
    fn around(&self, name: &str) -> String {
        format!("+proj={name} +lat_0={} +lon_0={} {}", self.degrees(5), self.degrees(4), self.false_origin())
    }

    /// A projection between two parallels.
    fn conic(&self, name: &str) -> String {
        let (first, second) = (self.degrees(2), self.degrees(3));
        let (longitude, latitude) = (self.degrees(4), self.degrees(5));
        format!(
            "+proj={name} +lat_1={first} +lat_2={second} +lat_0={latitude} +lon_0={longitude} {}",
            self.false_origin()
        )
    }

    /// A projection of the whole earth around a meridian.
    fn world(&self, name: &str) -> String {
        format!("+proj={name} +lon_0={} {}", self.degrees(4), self.false_origin())
    }

    fn oblique(&self, gamma: f64) -> String {
        format!(
            "+proj=omerc +no_uoff +lat_0={} +lonc={} +alpha={} +gamma={gamma} +k={} {}",
            self.degrees(5),
            self.degrees(4),
            self.degrees(3),
            self.number(2),
            self.false_origin()
        )
    }
}

/// The projection's part of a PROJ string, by the number that IMAGINE has for the method.
fn shape(method: u32, zone: u32, parameters: &Parameters<'_>) -> Option<String> {
    let p = parameters;
    Some(match method {
        0 => "+proj=longlat".to_owned(),
        1 => format!("+proj=utm +zone={zone}{}", if p.number(3) < 0.0 { " +south" } else { "" }),
        3 => p.conic("aea"),
        4 => p.conic("lcc"),
        5 => format!("+proj=merc +lat_ts={} +lon_0={} {}", p.degrees(5), p.degrees(4), p.false_origin()),
        6 => {
            let (latitude, longitude) = (p.degrees(5), p.degrees(4));
            let pole = if latitude < 0.0 { -90 } else { 90 };
            format!("+proj=stere +lat_0={pole} +lat_ts={latitude} +lon_0={longitude} {}", p.false_origin())
        }
        7 => p.around("poly"),
        9 => format!("{} +k={}", p.around("tmerc"), p.number(2)),
        10 => format!("{} +k=1", p.around("stere")),
        11 => p.around("laea"),
        12 => p.around("aeqd"),
        13 => p.around("gnom"),
        14 => p.around("ortho"),
        16 => p.world("sinu"),
        17 => format!("+proj=eqc +lat_ts={} +lon_0={} {}", p.degrees(5), p.degrees(4), p.false_origin()),
        18 => p.world("mill"),
        19 => p.world("vandg"),
        // Only where parameter 12 is set is the line given by an azimuth; else it goes through two points.
        20 if p.number(12) > 0.0 => p.oblique(0.0),
        24 => p.world("robin"),
        28 => p.world("moll"),
        42 => p.around("cass"),
        70 => p.oblique(p.degrees(8)),
        _ => return None,
    })
}
