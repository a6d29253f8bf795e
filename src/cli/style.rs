//! The arguments that say how values become colours, as a style for a source.

use super::CliError;
use super::args::StyleArguments;
use super::values::parse_pair;
use crate::library::Source;
use crate::render::{Channels, Colormap, Stretch, Style};

impl StyleArguments {
    /// Whether the arguments say how values become colours, rather than which values.
    pub(super) fn says_colors(&self) -> bool {
        !self.rescale.is_empty() || self.stretch.is_some() || self.colormap.is_some() || self.gamma.is_some()
    }

    /// The bands named, counted from 0; `None` if none are.
    pub(super) fn band_indices(&self, source: &Source) -> Result<Option<Vec<usize>>, CliError> {
        let names = source.band_names();
        let index = |text: &String| {
            let text = text.trim();
            let by_name = || names.iter().position(|name| name == text);
            let by_name_in_any_case = || names.iter().position(|name| name.eq_ignore_ascii_case(text));
            let by_number =
                || text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|&index| index < names.len());
            by_name().or_else(by_name_in_any_case).or_else(by_number).ok_or_else(|| CliError::StyleArgument {
                argument: "--bands",
                reason: format!(
                    "{} has no band `{text}`; its bands are {}, or by number 1 to {}",
                    source.name(),
                    names.join(", "),
                    names.len()
                ),
            })
        };
        self.bands.as_ref().map(|bands| bands.iter().map(index).collect()).transpose()
    }

    /// The style of a picture: what the source looks like by default, changed by what the arguments say.
    pub(super) fn style(&self, source: &Source) -> Result<Style, CliError> {
        let mut style = source.default_style();
        if let Some(text) = &self.expression {
            style.channels = Channels::Expression(text.clone());
        } else if let Some(bands) = self.band_indices(source)? {
            style.channels = match *bands.as_slice() {
                [red, green, blue] => Channels::Rgb([red, green, blue]),
                [only] => Channels::Single(only),
                _ => {
                    return Err(CliError::StyleArgument {
                        argument: "--bands",
                        reason: format!("a picture needs 1 or 3 bands, not {}", bands.len()),
                    });
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
            let map = Colormap::named(name).ok_or_else(|| CliError::StyleArgument {
                argument: "--colormap",
                reason: format!(
                    "there is none named `{name}`; there are {}",
                    Colormap::names().collect::<Vec<_>>().join(", ")
                ),
            })?;
            style.colormap = Some(map);
        }
        style.gamma = self.gamma.unwrap_or(style.gamma);
        style.nodata = self.nodata;
        style.resampling = self.resampling.unwrap_or(style.resampling);
        Ok(style)
    }
}

fn stretch(text: &str) -> Result<Stretch, CliError> {
    match text {
        "none" => Ok(Stretch::None),
        "auto" => Ok(Stretch::Auto),
        "minmax" => Ok(Stretch::MinMax),
        percentiles => {
            let (low, high) = parse_pair(percentiles).map_err(|_| CliError::StyleArgument {
                argument: "--stretch",
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
        assert!(stretch("wide").unwrap_err().to_string().starts_with("--stretch: `wide` is none"));
    }
}
