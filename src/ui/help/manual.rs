//! The manual: Markdown pages that are compiled in. In them, **bold** is a key or a word of the window, and a link leads to another
//! page; `tests/manual.rs` holds both against the program.

/// A page.
pub struct Page {
    /// What links call it: the file's name.
    pub name: &'static str,
    /// Its Markdown.
    pub text: &'static str,
}

macro_rules! page {
    ($name:literal) => {
        Page { name: concat!($name, ".md"), text: include_str!(concat!("../../../assets/manual/", $name, ".md")) }
    };
}

/// All pages, in the order of the contents.
pub const PAGES: [Page; 10] = [
    page!("first-steps"),
    page!("map"),
    page!("style"),
    page!("targets"),
    page!("postgresql"),
    page!("plots"),
    page!("reports"),
    page!("serving"),
    page!("command-line"),
    page!("trouble"),
];

impl Page {
    /// Its first heading.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

/// A place where a text was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The page, by its place in [`PAGES`].
    pub page: usize,
    /// The line that it stands in, without marks.
    pub line: String,
}

/// At most so many lines are listed of one page.
const MOST_OF_A_PAGE: usize = 4;

/// The lines that hold every word of a text, in any case and order.
pub fn search(text: &str) -> Vec<Found> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (page, text) in PAGES.iter().map(|page| page.text).enumerate() {
        let plain = paragraphs(text).map(|paragraph| without_marks(&paragraph));
        let fitting = plain.filter(|line| {
            let line = line.to_lowercase();
            words.iter().all(|word| line.contains(word))
        });
        found.extend(fitting.take(MOST_OF_A_PAGE).map(|line| Found { page, line }));
    }
    found
}

/// Lines that belong together as one: a sentence is found wherever it is broken.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let begins = line.trim().is_empty() || line.starts_with(['#', '|', '-', '`']) || line.starts_with("cogscope");
        match paragraphs.last_mut() {
            Some(last) if !begins && !last.is_empty() => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    paragraphs.into_iter().filter(|paragraph| paragraph.chars().any(char::is_alphanumeric))
}

fn without_marks(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line.trim_start_matches(['#', '-', '|', ' ']);
    // Of a link, what is read.
    while let Some((before, after)) = rest.split_once("](") {
        plain.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let plain = plain.replace("**", "").replace(['[', '`'], "").replace(" |", "  ");
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_wherever_a_line_is_broken() {
        let found = search("pattern names");
        assert!(found.iter().any(|found| PAGES[found.page].name == "map.md"), "{found:?}");
        assert!(search("  ").is_empty() && search("xyzzy").is_empty());
        assert!(search("CTRL+K").iter().all(|found| !found.line.contains("**")));
    }

    #[test]
    fn links_are_shown_as_they_are_read() {
        assert_eq!(without_marks("- See [Styles](style.md) and **S**."), "See Styles and S.");
    }

    #[test]
    fn each_page_has_a_title_of_its_own() {
        let titles: std::collections::BTreeSet<&str> = PAGES.iter().map(Page::title).collect();
        assert_eq!(titles.len(), PAGES.len());
        assert!(titles.iter().all(|title| !title.is_empty() && !title.starts_with('#')));
    }
}
