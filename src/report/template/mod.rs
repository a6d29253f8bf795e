//! Report templates: Markdown with values in `{{ }}` and fenced blocks `sql`, `plot`, `map` and `chips`.
//!
//! A template is parsed without a store or an image at hand. It may open with settings between two lines `---`:
//!
//! ```text
//! ---
//! title: Image overview
//! about: What is on one image
//! image:
//! from: 2020-01-01
//! ---
//! ```
//!
//! Every key but `title` and `about` is a parameter with its default. `image`, `class`, `name`, `from` and `to` are always
//! parameters; without a default they are empty texts. A query names them `:image`; a text or a setting writes `{{ image }}`.
//!
//! A block's fence is ```` ```sql NAME hidden ````: the name serves `{{ NAME.rows }}`, `{{ NAME.COLUMN }}` (its first row) and the
//! setting `of: NAME` of other blocks; a hidden one is not shown. In the block, lines `key: value` come first, the query after them.
//!
//! What stands in `{{ }}`: a parameter; `NAME.rows` or `NAME.COLUMN` of a named query; `images.count`; `date`; or a query with
//! one cell (`SELECT …`). `\{{` stays two braces.

mod block;
mod values;

use std::collections::BTreeMap;

pub use block::{Block, BlockKind};
pub use values::{TextPart, Wish};

/// Parameters that every report has.
pub const USUAL_PARAMETERS: [&str; 5] = ["image", "class", "name", "from", "to"];

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template {
    /// What to call it: its setting, else its first heading, else nothing.
    pub title: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// Parameters with their defaults.
    pub parameters: BTreeMap<String, String>,
    /// What comes one after the other.
    pub parts: Vec<TemplatePart>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplatePart {
    /// Markdown with values.
    Text(TextPart),
    /// Something that is made.
    Block(Block),
}

impl Template {
    /// Parses a template. Nothing is refused: what is wrong in a block is told in its place when the report is made.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mut template = Self::default();
        for name in USUAL_PARAMETERS {
            template.parameters.insert(name.to_owned(), String::new());
        }
        let body = template.take_settings(&text);
        let mut pending = String::new();
        let mut lines = body.lines();
        while let Some(line) = lines.next() {
            let Some(fence) = Fence::of(line) else {
                pending.push_str(line);
                pending.push('\n');
                continue;
            };
            let kind = BlockKind::named(fence.word());
            if let (Some(kind), false) = (kind, fence.info.is_empty()) {
                template.push_text(&mut pending);
                let content: Vec<&str> = lines.by_ref().take_while(|line| !fence.is_closed_by(line)).collect();
                template.parts.push(TemplatePart::Block(Block::parse(kind, fence.info, &content)));
            } else {
                // Any other fence is text up to its own end, whatever it looks like inside.
                pending.push_str(line);
                pending.push('\n');
                for line in lines.by_ref() {
                    pending.push_str(line);
                    pending.push('\n');
                    if fence.is_closed_by(line) {
                        break;
                    }
                }
            }
        }
        template.push_text(&mut pending);
        if template.title.is_empty() {
            template.title = first_heading(body).unwrap_or_default();
        }
        template
    }

    /// The blocks in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Block(block) => Some(block),
            TemplatePart::Text(_) => None,
        })
    }

    /// The single words that texts and settings ask for in `{{ }}`, with those in their queries' texts.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for part in &self.parts {
            let TemplatePart::Text(text) = part else { continue };
            for wish in &text.wishes {
                match wish {
                    Wish::Word(word) => words.push(word.clone()),
                    Wish::Query(sql) => words.extend(
                        sql.split(':')
                            .skip(1)
                            .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()),
                    ),
                    Wish::Field(..) | Wish::Wrong(_) => {}
                }
            }
        }
        words
    }

    fn push_text(&mut self, pending: &mut String) {
        if !pending.trim().is_empty() {
            self.parts.push(TemplatePart::Text(TextPart::parse(pending)));
        }
        pending.clear();
    }

    /// Takes the settings off the beginning; what is left is the body.
    fn take_settings<'a>(&mut self, text: &'a str) -> &'a str {
        let Some(rest) = text.strip_prefix("---\n") else { return text };
        let Some(end) = rest.find("\n---\n").or_else(|| rest.strip_suffix("\n---").map(str::len)) else { return text };
        let (settings, body) = (rest.get(..end).unwrap_or_default(), rest.get(end + 5..).unwrap_or_default());
        for line in settings.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim(), unquoted(value.trim()));
            match key {
                "title" => value.clone_into(&mut self.title),
                "about" => value.clone_into(&mut self.about),
                name if is_name(name) => {
                    self.parameters.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        body
    }
}

/// A name of a parameter or of a query: letters, digits and `_`, a letter first.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn unquoted(text: &str) -> &str {
    let inside = |quote| text.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

fn first_heading(body: &str) -> Option<String> {
    let heading = body.lines().find_map(|line| line.strip_prefix("# "))?;
    // A heading with a value in it is no name for the template.
    (!heading.contains("{{")).then(|| heading.trim().to_owned())
}

/// The line that opens a fenced block (`CommonMark` 0.31, section 4.5).
struct Fence<'a> {
    letter: char,
    length: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let inner = line.trim_start_matches(' ');
        let letter = inner.chars().next().filter(|letter| matches!(letter, '`' | '~'))?;
        let info = inner.trim_start_matches(letter);
        let length = inner.len() - info.len();
        let is_fence = line.len() - inner.len() < 4 && length >= 3 && !(letter == '`' && info.contains('`'));
        is_fence.then_some(Self { letter, length, info: info.trim() })
    }

    /// The language: the first word.
    fn word(&self) -> &'a str {
        self.info.split_whitespace().next().unwrap_or_default()
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let inner = line.trim_start_matches(' ');
        let rest = inner.trim_start_matches(self.letter);
        line.len() - inner.len() < 4 && inner.len() - rest.len() >= self.length && rest.trim().is_empty()
    }
}

#[cfg(test)]
mod tests;
