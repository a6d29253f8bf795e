//! What the window keeps of each plot between frames: the part that is seen, groups that are switched off, what of it is selected,
//! and the picture of very many points.

use super::canvas::{Area, Canvas};
use crate::document::{Made, PlotId, PlotSettings};
use crate::render::RgbaImage;
use crate::report::chart::{Chart, DensityGrid, Marks};
use crate::targets::Selection;
use crate::ui::widgets;
use crate::ui::wishes::DensityWant;
use egui::{Color32, Context, Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2};
use std::collections::BTreeSet;

/// Up to so many points in sight are drawn one by one.
pub const MOST_DRAWN: usize = 20_000;
/// Points of the screen that a cell of the picture of very many points is wide and high.
const CELL_POINTS: f32 = 2.0;

/// All points, and those that are selected while any are.
pub type DensityPictures = (RgbaImage, Option<RgbaImage>);

/// First and last position of both axes.
pub type Part = ((f64, f64), (f64, f64));

/// What is kept of a plot.
#[derive(Default)]
pub struct PlotView {
    /// The settings that the part and the groups belong to.
    of: PlotSettings,
    zoom: Option<Part>,
    /// Groups that are switched off, by name, so that they stay off when the data change.
    pub hidden: BTreeSet<String>,
    /// Places of the groups that are switched off.
    hidden_groups: Vec<usize>,
    seen: Option<Seen>,
    marked: Option<Marked>,
    density: Density,
    /// The line that is being drawn around marks.
    pub drawing: Option<Drawing>,
}

/// A gesture that has begun.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// Around marks, to select them.
    Select(Area),
    /// A box to zoom to.
    Zoom(Rect),
}

/// Points in sight.
struct Seen {
    of: (u64, Part, Vec<usize>),
    /// Their places; `None` when there are too many.
    places: Option<Vec<u32>>,
}

/// What is selected.
struct Marked {
    of: (u64, u64),
    /// For each point whether it is.
    points: Vec<bool>,
    /// For each other mark how much of it is: 0 to 1.
    shares: Vec<f32>,
    any: bool,
}

/// The picture of very many points.
#[derive(Default)]
struct Density {
    asked: Option<DensityWant>,
    shown: Option<(DensityWant, TextureHandle, Option<TextureHandle>)>,
    arrived: Option<(DensityWant, Option<DensityPictures>)>,
}

impl PlotView {
    /// Brings everything up to date with the chart and the selection.
    pub fn update(&mut self, made: &Made, chart: &Chart, selection: (&Selection, u64)) {
        let spec = |settings: &PlotSettings| {
            let spec = &settings.spec;
            (spec.kind, spec.x.clone(), spec.y.clone(), spec.x_scale, spec.y_scale, spec.aggregate)
        };
        if spec(&self.of) != spec(&made.key.settings) {
            self.zoom = None;
        }
        if self.of.spec.color != made.key.settings.spec.color {
            self.hidden.clear();
        }
        self.of.clone_from(&made.key.settings);
        let groups = chart.groups.iter().enumerate().filter(|(_, group)| self.hidden.contains(&group.name));
        self.hidden_groups = groups.map(|(at, _)| at).collect();
        self.mark(made, chart, selection);
    }

    /// The part that is seen.
    pub fn part(&self, chart: &Chart) -> Part {
        self.zoom.unwrap_or((chart.x.range, chart.y.range))
    }

    /// Whether only a part is seen.
    pub fn is_zoomed(&self) -> bool {
        self.zoom.is_some()
    }

    /// Shows a part; what can't be told apart any more is not shown.
    pub fn zoom_to(&mut self, (x, y): Part) {
        let is_usable = |(low, high): (f64, f64)| {
            let span = high - low;
            span.is_finite() && span > low.abs().max(high.abs()) * 1e-12 && span < 1e300
        };
        if is_usable(x) && is_usable(y) {
            self.zoom = Some((x, y));
        }
    }

    /// Shows everything.
    pub fn reset(&mut self) {
        self.zoom = None;
    }

    /// Whether a group is switched on.
    pub fn shows(&self, group: u16) -> bool {
        !self.hidden_groups.contains(&usize::from(group))
    }

    /// Places of the groups that are switched off.
    pub fn hidden_groups(&self) -> &[usize] {
        &self.hidden_groups
    }

    /// Finds the points in sight, or that there are too many of them.
    pub fn look(&mut self, made: u64, chart: &Chart, canvas: &Canvas) {
        let Marks::Points(points) = &chart.marks else { return };
        let of = (made, (canvas.x, canvas.y), self.hidden_groups.clone());
        if self.seen.as_ref().is_some_and(|seen| seen.of == of) {
            return;
        }
        let mut places = Vec::new();
        let mut is_all = true;
        for (place, (&x, &y)) in points.x.iter().zip(&points.y).enumerate() {
            let is_shown = points.groups.get(place).is_none_or(|group| self.shows(*group));
            if is_shown && canvas.shows(x, y) {
                if places.len() >= MOST_DRAWN {
                    is_all = false;
                    break;
                }
                places.extend(u32::try_from(place));
            }
        }
        self.seen = Some(Seen { of, places: is_all.then_some(places) });
    }

