//! A histogram with two handles that set a range of values in the source's own unit: they are dragged, moved with the
//! arrow keys, or put back by a double click. Draws and answers; what a range means is the caller's business.

use crate::raster::Histogram;
use crate::ui::{numbers, theme};
use egui::{Color32, CursorIcon, EventFilter, Id, Key, Mesh, Pos2, Rect, Sense, Stroke, pos2, vec2};

/// Height of the bars in points.
const HEIGHT: f32 = 48.0;
/// Width of what can be grabbed of a handle in points.
const GRAB: f32 = 12.0;
/// Width of a bar in points.
const BAR: f32 = 2.0;
/// The share of values at each end that may lie outside of what is shown: single odd values would squeeze the rest.
const TAIL: f64 = 0.0005;

/// What is edited.
pub struct RangeEditor<'a> {
    /// Names the handles for screen readers, and tells one editor from another.
    pub name: &'a str,
    /// How often values occur; `None` while that is not known.
    pub histogram: Option<&'a Histogram>,
    /// Lower and upper end of the range.
    pub range: (f64, f64),
    /// Whether values are whole numbers.
    pub is_integer: bool,
    /// Colour of the bars inside the range.
    pub color: Color32,
}

/// What was done to a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RangeEdit {
    /// It is this now.
    Set(f64, f64),
    /// It goes back to what it was by default.
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Low,
    High,
    Both,
}

/// Draws the editor over the whole width.
pub fn histogram_ui(ui: &mut egui::Ui, editor: &RangeEditor<'_>) -> Option<RangeEdit> {
    let id = ui.make_persistent_id(("histogram", editor.name));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let axis = Axis { rect: rect.shrink2(vec2(GRAB / 2.0, 0.0)), extent: held_extent(ui, id, editor) };
    let mut edit = None;
    // Later ones lie on top: of two handles at one place the one that can still be moved inwards.
    let order = if axis.share(editor.range.1) < 0.5 { [Part::Low, Part::High] } else { [Part::High, Part::Low] };
    let mut hot = None;
    for part in [Part::Both, order[0], order[1]] {
        // What lies between the handles is no stop for the Tab key: both ends are.
        let sense = if part == Part::Both { Sense::CLICK | Sense::DRAG } else { Sense::click_and_drag() };
        let response = ui.interact(axis.grab_rect(part, editor.range), id.with(part), sense);
        let response = match part {
            Part::Both => response.on_hover_and_drag_cursor(CursorIcon::Grab),
            _ => response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal),
        };
        if response.hovered() || response.dragged() || response.has_focus() {
            hot = Some(part);
        }
        edit = edit.or_else(|| read_part(ui, &response, part, editor, &axis));
    }
    paint(ui, editor, &axis, rect, hot);
    edit
}

/// What the bars stand over: most values and the whole range. It stays as it is while a handle is dragged.
fn held_extent(ui: &egui::Ui, id: Id, editor: &RangeEditor<'_>) -> (f64, f64) {
    let is_dragged = [Part::Low, Part::High, Part::Both].iter().any(|part| ui.ctx().is_being_dragged(id.with(part)));
    let held = ui.data(|data| data.get_temp::<(f64, f64)>(id)).filter(|_| is_dragged);
    let extent = held.unwrap_or_else(|| extent_of(editor.histogram, editor.range));
    ui.data_mut(|data| data.insert_temp(id, extent));
    extent
}

fn extent_of(histogram: Option<&Histogram>, (low, high): (f64, f64)) -> (f64, f64) {
    let (least, most) = histogram.map_or((low, high), bulk);
    let (from, to) = (least.min(low), most.max(high));
    let margin = if to > from { (to - from) * 0.04 } else { 0.5 };
    // What is counted never lies below 0 more often than not: no margin there.
    let from = if least >= 0.0 && low >= 0.0 { (from - margin).max(0.0) } else { from - margin };
    (from, to + margin)
}

/// The ends between which all but [`TAIL`] of the values lie.
fn bulk(histogram: &Histogram) -> (f64, f64) {
    let total = histogram.total() as f64;
    let width = histogram.bin_width();
    let end = |counts: &mut dyn Iterator<Item = &u64>| {
        let mut below = 0.0;
        counts
            .take_while(|count| {
                below += **count as f64;
                below <= total * TAIL
            })
            .count() as f64
    };
    let low = histogram.low() + end(&mut histogram.counts().iter()) * width;
    let high = histogram.high() - end(&mut histogram.counts().iter().rev()) * width;
    if low < high { (low, high) } else { (histogram.low(), histogram.high()) }
}

