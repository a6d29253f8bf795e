//! The keys of the window, in one table: the frame reads them by it, and help, palette and tooltips name them from it.

use super::{Command, Scaling};
use crate::targets::Verdict;
use egui::{Key, KeyboardShortcut, Modifiers};

/// When a key means its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// While no text is edited, which has a use of its own for it.
    OutsideTexts,
    /// While no text is edited and no dialog is open.
    OnMap,
    /// The same, while the review is on.
    Reviewing,
}

/// A key and what it means.
#[derive(Clone, Debug)]
pub struct Binding {
    /// When it means that.
    pub when: When,
    /// The key with its modifiers.
    pub chord: KeyboardShortcut,
    /// What it means.
    pub command: Command,
    /// Where it stands in the list of keys.
    pub group: Group,
    /// What it does, in that list; empty for a key that means the same as another one.
    pub what: &'static str,
}

/// A part of the list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Of the whole program.
    General,
    /// Of the map.
    Map,
    /// Of the panel Style.
    Style,
    /// Of targets.
    Targets,
    /// Of the review.
    Review,
    /// Of lists and fields.
    Lists,
}

impl Group {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 6] = [Self::General, Self::Map, Self::Style, Self::Targets, Self::Review, Self::Lists];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Map => "Map",
            Self::Style => "Style",
            Self::Targets => "Targets",
            Self::Review => "Review",
            Self::Lists => "Lists and fields",
        }
    }
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const PLAIN: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;

const fn always(modifiers: Modifiers, key: Key, command: Command, what: &'static str) -> Binding {
    binding(When::Always, Group::General, (modifiers, key), command, what)
}

const fn map(key: Key, command: Command, what: &'static str) -> Binding {
    binding(When::OnMap, Group::Map, (PLAIN, key), command, what)
}

const fn target(key: Key, command: Command, what: &'static str) -> Binding {
    binding(When::OnMap, Group::Targets, (PLAIN, key), command, what)
}

const fn review(key: Key, command: Command, what: &'static str) -> Binding {
    binding(When::Reviewing, Group::Review, (PLAIN, key), command, what)
}

const fn preset(key: Key, at: usize) -> Binding {
    binding(When::OnMap, Group::Style, (PLAIN, key), Command::ApplyPreset(at), "")
}

const fn binding(
    when: When,
    group: Group,
    (modifiers, key): (Modifiers, Key),
    command: Command,
    what: &'static str,
) -> Binding {
    Binding { when, chord: KeyboardShortcut::new(modifiers, key), command, group, what }
}

/// All of them; of two chords of one key the one with more modifiers comes first.
pub const BINDINGS: &[Binding] = &[
    always(CTRL_SHIFT, Key::O, Command::AskForFiles, "Open files"),
    always(CTRL, Key::O, Command::AskForFolder, "Open a folder"),
    always(CTRL, Key::L, Command::AskForPath, "Open a path that is typed"),
    always(CTRL_SHIFT, Key::S, Command::AskToSaveProject, "Save the project under another name"),
    always(CTRL, Key::S, Command::SaveProject, "Save the project"),
    always(CTRL, Key::K, Command::TogglePalette, "Every command by name"),
    always(CTRL, Key::G, Command::FocusGoTo, "Go to a place, an image, a target"),
    always(CTRL, Key::Plus, Command::Scale(Scaling::Larger), "Everything larger"),
    always(CTRL, Key::Equals, Command::Scale(Scaling::Larger), ""),
    always(CTRL, Key::Minus, Command::Scale(Scaling::Smaller), "Everything smaller"),
    always(CTRL, Key::Num0, Command::Scale(Scaling::Usual), "The usual size"),
    always(SHIFT, Key::F6, Command::FocusRegion { forward: false }, "The panel before"),
    always(PLAIN, Key::F6, Command::FocusRegion { forward: true }, "The next panel or bar"),
    always(PLAIN, Key::F11, Command::ToggleFullScreen, "Full screen"),
    always(PLAIN, Key::F1, Command::ToggleHelp, "The manual and this list"),
    always(CTRL, Key::Q, Command::Quit, "Quit"),
    binding(When::OutsideTexts, Group::General, (CTRL_SHIFT, Key::Z), Command::Redo, ""),
    binding(
        When::OutsideTexts,
        Group::General,
        (CTRL, Key::Z),
        Command::Undo,
        "Undo: selection, filter, style, review",
    ),
    binding(When::OutsideTexts, Group::General, (CTRL, Key::Y), Command::Redo, "Do again"),
    map(Key::Plus, Command::ZoomBy(1.0), "Zoom in"),
    map(Key::Equals, Command::ZoomBy(1.0), ""),
    map(Key::Minus, Command::ZoomBy(-1.0), "Zoom out"),
    map(Key::F, Command::FitAll, "Fit everything that is open"),
    map(Key::Space, Command::ToggleChosen, "Show or hide the chosen image"),
    binding(When::OnMap, Group::Style, (PLAIN, Key::S), Command::StretchToView, "Stretch to what is on the map"),
    preset(Key::Num1, 0),
    preset(Key::Num2, 1),
    preset(Key::Num3, 2),
    preset(Key::Num4, 3),
    preset(Key::Num5, 4),
    preset(Key::Num6, 5),
    preset(Key::Num7, 6),
    preset(Key::Num8, 7),
    preset(Key::Num9, 8),
    binding(When::Always, Group::Targets, (CTRL, Key::F), Command::FocusTargetFilter, "Find a target"),
    target(Key::J, Command::StepTarget { forward: true }, "Next target"),
    target(Key::K, Command::StepTarget { forward: false }, "Previous target"),
    target(Key::ArrowDown, Command::StepTarget { forward: true }, ""),
    target(Key::ArrowUp, Command::StepTarget { forward: false }, ""),
    target(Key::Z, Command::ZoomToSelection, "Zoom to the selection"),
    binding(
        When::OutsideTexts,
        Group::Targets,
        (SHIFT, Key::F),
        Command::FilterToSelection,
        "Show the selected targets only",
    ),
    binding(
        When::OutsideTexts,
        Group::General,
        (PLAIN, Key::Escape),
        Command::Clear,
        "Close what is open above the map, then select nothing",
    ),
    review(Key::A, Command::Review(Some(Verdict::Accepted)), "Accept the selected targets"),
    review(Key::X, Command::Review(Some(Verdict::Rejected)), "Reject them"),
    review(Key::L, Command::AskRelabel, "Give them another class"),
    review(Key::U, Command::Review(None), "Take the verdict away"),
];

