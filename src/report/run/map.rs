//! A map in a report: images of a part of the world with targets on it, a scale bar and the colours of the classes.

use std::sync::Arc;

use super::area::{around_the_earth, bbox, inside, with_proportion};
use super::{Maker, words};
use crate::db::Table;
use crate::geo::{BoundingBox, Crs, LonLat, Point, lon_lat_from_mercator, mercator_from_lon_lat};
use crate::library::{Source, home_bounds};
use crate::render::RgbaImage;
use crate::report::figure::{Anchor, Figure, FigureTheme, Frame, Ink, Label, Shape, fitted, text_width};
use crate::report::page::{Part, PicturePart, TargetRef};
use crate::report::template::{Block, BlockKind};
use crate::targets::{ClassColors, ColorOverrides, Mapping};
use crate::warp::View;

/// Size in pixels of the page.
const USUAL_SIZE: (u32, u32) = (720, 440);
/// Pixels of the picture for each of the page, so that it is sharp on fine screens.
pub(super) const SHARPNESS: u32 = 2;
/// Least width of a map around targets in metres of EPSG:3857.
const LEAST_WIDTH_M: f64 = 2_000.0;
/// Above this many targets names would hide the image.
const MOST_LABELS: usize = 40;
const MOST_LEGEND: usize = 14;
const SMALL: f32 = 11.0;
const WHITE: Ink = Ink::opaque([255, 255, 255]);
const PLATE: Ink = Ink { rgb: [16, 18, 20], opacity: 0.72 };

/// A row of a query's answer with a place on the map.
pub(super) struct Placed {
    pub row: usize,
    pub target: TargetRef,
    /// EPSG:3857.
    pub at: Point,
    pub position: LonLat,
    pub class: String,
    pub name: String,
    pub image: String,
}

/// The rows that have a position; how many have none.
pub(super) fn placed(table: &Table) -> Result<(Vec<Placed>, usize), String> {
    let mapping = Mapping::guess(table, None);
    let place = |name: &Option<String>| name.as_deref().and_then(|name| table.column_index(name));
    let (Some(lon), Some(lat)) = (place(&mapping.longitude), place(&mapping.latitude)) else {
        if table.row_count() == 0 {
            // Columns without a value are of no kind, so nothing can be told from them.
            return Ok((Vec::new(), 0));
        }
        return Err("the query's answer has no columns of numbers named longitude and latitude".to_owned());
    };
    let [id, class, name, image] = [&mapping.id, &mapping.class, &mapping.name, &mapping.image].map(place);
    let text = |column: Option<usize>, row| column.map(|at| table.value(at, row).to_string()).unwrap_or_default();
    let of = |row: usize| {
        let number = |column| table.value(column, row).as_f64();
        let position = LonLat::new(number(lon)?, number(lat)?)?;
        let at = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let key = Some(text(id, row)).filter(|key| !key.is_empty());
        let target = TargetRef { key, position: Some(position) };
        let (class, name, image) = (text(class, row), text(name, row), text(image, row));
        at.is_finite().then_some(Placed { row, target, at, position, class, name, image })
    };
    let found: Vec<Placed> = (0..table.row_count()).filter_map(of).collect();
    let missing = table.row_count() - found.len();
    Ok((found, missing))
}