/// Values along the width.
struct Axis {
    rect: Rect,
    extent: (f64, f64),
}

impl Axis {
    fn span(&self) -> f64 {
        (self.extent.1 - self.extent.0).max(f64::MIN_POSITIVE)
    }

    fn share(&self, value: f64) -> f64 {
        ((value - self.extent.0) / self.span()).clamp(0.0, 1.0)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a position on the screen")]
    fn x(&self, value: f64) -> f32 {
        self.rect.left() + self.rect.width() * self.share(value) as f32
    }

    fn value(&self, x: f32) -> f64 {
        let share = f64::from((x - self.rect.left()) / self.rect.width().max(1.0)).clamp(0.0, 1.0);
        self.extent.0 + share * self.span()
    }

    fn grab_rect(&self, part: Part, (low, high): (f64, f64)) -> Rect {
        let rect = self.rect;
        let around = |x: f32| Rect::from_x_y_ranges(x - GRAB / 2.0..=x + GRAB / 2.0, rect.y_range());
        match part {
            Part::Low => around(self.x(low)),
            Part::High => around(self.x(high)),
            Part::Both => Rect::from_x_y_ranges(rect.x_range(), rect.y_range()),
        }
    }
}

/// What pointer, keys and screen reader did to a handle, or to the span between both.
fn read_part(
    ui: &egui::Ui,
    response: &egui::Response,
    part: Part,
    editor: &RangeEditor<'_>,
    axis: &Axis,
) -> Option<RangeEdit> {
    if response.double_clicked() {
        return Some(RangeEdit::Reset);
    }
    let step = numbers::step_of(axis.extent.0, axis.extent.1, editor.is_integer);
    let (low, high) = editor.range;
    if part == Part::Both {
        let moved = numbers::rounded_to(moved_span(ui, response, editor, axis)?, step);
        let (start_low, start_high) = ui.data(|data| data.get_temp::<(f64, f64)>(response.id))?;
        let (low, high) = (start_low + moved, start_high + moved);
        return ((low, high) != editor.range).then_some(RangeEdit::Set(low, high));
    }
    let value = if part == Part::Low { low } else { high };
    describe(ui, response, part, editor, axis);
    let dragged = response.interact_pointer_pos().filter(|_| response.dragged()).map(|pos| axis.value(pos.x));
    let asked = asked_value(ui, response.id);
    let keyed = key_steps(ui, response).map(|steps| value + steps * step);
    let wanted = numbers::rounded_to(dragged.or(asked).or(keyed)?, step);
    let (low, high) = if part == Part::Low { (wanted.min(high - step), high) } else { (low, wanted.max(low + step)) };
    ((low, high) != editor.range).then_some(RangeEdit::Set(low, high))
}

/// How far the whole range was dragged since the button went down; the range of that moment is kept beside it.
fn moved_span(ui: &egui::Ui, response: &egui::Response, editor: &RangeEditor<'_>, axis: &Axis) -> Option<f64> {
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(response.id, editor.range));
    }
    let moved = response.total_drag_delta().filter(|_| response.dragged())?;
    Some(axis.span() * f64::from(moved.x / axis.rect.width().max(1.0)))
}

fn describe(ui: &egui::Ui, response: &egui::Response, part: Part, editor: &RangeEditor<'_>, axis: &Axis) {
    let (end, value) = if part == Part::Low { ("low", editor.range.0) } else { ("high", editor.range.1) };
    response.widget_info(|| egui::WidgetInfo::slider(true, value, format!("{} {end} end", editor.name)));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        use egui::accesskit::Action;
        node.set_min_numeric_value(axis.extent.0);
        node.set_max_numeric_value(axis.extent.1);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
}

/// The value that a screen reader asked for.
fn asked_value(ui: &egui::Ui, id: Id) -> Option<f64> {
    use egui::accesskit::{Action, ActionData};
    ui.input(|input| {
        let requests = input.accesskit_action_requests(id, Action::SetValue);
        requests
            .filter_map(|r| if let Some(ActionData::NumericValue(value)) = r.data { Some(value) } else { None })
            .last()
    })
}

