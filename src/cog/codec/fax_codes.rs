//! Code words of CCITT group 3 and 4 (ITU-T T.4 and T.6), and tables to look them up.

use std::sync::LazyLock;

use super::bits::BitReader;

/// Bits of the longest code word of a run.
const LONGEST: u32 = 13;

/// Code words of white runs of 0 to 63 pixels.
const WHITE: [&str; 64] = [
    "00110101", "000111", "0111", "1000", "1011", "1100", "1110", "1111", "10011", "10100", "00111", "01000", "001000",
    "000011", "110100", "110101", "101010", "101011", "0100111", "0001100", "0001000", "0010111", "0000011", "0000100",
    "0101000", "0101011", "0010011", "0100100", "0011000", "00000010", "00000011", "00011010", "00011011", "00010010",
    "00010011", "00010100", "00010101", "00010110", "00010111", "00101000", "00101001", "00101010", "00101011",
    "00101100", "00101101", "00000100", "00000101", "00001010", "00001011", "01010010", "01010011", "01010100",
    "01010101", "00100100", "00100101", "01011000", "01011001", "01011010", "01011011", "01001010", "01001011",
    "00110010", "00110011", "00110100",
];
/// Code words of white runs of 64, 128, … 1728 pixels.
const WHITE_MAKE_UP: [&str; 27] = [
    "11011",
    "10010",
    "010111",
    "0110111",
    "00110110",
    "00110111",
    "01100100",
    "01100101",
    "01101000",
    "01100111",
    "011001100",
    "011001101",
    "011010010",
    "011010011",
    "011010100",
    "011010101",
    "011010110",
    "011010111",
    "011011000",
    "011011001",
    "011011010",
    "011011011",
    "010011000",
    "010011001",
    "010011010",
    "011000",
    "010011011",
];
/// Code words of black runs of 0 to 63 pixels.
const BLACK: [&str; 64] = [
    "0000110111",
    "010",
    "11",
    "10",
    "011",
    "0011",
    "0010",
    "00011",
    "000101",
    "000100",
    "0000100",
    "0000101",
    "0000111",
    "00000100",
    "00000111",
    "000011000",
    "0000010111",
    "0000011000",
    "0000001000",
    "00001100111",
    "00001101000",
    "00001101100",
    "00000110111",
    "00000101000",
    "00000010111",
    "00000011000",
    "000011001010",
    "000011001011",
    "000011001100",
    "000011001101",
    "000001101000",
    "000001101001",
    "000001101010",
    "000001101011",
    "000011010010",
    "000011010011",
    "000011010100",
    "000011010101",
    "000011010110",
    "000011010111",
    "000001101100",
    "000001101101",
    "000011011010",
    "000011011011",
    "000001010100",
    "000001010101",
    "000001010110",
    "000001010111",
    "000001100100",
    "000001100101",
    "000001010010",
    "000001010011",
    "000000100100",
    "000000110111",
    "000000111000",
    "000000100111",
    "000000101000",
    "000001011000",
    "000001011001",
    "000000101011",
    "000000101100",
    "000001011010",
    "000001100110",
    "000001100111",
];
/// Code words of black runs of 64, 128, … 1728 pixels.
const BLACK_MAKE_UP: [&str; 27] = [
    "0000001111",
    "000011001000",
    "000011001001",
    "000001011011",
    "000000110011",
    "000000110100",
    "000000110101",
    "0000001101100",
    "0000001101101",
    "0000001001010",
    "0000001001011",
    "0000001001100",
    "0000001001101",
    "0000001110010",
    "0000001110011",
    "0000001110100",
    "0000001110101",
    "0000001110110",
    "0000001110111",
    "0000001010010",
    "0000001010011",
    "0000001010100",
    "0000001010101",
    "0000001011010",
    "0000001011011",
    "0000001100100",
    "0000001100101",
];
/// Code words of runs of 1792, 1856, … 2560 pixels of either colour.
const LONG_MAKE_UP: [&str; 13] = [
    "00000001000",
    "00000001100",
    "00000001101",
    "000000010010",
    "000000010011",
    "000000010100",
    "000000010101",
    "000000010110",
    "000000010111",
    "000000011100",
    "000000011101",
    "000000011110",
    "000000011111",
];

