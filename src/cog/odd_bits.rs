//! Samples that are not a whole number of bytes: packed highest bit first, each row beginning at a byte.

use super::codec::Shape;

/// One plane for each sample of a pixel; samples are unsigned integers of 1 to 64 bits, made a `T` by `convert`.
pub(crate) fn planes<T: Copy + Default>(bytes: &[u8], shape: &Shape, convert: impl Fn(u64) -> T) -> Vec<Vec<T>> {
    let bits = u32::try_from(shape.bits).unwrap_or(64).clamp(1, 64);
    let mut planes: Vec<Vec<T>> = (0..shape.samples).map(|_| vec![T::default(); shape.pixels()]).collect();
    for (index, row) in bytes.chunks_exact(shape.row_bytes.max(1)).enumerate() {
        let columns = index * shape.width..(index + 1) * shape.width;
        if let ([plane], 1) = (planes.as_mut_slice(), bits) {
            unpack_single_bits(row, plane.get_mut(columns).unwrap_or_default(), &convert);
            continue;
        }
        let mut unpacker = Unpacker { bytes: row.iter(), held: 0, held_bits: 0 };
        for column in columns {
            for plane in &mut planes {
                let value = unpacker.next(bits);
                if let Some(sample) = plane.get_mut(column) {
                    *sample = convert(value);
                }
            }
        }
    }
    planes
}

fn unpack_single_bits<T: Copy>(row: &[u8], target: &mut [T], convert: impl Fn(u64) -> T) {
    let (zero, one) = (convert(0), convert(1));
    for (samples, &byte) in target.chunks_mut(8).zip(row) {
        for (sample, mask) in samples.iter_mut().zip([0x80_u8, 0x40, 0x20, 0x10, 8, 4, 2, 1]) {
            *sample = if byte & mask == 0 { zero } else { one };
        }
    }
}

/// Takes bits from the top of bytes.
struct Unpacker<'a> {
    bytes: std::slice::Iter<'a, u8>,
    /// The bits that were read and not taken, in the low bits.
    held: u128,
    held_bits: u32,
}

impl Unpacker<'_> {
    fn next(&mut self, bits: u32) -> u64 {
        while self.held_bits < bits {
            self.held = self.held << 8 | u128::from(self.bytes.next().copied().unwrap_or(0));
            self.held_bits += 8;
        }
        self.held_bits -= bits;
        let value = self.held >> self.held_bits;
        self.held &= (1 << self.held_bits) - 1;
        u64::try_from(value).unwrap_or(u64::MAX)
    }
}

/// The signed number that the low `bits` of `value` stand for in two's complement.
pub(crate) fn sign_extended(value: u64, bits: usize) -> i64 {
    let unused = 64_u32.saturating_sub(u32::try_from(bits).unwrap_or(64)).min(63);
    (value << unused).cast_signed() >> unused
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packed_samples_come_back(
            bits in 1_usize..65,
            samples in 1_usize..4,
            width in 1_usize..9,
            values in proptest::collection::vec(any::<u64>(), 48),
        ) {
            let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
            let shape = Shape::for_tests(width, 2, samples, bits);
            let mut packed = vec![0_u8; shape.bytes];
            let mut expected = vec![Vec::new(); samples];
            let mut values = values.iter().map(|value| value & mask);
            for row in 0..2 {
                let mut bit = row * shape.row_bytes * 8;
                for _ in 0..width {
                    for plane in &mut expected {
                        let value = values.next().unwrap_or(0);
                        plane.push(value);
                        for shift in (0..bits).rev() {
                            packed[bit / 8] |= u8::try_from(value >> shift & 1).unwrap() << (7 - bit % 8);
                            bit += 1;
                        }
                    }
                }
            }
            prop_assert_eq!(planes(&packed, &shape, |value| value), expected);
        }
    }

    #[test]
    fn negative_numbers_keep_their_sign() {
        assert_eq!(sign_extended(0b1111, 4), -1);
        assert_eq!(sign_extended(0b0111, 4), 7);
        assert_eq!(sign_extended(u64::MAX, 64), -1);
    }
}
