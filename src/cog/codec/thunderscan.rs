//! `ThunderScan`'s compression of 4-bit greys.

use super::CodecError;

const NAME: &str = "ThunderScan";
const TWO_BIT_DELTAS: [Option<i8>; 4] = [Some(0), Some(1), None, Some(-1)];
const THREE_BIT_DELTAS: [Option<i8>; 8] = [Some(0), Some(1), Some(2), Some(3), None, Some(-3), Some(-2), Some(-1)];

/// Decodes rows of `width` pixels of 4 bits into `out`, each row beginning at a byte.
pub(crate) fn decompress(data: &[u8], width: usize, out: &mut [u8]) -> Result<(), CodecError> {
    let row_bytes = width.div_ceil(2).max(1);
    let expected = out.len();
    let mut data = data.iter();
    for (index, row) in out.chunks_exact_mut(row_bytes).enumerate() {
        row.fill(0);
        let mut pixels = Pixels { row, width, column: 0, last: 0 };
        while pixels.column < width {
            let Some(&code) = data.next() else {
                return Err(CodecError::Short { codec: NAME, found: index * row_bytes, expected });
            };
            let value = code & 0x3f;
            match code >> 6 {
                0 => (0..value).for_each(|_| pixels.push(0)),
                1 => [value >> 4, value >> 2 & 3, value & 3]
                    .into_iter()
                    .filter_map(|delta| TWO_BIT_DELTAS.get(usize::from(delta)).copied().flatten())
                    .for_each(|delta| pixels.push(delta)),
                2 => [value >> 3, value & 7]
                    .into_iter()
                    .filter_map(|delta| THREE_BIT_DELTAS.get(usize::from(delta)).copied().flatten())
                    .for_each(|delta| pixels.push(delta)),
                _ => {
                    pixels.last = value & 0x0f;
                    pixels.push(0);
                }
            }
        }
    }
    Ok(())
}

/// One row that is being filled.
struct Pixels<'a> {
    row: &'a mut [u8],
    width: usize,
    column: usize,
    last: u8,
}

impl Pixels<'_> {
    /// Adds a pixel that differs by `delta` from the last one, modulo 16.
    fn push(&mut self, delta: i8) {
        self.last = self.last.wrapping_add_signed(delta) & 0x0f;
        if self.column < self.width
            && let Some(byte) = self.row.get_mut(self.column / 2)
        {
            *byte |= if self.column.is_multiple_of(2) { self.last << 4 } else { self.last };
            self.column += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_pixels_runs_and_deltas_are_read() {
        // Raw 5; run of 2; deltas +1, skip, -1; deltas +3, -3; the row ends.
        let data = [0b1100_0101, 0b0000_0010, 0b0101_1011, 0b1001_1101, 0b1100_0001];
        let mut out = [0; 4];
        decompress(&data, 8, &mut out).unwrap();
        assert_eq!(out, [0x55, 0x56, 0x58, 0x51]);
    }

    #[test]
    fn missing_data_is_an_error() {
        assert!(decompress(&[0b0000_0010], 8, &mut [0; 4]).is_err());
        assert!(decompress(&[], 8, &mut [0; 4]).is_err());
    }
}
