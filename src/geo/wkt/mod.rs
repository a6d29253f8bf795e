//! WKT 1 (as GDAL and as ESRI write it) and WKT 2 to a PROJ string, with what that leaves out: name, EPSG code, datum.
//!
//! Of compound systems the horizontal part is taken, of bound ones the system and its shift to WGS 84. Axes are east first
//! whatever the text says, but for systems that run south or west.

mod method;
mod node;
mod parameters;

use node::Node;
use parameters::Parameters;

/// What a text says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    pub(super) name: String,
    /// The EPSG code that the text gives the whole system.
    pub(super) epsg: Option<u32>,
    /// `None` where the projection is none that is known here.
    pub(super) proj: Option<String>,
    /// Other parsers must not be asked either.
    pub(super) is_inexpressible: bool,
    /// EPSG code of the datum, or its name.
    pub(super) datum: Option<DatumName>,
    /// Degrees in the unit of a geographic system.
    pub(super) degrees_per_unit: f64,
}

/// How the text calls its datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DatumName {
    Code(u32),
    Name(String),
}

/// Reads a text; `None` if it describes no place on the earth's surface.
pub(super) fn describe(wkt: &str) -> Option<Described> {
    let root = node::tree(wkt)?;
    horizontal(&root).and_then(describe_node)
}

/// The system itself: the first part of a compound one, the source of a bound one.
fn horizontal<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Node<'a>> {
    match node.keyword {
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" | "GEOGCS" | "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "GEODETICCRS"
        | "BASEGEOGCRS" | "BASEGEODCRS" => Some(node),
        "COMPD_CS" | "COMPOUNDCRS" => node.nodes.iter().find_map(horizontal),
        "BOUNDCRS" => horizontal(node.child(&["SOURCECRS"])?.nodes.first()?),
        _ => None,
    }
}

