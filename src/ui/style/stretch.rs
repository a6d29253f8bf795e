//! Which values are shown darkest and brightest: how the range is found, and the histograms on which it is set by hand.

use super::bands::{self, SLOTS};
use super::histogram::{RangeEdit, RangeEditor, histogram_ui};
use crate::raster::BandStatistics;
use crate::render::{Channels, ColorSource, DEFAULT_CUT, Range, Stretch, Style};
use crate::ui::{form, numbers, theme};
use egui::Color32;

/// How the range is found, as the panel offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Percentile,
    MinMax,
    Manual,
    None,
}

const MODES: [(Mode, &str, &str); 4] = [
    (
        Mode::Percentile,
        "2\u{2013}98 %",
        "From the value that 2 % of the pixels are below to the one that 98 % are below",
    ),
    (Mode::MinMax, "Min\u{2013}max", "From the least valid value to the greatest"),
    (Mode::Manual, "Manual", "A range of your own: drag the handles, or type"),
    (Mode::None, "None", "The whole range of the values' type"),
];

/// Draws mode and histograms. Returns the stretch when it was changed.
pub fn stretch_ui(ui: &mut egui::Ui, style: &Style, source: &ColorSource) -> Option<Stretch> {
    let ranges = style.ranges(source).unwrap_or_default();
    let mut edited = form::choice_ui(ui, mode_of(style, source), &MODES).map(|mode| match mode {
        Mode::Percentile => Stretch::Percentile { low: DEFAULT_CUT.0, high: DEFAULT_CUT.1 },
        Mode::MinMax => Stretch::MinMax,
        Mode::Manual => manual(&ranges),
        Mode::None => Stretch::None,
    });
    if let Stretch::Percentile { low, high } = style.stretch {
        edited = edited.or(percentiles_ui(ui, low, high));
    }
    ui.add_space(theme::GRID);
    for (at, range) in ranges.iter().enumerate() {
        let channel = Channel::new(ui, style, source, at);
        if let Some(edit) = channel_ui(ui, &channel, *range) {
            edited = Some(match edit {
                RangeEdit::Reset => reset(&ranges, at, style, source),
                RangeEdit::Set(low, high) => with_range(&ranges, at, (low, high)),
            });
        }
    }
    edited.filter(|stretch| *stretch != style.stretch)
}

/// One histogram: whose values, in which colour.
struct Channel<'a> {
    name: String,
    statistics: Option<&'a BandStatistics>,
    is_integer: bool,
    color: Color32,
}

impl<'a> Channel<'a> {
    fn new(ui: &egui::Ui, style: &Style, source: &'a ColorSource, at: usize) -> Self {
        let grey = ui.visuals().text_color().gamma_multiply(0.8);
        let (band, color) = match &style.channels {
            Channels::Rgb(bands) => (bands.get(at).copied(), SLOTS.get(at).map_or(grey, |(_, color)| *color)),
            Channels::Single(band) => (Some(*band), grey),
            Channels::Expression(_) => (None, grey),
        };
        let known = band.and_then(|band| source.bands.get(band));
        let statistics = match band {
            Some(_) => known.and_then(|band| band.statistics.as_deref()),
            None => source.expression_statistics.as_deref(),
        };
        Self {
            name: band.map_or_else(|| "Result".to_owned(), |band| bands::title(&source.bands, band)),
            statistics,
            is_integer: known.is_some_and(|band| !band.sample_type.is_float()),
            color,
        }
    }
}

fn channel_ui(ui: &mut egui::Ui, channel: &Channel<'_>, range: Range) -> Option<RangeEdit> {
    let editor = RangeEditor {
        name: &channel.name,
        histogram: channel.statistics.map(|statistics| &statistics.histogram),
        range: (range.low, range.high),
        is_integer: channel.is_integer,
        color: channel.color,
    };
    let mut edit = histogram_ui(ui, &editor);
    let step = numbers::step_of(range.low, range.high, channel.is_integer);
    ui.horizontal(|ui| {
        let width = 20.0 * theme::GRID;
        let low = form::number_ui(ui, &format!("{} darkest", channel.name), range.low, step, width);
        let gap = ui.available_width() - width - ui.spacing().item_spacing.x;
        let middle = egui::Label::new(theme::note(ui, &channel.name).color(channel.color)).truncate();
        ui.add_sized([gap.max(0.0), theme::ROW_HEIGHT], middle).on_hover_ui(|ui| about_ui(ui, channel));
        let high = form::number_ui(ui, &format!("{} brightest", channel.name), range.high, step, width);
        if low.is_some() || high.is_some() {
            edit = Some(RangeEdit::Set(low.unwrap_or(range.low), high.unwrap_or(range.high)));
        }
    });
    ui.add_space(theme::GRID);
    edit
}

fn about_ui(ui: &mut egui::Ui, channel: &Channel<'_>) {
    let Some(statistics) = channel.statistics else {
        ui.label("The statistics of this band are not there yet");
        return;
    };
    ui.label(theme::strong(&channel.name));
    let facts = [
        ("Least", statistics.min),
        ("Greatest", statistics.max),
        ("Mean", statistics.mean),
        ("Standard deviation", statistics.std_dev),
    ];
    egui::Grid::new("statistics").num_columns(2).show(ui, |ui| {
        for (name, value) in facts {
            ui.label(theme::note(ui, name));
            ui.label(numbers::significant(value, 6));
            ui.end_row();
        }
        ui.label(theme::note(ui, "Valid"));
        ui.label(format!("{} %", numbers::significant(statistics.valid_percent, 4)));
        ui.end_row();
    });
}

