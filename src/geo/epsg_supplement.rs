//! Systems of the EPSG registry that the embedded one lacks or takes for something else (prime meridians other than
//! Greenwich, for one), as PROJ strings: facts of the registry, among them the shift to WGS 84 where it is a formula.

/// Code, name and PROJ string, separated by tabs. Instead of a PROJ string: `grads:` and one, `same:` or `southwest:` and the code of
/// a system that it differs from by name or axes only, `method:` and the name of a method that can't be computed.
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
    /// Longitudes and latitudes, which files hold in grads.
    Grads(&'static str),
    /// Coordinates are those of another code.
    SameAs(u32),
    /// As another code, but x runs south and y west.
    SouthWest(u32),
    /// A projection method that nobody computes.
    Method(&'static str),
}

/// The entry of a code.
pub(super) fn find(code: u32) -> Option<Entry> {
    let wanted = code.to_string();
    let mut lines = TABLE.lines().filter_map(|line| line.split_once('\t'));
    let (_, rest) = lines.find(|(code, _)| *code == wanted)?;
    let (name, text) = rest.split_once('\t')?;
    let definition = match text.split_once(':') {
        Some(("grads", proj)) => Definition::Grads(proj),
        Some(("same", code)) => Definition::SameAs(code.parse().ok()?),
        Some(("southwest", code)) => Definition::SouthWest(code.parse().ok()?),
        Some(("method", method)) => Definition::Method(method),
        _ => Definition::Proj(text),
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
        // Methods that PROJ doesn't compute, either.
        let known: Vec<u32> = TABLE
            .lines()
            .filter(|line| line.contains("\tmethod:"))
            .map(|line| line.split('\t').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(unsupported, known);
    }

    #[test]
    fn a_code_that_is_elsewhere_is_not_here() {
        assert_eq!(find(4326), None);
        assert_eq!(find(0), None);
    }
}
