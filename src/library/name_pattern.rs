//! A pattern by which the user says what files' names mean, in the manner of Terracotta: `S2A_{date}_{}_{tile}_{band}`. Sentinel
//! Hub's `prefix_(BAND)` is understood too.
//!
//! `{name}` is a key, `{}` and `*` anything. Files that have every key but `{band}` in common are bands of one scene. What stands in
//! `{date}` is the day it was taken.

use jiff::civil::Date;
use regex_lite::Regex;
use thiserror::Error;

use super::date;
use super::naming::NameParts;

/// What is wrong with a pattern; the place is counted in characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PatternError {
    /// A brace without its partner.
    #[error("the brace at place {place} has no partner")]
    LooseBrace {
        /// Where it stands.
        place: usize,
    },
    /// A key of other characters than letters, digits and `_`.
    #[error("\"{key}\" is no name of a key: letters, digits and _ only, as in {{tile}}")]
    BadKey {
        /// What stands between the braces.
        key: String,
    },
    /// A key that stands twice.
    #[error("{{{key}}} stands in it twice")]
    RepeatedKey {
        /// Its name.
        key: String,
    },
    /// Without the band there are no scenes to make.
    #[error("it has no {{band}}: say where the band stands, as in {{tile}}_{{band}}")]
    NoBand,
    /// It is longer than what can be matched.
    #[error("it is too long")]
    TooLong,
}

/// A pattern of names, ready to be matched.
#[derive(Debug, Clone)]
pub struct NamePattern {
    text: String,
    regex: Regex,
    keys: Vec<String>,
}

impl PartialEq for NamePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What a pattern says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Scene and band.
    pub parts: NameParts,
    /// What stands in `{date}`.
    pub date: Option<Date>,
}

const BAND: &str = "band";
const DATE: &str = "date";
const MOST_CHARACTERS: usize = 200;

impl NamePattern {
    /// Reads a pattern; an ending `.tif` or `.tiff` may be left out.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        if text.chars().count() > MOST_CHARACTERS {
            return Err(PatternError::TooLong);
        }
        let lower = text.to_ascii_lowercase();
        let ending = [".tif", ".tiff"].into_iter().find(|ending| lower.ends_with(ending)).map_or(0, str::len);
        let stem = text.get(..text.len() - ending).unwrap_or(text).replace("(BAND)", "({band})");
        let (mut regex, mut keys) = (String::from("^"), Vec::new());
        let mut rest = stem.as_str();
        while let Some(next) = rest.chars().next() {
            let place = || stem.chars().count() - rest.chars().count() + 1;
            let used = match next {
                '{' => {
                    let (key, _) = rest
                        .get(1..)
                        .and_then(|inside| inside.split_once('}'))
                        .ok_or_else(|| PatternError::LooseBrace { place: place() })?;
                    regex.push_str(&group(key, &mut keys)?);
                    key.len() + 2
                }
                '}' => return Err(PatternError::LooseBrace { place: place() }),
                '*' => {
                    regex.push_str(".*?");
                    1
                }
                literal => {
                    regex.push_str(&regex_lite::escape(literal.encode_utf8(&mut [0; 4])));
                    literal.len_utf8()
                }
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        regex.push('$');
        if !keys.iter().any(|key| key == BAND) {
            return Err(PatternError::NoBand);
        }
        let regex = Regex::new(&regex).map_err(|_| PatternError::TooLong)?;
        Ok(Self { text: text.to_owned(), regex, keys })
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says of a file's name (without its ending); `None` for a name of another form.
    pub fn matched(&self, stem: &str) -> Option<Matched> {
        let found = self.regex.captures(stem)?;
        let value = |key: &str| found.name(key).map(|value| value.as_str());
        let others = self.keys.iter().filter(|key| *key != BAND).filter_map(|key| value(key));
        let scene = others.collect::<Vec<_>>().join("_");
        let band = value(BAND)?.to_owned();
        let date = value(DATE).and_then(date::from_name);
        Some(Matched { parts: NameParts { scene, band: Some(band) }, date })
    }
}

/// The expression for what stands in braces; a key is noted.
fn group(key: &str, keys: &mut Vec<String>) -> Result<String, PatternError> {
    let key = key.trim().to_ascii_lowercase();
    if key.is_empty() {
        return Ok(".+?".to_owned());
    }
    let starts_well = key.starts_with(|first: char| first.is_ascii_alphabetic());
    if !starts_well || !key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        return Err(PatternError::BadKey { key });
    }
    if keys.contains(&key) {
        return Err(PatternError::RepeatedKey { key });
    }
    let what = if key == DATE { r"\d{8}(?:T\d{4,6})?|\d{4}[-_.]\d{2}[-_.]\d{2}|\d{7}" } else { ".+?" };
    let group = format!("(?P<{key}>{what})");
    keys.push(key);
    Ok(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, stem: &str) -> Option<(String, String, Option<String>)> {
        let matched = NamePattern::parse(pattern).unwrap().matched(stem)?;
        Some((matched.parts.scene, matched.parts.band.unwrap(), matched.date.map(|date| date.to_string())))
    }

    #[test]
    fn the_keys_of_a_name_make_the_scene() {
        let found = matched("S2A_{date}_{}_{tile}_{band}.tif", "S2A_20200518_x7_31TCJ_hot spots");
        assert_eq!(found, Some(("20200518_31TCJ".into(), "hot spots".into(), Some("2020-05-18".into()))));
        assert_eq!(matched("S2A_{date}_{}_{tile}_{band}", "S2B_20200518_x_31TCJ_red"), None);
        assert_eq!(matched("S2A_{date}_*_{band}", "S2A_summer_x_red"), None, "no date stands there");
    }

    #[test]
    fn the_band_may_stand_first_or_in_parentheses() {
        assert_eq!(matched("{band}-{site}", "depth-harbour"), Some(("harbour".into(), "depth".into(), None)));
        assert_eq!(matched("{site}_(BAND).TIFF", "harbour_(depth)"), Some(("harbour".into(), "depth".into(), None)));
        assert_eq!(matched("{band}", "глубина"), Some((String::new(), "глубина".into(), None)));
    }

    #[test]
    fn signs_of_expressions_mean_themselves() {
        assert_eq!(matched("a.b+{band}$", "a.b+x$"), Some((String::new(), "x".into(), None)));
        assert_eq!(matched("a.b+{band}$", "acb+x$"), None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| NamePattern::parse(text).unwrap_err();
        assert_eq!(error("S2_{date}_{tile"), PatternError::LooseBrace { place: 11 });
        assert_eq!(error("S2}_{band}"), PatternError::LooseBrace { place: 3 });
        assert_eq!(error("{a b}_{band}"), PatternError::BadKey { key: "a b".into() });
        assert_eq!(error("{tile}_{tile}_{band}"), PatternError::RepeatedKey { key: "tile".into() });
        assert_eq!(error("S2_{tile}"), PatternError::NoBand);
        assert_eq!(error(&format!("{{band}}{}", "x".repeat(300))), PatternError::TooLong);
    }
}
