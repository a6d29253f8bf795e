//! LZMA2 in an xz container.

use std::io::Read;

use lzma_rust2::XzReader;

use super::CodecError;

const NAME: &str = "LZMA";
/// Memory for the dictionary that a stream may ask for, in KiB: that of xz's highest preset, and some.
const MAX_MEMORY_KIB: u32 = 72 * 1024;

/// Fills `out`; what the data holds beyond that is ignored.
pub(crate) fn decompress(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let mut reader = XzReader::new_mem_limit(data, false, MAX_MEMORY_KIB);
    let mut filled = 0;
    while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => return Err(CodecError::damaged(NAME, error)),
        }
    }
    CodecError::check_full(NAME, filled, out.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `xz --format=xz` of ten bytes "0123456789".
    const DIGITS: [u8; 68] = [
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00,
        0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x09, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
        0x39, 0x00, 0x00, 0x00, 0x1e, 0x73, 0x12, 0x7f, 0x2c, 0xcf, 0x65, 0x27, 0x00, 0x01, 0x22, 0x0a, 0x15, 0x1a,
        0xe1, 0x67, 0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
    ];

    #[test]
    fn the_first_bytes_of_a_stream_fill_the_block() {
        let mut out = [0; 8];
        decompress(&DIGITS, &mut out).unwrap();
        assert_eq!(&out, b"01234567");
    }

    #[test]
    fn damaged_streams_are_errors() {
        assert!(decompress(&DIGITS[..20], &mut [0; 4]).is_err());
        assert!(decompress(b"", &mut [0; 4]).is_err());
        assert!(decompress(&[0x5d; 100], &mut [0; 4]).is_err());
    }
}
