//! Tags on their way into a directory: number, type and little-endian values.

/// A tag with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedTag {
    /// Number of the tag.
    pub(crate) tag: u16,
    /// Type of the values as TIFF numbers it.
    pub(crate) kind: u16,
    /// Number of values.
    pub(crate) count: u64,
    /// The values, least significant byte first.
    pub(crate) bytes: Vec<u8>,
}

impl OwnedTag {
    /// Text; the closing NUL is added.
    pub(crate) fn ascii(tag: u16, text: &str) -> Self {
        let bytes = [text.as_bytes(), &[0]].concat();
        Self { tag, kind: 2, count: bytes.len() as u64, bytes }
    }

    /// 16-bit integers.
    pub(crate) fn shorts(tag: u16, values: &[u16]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { tag, kind: 3, count: values.len() as u64, bytes }
    }

    /// 32-bit integers.
    pub(crate) fn longs(tag: u16, values: &[u32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { tag, kind: 4, count: values.len() as u64, bytes }
    }

    /// Fractions.
    pub(crate) fn rationals(tag: u16, values: &[[u32; 2]]) -> Self {
        let bytes = values.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        Self { tag, kind: 5, count: values.len() as u64, bytes }
    }

    /// Floating point numbers.
    pub(crate) fn doubles(tag: u16, values: &[f64]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { tag, kind: 12, count: values.len() as u64, bytes }
    }

    /// Positions in the file: 64 bits in `big` files, else 32.
    pub(crate) fn offsets(tag: u16, values: impl Iterator<Item = u64>, big: bool) -> Self {
        let mut bytes = Vec::new();
        let mut count = 0;
        for value in values {
            count += 1;
            if big {
                bytes.extend_from_slice(&value.to_le_bytes());
            } else {
                // Only files whose positions fit are not big.
                bytes.extend_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
            }
        }
        Self { tag, kind: if big { 16 } else { 4 }, count, bytes }
    }
}
