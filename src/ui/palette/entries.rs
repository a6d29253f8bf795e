//! Every command of the palette with its name and shortcut, and which of them a text means. Draws nothing.

use crate::document::{Document, ThemeChoice};
use crate::targets::{TargetFilter, Verdict};
use crate::ui::{Command, HelpPage, ImportWish, Pane, Scaling, keys, style};

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// The key that does the same; empty for none.
    pub shortcut: String,
    /// What it does.
    pub command: Command,
}

/// How many recent folders are offered.
const MOST_RECENT: usize = 5;

/// Everything that can be done now.
pub fn entries(document: &Document) -> Vec<Entry> {
    let entry = |name: &str, command| Entry { name: name.to_owned(), shortcut: keys::text_of(&command), command };
    let mut list = vec![
        entry("Open folder\u{2026}", Command::AskForFolder),
        entry("Open files\u{2026}", Command::AskForFiles),
        entry("Open a path\u{2026}", Command::AskForPath),
        entry("New project", Command::NewProject),
        entry("Open project\u{2026}", Command::AskForProject),
        entry("Save project", Command::SaveProject),
        entry("Save project as\u{2026}", Command::AskToSaveProject),
        entry("Connect to PostgreSQL\u{2026}", Command::OpenConnect),
        entry("Import targets\u{2026}", Command::Import(Box::new(ImportWish::Open))),
        entry("Serve what is open, or stop it", Command::ToggleServer),
        entry("Close everything", Command::NewProject),
        entry("Go to\u{2026}", Command::FocusGoTo),
        entry("Fit everything that is open", Command::FitAll),
        entry("Zoom in", Command::ZoomBy(1.0)),
        entry("Zoom out", Command::ZoomBy(-1.0)),
        entry("Stretch to what is on the map", Command::StretchToView),
        entry("Find a target\u{2026}", Command::FocusTargetFilter),
        entry("Next target", Command::StepTarget { forward: true }),
        entry("Previous target", Command::StepTarget { forward: false }),
        entry("Select nothing", Command::Clear),
        entry("Select the targets that the map shows", Command::SelectInView),
        entry("Pin the values in the middle of the map", Command::PinMiddle),
        entry("Remove all pins", Command::RemovePins),
        entry("Show or hide the chosen image", Command::ToggleChosen),
        entry("Zoom to the selected targets", Command::ZoomToSelection),
        entry("Show the selected targets only", Command::FilterToSelection),
        entry("Show all targets", Command::SetFilter(TargetFilter::default())),
        entry("Undo", Command::Undo),
        entry("Do again", Command::Redo),
        entry("Add a plot", Command::AddPlot),
        entry("Compare targets and images", Command::Audit),
        entry("Review on", Command::SetReviewing(true)),
        entry("Review off", Command::SetReviewing(false)),
        entry("Review: accept", Command::Review(Some(Verdict::Accepted))),
        entry("Review: reject", Command::Review(Some(Verdict::Rejected))),
        entry("Review: another class\u{2026}", Command::AskRelabel),
        entry("Review: take the verdict back", Command::Review(None)),
        entry("Show all images again", Command::ShowAlone(None)),
        entry("Theme: as the system", Command::SetTheme(ThemeChoice::System)),
        entry("Theme: dark", Command::SetTheme(ThemeChoice::Dark)),
        entry("Theme: light", Command::SetTheme(ThemeChoice::Light)),
        entry("Reset the layout", Command::ResetLayout),
        entry("Notices", Command::ToggleNotices),
        entry("Forget all notices", Command::ClearNotices),
        entry("Larger", Command::Scale(Scaling::Larger)),
        entry("Smaller", Command::Scale(Scaling::Smaller)),
        entry("The usual size", Command::Scale(Scaling::Usual)),
        entry("Next panel or bar", Command::FocusRegion { forward: true }),
        entry("Previous panel or bar", Command::FocusRegion { forward: false }),
        entry("Manual", Command::ToggleHelp),
        entry("Keyboard and mouse", Command::ShowHelp(HelpPage::Keys)),
        entry("About cogscope", Command::ShowHelp(HelpPage::About)),
        entry("Copy a report for a bug", Command::CopyBugReport),
        entry("Full screen", Command::ToggleFullScreen),
        entry("Quit", Command::Quit),
    ];
    list.extend(
        Pane::ALL.map(|pane| entry(&format!("Panel: {}", pane.title().to_lowercase()), Command::ShowPane(pane))),
    );
    let presets = style::preset_names(document).into_iter().enumerate();
    list.extend(presets.map(|(at, name)| entry(&format!("Style: {name}"), Command::ApplyPreset(at))));
    let recent = document.settings.recent.iter().filter(|path| !document.missing_recent.contains(*path));
    list.extend(
        recent
            .take(MOST_RECENT)
            .map(|path| entry(&format!("Open {}", path.display()), Command::OpenPaths(vec![path.clone()]))),
    );
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
