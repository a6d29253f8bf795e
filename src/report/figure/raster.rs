//! Figures as pixels.

use skrifa::outline::OutlinePen;
use thiserror::Error;
use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint,
    PremultipliedColorU8, Rect, Stroke, Transform,
};

use super::shapes::{Anchor, Figure, Frame, Ink, Label, Shape};
use super::text::{Face, text_width};
use crate::render::RgbaImage;
use crate::render::encode::{EncodeError, png};

/// No figure has more pixels than this on a side.
const MOST_PIXELS: f32 = 16_384.0;

/// Why a figure couldn't be made.
#[derive(Debug, Error)]
pub enum FigureError {
    /// It is empty or too large.
    #[error("no picture can be made of {width} x {height} pixels at scale {scale}")]
    Size {
        /// From left to right.
        width: u32,
        /// From top to bottom.
        height: u32,
        /// Pixels of the picture for each of the figure.
        scale: f32,
    },
    /// The encoder refused.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The figure as a PNG file, `scale` pixels for each of its own: 2 is sharp on most screens, 3 in print.
pub fn figure_png(figure: &Figure, scale: f32) -> Result<Vec<u8>, FigureError> {
    Ok(png(&figure_picture(figure, scale)?)?)
}

/// The figure as pixels.
pub fn figure_picture(figure: &Figure, scale: f32) -> Result<RgbaImage, FigureError> {
    let refused = || FigureError::Size { width: figure.width, height: figure.height, scale };
    let side = |length: u32| pixels(length as f32 * scale).ok_or_else(refused);
    let (width, height) = (side(figure.width)?, side(figure.height)?);
    let mut page = Pixmap::new(width, height).ok_or_else(refused)?;
    page.fill(paint(figure.paper).1);
    let view = Transform::from_scale(scale, scale);
    for (frame, shapes) in &figure.layers {
        let mask = match frame.and_then(rect) {
            Some(rect) => {
                let mut mask = Mask::new(width, height).ok_or_else(refused)?;
                mask.fill_path(&PathBuilder::from_rect(rect), FillRule::Winding, true, view);
                Some(mask)
            }
            None => None,
        };
        for shape in shapes {
            draw(&mut page, shape, view, mask.as_ref());
        }
    }
    let straight = page.pixels().iter().map(PremultipliedColorU8::demultiply);
    let bytes = straight.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect();
    RgbaImage::new(width, height, bytes).map_err(|_| refused())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and MOST_PIXELS")]
fn pixels(length: f32) -> Option<u32> {
    let length = length.round();
    (1.0..=MOST_PIXELS).contains(&length).then_some(length as u32)
}

fn paint(ink: Ink) -> (Paint<'static>, tiny_skia::Color) {
    let [red, green, blue] = ink.rgb;
    let mut color = tiny_skia::Color::from_rgba8(red, green, blue, 255);
    color.set_alpha(ink.opacity.clamp(0.0, 1.0));
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color);
    (paint, color)
}

fn rect(frame: Frame) -> Option<Rect> {
    Rect::from_xywh(frame.x, frame.y, frame.width, frame.height)
}

fn draw(page: &mut Pixmap, shape: &Shape, view: Transform, mask: Option<&Mask>) {
    match shape {
        Shape::Rectangle(frame, ink) => {
            if let Some(rect) = rect(*frame) {
                page.fill_rect(rect, &paint(*ink).0, view, mask);
            }
        }
        Shape::Circle((x, y), radius, ink) => {
            if let Some(path) = PathBuilder::from_circle(*x, *y, *radius) {
                page.fill_path(&path, &paint(*ink).0, FillRule::Winding, view, mask);
            }
        }
        Shape::Line(points, width, ink) => {
            if let Some(path) = polyline(points) {
                let stroke =
                    Stroke { width: *width, line_join: LineJoin::Round, line_cap: LineCap::Butt, ..Stroke::default() };
                page.stroke_path(&path, &paint(*ink).0, &stroke, view, mask);
            }
        }
        Shape::Picture(picture, frame) => draw_picture(page, picture, *frame, view, mask),
        Shape::Label(label) => draw_label(page, label, view, mask),
    }
}

fn polyline(points: &[(f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
    path.finish()
}

fn draw_picture(page: &mut Pixmap, picture: &RgbaImage, frame: Frame, view: Transform, mask: Option<&Mask>) {
    let Some(mut own) = Pixmap::new(picture.width, picture.height) else { return };
    for (pixel, rgba) in own.pixels_mut().iter_mut().zip(picture.pixels.chunks_exact(4)) {
        if let [red, green, blue, alpha] = *rgba {
            *pixel = tiny_skia::ColorU8::from_rgba(red, green, blue, alpha).premultiply();
        }
    }
    let (across, down) = (frame.width / picture.width as f32, frame.height / picture.height as f32);
    let place = view.pre_translate(frame.x, frame.y).pre_scale(across, down);
    let quality = if across >= 1.0 { FilterQuality::Nearest } else { FilterQuality::Bilinear };
    page.draw_pixmap(0, 0, own.as_ref(), &PixmapPaint { quality, ..PixmapPaint::default() }, place, mask);
}

fn draw_label(page: &mut Pixmap, label: &Label, view: Transform, mask: Option<&Mask>) {
    let Some(face) = Face::new(label.size, label.is_bold) else { return };
    let width = text_width(&label.text, label.size, label.is_bold);
    let mut pen = GlyphPath { path: PathBuilder::new(), x: 0.0 };
    pen.x = match label.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -width / 2.0,
        Anchor::End => -width,
    };
    for letter in label.text.chars() {
        face.outline(letter, &mut pen);
        pen.x += face.advance(letter);
    }
    if let Some(path) = pen.path.finish() {
        let place = view.pre_translate(label.x, label.y).pre_rotate(label.turned_deg);
        page.fill_path(&path, &paint(label.ink).0, FillRule::Winding, place, mask);
    }
}

/// Outlines side by side, y downwards.
struct GlyphPath {
    path: PathBuilder,
    x: f32,
}

impl OutlinePen for GlyphPath {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, -y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx0, -cy0, self.x + x, -y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + cx0, -cy0, self.x + cx1, -cy1, self.x + x, -y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
