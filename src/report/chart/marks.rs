//! What there is to draw: marks at positions of the axes, each with the rows of the table that it stands for.

use super::axis::{Axis, AxisKind};
use super::spec::{ChartKind, Scale};
use crate::render::NamedColormap;

/// A chart, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The kind that was asked for.
    pub kind: ChartKind,
    /// Above it.
    pub title: String,
    /// Along the bottom.
    pub x: Axis,
    /// Up the side.
    pub y: Axis,
    /// The legend; empty when all marks have one colour.
    pub groups: Vec<Group>,
    /// What the colours of points or cells mean where they are a ramp.
    pub color_scale: Option<ColorScale>,
    /// What the sizes of points mean: the column's title with its lowest and highest value.
    pub size_scale: Option<(String, (f64, f64))>,
    /// The marks.
    pub marks: Marks,
    /// Rows that were asked for and that no mark stands for, because a value is missing, isn't finite, or isn't above 0 on
    /// a logarithmic axis.
    pub left_out: usize,
    /// What else a reader should know, as sentences.
    pub notes: Vec<String>,
}

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value of the colour's column.
    pub name: String,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// How many rows it has.
    pub rows: usize,
}

/// Colours by a number.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorScale {
    /// What the numbers are.
    pub title: String,
    /// Numbers or times.
    pub kind: AxisKind,
    /// How the numbers lie along the ramp.
    pub scale: Scale,
    /// Positions of its two ends, as on an axis of this kind and scale.
    pub range: (f64, f64),
    pub(super) colormap: NamedColormap,
}

impl ColorScale {
    /// The colour at a place of the ramp, 0 to 1.
    pub fn color(&self, place: f64) -> [u8; 3] {
        self.colormap.sample(place.clamp(0.0, 1.0))
    }

    /// The ramp as an axis: for its marks and labels.
    pub fn axis(&self) -> Axis {
        Axis {
            title: self.title.clone(),
            kind: self.kind.clone(),
            scale: self.scale,
            is_whole: false,
            range: self.range,
        }
    }
}

/// What a chart consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum Marks {
    /// Points, in the order of the rows.
    Points(Points),
    /// Bars, upright.
    Bars(Vec<Bar>),
    /// Points of lines: those of one group follow one another from left to right.
    Lines(Vec<Vertex>),
    /// Cells of a heat map.
    Cells(Vec<Cell>),
}

/// Points, column by column. The columns are of equal length or empty where every point has the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Points {
    /// The row of each.
    pub rows: Vec<u32>,
    /// Positions along the bottom.
    pub x: Vec<f64>,
    /// Positions up the side.
    pub y: Vec<f64>,
    /// Places in [`Chart::groups`].
    pub groups: Vec<u16>,
    /// Places on the ramp of [`Chart::color_scale`], 0 to 1; NaN without a value.
    pub ramp: Vec<f32>,
    /// Places between the smallest and the largest size, 0 to 1: to be shown as the point's area.
    pub sizes: Vec<f32>,
}

impl Points {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// From where to where along the bottom, as positions.
    pub x: (f64, f64),
    /// From where to where up the side, as positions.
    pub y: (f64, f64),
    /// What it shows: its own value, not where it ends on top of others.
    pub value: f64,
    /// Place in [`Chart::groups`], 0 without groups.
    pub group: u16,
    /// The rows that it stands for.
    pub rows: Vec<u32>,
}

/// A point of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Vertex {
    /// Position along the bottom.
    pub x: f64,
    /// Position up the side.
    pub y: f64,
    /// What it shows.
    pub value: f64,
    /// Place in [`Chart::groups`], 0 without groups.
    pub group: u16,
    /// The rows that it stands for.
    pub rows: Vec<u32>,
}

/// A cell of a heat map, a unit square around the two categories' positions.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Category along the bottom.
    pub x: u32,
    /// Category up the side.
    pub y: u32,
    /// What it shows.
    pub value: f64,
    /// Place on the ramp of [`Chart::color_scale`], 0 to 1.
    pub ramp: f64,
    /// The rows that it stands for.
    pub rows: Vec<u32>,
}

impl Chart {
    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        match &self.marks {
            Marks::Points(points) => points.is_empty(),
            Marks::Bars(bars) => bars.is_empty(),
            Marks::Lines(vertices) => vertices.is_empty(),
            Marks::Cells(cells) => cells.is_empty(),
        }
    }
}