/// Length of a run and of its code word by the next [`LONGEST`] bits; a word of 0 bits is no word.
type Table = Vec<(u16, u8)>;

static WHITE_TABLE: LazyLock<Table> = LazyLock::new(|| table(&WHITE, &WHITE_MAKE_UP));
static BLACK_TABLE: LazyLock<Table> = LazyLock::new(|| table(&BLACK, &BLACK_MAKE_UP));

fn table(terminating: &[&str], make_up: &[&str]) -> Table {
    let mut table = vec![(0, 0); 1 << LONGEST];
    let short = (0_u16..).zip(terminating);
    let long = (1_u16..).zip(make_up.iter().chain(&LONG_MAKE_UP)).map(|(index, word)| (index * 64, word));
    for (run, word) in short.chain(long) {
        let length = u32::try_from(word.len()).unwrap_or(LONGEST).min(LONGEST);
        let value = word.bytes().fold(0_usize, |value, bit| value << 1 | usize::from(bit == b'1'));
        let first = value << (LONGEST - length);
        let last = first + (1 << (LONGEST - length));
        for entry in table.get_mut(first..last).unwrap_or_default() {
            *entry = (run, u8::try_from(length).unwrap_or(0));
        }
    }
    table
}

/// Takes the code words of one run and adds up its pixels; `None` at a word that isn't one, which is not taken.
pub(crate) fn run(bits: &mut BitReader<'_>, black: bool) -> Option<u32> {
    let table = if black { &*BLACK_TABLE } else { &*WHITE_TABLE };
    let mut total = 0_u32;
    loop {
        let &(pixels, length) = table.get(bits.peek(LONGEST) as usize)?;
        if length == 0 || bits.is_at_end() {
            return None;
        }
        bits.skip(u32::from(length));
        total = total.saturating_add(u32::from(pixels));
        if pixels < 64 {
            return Some(total);
        }
    }
}

/// How the next change of colour is coded with respect to the row above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The run goes on past the next run of the row above.
    Pass,
    /// Two runs follow.
    Horizontal,
    /// The colour changes that many pixels after the change above.
    Vertical(i8),
}

/// Takes a mode's code word; `None` at anything else, which is not taken.
pub(crate) fn mode(bits: &mut BitReader<'_>) -> Option<Mode> {
    let (mode, length) = match bits.peek(7) {
        0b100_0000.. => (Mode::Vertical(0), 1),
        0b011_0000..=0b011_1111 => (Mode::Vertical(1), 3),
        0b010_0000..=0b010_1111 => (Mode::Vertical(-1), 3),
        0b001_0000..=0b001_1111 => (Mode::Horizontal, 3),
        0b000_1000..=0b000_1111 => (Mode::Pass, 4),
        0b000_0110 | 0b000_0111 => (Mode::Vertical(2), 6),
        0b000_0100 | 0b000_0101 => (Mode::Vertical(-2), 6),
        0b000_0011 => (Mode::Vertical(3), 7),
        0b000_0010 => (Mode::Vertical(-3), 7),
        _ => return None,
    };
    if bits.is_at_end() {
        return None;
    }
    bits.skip(length);
    Some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_word_begins_another() {
        for (short, long) in [(&WHITE, &WHITE_MAKE_UP), (&BLACK, &BLACK_MAKE_UP)] {
            let words: Vec<&str> = short.iter().chain(long).chain(&LONG_MAKE_UP).copied().collect();
            for (i, word) in words.iter().enumerate() {
                assert!(words.iter().enumerate().all(|(j, other)| i == j || !other.starts_with(word)), "{word}");
            }
        }
    }

    #[test]
    fn make_up_and_terminating_words_add_up() {
        // White 2560 + 64 + 3, then black 1.
        let mut bits = BitReader::new(&[0b0000_0001, 0b1111_1101, 0b1100_0010]);
        assert_eq!(run(&mut bits, false), Some(2560 + 64 + 3));
        assert_eq!(run(&mut bits, true), Some(1));
        assert_eq!(run(&mut bits, true), None);
    }
}