impl Maker<'_> {
    pub(super) fn map(&mut self, block: &Block) -> Result<Part, String> {
        let own = ["caption", "of", "image", "bbox", "size", "labels", "around"];
        words::only(block, &[own.as_slice(), &words::STYLE].concat())?;
        let style = words::style(block)?;
        let (width, height) = words::size(block, USUAL_SIZE)?;
        let table = self.answer(block)?.transpose()?;
        let (targets, _) = table.as_deref().map(placed).transpose()?.unwrap_or_default();
        let named = self.named_images(block)?;
        let shown = named.clone().unwrap_or_else(|| self.images.all());
        let area = self.area(block, named.as_deref(), &targets)?;
        let area = with_proportion(area, f64::from(width) / f64::from(height)).ok_or("there is no area to show")?;
        let view = View::new(Crs::web_mercator(), area, width * SHARPNESS, height * SHARPNESS);
        let picture = Arc::new(self.images.paint(&shown, &view.ok_or("there is no area to show")?, &style)?);
        let shown_at = |target: Placed| Some(Placed { at: inside(&area, target.at)?, ..target });
        let targets: Vec<Placed> = targets.into_iter().filter_map(shown_at).collect();
        let sheet = Sheet { width, height, area, picture, labels: words::yes(block, "labels")?, colors: &self.colors };
        let marks = sheet.marks(&targets);
        let frames = marks.iter().map(|&(x, y)| Frame { x: x - 6.0, y: y - 6.0, width: 12.0, height: 12.0 });
        Ok(Part::Picture(Box::new(PicturePart {
            kind: BlockKind::Map,
            caption: words::caption(block),
            light: sheet.draw(&targets, &marks, FigureTheme::Light),
            dark: sheet.draw(&targets, &marks, FigureTheme::Dark),
            frames: frames.zip(0..).collect(),
            targets: targets.into_iter().map(|target| target.target).collect(),
            area: Some(area),
            plot: None,
        })))
    }

    /// The images that the block names; `None` if it names none.
    fn named_images(&self, block: &Block) -> Result<Option<Vec<&Source>>, String> {
        let Some(names) = block.setting("image") else { return Ok(None) };
        let of = |name: &str| {
            self.images
                .named(name)
                .ok_or_else(|| format!("no image that is open, or more than one, is called `{}`", name.trim()))
        };
        // A name may have a comma in it.
        if let Some(only) = self.images.named(names) {
            return Ok(Some(vec![only]));
        }
        names.split(',').map(of).collect::<Result<_, _>>().map(Some)
    }

    /// What to show (EPSG:3857).
    fn area(&self, block: &Block, named: Option<&[&Source]>, targets: &[Placed]) -> Result<BoundingBox, String> {
        let around_targets = || {
            let around = around_the_earth(targets.iter().filter_map(|target| BoundingBox::around([target.at])))?;
            let margin = (around.width().max(around.height()) * 0.1).max(LEAST_WIDTH_M / 2.0);
            around.expand(margin)
        };
        let of_images =
            |images: &[&Source]| around_the_earth(images.iter().filter_map(|image| image.bounds_mercator()));
        if let Some(text) = block.setting("bbox") {
            return bbox(text).ok_or_else(|| {
                format!("bbox: `{text}` is no west,south,east,north in degrees; a box across 180 degrees has its west above its east")
            });
        }
        match (block.setting("around"), named) {
            (Some("targets"), _) => around_targets().ok_or_else(|| "there is no target to go to".to_owned()),
            (Some("images") | None, Some(named)) => {
                of_images(named).ok_or_else(|| "this image has no place on the map".to_owned())
            }
            (Some("images"), None) => of_images(&self.images.all()).ok_or_else(|| "no image is open".to_owned()),
            (None, None) => around_targets()
                .map(|all| self.near_images(all, targets))
                .or_else(|| of_images(&self.images.all()))
                .ok_or_else(|| "there are neither images nor targets to show".to_owned()),
            (Some(other), _) => Err(format!("around: `{other}` is neither targets nor images")),
        }
    }

    /// The area around all targets; around the largest group of images where targets lie so far apart that no image would be seen.
    fn near_images(&self, all: BoundingBox, targets: &[Placed]) -> BoundingBox {
        let boxes = self.images.all().into_iter().filter_map(Source::bounds_mercator);
        let near = home_bounds(all, boxes).unwrap_or(all);
        let left_out = targets.iter().filter(|target| inside(&near, target.at).is_none()).count();
        if left_out == targets.len() {
            return all;
        }
        if left_out > 0 {
            self.images.note(format!(
                "The map shows where most images lie: {left_out} of {} targets are far away and not on it. \
                 `around: targets` shows all of them, `image: NAME` the others",
                targets.len()
            ));
        }
        near
    }
}

/// A map on its page.
struct Sheet<'a> {
    width: u32,
    height: u32,
    area: BoundingBox,
    picture: Arc<RgbaImage>,
    labels: bool,
    colors: &'a ColorOverrides,
}

