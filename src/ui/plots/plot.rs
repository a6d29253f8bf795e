//! One plot: its title, axes and marks, and what the hand does in it.

use super::canvas::{Area, Canvas, Hit, hit, rows_in};
use super::paint::{Inks, paint};
use super::view::{Drawing, PlotView};
use super::{Tool, legend};
use crate::document::{Document, Made, Plot};
use crate::report::chart::{Axis, AxisKind, Chart, Marks, number_label};
use crate::targets::{SelectMode, TargetId};
use crate::ui::{Command, class_color, pick, rows, theme, widgets};
use egui::{Color32, CursorIcon, Event, PointerButton, Rect, Response, Sense, Stroke, StrokeKind, TextureId, vec2};
use egui_plot::{AxisHints, GridInput, GridMark, PlotPoint};

/// Points of the wheel that double what is shown.
const WHEEL_POINTS_A_DOUBLING: f64 = 150.0;
/// A box smaller than this was a click.
const LEAST_BOX_POINTS: f32 = 4.0;

/// Draws a plot into `ui`.
pub fn plot_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (plot, view): (&Plot, &mut PlotView),
    (tool, disc, is_chosen): (Tool, TextureId, bool),
    commands: &mut Vec<Command>,
) {
    let Some(made) = &plot.made else {
        ui.centered_and_justified(egui::Ui::spinner);
        return;
    };
    let chart = match &made.chart {
        Ok(chart) => chart.as_ref(),
        Err(reason) => {
            ui.label(egui::RichText::new(reason).color(theme::palette(ui).error));
            return;
        }
    };
    let targets = &document.targets;
    view.update(made, chart, (targets.selection(), targets.selection_revision()));
    view.upload_density(ui.ctx());
    title_ui(ui, chart, view, is_chosen);
    let legend_width = legend::width(ui, chart);
    let size = vec2((ui.available_width() - legend_width).max(80.0), ui.available_height().max(48.0));
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let (canvas, response) = ui.scope(|ui| axes_ui(ui, plot, chart, view, size)).inner;
        view.look(made.revision, chart, &canvas);
        let inks = inks(ui);
        let ids = (plot.id, made.revision);
        // Only points can be too many to be drawn one by one.
        if matches!(chart.marks, Marks::Points(_))
            && let Some(want) = view.wanted_density(ids, &canvas, targets.selection_revision(), inks.plain)
        {
            commands.push(Command::WantDensity(Box::new(want)));
        }
        let painter = ui.painter_at(canvas.frame);
        paint(&painter, chart, &canvas, view, (inks, disc));
        if chart.is_empty() {
            let color = theme::palette(ui).muted;
            let text = "Nothing to show";
            painter.text(canvas.frame.center(), egui::Align2::CENTER_CENTER, text, theme::body_font(), color);
        }
        marks_for_readers(ui, chart, &canvas);
        hand_ui(ui, document, (made, chart), (view, &canvas, &response), (tool, commands));
        if legend_width > 0.0 {
            legend::legend_ui(ui, chart, view, (legend_width, size.y));
        }
    });
}

