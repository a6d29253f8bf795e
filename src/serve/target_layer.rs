//! The layer of targets: a disc each in the colour of its class, and the facts of those at a pixel.

use std::fmt;

use serde_json::Value;

use super::found::Found;
use super::layer::Place;
use crate::geo::{BoundingBox, Crs, LonLat, Point, Transformer, transform_bounds};
use crate::render::RgbaImage;
use crate::report::figure::{Figure, Ink, Shape, figure_picture};
use crate::targets::{ClassColors, Target, TargetId, TargetIndex, TargetSet};
use crate::warp::View;
use std::sync::Arc;

/// The id of the first layer of targets; the next one has `-2` behind it.
const TARGETS: &str = "targets";

/// Pixels from a disc's middle to its edge, and the ring around it.
const RADIUS_PX: f32 = 4.0;
const RING_PX: f32 = 1.2;
/// More targets than this in one picture are drawn as dots.
const MOST_DISCS: usize = 5_000;
/// How far from a target a click still means it.
const REACH_PX: f64 = 7.0;

/// Targets on the shelf.
pub struct TargetLayer {
    id: String,
    title: String,
    set: Arc<TargetSet>,
    index: TargetIndex,
    colors: ClassColors,
    place: Place,
}

impl TargetLayer {
    /// The layer of some targets of a set; `None` if there are none.
    pub fn new(title: &str, set: Arc<TargetSet>, shown: &[TargetId], colors: ClassColors) -> Option<Self> {
        let positions = shown.iter().filter_map(|id| set.position(*id)).map(Point::from);
        let around = BoundingBox::around(positions)?;
        // Of a single target too the box has to have an area.
        let lon_lat = if around.width() > 0.0 && around.height() > 0.0 { around } else { around.expand(1e-4)? };
        let on_map = Transformer::new(&Crs::wgs84(), &Crs::web_mercator(), None).ok()?;
        let mercator = transform_bounds(&on_map, lon_lat)?;
        let place = Place { crs: Crs::wgs84(), bounds: lon_lat, lon_lat, mercator, home: lon_lat };
        let index = TargetIndex::build(&set, shown);
        Some(Self { id: TARGETS.to_owned(), title: title.to_owned(), set, index, colors, place })
    }

    /// The same layer as one of several, counted from 0.
    #[must_use]
    pub(super) fn numbered(mut self, index: usize) -> Self {
        self.id = if index == 0 { TARGETS.to_owned() } else { format!("{TARGETS}-{}", index + 1) };
        self
    }

    /// What requests call it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// All targets of its file or table, those that are not shown too.
    pub fn set(&self) -> &Arc<TargetSet> {
        &self.set
    }

    /// Where they are.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The colour of a class.
    pub(super) fn color_named(&self, class: &str) -> [u8; 3] {
        let color = self.set.class_named(class).map(|class| self.colors.color(class));
        color.map(|color| [color.red, color.green, color.blue]).unwrap_or_default()
    }

    /// The shown targets in a box of degrees (west, south, east, north; across the antimeridian where west is east of east), all
    /// without one, in the order of the file.
    pub(super) fn shown(&self, within: Option<[f64; 4]>) -> Vec<TargetId> {
        let mut ids = self.index.within(self.place.mercator);
        if let Some([west, south, east, north]) = within {
            let holds = |lon: f64| if west <= east { (west..=east).contains(&lon) } else { lon >= west || lon <= east };
            ids.retain(|&id| {
                let position = self.set.position(id);
                position.is_some_and(|at| holds(at.lon_deg()) && (south..=north).contains(&at.lat_deg()))
            });
        }
        ids.sort_unstable();
        ids
    }

    /// What is known of a target.
    pub(super) fn facts_of(&self, id: TargetId) -> Option<Found> {
        self.set.target(id).map(|target| self.found(&target))
    }