fn percentiles_ui(ui: &mut egui::Ui, low: f64, high: f64) -> Option<Stretch> {
    let mut edited = (low, high);
    form::row_ui(ui, "Cut", |ui| {
        let width = 15.0 * theme::GRID;
        let field = |ui: &mut egui::Ui, name: &str, value: &mut f64, range: std::ops::RangeInclusive<f64>| {
            let field = egui::DragValue::new(value).speed(0.1).range(range).max_decimals(2).suffix(" %");
            ui.add_sized([width, theme::ROW_HEIGHT], field).accessible_name(name).on_hover_text(name);
        };
        field(ui, "Share of pixels below the darkest", &mut edited.0, 0.0..=(high - 0.1).max(0.0));
        ui.label(theme::note(ui, "to"));
        field(ui, "Share of pixels below the brightest", &mut edited.1, (low + 0.1).min(100.0)..=100.0);
    });
    (edited != (low, high)).then_some(Stretch::Percentile { low: edited.0, high: edited.1 })
}

/// The mode that a style is in; what `Auto` comes to for this source.
#[allow(clippy::unnecessary_wraps, reason = "the segmented control takes the chosen mode as an option")]
fn mode_of(style: &Style, source: &ColorSource) -> Option<Mode> {
    Some(match &style.stretch {
        Stretch::Auto if style.needs_statistics(source) => Mode::Percentile,
        Stretch::Auto | Stretch::None => Mode::None,
        Stretch::Percentile { .. } => Mode::Percentile,
        Stretch::MinMax => Mode::MinMax,
        Stretch::Manual(_) => Mode::Manual,
    })
}

fn manual(ranges: &[Range]) -> Stretch {
    Stretch::Manual(ranges.iter().map(|range| (range.low, range.high)).collect())
}

fn with_range(ranges: &[Range], at: usize, range: (f64, f64)) -> Stretch {
    let mut list: Vec<(f64, f64)> = ranges.iter().map(|range| (range.low, range.high)).collect();
    if let Some(one) = list.get_mut(at) {
        *one = range;
    }
    Stretch::Manual(list)
}

/// One channel back to what it is by default, the others as they are; `Auto` when all are by default then.
fn reset(ranges: &[Range], at: usize, style: &Style, source: &ColorSource) -> Stretch {
    let automatic = Style { stretch: Stretch::Auto, ..style.clone() };
    let Some(defaults) = automatic.ranges(source).ok().filter(|defaults| defaults.len() == ranges.len()) else {
        return Stretch::Auto;
    };
    let mut list = ranges.to_vec();
    if let (Some(one), Some(default)) = (list.get_mut(at), defaults.get(at)) {
        *one = *default;
    }
    if list == defaults { Stretch::Auto } else { manual(&list) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{SampleType, Samples};
    use crate::render::ColorBand;
    use std::sync::Arc;

    fn source() -> ColorSource {
        let band = |name: &str, factor: u16| {
            let values: Vec<u16> = (0..=1000).map(|value| value * factor).collect();
            let mask = vec![255; values.len()];
            let statistics = BandStatistics::of(&Samples::U16(values), &mask, &[2.0, 98.0]).map(Arc::new);
            ColorBand { name: name.to_owned(), sample_type: SampleType::U16, statistics }
        };
        ColorSource { bands: vec![band("B2", 1), band("B3", 2), band("B4", 3)], ..ColorSource::default() }
    }

    #[test]
    fn a_dragged_range_becomes_manual_and_leaves_the_other_channels_as_they_are() {
        let style = Style::rgb([2, 1, 0]);
        let ranges = style.ranges(&source()).unwrap();
        let stretch = with_range(&ranges, 1, (100.0, 900.0));
        assert_eq!(stretch, Stretch::Manual(vec![(60.0, 2940.0), (100.0, 900.0), (20.0, 980.0)]));
    }

    #[test]
    fn resetting_the_last_changed_channel_leaves_no_manual_range() {
        let stretch = Stretch::Manual(vec![(60.0, 2940.0), (100.0, 900.0), (20.0, 980.0)]);
        let style = Style { stretch, ..Style::rgb([2, 1, 0]) };
        let ranges = style.ranges(&source()).unwrap();
        assert_eq!(reset(&ranges, 1, &style, &source()), Stretch::Auto);
        assert_eq!(reset(&ranges, 0, &style, &source()), style.stretch);
    }

    #[test]
    fn automatic_is_shown_as_what_it_comes_to() {
        assert_eq!(mode_of(&Style::rgb([2, 1, 0]), &source()), Some(Mode::Percentile));
        let mut bytes = source();
        bytes.bands.iter_mut().for_each(|band| band.sample_type = SampleType::U8);
        assert_eq!(mode_of(&Style::rgb([2, 1, 0]), &bytes), Some(Mode::None));
    }
}
