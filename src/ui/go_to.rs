//! The box "Go to" of the toolbar: coordinates now, names of images and targets as well.

use super::{Command, icons};
use crate::document::{Document, MapPosition};
use egui::TextEdit;

/// What the box keeps between frames.
#[derive(Default)]
pub struct GoToState {
    text: String,
    error: Option<String>,
    wants_focus: bool,
}

impl GoToState {
    /// Puts the caret into the box at the next frame.
    pub fn focus(&mut self) {
        self.wants_focus = true;
    }
}

const GO_TO_ZOOM: f64 = 13.0;

/// Draws the box.
pub fn go_to_ui(ui: &mut egui::Ui, _document: &Document, state: &mut GoToState, commands: &mut Vec<Command>) {
    let edit = TextEdit::singleline(&mut state.text)
        .hint_text("Go to: latitude, longitude, image or target")
        .desired_width(340.0)
        .prefix(icons::SEARCH.rich_text());
    let response = ui.add(edit).on_hover_text("Go to a place (Ctrl+G)");
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        state.error = None;
    }
    if response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        match parse_position(&state.text) {
            Some((lat_deg, lon_deg)) => {
                commands.push(Command::FlyTo(MapPosition { lon_deg, lat_deg, zoom: GO_TO_ZOOM }))
            }
            None => state.error = Some("Not a place: write 48.85, 2.35 or 48.85 N 2.35 E".to_owned()),
        }
    }
    if let Some(error) = &state.error {
        ui.colored_label(ui.visuals().error_fg_color, error);
    }
}

/// Latitude and longitude in degrees from two numbers, with hemisphere letters in either order.
fn parse_position(text: &str) -> Option<(f64, f64)> {
    let mut numbers = Vec::new();
    let mut swapped = false;
    let spaced = text.replace([',', ';', '°'], " ").replace('\u{2212}', "-");
    for word in spaced.split_whitespace() {
        let (digits, letter) = match word.char_indices().next_back() {
            Some((at, c)) if c.is_ascii_alphabetic() => (&word[..at], Some(c.to_ascii_uppercase())),
            _ => (word, None),
        };
        if !digits.is_empty() {
            numbers.push(digits.parse::<f64>().ok()?);
        }
        match (letter, numbers.last_mut()) {
            (Some('S'), Some(last)) => *last = -*last,
            (Some('W'), Some(last)) => {
                *last = -*last;
                swapped |= numbers.len() == 1;
            }
            (Some('E'), Some(_)) => swapped |= numbers.len() == 1,
            (Some('N') | None, _) => {}
            _ => return None,
        }
    }
    let (lat, lon) = match numbers.as_slice() {
        [a, b] if swapped => (*b, *a),
        [a, b] => (*a, *b),
        _ => return None,
    };
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lat, lon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_are_latitude_and_longitude() {
        assert_eq!(parse_position("-25.4082, -54.5871"), Some((-25.4082, -54.5871)));
        assert_eq!(parse_position("25.4082S 54.5871W"), Some((-25.4082, -54.5871)));
        assert_eq!(parse_position("54.5871 W, 25.4082 S"), Some((-25.4082, -54.5871)));
        assert_eq!(parse_position("48.85° N 2.35° E"), Some((48.85, 2.35)));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "here", "91 0", "0 181", "1 2 3", "NaN 0", "N"] {
            assert_eq!(parse_position(text), None, "{text}");
        }
    }
}
