//! Projections that the crates lack or can't be asked for by a PROJ string, and systems that differ from one that they know by their
//! axes only. Formulas are those of IOGP's Guidance Note 7-2.

use std::sync::Arc;

use proj_core::{
    Coord, CrsDef, Datum, DatumToWgs84, Ellipsoid, GeographicCrsDef, LinearUnit, ProjectedCrsDef, ProjectionMethod,
    Transform,
};

use super::bonne::Bonne;
use super::rotated_pole::RotatedPole;
use super::van_der_grinten::VanDerGrinten;
use super::world::World;
use super::{Point, Transformer, proj_text};

/// Length of a degree of a meridian, of a sphere as large as the earth.
const METRES_PER_DEGREE: f64 = 111_195.0;
/// Times that the way back from the plane is corrected by what it is off.
const CORRECTIONS: usize = 3;

/// Methods in PROJ strings that may be known here alone.
const KNOWN: [&str; 24] = [
    "nzmg", "labrd", "vandg", "bonne", "ob_tran", "eck1", "eck2", "eck3", "eck4", "eck5", "eck6", "wink1", "wintri",
    "aitoff", "hammer", "gall", "natearth", "kav7", "crast", "qua_aut", "wag7", "goode", "igh", "tpeqd",
];

/// Between a base (longitude and latitude in degrees, or another system's coordinates) and a system's own coordinates.
#[derive(Clone)]
pub(super) enum OwnProjection {
    NewZealandMapGrid(NewZealandMapGrid),
    VanDerGrinten(VanDerGrinten),
    World(World),
    Bonne(Bonne),
    RotatedPole(RotatedPole),
    /// A projection of `proj-core`, there and back.
    Core(Arc<[Transform; 2]>),
    /// From longitude and latitude as a transformer does it.
    Of(Arc<Transformer>),
    /// x runs south and y west, where those of the base run east and north.
    SouthWest,
}

impl OwnProjection {
    /// Of a PROJ string, as the projection of longitudes and latitudes on the same datum; `None` if it names no projection that is
    /// known here alone, or has coordinates in other units than metres.
    pub(super) fn of_proj_text(text: &str) -> Option<Self> {
        let value = |key: &str| proj_text::value(text, key);
        let number = |key: &str| value(key).map_or(Some(0.0), |text| text.parse().ok());
        let method = value("proj").filter(|method| KNOWN.contains(method))?;
        if method == "ob_tran" && matches!(value("o_proj"), Some("longlat" | "latlong" | "latlon" | "lonlat")) {
            return Some(Self::RotatedPole(RotatedPole {
                pole_lat: value("o_lat_p")?.parse().ok()?,
                pole_lon: number("o_lon_p")?,
                center_lon: number("lon_0")?,
            }));
        }
        let is_metric = value("units").unwrap_or("m") == "m" && value("to_meter").unwrap_or("1") == "1";
        let shape = format!("+proj=longlat {}", proj_text::shape_of(text));
        let ellipsoid = proj_wkt::parse_crs(&shape).ok().filter(|_| is_metric)?.datum().ellipsoid();
        if let Some(world) = World::of_proj_text(text, ellipsoid.semi_major_axis()) {
            return Some(Self::World(world));
        }
        if method == "bonne" {
            let parallel_deg: f64 = value("lat_1")?.parse().ok()?;
            return (parallel_deg.abs() > 1e-9).then_some(Self::Bonne(Bonne {
                semi_major_m: ellipsoid.semi_major_axis(),
                eccentricity_2: eccentricity_2(ellipsoid),
                parallel_deg,
                center_lon_deg: number("lon_0")?,
                false_easting_m: number("x_0")?,
                false_northing_m: number("y_0")?,
            }));
        }
        if method == "vandg" {
            let radius_m = match value("R_A") {
                Some(_) => ellipsoid.semi_major_axis() * authalic_radius(eccentricity_2(ellipsoid)),
                None => ellipsoid.semi_major_axis(),
            };
            return Some(Self::VanDerGrinten(VanDerGrinten {
                radius_m,
                center_lon_deg: number("lon_0")?,
                false_easting_m: number("x_0")?,
                false_northing_m: number("y_0")?,
            }));
        }
        if method == "nzmg" {
            return Some(Self::NewZealandMapGrid(NewZealandMapGrid {
                semi_major_m: ellipsoid.semi_major_axis(),
                origin_lat_deg: number("lat_0")?,
                origin_lon_deg: number("lon_0")?,
                false_easting_m: number("x_0")?,
                false_northing_m: number("y_0")?,
            }));
        }
        if method != "labrd" {
            return None;
        }
        let laborde = ProjectionMethod::LabordeObliqueMercator {
            lat0: number("lat_0")?,
            lon0: number("lon_0")?,
            azimuth: number("azi")?,
            k0: value("k").or(value("k_0")).map_or(Some(1.0), |text| text.parse().ok())?,
            false_easting: number("x_0")?,
            false_northing: number("y_0")?,
        };
        Self::of_method(laborde, ellipsoid)
    }

