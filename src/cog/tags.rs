//! The vocabulary of TIFF: values of tags as types. Numbers of tags that `tiff` has no name for.

use tiff::tags::Tag;

/// `GDAL_METADATA`: XML with items, scale, offset, units and descriptions of bands.
pub(crate) const GDAL_METADATA: Tag = Tag::Unknown(42112);
/// `RPCCoefficientTag`: rational polynomial camera model, 92 doubles.
pub(crate) const RPC_COEFFICIENTS: Tag = Tag::Unknown(50844);
/// `InkSet`.
pub(crate) const INK_SET: Tag = Tag::Unknown(332);
/// `YCbCrCoefficients`.
pub(crate) const YCBCR_COEFFICIENTS: Tag = Tag::Unknown(529);
/// `YCbCrSubSampling`.
pub(crate) const YCBCR_SUBSAMPLING: Tag = Tag::Unknown(530);
/// `ReferenceBlackWhite`.
pub(crate) const REFERENCE_BLACK_WHITE: Tag = Tag::Unknown(532);
/// `T4Options`.
pub(crate) const T4_OPTIONS: Tag = Tag::Unknown(292);
/// `LercParameters`.
pub(crate) const LERC_PARAMETERS: Tag = Tag::Unknown(50674);

/// Declares an enum over the values of a tag, with `Other` for those that have no name here.
macro_rules! tag_values {
    ($(#[$attribute:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $value:pat => $code:expr,)* }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value with no name here, as it stands in the file.
            Other(u16),
        }

        impl $name {
            pub(crate) fn from_code(code: u16) -> Self {
                match code {
                    $($value => Self::$variant,)*
                    other => Self::Other(other),
                }
            }

            /// The value of the tag; where several mean the same, the usual one.
            pub fn code(self) -> u16 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }
        }
    };
}

tag_values! {
    /// How the bytes of a block are compressed.
    Compression {
        /// As they are.
        None = 1 | 0x8000 => 1,
        /// CCITT modified Huffman run lengths, rows begin at a byte.
        CcittRle = 2 => 2,
        /// CCITT modified Huffman run lengths, rows begin at a 16-bit word.
        CcittRleWord = 32771 => 32771,
        /// CCITT group 3 fax (T.4).
        CcittFax3 = 3 => 3,
        /// CCITT group 4 fax (T.6).
        CcittFax4 = 4 => 4,
        /// LZW.
        Lzw = 5 => 5,
        /// JPEG of TIFF 6.0, deprecated.
        OldJpeg = 6 => 6,
        /// JPEG streams, with shared tables.
        Jpeg = 7 => 7,
        /// Deflate with a zlib header (codes 8 and 32946).
        Deflate = 8 | 32946 => 8,
        /// Macintosh `PackBits` run lengths.
        PackBits = 32773 => 32773,
        /// `NeXT` 2-bit greys.
        Next = 32766 => 32766,
        /// `ThunderScan` 4-bit greys.
        ThunderScan = 32809 => 32809,
        /// SGI log luminance run lengths.
        SgiLog = 34676 => 34676,
        /// SGI log luminance, 24 bits.
        SgiLog24 = 34677 => 34677,
        /// JPEG 2000.
        Jpeg2000 = 34712 | 33003 | 33004 | 33005 => 34712,
        /// LERC, possibly inside Deflate or Zstandard.
        Lerc = 34887 => 34887,
        /// LZMA2 in an xz container.
        Lzma = 34925 => 34925,
        /// Zstandard.
        Zstd = 50000 => 50000,
        /// WebP.
        WebP = 50001 => 50001,
        /// JPEG XL (codes 50002, and 52546 of DNG 1.7).
        JpegXl = 50002 | 52546 => 50002,
    }
}

