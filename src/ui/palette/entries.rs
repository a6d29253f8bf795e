//! Every command of the palette with its name and shortcut, and which of them a text means. Draws nothing.

use crate::document::{Document, ThemeChoice};
use crate::targets::TargetFilter;
use crate::ui::{Command, ImportWish, Pane, style};

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// The key that does the same; empty for none.
    pub shortcut: &'static str,
    /// What it does.
    pub command: Command,
}

/// The keys of the presets.
const DIGITS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
/// How many recent folders are offered.
const MOST_RECENT: usize = 5;

/// Everything that can be done now.
pub fn entries(document: &Document) -> Vec<Entry> {
    let entry = |name: &str, shortcut, command| Entry { name: name.to_owned(), shortcut, command };
    let mut list = vec![
        entry("Open folder\u{2026}", "Ctrl+O", Command::AskForFolder),
        entry("Open files\u{2026}", "Ctrl+Shift+O", Command::AskForFiles),
        entry("New project", "", Command::NewProject),
        entry("Open project\u{2026}", "", Command::AskForProject),
        entry("Save project", "Ctrl+S", Command::SaveProject),
        entry("Save project as\u{2026}", "Ctrl+Shift+S", Command::AskToSaveProject),
        entry("Connect to PostgreSQL\u{2026}", "", Command::OpenConnect),
        entry("Import targets\u{2026}", "", Command::Import(Box::new(ImportWish::Open))),
        entry("Close everything", "", Command::NewProject),
        entry("Go to\u{2026}", "Ctrl+G", Command::FocusGoTo),
        entry("Fit everything that is open", "F", Command::FitAll),
        entry("Zoom in", "+", Command::ZoomBy(1.0)),
        entry("Zoom out", "\u{2212}", Command::ZoomBy(-1.0)),
        entry("Stretch to what is on the map", "S", Command::StretchToView),
        entry("Find a target\u{2026}", "Ctrl+F", Command::FocusTargetFilter),
        entry("Next target", "J", Command::StepTarget { forward: true }),
        entry("Previous target", "K", Command::StepTarget { forward: false }),
        entry("Select nothing", "Esc", Command::Clear),
        entry("Zoom to the selected targets", "Z", Command::ZoomToSelection),
        entry("Show the selected targets only", "Shift+F", Command::FilterToSelection),
        entry("Show all targets", "", Command::SetFilter(TargetFilter::default())),
        entry("Undo", "Ctrl+Z", Command::Undo),
        entry("Do again", "Ctrl+Y", Command::Redo),
        entry("Add a plot", "", Command::AddPlot),
        entry("Compare targets and images", "", Command::Audit),
        entry("Review on", "", Command::SetReviewing(true)),
        entry("Review off", "", Command::SetReviewing(false)),
        entry("Show all images again", "", Command::ShowAlone(None)),
        entry("Theme: as the system", "", Command::SetTheme(ThemeChoice::System)),
        entry("Theme: dark", "", Command::SetTheme(ThemeChoice::Dark)),
        entry("Theme: light", "", Command::SetTheme(ThemeChoice::Light)),
        entry("Reset the layout", "", Command::ResetLayout),
        entry("Notices", "", Command::ToggleNotices),
        entry("Keyboard and mouse", "F1", Command::ToggleHelp),
        entry("Full screen", "F11", Command::ToggleFullScreen),
        entry("Quit", "Ctrl+Q", Command::Quit),
    ];
    list.extend(
        Pane::ALL.map(|pane| entry(&format!("Panel: {}", pane.title().to_lowercase()), "", Command::ShowPane(pane))),
    );
    list.extend(style::preset_names(document).into_iter().zip(DIGITS).enumerate().map(|(at, (name, key))| Entry {
        name: format!("Style: {name}"),
        shortcut: key,
        command: Command::ApplyPreset(at),
    }));
    list.extend(document.settings.recent.iter().take(MOST_RECENT).map(|path| Entry {
        name: format!("Open {}", path.display()),
        shortcut: "",
        command: Command::OpenPaths(vec![path.clone()]),
    }));
    list
}

/// The entries that a text means, the closest first; all of them for an empty one.
pub fn found(entries: Vec<Entry>, text: &str) -> Vec<Entry> {
    let wanted = text.trim().to_lowercase();
    let mut scored: Vec<(u32, Entry)> =
        entries.into_iter().filter_map(|entry| Some((score(&entry.name.to_lowercase(), &wanted)?, entry))).collect();
    scored.sort_by_key(|(score, _)| *score);
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// How far a name is from what is wanted; `None` if not all letters of it occur in order. The start of the name is nearest,
/// then the start of a word, then any place, then letters apart from one another.
fn score(name: &str, wanted: &str) -> Option<u32> {
    if wanted.is_empty() || name.starts_with(wanted) {
        return Some(0);
    }
    if let Some(at) = name.find(wanted) {
        let starts_word = name.get(..at).is_some_and(|before| before.ends_with([' ', ':']));
        return Some(if starts_word { 1 } else { 2 });
    }
    let mut letters = name.chars();
    let mut gaps = 3;
    for letter in wanted.chars().filter(|letter| !letter.is_whitespace()) {
        let skipped = letters.by_ref().position(|other| other == letter)?;
        gaps += u32::try_from(skipped).unwrap_or(u32::MAX).min(1000);
    }
    Some(gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        found(entries(&Document::default()), text).into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn the_start_of_a_name_then_of_a_word_comes_first() {
        assert_eq!(names("zoom")[..2], ["Zoom in", "Zoom out"]);
        assert_eq!(names("dark")[0], "Theme: dark");
        assert_eq!(names("tab")[0], "Panel: table");
    }

    #[test]
    fn letters_in_order_are_enough() {
        assert!(names("thdk").contains(&"Theme: dark".to_owned()));
        assert!(names("xyzzy").is_empty());
    }

    #[test]
    fn an_empty_text_lists_everything_in_its_order() {
        assert_eq!(names("").first().map(String::as_str), Some("Open folder\u{2026}"));
        assert_eq!(names("").len(), entries(&Document::default()).len());
    }
}