fn title_ui(ui: &mut egui::Ui, chart: &Chart, view: &PlotView, is_chosen: bool) {
    ui.horizontal(|ui| {
        ui.set_min_height(16.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        if is_chosen {
            let (mark, _) = ui.allocate_exact_size(vec2(2.0, 12.0), Sense::hover());
            ui.painter().rect_filled(mark, 0.0, theme::palette(ui).accent);
        }
        ui.label(theme::strong(&chart.title).size(12.0));
        let mut notes = chart.notes.clone();
        if chart.left_out > 0 {
            notes.insert(0, format!("{} without a value", widgets::count(chart.left_out)));
        }
        if view.is_zoomed() {
            notes.push("a part; double click shows all".to_owned());
        }
        if !notes.is_empty() {
            let text = notes.join("; ");
            ui.add(egui::Label::new(theme::note(ui, &text)).truncate()).on_hover_text(text);
        }
    });
}

fn inks(ui: &egui::Ui) -> Inks {
    let accent = theme::palette(ui).accent;
    Inks {
        plain: [accent.r(), accent.g(), accent.b()],
        ring: ui.visuals().strong_text_color(),
        text: theme::palette(ui).muted,
    }
}

/// Draws background, grid and axes; returns where the marks stand, and what the hand did there.
fn axes_ui(ui: &mut egui::Ui, plot: &Plot, chart: &Chart, view: &PlotView, size: egui::Vec2) -> (Canvas, Response) {
    let (x, y) = view.part(chart);
    let x_most = whole(size.x / if is_names(&chart.x) { 64.0 } else { 84.0 });
    let y_most = whole(size.y / if is_names(&chart.y) { 18.0 } else { 32.0 });
    let palette = theme::palette(ui);
    let ink = palette.muted;
    let axes = ui.style_mut();
    axes.text_styles.insert(egui::TextStyle::Body, theme::small_font());
    axes.visuals.override_text_color = Some(ink);
    let shown = egui_plot::Plot::new(("plot", plot.id.0))
        .width(size.x)
        .height(size.y)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false)
        .show_x(false)
        .show_y(false)
        .show_background(false)
        .grid_color(palette.hairline)
        .grid_fade(0.0)
        .sense(Sense::click_and_drag())
        .show_grid([!is_names(&chart.x), !is_names(&chart.y)])
        .x_grid_spacer(grid_of(&chart.x, x_most))
        .y_grid_spacer(grid_of(&chart.y, y_most))
        .custom_x_axes(vec![axis_hints(AxisHints::new_x().tick_label_color(ink), &chart.x, x_most)])
        .custom_y_axes(vec![axis_hints(AxisHints::new_y().tick_label_color(ink), &chart.y, y_most)])
        .show(ui, move |plot_ui| {
            plot_ui.set_plot_bounds_x(x.0..=x.1);
            plot_ui.set_plot_bounds_y(y.0..=y.1);
        });
    let frame = *shown.transform.frame();
    let corner = |at: PlotPoint| shown.transform.position_from_point(&at);
    // The axes may have been given more room than was asked for: what the frame shows is what counts.
    let canvas = Canvas { frame, x, y };
    debug_assert!((corner(PlotPoint::new(x.0, y.0)) - canvas.screen(x.0, y.0)).length() < 1.0);
    let response = shown.response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Plot: {}", chart.title)));
    (canvas, response)
}

fn is_names(axis: &Axis) -> bool {
    matches!(axis.kind, AxisKind::Categories(_))
}

fn grid_of(axis: &Axis, most: usize) -> impl Fn(GridInput) -> Vec<GridMark> {
    let axis = axis.clone();
    move |input| {
        let span = input.bounds.1 - input.bounds.0;
        let ticks = axis.ticks(input.bounds, most);
        ticks.into_iter().map(|tick| GridMark { value: tick.position, step_size: span }).collect()
    }
}

fn axis_hints<'a>(hints: AxisHints<'a>, axis: &Axis, most: usize) -> AxisHints<'a> {
    let of = axis.clone();
    hints.label(axis.title.clone()).label_spacing(egui::Rangef::new(0.0, 1.0)).formatter(move |mark, range| {
        let ticks = of.ticks((*range.start(), *range.end()), most);
        let near = (range.end() - range.start()) * 1e-6;
        let tick = ticks.into_iter().find(|tick| (tick.position - mark.value).abs() <= near);
        tick.map_or_else(String::new, |tick| shortened(&tick.label))
    })
}

/// A name that leaves room for its neighbours.
fn shortened(label: &str) -> String {
    widgets::shortened(label, 14)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn whole(count: f32) -> usize {
    count.clamp(2.0, 100.0) as usize
}

/// Bars and cells are there for screen readers too, and for tests: each with what it says.
fn marks_for_readers(ui: &egui::Ui, chart: &Chart, canvas: &Canvas) {
    const MOST: usize = 120;
    let tell = |at: usize, rect: Rect| {
        let response = ui.interact(rect.intersect(canvas.frame), ui.scope_id().with(("mark", at)), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ListItem, true, mark_text(chart, at)));
    };
    match &chart.marks {
        Marks::Bars(bars) => bars.iter().take(MOST).enumerate().for_each(|(at, bar)| tell(at, canvas.bar(bar))),
        Marks::Cells(cells) => cells.iter().take(MOST).enumerate().for_each(|(at, cell)| tell(at, canvas.cell(cell))),
        Marks::Points(_) | Marks::Lines(_) => {}
    }
}

/// What a bar, a point of a line or a cell says in one line.
pub(in crate::ui) fn mark_text(chart: &Chart, at: usize) -> String {
    let group = |group: u16| chart.groups.get(usize::from(group)).map(|group| group.name.as_str());
    match &chart.marks {
        Marks::Bars(bars) => bars.get(at).map_or_else(String::new, |bar| {
            let place = if is_names(&chart.x) {
                chart.x.label(f64::midpoint(bar.x.0, bar.x.1).round())
            } else {
                format!("{} to {}", chart.x.label(bar.x.0), chart.x.label(bar.x.1))
            };
            named(&place, group(bar.group), bar.value)
        }),
        Marks::Lines(vertices) => vertices
            .get(at)
            .map_or_else(String::new, |vertex| named(&chart.x.label(vertex.x), group(vertex.group), vertex.value)),
        Marks::Cells(cells) => cells.get(at).map_or_else(String::new, |cell| {
            let place = chart.x.label(f64::from(cell.x));
            let line = chart.y.label(f64::from(cell.y));
            named(&place, Some(line.as_str()), cell.value)
        }),
        Marks::Points(_) => String::new(),
    }
}

