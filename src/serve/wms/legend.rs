//! `GetLegendGraphic`: what the colours of a layer mean. A legend's size follows from the style alone, so that the capabilities
//! can tell it without reading a pixel.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;

use super::exception::WmsError;
use super::map_request::part;
use super::picture_format::PictureFormat;
use crate::library::PaintedMember;
use crate::render::{Channels, Colormap, NamedColormap, RgbaImage, Style};
use crate::report::figure::{Anchor, Figure, FigureTheme, Frame, Ink, Label, Shape, figure_picture, fitted};
use crate::serve::endpoint::{Endpoint, Work};
use crate::serve::error::RequestError;
use crate::serve::parameters::Parameters;
use crate::serve::picture::{Part, Wish};
use crate::serve::reply::reply;
use crate::serve::target_layer::TargetLayer;

const WIDTH: u32 = 220;
const MARGIN: f32 = 8.0;
const ROW: f32 = 20.0;
const IMAGE_ROWS: usize = 3;
const TEXT_PX: f32 = 12.0;
/// Classes that a legend shows; more are told by their number.
const MOST_CLASSES: usize = 30;
const THEME: FigureTheme = FigureTheme::Light;

pub(super) async fn answer(endpoint: &Endpoint, given: &Parameters) -> Result<Response<Body>, WmsError> {
    let id = given.filled("layer").ok_or_else(|| WmsError::missing("layer"))?;
    let part = part(given, &endpoint.shelf(), id, given.filled("style").unwrap_or_default())?;
    let format = if given.filled("format").is_none() { PictureFormat::Png } else { PictureFormat::of(given)? };
    let file = endpoint.run(move |work| {
        let figure = match &part {
            Part::Images(wish) => of_images(work, wish)?,
            Part::Targets(targets) => of_classes(targets),
        };
        let picture = figure_picture(&figure, 1.0);
        format.encode(&picture.map_err(|_| RequestError::Failed { what: "the legend".to_owned() })?)
    });
    Ok(reply(format.media_type(), file.await?))
}

/// Width and height of the legend of images: a row a channel, or a value's name, its colours and its numbers.
pub(super) fn size_of_images() -> (u32, u32) {
    (WIDTH, height(IMAGE_ROWS))
}

/// Width and height of the legend of targets.
pub(super) fn size_of_classes(targets: &TargetLayer) -> (u32, u32) {
    (WIDTH, height(class_rows(targets)))
}

fn height(rows: usize) -> u32 {
    let rows = u16::try_from(rows).unwrap_or(u16::MAX);
    16 + 20 * u32::from(rows)
}

fn class_rows(targets: &TargetLayer) -> usize {
    let classes = targets.set().classes().len();
    if classes > MOST_CLASSES { MOST_CLASSES + 1 } else { classes.max(1) }
}

fn of_images(work: &Work<'_>, wish: &Wish) -> Result<Figure, RequestError> {
    let layer = &wish.layer;
    let painting = layer.painting(&wish.look, None, work.blocks, &|| work.is_wanted());
    let painting = painting.map_err(|error| RequestError::look(layer.title(), &error))?;
    let member = painting.as_ref().and_then(|painting| painting.members().first());
    let style = member.and_then(|member| wish.look.style(&member.source).ok());
    let shapes = match member.zip(style) {
        Some((member, style)) => shapes(member, &style),
        None => Vec::new(),
    };
    Ok(figure(shapes, IMAGE_ROWS))
}

fn figure(shapes: Vec<Shape>, rows: usize) -> Figure {
    let layers = vec![(None, shapes)];
    Figure { width: WIDTH, height: height(rows), title: String::new(), paper: THEME.paper(), layers }
}

fn shapes(member: &PaintedMember, style: &Style) -> Vec<Shape> {
    let names = member.source.band_names();
    let name = |band: usize| names.get(band).cloned().unwrap_or_default();
    let ranges = member.painter.ranges();
    let mut shapes = Vec::new();
    match &style.channels {
        Channels::Rgb(bands) => {
            const INKS: [[u8; 3]; 3] = [[214, 48, 49], [39, 140, 62], [38, 92, 200]];
            for (((row, band), ink), range) in (0_u8..).zip(bands).zip(INKS).zip(ranges) {
                let text = format!("{}: {} to {}", name(*band), plain(range.low), plain(range.high));
                entry(&mut shapes, row, ink, &text);
            }
        }
        Channels::Single(band) => {
            let palette = member.source.palette().filter(|_| style.colormap.is_none());
            let palette = palette.map(|palette| palette.colors().to_vec());
            ramp(&mut shapes, &name(*band), style, (palette, ranges.first().map(|range| (range.low, range.high))));
        }
        Channels::Expression(text) => {
            ramp(&mut shapes, text, style, (None, ranges.first().map(|range| (range.low, range.high))));
        }
    }
    shapes
}

