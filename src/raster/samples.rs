//! One plane of samples of a known type.
//!
//! Work that depends on the type is dispatched once a plane with [`with_samples!`], never once a sample.

use super::SampleType;

/// Binds the vector inside a [`Samples`] and evaluates the same expression for whichever type it holds.
///
/// `with_samples!(samples, plane => plane.len())`; `samples` may be a shared or a mutable reference, or a value.
macro_rules! with_samples {
    ($samples:expr, $plane:ident => $body:expr) => {
        match $samples {
            $crate::raster::Samples::U8($plane) => $body,
            $crate::raster::Samples::I8($plane) => $body,
            $crate::raster::Samples::U16($plane) => $body,
            $crate::raster::Samples::I16($plane) => $body,
            $crate::raster::Samples::U32($plane) => $body,
            $crate::raster::Samples::I32($plane) => $body,
            $crate::raster::Samples::U64($plane) => $body,
            $crate::raster::Samples::I64($plane) => $body,
            $crate::raster::Samples::F32($plane) => $body,
            $crate::raster::Samples::F64($plane) => $body,
            $crate::raster::Samples::CI16($plane) => $body,
            $crate::raster::Samples::CI32($plane) => $body,
            $crate::raster::Samples::CF32($plane) => $body,
            $crate::raster::Samples::CF64($plane) => $body,
        }
    };
}
pub(crate) use with_samples;

/// One plane of samples, row by row from the top left. Complex samples are `[real, imaginary]`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the variants are those of SampleType")]
pub enum Samples {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    CI16(Vec<[i16; 2]>),
    CI32(Vec<[i32; 2]>),
    CF32(Vec<[f32; 2]>),
    CF64(Vec<[f64; 2]>),
}

impl Samples {
    /// `len` samples of zero.
    pub fn zeros(sample_type: SampleType, len: usize) -> Self {
        match sample_type {
            SampleType::U8 => Self::U8(vec![0; len]),
            SampleType::I8 => Self::I8(vec![0; len]),
            SampleType::U16 => Self::U16(vec![0; len]),
            SampleType::I16 => Self::I16(vec![0; len]),
            SampleType::U32 => Self::U32(vec![0; len]),
            SampleType::I32 => Self::I32(vec![0; len]),
            SampleType::U64 => Self::U64(vec![0; len]),
            SampleType::I64 => Self::I64(vec![0; len]),
            SampleType::F32 => Self::F32(vec![0.0; len]),
            SampleType::F64 => Self::F64(vec![0.0; len]),
            SampleType::CI16 => Self::CI16(vec![[0; 2]; len]),
            SampleType::CI32 => Self::CI32(vec![[0; 2]; len]),
            SampleType::CF32 => Self::CF32(vec![[0.0; 2]; len]),
            SampleType::CF64 => Self::CF64(vec![[0.0; 2]; len]),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        with_samples!(self, plane => plane.len())
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::I8(_) => SampleType::I8,
            Self::U16(_) => SampleType::U16,
            Self::I16(_) => SampleType::I16,
            Self::U32(_) => SampleType::U32,
            Self::I32(_) => SampleType::I32,
            Self::U64(_) => SampleType::U64,
            Self::I64(_) => SampleType::I64,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
            Self::CI16(_) => SampleType::CI16,
            Self::CI32(_) => SampleType::CI32,
            Self::CF32(_) => SampleType::CF32,
            Self::CF64(_) => SampleType::CF64,
        }
    }

    /// The sample at `index`, rounded to the nearest `f64` (64-bit integers); a complex sample gives its real part.
    pub fn value(&self, index: usize) -> Option<f64> {
        with_samples!(self, plane => plane.get(index).map(|sample| sample.real()))
    }

    /// The sample at `index` as `[real, imaginary]`; the imaginary part of a real sample is 0.
    pub fn complex(&self, index: usize) -> Option<[f64; 2]> {
        with_samples!(self, plane => plane.get(index).map(|sample| [sample.real(), sample.imaginary()]))
    }

    /// All samples as `f64`, in order; complex samples give their real part.
    pub fn to_f64(&self) -> Vec<f64> {
        with_samples!(self, plane => plane.iter().map(|sample| sample.real()).collect())
    }

    /// The samples' bytes in little-endian order, appended to `out`.
    pub fn extend_le_bytes(&self, out: &mut Vec<u8>) {
        out.reserve(self.len().saturating_mul(self.sample_type().bytes()));
        with_samples!(self, plane => plane.iter().for_each(|sample| sample.extend_le_bytes(out)));
    }

    /// Heap bytes that the plane takes.
    pub fn heap_bytes(&self) -> usize {
        self.len().saturating_mul(self.sample_type().bytes())
    }
}

/// What all sample types have in common, for code that is generic over a plane's type.
pub trait Sample: Copy + PartialEq + Send + Sync + 'static {
    /// The real part, rounded to the nearest `f64`.
    fn real(self) -> f64;

    /// The imaginary part; 0 for real types.
    fn imaginary(self) -> f64 {
        0.0
    }

    /// Whether a part of the sample is not a number.
    fn is_nan(self) -> bool {
        false
    }

    /// Appends the sample's bytes, lowest first.
    fn extend_le_bytes(self, out: &mut Vec<u8>);

    /// The samples of a plane of this type.
    fn of(samples: &Samples) -> Option<&[Self]>;

    /// The same, to be changed.
    fn of_mut(samples: &mut Samples) -> Option<&mut [Self]>;
}

