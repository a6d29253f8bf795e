//! What a file's name says of the scene and the band that it holds.
//!
//! Patterns: Landsat (`LC08_…_B4`, `…_SR_B4`, `…_QA_PIXEL`), Sentinel-2 (`T31TCJ_…_B8A_20m`), the `prefix_(BAND)` of Sentinel Hub's
//! BYOC with or without the parentheses, and names in Terracotta's manner that end in a known band. Only known words count as
//! bands: `ortho_north` and `ortho_south` are two images, not two bands of one.

/// A file's name (without its ending), taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameParts {
    /// What the files of one scene have in common; empty where the file is named by its band alone.
    pub scene: String,
    /// The band, as it is written in the name.
    pub band: Option<String>,
}

const BAND_WORDS: [&str; 44] = [
    "red", "green", "blue", "coastal", "yellow", "orange", "violet", "pan", "nir", "nir1", "nir2", "nir08", "nir09",
    "swir", "swir1", "swir2", "swir16", "swir22", "rededge", "rededge1", "rededge2", "rededge3", "re1", "re2", "re3",
    "cirrus", "lwir", "lwir11", "lwir12", "tir", "tir1", "tir2", "thermal", "scl", "aot", "wvp", "fmask", "qa", "vv",
    "vh", "hh", "hv", "alpha", "cloud",
];

/// Bands whose names hold the separator.
const LONG_BANDS: [&str; 12] = [
    "qa_pixel",
    "qa_radsat",
    "qa_aerosol",
    "sr_qa_aerosol",
    "st_qa",
    "b6_vcid_1",
    "b6_vcid_2",
    "red_edge",
    "red_edge_1",
    "red_edge_2",
    "red_edge_3",
    "near_infrared",
];

/// What stands between a scene's name and a band, and is the same for a scene: surface reflectance, surface temperature.
const PRODUCT_WORDS: [&str; 3] = ["sr", "st", "toa"];

/// Takes a file's name (without its ending) apart.
pub fn parse(stem: &str) -> NameParts {
    parenthesised(stem).or_else(|| known_band(stem)).unwrap_or_else(|| NameParts { scene: stem.to_owned(), band: None })
}

/// `prefix_(BAND)`.
fn parenthesised(stem: &str) -> Option<NameParts> {
    let (scene, band) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let band = band.trim();
    let is_copy = band.chars().all(|letter| letter.is_ascii_digit());
    if is_copy || band.contains(')') || band.chars().count() > 32 {
        return None;
    }
    Some(NameParts { scene: trim_separators(scene).to_owned(), band: Some(band.to_owned()) })
}

fn known_band(stem: &str) -> Option<NameParts> {
    let rest = without_resolution(stem);
    let (scene, band) = split_long_band(rest).or_else(|| split_short_band(rest))?;
    let scene = trim_separators(scene);
    Some(NameParts { scene: without_product(scene).to_owned(), band: Some(band.to_owned()) })
}

fn split_long_band(stem: &str) -> Option<(&str, &str)> {
    LONG_BANDS.iter().find_map(|long| {
        let at = stem.len().checked_sub(long.len())?;
        let (scene, band) = stem.split_at_checked(at)?;
        let at_a_word = scene.is_empty() || scene.ends_with(SEPARATORS);
        let same = band.chars().zip(long.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b) || (b == '_' && a == '-'));
        (at_a_word && same).then_some((scene, band))
    })
}

fn split_short_band(stem: &str) -> Option<(&str, &str)> {
    let at = stem.rfind(SEPARATORS).map_or(0, |at| at + 1);
    let (scene, band) = stem.split_at_checked(at)?;
    is_band(band).then_some((scene, band))
}

/// Separators are all one byte long.
const SEPARATORS: [char; 4] = ['_', '-', '.', ' '];

fn trim_separators(text: &str) -> &str {
    text.trim_end_matches(SEPARATORS)
}

