//! Parameters of a projection in WKT: angles in degrees, lengths in metres, whatever name and unit they stand under.

use super::node::Node;

/// Method, parameters and axes of a projected system.
pub(super) struct Parameters<'n, 'a> {
    system: &'n Node<'a>,
    /// The node that the parameters stand in: the system itself in WKT 1.
    conversion: &'n Node<'a>,
    degrees_per_unit: f64,
    metres_per_unit: f64,
}

const ORIGIN_LAT: &[&str] = &[
    "latitudeoforigin",
    "latitudeofcenter",
    "latitudeofcentre",
    "centralparallel",
    "latitudeofnaturalorigin",
    "latitudeoffalseorigin",
    "latitudeofprojectioncentre",
    "latitudeofprojectioncenter",
];
const ORIGIN_LON: &[&str] = &[
    "centralmeridian",
    "longitudeofcenter",
    "longitudeofcentre",
    "longitudeoforigin",
    "longitudeofnaturalorigin",
    "longitudeoffalseorigin",
    "longitudeofprojectioncentre",
    "longitudeofprojectioncenter",
];
const PARALLEL_1: &[&str] = &[
    "standardparallel1",
    "latitudeof1ststandardparallel",
    "latitudeofstandardparallel",
    "pseudostandardparallel1",
    "latitudeofpseudostandardparallel",
];
const PARALLEL_2: &[&str] = &["standardparallel2", "latitudeof2ndstandardparallel"];
const SCALE: &[&str] = &[
    "scalefactor",
    "scalefactoratnaturalorigin",
    "scalefactoratprojectioncentre",
    "scalefactoroninitialline",
    "scalefactorattheprojectioncentre",
    "scalefactoronpseudostandardparallel",
    "ellipsoidscalingfactor",
];
const AZIMUTH: &[&str] = &["azimuth", "azimuthofinitialline", "azimuthatprojectioncentre", "colatitudeofconeaxis"];
const GRID_ANGLE: &[&str] = &["rectifiedgridangle", "anglefromrectifiedtoskewgrid", "xyplanerotation"];
const EASTING: &[&str] = &["falseeasting", "eastingatfalseorigin", "eastingatprojectioncentre"];
const NORTHING: &[&str] = &["falsenorthing", "northingatfalseorigin", "northingatprojectioncentre"];
const HEIGHT: &[&str] = &["satelliteheight", "height"];

impl<'n, 'a> Parameters<'n, 'a> {
    /// Of a projected system; the units are those of its geographic part and its own.
    pub(super) fn new(system: &'n Node<'a>, degrees_per_unit: f64, metres_per_unit: f64) -> Self {
        let conversion = system.child(&["CONVERSION", "DERIVINGCONVERSION"]).unwrap_or(system);
        Self { system, conversion, degrees_per_unit, metres_per_unit }
    }

    /// The method's name, letters and digits only.
    pub(super) fn method(&self) -> Option<String> {
        Some(plain(self.conversion.child(&["PROJECTION", "METHOD"])?.value(0)?))
    }

    /// The parameter in its own unit, and the node that says which that is.
    fn find(&self, names: &[&str]) -> Option<(f64, &'n Node<'a>)> {
        let is_wanted = |node: &&Node<'_>| {
            node.keyword == "PARAMETER" && node.value(0).is_some_and(|name| names.contains(&&*plain(name)))
        };
        let node = self.conversion.nodes.iter().find(is_wanted)?;
        Some((node.number(1)?, node))
    }

    /// Which of its variants a method of Esri's is; 0 where nothing is said.
    pub(super) fn variant(&self) -> f64 {
        self.find(&["option"]).map_or(0.0, |(value, _)| value)
    }

    fn angle_deg(&self, names: &[&str]) -> Option<f64> {
        let (value, node) = self.find(names)?;
        let unit = node.child(&["ANGLEUNIT"]).and_then(|unit| unit.number(1)).map(f64::to_degrees);
        let unit = unit.unwrap_or(self.degrees_per_unit);
        Some(if (unit - 1.0).abs() < 1e-9 { value } else { value * unit })
    }

    fn length_m(&self, names: &[&str]) -> f64 {
        let Some((value, node)) = self.find(names) else { return 0.0 };
        value * node.child(&["LENGTHUNIT"]).and_then(|unit| unit.number(1)).unwrap_or(self.metres_per_unit)
    }

    pub(super) fn origin_lat(&self) -> Option<f64> {
        self.angle_deg(ORIGIN_LAT)
    }

    pub(super) fn origin_lon(&self) -> f64 {
        self.angle_deg(ORIGIN_LON).unwrap_or(0.0)
    }

    pub(super) fn parallel_1(&self) -> Option<f64> {
        self.angle_deg(PARALLEL_1)
    }

    pub(super) fn parallel_2(&self) -> Option<f64> {
        self.angle_deg(PARALLEL_2)
    }

    /// Latitude and longitude of the first and the second of two points.
    pub(super) fn points(&self) -> Option<[(f64, f64); 2]> {
        let point = |which: &str| {
            let part = |part: &str| self.angle_deg(&[&*format!("{part}of{which}point")]);
            Some((part("latitude")?, part("longitude")?))
        };
        Some([point("1st")?, point("2nd")?])
    }

    /// The angle of that name (letters and digits only).
    pub(super) fn named(&self, name: &str) -> Option<f64> {
        self.angle_deg(&[name])
    }

    pub(super) fn azimuth(&self) -> f64 {
        self.angle_deg(AZIMUTH).unwrap_or(0.0)
    }

    pub(super) fn grid_angle(&self) -> Option<f64> {
        self.angle_deg(GRID_ANGLE)
    }

    pub(super) fn scale(&self) -> Option<f64> {
        self.find(SCALE).map(|(scale, _)| scale)
    }

    pub(super) fn height_m(&self) -> f64 {
        self.find(HEIGHT).map_or(0.0, |(height, _)| height)
    }

    /// `+x_0=… +y_0=…`
    pub(super) fn false_origin(&self) -> String {
        format!("+x_0={} +y_0={}", self.length_m(EASTING), self.length_m(NORTHING))
    }

    /// Letters of PROJ's `+axis` for the first two axes; empty where none are told.
    pub(super) fn axes(&self) -> String {
        let axes = self.system.nodes.iter().filter(|node| node.keyword == "AXIS").take(2);
        axes.filter_map(|axis| axis.value(1)?.chars().next()).map(|to| to.to_ascii_lowercase()).collect()
    }
}

/// Letters and digits only, in small letters.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
