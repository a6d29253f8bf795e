//! CCITT bilevel compression: modified Huffman, group 3 in one and two dimensions, group 4.
//!
//! White pixels are 0 bits and black ones are 1 bits, whatever the photometric interpretation, as in libtiff. A row of
//! group 3 that is damaged ends early in white and decoding goes on after the next end-of-line word, as fax machines do. A block of
//! group 4 that breaks off after its first row is white from there on, and so is the last row after a last end-of-line word.

use super::CodecError;
use super::bits::BitReader;
use super::fax_codes::{Mode, mode, run};

const NAME: &str = "CCITT";
/// Bits of the end-of-line word: eleven zeros and a one.
const END_OF_LINE_BITS: u32 = 12;

/// Which of the CCITT schemes a block uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Modified Huffman; rows begin at a multiple of that many bits.
    RunLengths {
        /// 8 or 16.
        align_bits: usize,
    },
    /// Group 3, each row after an end-of-line word.
    Group3 {
        /// Whether a bit after the end-of-line word tells which rows refer to the row above.
        two_dimensional: bool,
    },
    /// Group 4.
    Group4,
}

/// Decodes rows of `width` pixels into `out`, one bit a pixel, each row beginning at a byte.
pub(crate) fn decompress(data: &[u8], width: u32, scheme: Scheme, out: &mut [u8]) -> Result<(), CodecError> {
    let row_bytes = (width as usize).div_ceil(8);
    if row_bytes == 0 {
        return Err(CodecError::damaged(NAME, "rows without pixels"));
    }
    let mut decoder = Decoder { bits: BitReader::new(data), width, above: Vec::new(), changes: Vec::new() };
    let has_end_of_lines = matches!(scheme, Scheme::Group3 { .. }) && decoder.find_end_of_line();
    decoder.bits = BitReader::new(data);
    let rows = out.len() / row_bytes;
    out.fill(0);
    for (index, row) in out.chunks_exact_mut(row_bytes).enumerate() {
        let short = || CodecError::Short { codec: NAME, found: index * row_bytes, expected: rows * row_bytes };
        match scheme {
            Scheme::RunLengths { align_bits } => {
                decoder.bits.align(align_bits);
                if decoder.bits.is_at_end() {
                    return Err(short());
                }
                decoder.row_of_runs();
            }
            Scheme::Group3 { two_dimensional } => {
                let begins = !has_end_of_lines || decoder.find_end_of_line();
                if begins && has_end_of_lines && decoder.bits.is_at_end() && index + 1 == rows {
                    continue;
                }
                if !begins || decoder.bits.is_at_end() {
                    return Err(short());
                }
                if two_dimensional && decoder.bits.take(1) == 0 {
                    decoder.row_by_changes();
                } else {
                    decoder.row_of_runs();
                }
            }
            Scheme::Group4 => {
                let is_whole = decoder.row_by_changes();
                let is_end_of_block = !is_whole && decoder.bits.peek(END_OF_LINE_BITS) == 1;
                if !is_whole && !is_end_of_block && index == 0 {
                    return Err(short());
                }
                if is_end_of_block {
                    break;
                }
            }
        }
        decoder.paint(row);
        std::mem::swap(&mut decoder.above, &mut decoder.changes);
    }
    Ok(())
}

/// Columns where the colour changes, in ascending order; the first change is to black.
struct Decoder<'a> {
    bits: BitReader<'a>,
    width: u32,
    above: Vec<u32>,
    changes: Vec<u32>,
}

impl Decoder<'_> {
    /// Leaves everything up to and with the next end-of-line word behind.
    fn find_end_of_line(&mut self) -> bool {
        while !self.bits.is_at_end() {
            if self.bits.peek(END_OF_LINE_BITS - 1) == 0 {
                loop {
                    let is_one = self.bits.take(1) == 1;
                    if is_one || self.bits.is_at_end() {
                        return is_one;
                    }
                }
            }
            self.bits.skip(1);
        }
        false
    }

    /// A row of alternating white and black runs; `false` if it ended early.
    fn row_of_runs(&mut self) -> bool {
        self.changes.clear();
        let (mut column, mut black) = (0_u32, false);
        while column < self.width {
            let Some(pixels) = run(&mut self.bits, black) else { return false };
            column = column.saturating_add(pixels).min(self.width);
            self.changes.push(column);
            black = !black;
        }
        true
    }

    /// A row coded by its differences from the row above; `false` if it ended early.
    fn row_by_changes(&mut self) -> bool {
        self.changes.clear();
        let (mut column, mut black, mut at_start) = (0_u32, false, true);
        let mut next = 0_usize;
        while column < self.width {
            let Some(mode) = mode(&mut self.bits) else { return false };
            next = self.change_above(next, column, black, at_start);
            let b1 = self.above.get(next).copied().unwrap_or(self.width);
            match mode {
                Mode::Pass => column = self.above.get(next + 1).copied().unwrap_or(self.width),
                Mode::Horizontal => {
                    for color in [black, !black] {
                        let Some(pixels) = run(&mut self.bits, color) else { return false };
                        column = column.saturating_add(pixels).min(self.width);
                        self.changes.push(column);
                    }
                }
                Mode::Vertical(distance) => {
                    let change = b1.saturating_add_signed(i32::from(distance)).min(self.width);
                    if change < column {
                        return false;
                    }
                    column = change;
                    self.changes.push(column);
                    black = !black;
                }
            }
            at_start = false;
        }
        true
    }

    /// Index of the first change of the row above that lies right of `column` and is to the other colour than `black`.
    fn change_above(&self, from: usize, column: u32, black: bool, at_start: bool) -> usize {
        let is_right = |change: u32| change > column || (at_start && change == 0);
        let mut index = from.min(self.above.len());
        while index > 0 && self.above.get(index - 1).is_some_and(|&change| is_right(change)) {
            index -= 1;
        }
        while self.above.get(index).is_some_and(|&change| !is_right(change)) {
            index += 1;
        }
        if index % 2 == usize::from(black) { index } else { index + 1 }
    }

    fn paint(&self, row: &mut [u8]) {
        let mut changes = self.changes.iter().copied();
        while let Some(start) = changes.next() {
            let end = changes.next().unwrap_or(start);
            // A run of black that has no end was cut by damage.
            set_bits(row, start as usize, end as usize);
        }
    }
}

