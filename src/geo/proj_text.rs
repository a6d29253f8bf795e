//! PROJ strings before they go to a parser: what PROJ takes for granted is filled in.

/// The value of `+key=…`; of a flag the empty text.
pub(super) fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_whitespace().find_map(|part| {
        let (name, value) = part.trim_start_matches('+').split_once('=').unwrap_or((part.trim_start_matches('+'), ""));
        (name == key).then_some(value)
    })
}

/// Those parameters that say the shape of the earth.
pub(super) fn shape_of(text: &str) -> String {
    only(text, &["a", "b", "rf", "f", "R", "ellps", "datum"])
}

/// Those parameters that say what longitudes and latitudes refer to: shape, datum and prime meridian.
pub(super) fn datum_of(text: &str) -> String {
    only(text, &["a", "b", "rf", "f", "R", "ellps", "datum", "towgs84", "nadgrids", "pm"])
}

fn only(text: &str, keys: &[&str]) -> String {
    let is_wanted = |part: &&str| {
        let part = part.trim_start_matches('+');
        keys.contains(&part.split('=').next().unwrap_or(part))
    };
    text.split_whitespace().filter(is_wanted).collect::<Vec<_>>().join(" ")
}

/// With the second standard parallel of a cone that touches along one, and without what says nothing of positions.
pub(super) fn completed(text: &str) -> String {
    let keeps = |part: &&str| !matches!(*part, "+no_defs" | "+wktext" | "+type=crs");
    let mut completed = text.split_whitespace().filter(keeps).collect::<Vec<_>>().join(" ");
    if value(text, "proj") == Some("lcc")
        && value(text, "lat_2").is_none()
        && let Some(parallel) = value(text, "lat_1")
    {
        completed = format!("{completed} +lat_2={parallel}");
        if value(text, "lat_0").is_none() {
            completed = format!("{completed} +lat_0={parallel}");
        }
    }
    completed
}

/// Whether `proj4rs` is to be asked first: data in the equirectangular projection were computed with the formulas of the
/// sphere by everyone until lately, and it keeps these.
pub(super) fn is_for_legacy(text: &str) -> bool {
    value(text, "proj") == Some("eqc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cone_that_touches_gets_its_second_parallel() {
        assert_eq!(
            completed("+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=2 +no_defs"),
            "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=2 +lat_2=46.8"
        );
        assert_eq!(completed("+proj=lcc +lat_1=10"), "+proj=lcc +lat_1=10 +lat_2=10 +lat_0=10");
        assert_eq!(completed("+proj=aea +lat_1=10"), "+proj=aea +lat_1=10");
    }
}
