//! `PackBits` run lengths (TIFF 6.0, section 9).

use super::CodecError;

const NAME: &str = "PackBits";

/// Fills `out`; what the data holds beyond that is ignored.
pub(crate) fn decompress(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let expected = out.len();
    let mut rest = &mut out[..];
    let mut data = data;
    while !rest.is_empty() {
        let Some((&count, tail)) = data.split_first() else { break };
        data = tail;
        let count = count.cast_signed();
        if count == -128 {
            continue;
        }
        let length = usize::from(count.unsigned_abs()) + 1;
        let filled = length.min(rest.len());
        let (target, remaining) = std::mem::take(&mut rest).split_at_mut(filled);
        rest = remaining;
        if count < 0 {
            let Some((&value, tail)) = data.split_first() else { break };
            data = tail;
            target.fill(value);
        } else {
            let available = filled.min(data.len());
            for (target, &value) in target.iter_mut().zip(data) {
                *target = value;
            }
            if available < filled {
                return Err(CodecError::Short {
                    codec: NAME,
                    found: expected - rest.len() - filled + available,
                    expected,
                });
            }
            data = data.get(length..).unwrap_or_default();
        }
    }
    CodecError::check_full(NAME, expected - rest.len(), expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read() {
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let mut out = [0; 24];
        decompress(&packed, &mut out).unwrap();
        let expected = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        assert_eq!(out, expected);
    }

    #[test]
    fn no_operation_bytes_are_skipped() {
        let mut out = [0; 2];
        decompress(&[0x80, 0x80, 0x01, 5, 6], &mut out).unwrap();
        assert_eq!(out, [5, 6]);
    }

    #[test]
    fn a_run_past_the_block_is_cut_and_a_short_one_is_an_error() {
        let mut out = [0; 3];
        decompress(&[0x81, 9], &mut out).unwrap();
        assert_eq!(out, [9; 3]);
        assert!(decompress(&[0x02, 1, 2], &mut out).is_err());
        assert!(decompress(&[0x81], &mut [0; 200]).is_err());
        assert!(decompress(&[], &mut out).is_err());
    }
}
