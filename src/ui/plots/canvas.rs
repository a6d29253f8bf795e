//! Between positions of a chart's axes and points of the screen, and what lies where.

use crate::report::chart::{Bar, Cell, Chart, Marks, Points, Vertex};
use egui::{Pos2, Rect, pos2};

/// The part of a chart that is seen, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// On the screen.
    pub frame: Rect,
    /// First and last position along the bottom.
    pub x: (f64, f64),
    /// First and last position up the side.
    pub y: (f64, f64),
}

/// A part of the screen that was drawn around marks.
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    /// A box.
    Box(Rect),
    /// A line around, closed from its last point to its first.
    Lasso(Vec<Pos2>),
}

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A point, by its place.
    Point(usize),
    /// A bar, a point of a line or a cell, by its place.
    Mark(usize),
}

/// How far from a mark's middle the pointer still means it, in points.
const REACH: f32 = 8.0;

impl Canvas {
    /// Where a position stands on the screen.
    pub fn screen(&self, x: f64, y: f64) -> Pos2 {
        let part = |position: f64, (low, high): (f64, f64)| (position - low) / (high - low);
        #[expect(clippy::cast_possible_truncation, reason = "points of the screen are f32")]
        let (across, up) = (part(x, self.x) as f32, part(y, self.y) as f32);
        pos2(self.frame.left() + across * self.frame.width(), self.frame.bottom() - up * self.frame.height())
    }

    /// The positions at a point of the screen.
    pub fn position(&self, at: Pos2) -> (f64, f64) {
        let across = f64::from(at.x - self.frame.left()) / f64::from(self.frame.width());
        let up = f64::from(self.frame.bottom() - at.y) / f64::from(self.frame.height());
        (self.x.0 + across * (self.x.1 - self.x.0), self.y.0 + up * (self.y.1 - self.y.0))
    }

    /// Whether a position is seen.
    pub fn shows(&self, x: f64, y: f64) -> bool {
        (self.x.0..=self.x.1).contains(&x) && (self.y.0..=self.y.1).contains(&y)
    }

    /// A bar on the screen.
    pub fn bar(&self, bar: &Bar) -> Rect {
        Rect::from_two_pos(self.screen(bar.x.0, bar.y.0), self.screen(bar.x.1, bar.y.1))
    }

    /// A cell of a heat map on the screen.
    pub fn cell(&self, cell: &Cell) -> Rect {
        let (x, y) = (f64::from(cell.x), f64::from(cell.y));
        Rect::from_two_pos(self.screen(x - 0.5, y - 0.5), self.screen(x + 0.5, y + 0.5))
    }

    /// The part that is seen after zooming about a point of the screen: a factor above 1 shows less.
    pub fn zoomed(&self, about: Pos2, factor: f64) -> ((f64, f64), (f64, f64)) {
        let (x, y) = self.position(about);
        let around = |(low, high): (f64, f64), at: f64| (at - (at - low) / factor, at + (high - at) / factor);
        (around(self.x, x), around(self.y, y))
    }

    /// The part that is seen after the hand has moved it so many points.
    pub fn moved(&self, by: egui::Vec2) -> ((f64, f64), (f64, f64)) {
        let x = f64::from(-by.x) / f64::from(self.frame.width()) * (self.x.1 - self.x.0);
        let y = f64::from(by.y) / f64::from(self.frame.height()) * (self.y.1 - self.y.0);
        ((self.x.0 + x, self.x.1 + x), (self.y.0 + y, self.y.1 + y))
    }

    /// The part that a box shows.
    pub fn part(&self, area: Rect) -> ((f64, f64), (f64, f64)) {
        let (one, other) = (self.position(area.left_bottom()), self.position(area.right_top()));
        ((one.0, other.0), (one.1, other.1))
    }
}

/// The mark under a point of the screen, of those that `is_shown` lets through by group: of points the nearest in reach.
pub fn hit(chart: &Chart, canvas: &Canvas, at: Pos2, is_shown: &dyn Fn(u16) -> bool) -> Option<Hit> {
    if !canvas.frame.contains(at) {
        return None;
    }
    match &chart.marks {
        Marks::Points(points) => nearest_point(points, canvas, at, is_shown).map(Hit::Point),
        Marks::Bars(bars) => {
            let has = |bar: &Bar| is_shown(bar.group) && canvas.bar(bar).expand(1.0).contains(at);
            bars.iter().position(has).map(Hit::Mark)
        }
        Marks::Lines(vertices) => nearest_vertex(vertices, canvas, at, is_shown).map(Hit::Mark),
        Marks::Cells(cells) => cells.iter().position(|cell| canvas.cell(cell).contains(at)).map(Hit::Mark),
    }
}

