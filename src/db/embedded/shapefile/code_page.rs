//! Code pages of `.dbf` files: which one a `.cpg` file or the header's language byte names, and bytes as text. Pages with more than
//! one byte a character (Chinese, Japanese, Korean) are not among them; a file in one is read as far as its bytes are ASCII.

use std::borrow::Cow;

use crate::db::embedded::decode::windows_1252;

/// The upper half of a code page: the characters of the bytes from 0x80 to 0xFF. The replacement character stands for a byte that
/// means nothing.
type UpperHalf = &'static str;

/// How the texts of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodePage {
    /// UTF-8.
    Utf8,
    /// Windows-1252, and Latin-1, which is the same but for characters that no text has.
    Windows1252,
    /// One byte a character.
    Other(UpperHalf),
}

impl CodePage {
    /// The page that a `.cpg` file names: `UTF-8`, `1251`, `CP1251`, `ISO-8859-1`, `LDID/201`, `OEM 866`.
    pub(super) fn named(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_uppercase).collect();
        if let Some(byte) = plain.strip_prefix("LDID").and_then(|number| number.parse().ok()) {
            return Self::of_language(byte);
        }
        if plain.ends_with("UTF8") || plain == "65001" {
            return Some(Self::Utf8);
        }
        if plain == "KOI8R" {
            return Some(Self::Other(KOI8_R));
        }
        let number = plain.trim_start_matches(|c: char| !c.is_ascii_digit());
        Self::numbered(number.parse().ok()?)
    }

    /// The page that the byte 29 of a header names, by dBase's and `FoxPro`'s lists of languages.
    pub(super) fn of_language(byte: u8) -> Option<Self> {
        Self::numbered(match byte {
            0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => 437,
            0x02 | 0x0A | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x25 | 0x37 => 850,
            0x03 | 0x57 | 0x58 | 0x59 => 1252,
            0x1F | 0x22 | 0x23 | 0x40 | 0x64 | 0x87 => 852,
            0x26 | 0x65 => 866,
            0xC8 => 1250,
            0xC9 => 1251,
            0xCA => 1254,
            0xCB => 1253,
            0xCC => 1257,
            _ => return None,
        })
    }

    fn numbered(number: u32) -> Option<Self> {
        Some(match number {
            1252 | 88591 | 28591 => Self::Windows1252,
            65001 => Self::Utf8,
            437 => Self::Other(CP437),
            850 => Self::Other(CP850),
            852 => Self::Other(CP852),
            866 => Self::Other(CP866),
            1250 => Self::Other(WINDOWS_1250),
            1251 => Self::Other(WINDOWS_1251),
            1253 => Self::Other(WINDOWS_1253),
            1254 | 88599 => Self::Other(WINDOWS_1254),
            1257 => Self::Other(WINDOWS_1257),
            88592 | 28592 => Self::Other(ISO_8859_2),
            88595 | 28595 => Self::Other(ISO_8859_5),
            885_915 | 28_605 => Self::Other(ISO_8859_15),
            _ => return None,
        })
    }

    /// The text of some bytes. Bytes that mean nothing become replacement characters.
    pub(super) fn text(self, bytes: &[u8]) -> Cow<'_, str> {
        if bytes.is_ascii() {
            return String::from_utf8_lossy(bytes);
        }
        let of_page = |page: UpperHalf, byte: u8| match byte.checked_sub(0x80) {
            None => char::from(byte),
            Some(high) => page.chars().nth(usize::from(high)).unwrap_or(char::REPLACEMENT_CHARACTER),
        };
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Windows1252 => Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()),
            Self::Other(page) => Cow::Owned(bytes.iter().map(|byte| of_page(page, *byte)).collect()),
        }
    }
}

/// DOS, United States (the Unicode Consortium's mapping).
const CP437: UpperHalf = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπ\
    ΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// DOS, Western Europe (the Unicode Consortium's mapping).
const CP850: UpperHalf = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒ\
    õÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
/// DOS, Central Europe (the Unicode Consortium's mapping).
const CP852: UpperHalf = "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃ\
    ńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";
/// DOS, Cyrillic (the Unicode Consortium's mapping).
const CP866: UpperHalf = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рсту\
    фхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{a0}";
/// Windows, Central Europe (the Unicode Consortium's mapping).
const WINDOWS_1250: UpperHalf = "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶\
    ·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
