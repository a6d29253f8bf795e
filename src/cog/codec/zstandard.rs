//! Zstandard.

use std::cell::RefCell;
use std::io::Read;

use zstd::bulk::Decompressor;

use super::CodecError;

const NAME: &str = "Zstandard";
/// Base-2 logarithm of the window that a stream may ask for: 128 MiB, the format's recommended limit.
const MAX_WINDOW_LOG: u32 = 27;

thread_local! {
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

/// Fills `out`; what the data holds beyond that is ignored.
pub(crate) fn decompress(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let at_once = DECOMPRESSOR.with_borrow_mut(|decompressor| {
        decompressor.as_mut().and_then(|decompressor| decompressor.decompress_to_buffer(data, out).ok())
    });
    match at_once {
        Some(found) => CodecError::check_full(NAME, found, out.len()),
        None => decompress_piecewise(data, out),
    }
}

/// All that a stream holds, if that is at most `limit` bytes.
pub(crate) fn decompress_all(data: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    zstd::bulk::decompress(data, limit).map_err(|error| CodecError::damaged(NAME, error))
}

/// The library refuses at once what doesn't fit; read as a stream, the beginning is there.
fn decompress_piecewise(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let damaged = |error: std::io::Error| CodecError::damaged(NAME, error);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(data).map_err(damaged)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(damaged)?;
    let mut filled = 0;
    while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match decoder.read(rest).map_err(damaged)? {
            0 => break,
            read => filled += read,
        }
    }
    CodecError::check_full(NAME, filled, out.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back_cut_to_the_block() {
        let data: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let compressed = zstd::bulk::compress(&data, 3).unwrap();
        for length in [5000, 1234] {
            let mut out = vec![0; length];
            decompress(&compressed, &mut out).unwrap();
            assert_eq!(out, data[..length]);
        }
    }

    #[test]
    fn short_and_damaged_data_are_errors() {
        let compressed = zstd::bulk::compress(&[3; 100], 3).unwrap();
        assert_eq!(
            decompress(&compressed, &mut [0; 101]),
            Err(CodecError::Short { codec: NAME, found: 100, expected: 101 })
        );
        assert!(decompress(&compressed[..compressed.len() - 1], &mut [0; 101]).is_err());
        assert!(decompress(b"no zstandard", &mut [0; 10]).is_err());
        assert!(decompress(&[], &mut [0; 10]).is_err());
    }
}