fn nearest_point(points: &Points, canvas: &Canvas, at: Pos2, is_shown: &dyn Fn(u16) -> bool) -> Option<usize> {
    // The reach as a box of positions first: of a million points it leaves a handful.
    let reach = Rect::from_center_size(at, egui::Vec2::splat(4.0 * REACH));
    let ((west, east), (south, north)) = canvas.part(reach);
    let mut nearest: Option<(f32, usize)> = None;
    for (place, (&x, &y)) in points.x.iter().zip(&points.y).enumerate() {
        if x < west || x > east || y < south || y > north || !canvas.shows(x, y) {
            continue;
        }
        if !points.groups.get(place).is_none_or(|group| is_shown(*group)) {
            continue;
        }
        let distance = canvas.screen(x, y).distance(at) - points.radius(place);
        // Later points lie on top of earlier ones.
        if distance <= REACH && nearest.is_none_or(|(least, _)| distance <= least) {
            nearest = Some((distance, place));
        }
    }
    nearest.map(|(_, place)| place)
}

fn nearest_vertex(vertices: &[Vertex], canvas: &Canvas, at: Pos2, is_shown: &dyn Fn(u16) -> bool) -> Option<usize> {
    let distance = |vertex: &Vertex| canvas.screen(vertex.x, vertex.y).distance(at);
    let shown = vertices.iter().enumerate().filter(|(_, vertex)| is_shown(vertex.group));
    let near = shown.map(|(place, vertex)| (distance(vertex), place)).filter(|(distance, _)| *distance <= 1.5 * REACH);
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
}

/// The rows of what lies in an area: points and points of lines inside, bars that it touches, cells whose middle is inside.
pub fn rows_in(chart: &Chart, canvas: &Canvas, area: &Area, is_shown: &dyn Fn(u16) -> bool) -> Vec<u32> {
    let around = match area {
        Area::Box(rect) => *rect,
        Area::Lasso(line) => Rect::from_points(line),
    }
    .intersect(canvas.frame);
    if around.is_negative() {
        return Vec::new();
    }
    let ((west, east), (south, north)) = canvas.part(around);
    let lasso = match area {
        Area::Box(_) => None,
        Area::Lasso(line) => Some(line.as_slice()),
    };
    let has = |x: f64, y: f64| {
        (west..=east).contains(&x)
            && (south..=north).contains(&y)
            && lasso.is_none_or(|line| is_inside(canvas.screen(x, y), line))
    };
    let of_marks = |marks: &mut dyn Iterator<Item = &Vec<u32>>| marks.flatten().copied().collect();
    match &chart.marks {
        Marks::Points(points) => {
            let places = points.x.iter().zip(&points.y).enumerate();
            let inside = places.filter(|(place, (x, y))| {
                has(**x, **y) && points.groups.get(*place).is_none_or(|group| is_shown(*group))
            });
            inside.filter_map(|(place, _)| points.rows.get(place).copied()).collect()
        }
        Marks::Bars(bars) => {
            let touched = |bar: &&Bar| {
                let rect = canvas.bar(bar);
                is_shown(bar.group)
                    && lasso.map_or_else(|| rect.intersects(around), |line| is_inside(rect.center(), line))
            };
            of_marks(&mut bars.iter().filter(touched).map(|bar| &bar.rows))
        }
        Marks::Lines(vertices) => {
            let inside = |vertex: &&Vertex| is_shown(vertex.group) && has(vertex.x, vertex.y);
            of_marks(&mut vertices.iter().filter(inside).map(|vertex| &vertex.rows))
        }
        Marks::Cells(cells) => {
            let inside = |cell: &&Cell| has(f64::from(cell.x), f64::from(cell.y));
            of_marks(&mut cells.iter().filter(inside).map(|cell| &cell.rows))
        }
    }
}

