//! Camera models by rational polynomials (RPC00B): the tag `RPCCoefficientTag`, the files `NAME.RPB` and `NAME_RPC.TXT`
//! beside the image, and the side file's domain `RPC`. Which one counts follows GDAL: the files come first.

use std::path::{Path, PathBuf};

use super::pam::small_file_text;

/// Single numbers in the order of the tag: their names in text files and in `.RPB`.
const SINGLES: [(&str, &str); 12] = [
    ("ERR_BIAS", "errBias"),
    ("ERR_RAND", "errRand"),
    ("LINE_OFF", "lineOffset"),
    ("SAMP_OFF", "sampOffset"),
    ("LAT_OFF", "latOffset"),
    ("LONG_OFF", "longOffset"),
    ("HEIGHT_OFF", "heightOffset"),
    ("LINE_SCALE", "lineScale"),
    ("SAMP_SCALE", "sampScale"),
    ("LAT_SCALE", "latScale"),
    ("LONG_SCALE", "longScale"),
    ("HEIGHT_SCALE", "heightScale"),
];
/// Of the single numbers those that say how good the model is; they may be missing.
const ERRORS: usize = 2;
/// Sets of coefficients in the order of the tag.
const SETS: [(&str, &str); 4] = [
    ("LINE_NUM_COEFF", "lineNumCoef"),
    ("LINE_DEN_COEFF", "lineDenCoef"),
    ("SAMP_NUM_COEFF", "sampNumCoef"),
    ("SAMP_DEN_COEFF", "sampDenCoef"),
];
/// Coefficients of a set.
const SET_LENGTH: usize = 20;

/// Coefficients of the `RPCCoefficientTag` in its order: two errors, five offsets (row, column, latitude, longitude,
/// height), five scales, then numerator and denominator of row and of column, 20 each.
#[derive(Debug, Clone, PartialEq)]
pub struct RationalPolynomials {
    coefficients: [f64; 92],
}

impl RationalPolynomials {
    /// From the numbers of the tag; `None` where there are too few, or some are not finite.
    pub(crate) fn new(numbers: &[f64]) -> Option<Self> {
        let coefficients = *numbers.first_chunk()?;
        coefficients.iter().all(|number| number.is_finite()).then_some(Self { coefficients })
    }

    /// All coefficients in the order of the tag.
    pub fn coefficients(&self) -> &[f64; 92] {
        &self.coefficients
    }

    /// The coefficients by their names in GDAL's domain `RPC`: single numbers, and sets of 20.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &[f64])> {
        let (singles, sets) = self.coefficients.split_at(SINGLES.len());
        let names = SINGLES.iter().chain(&SETS).map(|(name, _)| *name);
        names.zip(singles.chunks(1).chain(sets.chunks(SET_LENGTH)))
    }

    /// Longitude and latitude of the middle of the image, in degrees.
    pub fn center_lon_lat(&self) -> (f64, f64) {
        let [_, _, _, _, lat, lon, ..] = self.coefficients;
        (lon, lat)
    }

    /// From a file beside the image at `path`, if there is one that can be read.
    pub(crate) fn beside(path: &Path) -> Option<Self> {
        let stem = path.file_stem()?;
        let beside = |suffix: &str| -> PathBuf {
            let mut name = stem.to_owned();
            name.push(suffix);
            path.with_file_name(name)
        };
        let from_rpb = |suffix: &str| Self::from_rpb(&small_file_text(&beside(suffix))?);
        let from_text = |suffix: &str| Self::from_text(&small_file_text(&beside(suffix))?);
        [".RPB", ".rpb"]
            .into_iter()
            .find_map(from_rpb)
            .or_else(|| ["_RPC.TXT", "_rpc.txt"].into_iter().find_map(from_text))
    }

    /// Of `NAME = value;`, where a value may be a list in brackets that goes over several lines.
    fn from_rpb(text: &str) -> Option<Self> {
        let statements: Vec<(&str, &str)> =
            text.split(';').filter_map(|statement| statement.rsplit_once('=')).collect();
        let value = |name: &str| {
            let is_named = |(before, _): &&(&str, &str)| before.split_whitespace().next_back() == Some(name);
            statements.iter().find(is_named).map(|(_, value)| *value)
        };
        Self::from_values(
            |(_, name)| first_number(value(name)?),
            |(_, name)| Some(value(name)?.split(['(', ')', ',']).filter_map(first_number).collect()),
        )
    }

    /// Of lines `NAME: value unit`; coefficients are numbered from 1.
    fn from_text(text: &str) -> Option<Self> {
        let lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(':')).collect();
        let number = |name: &str| {
            let (_, value) = lines.iter().find(|(before, _)| before.trim() == name)?;
            first_number(value)
        };
        Self::from_values(
            |(name, _)| number(name),
            |(name, _)| (1..=SET_LENGTH).map(|at| number(&format!("{name}_{at}"))).collect(),
        )
    }

    /// Of metadata items, where a set is one text of 20 numbers.
    pub(crate) fn from_items(items: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| items.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Self::from_values(
            |(name, _)| first_number(value(name)?),
            |(name, _)| Some(value(name)?.split_whitespace().filter_map(first_number).collect()),
        )
    }

    fn from_values(
        single: impl Fn((&str, &str)) -> Option<f64>,
        set: impl Fn((&str, &str)) -> Option<Vec<f64>>,
    ) -> Option<Self> {
        let mut numbers = Vec::with_capacity(92);
        for (at, &names) in SINGLES.iter().enumerate() {
            let missing = if at < ERRORS { Some(0.0) } else { None };
            numbers.push(single(names).or(missing)?);
        }
        for &names in &SETS {
            numbers.extend(set(names).filter(|numbers| numbers.len() == SET_LENGTH)?);
        }
        Self::new(&numbers)
    }
}

