//! How the window looks: one typeface with tabular figures, three text sizes, a 4 point grid, one accent colour, and
//! hairlines instead of boxes, in a dark and a light variant. Colours are named here and nowhere else in the panels.

use crate::report::figure::{REGULAR_FONT, SEMIBOLD_FONT};
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, vec2,
};
use std::sync::Arc;

/// The grid that distances are multiples of, in points.
pub const GRID: f32 = 4.0;
/// Height of a row in a list or tree, in points.
pub const ROW_HEIGHT: f32 = 24.0;

const SMALL: f32 = 11.0;
const BODY: f32 = 13.0;
const HEADING: f32 = 15.0;
/// Size of an icon in a toolbar button.
pub const ICON_SIZE: f32 = 18.0;
const SEMIBOLD: &str = "semibold";

/// The colours that egui's own visuals have no name for.
#[derive(Clone, Copy)]
pub struct Palette {
    /// The one accent: selection, focus, primary action.
    pub accent: Color32,
    /// Lines between panels and rows.
    pub hairline: Color32,
    /// Secondary text.
    pub muted: Color32,
    /// The sea and lakes of the map.
    pub map_background: Color32,
    /// Land.
    pub land: Color32,
    /// Where land meets sea.
    pub coast: Color32,
    /// Between countries.
    pub border: Color32,
    /// Rivers.
    pub river: Color32,
    /// Names of countries and towns.
    pub place_name: Color32,
    /// Around the names.
    pub name_halo: Color32,
    /// Lines of the graticule on `map_background`.
    pub graticule: Color32,
    /// A chip of furniture that lies on the map: fill.
    pub on_map_fill: Color32,
    /// A row under the pointer.
    pub row_hover: Color32,
    /// A selected row.
    pub row_selected: Color32,
    /// Something needs attention.
    pub warning: Color32,
    /// Something failed.
    pub error: Color32,
}

const DARK: Palette = Palette {
    accent: Color32::from_rgb(77, 157, 255),
    hairline: Color32::from_rgb(46, 49, 54),
    muted: Color32::from_rgb(146, 152, 161),
    map_background: Color32::from_rgb(15, 20, 27),
    land: Color32::from_rgb(31, 35, 40),
    coast: Color32::from_rgb(54, 63, 73),
    border: Color32::from_rgb(70, 76, 84),
    river: Color32::from_rgb(24, 33, 44),
    place_name: Color32::from_rgb(142, 150, 160),
    name_halo: Color32::from_rgb(27, 31, 36),
    graticule: Color32::from_rgba_premultiplied(9, 10, 11, 12),
    on_map_fill: Color32::from_rgba_premultiplied(20, 22, 25, 225),
    row_hover: Color32::from_rgb(40, 43, 48),
    row_selected: Color32::from_rgb(32, 56, 88),
    warning: Color32::from_rgb(240, 180, 76),
    error: Color32::from_rgb(245, 110, 100),
};

const LIGHT: Palette = Palette {
    accent: Color32::from_rgb(20, 101, 217),
    hairline: Color32::from_rgb(222, 224, 228),
    muted: Color32::from_rgb(96, 102, 112),
    map_background: Color32::from_rgb(212, 223, 232),
    land: Color32::from_rgb(243, 243, 239),
    coast: Color32::from_rgb(172, 188, 201),
    border: Color32::from_rgb(188, 186, 180),
    river: Color32::from_rgb(186, 206, 222),
    place_name: Color32::from_rgb(92, 98, 106),
    name_halo: Color32::from_rgb(250, 250, 248),
    graticule: Color32::from_rgba_premultiplied(8, 10, 12, 16),
    on_map_fill: Color32::from_rgba_premultiplied(240, 241, 243, 240),
    row_hover: Color32::from_rgb(238, 240, 243),
    row_selected: Color32::from_rgb(214, 229, 251),
    warning: Color32::from_rgb(150, 88, 0),
    error: Color32::from_rgb(196, 43, 36),
};

/// The colours for the theme that `ui` is drawn in.
pub fn palette(ui: &egui::Ui) -> Palette {
    if ui.visuals().dark_mode { DARK } else { LIGHT }
}

/// Text in the semibold weight.
pub fn strong(text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).family(FontFamily::Name(SEMIBOLD.into()))
}

/// A panel's or section's title.
pub fn heading(text: impl Into<String>) -> egui::RichText {
    strong(text).size(HEADING)
}

/// Secondary text in the small size.
pub fn note(ui: &egui::Ui, text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).size(SMALL).color(palette(ui).muted)
}

/// The font of small print, for painters.
pub fn small_font() -> FontId {
    FontId::proportional(SMALL)
}

/// The font of body text, for painters.
pub fn body_font() -> FontId {
    FontId::proportional(BODY)
}

/// The semibold font of headings, for painters.
pub fn heading_font() -> FontId {
    FontId::new(HEADING, FontFamily::Name(SEMIBOLD.into()))
}

/// Installs fonts and both themes.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.set_style_of(Theme::Dark, style(Theme::Dark));
    ctx.set_style_of(Theme::Light, style(Theme::Light));
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let regular = FontData::from_static(REGULAR_FONT);
    let semibold = FontData::from_static(SEMIBOLD_FONT);
    fonts.font_data.insert("regular".to_owned(), Arc::new(regular));
    fonts.font_data.insert(SEMIBOLD.to_owned(), Arc::new(semibold));
    fonts.families.insert(FontFamily::Proportional, vec!["regular".to_owned()]);
    // Tabular figures make columns line up without a second typeface.
    fonts.families.insert(FontFamily::Monospace, vec!["regular".to_owned()]);
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), vec![SEMIBOLD.to_owned(), "regular".to_owned()]);
    let icons = egui_material_icons::font_insert();
    for family in icons.families {
        fonts.families.entry(family.family).or_default().push(icons.name.clone());
    }
    fonts.font_data.insert(icons.name, Arc::new(icons.data));
    fonts
}

