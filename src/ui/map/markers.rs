//! Targets on the map: a disc each in the colour of its class, clusters where they would cover one another, a halo around
//! the selected ones. One mesh, however many there are.

use super::viewport::{Viewport, mercator_from_lon_lat};
use crate::document::Document;
use crate::geo::{BoundingBox, Point};
use crate::targets::TargetId;
use crate::ui::{class_color, theme, widgets};
use egui::epaint::{Mesh, Vertex};
use egui::{Align2, Color32, ColorImage, Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2, vec2};
use rustc_hash::FxHashMap;

/// Up to so many targets in view are drawn one by one.
const MOST_SINGLE: usize = 2_000;
/// Side of the cells that are drawn as one cluster, in points at whole zoom levels.
const CELL_POINTS: f64 = 56.0;
const RADIUS: f32 = 4.5;
/// How far from a disc's middle a click still means it.
const REACH: f32 = 11.0;
/// Pixels of the picture that discs are cut from.
const DISC_PIXELS: usize = 28;

/// What was drawn, for clicks.
#[derive(Clone, Debug)]
pub enum Marker {
    /// One target.
    One(TargetId),
    /// So many targets in a box of EPSG:3857.
    Many(usize, BoundingBox),
}

/// The targets as the map needs them.
#[derive(Default)]
pub struct Markers {
    made_for: Option<(u64, usize)>,
    places: Vec<Place>,
    drawn: Vec<(Pos2, f32, Marker)>,
    disc: Option<TextureHandle>,
}

#[derive(Clone, Copy)]
struct Place {
    id: TargetId,
    at: Point,
    class: usize,
}

impl Markers {
    /// Draws the targets that pass the filter.
    pub fn paint(&mut self, painter: &Painter, viewport: &Viewport, document: &Document, hovered: Option<TargetId>) {
        self.drawn.clear();
        let Some(set) = document.targets.set() else { return };
        let Some(bounds) = viewport.bounds().and_then(|b| b.expand(viewport.metres_per_point() * 16.0)) else { return };
        self.make_places(document);
        let colors: Vec<Color32> =
            set.classes().iter().map(|class| class_color::of(&document.project, &class.name)).collect();
        let disc = self.disc.get_or_insert_with(|| disc_texture(painter)).clone();
        let mut mesh = Mesh::with_texture(disc.id());
        let visible: Vec<&Place> = self.places.iter().filter(|place| bounds.contains(place.at)).collect();
        let mut labels = Vec::new();
        let mut singles = Vec::new();
        if visible.len() <= MOST_SINGLE {
            singles.extend(visible);
        } else {
            for cluster in clusters(&visible, viewport) {
                if let [only] = cluster.as_slice() {
                    singles.push(*only);
                    continue;
                }
                let Some(around) = BoundingBox::around(cluster.iter().map(|place| place.at)) else { continue };
                let middle = viewport.screen_from_mercator(mean(&cluster));
                let radius = cluster_radius(cluster.len());
                let color = colors.get(most_frequent_class(&cluster)).copied().unwrap_or(Color32::GRAY);
                disc_into(&mut mesh, middle, radius + 2.5, Color32::from_black_alpha(150));
                disc_into(&mut mesh, middle, radius + 1.5, Color32::WHITE);
                disc_into(&mut mesh, middle, radius, color);
                labels.push((middle, cluster.len(), color));
                self.drawn.push((middle, radius, Marker::Many(cluster.len(), around)));
            }
        }
        let selection = document.targets.selection();
        // The selected ones last, so that they lie on top.
        singles.sort_by_key(|place| selection.contains(place.id));
        for place in singles {
            let at = viewport.screen_from_mercator(place.at);
            let color = colors.get(place.class).copied().unwrap_or(Color32::GRAY);
            let selected = selection.contains(place.id);
            if selected {
                halo_into(&mut mesh, at, document.targets.current() == Some(place.id));
            }
            let radius = if selected || hovered == Some(place.id) { RADIUS + 1.5 } else { RADIUS };
            disc_into(&mut mesh, at, radius + 1.75, Color32::from_black_alpha(140));
            disc_into(&mut mesh, at, radius + 1.0, Color32::WHITE);
            disc_into(&mut mesh, at, radius, color);
            self.drawn.push((at, radius, Marker::One(place.id)));
        }
        painter.add(mesh);
        for (at, count, color) in labels {
            let ink = if luminance(color) > 0.5 { Color32::BLACK } else { Color32::WHITE };
            painter.text(at, Align2::CENTER_CENTER, widgets::count(count), theme::small_font(), ink);
        }
    }

    /// What lies under the pointer, the topmost first.
    pub fn at(&self, pointer: Pos2) -> Option<&Marker> {
        let near = |(at, radius, _): &&(Pos2, f32, Marker)| (*at - pointer).length() <= radius.max(REACH);
        let hits = self.drawn.iter().rev().filter(near);
        hits.min_by(|a, b| (a.0 - pointer).length_sq().total_cmp(&(b.0 - pointer).length_sq())).map(|(.., hit)| hit)
    }

    fn make_places(&mut self, document: &Document) {
        let made_for = (document.targets.revision(), document.targets.active());
        let Some(set) = document.targets.set().filter(|_| self.made_for != Some(made_for)) else { return };
        self.made_for = Some(made_for);
        let place = |id: &TargetId| {
            let at = mercator_from_lon_lat(set.position(*id)?);
            let class = set.class_of(*id)?.index();
            at.is_finite().then_some(Place { id: *id, at, class })
        };
        self.places = document.targets.shown().iter().filter_map(place).collect();
    }
}

