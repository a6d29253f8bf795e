//! Words of 1 to 8 bytes in rows of interleaved samples, taken apart into planes.
//!
//! This is the inner loop of reading: the type, the order of bytes and the predictor are settled outside of it.

use super::codec::Shape;
use super::file::ByteOrder;

/// A word as it is stored: an unsigned integer of a whole number of bytes.
pub(crate) trait Word: Copy + Default {
    /// The bytes of a word.
    type Bytes: Copy;

    /// The bytes of whole words at the beginning of `bytes`.
    fn split(bytes: &[u8]) -> &[Self::Bytes];
    fn from_little_endian(bytes: Self::Bytes) -> Self;
    fn from_big_endian(bytes: Self::Bytes) -> Self;
    /// The sum modulo the word's size, for the horizontal predictor.
    fn plus(self, other: Self) -> Self;
}

macro_rules! word {
    ($($type:ty),*) => {$(
        impl Word for $type {
            type Bytes = [u8; size_of::<$type>()];

            #[inline]
            fn split(bytes: &[u8]) -> &[Self::Bytes] {
                bytes.as_chunks().0
            }

            #[inline]
            fn from_little_endian(bytes: Self::Bytes) -> Self {
                Self::from_le_bytes(bytes)
            }

            #[inline]
            fn from_big_endian(bytes: Self::Bytes) -> Self {
                Self::from_be_bytes(bytes)
            }

            #[inline]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
        }
    )*};
}
word!(u8, u16, u32, u64);

/// A word of 24 bits, in the low bits.
#[derive(Clone, Copy, Default)]
pub(crate) struct U24(pub(crate) u32);

impl Word for U24 {
    type Bytes = [u8; 3];

    fn split(bytes: &[u8]) -> &[Self::Bytes] {
        bytes.as_chunks().0
    }

    fn from_little_endian([low, middle, high]: Self::Bytes) -> Self {
        Self(u32::from_le_bytes([low, middle, high, 0]))
    }

    fn from_big_endian([high, middle, low]: Self::Bytes) -> Self {
        Self(u32::from_be_bytes([0, high, middle, low]))
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0) & 0x00ff_ffff)
    }
}

/// How words are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Storage {
    pub(crate) order: ByteOrder,
    /// Whether words are differences from the same sample of the pixel to the left.
    pub(crate) differences: bool,
}

/// One plane for each sample of a pixel, every word made a sample by `convert`.
pub(crate) fn planes<W: Word, T: Copy + Default>(
    bytes: &[u8],
    shape: &Shape,
    storage: Storage,
    convert: impl Fn(W) -> T + Copy,
) -> Vec<Vec<T>> {
    match storage.order {
        ByteOrder::LittleEndian => {
            by_samples::<W, T>(bytes, shape, storage.differences, W::from_little_endian, convert)
        }
        ByteOrder::BigEndian => by_samples::<W, T>(bytes, shape, storage.differences, W::from_big_endian, convert),
    }
}

fn by_samples<W: Word, T: Copy + Default>(
    bytes: &[u8],
    shape: &Shape,
    differences: bool,
    read: impl Fn(W::Bytes) -> W + Copy,
    convert: impl Fn(W) -> T + Copy,
) -> Vec<Vec<T>> {
    let rows = bytes.chunks_exact(shape.row_bytes.max(1));
    match (shape.samples, differences) {
        // Rows of whole words follow each other without a gap.
        (1, false) => vec![W::split(bytes).iter().take(shape.pixels()).map(|&word| convert(read(word))).collect()],
        (1, true) => vec![summed_rows(rows, shape, read, convert)],
        (2, _) => interleaved::<W, T, 2>(rows, shape, differences, read, convert),
        (3, _) => interleaved::<W, T, 3>(rows, shape, differences, read, convert),
        (4, _) => interleaved::<W, T, 4>(rows, shape, differences, read, convert),
        _ => many(rows, shape, differences, read, convert),
    }
}

fn summed_rows<'a, W: Word, T: Copy + Default>(
    rows: impl Iterator<Item = &'a [u8]>,
    shape: &Shape,
    read: impl Fn(W::Bytes) -> W,
    convert: impl Fn(W) -> T,
) -> Vec<T> {
    let mut plane = vec![T::default(); shape.pixels()];
    for (target, row) in plane.chunks_exact_mut(shape.width.max(1)).zip(rows) {
        let mut sum = W::default();
        for (sample, &word) in target.iter_mut().zip(W::split(row)) {
            sum = sum.plus(read(word));
            *sample = convert(sum);
        }
    }
    plane
}

