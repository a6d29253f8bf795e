//! Colours for single values: named colour maps and ramps of stops that the user sets.

use colorous::Gradient;
use serde::{Deserialize, Serialize};

use super::to_byte;

/// Suffix of a colour map's name that turns it round.
const REVERSED_SUFFIX: &str = "_r";

/// The named colour maps, in the order a menu shows them. Grey stands apart: it needs no table.
const GRADIENTS: [(&str, Gradient); 35] = [
    ("viridis", colorous::VIRIDIS),
    ("cividis", colorous::CIVIDIS),
    ("magma", colorous::MAGMA),
    ("inferno", colorous::INFERNO),
    ("plasma", colorous::PLASMA),
    ("turbo", colorous::TURBO),
    ("cubehelix", colorous::CUBEHELIX),
    ("warm", colorous::WARM),
    ("cool", colorous::COOL),
    ("rdylgn", colorous::RED_YELLOW_GREEN),
    ("rdylbu", colorous::RED_YELLOW_BLUE),
    ("rdbu", colorous::RED_BLUE),
    ("rdgy", colorous::RED_GREY),
    ("spectral", colorous::SPECTRAL),
    ("brbg", colorous::BROWN_GREEN),
    ("prgn", colorous::PURPLE_GREEN),
    ("piyg", colorous::PINK_GREEN),
    ("puor", colorous::PURPLE_ORANGE),
    ("blues", colorous::BLUES),
    ("greens", colorous::GREENS),
    ("oranges", colorous::ORANGES),
    ("purples", colorous::PURPLES),
    ("reds", colorous::REDS),
    ("bugn", colorous::BLUE_GREEN),
    ("bupu", colorous::BLUE_PURPLE),
    ("gnbu", colorous::GREEN_BLUE),
    ("orrd", colorous::ORANGE_RED),
    ("pubu", colorous::PURPLE_BLUE),
    ("pubugn", colorous::PURPLE_BLUE_GREEN),
    ("purd", colorous::PURPLE_RED),
    ("rdpu", colorous::RED_PURPLE),
    ("ylgn", colorous::YELLOW_GREEN),
    ("ylgnbu", colorous::YELLOW_GREEN_BLUE),
    ("ylorbr", colorous::YELLOW_ORANGE_BROWN),
    ("ylorrd", colorous::YELLOW_ORANGE_RED),
];

/// The name of the map from black to white.
const GREY: &str = "grey";

/// The colours of a single value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colormap {
    /// A named map, laid over the stretched range.
    Named(NamedColormap),
    /// Stops at values of the source's own scale; the stretch plays no part.
    Ramp(Ramp),
}

/// A colour map that has a name; made by [`Colormap::named`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamedColormap {
    /// Position among [`Colormap::names`]: 0 is grey, the gradients follow.
    index: usize,
    reversed: bool,
}

/// How a ramp colours the values between its stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// Blended between the two stops.
    #[default]
    Linear,
    /// The colour of the greatest stop that isn't above the value; below the first stop nothing is shown.
    Discrete,
    /// Only values equal to a stop's are shown: classes.
    Exact,
}

/// One stop of a [`Ramp`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RampStop {
    /// The source value it stands at.
    pub value: f64,
    /// Red, green, blue and straight alpha.
    pub color: [u8; 4],
}

/// Colours at values of the source's own scale.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "SavedRamp", into = "SavedRamp")]
pub struct Ramp {
    stops: Vec<RampStop>,
    interpolation: Interpolation,
}

/// A [`Ramp`] as it stands in a file, where the stops may be in any order.
#[derive(Serialize, Deserialize)]
struct SavedRamp {
    stops: Vec<RampStop>,
    #[serde(default)]
    interpolation: Interpolation,
}

impl From<SavedRamp> for Ramp {
    fn from(saved: SavedRamp) -> Self {
        Self::new(saved.stops, saved.interpolation)
    }
}

impl From<Ramp> for SavedRamp {
    fn from(ramp: Ramp) -> Self {
        Self { stops: ramp.stops, interpolation: ramp.interpolation }
    }
}

