//! From the uncompressed bytes of a block to planes of samples.

use super::codec::{CodecError, Shape};
use super::file::ByteOrder;
use super::odd_bits::{self, sign_extended};
use super::predictor;
use super::tags::{Predictor, SampleFormat};
use super::words::{Storage, U24, Word, planes};
use crate::raster::{SampleType, Samples};

/// How the uncompressed bytes of a block are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packing {
    pub(crate) format: SampleFormat,
    pub(crate) order: ByteOrder,
    pub(crate) predictor: Predictor,
}

/// The type of samples of that many bits and that format once unpacked; `None` if such samples can't be read.
pub(crate) fn sample_type(bits: u16, format: SampleFormat) -> Option<SampleType> {
    Some(match (format, bits) {
        (SampleFormat::ComplexInteger, 32) => SampleType::CI16,
        (SampleFormat::ComplexInteger, 64) => SampleType::CI32,
        (SampleFormat::ComplexFloat, 32 | 64) => SampleType::CF32,
        (SampleFormat::ComplexFloat, 128) => SampleType::CF64,
        (SampleFormat::Float, 16 | 24 | 32) => SampleType::F32,
        (SampleFormat::Float, 64) => SampleType::F64,
        (SampleFormat::ComplexInteger | SampleFormat::ComplexFloat | SampleFormat::Float, _) => return None,
        (SampleFormat::Signed, 1..=8) => SampleType::I8,
        (SampleFormat::Signed, 9..=16) => SampleType::I16,
        (SampleFormat::Signed, 17..=32) => SampleType::I32,
        (SampleFormat::Signed, 33..=64) => SampleType::I64,
        (_, 1..=8) => SampleType::U8,
        (_, 9..=16) => SampleType::U16,
        (_, 17..=32) => SampleType::U32,
        (_, 33..=64) => SampleType::U64,
        _ => return None,
    })
}

/// One plane for each sample of a pixel, the predictor undone.
pub(crate) fn unpack(bytes: &[u8], shape: &Shape, packing: Packing) -> Result<Vec<Samples>, CodecError> {
    let unsupported = |what: &str| {
        Err(CodecError::Unsupported(format!("{what} with {} bits and {:?} samples", shape.bits, packing.format)))
    };
    let differences = match packing.predictor {
        Predictor::None => false,
        Predictor::Horizontal if matches!(shape.bits, 8 | 16 | 32 | 64) => true,
        Predictor::Horizontal => return unsupported("horizontal predictor"),
        Predictor::FloatingPoint if packing.format == SampleFormat::Float => return unpack_apart(bytes, shape),
        Predictor::FloatingPoint => return unsupported("floating point predictor"),
        Predictor::Other(code) => return unsupported(&format!("predictor {code}")),
    };
    let storage = Storage { order: packing.order, differences };
    let planes = match (packing.format, shape.bits) {
        (SampleFormat::Float, 16) => words(bytes, shape, storage, f32_from_half),
        (SampleFormat::Float, 24) => words(bytes, shape, storage, f32_from_24_bits),
        (SampleFormat::Float, 32) => words(bytes, shape, storage, f32::from_bits),
        (SampleFormat::Float, 64) => words(bytes, shape, storage, f64::from_bits),
        (SampleFormat::ComplexInteger | SampleFormat::ComplexFloat, bits) if differences => {
            match (packing.format, bits) {
                (SampleFormat::ComplexInteger, 32) => {
                    words(bytes, shape, storage, |word| halves_of_32(word, u16::cast_signed))
                }
                (SampleFormat::ComplexInteger, 64) => {
                    words(bytes, shape, storage, |word| halves_of_64(word, u32::cast_signed))
                }
                (SampleFormat::ComplexFloat, 32) => {
                    words(bytes, shape, storage, |word| halves_of_32(word, f32_from_half))
                }
                (SampleFormat::ComplexFloat, 64) => {
                    words(bytes, shape, storage, |word| halves_of_64(word, f32::from_bits))
                }
                _ => return unsupported("predictor"),
            }
        }
        (SampleFormat::ComplexInteger, 32) => complex(bytes, shape, storage, u16::cast_signed),
        (SampleFormat::ComplexInteger, 64) => complex(bytes, shape, storage, u32::cast_signed),
        (SampleFormat::ComplexFloat, 32) => complex(bytes, shape, storage, f32_from_half),
        (SampleFormat::ComplexFloat, 64) => complex(bytes, shape, storage, f32::from_bits),
        (SampleFormat::ComplexFloat, 128) => complex(bytes, shape, storage, f64::from_bits),
        (SampleFormat::ComplexInteger | SampleFormat::ComplexFloat | SampleFormat::Float, _) => {
            return unsupported("numbers");
        }
        (SampleFormat::Signed, 8) => words(bytes, shape, storage, u8::cast_signed),
        (SampleFormat::Signed, 16) => words(bytes, shape, storage, u16::cast_signed),
        (SampleFormat::Signed, 24) => words(bytes, shape, swapped(storage), |U24(word)| (word << 8).cast_signed() >> 8),
        (SampleFormat::Signed, 32) => words(bytes, shape, storage, u32::cast_signed),
        (SampleFormat::Signed, 64) => words(bytes, shape, storage, u64::cast_signed),
        (SampleFormat::Signed, bits @ 1..=64) => odd_signed(bytes, shape, bits),
        (_, 8) => words(bytes, shape, storage, |word: u8| word),
        (_, 16) => words(bytes, shape, storage, |word: u16| word),
        (_, 24) => words(bytes, shape, swapped(storage), |U24(word)| word),
        (_, 32) => words(bytes, shape, storage, |word: u32| word),
        (_, 64) => words(bytes, shape, storage, |word: u64| word),
        (_, 1..=64) => odd_unsigned(bytes, shape),
        _ => return unsupported("numbers"),
    };
    Ok(planes)
}

