//! A chart as a figure: title, legend, axes and marks.

use std::sync::Arc;

use super::shapes::{Anchor, Figure, Frame, Ink, Label, Shape};
use super::text::{fitted, text_width};
use super::theme::FigureTheme;
use crate::report::chart::{
    Axis, AxisKind, Bar, Cell, Chart, DensityGrid, Marks, Points, Tick, Vertex, density, number_label,
};

/// How large a figure is, and how it looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FigureSize {
    /// From left to right, in pixels of a screen.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Its colours.
    pub theme: FigureTheme,
}

impl Default for FigureSize {
    fn default() -> Self {
        Self { width: 720, height: 420, theme: FigureTheme::Light }
    }
}

const SMALL: f32 = 11.0;
const TITLE: f32 = 15.0;
const GRID: f32 = 4.0;
/// Above this many points they are drawn as one picture.
const MOST_SHAPES: usize = 20_000;
/// Room of a line of small text.
const LINE: f32 = 16.0;
/// Widest name along an axis or in a legend.
const WIDEST_NAME: f32 = 120.0;

/// The whole chart as a figure.
pub fn draw_chart(chart: &Chart, size: FigureSize) -> Figure {
    draw_chart_part(chart, size, chart.x.range, chart.y.range)
}

/// The part of a chart between these positions of its axes as a figure.
pub fn draw_chart_part(chart: &Chart, size: FigureSize, x: (f64, f64), y: (f64, f64)) -> Figure {
    let page = Page::new(chart, size, x, y);
    let mut around = Vec::new();
    page.titles(&mut around);
    page.legend(&mut around);
    let mut behind = Vec::new();
    page.axes(&mut behind);
    let mut marks = Vec::new();
    page.marks(&mut marks);
    Figure {
        width: size.width,
        height: size.height,
        title: chart.title.clone(),
        paper: size.theme.paper(),
        layers: vec![(None, behind), (Some(page.plot), marks), (None, around)],
    }
}

/// Where the marks of a chart stand in its figure.
pub fn plot_frame(figure: &Figure) -> Option<Frame> {
    figure.layers.iter().find_map(|(frame, _)| *frame)
}

/// Where everything stands.
struct Page<'a> {
    chart: &'a Chart,
    size: FigureSize,
    plot: Frame,
    x: (f64, f64),
    y: (f64, f64),
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Names along the bottom don't fit side by side.
    is_turned: bool,
    notes: Vec<String>,
}

impl<'a> Page<'a> {
    fn new(chart: &'a Chart, size: FigureSize, x: (f64, f64), y: (f64, f64)) -> Self {
        let (width, height) = (size.width as f32, size.height as f32);
        let notes = notes(chart);
        let legend = legend_width(chart);
        let top = TITLE + 6.0 * GRID;
        let note_height = notes.len() as f32 * LINE;
        let y_room = if is_names(&chart.y) { LINE } else { 28.0 };
        let y_ticks = chart.y.ticks(y, whole((height - top) / y_room));
        let y_names = widest(&y_ticks);
        let left = 2.0 * GRID + LINE + GRID + y_names + 2.0 * GRID;
        let plot_width = (width - left - legend - 4.0 * GRID).max(10.0);
        let most = plot_width / if is_names(&chart.x) { LINE } else { 76.0 };
        let x_ticks = chart.x.ticks(x, whole(most));
        let x_names = widest(&x_ticks);
        let is_turned = x_ticks.len() as f32 * (x_names + 2.0 * GRID) > plot_width;
        let name_height = if is_turned { x_names + GRID } else { LINE };
        let bottom = name_height + LINE + 3.0 * GRID + note_height;
        let plot = Frame { x: left, y: top, width: plot_width, height: (height - top - bottom).max(10.0) };
        Self { chart, size, plot, x, y, x_ticks, y_ticks, is_turned, notes }
    }

    fn at_x(&self, position: f64) -> f32 {
        self.plot.x + part(position, self.x) * self.plot.width
    }

    fn at_y(&self, position: f64) -> f32 {
        self.plot.y + self.plot.height - part(position, self.y) * self.plot.height
    }