/// The number that a text begins with, a unit may follow.
fn first_number(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Vec<f64> {
        (0..92_u8).map(|at| f64::from(at) + 0.5).collect()
    }

    /// A file `NAME: value unit`.
    fn text() -> String {
        let numbers = numbers();
        let mut lines: Vec<String> =
            SINGLES.iter().zip(&numbers).map(|((name, _), number)| format!("{name}: {number} pixels")).collect();
        for (set, (name, _)) in SETS.iter().enumerate() {
            let of_set = numbers.iter().skip(12 + set * 20).take(20).enumerate();
            lines.extend(of_set.map(|(at, number)| format!("{name}_{}: {number}", at + 1)));
        }
        lines.join("\r\n")
    }

    fn rpb() -> String {
        let numbers = numbers();
        let mut text = "satId = \"X\";\nBEGIN_GROUP = IMAGE\n".to_owned();
        for ((_, name), number) in SINGLES.iter().zip(&numbers) {
            text.push_str(&format!("\t{name} = {number};\n"));
        }
        for (set, (_, name)) in SETS.iter().enumerate() {
            let of_set: Vec<String> =
                numbers.iter().skip(12 + set * 20).take(20).map(|n| format!("\t\t\t{n:+e}")).collect();
            text.push_str(&format!("\t{name} = (\n{});\n", of_set.join(",\n")));
        }
        text + "END_GROUP = IMAGE\nEND;\n"
    }

    #[test]
    fn files_beside_the_image_hold_the_numbers_of_the_tag() {
        let model = RationalPolynomials::new(&numbers()).unwrap();
        assert_eq!(RationalPolynomials::from_text(&text()).as_ref(), Some(&model));
        assert_eq!(RationalPolynomials::from_rpb(&rpb()).as_ref(), Some(&model));
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("a.b.tif");
        assert_eq!(RationalPolynomials::beside(&image), None);
        std::fs::write(folder.path().join("a.b_RPC.TXT"), text()).unwrap();
        assert_eq!(RationalPolynomials::beside(&image), Some(model));
    }

    #[test]
    fn coefficients_have_names() {
        let model = RationalPolynomials::new(&numbers()).unwrap();
        let named: Vec<(&str, &[f64])> = model.named().collect();
        assert_eq!((named.len(), named[11].0, named[11].1), (16, "HEIGHT_SCALE", &[11.5][..]));
        assert_eq!((named[15].0, named[15].1.len(), named[15].1[19]), ("SAMP_DEN_COEFF", 20, 91.5));
    }

    #[test]
    fn only_what_says_how_good_the_model_is_may_be_missing() {
        let without = |name: &str| text().lines().filter(|line| !line.starts_with(name)).collect::<Vec<_>>().join("\n");
        assert!(RationalPolynomials::from_text(&without("ERR_BIAS")).is_some());
        for name in ["HEIGHT_SCALE", "LINE_DEN_COEFF_7:", "SAMP_NUM_COEFF_20"] {
            assert_eq!(RationalPolynomials::from_text(&without(name)), None, "{name}");
        }
        assert_eq!(RationalPolynomials::from_rpb("= ; lineOffset = (; ="), None);
        assert_eq!(RationalPolynomials::new(&[f64::NAN; 92]), None);
    }

    #[test]
    fn items_of_a_side_file_are_a_model_too() {
        let numbers = numbers();
        let single = SINGLES.iter().zip(&numbers).map(|((name, _), number)| ((*name).to_owned(), number.to_string()));
        let sets = SETS.iter().enumerate().map(|(set, (name, _))| {
            let of_set: Vec<String> = numbers.iter().skip(12 + set * 20).take(20).map(f64::to_string).collect();
            ((*name).to_owned(), of_set.join(" "))
        });
        let items: Vec<(String, String)> = single.chain(sets).collect();
        assert_eq!(RationalPolynomials::from_items(&items), RationalPolynomials::new(&numbers));
        assert_eq!(RationalPolynomials::from_items(&items[..14]), None);
    }
}