/// Integers of 24 bits lie the other way round than the file's byte order says: GDAL packs them highest bit first, and
/// libtiff then swaps their bytes in big-endian files.
fn swapped(storage: Storage) -> Storage {
    let order = match storage.order {
        ByteOrder::LittleEndian => ByteOrder::BigEndian,
        ByteOrder::BigEndian => ByteOrder::LittleEndian,
    };
    Storage { order, ..storage }
}

fn words<W: Word, T: Copy + Default>(
    bytes: &[u8],
    shape: &Shape,
    storage: Storage,
    convert: impl Fn(W) -> T + Copy,
) -> Vec<Samples>
where
    Samples: From<Vec<T>>,
{
    planes(bytes, shape, storage, convert).into_iter().map(Samples::from).collect()
}

/// Complex samples: each is two words, which are read like two samples.
fn complex<W: Word, T: Copy + Default>(
    bytes: &[u8],
    shape: &Shape,
    storage: Storage,
    convert: impl Fn(W) -> T + Copy,
) -> Vec<Samples>
where
    Samples: From<Vec<[T; 2]>>,
{
    let parts = Shape { samples: shape.samples * 2, bits: shape.bits / 2, ..*shape };
    let planes = planes(bytes, &parts, storage, convert);
    let pairs = planes.chunks_exact(2).filter_map(|pair| match pair {
        [real, imaginary] => Some(real.iter().zip(imaginary).map(|(&real, &imaginary)| [real, imaginary]).collect()),
        _ => None,
    });
    pairs.map(|plane: Vec<[T; 2]>| Samples::from(plane)).collect()
}

/// The parts of a complex sample that was added up as one word, as libtiff does.
fn halves_of_32<T>(word: u32, convert: impl Fn(u16) -> T) -> [T; 2] {
    let [a, b, c, d] = word.to_le_bytes();
    [[a, b], [c, d]].map(|half| convert(u16::from_le_bytes(half)))
}

/// The same of 64 bits.
fn halves_of_64<T>(word: u64, convert: impl Fn(u32) -> T) -> [T; 2] {
    let [a, b, c, d, e, f, g, h] = word.to_le_bytes();
    [[a, b, c, d], [e, f, g, h]].map(|half| convert(u32::from_le_bytes(half)))
}

/// Floating point numbers whose bytes lie apart, highest bytes first.
fn unpack_apart(bytes: &[u8], shape: &Shape) -> Result<Vec<Samples>, CodecError> {
    let f32_from_3 = |[high, middle, low]: [u8; 3]| f32_from_24_bits(U24::from_big_endian([high, middle, low]));
    Ok(match shape.bits {
        16 => apart(predictor::planes(bytes, shape, |bytes| f32_from_half(u16::from_be_bytes(bytes)))),
        24 => apart(predictor::planes(bytes, shape, f32_from_3)),
        32 => apart(predictor::planes(bytes, shape, f32::from_be_bytes)),
        64 => apart(predictor::planes(bytes, shape, f64::from_be_bytes)),
        bits => return Err(CodecError::Unsupported(format!("floating point predictor with {bits} bits"))),
    })
}

