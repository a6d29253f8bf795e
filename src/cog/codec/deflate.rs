//! Deflate with a zlib header, by libdeflate; by fdeflate where there is more than the block has room for.

use std::cell::RefCell;

use libdeflater::{DecompressionError, Decompressor};

use super::CodecError;

const NAME: &str = "Deflate";

thread_local! {
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Fills `out` from a zlib stream; what the stream holds beyond that is ignored.
pub(crate) fn decompress(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| match inflate(decompressor, data, out) {
        Ok(found) => CodecError::check_full(NAME, found, out.len()),
        Err(DecompressionError::InsufficientSpace) => inflate_beginning(data, out),
        Err(DecompressionError::BadData) => Err(CodecError::damaged(NAME, "it is no valid zlib stream")),
    })
}

/// All that a zlib stream holds, if that is at most `limit` bytes.
pub(crate) fn decompress_all(data: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    let mut out = vec![0; limit];
    let found = DECOMPRESSOR.with_borrow_mut(|decompressor| inflate(decompressor, data, &mut out));
    match found {
        Ok(found) => {
            out.truncate(found);
            Ok(out)
        }
        Err(error) => Err(CodecError::damaged(NAME, error)),
    }
}

/// A wrong or missing checksum after good data is forgiven, as it is by readers that stop at the end of the block.
fn inflate(decompressor: &mut Decompressor, data: &[u8], out: &mut [u8]) -> Result<usize, DecompressionError> {
    match decompressor.zlib_decompress(data, out) {
        Err(DecompressionError::BadData) if data.first().is_some_and(|first| first & 0x0f == 8) => {
            decompressor.deflate_decompress(data.get(2..).unwrap_or_default(), out)
        }
        result => result,
    }
}

/// libdeflate wants room for all that a stream holds; of longer streams the beginning is decoded piece by piece.
fn inflate_beginning(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let mut decompressor = fdeflate::Decompressor::new();
    decompressor.ignore_adler32();
    let (mut taken, mut filled) = (0, 0);
    while filled < out.len() && !decompressor.is_done() {
        let rest = data.get(taken..).unwrap_or_default();
        match decompressor.read(rest, out, filled, true) {
            Ok((0, 0)) => break,
            Ok((input, output)) => (taken, filled) = (taken + input, filled + output),
            Err(error) => return Err(CodecError::damaged(NAME, format!("{error:?}"))),
        }
    }
    CodecError::check_full(NAME, filled, out.len())
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};

    use super::*;

    fn compress(data: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; compressor.zlib_compress_bound(data.len())];
        let length = compressor.zlib_compress(data, &mut out).unwrap();
        out.truncate(length);
        out
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let data: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let mut out = vec![0; data.len()];
        decompress(&compress(&data), &mut out).unwrap();
        assert_eq!(out, data);
    }

    #[test]
    fn more_data_than_the_block_is_cut() {
        let data: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let mut out = vec![0; 1000];
        decompress(&compress(&data), &mut out).unwrap();
        assert_eq!(out, data[..1000]);
    }

    #[test]
    fn of_a_bomb_only_the_block_is_decoded() {
        let mut data = vec![7; 100];
        data.resize(10 << 20, 0);
        let mut out = [1; 200];
        decompress(&compress(&data), &mut out).unwrap();
        assert_eq!((&out[..100], &out[100..]), (&[7; 100][..], &[0; 100][..]));
    }

    #[test]
    fn less_data_than_the_block_is_an_error_that_counts() {
        let error = decompress(&compress(&[7; 10]), &mut [0; 20]).unwrap_err();
        assert_eq!(error, CodecError::Short { codec: NAME, found: 10, expected: 20 });
    }

    #[test]
    fn a_missing_checksum_is_forgiven_but_missing_data_is_not() {
        let data: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let compressed = compress(&data);
        let mut out = vec![0; data.len()];
        decompress(&compressed[..compressed.len() - 4], &mut out).unwrap();
        assert_eq!(out, data);
        assert!(decompress(&compressed[..compressed.len() / 2], &mut out).is_err());
        assert!(decompress(&[], &mut out).is_err());
    }
}
