//! A style in words, as the command line and reports give it: what they say changes a source's default style.

use std::fmt;

use thiserror::Error;

use super::{Channels, Colormap, Stretch, Style};
use crate::raster::Resampling;

/// What was said about a style; nothing said leaves the default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StyleWords {
    /// Three bands as red, green and blue, or one, each by name or number from 1.
    pub bands: Option<Vec<String>>,
    /// A calculation with bands instead.
    pub expression: Option<String>,
    /// What is shown darkest and brightest: once, or for each channel.
    pub rescale: Vec<(f64, f64)>,
    /// Two percentiles, or `none`, `auto` or `minmax`.
    pub stretch: Option<String>,
    /// The colours of a single value.
    pub colormap: Option<String>,
    /// Above 1 brightens.
    pub gamma: Option<f64>,
    /// A value to leave out.
    pub nodata: Option<f64>,
    /// How values between source pixels are made.
    pub resampling: Option<Resampling>,
}

/// Which of the words is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StyleWord {
    /// The bands.
    Bands,
    /// The stretch.
    Stretch,
    /// The colour map.
    Colormap,
}

impl fmt::Display for StyleWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bands => "bands",
            Self::Stretch => "stretch",
            Self::Colormap => "colormap",
        })
    }
}

/// A word that can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{word}: {reason}")]
pub struct StyleWordError {
    /// Which.
    pub word: StyleWord,
    /// What is wrong and what is possible.
    pub reason: String,
}

impl StyleWords {
    /// The bands named, counted from 0; `None` if none are. `name` and `names` are the source's and its bands'.
    pub fn band_indices(&self, name: &str, names: &[String]) -> Result<Option<Vec<usize>>, StyleWordError> {
        let index = |text: &String| {
            let text = text.trim();
            let by_name = || names.iter().position(|name| name == text);
            let by_name_in_any_case = || names.iter().position(|name| name.eq_ignore_ascii_case(text));
            let by_number =
                || text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|&index| index < names.len());
            by_name().or_else(by_name_in_any_case).or_else(by_number).ok_or_else(|| StyleWordError {
                word: StyleWord::Bands,
                reason: format!(
                    "{name} has no band `{text}`; its bands are {}, or by number 1 to {}",
                    names.join(", "),
                    names.len()
                ),
            })
        };
        self.bands.as_ref().map(|bands| bands.iter().map(index).collect()).transpose()
    }

    /// The default style of a source, changed by what was said. `name` and `names` are the source's and its bands'.
    pub fn applied_to(&self, default: Style, name: &str, names: &[String]) -> Result<Style, StyleWordError> {
        let mut style = default;
        if let Some(text) = &self.expression {
            style.channels = Channels::Expression(text.clone());
        } else if let Some(bands) = self.band_indices(name, names)? {
            style.channels = match *bands.as_slice() {
                [red, green, blue] => Channels::Rgb([red, green, blue]),
                [only] => Channels::Single(only),
                _ => {
                    let reason = format!("a picture needs 1 or 3 bands, not {}", bands.len());
                    return Err(StyleWordError { word: StyleWord::Bands, reason });
                }
            };
        } else if self.colormap.is_some() && matches!(style.channels, Channels::Rgb(_)) {
            // A colour map colours a single value.
            style.channels = Channels::Single(0);
        }
        if !self.rescale.is_empty() {
            style.stretch = Stretch::Manual(self.rescale.clone());
        }
        if let Some(text) = &self.stretch {
            style.stretch = stretch(text)?;
        }
        if let Some(name) = &self.colormap {
            let map = Colormap::named(name).ok_or_else(|| StyleWordError {
                word: StyleWord::Colormap,
                reason: format!(
                    "there is none named `{name}`; there are {}",
                    Colormap::names().collect::<Vec<_>>().join(", ")
                ),
            })?;
            style.colormap = Some(map);
        }
        style.gamma = self.gamma.unwrap_or(style.gamma);
        style.nodata = self.nodata.or(style.nodata);
        style.resampling = self.resampling.unwrap_or(style.resampling);
        Ok(style)
    }
}

fn stretch(text: &str) -> Result<Stretch, StyleWordError> {
    match text {
        "none" => Ok(Stretch::None),
        "auto" => Ok(Stretch::Auto),
        "minmax" => Ok(Stretch::MinMax),
        percentiles => {
            let pair = percentiles.split_once(',');
            let pair = pair.and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
            let (low, high) = pair.ok_or_else(|| StyleWordError {
                word: StyleWord::Stretch,
                reason: format!("`{text}` is none; give two percentiles such as 2,98, or none, minmax or auto"),
            })?;
            Ok(Stretch::Percentile { low, high })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_two_percentiles_or_a_word() {
        assert_eq!(stretch("2,98").unwrap(), Stretch::Percentile { low: 2.0, high: 98.0 });
        assert_eq!(stretch("minmax").unwrap(), Stretch::MinMax);
        assert!(stretch("wide").unwrap_err().to_string().starts_with("stretch: `wide` is none"));
    }

    #[test]
    fn bands_go_by_name_before_number() {
        let names = ["B2", "B3", "1"].map(str::to_owned);
        let words = StyleWords { bands: Some(vec!["1".into(), "b2".into(), "2".into()]), ..StyleWords::default() };
        assert_eq!(words.band_indices("x", &names).unwrap(), Some(vec![2, 0, 1]));
        let words = StyleWords { bands: Some(vec!["B9".into()]), ..StyleWords::default() };
        assert!(words.band_indices("x", &names).unwrap_err().to_string().contains("x has no band `B9`"));
    }
}