impl Colormap {
    /// The names of the built-in maps, grey first. Each also exists turned round, with `_r` at its end.
    pub fn names() -> impl Iterator<Item = &'static str> {
        std::iter::once(GREY).chain(GRADIENTS.iter().map(|&(name, _)| name))
    }

    /// The built-in map of this name (in any case, `_r` at the end turns it round), or `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        NamedColormap::new(name).map(Self::Named)
    }

    /// The colour at `t` from 0 (start) to 1 (end); for a ramp, from its first stop to its last.
    pub fn sample(&self, t: f64) -> [u8; 3] {
        match self {
            Self::Named(map) => map.sample(t),
            Self::Ramp(ramp) => {
                let (low, high) = ramp.range();
                let [red, green, blue, _] = ramp.color(low + (high - low) * t.clamp(0.0, 1.0)).unwrap_or_default();
                [red, green, blue]
            }
        }
    }
}

impl NamedColormap {
    /// The built-in map of this name, see [`Colormap::named`].
    pub fn new(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase();
        let (base, reversed) = match lower.strip_suffix(REVERSED_SUFFIX) {
            Some(base) => (base, true),
            None => (lower.as_str(), false),
        };
        let base = if matches!(base, "gray" | "greys" | "grays") { GREY } else { base };
        let index = Colormap::names().position(|known| known == base)?;
        Some(Self { index, reversed })
    }

    /// The map from black to white.
    pub fn grey() -> Self {
        Self { index: 0, reversed: false }
    }

    /// Its name without the mark of the reversed one.
    pub fn base_name(&self) -> &'static str {
        Colormap::names().nth(self.index).unwrap_or(GREY)
    }

    /// Whether it runs the other way round.
    pub fn is_reversed(&self) -> bool {
        self.reversed
    }

    /// The same map running the other way round.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { index: self.index, reversed: !self.reversed }
    }

    /// The colour at `t` from 0 to 1; what lies outside takes the nearest end's.
    pub fn sample(&self, t: f64) -> [u8; 3] {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let t = if self.reversed { 1.0 - t } else { t };
        match self.index.checked_sub(1).and_then(|i| GRADIENTS.get(i)) {
            Some((_, gradient)) => gradient.eval_continuous(t).into_array(),
            None => [to_byte(t * 255.0); 3],
        }
    }
}

impl TryFrom<String> for NamedColormap {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name).ok_or_else(|| format!("there is no colour map named {name}"))
    }
}

impl From<NamedColormap> for String {
    fn from(map: NamedColormap) -> Self {
        let suffix = if map.reversed { REVERSED_SUFFIX } else { "" };
        format!("{}{suffix}", map.base_name())
    }
}

impl Ramp {
    /// A ramp of these stops, which are put in order; stops at values that aren't finite are left out.
    pub fn new(mut stops: Vec<RampStop>, interpolation: Interpolation) -> Self {
        stops.retain(|stop| stop.value.is_finite());
        stops.sort_by(|a, b| a.value.total_cmp(&b.value));
        Self { stops, interpolation }
    }

    /// `count` stops (at least two) at equal distances over a range, coloured by a named map.
    pub fn from_named(map: &NamedColormap, (low, high): (f64, f64), count: usize) -> Self {
        let last = count.max(2) - 1;
        let stops = (0..=last).map(|i| {
            let t = i as f64 / last as f64;
            let [red, green, blue] = map.sample(t);
            RampStop { value: low + (high - low) * t, color: [red, green, blue, 255] }
        });
        Self::new(stops.collect(), Interpolation::Linear)
    }

    /// The stops, by rising value.
    pub fn stops(&self) -> &[RampStop] {
        &self.stops
    }

    /// How values between the stops are coloured.
    pub fn interpolation(&self) -> Interpolation {
        self.interpolation
    }

    /// The values of the first and the last stop; 0 and 1 if there are none.
    pub fn range(&self) -> (f64, f64) {
        match (self.stops.first(), self.stops.last()) {
            (Some(first), Some(last)) => (first.value, last.value),
            _ => (0.0, 1.0),
        }
    }

    /// How many stops aren't above the value. A few are counted without a branch, which is faster than searching.
    fn stops_up_to(&self, value: f64) -> usize {
        const FEW: usize = 16;
        if self.stops.len() <= FEW {
            self.stops.iter().map(|stop| usize::from(stop.value <= value)).sum()
        } else {
            self.stops.partition_point(|stop| stop.value <= value)
        }
    }

