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

pub use colormap::{Colormap, Interpolation, NamedColormap, Ramp, RampStop};
pub use encode::EncodeError;
pub use error::StyleError;
pub use expression::{Expression, ExpressionError, function_names};
pub use image::{ImageSizeError, RgbaImage};
pub use painter::{ColorBand, ColorSource, Painter};
pub use stretch::{DEFAULT_CUT, Range};
pub use style::{Channels, Stretch, Style};

/// The nearest byte to a value; below 0 and NaN give 0, above 255 gives 255.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float to integer casts saturate")]
fn to_byte(value: f64) -> u8 {
    (value + 0.5) as u8
}
