//! Ready-made looks that suit a source's bands: natural and false colour, indices, single bands. Pure: bands in, looks out.

use super::{Source, Spectrum, spectrum};
use crate::render::{Channels, Colormap, Stretch, Style};

/// How many presets there are at most: one for each of the keys 1 to 9.
pub const MOST: usize = 9;

/// Which bands (counted from 0) show which part of the spectrum, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Some 0.66 µm.
    pub red: Option<usize>,
    /// Some 0.56 µm.
    pub green: Option<usize>,
    /// Some 0.48 µm.
    pub blue: Option<usize>,
    /// Some 0.85 µm.
    pub near_infrared: Option<usize>,
    /// Some 1.6 µm, else 2.2 µm.
    pub short_wave: Option<usize>,
}

/// A ready-made look.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// What to call it.
    pub name: String,
    /// What it is good for.
    pub tip: String,
    channels: Channels,
    stretch: Stretch,
    colormap: Option<Colormap>,
}

impl Preset {
    /// The look put on a style, whose opacity, nodata value and resampling stay.
    pub fn applied_to(&self, style: &Style) -> Style {
        Style {
            channels: self.channels.clone(),
            stretch: self.stretch.clone(),
            colormap: self.colormap.clone(),
            gamma: 1.0,
            ..style.clone()
        }
    }

    /// Whether a style shows just this.
    pub fn is_shown_by(&self, style: &Style) -> bool {
        let is_mapped = !matches!(self.channels, Channels::Rgb(_));
        self.channels == style.channels && (!is_mapped || self.colormap == style.colormap)
    }
}

impl Roles {
    /// What is known of the bands of a source.
    pub fn of(source: &Source) -> Self {
        let (kind, natural) = (source.kind(), source.natural_color());
        let find = |wanted| kind.bands().iter().position(|band| spectrum(&band.name, kind.sensor()) == Some(wanted));
        Self {
            red: natural.map(|[red, ..]| red),
            green: natural.map(|[_, green, _]| green),
            blue: natural.map(|[.., blue]| blue),
            near_infrared: find(Spectrum::NearInfrared),
            short_wave: find(Spectrum::ShortWave1).or_else(|| find(Spectrum::ShortWave2)),
        }
    }
}

/// The presets for bands of these names, the most useful first, at most as many as there are keys for.
pub fn presets(names: &[&str], roles: &Roles) -> Vec<Preset> {
    let mut list = Vec::new();
    let rgb = |bands: [Option<usize>; 3]| Some([bands[0]?, bands[1]?, bands[2]?]);
    let mut add_rgb = |name: &str, tip: &str, bands: [Option<usize>; 3]| {
        if let Some(bands) = rgb(bands) {
            list.push(preset(name, tip, Channels::Rgb(bands)));
        }
    };
    let Roles { red, green, blue, near_infrared, short_wave } = *roles;
    add_rgb("Natural colour", "As the eye would see it", [red, green, blue]);
    add_rgb("False colour, near infrared", "Plants are red, water is black", [near_infrared, red, green]);
    add_rgb("False colour, short wave", "Bare soil and burns apart from plants", [short_wave, near_infrared, red]);
    if list.is_empty() && names.len() >= 3 {
        list.push(preset("First three bands", "Bands 1, 2 and 3 as red, green and blue", Channels::Rgb([0, 1, 2])));
    }
    list.extend(index("NDVI", "Vigour of plants, from -1 to 1", (near_infrared, red), "rdylgn"));
    list.extend(index("NDWI", "Open water, from -1 to 1", (green, near_infrared), "rdylbu"));
    for (at, name) in names.iter().enumerate().take(MOST.saturating_sub(list.len())) {
        let name = if name.is_empty() { format!("b{}", at + 1) } else { (*name).to_owned() };
        list.push(preset(&format!("Band {name}"), "One band in grey", Channels::Single(at)));
    }
    list.truncate(MOST);
    list
}

fn preset(name: &str, tip: &str, channels: Channels) -> Preset {
    Preset { name: name.to_owned(), tip: tip.to_owned(), channels, stretch: Stretch::Auto, colormap: None }
}

/// A normalised difference of two bands over the range that most land and water lies in.
fn index(name: &str, tip: &str, pair: (Option<usize>, Option<usize>), colormap: &str) -> Option<Preset> {
    let (a, b) = (pair.0? + 1, pair.1? + 1);
    let channels = Channels::Expression(format!("(b{a}-b{b})/(b{a}+b{b})"));
    let stretch = Stretch::Manual(vec![(-0.2, 0.8)]);
    Some(Preset { stretch, colormap: Colormap::named(colormap), ..preset(name, tip, channels) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANDSAT: Roles =
        Roles { red: Some(3), green: Some(2), blue: Some(1), near_infrared: Some(4), short_wave: Some(5) };
    const NAMES: [&str; 7] = ["B1", "B2", "B3", "B4", "B5", "B6", "B7"];

    #[test]
    fn a_known_sensor_has_natural_colour_first_and_an_index() {
        let list = presets(&NAMES, &LANDSAT);
        let names: Vec<_> = list.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names.first(), Some(&"Natural colour"));
        assert_eq!(list.len(), MOST);
        let ndvi = list.iter().find(|preset| preset.name == "NDVI").unwrap();
        assert_eq!(ndvi.channels, Channels::Expression("(b5-b4)/(b5+b4)".to_owned()));
    }

    #[test]
    fn without_known_bands_there_are_still_bands() {
        let list = presets(&["", "", ""], &Roles::default());
        let names: Vec<_> = list.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names, ["First three bands", "Band b1", "Band b2", "Band b3"]);
        assert_eq!(presets(&["grey"], &Roles::default()).len(), 1);
        assert!(presets(&[], &Roles::default()).is_empty());
    }

    #[test]
    fn a_preset_keeps_what_belongs_to_the_layer() {
        let style = Style { opacity: 0.5, nodata: Some(0.0), gamma: 2.0, ..Style::single(6) };
        let list = presets(&NAMES, &LANDSAT);
        let natural = list[0].applied_to(&style);
        assert_eq!(natural, Style { opacity: 0.5, nodata: Some(0.0), ..Style::rgb([3, 2, 1]) });
        assert!(list[0].is_shown_by(&natural) && !list[1].is_shown_by(&natural));
    }
}
