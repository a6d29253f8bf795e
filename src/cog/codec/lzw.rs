//! LZW, as TIFF 6.0 has it and in the bit order that libtiff wrote before 1991.

use std::cell::RefCell;

use weezl::decode::{Configuration, Decoder};
use weezl::{BitOrder, LzwStatus};

use super::CodecError;

const NAME: &str = "LZW";

thread_local! {
    static DECODER: RefCell<Decoder> = RefCell::new(
        Configuration::with_tiff_size_switch(BitOrder::Msb, 8).with_yield_on_full_buffer(true).build(),
    );
}

/// Fills `out`; what the data holds beyond that is ignored.
pub(crate) fn decompress(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    // Both orders begin with a Clear code of 9 bits: 0x80 and a bit in the new one, 0x00 and 0x01 in the old one.
    if let [0, second, ..] = data
        && second & 1 == 1
    {
        let mut decoder = Configuration::new(BitOrder::Lsb, 8).with_yield_on_full_buffer(true).build();
        return run(&mut decoder, data, out);
    }
    DECODER.with_borrow_mut(|decoder| {
        decoder.reset();
        run(decoder, data, out)
    })
}

fn run(decoder: &mut Decoder, data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let expected = out.len();
    let (mut read, mut written) = (0, 0);
    while written < expected {
        let (Some(input), Some(output)) = (data.get(read..), out.get_mut(written..)) else { break };
        let result = decoder.decode_bytes(input, output);
        read += result.consumed_in;
        written += result.consumed_out;
        match result.status {
            Ok(LzwStatus::Ok) if result.consumed_in + result.consumed_out > 0 => {}
            Ok(_) => break,
            Err(_) if written >= expected => break,
            Err(error) => return Err(CodecError::damaged(NAME, error)),
        }
    }
    CodecError::check_full(NAME, written, expected)
}

#[cfg(test)]
mod tests {
    use weezl::encode::Encoder;

    use super::*;

    fn data() -> Vec<u8> {
        (0..20_000_u32).map(|i| (i * i / 37).to_le_bytes()[0]).collect()
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let compressed = Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&data()).unwrap();
        let mut out = vec![0; data().len()];
        decompress(&compressed, &mut out).unwrap();
        assert_eq!(out, data());
        // The thread's decoder starts anew each time.
        decompress(&compressed, &mut out).unwrap();
        assert_eq!(out, data());
    }

    #[test]
    fn the_old_bit_order_is_recognised() {
        let compressed = Encoder::new(BitOrder::Lsb, 8).encode(&data()[..300]).unwrap();
        let mut out = vec![0; 300];
        decompress(&compressed, &mut out).unwrap();
        assert_eq!(out, data()[..300]);
    }

    #[test]
    fn more_data_than_the_block_is_cut_and_less_is_an_error() {
        let compressed = Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&data()).unwrap();
        let mut out = vec![0; 777];
        decompress(&compressed, &mut out).unwrap();
        assert_eq!(out, data()[..777]);
        let mut out = vec![0; data().len() + 1];
        assert!(decompress(&compressed, &mut out).is_err());
        assert!(decompress(&compressed[..compressed.len() / 2], &mut out).is_err());
        assert!(decompress(&[], &mut out).is_err());
    }
}
