//! WKT 1 to a PROJ string, for the systems that the WKT parser does not know: those that carry a PROJ string of their own
//! (`EXTENSION["PROJ4", …]`, as GDAL writes it), and projections that have no other name in WKT.

/// A node of WKT: keyword, quoted or plain values, nodes inside.
#[derive(Debug, Default)]
struct Node<'a> {
    keyword: &'a str,
    values: Vec<&'a str>,
    nodes: Vec<Node<'a>>,
}

/// Nesting that is followed.
const MAX_DEPTH: usize = 32;

/// The PROJ string that means the same as the text; `None` if the text holds none and its projection isn't known.
pub(super) fn proj_string(wkt: &str) -> Option<String> {
    let mut rest = wkt.trim();
    let root = parse(&mut rest, 0)?;
    if let Some(text) =
        root.find("EXTENSION").filter(|node| node.value(0) == Some("PROJ4")).and_then(|node| node.value(1))
    {
        return Some(text.to_owned());
    }
    let spheroid = root.find("SPHEROID").or_else(|| root.find("ELLIPSOID"))?;
    let (axis, inverse): (f64, f64) = (spheroid.number(1)?, spheroid.number(2)?);
    let shape = if inverse > 1.0 { format!("+a={axis} +rf={inverse}") } else { format!("+R={axis}") };
    let meridian = root.find("PRIMEM").and_then(|node| node.number(1)).filter(|&longitude| longitude != 0.0);
    let meridian = meridian.map(|longitude| format!(" +pm={longitude}")).unwrap_or_default();
    if root.keyword == "GEOGCS" {
        return Some(format!("+proj=longlat {shape}{meridian} +no_defs"));
    }
    let unit = root.nodes.iter().find(|node| node.keyword == "UNIT").and_then(|node| node.number(1)).unwrap_or(1.0);
    let projection = projection(&root, unit)?;
    Some(format!("{projection} {shape}{meridian} +to_meter={unit} +no_defs"))
}

/// The last EPSG code that the outermost node of the text is given.
pub(super) fn authority_code(wkt: &str) -> Option<u32> {
    let mut rest = wkt.trim();
    let root = parse(&mut rest, 0)?;
    let node = root.nodes.iter().rev().find(|node| matches!(node.keyword, "AUTHORITY" | "ID"))?;
    (node.value(0) == Some("EPSG")).then(|| node.value(1)?.parse().ok()).flatten()
}

fn projection(root: &Node<'_>, unit: f64) -> Option<String> {
    let parameter = |name: &str| {
        let parameters = root.nodes.iter().filter(|node| node.keyword == "PARAMETER");
        let mut named = parameters.filter(|node| node.value(0).is_some_and(|value| value.eq_ignore_ascii_case(name)));
        named.next().and_then(|node| node.number(1))
    };
    let any = |names: &[&str]| names.iter().find_map(|name| parameter(name)).unwrap_or(0.0);
    let lon = any(&["central_meridian", "longitude_of_center"]);
    let lat = any(&["latitude_of_origin", "latitude_of_center", "central_parallel"]);
    let parallel = any(&["standard_parallel_1"]);
    let origin = format!("+x_0={} +y_0={}", any(&["false_easting"]) * unit, any(&["false_northing"]) * unit);
    let name = root.find("PROJECTION")?.value(0)?.to_ascii_lowercase();
    let shape = match name.as_str() {
        "geostationary_satellite" => format!("+proj=geos +lon_0={lon} +h={}", any(&["satellite_height", "height"])),
        "sinusoidal" => format!("+proj=sinu +lon_0={lon}"),
        "mollweide" => format!("+proj=moll +lon_0={lon}"),
        "robinson" => format!("+proj=robin +lon_0={lon}"),
        "eckert_iv" => format!("+proj=eck4 +lon_0={lon}"),
        "eckert_vi" => format!("+proj=eck6 +lon_0={lon}"),
        "orthographic" => format!("+proj=ortho +lat_0={lat} +lon_0={lon}"),
        "gnomonic" => format!("+proj=gnom +lat_0={lat} +lon_0={lon}"),
        "miller_cylindrical" => format!("+proj=mill +lon_0={lon}"),
        "vandergrinten" | "van_der_grinten_i" => format!("+proj=vandg +lon_0={lon}"),
        "cylindrical_equal_area" => format!("+proj=cea +lat_ts={parallel} +lon_0={lon}"),
        "equidistant_conic" => {
            format!("+proj=eqdc +lat_0={lat} +lon_0={lon} +lat_1={parallel} +lat_2={}", any(&["standard_parallel_2"]))
        }
        "equirectangular" | "equidistant_cylindrical" | "plate_carree" => {
            format!("+proj=eqc +lat_ts={parallel} +lat_0={lat} +lon_0={lon}")
        }
        "mercator_auxiliary_sphere" => "+proj=webmerc".to_owned(),
        _ => return None,
    };
    Some(format!("{shape} {origin}"))
}

