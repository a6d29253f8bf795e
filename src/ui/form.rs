//! The parts that settings are made of: a row with its name on the left and its control on the right, a choice among a
//! few, a number field. All names stand in one column.

use super::{icons, numbers, theme};
use egui::{Align, Layout, Rect, Sense, Vec2, vec2};

/// Width of the column of names in points.
const NAME_POINTS: f32 = 20.0 * theme::GRID;

/// A row: its name, then what `add` draws. Controls without a name of their own take the row's.
pub fn row_ui<R>(ui: &mut egui::Ui, name: &str, add: impl FnOnce(&mut egui::Ui) -> R) -> R {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        name_ui(ui, name);
        ui.name_inputs(name, add)
    })
    .inner
}

fn name_ui(ui: &mut egui::Ui, name: &str) -> Rect {
    let (rect, _) = ui.allocate_exact_size(vec2(NAME_POINTS, theme::ROW_HEIGHT), Sense::hover());
    let color = theme::palette(ui).muted;
    let label = egui::Label::new(egui::RichText::new(name).color(color)).truncate();
    let layout = Layout::left_to_right(Align::Center);
    ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout)).add(label);
    rect
}

/// A small title over a group of rows.
pub fn section_ui(ui: &mut egui::Ui, title: &str, add_right: impl FnOnce(&mut egui::Ui)) {
    ui.add_space(2.0 * theme::GRID);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        ui.label(theme::strong(title));
        ui.with_layout(Layout::right_to_left(Align::Center), add_right);
    });
}

/// One of a few, all in sight: `(value, words, tooltip)`. Returns the value that was clicked.
pub fn choice_ui<T: Copy + PartialEq>(ui: &mut egui::Ui, chosen: Option<T>, choices: &[(T, &str, &str)]) -> Option<T> {
    let mut clicked = None;
    let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::hover());
    let count = choices.len().max(1) as f32;
    // From one edge to the other, a point between two of them.
    let edge = |at: usize| (all.left() + (all.width() + 1.0) * at as f32 / count).round();
    for (at, (value, words, tip)) in choices.iter().enumerate() {
        let right = if at + 1 == choices.len() { all.right() } else { edge(at + 1) - 1.0 };
        let place = Rect::from_x_y_ranges(edge(at)..=right, all.y_range());
        let layout = Layout::centered_and_justified(egui::Direction::LeftToRight);
        let mut ui = ui.new_child(egui::UiBuilder::new().id_salt(words).max_rect(place).layout(layout));
        ui.spacing_mut().button_padding.x = theme::GRID;
        let is_chosen = chosen == Some(*value);
        let response = ui.add(egui::Button::new(*words).truncate().selected(is_chosen));
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, words));
        if response.on_hover_text(*tip).clicked() {
            clicked = Some(*value);
        }
    }
    clicked
}

/// A number that can be typed and dragged, in steps of `step`. Returns it when it was changed.
pub fn number_ui(ui: &mut egui::Ui, name: &str, value: f64, step: f64, width: f32) -> Option<f64> {
    let mut edited = value;
    let field = egui::DragValue::new(&mut edited)
        .speed(step)
        .update_while_editing(false)
        .min_size(vec2(width, theme::ROW_HEIGHT))
        .custom_formatter(move |value, _| numbers::with_step(value, step))
        .custom_parser(numbers::parse);
    let response = ui.add_sized(vec2(width, theme::ROW_HEIGHT), field).accessible_name(name);
    let changed = response.changed() && edited.to_bits() != value.to_bits();
    response.on_hover_text(format!("{name}: drag, or click and type"));
    changed.then_some(edited)
}

/// A row as in [`row_ui`], with a button behind the name that puts a default back; whether it was clicked.
pub fn row_with_reset_ui<R>(
    ui: &mut egui::Ui,
    name: &str,
    (is_useful, tip): (bool, &str),
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (bool, R) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        let place = name_ui(ui, name);
        let right = Rect::from_min_max(place.right_bottom() - Vec2::splat(theme::ROW_HEIGHT), place.right_bottom());
        let mut corner = ui.new_child(egui::UiBuilder::new().id_salt(("reset", name)).max_rect(right));
        let is_reset = is_useful && reset_ui(&mut corner, true, tip);
        (is_reset, ui.name_inputs(name, add))
    })
    .inner
}

/// A slider with its number and unit, and a button that puts the default back. Returns the value when it was changed.
pub fn slider_ui(ui: &mut egui::Ui, slider: &SliderSpec<'_>, value: f64) -> Option<f64> {
    let mut edited = value;
    let tip = format!("Reset {} to {}{}", slider.name.to_lowercase(), slider.default, slider.unit);
    let is_default = (value - slider.default).abs() < 1e-9;
    let (is_reset, ()) = row_with_reset_ui(ui, slider.name, (!is_default, &tip), |ui| {
        let number = 14.0 * theme::GRID;
        let rail = ui.available_width() - number - ui.spacing().item_spacing.x;
        ui.spacing_mut().slider_width = rail.max(40.0);
        let rail = egui::Slider::new(&mut edited, slider.low..=slider.high)
            .show_value(false)
            .logarithmic(slider.is_logarithmic)
            .step_by(slider.step);
        let response = ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 16.0;
            ui.add(rail)
        });
        let response = response.inner.accessible_name(slider.name).on_hover_text(slider.tip);
        if response.double_clicked() {
            edited = slider.default;
        }
        let field = egui::DragValue::new(&mut edited)
            .speed(slider.step)
            .range(slider.low..=slider.high)
            .update_while_editing(false)
            .suffix(slider.unit)
            .custom_formatter(|value, _| numbers::with_step(value, slider.step))
            .custom_parser(numbers::parse);
        ui.add_sized(vec2(number, theme::ROW_HEIGHT), field).accessible_name(format!("{} as a number", slider.name));
    });
    if is_reset {
        edited = slider.default;
    }
    (edited.to_bits() != value.to_bits()).then_some(edited)
}

/// What a slider is for.
pub struct SliderSpec<'a> {
    /// Its name, also the row's.
    pub name: &'a str,
    /// What it does.
    pub tip: &'a str,
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
    /// Values are multiples of this.
    pub step: f64,
    /// Where the reset button puts it.
    pub default: f64,
    /// What stands behind the number, with its space.
    pub unit: &'a str,
    /// Whether equal ways on the rail are equal factors.
    pub is_logarithmic: bool,
}

/// A small button that puts a default back; room is kept for it where it is of no use.
pub fn reset_ui(ui: &mut egui::Ui, is_useful: bool, tip: &str) -> bool {
    let size = Vec2::splat(theme::ROW_HEIGHT);
    if !is_useful {
        ui.allocate_exact_size(size, Sense::hover());
        return false;
    }
    let icon = icons::RESET.rich_text().size(14.0).color(theme::palette(ui).muted);
    let response = ui.add_sized(size, egui::Button::new(icon).frame_when_inactive(false));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tip));
    response.on_hover_text(tip).clicked()
}