/// Sets the bits from `start` up to `end`, counted from the highest bit of the first byte.
fn set_bits(row: &mut [u8], start: usize, end: usize) {
    if start >= end {
        return;
    }
    let (first, last) = (start / 8, (end - 1) / 8);
    let head = 0xff_u8 >> (start % 8);
    let tail = 0xff_u8 << (7 - (end - 1) % 8);
    if first == last {
        if let Some(byte) = row.get_mut(first) {
            *byte |= head & tail;
        }
        return;
    }
    if let Some(byte) = row.get_mut(first) {
        *byte |= head;
    }
    if let Some(middle) = row.get_mut(first + 1..last) {
        middle.fill(0xff);
    }
    if let Some(byte) = row.get_mut(last) {
        *byte |= tail;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs a text of 0 and 1 into bytes.
    fn packed(text: &str) -> Vec<u8> {
        let bits: Vec<u8> = text.bytes().filter(|byte| matches!(byte, b'0' | b'1')).map(|byte| byte - b'0').collect();
        bits.chunks(8).map(|bits| bits.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << (7 - i))).collect()
    }

    const EOL: &str = "000000000001";
    /// 3 white, 2 black, 3 white.
    const ROW: &str = "1000 11 1000";

    #[test]
    fn modified_huffman_rows_begin_at_a_byte() {
        let data = packed(&format!("{ROW} 000000 {ROW}"));
        let mut out = [9; 2];
        decompress(&data, 8, Scheme::RunLengths { align_bits: 8 }, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000; 2]);
    }

    #[test]
    fn group_3_goes_on_after_a_damaged_row() {
        let data = packed(&format!("{EOL}{ROW}{EOL} 1000 000000001 {EOL}{ROW}{EOL}"));
        let mut out = [9; 3];
        decompress(&data, 8, Scheme::Group3 { two_dimensional: false }, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0, 0b0001_1000]);
    }

    #[test]
    fn group_3_in_two_dimensions_refers_to_the_row_above() {
        // The second row: both changes one pixel further right, then to the end.
        let data = packed(&format!("{EOL}1{ROW}{EOL}0 011 011 1 {EOL}"));
        let mut out = [9; 2];
        decompress(&data, 8, Scheme::Group3 { two_dimensional: true }, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0b0000_1100]);
    }

    #[test]
    fn group_4_begins_below_a_white_row_and_ends_in_white() {
        // Horizontal: 3 white, 2 black, then to the end; the same again by vertical words; then the end of the block.
        let data = packed(&format!("001 1000 11 1  1 1 1  {EOL}{EOL}"));
        let mut out = [9; 4];
        decompress(&data, 8, Scheme::Group4, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0b0001_1000, 0, 0]);
    }

    #[test]
    fn a_pass_skips_a_run_of_the_row_above() {
        // Below 3 white, 2 black, 3 white: pass, then white to the end.
        let data = packed("001 1000 11 1  0001 1");
        let mut out = [9; 2];
        decompress(&data, 8, Scheme::Group4, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0]);
    }

    #[test]
    fn missing_rows_are_an_error() {
        for scheme in [Scheme::Group4, Scheme::Group3 { two_dimensional: true }, Scheme::RunLengths { align_bits: 16 }]
        {
            let short = decompress(&packed("001 1000 11 1"), 8, scheme, &mut [0; 10]);
            assert!(short.is_err() || scheme == Scheme::Group4);
            assert!(decompress(&[], 8, scheme, &mut [0; 10]).is_err());
        }
    }

    #[test]
    fn group_4_that_breaks_off_is_white_from_there_on() {
        let mut out = [9; 4];
        decompress(&packed("001 1000 11 1"), 8, Scheme::Group4, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0, 0, 0]);
        // The second row breaks off inside its black run.
        decompress(&packed("001 1000 11 1  001 1000 0000 0000"), 8, Scheme::Group4, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0, 0, 0]);
    }

    #[test]
    fn after_a_last_end_of_line_word_the_last_row_is_white() {
        let one = Scheme::Group3 { two_dimensional: false };
        // Fill bits before the word let it end with a byte.
        let data = packed(&format!("{EOL}{ROW}000000{EOL}"));
        assert_eq!(data.len() * 8, EOL.len() * 2 + 16);
        let mut out = [9; 2];
        decompress(&data[..], 8, one, &mut out).unwrap();
        assert_eq!(out, [0b0001_1000, 0]);
        assert!(decompress(&data, 8, one, &mut [9; 3]).is_err());
    }

    #[test]
    fn runs_are_painted_across_bytes() {
        let mut row = [0; 4];
        set_bits(&mut row, 6, 27);
        assert_eq!(row, [0b0000_0011, 0xff, 0xff, 0b1110_0000]);
    }
}
