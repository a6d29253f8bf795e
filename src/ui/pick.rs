//! What the modifier keys mean wherever targets are picked: on the map, in the table, in plots, among chips.

use crate::targets::SelectMode;
use egui::Modifiers;

/// How a pick changes the selection.
pub fn mode(modifiers: Modifiers) -> SelectMode {
    match (modifiers.shift, modifiers.command, modifiers.alt) {
        (false, false, false) => SelectMode::Replace,
        (true, true, _) => SelectMode::Subtract,
        (true, false, _) => SelectMode::Add,
        (false, true, _) => SelectMode::Toggle,
        (false, false, true) => SelectMode::Intersect,
    }
}

/// The keys in one line, for tooltips.
pub const KEYS: &str = "Shift adds, Ctrl toggles, Alt keeps what is in both, Ctrl+Shift takes away";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_meaning() {
        let keys = [
            (Modifiers::NONE, SelectMode::Replace),
            (Modifiers::SHIFT, SelectMode::Add),
            (Modifiers::COMMAND, SelectMode::Toggle),
            (Modifiers::ALT, SelectMode::Intersect),
            (Modifiers::COMMAND | Modifiers::SHIFT, SelectMode::Subtract),
        ];
        for (modifiers, expected) in keys {
            assert_eq!(mode(modifiers), expected, "{modifiers:?}");
        }
    }
}