    fn of_method(method: ProjectionMethod, ellipsoid: Ellipsoid) -> Option<Self> {
        let datum = Datum::new(ellipsoid, DatumToWgs84::Identity).ok()?;
        let base = CrsDef::Geographic(GeographicCrsDef::new(0, datum.clone(), ""));
        let projected = CrsDef::Projected(ProjectedCrsDef::new(0, datum, method, LinearUnit::metre(), ""));
        let there = Transform::from_crs_defs(&base, &projected).ok()?;
        let back = there.inverse().ok()?;
        Some(Self::Core(Arc::new([there, back])))
    }

    /// Metres in a unit of the coordinates: of degrees about a turned pole along its meridians.
    pub(super) fn metres_per_unit(&self) -> f64 {
        if matches!(self, Self::RotatedPole(_)) { METRES_PER_DEGREE } else { 1.0 }
    }

    /// From the base.
    pub(super) fn forward(&self, base: Point) -> Option<Point> {
        match self {
            Self::NewZealandMapGrid(grid) => Some(grid.forward(base)),
            Self::VanDerGrinten(globe) => Some(globe.forward(base)),
            Self::World(world) => world.forward(base),
            Self::Bonne(bonne) => bonne.forward(base),
            Self::RotatedPole(pole) => Some(pole.forward(base)),
            Self::Core(ways) => convert(&ways[0], base),
            Self::Of(transformer) => transformer.forward(base),
            Self::SouthWest => Some(Point::new(-base.y, -base.x)),
        }
    }

    /// To the base.
    pub(super) fn inverse(&self, own: Point) -> Option<Point> {
        match self {
            Self::NewZealandMapGrid(grid) => Some(grid.inverse(own)),
            Self::VanDerGrinten(globe) => globe.inverse(own),
            Self::World(world) => world.inverse(own),
            Self::Bonne(bonne) => bonne.inverse(own),
            Self::RotatedPole(pole) => Some(pole.inverse(own)),
            Self::Core(ways) => {
                let (mut asked, mut found) = (own, convert(&ways[1], own)?);
                for _ in 0..CORRECTIONS {
                    let reached = convert(&ways[0], found)?;
                    asked = Point::new(asked.x + own.x - reached.x, asked.y + own.y - reached.y);
                    found = convert(&ways[1], asked)?;
                }
                Some(found)
            }
            Self::Of(transformer) => transformer.inverse(own),
            Self::SouthWest => Some(Point::new(-own.y, -own.x)),
        }
    }
}

/// Square of the eccentricity; 0 of a sphere.
fn eccentricity_2(ellipsoid: Ellipsoid) -> f64 {
    let inverse = ellipsoid.inverse_flattening();
    if inverse > 1.0 { (2.0 - 1.0 / inverse) / inverse } else { 0.0 }
}

/// Radius of the sphere of the same surface, in semi-major axes, by the series that PROJ has for `+R_A`.
fn authalic_radius(e2: f64) -> f64 {
    1.0 - e2 * (1.0 / 6.0 + e2 * (17.0 / 360.0 + e2 * 67.0 / 3024.0))
}

fn convert(transform: &Transform, point: Point) -> Option<Point> {
    let result = transform.convert(Coord::new(point.x, point.y)).ok()?;
    Some(Point::new(result.x, result.y))
}

/// New Zealand Map Grid (EPSG method 9811): a complex polynomial of isometric latitude and longitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NewZealandMapGrid {
    pub(super) semi_major_m: f64,
    pub(super) origin_lat_deg: f64,
    pub(super) origin_lon_deg: f64,
    pub(super) false_easting_m: f64,
    pub(super) false_northing_m: f64,
}

