//! The types that a band's samples can have once decoded.

use std::fmt;

/// The type of a band's samples in memory.
///
/// Samples of odd widths are widened: 1 to 8 bits are [`SampleType::U8`], 9 to 16 are [`SampleType::U16`], and so on; 16- and
/// 24-bit floats are [`SampleType::F32`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleType {
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 64 bits.
    U64,
    /// Signed, 64 bits.
    I64,
    /// IEEE 754, 32 bits.
    F32,
    /// IEEE 754, 64 bits.
    F64,
    /// Complex of two signed 16-bit integers.
    CI16,
    /// Complex of two signed 32-bit integers.
    CI32,
    /// Complex of two 32-bit floats.
    CF32,
    /// Complex of two 64-bit floats.
    CF64,
}

impl SampleType {
    /// The type's name in GDAL's words: `Byte`, `UInt16`, `CFloat32`.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "Byte",
            Self::I8 => "Int8",
            Self::U16 => "UInt16",
            Self::I16 => "Int16",
            Self::U32 => "UInt32",
            Self::I32 => "Int32",
            Self::U64 => "UInt64",
            Self::I64 => "Int64",
            Self::F32 => "Float32",
            Self::F64 => "Float64",
            Self::CI16 => "CInt16",
            Self::CI32 => "CInt32",
            Self::CF32 => "CFloat32",
            Self::CF64 => "CFloat64",
        }
    }

    /// Bytes of one sample; a complex sample counts both of its parts.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 | Self::CI16 => 4,
            Self::U64 | Self::I64 | Self::F64 | Self::CI32 | Self::CF32 => 8,
            Self::CF64 => 16,
        }
    }

    /// Whether a sample has a real and an imaginary part.
    pub fn is_complex(self) -> bool {
        matches!(self, Self::CI16 | Self::CI32 | Self::CF32 | Self::CF64)
    }

    /// Whether samples are floating-point numbers, complex ones included.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64 | Self::CF32 | Self::CF64)
    }

    /// The smallest and largest value of an integer type; `None` for floats and complex types.
    ///
    /// The bounds of 64-bit types are rounded to the nearest `f64`.
    pub fn range(self) -> Option<(f64, f64)> {
        match self {
            Self::U8 => Some((0.0, f64::from(u8::MAX))),
            Self::I8 => Some((f64::from(i8::MIN), f64::from(i8::MAX))),
            Self::U16 => Some((0.0, f64::from(u16::MAX))),
            Self::I16 => Some((f64::from(i16::MIN), f64::from(i16::MAX))),
            Self::U32 => Some((0.0, f64::from(u32::MAX))),
            Self::I32 => Some((f64::from(i32::MIN), f64::from(i32::MAX))),
            Self::U64 => Some((0.0, u64::MAX as f64)),
            Self::I64 => Some((i64::MIN as f64, i64::MAX as f64)),
            _ => None,
        }
    }
}

impl fmt::Display for SampleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_gdals() {
        assert_eq!(SampleType::U8.to_string(), "Byte");
        assert_eq!(SampleType::CF64.to_string(), "CFloat64");
    }

    #[test]
    fn a_complex_sample_is_as_wide_as_its_two_parts() {
        assert_eq!(SampleType::CI16.bytes(), 2 * SampleType::I16.bytes());
        assert_eq!(SampleType::CF64.bytes(), 2 * SampleType::F64.bytes());
    }

    #[test]
    fn only_real_integers_have_a_range() {
        assert_eq!(SampleType::I8.range(), Some((-128.0, 127.0)));
        assert_eq!(SampleType::F32.range(), None);
        assert_eq!(SampleType::CI16.range(), None);
    }
}
