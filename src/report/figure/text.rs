//! How wide texts are, and their outlines.

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use super::fonts::{REGULAR_FONT, SEMIBOLD_FONT};

/// The width of a text in one line of the given size, in pixels.
pub fn text_width(text: &str, size: f32, is_bold: bool) -> f32 {
    Face::new(size, is_bold).map_or(0.0, |face| text.chars().map(|letter| face.advance(letter)).sum())
}

/// A text cut to a width, with an ellipsis where something is missing.
pub fn fitted(text: &str, size: f32, most: f32) -> String {
    if text_width(text, size, false) <= most {
        return text.to_owned();
    }
    let Some(face) = Face::new(size, false) else { return text.to_owned() };
    let mut left = most - face.advance('\u{2026}');
    let kept: String = text
        .chars()
        .take_while(|letter| {
            left -= face.advance(*letter);
            left >= 0.0
        })
        .collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// The typeface at a size.
pub(super) struct Face {
    font: FontRef<'static>,
    metrics: GlyphMetrics<'static>,
    size: Size,
}

impl Face {
    /// The typeface at this size in pixels.
    pub fn new(size: f32, is_bold: bool) -> Option<Self> {
        let font = FontRef::new(if is_bold { SEMIBOLD_FONT } else { REGULAR_FONT }).ok()?;
        let size = Size::new(size);
        let metrics = font.glyph_metrics(size, LocationRef::default());
        Some(Self { font, metrics, size })
    }

    fn glyph(&self, letter: char) -> GlyphId {
        self.font.charmap().map(letter).unwrap_or(GlyphId::NOTDEF)
    }

    /// How far the next letter stands from this one.
    pub fn advance(&self, letter: char) -> f32 {
        self.metrics.advance_width(self.glyph(letter)).unwrap_or(0.0)
    }

    /// Draws a letter's outline, y upwards, its origin at (0, 0); a letter without one draws nothing.
    pub fn outline(&self, letter: char, pen: &mut impl OutlinePen) {
        if let Some(outline) = self.font.outline_glyphs().get(self.glyph(letter)) {
            // A glyph that can't be drawn is left blank.
            let _ = outline.draw(DrawSettings::unhinted(self.size, LocationRef::default()), pen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_one_width() {
        assert_eq!(text_width("1111", 11.0, false), text_width("8888", 11.0, false));
        assert!(text_width("Wide", 11.0, true) > text_width("il", 11.0, true));
        let (once, twice) = (text_width("abc", 10.0, false), text_width("abc", 20.0, false));
        // Advances are rounded to 1/64 pixel each.
        assert!((twice - 2.0 * once).abs() < 0.1);
    }

    #[test]
    fn a_long_text_is_cut_to_its_room() {
        let cut = fitted("LC08_224078_20200518_and_more", 11.0, 60.0);
        assert!(cut.starts_with("LC08") && cut.ends_with('\u{2026}'));
        assert!(text_width(&cut, 11.0, false) <= 60.0);
        assert_eq!(fitted("dam", 11.0, 60.0), "dam");
    }
}