    fn label(&self, text: &str, (x, y): (f32, f32), anchor: Anchor) -> Label {
        let text = text.to_owned();
        Label { text, x, y, size: SMALL, anchor, is_bold: false, turned_deg: 0.0, ink: self.size.theme.muted() }
    }

    fn titles(&self, shapes: &mut Vec<Shape>) {
        let Self { chart, plot, size, .. } = self;
        let theme = size.theme;
        let title = self.label(&chart.title, (2.0 * GRID, TITLE + 2.0 * GRID), Anchor::Start);
        shapes.push(Shape::Label(Label { size: TITLE, is_bold: true, ink: theme.text(), ..title }));
        let notes_top = size.height as f32 - self.notes.len() as f32 * LINE;
        let x_title = self.label(&chart.x.title, (plot.x + plot.width / 2.0, notes_top - 2.0 * GRID), Anchor::Middle);
        shapes.push(Shape::Label(Label { ink: theme.text(), ..x_title }));
        let place = (2.0 * GRID + SMALL, plot.y + plot.height / 2.0);
        let y_title = self.label(&chart.y.title, place, Anchor::Middle);
        shapes.push(Shape::Label(Label { turned_deg: -90.0, ink: theme.text(), ..y_title }));
        for (at, note) in self.notes.iter().enumerate() {
            let place = (2.0 * GRID, notes_top + (at as f32 + 1.0) * LINE - 1.5 * GRID);
            shapes.push(Shape::Label(self.label(note, place, Anchor::Start)));
        }
    }

    fn axes(&self, shapes: &mut Vec<Shape>) {
        let Self { plot, size, .. } = self;
        let (right, bottom) = (plot.x + plot.width, plot.y + plot.height);
        let line = |from, to| Shape::Line(vec![from, to], 1.0, size.theme.hairline());
        for tick in &self.y_ticks {
            let y = self.at_y(tick.position);
            if !is_names(&self.chart.y) {
                shapes.push(line((plot.x, y), (right, y)));
            }
            let text = fitted(&tick.label, SMALL, WIDEST_NAME);
            shapes.push(Shape::Label(self.label(&text, (plot.x - 2.0 * GRID, y + GRID), Anchor::End)));
        }
        for tick in &self.x_ticks {
            let x = self.at_x(tick.position);
            if !is_names(&self.chart.x) {
                shapes.push(line((x, plot.y), (x, bottom)));
            }
            let text = fitted(&tick.label, SMALL, WIDEST_NAME);
            let label = if self.is_turned {
                let label = self.label(&text, (x + GRID, bottom + GRID), Anchor::End);
                Label { turned_deg: -90.0, ..label }
            } else {
                self.label(&text, (x, bottom + LINE - GRID / 2.0), Anchor::Middle)
            };
            shapes.push(Shape::Label(label));
        }
        shapes.push(Shape::Line(vec![(plot.x, bottom), (right, bottom)], 1.0, size.theme.muted()));
    }

    fn color(&self, group: u16) -> [u8; 3] {
        self.chart.groups.get(usize::from(group)).map_or(self.size.theme.accent(), |group| group.color)
    }

    fn marks(&self, shapes: &mut Vec<Shape>) {
        if self.chart.is_empty() {
            let middle = (self.plot.x + self.plot.width / 2.0, self.plot.y + self.plot.height / 2.0);
            shapes.push(Shape::Label(self.label("Nothing to show", middle, Anchor::Middle)));
        }
        match &self.chart.marks {
            Marks::Points(points) if points.len() > MOST_SHAPES => self.density(shapes),
            Marks::Points(points) => self.points(points, shapes),
            Marks::Bars(bars) => shapes.extend(bars.iter().map(|bar| self.bar(bar))),
            Marks::Lines(vertices) => self.lines(vertices, shapes),
            Marks::Cells(cells) => shapes.extend(cells.iter().flat_map(|cell| self.cell(cell))),
        }
    }

