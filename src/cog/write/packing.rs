//! From planes of samples to the uncompressed bytes of a block: interleaved, little-endian, the predictor applied.
//!
//! The counterpart of `unpack`. Samples of a whole number of bytes are words; others are packed highest bit first, rows
//! beginning at a byte.

use half::f16;

use super::super::tags::Predictor;
use crate::raster::Samples;

/// How samples become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packing {
    /// Bits of a sample; of a complex one both parts.
    pub(crate) bits: u16,
    pub(crate) predictor: Predictor,
    /// Columns of a block.
    pub(crate) width: usize,
}

/// The bytes of a block of these planes, which are all of one type and length.
pub(crate) fn pack(planes: &[Samples], packing: Packing) -> Vec<u8> {
    macro_rules! slices {
        ($($variant:ident => $action:expr),* $(,)?) => {
            match planes.first() {
                $(Some(Samples::$variant(_)) => {
                    let slices: Vec<_> = planes.iter().filter_map(|plane| match plane {
                        Samples::$variant(plane) => Some(plane.as_slice()),
                        _ => None,
                    }).collect();
                    $action(&slices, packing)
                })*
                None => Vec::new(),
            }
        };
    }
    slices! {
        U8 => |planes: &[&[u8]], packing: Packing| integers(planes, packing, |v| v, u64::from),
        I8 => |planes: &[&[i8]], packing: Packing| integers(planes, packing, i8::cast_unsigned, |v| i64::from(v).cast_unsigned()),
        U16 => |planes: &[&[u16]], packing: Packing| integers(planes, packing, |v| v, u64::from),
        I16 => |planes: &[&[i16]], packing: Packing| integers(planes, packing, i16::cast_unsigned, |v| i64::from(v).cast_unsigned()),
        U32 => |planes: &[&[u32]], packing: Packing| integers(planes, packing, |v| v, u64::from),
        I32 => |planes: &[&[i32]], packing: Packing| integers(planes, packing, i32::cast_unsigned, |v| i64::from(v).cast_unsigned()),
        U64 => |planes: &[&[u64]], packing: Packing| integers(planes, packing, |v| v, |v| v),
        I64 => |planes: &[&[i64]], packing: Packing| integers(planes, packing, i64::cast_unsigned, i64::cast_unsigned),
        F32 => |planes: &[&[f32]], packing: Packing| match packing.bits {
            16 => floats(planes, packing, |v| f16::from_f32(v).to_bits()),
            _ => floats(planes, packing, f32::to_bits),
        },
        F64 => |planes: &[&[f64]], packing: Packing| floats(planes, packing, f64::to_bits),
        CI16 => |planes: &[&[[i16; 2]]], packing: Packing| complex(planes, packing),
        CI32 => |planes: &[&[[i32; 2]]], packing: Packing| complex(planes, packing),
        CF32 => |planes: &[&[[f32; 2]]], packing: Packing| complex(planes, packing),
        CF64 => |planes: &[&[[f64; 2]]], packing: Packing| complex(planes, packing),
    }
}

/// A word as it is stored.
trait Word: Copy + Default {
    /// Bytes of a word.
    const BYTES: usize;
    /// The difference modulo the word's size.
    fn minus(self, other: Self) -> Self;
    /// Puts words that are `step` words apart from the start of `row`, as differences if that is asked for.
    fn put_row(words: impl Iterator<Item = Self>, step: usize, differences: bool, row: &mut [u8]);
    /// Byte number `part` of the word, the highest first.
    fn high_byte(self, part: usize) -> u8;
}

macro_rules! word {
    ($($type:ty),*) => {$(
        impl Word for $type {
            const BYTES: usize = size_of::<$type>();

            #[inline]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline]
            fn put_row(words: impl Iterator<Item = Self>, step: usize, differences: bool, row: &mut [u8]) {
                let targets = row.as_chunks_mut::<{ size_of::<$type>() }>().0;
                let mut before = Self::default();
                let mut stored = |word: Self| {
                    let left = if differences { before } else { 0 };
                    before = word;
                    word.minus(left).to_le_bytes()
                };
                if step == 1 {
                    targets.iter_mut().zip(words).for_each(|(target, word)| *target = stored(word));
                } else {
                    targets.iter_mut().step_by(step).zip(words).for_each(|(target, word)| *target = stored(word));
                }
            }

            #[inline]
            fn high_byte(self, part: usize) -> u8 {
                self.to_be_bytes().get(part).copied().unwrap_or(0)
            }
        }
    )*};
}
word!(u8, u16, u32, u64);