    /// The colour of a source value; `None` where nothing is to be shown.
    pub fn color(&self, value: f64) -> Option<[u8; 4]> {
        if value.is_nan() {
            return None;
        }
        let above = self.stops_up_to(value);
        let lower = above.checked_sub(1).and_then(|i| self.stops.get(i));
        match (self.interpolation, lower, self.stops.get(above)) {
            (Interpolation::Exact, Some(lower), _) => (lower.value.to_bits() == value.to_bits()
                || (lower.value - value).abs() <= f64::EPSILON * value.abs())
            .then_some(lower.color),
            (Interpolation::Exact | Interpolation::Discrete, None, _) => None,
            (Interpolation::Discrete, Some(lower), _) | (Interpolation::Linear, Some(lower), None) => Some(lower.color),
            (Interpolation::Linear, None, upper) => upper.map(|stop| stop.color),
            (Interpolation::Linear, Some(lower), Some(upper)) => {
                let t = (value - lower.value) / (upper.value - lower.value);
                Some(std::array::from_fn(|i| {
                    let (from, to) = (f64::from(lower.color[i]), f64::from(upper.color[i]));
                    to_byte((to - from).mul_add(t, from))
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(value: f64, color: [u8; 4]) -> RampStop {
        RampStop { value, color }
    }

    #[test]
    fn every_name_gives_its_map_and_the_map_turned_round() {
        for name in Colormap::names() {
            let map = Colormap::named(name).unwrap();
            let turned = Colormap::named(&format!("{name}_r")).unwrap();
            assert_eq!(map.sample(0.0), turned.sample(1.0), "{name}");
            assert_ne!(map.sample(0.0), map.sample(1.0), "{name}");
        }
    }

    #[test]
    fn grey_runs_from_black_to_white() {
        let grey = Colormap::named("Grey").unwrap();
        assert_eq!([grey.sample(0.0), grey.sample(0.5), grey.sample(1.0)], [[0; 3], [128; 3], [255; 3]]);
    }

    #[test]
    fn an_unknown_name_is_no_map() {
        assert_eq!(Colormap::named("viridiss"), None);
        assert_eq!(Colormap::named(""), None);
        assert!(serde_json::from_str::<Colormap>(r#"{"named":"nothing"}"#).is_err());
    }

    #[test]
    fn a_ramp_puts_its_stops_in_order() {
        let ramp = Ramp::new(vec![stop(5.0, [5; 4]), stop(f64::NAN, [9; 4]), stop(1.0, [1; 4])], Interpolation::Linear);
        assert_eq!(ramp.range(), (1.0, 5.0));
        assert_eq!(ramp.stops().len(), 2);
    }

    #[test]
    fn a_linear_ramp_blends_and_holds_its_ends() {
        let ramp = Ramp::new(vec![stop(0.0, [0, 0, 0, 255]), stop(10.0, [100, 200, 50, 255])], Interpolation::Linear);
        assert_eq!(ramp.color(5.0), Some([50, 100, 25, 255]));
        assert_eq!(ramp.color(-1.0), Some([0, 0, 0, 255]));
        assert_eq!(ramp.color(11.0), Some([100, 200, 50, 255]));
        assert_eq!(ramp.color(f64::NAN), None);
    }

    #[test]
    fn a_discrete_ramp_holds_each_colour_up_to_the_next_stop() {
        let ramp = Ramp::new(vec![stop(0.0, [1; 4]), stop(10.0, [2; 4])], Interpolation::Discrete);
        assert_eq!(ramp.color(9.99), Some([1; 4]));
        assert_eq!(ramp.color(10.0), Some([2; 4]));
        assert_eq!(ramp.color(-0.1), None);
    }

    #[test]
    fn an_exact_ramp_shows_classes_only() {
        let ramp = Ramp::new(vec![stop(1.0, [1; 4]), stop(2.0, [2; 4])], Interpolation::Exact);
        assert_eq!(ramp.color(2.0), Some([2; 4]));
        assert_eq!(ramp.color(1.5), None);
        assert_eq!(ramp.color(0.0), None);
    }

    #[test]
    fn a_named_map_becomes_a_ramp_over_a_range() {
        let grey = NamedColormap::new("grey").unwrap();
        let ramp = Ramp::from_named(&grey, (100.0, 200.0), 5);
        assert_eq!(ramp.stops().iter().map(|s| s.value).collect::<Vec<_>>(), [100.0, 125.0, 150.0, 175.0, 200.0]);
        assert_eq!(ramp.color(200.0), Some([255; 4]));
    }
}
