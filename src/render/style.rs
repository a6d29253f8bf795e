//! What a layer should look like, as plain data: it is edited by panels, saved in projects, given on the command line.
//!
//! Nothing here looks at pixels; [`super::Painter`] is a style made ready for one source.

use serde::{Deserialize, Serialize};

use super::Colormap;
use crate::raster::Resampling;

/// Which values become colours. Bands are counted from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Three bands as red, green and blue.
    Rgb([usize; 3]),
    /// One band through a colour map (grey when the style names none, or the band's own palette).
    Single(usize),
    /// A calculation with bands, such as `(b4-b3)/(b4+b3)`, through a colour map.
    Expression(String),
}

/// Which values become the darkest and the brightest: one range a channel for the whole layer, never one a tile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// What suits the data: none for bytes, the 2 to 98 % cut for everything wider.
    #[default]
    Auto,
    /// The sample type's own range: bytes as they are, 16-bit values from 0 to 65535, floats from 0 to 1.
    None,
    /// From one percentile (0 to 100) of the valid pixels to another.
    Percentile {
        /// The percentile that becomes the darkest.
        low: f64,
        /// The percentile that becomes the brightest.
        high: f64,
    },
    /// From the least valid value to the greatest.
    MinMax,
    /// A range (low, high) a channel; a single one serves every channel.
    Manual(Vec<(f64, f64)>),
}

/// The whole look of one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Which values become colours.
    pub channels: Channels,
    /// Which range of them is shown.
    pub stretch: Stretch,
    /// The stretched value v (0 to 1) becomes v^(1/gamma), so above 1 brightens.
    pub gamma: f64,
    /// From 0 (invisible) to 1 (opaque).
    pub opacity: f64,
    /// The colours of a single value; ignored by `Channels::Rgb`.
    pub colormap: Option<Colormap>,
    /// A value to be left out, instead of the file's own nodata value. A pixel of several bands is out when all are.
    pub nodata: Option<f64>,
    /// How values between source pixels are made.
    pub resampling: Resampling,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            channels: Channels::Single(0),
            stretch: Stretch::Auto,
            gamma: 1.0,
            opacity: 1.0,
            colormap: None,
            nodata: None,
            resampling: Resampling::default(),
        }
    }
}

impl Style {
    /// Three bands (counted from 0) as red, green and blue, everything else by default.
    pub fn rgb(bands: [usize; 3]) -> Self {
        Self { channels: Channels::Rgb(bands), ..Self::default() }
    }

    /// One band (counted from 0), everything else by default.
    pub fn single(band: usize) -> Self {
        Self { channels: Channels::Single(band), ..Self::default() }
    }

    /// The default look of a source with this many bands: the first three as colours, or the only one.
    pub fn for_band_count(bands: usize) -> Self {
        if bands >= 3 { Self::rgb([0, 1, 2]) } else { Self::single(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_survives_json() {
        let style = Style {
            channels: Channels::Expression("(b4-b3)/(b4+b3)".into()),
            stretch: Stretch::Manual(vec![(-0.2, 0.8)]),
            gamma: 1.4,
            colormap: Colormap::named("rdylgn_r"),
            ..Style::default()
        };
        let json = serde_json::to_string(&style).unwrap();
        assert_eq!(serde_json::from_str::<Style>(&json).unwrap(), style);
    }

    #[test]
    fn a_style_with_missing_parts_takes_the_defaults() {
        let style: Style = serde_json::from_str(r#"{"channels":{"rgb":[3,2,1]}}"#).unwrap();
        assert_eq!(style, Style::rgb([3, 2, 1]));
    }
}