fn style(theme: Theme) -> egui::Style {
    let mut style = egui::Style { visuals: visuals(theme), ..egui::Style::default() };
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(SMALL)),
        (TextStyle::Body, FontId::proportional(BODY)),
        (TextStyle::Button, FontId::proportional(BODY)),
        (TextStyle::Monospace, FontId::monospace(BODY)),
        (TextStyle::Heading, FontId::new(HEADING, FontFamily::Name(SEMIBOLD.into()))),
    ]
    .into();
    style.animation_time = 0.1;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(2.0 * GRID, GRID);
    spacing.button_padding = vec2(2.0 * GRID, GRID);
    spacing.interact_size = vec2(10.0 * GRID, ROW_HEIGHT);
    spacing.indent = 4.0 * GRID;
    spacing.icon_width = 4.0 * GRID;
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(12);
    spacing.scroll = egui::style::ScrollStyle { bar_width: 8.0, ..egui::style::ScrollStyle::thin() };
    spacing.tooltip_width = 360.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(theme: Theme) -> egui::Visuals {
    let dark = theme == Theme::Dark;
    let palette = if dark { DARK } else { LIGHT };
    let mut visuals = if dark { egui::Visuals::dark() } else { egui::Visuals::light() };
    let (panel, input, text, text_strong, button, button_hover, button_down) = if dark {
        (
            Color32::from_rgb(27, 29, 32),
            Color32::from_rgb(18, 20, 22),
            Color32::from_rgb(208, 212, 218),
            Color32::from_rgb(244, 246, 248),
            Color32::from_rgb(44, 47, 52),
            Color32::from_rgb(56, 60, 66),
            Color32::from_rgb(36, 39, 43),
        )
    } else {
        (
            Color32::from_rgb(250, 250, 251),
            Color32::WHITE,
            Color32::from_rgb(43, 47, 54),
            Color32::from_rgb(14, 16, 20),
            Color32::from_rgb(234, 236, 240),
            Color32::from_rgb(222, 226, 232),
            Color32::from_rgb(208, 213, 221),
        )
    };
    let line = Stroke::new(1.0, palette.hairline);
    let radius = CornerRadius::same(4);
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = radius;
        widget.expansion = 0.0;
        widget.bg_stroke = Stroke::NONE;
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.bg_fill = button;
        widget.weak_bg_fill = button;
    }
    widgets.noninteractive.bg_fill = panel;
    widgets.noninteractive.weak_bg_fill = panel;
    widgets.noninteractive.bg_stroke = line;
    widgets.hovered.bg_fill = button_hover;
    widgets.hovered.weak_bg_fill = button_hover;
    widgets.hovered.fg_stroke = Stroke::new(1.0, text_strong);
    widgets.active.bg_fill = button_down;
    widgets.active.weak_bg_fill = button_down;
    widgets.active.fg_stroke = Stroke::new(1.0, text_strong);
    widgets.active.bg_stroke = Stroke::new(1.0, palette.accent);
    widgets.open.weak_bg_fill = button_hover;
    visuals.selection.bg_fill = palette.row_selected;
    visuals.selection.stroke = Stroke::new(1.0, if dark { text_strong } else { palette.accent });
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.weak_text_color = Some(palette.muted);
    visuals.panel_fill = panel;
    visuals.window_fill = panel;
    visuals.window_stroke = line;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.extreme_bg_color = input;
    visuals.faint_bg_color = if dark { Color32::from_rgb(31, 33, 37) } else { Color32::from_rgb(245, 246, 248) };
    visuals.code_bg_color = input;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    visuals.striped = false;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How bright a colour is, as WCAG 2.1 defines it.
    fn luminance(color: Color32) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::from_rgb(118, 118, 118), Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn every_text_stands_out_from_what_it_stands_on() {
        for theme in [Theme::Dark, Theme::Light] {
            let (visuals, palette) = (visuals(theme), if theme == Theme::Dark { DARK } else { LIGHT });
            let widgets = &visuals.widgets;
            let texts = [
                ("text", widgets.noninteractive.fg_stroke.color),
                ("muted", palette.muted),
                ("accent", palette.accent),
                ("warning", palette.warning),
                ("error", palette.error),
            ];
            let grounds = [
                ("panel", visuals.panel_fill),
                ("input", visuals.extreme_bg_color),
                ("faint", visuals.faint_bg_color),
                ("row under the pointer", palette.row_hover),
            ];
            for ((text, color), (ground, fill)) in
                texts.into_iter().flat_map(|text| grounds.map(|ground| (text, ground)))
            {
                let found = contrast(color, fill);
                assert!(found >= 4.5, "{theme:?}: {text} on {ground} has a contrast of {found:.2}");
            }
            for (state, widget) in
                [("", &widgets.inactive), ("hovered", &widgets.hovered), ("pressed", &widgets.active)]
            {
                let found = contrast(widget.fg_stroke.color, widget.weak_bg_fill);
                assert!(found >= 4.5, "{theme:?}: a button {state} has a contrast of {found:.2}");
            }
            let found = contrast(widgets.noninteractive.fg_stroke.color, palette.row_selected);
            assert!(found >= 4.5, "{theme:?}: text on a selected row has a contrast of {found:.2}");
        }
    }
}