impl Compression {
    /// GDAL's name of it, as in `COMPRESS=`; `None` says "none".
    pub fn name(self) -> String {
        let name = match self {
            Self::None => "none",
            Self::CcittRle => "CCITTRLE",
            Self::CcittRleWord => "CCITTRLEW",
            Self::CcittFax3 => "CCITTFAX3",
            Self::CcittFax4 => "CCITTFAX4",
            Self::Lzw => "LZW",
            Self::OldJpeg => "OJPEG",
            Self::Jpeg => "JPEG",
            Self::Deflate => "DEFLATE",
            Self::PackBits => "PACKBITS",
            Self::Next => "NEXT",
            Self::ThunderScan => "THUNDERSCAN",
            Self::SgiLog => "SGILOG",
            Self::SgiLog24 => "SGILOG24",
            Self::Jpeg2000 => "JP2000",
            Self::Lerc => "LERC",
            Self::Lzma => "LZMA",
            Self::Zstd => "ZSTD",
            Self::WebP => "WEBP",
            Self::JpegXl => "JXL",
            Self::Other(code) => return format!("unknown ({code})"),
        };
        name.to_owned()
    }
}

tag_values! {
    /// What was done to the samples before they were compressed.
    Predictor {
        /// Nothing.
        None = 1 => 1,
        /// Differences between neighbouring samples of a row.
        Horizontal = 2 => 2,
        /// Bytes of floating point numbers apart, then differences.
        FloatingPoint = 3 => 3,
    }
}

tag_values! {
    /// What the samples of a pixel mean.
    Photometric {
        /// Grey, 0 is white.
        MinIsWhite = 0 => 0,
        /// Grey, 0 is black.
        MinIsBlack = 1 => 1,
        /// Red, green, blue.
        Rgb = 2 => 2,
        /// Index into the colour map.
        Palette = 3 => 3,
        /// Transparency mask of another directory.
        Mask = 4 => 4,
        /// Inks.
        Cmyk = 5 => 5,
        /// Luminance and two colour differences.
        YCbCr = 6 => 6,
        /// CIE L*a*b*.
        CieLab = 8 => 8,
        /// ICC L*a*b*.
        IccLab = 9 => 9,
        /// ITU L*a*b*.
        ItuLab = 10 => 10,
        /// Colour filter array.
        ColorFilterArray = 32803 => 32803,
        /// CIE log2 L.
        LogL = 32844 => 32844,
        /// CIE log2 L and u'v'.
        LogLuv = 32845 => 32845,
    }
}

impl Photometric {
    /// GDAL's name of it, as in `PHOTOMETRIC=`, where it has one.
    pub fn name(self) -> String {
        let name = match self {
            Self::MinIsWhite => "MINISWHITE",
            Self::MinIsBlack => "MINISBLACK",
            Self::Rgb => "RGB",
            Self::Palette => "PALETTE",
            Self::Mask => "MASK",
            Self::Cmyk => "CMYK",
            Self::YCbCr => "YCBCR",
            Self::CieLab => "CIELAB",
            Self::IccLab => "ICCLAB",
            Self::ItuLab => "ITULAB",
            Self::ColorFilterArray => "CFA",
            Self::LogL => "LOGL",
            Self::LogLuv => "LOGLUV",
            Self::Other(code) => return format!("unknown ({code})"),
        };
        name.to_owned()
    }
}

tag_values! {
    /// The type of number that a sample is.
    SampleFormat {
        /// Unsigned integer.
        Unsigned = 1 => 1,
        /// Signed integer.
        Signed = 2 => 2,
        /// IEEE floating point.
        Float = 3 => 3,
        /// Nothing is said; read as unsigned.
        Void = 4 => 4,
        /// Complex number of two integers.
        ComplexInteger = 5 => 5,
        /// Complex number of two floating point numbers.
        ComplexFloat = 6 => 6,
    }
}

tag_values! {
    /// What a sample beyond the colour channels is.
    ExtraSample {
        /// Just another band.
        Unspecified = 0 => 0,
        /// Alpha, colours are multiplied by it.
        AssociatedAlpha = 1 => 1,
        /// Alpha (also code 999 of Corel Draw).
        UnassociatedAlpha = 2 | 999 => 2,
    }
}

/// How the samples of a pixel lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interleave {
    /// One after another in one block (`PlanarConfiguration` 1).
    Pixel,
    /// Each band in blocks of its own (`PlanarConfiguration` 2).
    Band,
}

/// Order of the bits in a byte of block data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FillOrder {
    /// The first pixel is in the high bits.
    HighBitFirst,
    /// The first pixel is in the low bits.
    LowBitFirst,
}
