//! Data of an entry, field by field.

use crate::cog::file::ByteOrder;

const ORDER: ByteOrder = ByteOrder::LittleEndian;
/// Numbers of a list that are believed.
const MAX_COUNT: u32 = 1000;

/// Reads fields one after the other.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Fields from that place on; `None` beyond the end.
    pub(super) fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        Some(Self { rest: bytes.get(offset..)? })
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn half_word(&mut self) -> Option<u16> {
        ORDER.u16(self.take(2)?, 0)
    }

    pub(super) fn word(&mut self) -> Option<u32> {
        ORDER.u32(self.take(4)?, 0)
    }

    pub(super) fn words<const N: usize>(mut self) -> Option<[u32; N]> {
        let mut words = [0; N];
        for word in &mut words {
            *word = self.word()?;
        }
        Some(words)
    }

    pub(super) fn double(&mut self) -> Option<f64> {
        ORDER.f64(self.take(8)?, 0).filter(|number| number.is_finite())
    }

    /// What stands before data that could lie elsewhere but never do: a count and a place. Gives the count.
    pub(super) fn pointer(&mut self) -> Option<u32> {
        let count = self.word()?;
        self.word()?;
        Some(count)
    }

    /// Two numbers behind a pointer.
    pub(super) fn pair(&mut self) -> Option<(f64, f64)> {
        self.pointer().filter(|&count| count == 1)?;
        Some((self.double()?, self.double()?))
    }

    /// Numbers behind a pointer.
    pub(super) fn doubles(&mut self) -> Option<Vec<f64>> {
        let count = self.pointer().filter(|&count| count <= MAX_COUNT)?;
        (0..count).map(|_| self.double()).collect()
    }

    /// Text behind a pointer, without its closing NUL.
    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.pointer().filter(|&length| length <= MAX_COUNT)?;
        let text = self.take(usize::try_from(length).ok()?)?;
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// The first number of a matrix of any type of number behind a pointer, in words.
    pub(super) fn base_value(&mut self) -> Option<String> {
        self.pointer().filter(|&count| count > 0)?;
        let (_rows, _columns) = (self.word()?, self.word()?);
        let kind = self.half_word()?;
        self.half_word()?;
        Some(match kind {
            // Numbers of 1, 2, 4 and 8 bits stand in the low bits of a byte.
            0..=3 => self.take(1)?.first()?.to_string(),
            4 => self.take(1)?.first()?.cast_signed().to_string(),
            5 => self.half_word()?.to_string(),
            6 => self.half_word()?.cast_signed().to_string(),
            7 => self.word()?.to_string(),
            8 => self.word()?.cast_signed().to_string(),
            9 => f32::from_bits(self.word()?).to_string(),
            10 => ORDER.f64(self.take(8)?, 0)?.to_string(),
            _ => return None,
        })
    }
}