/// Whether a word names a band: `B4`, `B04`, `B8A`, `band4`, or a colour.
pub fn is_band(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    if BAND_WORDS.contains(&lower.as_str()) {
        return true;
    }
    let Some(number) = lower.strip_prefix("band").or_else(|| lower.strip_prefix('b')) else { return false };
    let digits = number.strip_suffix('a').unwrap_or(number);
    matches!(digits.len(), 1..=2) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Without the `_10m` that Sentinel-2's files have after the band.
fn without_resolution(stem: &str) -> &str {
    let Some((rest, last)) = stem.rsplit_once('_') else { return stem };
    let digits = last.strip_suffix('m').unwrap_or_default();
    let is_resolution = matches!(digits.len(), 1..=3) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_resolution { rest } else { stem }
}

fn without_product(scene: &str) -> &str {
    match scene.rsplit_once('_') {
        Some((rest, last)) if PRODUCT_WORDS.iter().any(|word| last.eq_ignore_ascii_case(word)) => rest,
        _ => scene,
    }
}

/// A key that puts bands in their usual order: numbers first (8, 8A, 9), then words, quality last.
pub fn band_order(band: &str) -> (u8, u32, String) {
    let lower = band.to_ascii_lowercase();
    let digits: String = lower.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let is_numbered = is_band(band) && lower.starts_with('b') && !digits.is_empty();
    let word = ["coastal", "blue", "green", "yellow", "red", "rededge", "nir", "swir"];
    let rank = word.iter().rposition(|word| lower.starts_with(word)).and_then(|at| u32::try_from(at).ok());
    match (is_numbered, rank) {
        (true, _) => (0, digits.parse().unwrap_or(u32::MAX), lower),
        (false, Some(rank)) => (1, rank, lower),
        (false, None) => (2, 0, lower),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let table = [
            ("LC08_224077_20200518_B3", "LC08_224077_20200518", Some("B3")),
            ("LC08_L2SP_224078_20200518_20200820_02_T1_SR_B4", "LC08_L2SP_224078_20200518_20200820_02_T1", Some("B4")),
            (
                "LC08_L2SP_224078_20200518_20200820_02_T1_ST_B10",
                "LC08_L2SP_224078_20200518_20200820_02_T1",
                Some("B10"),
            ),
            (
                "LC08_L2SP_224078_20200518_20200820_02_T1_QA_PIXEL",
                "LC08_L2SP_224078_20200518_20200820_02_T1",
                Some("QA_PIXEL"),
            ),
            ("LE07_L1TP_1_20020518_B6_VCID_1", "LE07_L1TP_1_20020518", Some("B6_VCID_1")),
            ("T31TCJ_20200518T105031_B04_10m", "T31TCJ_20200518T105031", Some("B04")),
            ("T31TCJ_20200518T105031_B8A_20m", "T31TCJ_20200518T105031", Some("B8A")),
            ("T31TCJ_20200518T105031_B04", "T31TCJ_20200518T105031", Some("B04")),
            ("HLS.S30.T31TCJ.2020139T105031.v2.0.B8A", "HLS.S30.T31TCJ.2020139T105031.v2.0", Some("B8A")),
            ("harbour_(nir)", "harbour", Some("nir")),
            ("harbour_(my own band)", "harbour", Some("my own band")),
            ("harbour (1)", "harbour (1)", None),
            ("S2A_20200518_x_31TCJ_red", "S2A_20200518_x_31TCJ", Some("red")),
            ("B04", "", Some("B04")),
            ("(B04)", "", Some("B04")),
            ("ortho_north", "ortho_north", None),
            ("LE07_olinda_6band", "LE07_olinda_6band", None),
            ("T31TCJ_20200518T105031_TCI_10m", "T31TCJ_20200518T105031_TCI_10m", None),
            ("снимок_B04", "снимок", Some("B04")),
            ("снимок_é", "снимок_é", None),
            ("b123", "b123", None),
            ("", "", None),
        ];
        for (stem, scene, band) in table {
            let expected = NameParts { scene: scene.to_owned(), band: band.map(str::to_owned) };
            assert_eq!(parse(stem), expected, "{stem}");
        }
    }

    #[test]
    fn bands_have_their_usual_order() {
        let mut bands = ["QA_PIXEL", "B11", "nir", "B8A", "red", "B9", "B8", "B02", "blue"];
        bands.sort_by_key(|band| band_order(band));
        assert_eq!(bands, ["B02", "B8", "B8A", "B9", "B11", "blue", "red", "nir", "QA_PIXEL"]);
    }
}