impl<'a> Node<'a> {
    /// The first node of that keyword, this one or any inside.
    fn find(&self, keyword: &str) -> Option<&Self> {
        if self.keyword == keyword {
            return Some(self);
        }
        self.nodes.iter().find_map(|node| node.find(keyword))
    }

    fn value(&self, index: usize) -> Option<&'a str> {
        self.values.get(index).copied()
    }

    fn number(&self, index: usize) -> Option<f64> {
        self.value(index)?.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// Reads a node from the start of `rest` and leaves what follows. Brackets may be square or round.
fn parse<'a>(rest: &mut &'a str, depth: usize) -> Option<Node<'a>> {
    let open = rest.find(['[', '('])?;
    let (keyword, inside) = rest.split_at(open);
    let mut node = Node { keyword: keyword.trim(), ..Node::default() };
    *rest = inside.get(1..)?.trim_start();
    if depth >= MAX_DEPTH {
        return None;
    }
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (value, after) = quoted.split_once('"')?;
            node.values.push(value);
            *rest = after;
        } else {
            let end = rest.find(['[', '(', ']', ')', ','])?;
            if rest.get(end..)?.starts_with(['[', '(']) {
                node.nodes.push(parse(rest, depth + 1)?);
            } else {
                let (value, after) = rest.split_at(end);
                node.values.push(value.trim());
                *rest = after;
            }
        }
        *rest = rest.trim_start();
        match rest.chars().next()? {
            ',' => *rest = rest.get(1..)?.trim_start(),
            ']' | ')' => {
                *rest = rest.get(1..)?;
                return Some(node);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GEOS: &str = r#"PROJCS["unknown", GEOGCS["g",DATUM["d",SPHEROID["s",6378137,298.25]],PRIMEM["Greenwich",0],
        UNIT["Degree",0.0174532925199433]],PROJECTION["Geostationary_Satellite"],PARAMETER["central_meridian",140.7],
        PARAMETER["satellite_height",35785863],UNIT["metre",1,AUTHORITY["EPSG","9001"]]]"#;

    #[test]
    fn a_projection_that_wkt_parsers_lack_becomes_a_proj_string() {
        let text = "+proj=geos +lon_0=140.7 +h=35785863 +x_0=0 +y_0=0 +a=6378137 +rf=298.25 +to_meter=1 +no_defs";
        assert_eq!(proj_string(GEOS).as_deref(), Some(text));
        assert_eq!(authority_code(GEOS), None);
        assert!(crate::geo::Crs::from_wkt(GEOS).is_ok_and(|crs| crs.name() == "unknown"));
    }

    #[test]
    fn a_proj_string_inside_the_text_wins() {
        let text = GEOS.replace("UNIT[\"metre\"", "EXTENSION[\"PROJ4\",\"+proj=geos +sweep=x\"],UNIT[\"metre\"");
        assert_eq!(proj_string(&text).as_deref(), Some("+proj=geos +sweep=x"));
    }

    #[test]
    fn only_the_code_of_the_whole_system_is_its_code() {
        assert_eq!(
            authority_code(r#"PROJCS["n",UNIT["m",1,AUTHORITY["EPSG","9001"]],AUTHORITY["EPSG","26986"]]"#),
            Some(26986)
        );
        assert_eq!(authority_code(r#"GEOGCS["n",DATUM["d",AUTHORITY["EPSG","6326"]]]"#), None);
    }

    #[test]
    fn text_that_is_cut_off_or_nested_without_end_is_no_system() {
        for length in 0..GEOS.len() {
            if GEOS.is_char_boundary(length) {
                assert_eq!(proj_string(&GEOS[..length]), None);
            }
        }
        assert_eq!(proj_string(&"A[".repeat(100_000)), None);
    }
}