/// Isometric latitude from the difference of latitude in units of 100,000 arc seconds, from the first power on.
const ISOMETRIC: [f64; 10] = [
    0.639_917_507_3,
    -0.135_879_761_3,
    0.063_294_409,
    -0.025_268_53,
    0.011_787_9,
    -0.005_516_1,
    0.002_690_6,
    -0.001_333,
    0.000_67,
    -0.000_34,
];
/// The other way.
const LATITUDE: [f64; 9] = [
    1.562_701_424_3,
    0.518_540_639_8,
    -0.033_330_98,
    -0.105_290_6,
    -0.036_859_4,
    0.007_317,
    0.012_20,
    0.003_94,
    -0.001_3,
];
/// Position on the plane from isometric latitude and longitude.
const PLANE: [Complex; 6] = [
    Complex(0.755_785_322_8, 0.0),
    Complex(0.249_204_646, 0.003_371_507),
    Complex(-0.001_541_739, 0.041_058_560),
    Complex(-0.101_629_07, 0.017_276_09),
    Complex(-0.266_234_89, -0.362_492_18),
    Complex(-0.687_098_3, -1.165_196_7),
];
/// A first guess of the other way.
const GUESS: [Complex; 6] = [
    Complex(1.323_127_043_9, 0.0),
    Complex(-0.577_245_789, -0.007_809_598),
    Complex(0.508_307_513, -0.112_208_952),
    Complex(-0.150_947_62, 0.182_006_02),
    Complex(1.014_181_79, 1.644_976_96),
    Complex(1.966_054_9, 2.512_764_5),
];
/// Steps of Newton's method after the guess; each doubles its digits.
const NEWTON_STEPS: usize = 4;
/// Seconds in the unit of the series of latitude.
const SECONDS: f64 = 100_000.0;

impl NewZealandMapGrid {
    fn forward(&self, lon_lat_deg: Point) -> Point {
        let latitude = (lon_lat_deg.y - self.origin_lat_deg) * 3600.0 / SECONDS;
        let longitude = (lon_lat_deg.x - self.origin_lon_deg).to_radians();
        let Complex(north, east) = polynomial(&PLANE, Complex(power_series(&ISOMETRIC, latitude), longitude));
        Point::new(self.false_easting_m + east * self.semi_major_m, self.false_northing_m + north * self.semi_major_m)
    }

    fn inverse(&self, own: Point) -> Point {
        let plane = Complex(
            (own.y - self.false_northing_m) / self.semi_major_m,
            (own.x - self.false_easting_m) / self.semi_major_m,
        );
        let mut isometric = polynomial(&GUESS, plane);
        for _ in 0..NEWTON_STEPS {
            let left = polynomial(&PLANE, isometric).minus(plane);
            isometric = isometric.minus(left.over(derivative(&PLANE, isometric)));
        }
        let mut latitude = power_series(&LATITUDE, isometric.0);
        // The two series of latitude are not exactly each other's inverse.
        for _ in 0..NEWTON_STEPS {
            latitude -= (power_series(&ISOMETRIC, latitude) - isometric.0) / ISOMETRIC[0];
        }
        let lat_deg = self.origin_lat_deg + latitude * SECONDS / 3600.0;
        Point::new(self.origin_lon_deg + isometric.1.to_degrees(), lat_deg)
    }
}

/// Real and imaginary part.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Complex(f64, f64);

impl Complex {
    fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }

    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }

    fn over(self, other: Self) -> Self {
        let square = other.0 * other.0 + other.1 * other.1;
        Self((self.0 * other.0 + self.1 * other.1) / square, (self.1 * other.0 - self.0 * other.1) / square)
    }
}

/// The sum of `factors[i] * x^(i + 1)`.
fn power_series(factors: &[f64], x: f64) -> f64 {
    factors.iter().rev().fold(0.0, |sum, factor| (sum + factor) * x)
}

fn polynomial(factors: &[Complex], z: Complex) -> Complex {
    factors.iter().rev().fold(Complex(0.0, 0.0), |sum, &factor| sum.plus(factor).times(z))
}

fn derivative(factors: &[Complex], z: Complex) -> Complex {
    let powers = (1_u8..).map(f64::from);
    let terms: Vec<Complex> = factors.iter().zip(powers).map(|(f, n)| Complex(f.0 * n, f.1 * n)).collect();
    terms.iter().rev().fold(Complex(0.0, 0.0), |sum, &factor| sum.times(z).plus(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: NewZealandMapGrid = NewZealandMapGrid {
        semi_major_m: 6_378_388.0,
        origin_lat_deg: -41.0,
        origin_lon_deg: 173.0,
        false_easting_m: 2_510_000.0,
        false_northing_m: 6_023_150.0,
    };

    #[test]
    fn the_origin_has_the_false_coordinates() {
        let origin = GRID.forward(Point::new(173.0, -41.0));
        assert_eq!(origin, Point::new(2_510_000.0, 6_023_150.0));
    }

    #[test]
    fn new_zealand_map_grid_leads_back_to_where_it_began() {
        for (lon, lat) in [(166.5, -47.2), (172.0, -41.5), (174.8, -36.8), (178.5, -37.6), (175.0, -34.4)] {
            let own = GRID.forward(Point::new(lon, lat));
            let back = GRID.inverse(own);
            assert!((back.x - lon).abs() < 1e-11 && (back.y - lat).abs() < 1e-11, "{back:?} {lon} {lat}");
        }
    }
}