/// Integers that fill their words, or fewer bits than that.
fn integers<T: Copy, W: Word>(
    planes: &[&[T]],
    packing: Packing,
    word: impl Fn(T) -> W + Copy,
    bits: impl Fn(T) -> u64,
) -> Vec<u8> {
    if usize::from(packing.bits) == 8 * W::BYTES {
        words(planes, packing, word)
    } else {
        odd_bits(planes, packing, bits)
    }
}

fn floats<T: Copy, W: Word>(planes: &[&[T]], packing: Packing, word: impl Fn(T) -> W + Copy) -> Vec<u8> {
    if packing.predictor == Predictor::FloatingPoint {
        bytes_apart(planes, packing, word)
    } else {
        words(planes, packing, word)
    }
}

fn words<T: Copy, W: Word>(planes: &[&[T]], packing: Packing, word: impl Fn(T) -> W + Copy) -> Vec<u8> {
    let samples = planes.len();
    let row_bytes = packing.width * samples * W::BYTES;
    let pixels = planes.first().map_or(0, |plane| plane.len());
    let mut out = vec![0; pixels * samples * W::BYTES];
    let differences = packing.predictor == Predictor::Horizontal;
    for (index, row) in out.chunks_exact_mut(row_bytes.max(1)).enumerate() {
        let columns = index * packing.width..(index + 1) * packing.width;
        for (first, plane) in planes.iter().enumerate() {
            let values = plane.get(columns.clone()).unwrap_or_default().iter().map(|&value| word(value));
            W::put_row(values, samples, differences, row.get_mut(first * W::BYTES..).unwrap_or_default());
        }
    }
    out
}

/// The floating point predictor: the highest bytes of all samples of a row, then the next ones, and so on; each byte is
/// the difference from the one a pixel before.
fn bytes_apart<T: Copy, W: Word>(planes: &[&[T]], packing: Packing, word: impl Fn(T) -> W) -> Vec<u8> {
    let samples = planes.len();
    let in_part = packing.width * samples;
    let pixels = planes.first().map_or(0, |plane| plane.len());
    let mut out = vec![0; pixels * samples * W::BYTES];
    for (index, row) in out.chunks_exact_mut((in_part * W::BYTES).max(1)).enumerate() {
        let columns = index * packing.width..(index + 1) * packing.width;
        for (first, plane) in planes.iter().enumerate() {
            let values = plane.get(columns.clone()).unwrap_or_default();
            for (part, bytes) in row.chunks_exact_mut(in_part.max(1)).enumerate() {
                for (byte, &value) in bytes.iter_mut().skip(first).step_by(samples.max(1)).zip(values) {
                    *byte = word(value).high_byte(part);
                }
            }
        }
        for at in (samples..row.len()).rev() {
            if let Some(&[before, ..]) = row.get(at - samples..)
                && let Some(byte) = row.get_mut(at)
            {
                *byte = byte.wrapping_sub(before);
            }
        }
    }
    out
}

/// Complex numbers, real part first.
fn complex<T: crate::raster::Sample>(planes: &[&[T]], packing: Packing) -> Vec<u8> {
    let pixels = planes.first().map_or(0, |plane| plane.len());
    let mut out = Vec::with_capacity(pixels * planes.len() * usize::from(packing.bits) / 8);
    for index in 0..pixels {
        planes.iter().filter_map(|plane| plane.get(index)).for_each(|sample| sample.extend_le_bytes(&mut out));
    }
    out
}