    /// The points to be drawn one by one; `None` when there are too many.
    pub fn drawn_points(&self) -> Option<&[u32]> {
        self.seen.as_ref()?.places.as_deref()
    }

    /// Whether anything of the chart is selected, or anything elsewhere.
    pub fn has_selection(&self) -> bool {
        self.marked.as_ref().is_some_and(|marked| marked.any)
    }

    /// Whether a point is selected.
    pub fn is_point_selected(&self, place: usize) -> bool {
        self.marked.as_ref().is_some_and(|marked| marked.points.get(place) == Some(&true))
    }

    /// How much of a bar, a point of a line or a cell is selected: 0 to 1.
    pub fn selected_share(&self, place: usize) -> f32 {
        self.marked.as_ref().and_then(|marked| marked.shares.get(place).copied()).unwrap_or(0.0)
    }

    fn mark(&mut self, made: &Made, chart: &Chart, (selection, revision): (&Selection, u64)) {
        let of = (made.revision, revision);
        if self.marked.as_ref().is_some_and(|marked| marked.of == of) {
            return;
        }
        let is_selected = |row: &u32| made.data.as_ref().is_some_and(|data| data.is_selected(*row, selection));
        let share =
            |rows: &Vec<u32>| rows.iter().filter(|row| is_selected(row)).count() as f32 / (rows.len().max(1) as f32);
        let (mut points, mut shares) = (Vec::new(), Vec::new());
        let any = !selection.is_empty();
        if any {
            match &chart.marks {
                Marks::Points(of) => points = of.rows.iter().map(is_selected).collect(),
                Marks::Bars(bars) => shares = bars.iter().map(|bar| share(&bar.rows)).collect(),
                Marks::Lines(vertices) => shares = vertices.iter().map(|vertex| share(&vertex.rows)).collect(),
                Marks::Cells(cells) => shares = cells.iter().map(|cell| share(&cell.rows)).collect(),
            }
        }
        self.marked = Some(Marked { of, points, shares, any });
    }

    /// What picture of very many points is missing, unless one is being made.
    pub fn wanted_density(
        &mut self,
        (plot, made): (PlotId, u64),
        canvas: &Canvas,
        selection: u64,
        plain: [u8; 3],
    ) -> Option<DensityWant> {
        if self.drawn_points().is_some() || self.density.asked.is_some() {
            return None;
        }
        let grid = DensityGrid {
            x: canvas.x,
            y: canvas.y,
            width: cells(canvas.frame.width()),
            height: cells(canvas.frame.height()),
        };
        let hidden = self.hidden_groups.clone();
        let want = DensityWant { plot, chart: made, selection, hidden, grid, plain };
        if self.density.shown.as_ref().is_some_and(|(shown, ..)| *shown == want) {
            return None;
        }
        self.density.asked = Some(want.clone());
        Some(want)
    }

    /// Takes a picture in; `None` when none could be made.
    pub fn receive_density(&mut self, want: DensityWant, pictures: Option<DensityPictures>) {
        self.density.asked = None;
        self.density.arrived = Some((want, pictures));
    }

    /// What was asked for will not come.
    pub fn forget_asked(&mut self) {
        self.density.asked = None;
    }

    /// Uploads what has arrived.
    pub fn upload_density(&mut self, ctx: &Context) {
        let Some((want, pictures)) = self.density.arrived.take() else { return };
        let upload = |picture: &RgbaImage| {
            let image = widgets::color_image(picture)?;
            Some(ctx.load_texture("density", image, TextureOptions::NEAREST))
        };
        let Some((all, selected)) = pictures else { return };
        if let Some(all) = upload(&all) {
            let selected = selected.as_ref().and_then(upload);
            self.density.shown = Some((want, all, selected));
        }
    }

    /// Draws the last picture where its part of the plot is now.
    pub fn paint_density(&self, painter: &Painter, canvas: &Canvas) {
        let Some((want, all, selected)) = &self.density.shown else { return };
        let place = Rect::from_two_pos(
            canvas.screen(want.grid.x.0, want.grid.y.0),
            canvas.screen(want.grid.x.1, want.grid.y.1),
        );
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let tint = if selected.is_some() { Color32::WHITE.gamma_multiply(0.25) } else { Color32::WHITE };
        painter.image(all.id(), place, whole, tint);
        if let Some(selected) = selected {
            painter.image(selected.id(), place, whole, Color32::WHITE);
        }
    }

    /// Begins to draw around marks, or goes on with it.
    pub fn draw_to(&mut self, from: Pos2, to: Pos2, is_lasso: bool) {
        match &mut self.drawing {
            Some(Drawing::Select(Area::Lasso(line))) => {
                if line.last().is_none_or(|last| last.distance(to) >= 2.0) {
                    line.push(to);
                }
            }
            _ if is_lasso => self.drawing = Some(Drawing::Select(Area::Lasso(vec![from, to]))),
            _ => self.drawing = Some(Drawing::Select(Area::Box(Rect::from_two_pos(from, to)))),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn cells(length: f32) -> u32 {
    (length / CELL_POINTS).clamp(1.0, 4096.0).round() as u32
}
