//! Drawing a chart's marks: all of them faintly while some are selected, those with all their colour.

use super::canvas::Canvas;
use super::view::PlotView;
use crate::report::chart::{Bar, Chart, Marks, Points, Vertex};
use crate::ui::discs::disc_into;
use egui::epaint::Mesh;
use egui::{Align2, Color32, CornerRadius, Painter, Rect, Stroke, TextureId, pos2};

/// The colours of a plot that are not those of its groups.
#[derive(Clone, Copy, Debug)]
pub struct Inks {
    /// Of marks without groups.
    pub plain: [u8; 3],
    /// Around what is selected.
    pub ring: Color32,
    /// Of words on nothing.
    pub text: Color32,
}

/// What is not selected, while something is.
const FAINT: f32 = 0.25;

/// Draws the marks of a chart.
pub fn paint(painter: &Painter, chart: &Chart, canvas: &Canvas, view: &PlotView, (inks, disc): (Inks, TextureId)) {
    match &chart.marks {
        Marks::Points(points) => match view.drawn_points() {
            Some(drawn) => paint_points(painter, (chart, points), canvas, (view, drawn), (inks, disc)),
            None => view.paint_density(painter, canvas),
        },
        Marks::Bars(bars) => bars.iter().enumerate().for_each(|(at, bar)| {
            if view.shows(bar.group) {
                paint_bar(
                    painter,
                    (chart, bar),
                    canvas.bar(bar),
                    (view.selected_share(at), view.has_selection(), inks),
                );
            }
        }),
        Marks::Lines(vertices) => paint_lines(painter, (chart, vertices), canvas, view, inks),
        Marks::Cells(cells) => {
            for (at, cell) in cells.iter().enumerate() {
                let rgb = chart.color_scale.as_ref().map_or(inks.plain, |scale| scale.color(cell.ramp));
                let rect = canvas.cell(cell).shrink(0.5);
                let share = view.selected_share(at);
                let is_faint = view.has_selection() && share == 0.0;
                painter.rect_filled(rect, 0.0, faded(rgb, if is_faint { FAINT } else { 1.0 }));
                if view.has_selection() && share > 0.0 {
                    painter.rect_stroke(rect, 0.0, Stroke::new(1.5, inks.ring), egui::StrokeKind::Inside);
                }
                paint_number(painter, rect, cell.value, if is_faint { inks.text } else { on(rgb) });
            }
        }
    }
}

fn paint_points(
    painter: &Painter,
    (chart, points): (&Chart, &Points),
    canvas: &Canvas,
    (view, drawn): (&PlotView, &[u32]),
    (inks, disc): (Inks, TextureId),
) {
    let mut mesh = Mesh::with_texture(disc);
    let at = |place: usize| Some(canvas.screen(*points.x.get(place)?, *points.y.get(place)?));
    let has_selection = view.has_selection();
    let opacity = if has_selection { FAINT } else { 0.85 };
    for place in drawn.iter().map(|place| *place as usize) {
        if let Some(center) = at(place) {
            let color = faded(points.color(place, chart, inks.plain), opacity);
            disc_into(&mut mesh, center, points.radius(place), color);
        }
    }
    for place in drawn.iter().map(|place| *place as usize).filter(|_| has_selection) {
        if !view.is_point_selected(place) {
            continue;
        }
        if let Some(center) = at(place) {
            let color = faded(points.color(place, chart, inks.plain), 1.0);
            disc_into(&mut mesh, center, points.radius(place) + 2.0, inks.ring);
            disc_into(&mut mesh, center, points.radius(place) + 0.5, color);
        }
    }
    painter.add(mesh);
}

fn paint_bar(
    painter: &Painter,
    (chart, bar): (&Chart, &Bar),
    rect: Rect,
    (share, has_selection, inks): (f32, bool, Inks),
) {
    let rgb = chart.groups.get(usize::from(bar.group)).map_or(inks.plain, |group| group.color);
    // A hairline of the panel stays between bars.
    let rect = if rect.width() > 3.0 { rect.shrink2(egui::vec2(0.5, 0.0)) } else { rect };
    painter.rect_filled(rect, CornerRadius::ZERO, faded(rgb, if has_selection { FAINT } else { 1.0 }));
    if has_selection && share > 0.0 {
        let top = rect.bottom() - rect.height() * share;
        let part = Rect::from_min_max(pos2(rect.left(), top), rect.max);
        painter.rect_filled(part, CornerRadius::ZERO, faded(rgb, 1.0));
    }
}

fn paint_lines(
    painter: &Painter,
    (chart, vertices): (&Chart, &[Vertex]),
    canvas: &Canvas,
    view: &PlotView,
    inks: Inks,
) {
    let mut first = 0;
    for line in vertices.chunk_by(|one, next| one.group == next.group) {
        let group = line.first().map_or(0, |vertex| vertex.group);
        if view.shows(group) {
            let rgb = chart.groups.get(usize::from(group)).map_or(inks.plain, |group| group.color);
            let points: Vec<_> = line.iter().map(|vertex| canvas.screen(vertex.x, vertex.y)).collect();
            let is_dense = canvas.frame.width() / (points.len().max(1) as f32) < 6.0;
            let opacity = if view.has_selection() { 2.0 * FAINT } else { 1.0 };
            painter.line(points.clone(), Stroke::new(1.5, faded(rgb, opacity)));
            for (at, (point, vertex)) in points.into_iter().zip(line).enumerate() {
                let is_selected = view.has_selection() && view.selected_share(first + at) > 0.0;
                if is_selected {
                    painter.circle_filled(point, 5.0, inks.ring);
                    painter.circle_filled(point, 3.5, faded(rgb, 1.0));
                } else if !is_dense && !vertex.rows.is_empty() {
                    painter.circle_filled(point, 2.5, faded(rgb, opacity));
                }
            }
        }
        first += line.len();
    }
}

fn paint_number(painter: &Painter, rect: Rect, value: f64, ink: Color32) {
    let text = crate::report::chart::number_label(value);
    let galley = painter.layout_no_wrap(text, crate::ui::theme::small_font(), ink);
    if galley.size().x + 4.0 < rect.width() && galley.size().y < rect.height() {
        let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min;
        painter.galley(at, galley, ink);
    }
}

fn faded([red, green, blue]: [u8; 3], opacity: f32) -> Color32 {
    Color32::from_rgb(red, green, blue).gamma_multiply(opacity)
}

/// Dark or light, whichever can be read on a colour.
fn on([red, green, blue]: [u8; 3]) -> Color32 {
    let luma = (299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)) / 1000;
    if luma > 140 { Color32::from_gray(20) } else { Color32::from_gray(250) }
}