/// Places that share a cell of a grid that stands still while the map moves.
fn clusters<'a>(places: &[&'a Place], viewport: &Viewport) -> Vec<Vec<&'a Place>> {
    let cell_m = Viewport::metres_per_point_at(viewport.zoom.floor()) * CELL_POINTS;
    let mut cells: FxHashMap<(i64, i64), Vec<&Place>> = FxHashMap::default();
    for place in places {
        #[expect(clippy::cast_possible_truncation, reason = "metres of the world by cells of millimetres and more")]
        let cell = ((place.at.x / cell_m).floor() as i64, (place.at.y / cell_m).floor() as i64);
        cells.entry(cell).or_default().push(place);
    }
    let mut found: Vec<_> = cells.into_iter().collect();
    found.sort_unstable_by_key(|(cell, _)| *cell);
    found.into_iter().map(|(_, places)| places).collect()
}

fn mean(places: &[&Place]) -> Point {
    let count = places.len().max(1) as f64;
    let sum = places.iter().fold((0.0, 0.0), |sum, place| (sum.0 + place.at.x, sum.1 + place.at.y));
    Point::new(sum.0 / count, sum.1 / count)
}

fn most_frequent_class(places: &[&Place]) -> usize {
    let mut counts: FxHashMap<usize, usize> = FxHashMap::default();
    places.iter().for_each(|place| *counts.entry(place.class).or_default() += 1);
    counts.into_iter().max_by_key(|(class, count)| (*count, usize::MAX - class)).map_or(0, |(class, _)| class)
}

fn cluster_radius(count: usize) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a handful of points")]
    let radius = (8.0 + 2.6 * (count as f64).log10()) as f32;
    radius
}

/// Dark, light and coloured rings: one of them stands out on any imagery.
fn halo_into(mesh: &mut Mesh, at: Pos2, current: bool) {
    let radius = RADIUS + if current { 9.0 } else { 6.5 };
    disc_into(mesh, at, radius + 1.5, Color32::from_black_alpha(200));
    disc_into(mesh, at, radius, Color32::from_rgb(255, 225, 60));
    disc_into(mesh, at, radius - 2.5, Color32::from_black_alpha(120));
}

fn luminance(color: Color32) -> f32 {
    (0.299 * f32::from(color.r()) + 0.587 * f32::from(color.g()) + 0.114 * f32::from(color.b())) / 255.0
}

fn disc_into(mesh: &mut Mesh, center: Pos2, radius: f32, color: Color32) {
    // The picture's disc is a pixel smaller than the picture.
    let half = radius * DISC_PIXELS as f32 / (DISC_PIXELS as f32 - 2.0);
    let rect = Rect::from_center_size(center, vec2(2.0 * half, 2.0 * half));
    let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
    let corners = [(rect.left_top(), pos2(0.0, 0.0)), (rect.right_top(), pos2(1.0, 0.0))];
    let lower = [(rect.right_bottom(), pos2(1.0, 1.0)), (rect.left_bottom(), pos2(0.0, 1.0))];
    mesh.vertices.extend(corners.into_iter().chain(lower).map(|(pos, uv)| Vertex { pos, uv, color }));
    mesh.indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
}

/// A white disc with a soft edge on nothing.
fn disc_texture(painter: &Painter) -> TextureHandle {
    let middle = DISC_PIXELS as f32 / 2.0;
    let mut image = ColorImage::filled([DISC_PIXELS, DISC_PIXELS], Color32::TRANSPARENT);
    for (index, pixel) in image.pixels.iter_mut().enumerate() {
        let (x, y) = ((index % DISC_PIXELS) as f32 + 0.5 - middle, (index / DISC_PIXELS) as f32 + 0.5 - middle);
        let inside = (middle - 1.0 - x.hypot(y)).clamp(-0.5, 0.5) + 0.5;
        *pixel = Color32::WHITE.gamma_multiply(inside);
    }
    painter.ctx().load_texture("disc", image, TextureOptions::LINEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: usize, x: f64, y: f64, class: usize) -> Place {
        Place { id: TargetId::from_row(row).unwrap(), at: Point::new(x, y), class }
    }

    #[test]
    fn near_places_are_one_cluster_and_far_ones_are_not() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let viewport = Viewport { rect, center: Point::new(0.0, 0.0), zoom: 10.0 };
        let metres = viewport.metres_per_point();
        let places = [
            place(0, 5.0 * metres, 5.0 * metres, 1),
            place(1, 9.0 * metres, 7.0 * metres, 1),
            place(2, 300.0 * metres, 0.0, 0),
        ];
        let found = clusters(&places.iter().collect::<Vec<_>>(), &viewport);
        let mut sizes: Vec<usize> = found.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2]);
        let moved = Viewport { center: Point::new(50_000.0, 7.0), ..viewport };
        assert_eq!(
            clusters(&places.iter().collect::<Vec<_>>(), &moved).len(),
            2,
            "clusters don't flicker while panning"
        );
    }

    #[test]
    fn a_cluster_has_the_colour_of_most_of_its_targets() {
        let places = [place(0, 0.0, 0.0, 2), place(1, 0.0, 0.0, 1), place(2, 0.0, 0.0, 1)];
        assert_eq!(most_frequent_class(&places.iter().collect::<Vec<_>>()), 1);
    }
}