/// Windows, Cyrillic (the Unicode Consortium's mapping).
const WINDOWS_1251: UpperHalf = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТ\
    УФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";
/// Windows, Greek (the Unicode Consortium's mapping).
const WINDOWS_1253: UpperHalf = "€\u{fffd}‚ƒ„…†‡\u{fffd}‰\u{fffd}‹\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}‘’“”•–—\u{fffd}™\u{fffd}›\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{a0}΅Ά£¤¥¦§¨©\u{fffd}«¬\u{ad}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\
    \u{fffd}ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{fffd}";
/// Windows, Turkish (the Unicode Consortium's mapping).
const WINDOWS_1254: UpperHalf = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}\u{fffd}\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}\u{fffd}Ÿ\u{a0}¡¢£¤¥¦§¨©ª«¬\
    \u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ";
/// Windows, Baltic (the Unicode Consortium's mapping).
const WINDOWS_1257: UpperHalf = "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰\u{fffd}‹\u{fffd}¨ˇ¸\u{fffd}‘’“”•–—\u{fffd}™\u{fffd}›\u{fffd}¯˛\
    \u{fffd}\u{a0}\u{fffd}¢£¤\u{fffd}¦§Ø©Ŗ«¬\u{ad}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāć\
    äåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙";
/// Latin 2 (the Unicode Consortium's mapping).
const ISO_8859_2: UpperHalf = "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\
    \u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
    \u{a0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{ad}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řů\
    úűüýţ˙";
/// Latin and Cyrillic (the Unicode Consortium's mapping).
const ISO_8859_5: UpperHalf = "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\
    \u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
    \u{a0}ЁЂЃЄЅІЇЈЉЊЋЌ\u{ad}ЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя№ёђѓєѕіїјљ\
    њћќ§ўџ";
/// Latin 9 (the Unicode Consortium's mapping).
const ISO_8859_15: UpperHalf = "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\
    \u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
    \u{a0}¡¢£€¥Š§š©ª«¬\u{ad}®¯°±²³Žµ¶·ž¹º»ŒœŸ¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øù\
    úûüýþÿ";
/// Russian (the Unicode Consortium's mapping).
const KOI8_R: UpperHalf = "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{a0}⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©юабцдефгхийклмнопярстужвьызшэщч\
    ъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_in_many_ways() {
        for name in ["1251", "CP1251", "windows-1251", "ANSI 1251", "LDID/201", " cp1251\r\n"] {
            assert_eq!(CodePage::named(name), Some(CodePage::Other(WINDOWS_1251)), "{name}");
        }
        for name in ["UTF-8", "utf8", "65001"] {
            assert_eq!(CodePage::named(name), Some(CodePage::Utf8), "{name}");
        }
        for name in ["ISO-8859-1", "8859-1", "1252", "LDID/87"] {
            assert_eq!(CodePage::named(name), Some(CodePage::Windows1252), "{name}");
        }
        assert_eq!(CodePage::named("GB18030"), None);
        assert_eq!(CodePage::named(""), None);
    }

    #[test]
    fn every_page_has_all_of_its_bytes() {
        for page in [
            CP437,
            CP850,
            CP852,
            CP866,
            WINDOWS_1250,
            WINDOWS_1251,
            WINDOWS_1253,
            WINDOWS_1254,
            WINDOWS_1257,
            ISO_8859_2,
            ISO_8859_5,
            ISO_8859_15,
            KOI8_R,
        ] {
            assert_eq!(page.chars().count(), 128);
        }
    }

    #[test]
    fn bytes_become_the_characters_of_their_page() {
        let text = |name: &str, bytes: &[u8]| CodePage::named(name).unwrap().text(bytes).into_owned();
        assert_eq!(text("1251", b"\xCC\xEE\xF1\xF2 7"), "Мост 7");
        assert_eq!(text("866", b"\x8C\xAE\xE1\xE2"), "Мост");
        assert_eq!(text("KOI8-R", b"\xED\xCF\xD3\xD4"), "Мост");
        assert_eq!(text("1252", b"Itaip\xFA"), "Itaipú");
        assert_eq!(text("852", b"\xA8"), "Ę");
        assert_eq!(text("UTF-8", "Ωmega".as_bytes()), "Ωmega");
        assert_eq!(text("UTF-8", b"a\xFF"), "a\u{fffd}");
    }
}