fn describe_node(system: &Node<'_>) -> Option<Described> {
    let is_projected = system.keyword.starts_with("PROJ");
    let base = system.child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS"]);
    let geographic = if is_projected { base? } else { base.unwrap_or(system) };
    let datum = geographic.child(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"])?;
    let degrees_per_unit = angular_unit_deg(geographic);
    let shape = [shape(datum)?, meridian(geographic, degrees_per_unit), shift(datum)].concat();
    let extension = system.child(&["EXTENSION"]).filter(|node| node.value(0) == Some("PROJ4"));
    let mut is_inexpressible = false;
    let proj = match extension.and_then(|node| node.value(1)) {
        Some(text) => Some(text.to_owned()),
        None if base.is_some() && !is_projected => {
            is_inexpressible = true;
            method::rotated_pole(&Parameters::new(system, degrees_per_unit, 1.0))
                .map(|rotated| format!("{rotated} {shape} +no_defs"))
        }
        None if !is_projected => Some(format!("+proj=longlat {shape} +no_defs")),
        None => {
            let unit_m = linear_unit_m(system);
            let parameters = Parameters::new(system, degrees_per_unit, unit_m);
            is_inexpressible = method::is_inexpressible(&parameters);
            method::projection(&parameters)
                .map(|projection| format!("{projection} {shape} +to_meter={unit_m} +no_defs"))
        }
    };
    Some(Described {
        name: system.value(0).unwrap_or_default().to_owned(),
        epsg: system.epsg(),
        proj,
        is_inexpressible,
        datum: datum_name(datum),
        degrees_per_unit: if is_projected { 1.0 } else { degrees_per_unit },
    })
}

fn datum_name(datum: &Node<'_>) -> Option<DatumName> {
    if datum.keyword != "ENSEMBLE"
        && let Some(code) = datum.epsg()
    {
        return Some(DatumName::Code(code));
    }
    let name = datum.value(0)?;
    // The ensemble of the realisations of WGS 84, and the names that ESRI and GDAL give it.
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ["wgs1984", "dwgs1984", "worldgeodeticsystem1984", "worldgeodeticsystem1984ensemble", "wgs84"].contains(&&*plain)
    {
        return Some(DatumName::Code(6326));
    }
    Some(DatumName::Name(name.to_owned()))
}

/// The ellipsoid.
fn shape(datum: &Node<'_>) -> Option<String> {
    let spheroid = datum.child(&["SPHEROID", "ELLIPSOID"])?;
    let unit = spheroid.child(&["LENGTHUNIT"]).and_then(|unit| unit.number(1)).unwrap_or(1.0);
    let (axis, inverse) = (spheroid.number(1)? * unit, spheroid.number(2)?);
    Some(if inverse > 1.0 { format!("+a={axis} +rf={inverse}") } else { format!("+R={axis}") })
}

/// The prime meridian, if it is another than Greenwich: WKT 1 counts it in degrees or in the unit of the system, WKT 2 says in which.
fn meridian(geographic: &Node<'_>, degrees_per_unit: f64) -> String {
    let Some((node, longitude)) = geographic
        .child(&["PRIMEM", "PRIMEMERIDIAN"])
        .and_then(|node| Some((node, node.number(1)?)))
        .filter(|(_, longitude)| *longitude != 0.0)
    else {
        return String::new();
    };
    let unit = match node.child(&["ANGLEUNIT"]) {
        Some(unit) => unit.number(1).map_or(1.0, f64::to_degrees),
        // GDAL writes degrees whatever the unit; the meridians that there are tell which it is.
        None if geographic.keyword == "GEOGCS" && !is_in_grads(longitude) => 1.0,
        None => degrees_per_unit,
    };
    format!(" +pm={}", longitude * unit)
}

/// Whether a longitude is that of Paris in grads, the only prime meridian that is counted so.
fn is_in_grads(longitude: f64) -> bool {
    (longitude - 2.596_921_3).abs() < 1e-4 || (longitude - 2.596_898_1).abs() < 1e-4
}

/// The shift to WGS 84 that WKT 1 gives with the datum.
fn shift(datum: &Node<'_>) -> String {
    let numbers = datum.child(&["TOWGS84"]).map(|node| node.values.join(",")).unwrap_or_default();
    let count = numbers.split(',').filter(|number| number.parse::<f64>().is_ok()).count();
    if matches!(count, 3 | 7) { format!(" +towgs84={numbers}") } else { String::new() }
}

fn angular_unit_deg(geographic: &Node<'_>) -> f64 {
    let in_axis = || geographic.child(&["AXIS"])?.child(&["ANGLEUNIT", "UNIT"]);
    let unit = geographic.child(&["UNIT", "ANGLEUNIT"]).or_else(in_axis);
    let degrees = unit.and_then(|unit| unit.number(1)).map_or(1.0, f64::to_degrees);
    // Radians of a degree are written with fewer digits than there are.
    if (degrees - 1.0).abs() < 1e-9 { 1.0 } else { degrees }
}

fn linear_unit_m(projected: &Node<'_>) -> f64 {
    let in_axis = || projected.child(&["AXIS"])?.child(&["LENGTHUNIT", "UNIT"]);
    let unit = projected.child(&["UNIT", "LENGTHUNIT"]).or_else(in_axis);
    unit.and_then(|unit| unit.number(1)).filter(|&metres| metres > 0.0).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Crs;

    const GEOS: &str = r#"PROJCS["unknown", GEOGCS["g",DATUM["d",SPHEROID["s",6378137,298.25]],PRIMEM["Greenwich",0],
        UNIT["Degree",0.0174532925199433]],PROJECTION["Geostationary_Satellite"],PARAMETER["central_meridian",140.7],
        PARAMETER["satellite_height",35785863],UNIT["metre",1,AUTHORITY["EPSG","9001"]]]"#;

    fn proj(wkt: &str) -> Option<String> {
        describe(wkt)?.proj
    }

    #[test]
    fn a_projection_that_wkt_parsers_lack_becomes_a_proj_string() {
        let text = "+proj=geos +lon_0=140.7 +h=35785863 +x_0=0 +y_0=0 +a=6378137 +rf=298.25 +to_meter=1 +no_defs";
        assert_eq!(proj(GEOS).as_deref(), Some(text));
        assert_eq!(describe(GEOS).unwrap().epsg, None);
        assert!(Crs::from_wkt(GEOS).is_ok_and(|crs| crs.name() == "unknown"));
    }

    #[test]
    fn a_proj_string_inside_the_text_wins() {
        let text = GEOS.replace("UNIT[\"metre\"", "EXTENSION[\"PROJ4\",\"+proj=geos +sweep=x\"],UNIT[\"metre\"");
        assert_eq!(proj(&text).as_deref(), Some("+proj=geos +sweep=x"));
    }

    #[test]
    fn angles_in_grads_become_degrees() {
        let lambert = r#"PROJCS["NTF (Paris) / Lambert zone II",GEOGCS["NTF (Paris)",DATUM["Nouvelle_Triangulation_Francaise_Paris",
            SPHEROID["Clarke 1880 (IGN)",6378249.2,293.4660212936269],TOWGS84[-168,-60,320,0,0,0,0]],
            PRIMEM["Paris",2.33722917],UNIT["grad",0.01570796326794897]],PROJECTION["Lambert_Conformal_Conic_1SP"],
            PARAMETER["latitude_of_origin",52],PARAMETER["central_meridian",0],PARAMETER["scale_factor",0.99987742],
            PARAMETER["false_easting",600000],PARAMETER["false_northing",2200000],UNIT["metre",1]]"#;
        let text = proj(lambert).unwrap();
        assert!(text.starts_with("+proj=lcc +lat_1=46.8"), "{text}");
        assert!(text.contains("+pm=2.33722917 +towgs84=-168,-60,320,0,0,0,0"), "{text}");
        let registered = Crs::from_epsg(27572).unwrap();
        assert!(Crs::from_wkt(lambert).unwrap().has_projection_of(&registered));
        let geographic = r#"GEOGCS["NTF (Paris)",DATUM["d",SPHEROID["s",6378249.2,293.466]],PRIMEM["Paris",2.5969213],
            UNIT["grad",0.015707963267949]]"#;
        let crs = Crs::from_wkt(geographic).unwrap();
        assert!((crs.degrees_per_file_unit() - 0.9).abs() < 1e-9);
        assert!(proj(geographic).unwrap().contains("+pm=2.33722917"));
    }

    #[test]
    fn wkt_2_says_the_unit_of_each_parameter() {
        let text = r#"PROJCRS["x",BASEGEOGCRS["y",DATUM["North American Datum 1983",ELLIPSOID["GRS 1980",6378137,298.257222101,
            LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],
            CONVERSION["z",METHOD["Lambert Conic Conformal (2SP)"],
            PARAMETER["Latitude of false origin",41,ANGLEUNIT["degree",0.0174532925199433]],
            PARAMETER["Longitude of false origin",-71.5,ANGLEUNIT["degree",0.0174532925199433]],
            PARAMETER["Latitude of 1st standard parallel",42.6833333333333,ANGLEUNIT["degree",0.0174532925199433]],
            PARAMETER["Latitude of 2nd standard parallel",41.7166666666667,ANGLEUNIT["degree",0.0174532925199433]],
            PARAMETER["Easting at false origin",200000,LENGTHUNIT["metre",1]],
            PARAMETER["Northing at false origin",750000,LENGTHUNIT["metre",1]]],
            CS[Cartesian,2],AXIS["easting (X)",east,ORDER[1],LENGTHUNIT["US survey foot",0.304800609601219]]]"#;
        let text = proj(text).unwrap();
        assert!(text.contains("+x_0=200000 +y_0=750000") && text.contains("+to_meter=0.304800609601219"), "{text}");
    }

    #[test]
    fn only_the_code_of_the_whole_system_is_its_code() {
        let crs = |text: &str| describe(text).and_then(|described| described.epsg);
        let geographic = r#"GEOGCS["n",DATUM["d",SPHEROID["s",6378137,298.25],AUTHORITY["EPSG","6326"]]"#;
        assert_eq!(crs(&format!("{geographic}]")), None);
        assert_eq!(crs(&format!("{geographic},AUTHORITY[\"EPSG\",\"4326\"]]")), Some(4326));
    }

    #[test]
    fn longitudes_about_another_pole_are_turned() {
        let base = r#"BASEGEOGCRS["b",DATUM["d",ELLIPSOID["Sphere",6371229,0]],PRIMEM["Greenwich",0]]"#;
        let derived = |conversion: &str| {
            proj(&format!("GEOGCRS[\"r\",{base},DERIVINGCONVERSION[\"c\",{conversion}],CS[ellipsoidal,2]]"))
        };
        let weather = r#"METHOD["Pole rotation (GRIB convention)"],
            PARAMETER["Latitude of the southern pole (GRIB convention)",-31.75],
            PARAMETER["Longitude of the southern pole (GRIB convention)",-92.5],
            PARAMETER["Axis rotation (GRIB convention)",5]"#;
        let expected = "+proj=ob_tran +o_proj=longlat +o_lat_p=31.75 +o_lon_p=-5 +lon_0=-92.5 +R=6371229 +no_defs";
        assert_eq!(derived(weather).as_deref(), Some(expected));
        let climate = r#"METHOD["Pole rotation (netCDF CF convention)"],
            PARAMETER["Grid north pole latitude (netCDF CF convention)",39.25],
            PARAMETER["Grid north pole longitude (netCDF CF convention)",-162]"#;
        let expected = "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229 +no_defs";
        assert_eq!(derived(climate).as_deref(), Some(expected));
        assert_eq!(derived(r#"METHOD["Something else"]"#), None);
    }

    #[test]
    fn a_line_between_two_points_is_kept() {
        let text = GEOS.replace("Geostationary_Satellite", "Two_Point_Equidistant").replace(
            "PARAMETER[\"central_meridian\",140.7],",
            r#"PARAMETER["Latitude_Of_1st_Point",10],PARAMETER["Longitude_Of_1st_Point",20],
            PARAMETER["Latitude_Of_2nd_Point",30],PARAMETER["Longitude_Of_2nd_Point",50],"#,
        );
        assert!(proj(&text).unwrap().starts_with("+proj=tpeqd +lat_1=10 +lon_1=20 +lat_2=30 +lon_2=50 "));
    }

    #[test]
    fn what_has_no_place_on_the_earth_is_not_described() {
        assert_eq!(describe(r#"LOCAL_CS["x",UNIT["m",1]]"#), None);
        assert_eq!(describe("nonsense"), None);
        for length in 0..GEOS.len() {
            if GEOS.is_char_boundary(length) {
                assert_eq!(describe(&GEOS[..length]), None);
            }
        }
    }
}