fn apart<T>(planes: Vec<Vec<T>>) -> Vec<Samples>
where
    Samples: From<Vec<T>>,
{
    planes.into_iter().map(Samples::from).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "values have no more bits than the type that is chosen for them")]
fn odd_unsigned(bytes: &[u8], shape: &Shape) -> Vec<Samples> {
    match shape.bits {
        0..=8 => odd_bits::planes(bytes, shape, |value| value as u8).into_iter().map(Samples::U8).collect(),
        9..=16 => odd_bits::planes(bytes, shape, |value| value as u16).into_iter().map(Samples::U16).collect(),
        17..=32 => odd_bits::planes(bytes, shape, |value| value as u32).into_iter().map(Samples::U32).collect(),
        _ => odd_bits::planes(bytes, shape, |value| value).into_iter().map(Samples::U64).collect(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "values have no more bits than the type that is chosen for them")]
fn odd_signed(bytes: &[u8], shape: &Shape, bits: usize) -> Vec<Samples> {
    let signed = |value| sign_extended(value, bits);
    match bits {
        0..=8 => odd_bits::planes(bytes, shape, |value| signed(value) as i8).into_iter().map(Samples::I8).collect(),
        9..=16 => odd_bits::planes(bytes, shape, |value| signed(value) as i16).into_iter().map(Samples::I16).collect(),
        17..=32 => odd_bits::planes(bytes, shape, |value| signed(value) as i32).into_iter().map(Samples::I32).collect(),
        _ => odd_bits::planes(bytes, shape, signed).into_iter().map(Samples::I64).collect(),
    }
}

/// A number of IEEE 754 half precision; what NaN carries is kept, as in GDAL.
fn f32_from_half(bits: u16) -> f32 {
    const INFINITE: u32 = 0x0f80_0000;
    /// What exponents differ by, 2^112.
    const SCALE: f32 = f32::from_bits(0x7780_0000);
    let sign = u32::from(bits & 0x8000) << 16;
    let magnitude = u32::from(bits & 0x7fff) << 13;
    if magnitude >= INFINITE {
        return f32::from_bits(sign | 0x7000_0000 | magnitude);
    }
    f32::from_bits(sign | (f32::from_bits(magnitude) * SCALE).to_bits())
}

/// A 24-bit float: a sign, 7 bits of exponent (bias 63), 16 bits of fraction (TIFF technical note 3).
fn f32_from_24_bits(U24(bits): U24) -> f32 {
    const MIN_EXPONENT: i32 = -62;
    let sign = (bits & 0x80_0000) << 8;
    let exponent = bits >> 16 & 0x7f;
    let fraction = bits & 0xffff;
    match exponent {
        0 => {
            // A subnormal number is a multiple of the smallest one, which f32 can hold as a normal number.
            let smallest = 2_f32.powi(MIN_EXPONENT - 16);
            f32::from_bits(sign | (fraction as f32 * smallest).to_bits())
        }
        0x7f => f32::from_bits(sign | 0x7f80_0000 | fraction << 7),
        _ => f32::from_bits(sign | (exponent + 127 - 63) << 23 | fraction << 7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(format: SampleFormat, predictor: Predictor) -> Packing {
        Packing { format, order: ByteOrder::LittleEndian, predictor }
    }

    #[test]
    fn what_is_unpacked_has_the_type_that_is_promised() {
        let formats = [
            SampleFormat::Unsigned,
            SampleFormat::Signed,
            SampleFormat::Float,
            SampleFormat::Void,
            SampleFormat::ComplexInteger,
            SampleFormat::ComplexFloat,
        ];
        for format in formats {
            for bits in 1..=130_u16 {
                let shape = Shape::for_tests(2, 1, 1, usize::from(bits));
                let planes = unpack(&vec![0; shape.bytes], &shape, little(format, Predictor::None));
                let found = planes.ok().map(|planes| planes[0].sample_type());
                assert_eq!(found, sample_type(bits, format), "{bits} bits, {format:?}");
            }
        }
    }

    #[test]
    fn the_floating_point_predictor_is_undone_for_every_width() {
        // Two samples a pixel, two pixels: 1.0, -2.0, 0.5, 4.0.
        let cases: [(usize, Vec<Vec<u8>>); 4] = [
            (16, vec![vec![0x3c, 0], vec![0xc0, 0], vec![0x38, 0], vec![0x44, 0]]),
            (24, vec![vec![0x3f, 0, 0], vec![0xc0, 0, 0], vec![0x3e, 0, 0], vec![0x41, 0, 0]]),
            (32, [1.0_f32, -2.0, 0.5, 4.0].map(|v| v.to_be_bytes().to_vec()).to_vec()),
            (64, [1.0_f64, -2.0, 0.5, 4.0].map(|v| v.to_be_bytes().to_vec()).to_vec()),
        ];
        for (bits, values) in cases {
            let mut row: Vec<u8> = (0..bits / 8).flat_map(|part| values.iter().map(move |bytes| bytes[part])).collect();
            for index in (2..row.len()).rev() {
                row[index] = row[index].wrapping_sub(row[index - 2]);
            }
            let shape = Shape::for_tests(2, 1, 2, bits);
            let planes = unpack(&row, &shape, little(SampleFormat::Float, Predictor::FloatingPoint)).unwrap();
            assert_eq!(planes[0].to_f64(), [1.0, 0.5], "{bits} bits");
            assert_eq!(planes[1].to_f64(), [-2.0, 4.0], "{bits} bits");
        }
    }

    #[test]
    fn floats_of_24_bits_keep_special_values() {
        let value = |bits| f32_from_24_bits(U24(bits));
        assert_eq!(value(0x3f_0000), 1.0);
        assert_eq!(value(0xbf_8000), -1.5);
        assert_eq!(value(0x80_0000).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(value(0x00_0001), 2_f32.powi(-78));
        assert_eq!(value(0x7f_0000), f32::INFINITY);
        assert!(value(0x7f_0001).is_nan());
    }

    #[test]
    fn halves_are_exact_and_keep_special_values() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2_f32.powi(-24)), (0xfc00, f32::NEG_INFINITY)]
        {
            assert_eq!(f32_from_half(bits), value, "{bits:x}");
        }
        assert_eq!(f32_from_half(0x8000).to_bits(), 0x8000_0000);
        assert_eq!(f32_from_half(0xfd01).to_bits(), 0xffa0_2000, "a signalling NaN stays one");
    }

    #[test]
    fn differences_of_complex_samples_are_those_of_whole_words() {
        let shape = Shape::for_tests(2, 1, 1, 32);
        let packing =
            Packing { order: ByteOrder::BigEndian, ..little(SampleFormat::ComplexInteger, Predictor::Horizontal) };
        // 1 - 1i is the word ffff0001; what is added to get 2 + 3i carries from one part into the other.
        let planes = unpack(&[0xff, 0xff, 0, 1, 0, 4, 0, 1], &shape, packing).unwrap();
        assert_eq!(planes, [Samples::CI16(vec![[1, -1], [2, 3]])]);
        let wide = Shape::for_tests(1, 1, 1, 128);
        assert!(unpack(&[0; 16], &wide, little(SampleFormat::ComplexFloat, Predictor::Horizontal)).is_err());
    }

    #[test]
    fn complex_samples_keep_their_parts_and_the_order_of_bytes() {
        let shape = Shape::for_tests(2, 1, 1, 32);
        let packing = Packing { order: ByteOrder::BigEndian, ..little(SampleFormat::ComplexInteger, Predictor::None) };
        let planes = unpack(&[0, 1, 0xff, 0xff, 0, 2, 0, 3], &shape, packing).unwrap();
        assert_eq!(planes, [Samples::CI16(vec![[1, -1], [2, 3]])]);
    }

    #[test]
    fn integers_of_24_bits_lie_against_the_byte_order() {
        let shape = Shape::for_tests(1, 1, 1, 24);
        let packing = little(SampleFormat::Unsigned, Predictor::None);
        assert_eq!(unpack(&[1, 2, 3], &shape, packing).unwrap(), [Samples::U32(vec![0x01_02_03])]);
        let packing = Packing { order: ByteOrder::BigEndian, format: SampleFormat::Signed, ..packing };
        assert_eq!(unpack(&[0xfe, 0xff, 0xff], &shape, packing).unwrap(), [Samples::I32(vec![-2])]);
    }

    #[test]
    fn predictors_that_do_not_fit_the_samples_are_errors() {
        let shape = Shape::for_tests(2, 1, 1, 12);
        for predictor in [Predictor::Horizontal, Predictor::FloatingPoint, Predictor::Other(255)] {
            assert!(unpack(&[0; 3], &shape, little(SampleFormat::Unsigned, predictor)).is_err());
        }
    }
}
