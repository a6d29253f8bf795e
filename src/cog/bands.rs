//! What a user knows of a band: its name, what colour it is, which value means "no data", how values are scaled.

use std::fmt;

/// One band of an image. Alpha is not a band: it is the image's mask.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// Description of the band if it has one, else empty.
    pub name: String,
    /// What the band shows.
    pub color: ColorInterpretation,
    /// The value that means "no data".
    pub nodata: Option<Nodata>,
    /// What stored values are multiplied with to get physical ones.
    pub scale: Option<f64>,
    /// What is added after scaling.
    pub offset: Option<f64>,
    /// Unit of the physical values, as the file says it.
    pub unit: Option<String>,
    /// Items of the band's own metadata, key and value.
    pub metadata: Vec<(String, String)>,
}

/// What a band shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColorInterpretation {
    /// Nothing is said.
    #[default]
    Undefined,
    /// Brightness.
    Gray,
    /// Index into the palette.
    Palette,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Opacity.
    Alpha,
    /// Cyan ink.
    Cyan,
    /// Magenta ink.
    Magenta,
    /// Yellow ink.
    Yellow,
    /// Black ink.
    Black,
    /// Hue.
    Hue,
    /// Saturation.
    Saturation,
    /// Lightness.
    Lightness,
    /// Luminance.
    Y,
    /// Blue difference.
    Cb,
    /// Red difference.
    Cr,
}

impl ColorInterpretation {
    /// GDAL's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefined => "Undefined",
            Self::Gray => "Gray",
            Self::Palette => "Palette",
            Self::Red => "Red",
            Self::Green => "Green",
            Self::Blue => "Blue",
            Self::Alpha => "Alpha",
            Self::Cyan => "Cyan",
            Self::Magenta => "Magenta",
            Self::Yellow => "Yellow",
            Self::Black => "Black",
            Self::Hue => "Hue",
            Self::Saturation => "Saturation",
            Self::Lightness => "Lightness",
            Self::Y => "YCbCr_Y",
            Self::Cb => "YCbCr_Cb",
            Self::Cr => "YCbCr_Cr",
        }
    }

    /// The colour that GDAL's word means, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        const ALL: [ColorInterpretation; 17] = [
            ColorInterpretation::Undefined,
            ColorInterpretation::Gray,
            ColorInterpretation::Palette,
            ColorInterpretation::Red,
            ColorInterpretation::Green,
            ColorInterpretation::Blue,
            ColorInterpretation::Alpha,
            ColorInterpretation::Cyan,
            ColorInterpretation::Magenta,
            ColorInterpretation::Yellow,
            ColorInterpretation::Black,
            ColorInterpretation::Hue,
            ColorInterpretation::Saturation,
            ColorInterpretation::Lightness,
            ColorInterpretation::Y,
            ColorInterpretation::Cb,
            ColorInterpretation::Cr,
        ];
        ALL.into_iter().find(|color| color.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for ColorInterpretation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value that means "no data", exact in the band's type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nodata {
    /// Of a floating point band, also NaN and infinities, or of an integer band of up to 32 bits.
    Float(f64),
    /// Of a band of signed 64-bit integers.
    Signed(i64),
    /// Of a band of unsigned 64-bit integers.
    Unsigned(u64),
}

impl Nodata {
    /// The nearest floating point number.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Signed(value) => value as f64,
            Self::Unsigned(value) => value as f64,
        }
    }
}

impl fmt::Display for Nodata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(value) => value.fmt(f),
            Self::Signed(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
        }
    }
}

/// Entries of a palette that is made of greys.
const MAX_GREYS: u32 = 1 << 15;

/// Colours of an image whose values are indices: opaque RGB, 8 bits each, as many as the file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    colors: Vec<[u8; 3]>,
}

impl Palette {
    /// From colours by index; `None` if there are none.
    pub(crate) fn new(colors: &[[u8; 3]]) -> Option<Self> {
        (!colors.is_empty()).then(|| Self { colors: colors.to_vec() })
    }

    /// From a colour map as stored: all reds, then greens, then blues. `None` unless there are as many of each.
    ///
    /// Values are 16-bit, of which 257 is 1 of 8 bits; files that hold 8-bit ones (none above 255) are read as such, as GDAL
    /// does.
    pub fn from_color_map(map: &[u16]) -> Option<Self> {
        if map.is_empty() || !map.len().is_multiple_of(3) {
            return None;
        }
        let is_16_bit = map.iter().any(|&value| value > 255);
        let byte = |value: u16| (if is_16_bit { value / 257 } else { value }).to_le_bytes()[0];
        let (reds, rest) = map.split_at(map.len() / 3);
        let (greens, blues) = rest.split_at(reds.len());
        let colors = reds.iter().zip(greens).zip(blues);
        Some(Self { colors: colors.map(|((&red, &green), &blue)| [byte(red), byte(green), byte(blue)]).collect() })
    }

    /// Greys from `first` to `last` for all values of `bits` bits.
    pub(crate) fn greys(bits: u16, first: u8, last: u8) -> Option<Self> {
        let count = 1_u32.checked_shl(u32::from(bits)).filter(|&count| (2..=MAX_GREYS).contains(&count))?;
        let grey = |index: u32| {
            let mixed = u32::from(first) * (count - 1 - index) + u32::from(last) * index;
            [u8::try_from(mixed / (count - 1)).unwrap_or(u8::MAX); 3]
        };
        Some(Self { colors: (0..count).map(grey).collect() })
    }

    /// Colours by index.
    pub fn colors(&self) -> &[[u8; 3]] {
        &self.colors
    }

    /// Colour of one index, `None` if the palette does not reach so far.
    pub fn color(&self, index: usize) -> Option<[u8; 3]> {
        self.colors.get(index).copied()
    }
}