    fn density(&self, shapes: &mut Vec<Shape>) {
        let (width, height) = (whole32(self.plot.width), whole32(self.plot.height));
        let grid = DensityGrid { x: self.x, y: self.y, width, height };
        let picture = density(self.chart, grid, self.size.theme.accent(), |_| true);
        shapes.push(Shape::Picture(Arc::new(picture), self.plot));
    }

    fn points(&self, points: &Points, shapes: &mut Vec<Shape>) {
        for (at, (x, y)) in points.x.iter().zip(&points.y).enumerate() {
            let rgb = points.color(at, self.chart, self.size.theme.accent());
            let radius = points.radius(at);
            shapes.push(Shape::Circle((self.at_x(*x), self.at_y(*y)), radius, Ink { rgb, opacity: 0.8 }));
        }
    }

    fn bar(&self, bar: &Bar) -> Shape {
        let (left, right) = (self.at_x(bar.x.0), self.at_x(bar.x.1));
        let (one, other) = (self.at_y(bar.y.0), self.at_y(bar.y.1));
        // A hairline of paper stays between the bars of a histogram.
        let gap = if right - left > 3.0 { 0.5 } else { 0.0 };
        let frame =
            Frame { x: left + gap, y: one.min(other), width: right - left - 2.0 * gap, height: (one - other).abs() };
        Shape::Rectangle(frame, Ink::opaque(self.color(bar.group)))
    }

    fn lines(&self, vertices: &[Vertex], shapes: &mut Vec<Shape>) {
        for line in vertices.chunk_by(|one, next| one.group == next.group) {
            let ink = Ink::opaque(self.color(line.first().map_or(0, |vertex| vertex.group)));
            let points: Vec<(f32, f32)> =
                line.iter().map(|vertex| (self.at_x(vertex.x), self.at_y(vertex.y))).collect();
            shapes.extend(points.iter().map(|point| Shape::Circle(*point, 2.5, ink)));
            shapes.push(Shape::Line(points, 1.5, ink));
        }
    }

    fn cell(&self, cell: &Cell) -> Vec<Shape> {
        let Some(scale) = &self.chart.color_scale else { return Vec::new() };
        let rgb = scale.color(cell.ramp);
        let (x, y) = (f64::from(cell.x), f64::from(cell.y));
        let (left, right) = (self.at_x(x - 0.5), self.at_x(x + 0.5));
        let (top, bottom) = (self.at_y(y + 0.5), self.at_y(y - 0.5));
        let frame = Frame { x: left + 0.5, y: top + 0.5, width: right - left - 1.0, height: bottom - top - 1.0 };
        let mut shapes = vec![Shape::Rectangle(frame, Ink::opaque(rgb))];
        let text = number_label(cell.value);
        if text_width(&text, SMALL, false) + GRID < right - left && bottom - top > LINE - 2.0 {
            let middle = (f32::midpoint(left, right), f32::midpoint(top, bottom) + GRID);
            let label = self.label(&text, middle, Anchor::Middle);
            shapes.push(Shape::Label(Label { ink: on(rgb), ..label }));
        }
        shapes
    }

    fn legend(&self, shapes: &mut Vec<Shape>) {
        let left = self.plot.x + self.plot.width + 4.0 * GRID;
        let mut y = self.plot.y;
        if let Some(scale) = &self.chart.color_scale {
            self.ramp(&scale.axis(), left, shapes);
            return;
        }
        for group in &self.chart.groups {
            let swatch = Frame { x: left, y: y + 2.0, width: 2.5 * GRID, height: 2.5 * GRID };
            shapes.push(Shape::Rectangle(swatch, Ink::opaque(group.color)));
            let text = fitted(&group.name, SMALL, WIDEST_NAME);
            let label = self.label(&text, (left + 4.0 * GRID, y + SMALL), Anchor::Start);
            shapes.push(Shape::Label(Label { ink: self.size.theme.text(), ..label }));
            y += LINE;
        }
    }