impl Sheet<'_> {
    /// Where the targets stand on the page.
    fn marks(&self, targets: &[Placed]) -> Vec<(f32, f32)> {
        let across = f64::from(self.width) / self.area.width();
        let down = f64::from(self.height) / self.area.height();
        let place = |target: &Placed| {
            (single((target.at.x - self.area.min_x()) * across), single((self.area.max_y() - target.at.y) * down))
        };
        targets.iter().map(place).collect()
    }

    fn draw(&self, targets: &[Placed], marks: &[(f32, f32)], theme: FigureTheme) -> Figure {
        let page = Frame { x: 0.0, y: 0.0, width: self.width as f32, height: self.height as f32 };
        let mut classes: Vec<&str> = targets.iter().map(|target| target.class.as_str()).collect();
        classes.sort_unstable();
        classes.dedup();
        let colors = ClassColors::of_names(&classes, self.colors);
        let ink = |class: &str| {
            let at = classes.binary_search(&class).ok();
            at.and_then(|at| colors.get(at)).map_or(WHITE, |color| Ink::opaque([color.red, color.green, color.blue]))
        };
        let mut shapes = vec![Shape::Rectangle(page, ground(theme)), Shape::Picture(Arc::clone(&self.picture), page)];
        for (target, &at) in targets.iter().zip(marks) {
            shapes.push(Shape::Circle(at, 6.0, Ink { rgb: [0, 0, 0], opacity: 0.55 }));
            shapes.push(Shape::Circle(at, 5.0, WHITE));
            shapes.push(Shape::Circle(at, 3.5, ink(&target.class)));
        }
        if self.labels && targets.len() <= MOST_LABELS {
            for (target, &(x, y)) in targets.iter().zip(marks) {
                self.label(&mut shapes, &target.name, x, y);
            }
        }
        self.scale_bar(&mut shapes);
        if classes.iter().any(|class| !class.is_empty()) {
            legend(&mut shapes, &classes, &ink);
        }
        let title = format!("Map with {} targets", targets.len());
        Figure {
            width: self.width,
            height: self.height,
            title,
            paper: theme.paper(),
            layers: vec![(Some(page), shapes)],
        }
    }

    /// A name beside its mark, on the side where there is room.
    fn label(&self, shapes: &mut Vec<Shape>, name: &str, x: f32, y: f32) {
        if name.is_empty() {
            return;
        }
        let text = fitted(name, SMALL, 160.0);
        let width = text_width(&text, SMALL, false);
        let left = if x + 12.0 + width > self.width as f32 { x - 12.0 - width } else { x + 10.0 };
        shapes.push(Shape::Rectangle(Frame { x: left - 3.0, y: y - 8.0, width: width + 6.0, height: 16.0 }, PLATE));
        shapes.push(words_at(text, left, y + 4.0));
    }

    /// A length on the ground in the middle of the map, at its lower left.
    fn scale_bar(&self, shapes: &mut Vec<Shape>) {
        let center = self.area.center();
        let lat_deg = lon_lat_from_mercator(center.x, center.y).y;
        let metres_per_px = self.area.width() / f64::from(self.width) * lat_deg.to_radians().cos();
        let Some(length_m) = round_below(metres_per_px * 140.0) else { return };
        let length = single(length_m / metres_per_px);
        let text = if length_m >= 1000.0 { format!("{} km", length_m / 1000.0) } else { format!("{length_m} m") };
        let (left, bottom) = (12.0, self.height as f32 - 12.0);
        let plate = length.max(text_width(&text, SMALL, false)) + 16.0;
        shapes.push(Shape::Rectangle(Frame { x: left - 8.0, y: bottom - 22.0, width: plate, height: 30.0 }, PLATE));
        shapes.push(words_at(text, left, bottom - 8.0));
        shapes.push(Shape::Line(
            vec![
                (left, bottom - 3.0),
                (left, bottom + 1.0),
                (left + length, bottom + 1.0),
                (left + length, bottom - 3.0),
            ],
            1.5,
            WHITE,
        ));
    }
}

/// The colours of the classes, at the upper left.
fn legend(shapes: &mut Vec<Shape>, classes: &[&str], ink: &dyn Fn(&str) -> Ink) {
    let name = |class: &str| fitted(if class.is_empty() { "no class" } else { class }, SMALL, 140.0);
    let shown: Vec<(String, Ink)> = classes.iter().take(MOST_LEGEND).map(|class| (name(class), ink(class))).collect();
    let rest = classes.len() - shown.len();
    let widest = shown.iter().map(|(name, _)| text_width(name, SMALL, false)).fold(64.0, f32::max);
    let lines = shown.len() + usize::from(rest > 0);
    let height = lines as f32 * 16.0 + 8.0;
    shapes.push(Shape::Rectangle(Frame { x: 4.0, y: 4.0, width: widest + 32.0, height }, PLATE));
    let mut y = 20.0;
    for (name, ink) in shown {
        shapes.push(Shape::Circle((16.0, y - 4.0), 4.0, ink));
        shapes.push(words_at(name, 26.0, y));
        y += 16.0;
    }
    if rest > 0 {
        shapes.push(words_at(format!("and {rest} more"), 26.0, y));
    }
}

fn words_at(text: String, x: f32, y: f32) -> Shape {
    Shape::Label(Label { text, x, y, size: SMALL, anchor: Anchor::Start, is_bold: false, turned_deg: 0.0, ink: WHITE })
}

/// Where there is no image.
pub(super) fn ground(theme: FigureTheme) -> Ink {
    Ink::opaque(if theme == FigureTheme::Light { [229, 232, 236] } else { [40, 43, 48] })
}

/// 1, 2 or 5 times a power of ten: the largest that is no more than `most`.
fn round_below(most: f64) -> Option<f64> {
    if !(most.is_finite() && most >= 1.0) {
        return None;
    }
    let power = 10_f64.powf(most.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|length| *length <= most * (1.0 + 1e-9))
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a page")]
pub(super) fn single(place: f64) -> f32 {
    place as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_has_a_round_length() {
        assert_eq!(round_below(4_999.0), Some(2_000.0));
        assert_eq!(round_below(5_000.0), Some(5_000.0));
        assert_eq!(round_below(0.2), None);
    }
}