/// Whether a point lies inside a closed line, by the number of edges to the right of it.
fn is_inside(at: Pos2, line: &[Pos2]) -> bool {
    let edges = line.iter().zip(line.iter().cycle().skip(1));
    let crosses =
        |(a, b): &(&Pos2, &Pos2)| (a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x;
    edges.filter(crosses).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, ColumnData, Table};
    use crate::report::chart::{ChartKind, ChartSpec, chart};
    use crate::targets::ColorOverrides;

    fn made(kind: ChartKind) -> Chart {
        let numbers = |name, values: [i64; 4]| Column::new(name, ColumnData::Integer(values.map(Some).to_vec()));
        let names = [Some("a"), Some("a"), Some("b"), Some("b")].into_iter().collect();
        let table = Table::new(vec![
            numbers("x", [0, 10, 10, 5]),
            numbers("y", [0, 0, 10, 5]),
            Column::new("class", ColumnData::Text(names)),
        ])
        .unwrap();
        let x = if kind == ChartKind::Scatter { "x" } else { "class" };
        let y = if kind == ChartKind::Bar { "" } else { "y" };
        let spec = ChartSpec { kind, x: x.into(), y: y.into(), color: "class".into(), ..ChartSpec::default() };
        chart(&table, &table.rows(), &spec, &ColorOverrides::new()).unwrap()
    }

    /// 100 x 100 points of the screen for positions from 0 to 10.
    fn canvas() -> Canvas {
        Canvas { frame: Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0)), x: (0.0, 10.0), y: (0.0, 10.0) }
    }

    fn all(_: u16) -> bool {
        true
    }

    #[test]
    fn screen_and_positions_are_each_others_inverse() {
        let canvas = canvas();
        assert_eq!(canvas.screen(0.0, 10.0), pos2(0.0, 0.0));
        assert_eq!(canvas.position(pos2(50.0, 75.0)), (5.0, 2.5));
        let (x, y) = canvas.zoomed(pos2(0.0, 100.0), 2.0);
        assert_eq!((x, y), ((0.0, 5.0), (0.0, 5.0)));
        assert_eq!(canvas.moved(egui::vec2(10.0, 10.0)), ((-1.0, 9.0), (1.0, 11.0)));
    }

    #[test]
    fn a_click_means_the_nearest_point_that_is_shown() {
        let chart = made(ChartKind::Scatter);
        assert_eq!(hit(&chart, &canvas(), pos2(53.0, 52.0), &all), Some(Hit::Point(3)));
        assert_eq!(hit(&chart, &canvas(), pos2(75.0, 75.0), &all), None);
        let of_b = chart.groups.iter().position(|group| group.name == "b").unwrap();
        let without_b = |group: u16| usize::from(group) != of_b;
        assert_eq!(hit(&chart, &canvas(), pos2(53.0, 52.0), &without_b), None);
    }

    #[test]
    fn a_box_and_a_lasso_take_what_is_inside() {
        let chart = made(ChartKind::Scatter);
        let rows = |area: Area| rows_in(&chart, &canvas(), &area, &all);
        assert_eq!(rows(Area::Box(Rect::from_min_max(pos2(40.0, 0.0), pos2(100.0, 60.0)))), [2, 3]);
        let triangle = [pos2(-5.0, 40.0), pos2(-5.0, 105.0), pos2(60.0, 105.0)].to_vec();
        assert_eq!(rows(Area::Lasso(triangle)), [0]);
        assert!(rows(Area::Box(Rect::from_min_max(pos2(200.0, 0.0), pos2(300.0, 60.0)))).is_empty());
    }

    #[test]
    fn a_bar_is_taken_where_a_box_touches_it() {
        let chart = made(ChartKind::Bar);
        let canvas = Canvas { x: (-0.5, 1.5), y: (0.0, 4.0), ..canvas() };
        assert_eq!(hit(&chart, &canvas, pos2(25.0, 75.0), &all), Some(Hit::Mark(0)));
        assert_eq!(hit(&chart, &canvas, pos2(25.0, 25.0), &all), None, "above the bar");
        let low = Area::Box(Rect::from_min_max(pos2(60.0, 90.0), pos2(99.0, 95.0)));
        assert_eq!(rows_in(&chart, &canvas, &low, &all), [2, 3]);
    }
}