/// A few samples a pixel: all planes in one pass, the sums in registers.
fn interleaved<'a, W: Word, T: Copy + Default, const N: usize>(
    rows: impl Iterator<Item = &'a [u8]>,
    shape: &Shape,
    differences: bool,
    read: impl Fn(W::Bytes) -> W,
    convert: impl Fn(W) -> T,
) -> Vec<Vec<T>> {
    let mut planes: [Vec<T>; N] = std::array::from_fn(|_| vec![T::default(); shape.pixels()]);
    let mut targets = planes.each_mut().map(|plane| plane.chunks_exact_mut(shape.width.max(1)));
    for row in rows {
        let target = targets.each_mut().map(|rows| rows.next().unwrap_or_default());
        let pixels = W::split(row).as_chunks::<N>().0;
        if differences {
            let mut sums = [W::default(); N];
            split_row(pixels, target, |words| {
                for (sum, &word) in sums.iter_mut().zip(words) {
                    *sum = sum.plus(read(word));
                }
                sums.map(&convert)
            });
        } else {
            split_row(pixels, target, |words| words.map(|word| convert(read(word))));
        }
    }
    planes.into()
}

/// One row of pixels to a row of each plane. All slices are cut to one length first, so that the loop checks no bounds.
#[inline]
pub(crate) fn split_row<B: Copy, T: Copy, const N: usize>(
    pixels: &[[B; N]],
    targets: [&mut [T]; N],
    mut samples: impl FnMut(&[B; N]) -> [T; N],
) {
    let columns = targets.iter().map(|target| target.len()).min().unwrap_or(0).min(pixels.len());
    let (pixels, targets) = (&pixels[..columns], targets.map(|target| &mut target[..columns]));
    for column in 0..columns {
        let values = samples(&pixels[column]);
        for plane in 0..N {
            targets[plane][column] = values[plane];
        }
    }
}

/// Any number of samples: plane by plane within each row, which stays in the processor's cache.
fn many<'a, W: Word, T: Copy + Default>(
    rows: impl Iterator<Item = &'a [u8]>,
    shape: &Shape,
    differences: bool,
    read: impl Fn(W::Bytes) -> W,
    convert: impl Fn(W) -> T,
) -> Vec<Vec<T>> {
    let mut planes: Vec<Vec<T>> = (0..shape.samples).map(|_| vec![T::default(); shape.pixels()]).collect();
    for (index, row) in rows.enumerate() {
        let words = W::split(row);
        let columns = index * shape.width..(index + 1) * shape.width;
        for (first, plane) in planes.iter_mut().enumerate() {
            let source = words.iter().skip(first).step_by(shape.samples.max(1));
            let mut sum = W::default();
            for (sample, &word) in plane.get_mut(columns.clone()).unwrap_or_default().iter_mut().zip(source) {
                let word = read(word);
                sum = if differences { sum.plus(word) } else { word };
                *sample = convert(sum);
            }
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows of interleaved differences, as a writer makes them.
    fn encode(planes: &[Vec<u16>], width: usize, order: ByteOrder, differences: bool) -> Vec<u8> {
        let mut out = Vec::new();
        for index in 0..planes[0].len() {
            for plane in planes {
                let left = if differences && index % width != 0 { plane[index - 1] } else { 0 };
                let word = plane[index].wrapping_sub(left);
                out.extend(match order {
                    ByteOrder::LittleEndian => word.to_le_bytes(),
                    ByteOrder::BigEndian => word.to_be_bytes(),
                });
            }
        }
        out
    }

    proptest! {
        #[test]
        fn planes_come_back_whatever_the_number_of_samples(
            samples in 1_usize..7,
            width in 1_usize..20,
            rows in 1_usize..5,
            big in any::<bool>(),
            differences in any::<bool>(),
            seed in any::<u64>(),
        ) {
            let mut state = seed;
            let mut random = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                u16::from_le_bytes([state.to_le_bytes()[6], state.to_le_bytes()[7]])
            };
            let expected: Vec<Vec<u16>> = (0..samples).map(|_| (0..width * rows).map(|_| random()).collect()).collect();
            let order = if big { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
            let shape = Shape::for_tests(width, rows, samples, 16);
            let bytes = encode(&expected, width, order, differences);
            prop_assert_eq!(planes(&bytes, &shape, Storage { order, differences }, |word: u16| word), expected);
        }
    }

    #[test]
    fn words_of_24_bits_are_read_in_either_order() {
        let shape = Shape::for_tests(1, 1, 1, 24);
        for (order, expected) in [(ByteOrder::LittleEndian, 0x03_02_01), (ByteOrder::BigEndian, 0x01_02_03)] {
            let storage = Storage { order, differences: false };
            assert_eq!(planes(&[1, 2, 3], &shape, storage, |word: U24| word.0), [[expected]]);
        }
    }
}