    /// The shown targets in a view, each with its place in pixels, in the order of the file; with those whose disc reaches into it.
    fn in_view(&self, view: &View) -> Vec<(TargetId, f64, f64)> {
        let Ok(from_degrees) = Transformer::new(&Crs::wgs84(), view.crs(), Some(self.place.lon_lat)) else {
            return Vec::new();
        };
        let Some(pixel_from_crs) = view.crs_from_pixel().inverse() else { return Vec::new() };
        let around = Transformer::new(view.crs(), &Crs::web_mercator(), Some(view.bbox())).ok();
        let around = around.and_then(|transformer| {
            let by = view.bbox().width() / f64::from(view.width()) * 2.0 * REACH_PX;
            transform_bounds(&transformer, view.bbox().expand(by)?)
        });
        let mut ids = self.index.within(around.unwrap_or(self.place.mercator));
        ids.sort_unstable();
        let (width, height) = (f64::from(view.width()), f64::from(view.height()));
        let at = |id: TargetId| {
            let place = from_degrees.forward(Point::from(self.set.position(id)?))?;
            let pixel = pixel_from_crs.apply(place.x, place.y);
            let reaches =
                (-REACH_PX..=width + REACH_PX).contains(&pixel.x) && (-REACH_PX..=height + REACH_PX).contains(&pixel.y);
            reaches.then_some((id, pixel.x, pixel.y))
        };
        ids.into_iter().filter_map(at).collect()
    }

    /// The picture of a view: transparent where there is no target.
    #[expect(clippy::cast_possible_truncation, reason = "places within a picture")]
    pub(super) fn draw(&self, view: &View) -> RgbaImage {
        let targets = self.in_view(view);
        let (radius, ring) = if targets.len() > MOST_DISCS { (1.0, 0.0) } else { (RADIUS_PX, RING_PX) };
        let mut shapes = Vec::with_capacity(targets.len() * 2);
        for (id, x, y) in targets {
            let color = self.set.class_of(id).map(|class| self.colors.color(class));
            let rgb = color.map(|color| [color.red, color.green, color.blue]).unwrap_or_default();
            let at = (x as f32, y as f32);
            if ring > 0.0 {
                shapes.push(Shape::Circle(at, radius + ring, Ink::opaque([u8::MAX; 3])));
            }
            shapes.push(Shape::Circle(at, radius, Ink::opaque(rgb)));
        }
        let paper = Ink { rgb: [0; 3], opacity: 0.0 };
        let (width, height) = (view.width(), view.height());
        let figure = Figure { width, height, title: String::new(), paper, layers: vec![(None, shapes)] };
        figure_picture(&figure, 1.0).unwrap_or_else(|_| RgbaImage::transparent(width, height))
    }

    /// The facts of the targets at a pixel, the nearest first, at most `count`.
    pub(super) fn facts_at(&self, view: &View, (col, row): (u32, u32), count: usize) -> Vec<Found> {
        let (x, y) = (f64::from(col) + 0.5, f64::from(row) + 0.5);
        let mut near: Vec<(f64, TargetId)> = self
            .in_view(view)
            .into_iter()
            .map(|(id, at_x, at_y)| ((at_x - x).hypot(at_y - y), id))
            .filter(|(distance, _)| *distance <= REACH_PX)
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.into_iter()
            .take(count)
            .filter_map(|(_, id)| self.set.target(id))
            .map(|target| self.found(&target))
            .collect()
    }

    fn found(&self, target: &Target<'_>) -> Found {
        let position: LonLat = target.position;
        let text = |text: &str| Value::from(text);
        let facts = [
            Some(("key", text(&target.key.to_string()))).filter(|_| !target.key.is_null()),
            Some(("class", text(target.class_name))),
            target.name.map(|name| ("name", text(name))),
            target.date.map(|date| ("date", text(&date.to_string()))),
            target.confidence.and_then(|value| Some(("confidence", serde_json::Number::from_f64(value)?.into()))),
            target.image.map(|image| ("image", text(image))),
            Some(("longitude", position.lon_deg().into())),
            Some(("latitude", position.lat_deg().into())),
        ];
        let facts = facts.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect();
        Found { layer: self.id.clone(), title: target.label(), position, facts }
    }
}

impl fmt::Debug for TargetLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TargetLayer").field("id", &self.id).finish_non_exhaustive()
    }
}
