//! World files: six lines of text beside an image that say where it lies.

use std::path::{Path, PathBuf};

use super::metadata::parse_number;
use super::pam::small_file_text;

/// The position that a world file beside the image says, as GDAL's six numbers. The names are tried in GDAL's order:
/// first and last letter of the extension and `w` (`.tfw`), the whole extension and `w` (`.tifw`), `.wld`.
pub(crate) fn beside(path: &Path) -> Option<[f64; 6]> {
    candidates(path).iter().find_map(|candidate| small_file_text(candidate)).and_then(|text| parse(&text))
}

fn candidates(path: &Path) -> Vec<PathBuf> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let (first, last) = (extension.chars().next(), extension.chars().last());
    let mut extensions = Vec::new();
    if let (Some(first), Some(last)) = (first, last) {
        extensions.extend([format!("{first}{last}w"), format!("{extension}w")]);
    }
    extensions.push("wld".to_owned());
    let both_cases = extensions.iter().flat_map(|extension| [extension.to_lowercase(), extension.to_uppercase()]);
    both_cases.map(|extension| path.with_extension(extension)).collect()
}

/// Lines: pixel width, rotation of columns, rotation of rows, pixel height, then the *centre* of the first pixel.
fn parse(text: &str) -> Option<[f64; 6]> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let numbers: Vec<f64> = lines.take(6).map(|line| parse_number(&line.replace(',', "."))).collect::<Option<_>>()?;
    let &[a, d, b, e, x, y] = numbers.as_slice() else { return None };
    let is_degenerate = (a == 0.0 && d == 0.0) || (b == 0.0 && e == 0.0);
    if is_degenerate || numbers.iter().any(|number| !number.is_finite()) {
        return None;
    }
    Some([x - 0.5 * a - 0.5 * b, a, b, y - 0.5 * d - 0.5 * e, d, e])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_of_the_first_pixel_becomes_its_corner() {
        assert_eq!(parse("10\n0\n0\n-20\n105\n190\n"), Some([100.0, 10.0, 0.0, 200.0, 0.0, -20.0]));
        assert_eq!(parse("10\n0\n0\n"), None);
        assert_eq!(parse("0\n0\n0\n0\n1\n1\n"), None);
    }

    #[test]
    fn names_follow_the_extension_of_the_image() {
        let names = candidates(Path::new("a/b.tif"));
        assert_eq!(names[0], Path::new("a/b.tfw"));
        assert!(names.contains(&PathBuf::from("a/b.tifw")) && names.contains(&PathBuf::from("a/b.wld")));
    }
}
