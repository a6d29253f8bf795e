//! Reading the assets: variable-length numbers, differences, texts. Every length is checked against what is there.

use super::BasemapError;

/// Bytes and how far they are read.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn damaged(&self) -> BasemapError {
        BasemapError::Damaged { at: self.at }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The mark at the beginning of an asset.
    pub(super) fn expect(&mut self, mark: &[u8]) -> Result<(), BasemapError> {
        if self.take(mark.len()) == Ok(mark) { Ok(()) } else { Err(BasemapError::WrongFormat) }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], BasemapError> {
        let end = self.at.checked_add(length).ok_or_else(|| self.damaged())?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| self.damaged())?;
        self.at = end;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, BasemapError> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.damaged())?;
        self.at += 1;
        Ok(byte)
    }

    /// LEB128: seven bits a byte, the lowest first.
    pub(super) fn u32(&mut self) -> Result<u32, BasemapError> {
        // Most numbers are differences to a neighbour, of one byte.
        if let Some(byte @ ..0x80) = self.bytes.get(self.at) {
            self.at += 1;
            return Ok(u32::from(*byte));
        }
        let mut value = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.u8()?;
            let bits = u32::from(byte & 0x7F);
            if bits.leading_zeros() < shift {
                return Err(self.damaged());
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.damaged())
    }

    /// As [`Self::u32`], 0, 1, 2, 3 being 0, -1, 1, -2.
    pub(super) fn i32(&mut self) -> Result<i32, BasemapError> {
        let value = self.u32()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A number of things that take at least `least_bytes` each, so that no memory is taken for a number that can't be.
    pub(super) fn count(&mut self, least_bytes: usize) -> Result<usize, BasemapError> {
        let count = self.u32()? as usize;
        let left = self.bytes.len().saturating_sub(self.at);
        if count > left / least_bytes.max(1) { Err(self.damaged()) } else { Ok(count) }
    }

    pub(super) fn text(&mut self) -> Result<&'a str, BasemapError> {
        let length = self.count(1)?;
        str::from_utf8(self.take(length)?).map_err(|_| self.damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_their_limits() {
        let mut reader = Reader::new(b"\x00\x7F\x80\x01\xFF\xFF\xFF\xFF\x0F\x03\x04\xFF\xFF\xFF\xFF\x0F");
        let numbers: Vec<_> = (0..4).map(|_| reader.u32().unwrap()).collect();
        assert_eq!(numbers, [0, 127, 128, u32::MAX]);
        assert_eq!((reader.i32(), reader.i32(), reader.i32()), (Ok(-2), Ok(2), Ok(i32::MIN)));
        assert!(reader.is_at_end());
    }

    #[test]
    fn numbers_that_are_too_large_or_cut_off_are_errors() {
        assert!(Reader::new(b"\xFF\xFF\xFF\xFF\x1F").u32().is_err());
        assert!(Reader::new(b"\xFF\xFF\xFF\xFF\xFF\x01").u32().is_err());
        assert!(Reader::new(b"\x80").u32().is_err());
        assert!(Reader::new(b"\xFF\xFF\xFF\xFF\x0Fab").text().is_err());
        assert!(Reader::new(b"\x02\xC3\x28").text().is_err());
    }
}