/// A colour and what it stands for.
fn entry(shapes: &mut Vec<Shape>, row: u8, rgb: [u8; 3], text: &str) {
    let top = MARGIN + ROW * f32::from(row);
    let swatch = Frame { x: MARGIN, y: top + 4.0, width: 12.0, height: 12.0 };
    shapes.push(Shape::Rectangle(swatch, Ink::opaque(rgb)));
    shapes.push(label(text, MARGIN + 20.0, top + 14.0, Anchor::Start));
}

fn label(text: &str, x: f32, y: f32, anchor: Anchor) -> Shape {
    let text = fitted(text, TEXT_PX, WIDTH as f32 - x.min(MARGIN + 20.0) - MARGIN);
    Shape::Label(Label { text, x, y, size: TEXT_PX, anchor, is_bold: false, turned_deg: 0.0, ink: THEME.text() })
}

/// A name, a strip of colours, and the values at its ends.
fn ramp(
    shapes: &mut Vec<Shape>,
    name: &str,
    style: &Style,
    (palette, range): (Option<Vec<[u8; 3]>>, Option<(f64, f64)>),
) {
    const COLORS: u32 = 204;
    shapes.push(label(name, MARGIN, MARGIN + 14.0, Anchor::Start));
    let (low, high) = match &style.colormap {
        Some(Colormap::Ramp(ramp)) => ramp.range(),
        _ => range.unwrap_or((0.0, 1.0)),
    };
    let share = |at: u32| (f64::from(at) + 0.5) / f64::from(COLORS);
    let color = |at: u32| -> [u8; 4] {
        let opaque = |[red, green, blue]: [u8; 3]| [red, green, blue, u8::MAX];
        match (&palette, &style.colormap) {
            (Some(colors), _) => {
                let place = usize::try_from(at).unwrap_or_default() * colors.len() / 204;
                opaque(colors.get(place).copied().unwrap_or_default())
            }
            (None, Some(Colormap::Ramp(ramp))) => ramp.color(low + (high - low) * share(at)).unwrap_or_default(),
            (None, Some(Colormap::Named(map))) => opaque(map.sample(share(at))),
            (None, None) => opaque(NamedColormap::grey().sample(share(at))),
        }
    };
    if let Ok(strip) = RgbaImage::new(COLORS, 1, (0..COLORS).flat_map(color).collect()) {
        let frame = Frame { x: MARGIN, y: MARGIN + ROW + 2.0, width: WIDTH as f32 - 2.0 * MARGIN, height: 16.0 };
        shapes.push(Shape::Picture(Arc::new(strip), frame));
    }
    let (first, last) = match &palette {
        Some(colors) => ("0".to_owned(), colors.len().saturating_sub(1).to_string()),
        None => (plain(low), plain(high)),
    };
    let below = MARGIN + 2.0 * ROW + 14.0;
    shapes.push(label(&first, MARGIN, below, Anchor::Start));
    shapes.push(label(&last, WIDTH as f32 - MARGIN, below, Anchor::End));
}

fn of_classes(targets: &TargetLayer) -> Figure {
    let classes = targets.set().classes();
    let mut shapes = Vec::new();
    for (row, class) in (0_u8..).zip(classes.iter().take(MOST_CLASSES)) {
        let color = targets.color_named(&class.name);
        entry(&mut shapes, row, color, &class.name);
    }
    if classes.len() > MOST_CLASSES {
        let text = format!("and {} more classes", classes.len() - MOST_CLASSES);
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let y = MARGIN + ROW * MOST_CLASSES as f32 + 14.0;
        shapes.push(label(&text, MARGIN, y, Anchor::Start));
    }
    figure(shapes, class_rows(targets))
}

/// A number with as many digits as a legend has room for.
fn plain(value: f64) -> String {
    let text =
        if value.abs() >= 1000.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    if text == "-0" { "0".to_owned() } else { text }
}