/// What pointer and keys do in places that read them themselves.
pub const GESTURES: &[(Group, &str, &str)] = &[
    (Group::Map, "Drag", "Move"),
    (Group::Map, "Wheel", "Zoom to the pointer"),
    (Group::Map, "Double click", "Zoom in"),
    (Group::Map, "Shift+drag", "Zoom to a box"),
    (Group::Map, "Ctrl+drag", "Select the targets in a box"),
    (Group::Map, "Click", "Pin the values of a place; with Ctrl keep the other pins"),
    (Group::Map, "Arrows", "Move, while the map has the focus"),
    (Group::Map, "Enter", "Pin the values in the middle, while the map has the focus"),
    (Group::Style, "1 \u{2013} 9", "Presets of the chosen image or scene"),
    (Group::Style, "Left, Right", "Move a histogram's handle by a step; with Shift by ten"),
    (Group::Style, "Double click", "Reset a handle or slider"),
    (Group::Targets, "Shift+click", "Add to the selection; in the table from the last click to here"),
    (Group::Targets, "Ctrl+click", "Add or take away"),
    (Group::Targets, "Alt+click", "Keep what is selected already"),
    (Group::Targets, "Ctrl+Shift+click", "Take away"),
    (Group::Targets, "Ctrl+C", "Copy rows, while the pointer or the focus is in the table"),
    (Group::Review, "Arrows, Enter", "Walk through the chips, fly there"),
    (Group::Lists, "Up, Down", "Next, previous entry"),
    (Group::Lists, "Enter", "Take it"),
    (Group::Lists, "Tab, Shift+Tab", "Next, previous field"),
    (Group::Lists, "Menu, Shift+F10", "What a right click offers"),
];

/// A chord as people write it: `Ctrl+Shift+O`.
pub fn chord_text(chord: &KeyboardShortcut) -> String {
    let modifiers = chord.modifiers;
    let held = [(modifiers.command, "Ctrl+"), (modifiers.shift, "Shift+"), (modifiers.alt, "Alt+")];
    let mut text: String = held.into_iter().filter(|(is_held, _)| *is_held).map(|(_, name)| name).collect();
    text.push_str(match chord.logical_key {
        Key::Escape => "Esc",
        key @ (Key::Plus | Key::Minus | Key::Equals) if held.iter().all(|(is_held, _)| !is_held) => {
            key.symbol_or_name()
        }
        key => key.name(),
    });
    text
}

/// The key that does what a command does; empty where there is none.
pub fn text_of(command: &Command) -> String {
    let binding = BINDINGS.iter().find(|binding| binding.command == *command);
    binding.map_or_else(String::new, |binding| chord_text(&binding.chord))
}

/// The list of keys: what is pressed, and what it does.
pub fn lines_of(group: Group) -> Vec<(String, &'static str)> {
    let bindings = BINDINGS.iter().filter(|binding| binding.group == group && !binding.what.is_empty());
    let keys = bindings.map(|binding| (chord_text(&binding.chord), binding.what));
    let gestures = GESTURES.iter().filter(|(of, ..)| *of == group).map(|(_, keys, what)| ((*keys).to_owned(), *what));
    keys.chain(gestures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_at_the_same_time() {
        let is_plain = |when: When| matches!(when, When::OnMap | When::OutsideTexts | When::Always);
        for (at, one) in BINDINGS.iter().enumerate() {
            for other in BINDINGS.iter().skip(at + 1).filter(|other| other.chord == one.chord) {
                let both = is_plain(one.when) && is_plain(other.when);
                assert!(!both && one.when != other.when, "{}", chord_text(&one.chord));
            }
        }
    }

    #[test]
    fn chords_are_written_as_people_write_them() {
        assert_eq!(text_of(&Command::AskForFiles), "Ctrl+Shift+O");
        assert_eq!(text_of(&Command::Clear), "Esc");
        assert_eq!(text_of(&Command::ZoomBy(-1.0)), "\u{2212}");
        assert_eq!(text_of(&Command::Audit), "");
    }

    #[test]
    fn every_group_has_lines() {
        assert!(Group::ALL.into_iter().all(|group| !lines_of(group).is_empty()));
    }
}
