//! Why a style can't be used with a source.

use thiserror::Error;

use super::ExpressionError;

/// Why a style can't be used with a source.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StyleError {
    /// The source has fewer bands than the style names. Bands are counted from 1 in the message.
    #[error("there is no band {}: the source has {bands}", band + 1)]
    NoBand {
        /// The band asked for, counted from 0.
        band: usize,
        /// Bands that there are.
        bands: usize,
    },
    /// The expression can't be read, or names a band that isn't there.
    #[error("the expression is wrong: {0}")]
    Expression(#[from] ExpressionError),
    /// Two percentiles that aren't a rising pair between 0 and 100.
    #[error("a stretch from {low} to {high} % is none: give two rising numbers from 0 to 100")]
    Percentiles {
        /// The lower one as given.
        low: f64,
        /// The upper one as given.
        high: f64,
    },
    /// A manual range with an end that isn't finite.
    #[error("the range from {low} to {high} isn't finite")]
    Range {
        /// Its start.
        low: f64,
        /// Its end.
        high: f64,
    },
    /// Neither one manual range nor one a channel.
    #[error(
        "the number of ranges ({given}) is not that of the channels ({channels}): give one for all or one for each"
    )]
    RangeCount {
        /// Ranges given.
        given: usize,
        /// Channels that the style has.
        channels: usize,
    },
    /// A gamma that isn't a positive number.
    #[error("gamma is {gamma}, but has to be a number above 0")]
    Gamma {
        /// As given.
        gamma: f64,
    },
}
