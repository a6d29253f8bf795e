//! `NeXT`'s compression of 2-bit greys.

use super::CodecError;

const NAME: &str = "NeXT";

/// Decodes rows of `width` pixels of 2 bits into `out`, each row beginning at a byte.
pub(crate) fn decompress(data: &[u8], width: usize, out: &mut [u8]) -> Result<(), CodecError> {
    let row_bytes = width.div_ceil(4).max(1);
    let expected = out.len();
    let mut data = data;
    for (index, row) in out.chunks_exact_mut(row_bytes).enumerate() {
        row.fill(0xff);
        data = decode_row(data, width, row).ok_or(CodecError::Short {
            codec: NAME,
            found: index * row_bytes,
            expected,
        })?;
    }
    Ok(())
}

/// Decodes one row; gives what follows it, `None` if the data ended before.
fn decode_row<'a>(data: &'a [u8], width: usize, row: &mut [u8]) -> Option<&'a [u8]> {
    let (&kind, mut data) = data.split_first()?;
    match kind {
        // The row as it is.
        0x00 => {
            row.copy_from_slice(data.get(..row.len())?);
            data.get(row.len()..)
        }
        // Some bytes within a white row.
        0x40 => {
            let (header, rest) = data.split_first_chunk::<4>()?;
            let word = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
            let (start, length) = (word(header[0], header[1]), word(header[2], header[3]));
            row.get_mut(start..start.checked_add(length)?)?.copy_from_slice(rest.get(..length)?);
            rest.get(length..)
        }
        // Runs: the grey in the two high bits, the length in the others.
        mut code => {
            let mut column = 0;
            loop {
                let length = usize::from(code & 0x3f);
                for pixel in column..(column + length).min(width) {
                    let shift = 6 - 2 * (pixel % 4);
                    let byte = row.get_mut(pixel / 4)?;
                    *byte = *byte & !(3 << shift) | (code >> 6) << shift;
                }
                column += length;
                if column >= width {
                    return Some(data);
                }
                (code, data) = data.split_first().map(|(&code, rest)| (code, rest))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_kinds_of_rows_are_read() {
        let data = [0x00, 1, 2, 0x40, 0, 1, 0, 1, 7, 0b0100_0011, 0b1000_0101];
        let mut out = [0; 6];
        decompress(&data, 8, &mut out).unwrap();
        assert_eq!(out, [1, 2, 0xff, 7, 0b0101_0110, 0b1010_1010]);
    }

    #[test]
    fn rows_that_end_early_or_leave_the_block_are_errors() {
        assert!(decompress(&[0x00, 1], 8, &mut [0; 2]).is_err());
        assert!(decompress(&[0x40, 0, 1, 0, 2, 7, 7], 8, &mut [0; 2]).is_err());
        assert!(decompress(&[0x40, 0xff, 0xff, 0xff, 0xff], 8, &mut [0; 2]).is_err());
        assert!(decompress(&[0b0100_0011], 8, &mut [0; 2]).is_err());
    }
}