fn named(place: &str, group: Option<&str>, value: f64) -> String {
    let value = number_label(value);
    match group.filter(|group| *group != place) {
        Some(group) => format!("{place}, {group}: {value}"),
        None => format!("{place}: {value}"),
    }
}

/// What the hand does: hover, click, draw around, move, zoom.
fn hand_ui(
    ui: &egui::Ui,
    document: &Document,
    (made, chart): (&Made, &Chart),
    (view, canvas, response): (&mut PlotView, &Canvas, &Response),
    (tool, commands): (Tool, &mut Vec<Command>),
) {
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| canvas.frame.contains(*at));
    let pointer = pointer.filter(|_| response.contains_pointer());
    wheel(ui, (view, canvas), pointer);
    drag(ui, (made, chart), (view, canvas, response), (tool, commands));
    paint_drawing(ui, view, canvas);
    let shown = |group: u16| view.shows(group);
    let under = pointer.filter(|_| view.drawing.is_none()).and_then(|at| hit(chart, canvas, at, &shown));
    if let Some(under) = under {
        ui.set_cursor_icon(CursorIcon::PointingHand);
        response.clone().on_hover_ui_at_pointer(|ui| tip_ui(ui, document, (made, chart), under));
    } else if pointer.is_some() && tool == Tool::Move {
        ui.set_cursor_icon(CursorIcon::Grab);
    }
    if response.double_clicked() {
        let row = under.filter(|under| matches!(under, Hit::Point(_))).and_then(|under| rows_of(chart, under).pop());
        match row.and_then(|row| made.data.as_ref()?.target(row)) {
            Some(id) => commands.push(Command::FlyToTarget(id)),
            None => view.reset(),
        }
    } else if response.clicked()
        && let Some(under) = under
    {
        let mode = pick::mode(ui.input(|input| input.modifiers));
        commands.push(Command::Select { mode, targets: ids(made, &rows_of(chart, under)) });
    }
    response.clone().context_menu(|ui| {
        if ui.button("Show all (double click)").clicked() {
            view.reset();
        }
    });
}

/// The rows of what was hit.
pub(in crate::ui) fn rows_of(chart: &Chart, hit: Hit) -> Vec<u32> {
    match (&chart.marks, hit) {
        (Marks::Points(points), Hit::Point(at)) => points.rows.get(at).copied().into_iter().collect(),
        (Marks::Bars(bars), Hit::Mark(at)) => bars.get(at).map(|bar| bar.rows.clone()).unwrap_or_default(),
        (Marks::Lines(vertices), Hit::Mark(at)) => vertices.get(at).map(|v| v.rows.clone()).unwrap_or_default(),
        (Marks::Cells(cells), Hit::Mark(at)) => cells.get(at).map(|cell| cell.rows.clone()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The targets that rows stand for.
fn ids(made: &Made, rows: &[u32]) -> Vec<TargetId> {
    made.data.as_ref().map(|data| data.targets(rows)).unwrap_or_default()
}

fn wheel(ui: &egui::Ui, (view, canvas): (&mut PlotView, &Canvas), pointer: Option<egui::Pos2>) {
    let Some(pointer) = pointer else { return };
    let (scroll, pinch) = ui.input(|input| (f64::from(input.smooth_scroll_delta().y), f64::from(input.zoom_delta())));
    let factor = (scroll / WHEEL_POINTS_A_DOUBLING).exp2() * pinch;
    if factor.is_finite() && (factor - 1.0).abs() > 1e-9 {
        view.zoom_to(canvas.zoomed(pointer, factor));
        // The wheel is used up: what the panel lies in must not scroll too.
        ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::MouseWheel { .. })));
    }
}

