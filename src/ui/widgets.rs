//! Small things that several panels draw: empty states, rows of a list, facts in two columns, numbers as they are shown.

use super::{icons::MaterialIcon, theme};
use crate::db::Value;
use crate::document::TargetList;
use crate::geo::LonLat;
use crate::library::PointBand;
use crate::render::RgbaImage;
use egui::{Align, ColorImage, Layout, RichText};

/// What a panel shows while it has nothing: an icon, what would be here, and what to do about it.
pub fn empty_state(ui: &mut egui::Ui, icon: MaterialIcon, title: &str, hint: &str) {
    let palette = theme::palette(ui);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space((ui.available_height() * 0.3).min(96.0));
        ui.label(icon.rich_text().size(32.0).color(palette.muted));
        ui.add_space(theme::GRID);
        ui.label(theme::strong(title));
        ui.label(RichText::new(hint).color(palette.muted));
        ui.add_space(2.0 * theme::GRID);
    });
}

/// A file's size for people: `3.4 MB`.
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 || value >= 99.5 { format!("{value:.0} {name}") } else { format!("{value:.1} {name}") }
}

/// A whole number with thin spaces between its thousands: `1 234 567`.
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    if value < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// A count as people read it: [`grouped`].
pub fn count(value: usize) -> String {
    i64::try_from(value).map_or_else(|_| value.to_string(), grouped)
}

/// How many targets are selected, and that the filter hides some of them; nothing is done with those.
pub fn selected_words(targets: &TargetList) -> String {
    let (selected, seen) = (targets.selection().len(), targets.selected_shown());
    let shown = count(targets.shown().len());
    match (seen, selected.saturating_sub(seen)) {
        (_, 0) => format!("{} of {shown} selected", count(seen)),
        (0, hidden) => format!("{} selected, hidden by the filter", count(hidden)),
        (_, hidden) => format!("{} of {shown} selected, {} more hidden by the filter", count(seen), count(hidden)),
    }
}

/// A text of at most so many characters.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect()
}

/// A count in at most four characters: `940`, `12k`, `1.2M`.
pub fn short_count(value: usize) -> String {
    match value {
        0..1_000 => value.to_string(),
        1_000..10_000 => format!("{:.1}k", value as f64 / 1e3),
        10_000..1_000_000 => format!("{}k", value / 1_000),
        _ => format!("{:.1}M", value as f64 / 1e6),
    }
}

/// A position in degrees with hemispheres: `25.40820° S 54.58710° W`.
pub fn lat_lon(position: LonLat) -> String {
    let half = |degrees: f64, positive: &str, negative: &str| {
        format!("{:.5}\u{b0} {}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
    };
    format!("{} {}", half(position.lat_deg(), "N", "S"), half(position.lon_deg(), "E", "W"))
}

/// A band's value as people read it: grouped when whole, six significant digits else, the unit behind, nodata said so.
pub fn band_value(band: &PointBand) -> String {
    if !band.valid {
        return "no data".to_owned();
    }
    let own = number(band.value);
    let own = band.imaginary.map_or_else(|| own.clone(), |imaginary| format!("{own} + {}i", number(imaginary)));
    match (band.scaled, &band.unit) {
        (Some(scaled), Some(unit)) => format!("{own} ({} {unit})", number(scaled)),
        (Some(scaled), None) => format!("{own} ({})", number(scaled)),
        (None, Some(unit)) => format!("{own} {unit}"),
        (None, None) => own,
    }
}

/// A cell of a table as people read it.
pub fn cell_text(value: Value<'_>) -> String {
    match value {
        Value::Integer(whole) => grouped(whole),
        Value::Real(real) => number(real),
        other => other.to_string(),
    }
}

/// A number with thin spaces when it is whole, with six significant digits else.
pub fn number(value: f64) -> String {
    const WHOLE_BELOW: f64 = 1e15;
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "\u{221e}"
        } else {
            "\u{2212}\u{221e}"
        }
        .to_owned();
    }
    if value.fract() == 0.0 && value.abs() < WHOLE_BELOW {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return grouped(value as i64);
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..9.0).contains(&magnitude) {
        return format!("{value:.5e}").replace('-', "\u{2212}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
    let decimals = (5.0 - magnitude).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "\u{2212}")
}

/// The picture as egui takes it; `None` where its pixels don't fill its size.
pub fn color_image(picture: &RgbaImage) -> Option<ColorImage> {
    let size = [usize::try_from(picture.width).ok()?, usize::try_from(picture.height).ok()?];
    let fits = size[0].checked_mul(size[1])?.checked_mul(4)? == picture.pixels.len();
    fits.then(|| ColorImage::from_rgba_unmultiplied(size, &picture.pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_have_a_unit() {
        assert_eq!(human_bytes(0), "0 B");
        assert_eq!(human_bytes(999), "999 B");
        assert_eq!(human_bytes(3_400_000), "3.4 MB");
        assert_eq!(human_bytes(999_900), "1.0 MB");
        assert_eq!(human_bytes(u64::MAX), "18447 PB");
    }

    #[test]
    fn numbers_are_short_and_exact_enough() {
        assert_eq!(number(9812.0), "9\u{2009}812");
        assert_eq!(number(0.123_456_789), "0.123457");
        assert_eq!(number(-12.5), "\u{2212}12.5");
        assert_eq!(number(1.5e-9), "1.50000e\u{2212}9");
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::NEG_INFINITY), "\u{2212}\u{221e}");
    }

    #[test]
    fn a_position_says_its_hemispheres() {
        let position = LonLat::new(-54.5871, -25.4082).unwrap();
        assert_eq!(lat_lon(position), "25.40820\u{b0} S 54.58710\u{b0} W");
    }

    #[test]
    fn big_numbers_have_thin_spaces() {
        assert_eq!(grouped(12), "12");
        assert_eq!(grouped(1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(grouped(-9812), "\u{2212}9\u{2009}812");
    }
}
