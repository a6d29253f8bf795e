//! The style panel without the document: a subject and its style in, what the user changed out.

use super::expression::{self, ExpressionState};
use super::{bands, colormaps, stretch};
use crate::library::{Preset, Roles, presets};
use crate::render::{Channels, ColorSource, Stretch, Style};
use crate::ui::form::{self, SliderSpec};
use crate::ui::{numbers, theme};
use crate::warp::Resampling;
use egui::TextEdit;

/// What is styled.
pub struct Subject<'a> {
    /// Its bands with what is known of their values.
    pub source: &'a ColorSource,
    /// Which bands show what.
    pub roles: Roles,
    /// How it looks now.
    pub style: &'a Style,
    /// How it looks by default.
    pub default_style: Style,
    /// The file's own nodata value, as text.
    pub file_nodata: Option<String>,
}

/// What the panel keeps between frames for its fields.
#[derive(Default)]
pub struct FieldsState {
    expression: ExpressionState,
    last_expression: Option<String>,
    nodata: NodataField,
}

#[derive(Default)]
struct NodataField {
    text: String,
    #[allow(clippy::option_option, reason = "nothing shown yet is not the same as no value shown")]
    shown: Option<Option<f64>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Rgb,
    Single,
    Expression,
}

impl Subject<'_> {
    /// The presets for its bands.
    pub fn presets(&self) -> Vec<Preset> {
        presets(&self.source.band_names(), &self.roles)
    }
}

/// What the user asked for.
#[derive(Debug, Default, PartialEq)]
pub struct Asked {
    /// The style when something of it was changed.
    pub style: Option<Style>,
    /// A stretch to what is on the screen.
    pub stretch_to_view: bool,
}

/// Draws every setting.
pub fn subject_ui(ui: &mut egui::Ui, subject: &Subject<'_>, state: &mut FieldsState) -> Asked {
    let mut style = subject.style.clone();
    preset_ui(ui, subject, &mut style);
    channels_ui(ui, subject, state, &mut style);
    let (mut is_reset, mut stretch_to_view) = (false, false);
    form::section_ui(ui, "Stretch", |ui| {
        let is_automatic = style.stretch == Stretch::Auto;
        stretch_to_view = ui.button("To view").on_hover_text("Stretch to what is on the map now (S)").clicked();
        is_reset = form::reset_ui(ui, !is_automatic, "Reset the stretch to what suits the data");
    });
    if let Some(changed) = stretch::stretch_ui(ui, &style, subject.source) {
        style.stretch = changed;
    }
    if is_reset {
        style.stretch = Stretch::Auto;
    }
    form::section_ui(ui, "Look", |_| {});
    look_ui(ui, subject, state, &mut style);
    Asked { style: (style != *subject.style).then_some(style), stretch_to_view }
}

fn preset_ui(ui: &mut egui::Ui, subject: &Subject<'_>, style: &mut Style) {
    let list = subject.presets();
    let shown = list.iter().find(|preset| preset.is_shown_by(subject.style));
    form::row_ui(ui, "Preset", |ui| {
        egui::ComboBox::from_id_salt("preset")
            .width(ui.available_width())
            .selected_text(shown.map_or("Custom", |preset| preset.name.as_str()))
            .show_ui(ui, |ui| {
                for (at, preset) in list.iter().enumerate() {
                    let is_shown = shown.is_some_and(|shown| shown.name == preset.name);
                    let key = theme::note(ui, (at + 1).to_string());
                    let button = egui::Button::selectable(is_shown, preset.name.as_str()).shortcut_text(key);
                    if ui.add(button).on_hover_text(&preset.tip).clicked() {
                        *style = preset.applied_to(style);
                    }
                }
            });
    });
}

fn channels_ui(ui: &mut egui::Ui, subject: &Subject<'_>, state: &mut FieldsState, style: &mut Style) {
    let known = &subject.source.bands;
    let mode = match &style.channels {
        Channels::Rgb(_) => Mode::Rgb,
        Channels::Single(_) => Mode::Single,
        Channels::Expression(_) => Mode::Expression,
    };
    let modes = [
        (Mode::Rgb, "RGB", "Three bands as red, green and blue"),
        (Mode::Single, "Single band", "One band through colours"),
        (Mode::Expression, "Expression", "A calculation with bands through colours"),
    ];
    ui.add_space(theme::GRID);
    if let Some(wanted) = form::choice_ui(ui, Some(mode), &modes).filter(|wanted| *wanted != mode) {
        if let Channels::Expression(text) = &style.channels {
            state.last_expression = Some(text.clone());
        }
        style.channels = switched(wanted, subject, state, &style.channels);
        // Ranges of other values say nothing here.
        style.stretch = Stretch::Auto;
    }
    ui.add_space(theme::GRID);
    match &mut style.channels {
        Channels::Rgb(chosen) => {
            if let Some(changed) = bands::rgb_ui(ui, known, *chosen) {
                keep_ranges(&mut style.stretch, chosen, changed);
                *chosen = changed;
            }
        }
        Channels::Single(chosen) => {
            if let Some(changed) = bands::single_ui(ui, known, *chosen) {
                *chosen = changed;
                if matches!(style.stretch, Stretch::Manual(_)) {
                    style.stretch = Stretch::Auto;
                }
            }
        }
        Channels::Expression(text) => {
            let names = subject.source.band_names();
            if let Some(changed) = expression::expression_ui(ui, &mut state.expression, text, &names) {
                *text = changed;
            }
        }
    }
    if !matches!(style.channels, Channels::Rgb(_))
        && let Some(changed) = colormaps::colormap_ui(ui, style.colormap.as_ref())
    {
        style.colormap = Some(changed);
    }
}

