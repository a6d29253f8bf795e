//! Systems of the EPSG registry that the embedded one lacks or takes for something else (prime meridians other than
//! Greenwich, for one), as PROJ strings: facts of the registry, among them the shift to WGS 84 where it is a formula.

/// Code, name and PROJ string, separated by tabs.
static TABLE: &str = include_str!("epsg_supplement.tsv");

/// One system.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) definition: Definition,
}

/// What is known of it.
#[derive(Debug, PartialEq)]
pub(super) enum Definition {
    Proj(&'static str),
    /// Longitudes and latitudes in a unit other than degrees.
    Unit(&'static str),
    Unknown,
}

/// The entry of a code.
pub(super) fn find(code: u32) -> Option<Entry> {
    let wanted = code.to_string();
    let mut lines = TABLE.lines().filter_map(|line| line.split_once('\t'));
    let (_, rest) = lines.find(|(code, _)| *code == wanted)?;
    let (name, text) = rest.split_once('\t')?;
    let definition = match text.strip_prefix("unit:") {
        Some(unit) => Definition::Unit(unit),
        None if text.is_empty() => Definition::Unknown,
        None => Definition::Proj(text),
    };
    Some(Entry { name, definition })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Crs;

    #[test]
    fn every_line_is_a_system_or_says_that_it_is_none() {
        let mut unsupported = Vec::new();
        for line in TABLE.lines() {
            let code = line.split('\t').next().unwrap().parse().unwrap();
            let entry = find(code).unwrap();
            let crs = Crs::from_epsg(code).unwrap();
            assert_eq!((crs.epsg(), crs.name()), (Some(code), entry.name));
            if crs.check_supported().is_err() {
                unsupported.push(code);
            }
        }
        // Grads, and projections that nobody computes: modified Krovak, New Zealand Map Grid, Laborde, two Austrian grids.
        let known = [4807, 4810, 4811, 4816, 4819, 4821, 4901, 4902, 5224, 5225, 5515, 8044, 8045, 27200, 29701];
        assert_eq!(unsupported, known);
    }

    #[test]
    fn a_code_that_is_elsewhere_is_not_here() {
        assert_eq!(find(4326), None);
        assert_eq!(find(0), None);
    }
}
