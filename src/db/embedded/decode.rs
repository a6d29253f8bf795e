//! The bytes of a text file as text: UTF-8 with or without a mark, UTF-16 with a mark, else Windows-1252.

use std::borrow::Cow;

/// A text file's text, and how it was read when that was a guess.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Says which encoding was guessed; `None` for Unicode.
    pub(super) note: Option<&'static str>,
}

/// Decodes the bytes of a text file. `None` when they are no text: a NUL is in no text file but in UTF-16.
pub(super) fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return utf16(rest, u16::from_be_bytes);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.contains(&0) {
        return None;
    }
    Some(match str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), note: None },
        Err(_) => Decoded {
            text: Cow::Owned(bytes.iter().map(|&byte| windows_1252(byte)).collect()),
            note: Some("not UTF-8: read as Windows-1252 (Latin-1)"),
        },
    })
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Option<Decoded<'static>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    let text = text.ok().filter(|text| rest.is_empty() && !text.contains('\0'))?;
    Some(Decoded { text: Cow::Owned(text), note: None })
}

/// The character of a byte in Windows-1252, which is Latin-1 but for 0x80 to 0x9F (WHATWG Encoding Standard, index
/// windows-1252).
pub(super) fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|high| HIGH.get(usize::from(high))).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        decode(bytes).map(|decoded| decoded.text.into_owned())
    }

    #[test]
    fn marks_are_no_part_of_the_text() {
        assert_eq!(text(b"\xEF\xBB\xBFid").as_deref(), Some("id"));
        assert_eq!(text(b"\xFF\xFEi\0d\0").as_deref(), Some("id"));
        assert_eq!(text(b"\xFE\xFF\0i\0d").as_deref(), Some("id"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_read_as_latin_1_and_said_so() {
        let decoded = decode(b"Itaip\xFA \x96 5 \x80").unwrap();
        assert_eq!(decoded.text, "Itaipú – 5 €");
        assert!(decoded.note.is_some());
        assert_eq!(decode("Itaipú".as_bytes()).unwrap().note, None);
    }

    #[test]
    fn a_binary_file_is_no_text() {
        assert_eq!(text(b"II*\0\x08\0\0\0"), None);
        assert_eq!(text(b"\xFF\xFEi\0d"), None);
    }
}
