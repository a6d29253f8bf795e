//! Values to pixels: style, expression, stretch, colour map, composition, encoders.

mod colormap;
mod curve;
pub mod encode;
mod error;
mod expression;
mod image;
mod painter;
mod stretch;
mod style;
mod style_words;

pub use colormap::{Colormap, Interpolation, NamedColormap, Ramp, RampStop};
pub use encode::EncodeError;
pub use error::StyleError;
pub use expression::{Expression, ExpressionError, function_names};
pub use image::{ImageSizeError, RgbaImage};
pub use painter::{ColorBand, ColorSource, Painter};
pub use stretch::{DEFAULT_CUT, Range};
pub use style::{Channels, Stretch, Style};
pub use style_words::{StyleWord, StyleWordError, StyleWords};

/// The nearest byte to a value; below 0 and NaN give 0, above 255 gives 255.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the number is between 0 and 255")]
fn to_byte(value: f64) -> u8 {
    nearest_whole(value, 255.0) as u8
}

/// The nearest whole number (of two, the even one) from 0 to `most`, which is below 2^51; NaN gives 0.
///
/// Added to 1.5 * 2^52, a small number stands rounded in the lowest bits of the sum. This way, unlike a cast, compilers make
/// loops of it that handle several values at a time.
#[inline]
fn nearest_whole(value: f64, most: f64) -> u64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    (value.max(0.0).min(most) + SHIFT).to_bits() - SHIFT.to_bits()
}