/// Samples of any number of bits, highest bit first; rows begin at a byte.
fn odd_bits<T: Copy>(planes: &[&[T]], packing: Packing, value: impl Fn(T) -> u64) -> Vec<u8> {
    let bits = u32::from(packing.bits).clamp(1, 64);
    let mask = u64::MAX >> (64 - bits);
    let pixels = planes.first().map_or(0, |plane| plane.len());
    let mut out = Vec::new();
    for row in 0..pixels.checked_div(packing.width).unwrap_or(0) {
        let (mut held, mut held_bits) = (0_u128, 0);
        for column in row * packing.width..(row + 1) * packing.width {
            for sample in planes.iter().filter_map(|plane| plane.get(column)) {
                held = held << bits | u128::from(value(*sample) & mask);
                held_bits += bits;
                while held_bits >= 8 {
                    held_bits -= 8;
                    out.push((held >> held_bits).to_le_bytes()[0]);
                }
                held &= (1 << held_bits) - 1;
            }
        }
        if held_bits > 0 {
            out.push((held << (8 - held_bits)).to_le_bytes()[0]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cog::codec::Shape;
    use crate::cog::file::ByteOrder;
    use crate::cog::tags::SampleFormat;
    use crate::cog::unpack;

    fn comes_back(planes: &[Samples], bits: u16, format: SampleFormat, predictor: Predictor, width: usize) {
        let bytes = pack(planes, Packing { bits, predictor, width });
        let shape = Shape::for_tests(width, planes[0].len() / width, planes.len(), usize::from(bits));
        assert_eq!(bytes.len(), shape.bytes, "{bits} bits");
        let packing = unpack::Packing { format, order: ByteOrder::LittleEndian, predictor };
        assert_eq!(unpack::unpack(&bytes, &shape, packing).unwrap(), planes, "{bits} bits, {predictor:?}");
    }

    proptest! {
        #[test]
        fn words_come_back_whatever_their_size_and_number(
            width in 1_usize..9,
            count in 1_usize..6,
            values in proptest::collection::vec(any::<u64>(), 120),
        ) {
            let pixels = width * 2;
            let plane = |index: usize| values.iter().copied().skip(index * pixels).take(pixels);
            let planes = |make: &dyn Fn(usize) -> Samples| (0..count).map(make).collect::<Vec<_>>();
            for predictor in [Predictor::None, Predictor::Horizontal] {
                comes_back(&planes(&|i| Samples::U8(plane(i).map(|v| v as u8).collect())), 8, SampleFormat::Unsigned, predictor, width);
                comes_back(&planes(&|i| Samples::I16(plane(i).map(|v| v as i16).collect())), 16, SampleFormat::Signed, predictor, width);
                comes_back(&planes(&|i| Samples::U32(plane(i).map(|v| v as u32).collect())), 32, SampleFormat::Unsigned, predictor, width);
                comes_back(&planes(&|i| Samples::I64(plane(i).map(|v| v as i64).collect())), 64, SampleFormat::Signed, predictor, width);
            }
            let float = |v: u64| f32::from(v as i16) / 7.0;
            for predictor in [Predictor::None, Predictor::Horizontal, Predictor::FloatingPoint] {
                comes_back(&planes(&|i| Samples::F32(plane(i).map(float).collect())), 32, SampleFormat::Float, predictor, width);
                comes_back(&planes(&|i| Samples::F64(plane(i).map(|v| f64::from(float(v))).collect())), 64, SampleFormat::Float, predictor, width);
                let halves = |v: u64| f16::from_f32(float(v)).to_f32();
                comes_back(&planes(&|i| Samples::F32(plane(i).map(halves).collect())), 16, SampleFormat::Float, predictor, width);
            }
            let complex = |v: u64| [v as i16, (v >> 16) as i16];
            comes_back(&planes(&|i| Samples::CI16(plane(i).map(complex).collect())), 32, SampleFormat::ComplexInteger, Predictor::None, width);
        }

        #[test]
        fn any_number_of_bits_comes_back(
            bits in 1_u16..64,
            width in 1_usize..9,
            count in 1_usize..4,
            values in proptest::collection::vec(any::<u64>(), 60),
        ) {
            prop_assume!(!matches!(bits, 8 | 16 | 32));
            let pixels = width * 2;
            let mask = u64::MAX >> (64 - bits);
            let unsigned = |v: u64| v & mask;
            let signed = |v: u64| ((v << (64 - bits)) as i64) >> (64 - bits);
            let chunk = |i: usize| values.iter().copied().skip(i * pixels).take(pixels);
            let planes: Vec<_> = (0..count).map(|i| match bits {
                1..=8 => Samples::U8(chunk(i).map(|v| unsigned(v) as u8).collect()),
                9..=16 => Samples::U16(chunk(i).map(|v| unsigned(v) as u16).collect()),
                17..=32 => Samples::U32(chunk(i).map(|v| unsigned(v) as u32).collect()),
                _ => Samples::U64(chunk(i).map(unsigned).collect()),
            }).collect();
            comes_back(&planes, bits, SampleFormat::Unsigned, Predictor::None, width);
            let planes: Vec<_> = (0..count).map(|i| match bits {
                1..=8 => Samples::I8(chunk(i).map(|v| signed(v) as i8).collect()),
                9..=16 => Samples::I16(chunk(i).map(|v| signed(v) as i16).collect()),
                17..=32 => Samples::I32(chunk(i).map(|v| signed(v) as i32).collect()),
                _ => Samples::I64(chunk(i).map(signed).collect()),
            }).collect();
            comes_back(&planes, bits, SampleFormat::Signed, Predictor::None, width);
        }
    }
}
