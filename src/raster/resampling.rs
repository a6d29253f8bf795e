//! How a value between the centres of source pixels is made.

use serde::{Deserialize, Serialize};

/// The resampling kernels. Nodata never enters any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resampling {
    /// The source pixel that the view pixel's centre falls into; the only one that keeps classes and indices.
    Nearest,
    /// Weighted mean of the 2 x 2 nearest pixels.
    #[default]
    Bilinear,
    /// Cubic convolution over 4 x 4 pixels.
    Cubic,
    /// Mean of all source pixels that the view pixel covers.
    Average,
    /// Windowed sinc over 6 x 6 pixels.
    Lanczos,
}

impl Resampling {
    /// Every kernel, in the order a menu shows them.
    pub const ALL: [Self; 5] = [Self::Nearest, Self::Bilinear, Self::Cubic, Self::Average, Self::Lanczos];

    /// The word for it in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Bilinear => "bilinear",
            Self::Cubic => "cubic",
            Self::Average => "average",
            Self::Lanczos => "lanczos",
        }
    }
}
