//! The arguments that say how values become colours, as a style for a source.

use super::CliError;
use super::args::StyleArguments;
use crate::render::{StyleWord, StyleWordError, StyleWords};

impl StyleArguments {
    /// Whether the arguments say how values become colours, rather than which values.
    pub(super) fn says_colors(&self) -> bool {
        !self.rescale.is_empty() || self.stretch.is_some() || self.colormap.is_some() || self.gamma.is_some()
    }

    /// What the arguments say.
    pub(super) fn words(&self) -> StyleWords {
        StyleWords {
            bands: self.bands.clone(),
            expression: self.expression.clone(),
            rescale: self.rescale.clone(),
            stretch: self.stretch.clone(),
            colormap: self.colormap.clone(),
            gamma: self.gamma,
            nodata: self.nodata,
            resampling: self.resampling,
        }
    }
}

impl From<StyleWordError> for CliError {
    fn from(error: StyleWordError) -> Self {
        let argument = match error.word {
            StyleWord::Bands => "--bands",
            StyleWord::Stretch => "--stretch",
            StyleWord::Colormap => "--colormap",
        };
        Self::StyleArgument { argument, reason: error.reason }
    }
}
