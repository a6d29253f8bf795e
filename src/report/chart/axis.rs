//! An axis: what stands along it, from where to where, and how a position reads.

use super::spec::Scale;
use super::ticks::{Tick, category_ticks, number_label, number_ticks, time_ticks};
use super::time::date_time;

/// What stands along an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisKind {
    /// Numbers.
    Number,
    /// Times, as seconds since 1970-01-01T00:00.
    Time,
    /// Categories by name, the first at position 0, one unit apart.
    Categories(Vec<String>),
}

/// An axis. Marks stand at positions: the number itself, its decimal logarithm, seconds, or the place of a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it shows.
    pub title: String,
    /// What stands along it.
    pub kind: AxisKind,
    /// How numbers lie along it.
    pub scale: Scale,
    /// Only whole numbers occur, so that only these are marked.
    pub is_whole: bool,
    /// First and last position that is shown; the first is the lower one.
    pub range: (f64, f64),
}

impl Axis {
    /// An axis of categories, all of them shown.
    pub(super) fn categories(title: String, names: Vec<String>) -> Self {
        let last = names.len().max(1) as f64;
        Self {
            title,
            kind: AxisKind::Categories(names),
            scale: Scale::Linear,
            is_whole: false,
            range: (-0.5, last - 0.5),
        }
    }

    /// The number at a position: undoes the logarithm.
    pub fn value(&self, position: f64) -> f64 {
        match self.scale {
            Scale::Linear => position,
            Scale::Log => 10_f64.powf(position),
        }
    }

    /// The name of the category at a position.
    pub fn category(&self, position: f64) -> Option<&str> {
        let AxisKind::Categories(names) = &self.kind else { return None };
        let place = position.round();
        if !(0.0..names.len() as f64).contains(&place) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the number of names"
        )]
        names.get(place as usize).map(String::as_str)
    }

    /// A position as people read it, exactly enough for a single value.
    pub fn label(&self, position: f64) -> String {
        match &self.kind {
            AxisKind::Categories(_) => self.category(position).unwrap_or_default().to_owned(),
            AxisKind::Number => number_label(self.value(position)),
            AxisKind::Time => match date_time(position) {
                Some(time) if time.time() == jiff::civil::Time::midnight() => time.date().to_string(),
                Some(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                None => String::new(),
            },
        }
    }

    /// Marks along the axis between two positions, about `most` of them at the most.
    pub fn ticks(&self, visible: (f64, f64), most: usize) -> Vec<Tick> {
        let most = most.max(2);
        match &self.kind {
            AxisKind::Categories(names) => category_ticks(names, visible, most),
            AxisKind::Time => time_ticks(visible, most),
            AxisKind::Number => number_ticks(visible, self.scale, self.is_whole, most),
        }
    }
}

/// A column's title: its name without underscores, the unit behind it in brackets where the name ends in one.
pub fn column_title(name: &str) -> String {
    const UNITS: [(&str, &str); 9] = [
        ("_m", "m"),
        ("_km", "km"),
        ("_km2", "km\u{b2}"),
        ("_m2", "m\u{b2}"),
        ("_ha", "ha"),
        ("_deg", "\u{b0}"),
        ("_percent", "%"),
        ("_mw", "MW"),
        ("_s", "s"),
    ];
    let lower = name.to_ascii_lowercase();
    let unit = UNITS.iter().find(|(ending, _)| lower.ends_with(ending) && lower.len() > ending.len());
    let (base, unit) = match unit {
        Some((ending, unit)) => (name.get(..name.len() - ending.len()).unwrap_or(name), Some(unit)),
        None => (name, None),
    };
    let words = base.replace('_', " ");
    unit.map_or_else(|| words.clone(), |unit| format!("{words} ({unit})"))
}

#[cfg(test)]
mod tests {
    use super::column_title as title;

    #[test]
    fn units_stand_in_the_title() {
        assert_eq!(title("length_m"), "length (m)");
        assert_eq!(title("area_km2"), "area (km\u{b2})");
        assert_eq!(title("name"), "name");
        assert_eq!(title("_m"), " m");
    }
}
