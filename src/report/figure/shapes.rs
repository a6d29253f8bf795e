//! Shapes on a page. Lengths are in pixels of a screen at scale 1 (CSS pixels), from the top left corner, y downwards.

use std::sync::Arc;

use crate::render::RgbaImage;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Red, green and blue.
    pub rgb: [u8; 3],
    /// 0 (nothing) to 1 (hides what is below).
    pub opacity: f32,
}

impl Ink {
    /// A colour that hides what is below.
    pub const fn opaque(rgb: [u8; 3]) -> Self {
        Self { rgb, opacity: 1.0 }
    }
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A text in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What it says.
    pub text: String,
    /// Where its anchor stands.
    pub x: f32,
    /// Where its baseline stands.
    pub y: f32,
    /// Height of the typeface.
    pub size: f32,
    /// Which part stands there.
    pub anchor: Anchor,
    /// In the semibold weight.
    pub is_bold: bool,
    /// Turned around its place, clockwise, in degrees.
    pub turned_deg: f32,
    /// Its colour.
    pub ink: Ink,
}

/// Something on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rectangle(Frame, Ink),
    /// A filled circle: center, radius.
    Circle((f32, f32), f32, Ink),
    /// A line through points: its width and colour.
    Line(Vec<(f32, f32)>, f32, Ink),
    /// A picture, its pixels stretched into the rectangle.
    Picture(Arc<RgbaImage>, Frame),
    /// A text.
    Label(Label),
}

/// A page of shapes, later ones over earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// What the picture is, for readers who don't see it.
    pub title: String,
    /// Behind everything.
    pub paper: Ink,
    /// Groups of shapes, each cut off at its frame where it has one.
    pub layers: Vec<(Option<Frame>, Vec<Shape>)>,
}