macro_rules! of_variant {
    ($variant:ident) => {
        fn of(samples: &Samples) -> Option<&[Self]> {
            match samples {
                Samples::$variant(plane) => Some(plane),
                _ => None,
            }
        }

        fn of_mut(samples: &mut Samples) -> Option<&mut [Self]> {
            match samples {
                Samples::$variant(plane) => Some(plane),
                _ => None,
            }
        }
    };
}

macro_rules! real_sample {
    ($($variant:ident: $type:ty, $nan:expr;)*) => {$(
        impl Sample for $type {
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one body for all widths; 64-bit integers are documented to round")]
            fn real(self) -> f64 {
                self as f64
            }

            #[inline]
            fn is_nan(self) -> bool {
                let nan: fn($type) -> bool = $nan;
                nan(self)
            }

            #[inline]
            fn extend_le_bytes(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            of_variant!($variant);
        }
    )*};
}
real_sample! {
    U8: u8, |_| false; I8: i8, |_| false; U16: u16, |_| false; I16: i16, |_| false; U32: u32, |_| false;
    I32: i32, |_| false; U64: u64, |_| false; I64: i64, |_| false; F32: f32, f32::is_nan; F64: f64, f64::is_nan;
}

macro_rules! complex_sample {
    ($($variant:ident: $type:ty),*) => {$(
        impl Sample for [$type; 2] {
            #[inline]
            fn real(self) -> f64 {
                f64::from(self[0])
            }

            #[inline]
            fn imaginary(self) -> f64 {
                f64::from(self[1])
            }

            #[inline]
            fn is_nan(self) -> bool {
                Sample::is_nan(self[0]) || Sample::is_nan(self[1])
            }

            #[inline]
            fn extend_le_bytes(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self[0].to_le_bytes());
                out.extend_from_slice(&self[1].to_le_bytes());
            }

            of_variant!($variant);
        }
    )*};
}
complex_sample!(CI16: i16, CI32: i32, CF32: f32, CF64: f64);

macro_rules! from_vec {
    ($($variant:ident($type:ty)),*) => {$(
        impl From<Vec<$type>> for Samples {
            fn from(plane: Vec<$type>) -> Self {
                Self::$variant(plane)
            }
        }
    )*};
}
from_vec!(
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    U64(u64),
    I64(i64),
    F32(f32),
    F64(f64),
    CI16([i16; 2]),
    CI32([i32; 2]),
    CF32([f32; 2]),
    CF64([f64; 2])
);

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [SampleType; 14] = [
        SampleType::U8,
        SampleType::I8,
        SampleType::U16,
        SampleType::I16,
        SampleType::U32,
        SampleType::I32,
        SampleType::U64,
        SampleType::I64,
        SampleType::F32,
        SampleType::F64,
        SampleType::CI16,
        SampleType::CI32,
        SampleType::CF32,
        SampleType::CF64,
    ];

    #[test]
    fn zeros_have_the_type_and_size_that_was_asked_for() {
        for sample_type in ALL {
            let plane = Samples::zeros(sample_type, 3);
            assert_eq!(plane.sample_type(), sample_type);
            assert_eq!(plane.to_f64(), [0.0; 3]);
            let mut bytes = Vec::new();
            plane.extend_le_bytes(&mut bytes);
            assert_eq!(bytes.len(), plane.heap_bytes());
            assert_eq!(bytes.len(), 3 * sample_type.bytes());
        }
    }

    #[test]
    fn a_sample_past_the_end_is_none() {
        let plane = Samples::from(vec![7_u16]);
        assert_eq!(plane.value(0), Some(7.0));
        assert_eq!(plane.value(1), None);
    }

    #[test]
    fn bytes_come_lowest_first_and_real_before_imaginary() {
        let mut bytes = Vec::new();
        Samples::from(vec![[1_i16, -2]]).extend_le_bytes(&mut bytes);
        assert_eq!(bytes, [1, 0, 0xfe, 0xff]);
    }

    #[test]
    fn samples_are_given_out_by_their_own_type_only() {
        let mut plane = Samples::from(vec![3_i16]);
        assert_eq!(i16::of(&plane), Some(&[3][..]));
        assert_eq!(u16::of(&plane), None);
        assert!(<[i16; 2]>::of_mut(&mut plane).is_none(), "it is no complex plane");
        if let Some(samples) = i16::of_mut(&mut plane) {
            samples[0] = -4;
        }
        assert_eq!(plane, Samples::I16(vec![-4]));
    }

    #[test]
    fn a_complex_sample_keeps_both_parts() {
        let plane = Samples::from(vec![[1.5_f32, f32::NAN]]);
        assert_eq!(plane.value(0), Some(1.5));
        assert!(plane.complex(0).unwrap()[1].is_nan());
        assert!(Sample::is_nan([1.5_f32, f32::NAN]));
    }
}
