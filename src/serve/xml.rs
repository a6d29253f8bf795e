//! Texts in documents of XML.

use quick_xml::escape::escape;

/// A text that is safe in an element or an attribute. Characters that XML 1.0 has no place for (section 2.2), which names of files
/// and requests can have, are left out.
pub(super) fn escaped(text: &str) -> String {
    let has_place = |letter: &char| match letter {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => !other.is_control(),
    };
    escape(text.chars().filter(has_place).collect::<String>()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_a_document() {
        assert_eq!(escaped("<a b='c'>&\"\u{0}\u{b}\u{ffff}ä"), "&lt;a b=&apos;c&apos;&gt;&amp;&quot;ä");
    }
}
