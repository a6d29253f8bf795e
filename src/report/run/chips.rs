//! Chips in a report: each target of a query's answer cut from its own image, side by side.

use std::sync::Arc;

use super::map::{Placed, SHARPNESS, ground, placed, single};
use super::{Maker, ReportImages, words};
use crate::geo::{BoundingBox, Crs};
use crate::library::Source;
use crate::render::{RgbaImage, StyleWords};
use crate::report::figure::{Anchor, Figure, FigureTheme, Frame, Label, Shape, fitted};
use crate::report::page::{Part, PicturePart};
use crate::report::template::{Block, BlockKind};
use crate::warp::View;

/// Width of the sheet in pixels of the page.
const SHEET: u32 = 720;
const GAP: u32 = 8;
/// Room for two lines of text below a chip.
const TEXT: u32 = 34;
const SMALL: f32 = 11.0;
/// Height of a sheet in pixels of the page: twice as many are still a texture that graphics take.
const HIGHEST: u32 = 4_000;
/// Chips of a block that doesn't say how many, and the most that it can ask for.
const USUAL_CHIPS: usize = 36;
const MOST_CHIPS: usize = 400;
/// Side of a chip in pixels of its image, where the block doesn't say how many metres.
const CONTEXT_PX: f64 = 48.0;
/// Side of a chip of a target without an image in metres of EPSG:3857.
const LONELY_M: f64 = 1_000.0;

/// A chip: the picture, or why there is none.
type Chip = Result<Arc<RgbaImage>, String>;

impl Maker<'_> {
    pub(super) fn chips(&mut self, block: &Block) -> Result<Part, String> {
        let own = ["caption", "of", "side", "metres", "most"];
        words::only(block, &[own.as_slice(), &words::STYLE].concat())?;
        let style = words::style(block)?;
        let side = u32::try_from(words::whole(block, "side", 112, 48..=344)?).map_err(|error| error.to_string())?;
        let most = words::whole(block, "most", USUAL_CHIPS, 1..=MOST_CHIPS)?.min(most_in_sheet(side));
        let metres = words::positive(block, "metres")?;
        let table = self.answer(block)?.ok_or("there is no query in this block, and no setting `of`")??;
        let (mut targets, missing) = placed(&table)?;
        let all = targets.len();
        targets.truncate(most);
        let chips: Vec<Chip> = targets.iter().map(|target| chip(self.images, target, side, metres, &style)).collect();
        let sheet = Sheet { side, targets: &targets, chips: &chips };
        let mut remarks = vec![words::caption(block)];
        if all > targets.len() || table.is_truncated() {
            let more = if table.is_truncated() { "more than " } else { "" };
            remarks.push(format!("first {} of {more}{all}", targets.len()));
        }
        if missing > 0 {
            remarks.push(format!("{missing} without a position"));
        }
        remarks.retain(|remark| !remark.is_empty());
        let frames = (0..targets.len()).map(|at| (sheet.frame(at), at)).collect();
        Ok(Part::Picture(Box::new(PicturePart {
            kind: BlockKind::Chips,
            caption: remarks.join("; "),
            light: sheet.draw(FigureTheme::Light),
            dark: sheet.draw(FigureTheme::Dark),
            frames,
            targets: targets.iter().map(|target| target.target.clone()).collect(),
            area: None,
            plot: None,
        })))
    }
}

/// Cuts a target from the image that it names, else from the topmost one there.
fn chip(images: &ReportImages<'_>, target: &Placed, side: u32, metres: Option<f64>, style: &StyleWords) -> Chip {
    let named = Some(target.image.as_str()).filter(|name| !name.trim().is_empty());
    let source: Option<&Source> = match named {
        Some(name) => images.named(name),
        None => images.at(target.at),
    };
    let Some(source) = source else {
        return Err(if named.is_some() { "its image is not open" } else { "no image there" }.to_owned());
    };
    // A metre of the map is shorter on the ground by the cosine of the latitude.
    let on_ground = target.position.lat_deg().to_radians().cos().max(0.01);
    let width_m = metres
        .map(|metres| metres / on_ground)
        .or_else(|| ReportImages::pixel_m(source).map(|pixel| pixel * CONTEXT_PX))
        .unwrap_or(LONELY_M);
    let half = width_m / 2.0;
    let (x, y) = (target.at.x, target.at.y);
    let bounds = BoundingBox::new(x - half, y - half, x + half, y + half);
    let pixels = side * SHARPNESS;
    let view = bounds.and_then(|bounds| View::new(Crs::web_mercator(), bounds, pixels, pixels));
    let picture = images.paint(&[source], &view.ok_or("no area there")?, style)?;
    if picture.is_blank() { Err("no data there".to_owned()) } else { Ok(Arc::new(picture)) }
}

fn columns(side: u32) -> usize {
    usize::try_from(((SHEET + GAP) / (side + GAP)).max(1)).unwrap_or(1)
}

/// As many as a picture can hold.
fn most_in_sheet(side: u32) -> usize {
    columns(side) * usize::try_from(HIGHEST / (side + GAP + TEXT)).unwrap_or(1)
}

/// Chips in rows.
struct Sheet<'a> {
    side: u32,
    targets: &'a [Placed],
    chips: &'a [Chip],
}

impl Sheet<'_> {
    fn columns(&self) -> usize {
        columns(self.side)
    }

    /// Where a chip stands, without its text.
    fn frame(&self, at: usize) -> Frame {
        let (row, column) = (at / self.columns(), at % self.columns());
        let side = self.side as f32;
        let (across, down) = (side + GAP as f32, side + (GAP + TEXT) as f32);
        Frame { x: column as f32 * across, y: row as f32 * down, width: side, height: side }
    }

    fn draw(&self, theme: FigureTheme) -> Figure {
        let rows = u32::try_from(self.chips.len().div_ceil(self.columns())).unwrap_or(u32::MAX).max(1);
        let height = rows.saturating_mul(self.side + GAP + TEXT).saturating_sub(GAP);
        let mut shapes = Vec::new();
        for (at, (target, chip)) in self.targets.iter().zip(self.chips).enumerate() {
            let frame = self.frame(at);
            let line = |text: &str, down: f32, ink| {
                Shape::Label(Label {
                    text: fitted(text, SMALL, frame.width),
                    x: frame.x,
                    y: frame.y + frame.height + down,
                    size: SMALL,
                    anchor: Anchor::Start,
                    is_bold: false,
                    turned_deg: 0.0,
                    ink,
                })
            };
            shapes.push(Shape::Rectangle(frame, ground(theme)));
            match chip {
                Ok(picture) => shapes.push(Shape::Picture(Arc::clone(picture), frame)),
                Err(reason) => shapes.push(line(reason, single(f64::from(self.side) * -0.5), theme.muted())),
            }
            let key = || target.target.key.clone().unwrap_or_else(|| format!("row {}", target.row + 1));
            let name = if target.name.is_empty() { key() } else { target.name.clone() };
            shapes.push(line(&name, 14.0, theme.text()));
            shapes.push(line(&target.class, 28.0, theme.muted()));
        }
        if self.chips.is_empty() {
            shapes.push(Shape::Label(Label {
                text: "Nothing to show".to_owned(),
                x: SHEET as f32 / 2.0,
                y: height as f32 / 2.0,
                size: SMALL,
                anchor: Anchor::Middle,
                is_bold: false,
                turned_deg: 0.0,
                ink: theme.muted(),
            }));
        }
        let title = format!("{} targets cut from their images", self.chips.len());
        Figure { width: SHEET, height, title, paper: theme.paper(), layers: vec![(None, shapes)] }
    }
}
