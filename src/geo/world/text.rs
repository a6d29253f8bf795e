//! PROJ strings of the projections of this module.

use super::{Goode, Kind, Shape, TwoPoints, World};
use crate::geo::{Point, proj_text};

/// The latitude whose cosine is 2 / π, in degrees: what Winkel's tripel projection touches along where nothing is said.
const WINKEL_LAT_DEG: f64 = 50.459_776_251_821_91;

impl World {
    /// The projection that `text` names, on a sphere of that radius; `None` if it is none of these.
    pub(in crate::geo) fn of_proj_text(text: &str, radius_m: f64) -> Option<Self> {
        let number = |key: &str, default: f64| match proj_text::value(text, key) {
            Some(value) => value.parse().ok(),
            None => Some(default),
        };
        let cos_of = |key: &str, default: f64| Some(number(key, default)?.to_radians().cos());
        let mut center_lon_deg = number("lon_0", 0.0)?;
        let kind = match proj_text::value(text, "proj")? {
            "eck1" => Kind::Shape(Shape::Eckert1),
            "eck2" => Kind::Shape(Shape::Eckert2),
            "eck3" => Kind::Shape(Shape::Eckert3),
            "eck4" => Kind::Shape(Shape::Eckert4),
            "eck5" => Kind::Shape(Shape::Eckert5),
            "eck6" => Kind::Shape(Shape::Eckert6),
            "wink1" => Kind::Shape(Shape::Winkel1 { cos_lat_1: cos_of("lat_ts", 0.0)? }),
            "wintri" => Kind::Shape(Shape::WinkelTripel { cos_lat_1: cos_of("lat_1", WINKEL_LAT_DEG)? }),
            "aitoff" => Kind::Shape(Shape::Aitoff),
            "hammer" => Kind::Shape(Shape::Hammer),
            "gall" => Kind::Shape(Shape::Gall),
            "natearth" => Kind::Shape(Shape::NaturalEarth),
            "kav7" => Kind::Shape(Shape::Kavrayskiy7),
            "crast" => Kind::Shape(Shape::CrasterParabolic),
            "qua_aut" => Kind::Shape(Shape::QuarticAuthalic),
            "wag7" => Kind::Shape(Shape::Wagner7),
            "goode" => Kind::Goode(Goode::Whole),
            "igh" => Kind::Goode(Goode::Interrupted),
            "tpeqd" => {
                center_lon_deg = 0.0;
                let place = |lon: &str, lat: &str| {
                    Some(Point::new(number(lon, 0.0)?.to_radians(), number(lat, 0.0)?.to_radians()))
                };
                Kind::TwoPoints(TwoPoints::new(place("lon_1", "lat_1")?, place("lon_2", "lat_2")?)?)
            }
            _ => return None,
        };
        Some(Self {
            kind,
            radius_m,
            center_lon_deg,
            false_easting_m: number("x_0", 0.0)?,
            false_northing_m: number("y_0", 0.0)?,
        })
    }
}