fn switched(wanted: Mode, subject: &Subject<'_>, state: &FieldsState, present: &Channels) -> Channels {
    let first = match present {
        Channels::Rgb([first, ..]) | Channels::Single(first) => *first,
        Channels::Expression(_) => 0,
    };
    match wanted {
        Mode::Single => Channels::Single(first),
        Mode::Expression => {
            Channels::Expression(state.last_expression.clone().unwrap_or_else(|| format!("b{}", first + 1)))
        }
        Mode::Rgb => match &subject.default_style.channels {
            natural @ Channels::Rgb(_) => natural.clone(),
            _ => Channels::Rgb([0, 1, 2].map(|band: usize| band.min(subject.source.bands.len().saturating_sub(1)))),
        },
    }
}

/// Another band in a slot has another range: where ranges were set by hand, only slots that kept their band keep theirs.
fn keep_ranges(stretch: &mut Stretch, before: &[usize; 3], after: [usize; 3]) {
    let Stretch::Manual(ranges) = stretch else { return };
    let range_of = |band: usize| {
        let at = before.iter().position(|known| *known == band)?;
        if ranges.len() == 1 { ranges.first().copied() } else { ranges.get(at).copied() }
    };
    let kept: Option<Vec<_>> = after.iter().map(|band| range_of(*band)).collect();
    *stretch = kept.map_or(Stretch::Auto, Stretch::Manual);
}

fn look_ui(ui: &mut egui::Ui, subject: &Subject<'_>, state: &mut FieldsState, style: &mut Style) {
    let gamma = SliderSpec {
        name: "Gamma",
        tip: "Above 1 brightens the middle tones; a double click resets",
        low: 0.2,
        high: 5.0,
        step: 0.05,
        default: 1.0,
        unit: "",
        is_logarithmic: true,
    };
    style.gamma = form::slider_ui(ui, &gamma, style.gamma).unwrap_or(style.gamma);
    let opacity = SliderSpec {
        name: "Opacity",
        tip: "100 % hides what lies below; a double click resets",
        low: 0.0,
        high: 100.0,
        step: 1.0,
        default: 100.0,
        unit: " %",
        is_logarithmic: false,
    };
    if let Some(percent) = form::slider_ui(ui, &opacity, style.opacity * 100.0) {
        style.opacity = (percent / 100.0).clamp(0.0, 1.0);
    }
    nodata_ui(ui, subject, &mut state.nodata, style);
    form::row_ui(ui, "Resampling", |ui| {
        let name = |kernel: Resampling| capitalised(kernel.name());
        egui::ComboBox::from_id_salt("resampling")
            .width(ui.available_width())
            .selected_text(name(style.resampling))
            .show_ui(ui, |ui| {
                for kernel in Resampling::ALL {
                    ui.selectable_value(&mut style.resampling, kernel, name(kernel)).on_hover_text(kernel_tip(kernel));
                }
            });
    });
}

fn nodata_ui(ui: &mut egui::Ui, subject: &Subject<'_>, field: &mut NodataField, style: &mut Style) {
    if field.shown != Some(style.nodata) {
        field.text = style.nodata.map(|value| numbers::significant(value, 9)).unwrap_or_default();
        field.shown = Some(style.nodata);
    }
    let parsed = if field.text.trim().is_empty() { Some(None) } else { numbers::parse(&field.text).map(Some) };
    let reset = (style.nodata.is_some(), "Use the file's own value");
    let (is_reset, ()) = form::row_with_reset_ui(ui, "No data", reset, |ui| {
        let hint = subject.file_nodata.as_ref().map_or("none".to_owned(), |value| format!("{value} (of the file)"));
        let color = if parsed.is_none() { Some(theme::palette(ui).error) } else { None };
        let edit =
            TextEdit::singleline(&mut field.text).hint_text(hint).desired_width(f32::INFINITY).text_color_opt(color);
        let response = ui.add(edit).on_hover_text("Pixels of this value are left out, instead of the file's own value");
        if response.changed() {
            let typed = if field.text.trim().is_empty() { Some(None) } else { numbers::parse(&field.text).map(Some) };
            if let Some(value) = typed {
                style.nodata = value;
                field.shown = Some(value);
            }
        }
    });
    if is_reset {
        style.nodata = None;
    }
    if parsed.is_none() {
        let text = theme::note(ui, "Not a number").color(theme::palette(ui).error);
        form::row_ui(ui, "", |ui| ui.label(text));
    }
}

fn kernel_tip(kernel: Resampling) -> &'static str {
    match kernel {
        Resampling::Nearest => "Pixels as they are; for classes and indices",
        Resampling::Bilinear => "Smooth; mean of the nearest 2 x 2 pixels",
        Resampling::Cubic => "Smooth and crisp; over 4 x 4 pixels",
        Resampling::Average => "Mean of all pixels that are covered",
        Resampling::Lanczos => "Crispest; over 6 x 6 pixels",
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