fn drag(
    ui: &egui::Ui,
    (made, chart): (&Made, &Chart),
    (view, canvas, response): (&mut PlotView, &Canvas, &Response),
    (tool, commands): (Tool, &mut Vec<Command>),
) {
    let (start, now) = ui.input(|input| (input.pointer.press_origin(), input.pointer.latest_pos()));
    if response.dragged_by(PointerButton::Middle) || (response.dragged_by(PointerButton::Primary) && tool == Tool::Move)
    {
        view.zoom_to(canvas.moved(response.drag_delta()));
        ui.set_cursor_icon(CursorIcon::Grabbing);
        return;
    }
    let begins_inside = start.is_some_and(|start| canvas.frame.contains(start));
    if let (Some(start), Some(now), true) = (start, now, begins_inside) {
        if response.dragged_by(PointerButton::Primary) {
            view.draw_to(start, now, tool == Tool::Lasso);
        } else if response.dragged_by(PointerButton::Secondary) {
            view.drawing = Some(Drawing::Zoom(Rect::from_two_pos(start, now)));
        }
    }
    if !response.drag_stopped() {
        return;
    }
    match view.drawing.take() {
        Some(Drawing::Zoom(rect)) if rect.size().min_elem() >= LEAST_BOX_POINTS => {
            view.zoom_to(canvas.part(rect.intersect(canvas.frame)));
        }
        Some(Drawing::Select(area)) if is_large(&area) => {
            let shown = |group: u16| view.shows(group);
            let picked = ids(made, &rows_in(chart, canvas, &area, &shown));
            let mode = pick::mode(ui.input(|input| input.modifiers));
            // A box around nothing, drawn without a key, selects nothing.
            if !picked.is_empty() || matches!(mode, SelectMode::Replace | SelectMode::Intersect) {
                commands.push(Command::Select { mode, targets: picked });
            }
        }
        _ => {}
    }
}

fn is_large(area: &Area) -> bool {
    let around = match area {
        Area::Box(rect) => *rect,
        Area::Lasso(line) => Rect::from_points(line),
    };
    around.size().max_elem() >= LEAST_BOX_POINTS
}

fn paint_drawing(ui: &egui::Ui, view: &PlotView, canvas: &Canvas) {
    let Some(drawing) = &view.drawing else { return };
    let (painter, accent) = (ui.painter_at(canvas.frame), theme::palette(ui).accent);
    let (fill, stroke) = (accent.gamma_multiply(0.15), Stroke::new(1.0, accent));
    match drawing {
        Drawing::Select(Area::Box(rect)) => {
            painter.rect(*rect, 0.0, fill, stroke, StrokeKind::Inside);
        }
        Drawing::Zoom(rect) => {
            painter.rect(*rect, 0.0, Color32::TRANSPARENT, stroke, StrokeKind::Inside);
        }
        Drawing::Select(Area::Lasso(line)) => {
            let closed = line.iter().chain(line.first()).copied().collect();
            painter.line(closed, Stroke::new(1.5, accent));
        }
    }
}

/// The facts of what lies under the pointer.
fn tip_ui(ui: &mut egui::Ui, document: &Document, (made, chart): (&Made, &Chart), under: Hit) {
    let (Marks::Points(points), Hit::Point(at)) = (&chart.marks, under) else {
        let Hit::Mark(at) = under else { return };
        ui.label(theme::strong(mark_text(chart, at)));
        let rows = rows_of(chart, under);
        let selection = document.targets.selection();
        let targets = ids(made, &rows);
        let selected = targets.iter().filter(|id| selection.contains(**id)).count();
        let of = format!("{} targets", widgets::count(targets.len()));
        let text = if selected > 0 { format!("{of}, {} selected", widgets::count(selected)) } else { of };
        ui.label(theme::note(ui, text));
        ui.label(theme::note(ui, format!("Click selects them; {}", pick::KEYS)));
        return;
    };
    let (Some(row), Some(data)) = (points.rows.get(at).copied(), made.data.as_ref()) else { return };
    let target = data.target(row).and_then(|id| made.set.target(id));
    if let Some(target) = &target {
        ui.horizontal(|ui| {
            rows::swatch_ui(ui, class_color::of(document, target.class_name));
            ui.label(theme::strong(target.label()));
        });
    }
    let spec = &made.key.settings.spec;
    let table = data.table();
    let shown = [&spec.x, &spec.y, &spec.color, &spec.size].map(|name| table.column_index(name));
    let mut told = Vec::new();
    for column in shown.into_iter().flatten() {
        if told.contains(&column) {
            continue;
        }
        told.push(column);
        let name = table.column(column).map(|column| crate::report::chart::column_title(column.name()));
        let value = widgets::cell_text(table.value(column, row as usize));
        ui.label(format!("{}: {}", name.unwrap_or_default(), if value.is_empty() { "\u{2013}" } else { &value }));
    }
    let Some(target) = target else { return };
    let mut where_from: Vec<String> = Vec::new();
    where_from.extend(target.image.map(str::to_owned));
    where_from.extend(target.date.map(|date| date.to_string()));
    if !where_from.is_empty() {
        ui.label(theme::note(ui, where_from.join(", ")));
    }
    ui.label(theme::note(ui, "Click selects, double click flies there"));
}