/// Steps that the arrow keys ask for, ten at a time with Shift.
fn key_steps(ui: &egui::Ui, response: &egui::Response) -> Option<f64> {
    use egui::accesskit::Action;
    let id = response.id;
    let asked = ui.input(|input| {
        input.num_accesskit_action_requests(id, Action::Increment) as f64
            - input.num_accesskit_action_requests(id, Action::Decrement) as f64
    });
    if !response.has_focus() {
        return (asked != 0.0).then_some(asked);
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let keyed = ui.input(|input| {
        let factor = if input.modifiers.shift { 10.0 } else { 1.0 };
        factor * (input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64)
    });
    (keyed + asked != 0.0).then_some(keyed + asked)
}

fn paint(ui: &egui::Ui, editor: &RangeEditor<'_>, axis: &Axis, rect: Rect, hot: Option<Part>) {
    let palette = theme::palette(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, ui.visuals().extreme_bg_color);
    let (low, high) = (axis.x(editor.range.0), axis.x(editor.range.1));
    let inside = Rect::from_x_y_ranges(low..=high, rect.y_range());
    painter.rect_filled(inside, 0.0, editor.color.gamma_multiply(0.10));
    if let Some(histogram) = editor.histogram {
        painter.add(bars(histogram, axis, editor, palette.muted.gamma_multiply(0.45)));
    } else {
        let font = theme::small_font();
        painter.text(rect.center(), egui::Align2::CENTER_CENTER, "No histogram yet", font, palette.muted);
    }
    for (part, x) in [(Part::Low, low), (Part::High, high)] {
        let is_hot = hot == Some(part);
        let color = if is_hot { palette.accent } else { ui.visuals().text_color() };
        painter.vline(x, rect.y_range(), Stroke::new(if is_hot { 2.0 } else { 1.0 }, color));
        let grip = Rect::from_center_size(pos2(x, rect.bottom() - 6.0), vec2(7.0, 12.0));
        painter.rect(grip, 2.0, color, Stroke::new(1.0, ui.visuals().panel_fill), egui::StrokeKind::Outside);
    }
}

/// All bars in one mesh, as high as the square root of what they count: small counts stay in sight.
fn bars(histogram: &Histogram, axis: &Axis, editor: &RangeEditor<'_>, outside: Color32) -> Mesh {
    let rect = axis.rect;
    let mut columns: Vec<(f32, f64)> = Vec::new();
    let mut x = rect.left();
    while x < rect.right() {
        columns.push((x, count_between(histogram, axis.value(x), axis.value(x + BAR))));
        x += BAR;
    }
    let most = columns.iter().map(|(_, count)| *count).fold(0.0, f64::max).sqrt().max(f64::MIN_POSITIVE);
    let mut mesh = Mesh::default();
    for (x, count) in columns {
        #[expect(clippy::cast_possible_truncation, reason = "a share of the height")]
        let height = (count.sqrt() / most) as f32 * (rect.height() - 6.0);
        if height <= 0.0 {
            continue;
        }
        let middle = axis.value(x + BAR / 2.0);
        let is_inside = (editor.range.0..=editor.range.1).contains(&middle);
        let top: Pos2 = pos2(x, rect.bottom() - height.max(1.0));
        let bar = Rect::from_min_max(top, pos2(x + BAR, rect.bottom()));
        mesh.add_colored_rect(bar, if is_inside { editor.color } else { outside });
    }
    mesh
}

/// How many values lie between two, those of a bin spread evenly over it.
fn count_between(histogram: &Histogram, from: f64, to: f64) -> f64 {
    let width = histogram.bin_width();
    if width <= 0.0 {
        let is_here = (from..to).contains(&histogram.low());
        return if is_here { histogram.total() as f64 } else { 0.0 };
    }
    let counts = histogram.counts();
    let first = histogram.bin_of(from.max(histogram.low()));
    let last = histogram.bin_of(to.min(histogram.high()));
    let (Some(first), Some(last)) = (first, last) else { return 0.0 };
    (first..=last)
        .filter_map(|bin| {
            let start = histogram.low() + bin as f64 * width;
            let share = (to.min(start + width) - from.max(start)) / width;
            Some(*counts.get(bin)? as f64 * share.max(0.0))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn histogram() -> Histogram {
        let mut histogram = Histogram::new(0.0, 1000.0, 256).unwrap();
        (0..1000_u32).for_each(|value| histogram.add(f64::from(value), 1));
        histogram
    }

    struct Edited {
        range: (f64, f64),
        edits: Vec<RangeEdit>,
    }

    fn harness() -> Harness<'static, Edited> {
        let histogram = histogram();
        let state = Edited { range: (200.0, 800.0), edits: Vec::new() };
        Harness::builder().with_size(vec2(300.0, 80.0)).with_step_dt(0.01).build_ui_state(
            move |ui, state: &mut Edited| {
                let editor = RangeEditor {
                    name: "B4",
                    histogram: Some(&histogram),
                    range: state.range,
                    is_integer: true,
                    color: Color32::RED,
                };
                if let Some(edit) = histogram_ui(ui, &editor) {
                    state.edits.push(edit);
                    if let RangeEdit::Set(low, high) = edit {
                        state.range = (low, high);
                    }
                }
            },
            state,
        )
    }

    #[test]
    fn dragging_a_handle_sets_its_end_and_leaves_the_other() {
        let mut harness = harness();
        let handle = harness.get_by_label("B4 low end").rect().center();
        harness.drag_at(handle);
        harness.run();
        harness.hover_at(handle + vec2(30.0, 0.0));
        harness.run();
        harness.drop_at(handle + vec2(30.0, 0.0));
        harness.run();
        let (low, high) = harness.state().range;
        assert!(low > 250.0 && low < 400.0, "{low}");
        assert!((low - low.round()).abs() < 1e-9, "whole numbers stay whole");
        assert!((high - 800.0).abs() < 1e-9);
    }

    #[test]
    fn dragging_between_the_handles_moves_both() {
        let mut harness = harness();
        let middle = harness.get_by_label("B4 low end").rect().center() + vec2(60.0, 0.0);
        harness.drag_at(middle);
        harness.run();
        for x in [7.0, 20.0, 31.0] {
            harness.hover_at(middle + vec2(x, 0.0));
            harness.run();
        }
        harness.drop_at(middle + vec2(31.0, 0.0));
        harness.run();
        let (low, high) = harness.state().range;
        assert!(low > 250.0 && (high - low - 600.0).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn arrow_keys_move_a_focused_handle_by_a_step() {
        let mut harness = harness();
        harness.get_by_label("B4 high end").focus();
        harness.run();
        harness.key_press(Key::ArrowRight);
        harness.run();
        harness.key_press_modifiers(egui::Modifiers::SHIFT, Key::ArrowLeft);
        harness.run();
        assert_eq!(harness.state().edits, [RangeEdit::Set(200.0, 801.0), RangeEdit::Set(200.0, 791.0)]);
    }

    #[test]
    fn handles_never_pass_each_other() {
        let mut harness = harness();
        harness.get_by_label("B4 low end").set_value_accesskit(5000.0);
        harness.run();
        assert_eq!(harness.state().range, (799.0, 800.0));
    }

    #[test]
    fn a_double_click_puts_the_default_back() {
        let mut harness = harness();
        for _ in 0..2 {
            harness.get_by_label("B4 high end").click();
        }
        harness.run();
        assert!(harness.state().edits.contains(&RangeEdit::Reset));
    }

    #[test]
    fn odd_values_do_not_squeeze_the_rest() {
        let mut histogram = Histogram::new(0.0, 100_000.0, 256).unwrap();
        (0..10_000_u32).for_each(|value| histogram.add(f64::from(value % 1000), 1));
        histogram.add(100_000.0, 1);
        let (low, high) = bulk(&histogram);
        assert!(low < 1.0 && high < 2000.0, "{low} {high}");
    }

    #[test]
    fn counts_between_two_values_add_up() {
        let histogram = histogram();
        assert!((count_between(&histogram, 0.0, 1000.0) - 1000.0).abs() < 1e-6);
        assert!((count_between(&histogram, 250.0, 750.0) - 500.0).abs() < 5.0);
        assert!(count_between(&histogram, 2000.0, 3000.0).abs() < 1e-9);
    }
}
