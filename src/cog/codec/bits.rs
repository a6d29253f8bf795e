//! Bits of a byte stream, highest bit of a byte first.

/// Reads bits; past the end it reads zeros, which [`BitReader::is_at_end`] tells.
pub(crate) struct BitReader<'a> {
    data: &'a [u8],
    /// Position of the next bit.
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, position: 0 }
    }

    /// Whether no bit is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.position >= self.data.len().saturating_mul(8)
    }

    /// The next `count` bits, at most 16, without taking them.
    pub(crate) fn peek(&self, count: u32) -> u32 {
        let first = self.position / 8;
        let byte = |index: usize| u32::from(self.data.get(first + index).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        let offset = u32::try_from(self.position % 8).unwrap_or(0);
        (word << (8 + offset)) >> (32 - count.clamp(1, 16))
    }

    /// Leaves `count` bits behind.
    pub(crate) fn skip(&mut self, count: u32) {
        self.position = self.position.saturating_add(count as usize);
    }

    /// Takes the next `count` bits, at most 16.
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// Goes on to the next multiple of `bits` bits.
    pub(crate) fn align(&mut self, bits: usize) {
        self.position = self.position.next_multiple_of(bits);
    }
}

/// Reverses the order of the bits in each byte.
pub(crate) fn reverse_bits(data: &mut [u8]) {
    for byte in data {
        *byte = byte.reverse_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_from_the_top_and_run_on_as_zeros() {
        let mut bits = BitReader::new(&[0b1010_0110, 0b1111_0000]);
        assert_eq!(bits.take(3), 0b101);
        assert_eq!(bits.take(7), 0b001_1011);
        assert_eq!(bits.peek(6), 0b11_0000);
        bits.align(8);
        assert!(bits.is_at_end());
        assert_eq!(bits.take(16), 0);
    }
}
