//! Values as text in Markdown, in code, in addresses. What comes from a store or a file name has no say in the markup.

use std::fmt::Write as _;

/// A value in one line: control characters, line ends and what turns the direction of writing are spaces or gone.
pub(super) fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            // Directional controls let a name show as another; the private characters mark places of values.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | super::places::OPEN | super::places::CLOSE => {}
            other if other.is_control() || other.is_whitespace() && other != '\u{2009}' && other != '\u{a0}' => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            other => text.push(other),
        }
    }
    text.trim().to_owned()
}

/// A value as Markdown that shows it as it is: nothing of it is emphasis, a link, a tag, a list or a cell's end.
pub fn markdown_text(value: &str) -> String {
    let value = plain(value);
    let mut text = String::with_capacity(value.len() + 8);
    let leading_digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let mut before = ' ';
    let mut letters = value.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let is_marked = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' | '$' | '@' | '{' | '}' | '_' => true,
            // What some readers make a link of without brackets.
            ':' => next == '/',
            '.' => text.to_ascii_lowercase().ends_with("www") || (at == leading_digits && at > 0),
            ')' => at == leading_digits && at > 0,
            '+' | '-' | '=' => at == 0,
            '!' => next == '[',
            _ => false,
        };
        // Numbers in the middle of a line need no help: only a line's beginning makes a list.
        let is_decimal = letter == '.' && next.is_ascii_digit() && before.is_ascii_digit();
        if is_marked && !is_decimal {
            text.push('\\');
        }
        text.push(letter);
        before = letter;
    }
    text
}

/// A value within `` `code` `` or a fenced block, where nothing can be escaped.
pub(super) fn code_text(value: &str, is_in_table: bool) -> String {
    let text = plain(value).replace('`', "'").replace("~~~", "---");
    if is_in_table { text.replace('|', "\\|") } else { text }
}

/// A value within an address.
pub(super) fn address_text(value: &str) -> String {
    percent_encoded(&plain(value), "-._~/")
}

/// The way to a file beside the report.
pub(super) fn path_address(path: &str) -> String {
    percent_encoded(path, "-._~/")
}

fn percent_encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || kept.contains(letter) {
            encoded.push(letter);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Fences that the text of a query can't close.
pub(super) fn fenced(text: &str, language: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_value_stays_text() {
        assert_eq!(markdown_text("<script>alert(1)</script>"), r"\<script\>alert(1)\</script\>");
        assert_eq!(markdown_text("a*b_c`d[e](f)"), r"a\*b\_c\`d\[e\](f)");
        assert_eq!(markdown_text("x | y"), r"x \| y");
        assert_eq!(markdown_text("1. dam"), r"1\. dam");
        assert_eq!(markdown_text("- dam"), r"\- dam");
        assert_eq!(markdown_text("# dam\n\n## port"), r"\# dam \#\# port");
        assert_eq!(markdown_text("see http://x.org www.x.org a@b"), r"see http\://x.org www\.x.org a\@b");
    }

    #[test]
    fn usual_values_stay_readable() {
        assert_eq!(markdown_text("2020-05-18"), "2020-05-18");
        assert_eq!(markdown_text("0.98"), "0.98");
        assert_eq!(markdown_text("\u{2212}12.5"), "\u{2212}12.5");
        assert_eq!(markdown_text("Itaipu (main), left bank: 1"), "Itaipu (main), left bank: 1");
    }

    #[test]
    fn directions_and_controls_are_taken_out() {
        assert_eq!(plain("a\u{202e}gpj.exe\u{0}\r\n b"), "agpj.exe b");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("a ```` b", "sql"), "`````sql\na ```` b\n`````\n");
        assert_eq!(fenced("a", ""), "```\na\n```\n");
    }
}