    fn ramp(&self, axis: &Axis, left: f32, shapes: &mut Vec<Shape>) {
        const STEPS: u8 = 64;
        let Some(scale) = &self.chart.color_scale else { return };
        let top = self.plot.y + LINE;
        let height = (self.plot.height - LINE).clamp(10.0, 160.0);
        let title = self.label(&fitted(&axis.title, SMALL, WIDEST_NAME), (left, self.plot.y + GRID), Anchor::Start);
        shapes.push(Shape::Label(Label { ink: self.size.theme.text(), ..title }));
        for step in 0..STEPS {
            let place = f64::from(step) / f64::from(STEPS - 1);
            let y = top + height * (1.0 - f32::from(step + 1) / f32::from(STEPS));
            let frame = Frame { x: left, y, width: 3.0 * GRID, height: height / f32::from(STEPS) + 0.5 };
            shapes.push(Shape::Rectangle(frame, Ink::opaque(scale.color(place))));
        }
        for tick in axis.ticks(axis.range, whole(height / 28.0)) {
            let y = top + height * (1.0 - part(tick.position, axis.range));
            let place = (left + 4.5 * GRID, y + GRID);
            shapes.push(Shape::Label(self.label(&tick.label, place, Anchor::Start)));
        }
    }
}

impl Points {
    /// The radius of a point in pixels: its area shows its size.
    pub fn radius(&self, at: usize) -> f32 {
        const PLAIN: f32 = 2.5;
        const RANGE: (f32, f32) = (2.0, 9.0);
        let Some(place) = self.sizes.get(at).filter(|place| place.is_finite()) else { return PLAIN };
        let (low, high) = (RANGE.0 * RANGE.0, RANGE.1 * RANGE.1);
        (low + (high - low) * place.clamp(0.0, 1.0)).sqrt()
    }
}

fn is_names(axis: &Axis) -> bool {
    matches!(axis.kind, AxisKind::Categories(_))
}

/// Sentences under the chart.
fn notes(chart: &Chart) -> Vec<String> {
    let mut notes = Vec::new();
    if chart.left_out > 0 {
        notes.push(format!("{} rows without a value are left out", number_label(chart.left_out as f64)));
    }
    notes.extend(chart.notes.iter().cloned());
    if let Some((title, (low, high))) = &chart.size_scale {
        notes.push(format!("area: {title}, {} to {}", number_label(*low), number_label(*high)));
    }
    if notes.is_empty() { notes } else { vec![notes.join("; ")] }
}

fn legend_width(chart: &Chart) -> f32 {
    let widest = |names: &mut dyn Iterator<Item = &str>| {
        names.map(|name| text_width(name, SMALL, false)).fold(0.0, f32::max).min(WIDEST_NAME)
    };
    if let Some(scale) = &chart.color_scale {
        let ticks = scale.axis().ticks(scale.range, 6);
        let numbers = widest(&mut ticks.iter().map(|tick| tick.label.as_str())) + 5.0 * GRID;
        return numbers.max(widest(&mut std::iter::once(scale.title.as_str()))) + 2.0 * GRID;
    }
    if chart.groups.is_empty() {
        return 0.0;
    }
    widest(&mut chart.groups.iter().map(|group| group.name.as_str())) + 6.0 * GRID
}

fn widest(ticks: &[Tick]) -> f32 {
    ticks.iter().map(|tick| text_width(&tick.label, SMALL, false)).fold(0.0, f32::max).min(WIDEST_NAME)
}

/// Black or white, whichever can be read on a colour (ITU-R BT.601 luma).
fn on(rgb: [u8; 3]) -> Ink {
    let [red, green, blue] = rgb.map(u32::from);
    let luma = (299 * red + 587 * green + 114 * blue) / 1000;
    Ink::opaque(if luma > 140 { [20, 22, 25] } else { [250, 250, 250] })
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the page, clamped")]
fn part(position: f64, (low, high): (f64, f64)) -> f32 {
    ((position - low) / (high - low)).clamp(-100.0, 100.0) as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn whole(count: f32) -> usize {
    count.clamp(2.0, 200.0) as usize
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn whole32(length: f32) -> u32 {
    length.clamp(1.0, 8192.0).round() as u32
}
