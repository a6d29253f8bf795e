//! Targets on the map: a disc each in the colour of its class, a ring of class shares with a number where many would
//! cover one another, a halo around the selected ones. One mesh, however many there are.

use super::viewport::Viewport;
use crate::document::Document;
use crate::geo::{BoundingBox, Point};
use crate::targets::{ClassId, Marker, MarkerView, TargetId};
use crate::ui::discs::{disc_into, disc_texture};
use crate::ui::{class_color, theme, widgets};
use egui::epaint::Mesh;
use egui::{Align2, Color32, Painter, Pos2, TextureHandle};

/// Up to so many targets in view are drawn one by one.
const MOST_SINGLES: usize = 2_000;
/// Of more targets than this, a map in another frame shows the first.
const MOST_PLACED_ANEW: usize = 5_000;
const RADIUS: f32 = 4.5;
const RADIUS_BESIDE: f32 = 4.0;
/// How far from a disc's middle a click still means it.
const REACH: f32 = 11.0;

/// What lies under the pointer.
#[derive(Clone, Debug)]
pub enum Hit {
    /// One target.
    One(TargetId),
    /// One target of those beside: of which source.
    Beside(usize, TargetId),
    /// Many targets around a place of EPSG:3857.
    Many(Point),
}

/// What was drawn, for clicks.
#[derive(Default)]
pub struct Markers {
    drawn: Vec<(Pos2, f32, Hit)>,
    disc: Option<TextureHandle>,
}

impl Markers {
    /// Draws the targets that pass the filter, on a map that shows the world as often as there are `copies` of it.
    pub fn paint(&mut self, painter: &Painter, copies: &[Viewport], document: &Document, hovered: Option<TargetId>) {
        self.drawn.clear();
        for copy in copies {
            self.paint_copy(painter, copy, document, hovered);
        }
    }

    fn paint_copy(&mut self, painter: &Painter, viewport: &Viewport, document: &Document, hovered: Option<TargetId>) {
        let selection = document.targets.selection();
        let Some(view) = view_of(viewport) else { return };
        let disc = self.disc.get_or_insert_with(|| disc_texture(painter.ctx())).clone();
        let mut mesh = Mesh::with_texture(disc.id());
        let (mut singles, mut numbers) = (Vec::new(), Vec::new());
        let scale = |count| document.targets.stands_for(count);
        let markers = if viewport.frame.is_web_mercator() {
            self.paint_beside((painter, &mut mesh), viewport, document, &view);
            document.targets.index().in_view(&view)
        } else {
            in_own_frame(viewport, document, &view.bounds)
        };
        for marker in markers {
            match marker {
                Marker::Single { id, class, place } => singles.push((id, class, place)),
                Marker::Cluster { place, ids, classes } => {
                    let at = viewport.screen_from_plane(place);
                    let radius = cluster_radius(ids.len());
                    let color =
                        classes.first().map_or(Color32::GRAY, |(class, _)| class_color::of_class(document, *class));
                    let selected = !selection.is_empty() && ids.iter().any(|id| selection.contains(*id));
                    cluster_into(&mut mesh, at, radius, (color, selected));
                    numbers.push((at, scale(ids.len()), color));
                    self.drawn.push((at, radius, Hit::Many(place)));
                }
            }
        }
        // The selected ones last, so that they lie on top.
        singles.sort_by_key(|(id, ..)| selection.contains(*id));
        for (id, class, place) in singles {
            let at = viewport.screen_from_plane(place);
            let selected = selection.contains(id);
            if selected {
                halo_into(&mut mesh, at, document.targets.current() == Some(id));
            }
            let radius = if selected || hovered == Some(id) { RADIUS + 1.5 } else { RADIUS };
            single_into(&mut mesh, at, radius, color_of(document, class));
            self.drawn.push((at, radius, Hit::One(id)));
        }
        painter.add(mesh);
        for (at, count, color) in numbers {
            let ink = if luminance(color) > 0.5 { Color32::BLACK } else { Color32::WHITE };
            painter.text(at, Align2::CENTER_CENTER, widgets::short_count(count), theme::small_font(), ink);
        }
    }

    /// Draws the targets beside those that the panels are about: smaller, below them, and without a halo.
    fn paint_beside(
        &mut self,
        (painter, mesh): (&Painter, &mut Mesh),
        viewport: &Viewport,
        document: &Document,
        view: &MarkerView,
    ) {
        for layer in document.targets.layers() {
            let color = |class: Option<ClassId>| {
                class.map_or(Color32::GRAY, |class| {
                    let color = layer.color(class);
                    Color32::from_rgb(color.red, color.green, color.blue)
                })
            };
            for marker in layer.index.in_view(view) {
                match marker {
                    Marker::Single { id, class, place } => {
                        let at = viewport.screen_from_plane(place);
                        beside_into(mesh, at, RADIUS_BESIDE, color(class));
                        self.drawn.push((at, RADIUS_BESIDE, Hit::Beside(layer.source, id)));
                    }
                    Marker::Cluster { place, ids, classes } => {
                        let at = viewport.screen_from_plane(place);
                        let radius = cluster_radius(ids.len());
                        beside_into(mesh, at, radius, color(classes.first().map(|(class, _)| *class)));
                        // In a text of its own, for the discs of the others are to lie above.
                        let ink = Color32::WHITE;
                        painter.text(
                            at,
                            Align2::CENTER_CENTER,
                            widgets::short_count(ids.len()),
                            theme::small_font(),
                            ink,
                        );
                        self.drawn.push((at, radius, Hit::Many(place)));
                    }
                }
            }
        }
    }

    /// The targets of the cluster at a place.
    pub fn cluster_at(document: &Document, viewport: &Viewport, wanted: Point) -> Vec<TargetId> {
        let views = viewport.copies().iter().filter_map(view_of).collect::<Vec<_>>();
        let mut markers = views.iter().flat_map(|view| document.targets.index().in_view(view));
        let cluster = markers.find_map(|marker| match marker {
            Marker::Cluster { place, ids, .. } if place == wanted => Some(ids.to_vec()),
            _ => None,
        });
        cluster.unwrap_or_default()
    }

    /// What lies under the pointer: of several the nearest.
    pub fn at(&self, pointer: Pos2) -> Option<&Hit> {
        let near = |(at, radius, _): &&(Pos2, f32, Hit)| (*at - pointer).length() <= radius.max(REACH);
        let hits = self.drawn.iter().rev().filter(near);
        hits.min_by(|a, b| (a.0 - pointer).length_sq().total_cmp(&(b.0 - pointer).length_sq())).map(|(.., hit)| hit)
    }
}

/// The first targets in view of a map in another frame, one by one, placed anew each time.
fn in_own_frame<'a>(viewport: &Viewport, document: &'a Document, bounds: &BoundingBox) -> Vec<Marker<'a>> {
    let Some(set) = document.targets.set() else { return Vec::new() };
    let frame = &viewport.frame;
    let shown = document.targets.shown().iter().take(MOST_PLACED_ANEW);
    let marker = |id: &TargetId| {
        let place = frame.plane_from_frame(frame.place(set.position(*id)?)?);
        bounds.contains(place).then(|| Marker::Single { id: *id, class: set.class_of(*id), place })
    };
    shown.filter_map(marker).take(MOST_SINGLES).collect()
}

/// What is asked of the index of targets.
fn view_of(viewport: &Viewport) -> Option<MarkerView> {
    let metres_per_px = viewport.metres_per_point();
    let bounds = viewport.bounds()?.expand(metres_per_px * 16.0)?;
    Some(MarkerView { bounds, metres_per_px, most_singles: MOST_SINGLES })
}

fn color_of(document: &Document, class: Option<ClassId>) -> Color32 {
    class.map_or(Color32::GRAY, |class| class_color::of_class(document, class))
}

fn single_into(mesh: &mut Mesh, at: Pos2, radius: f32, color: Color32) {
    disc_into(mesh, at, radius + 1.75, Color32::from_black_alpha(140));
    disc_into(mesh, at, radius + 1.0, Color32::WHITE);
    disc_into(mesh, at, radius, color);
}

/// A ring, so that these are told from those that the panels are about.
fn beside_into(mesh: &mut Mesh, at: Pos2, radius: f32, color: Color32) {
    disc_into(mesh, at, radius + 1.25, Color32::from_black_alpha(170));
    disc_into(mesh, at, radius, color);
    disc_into(mesh, at, radius - 2.0, Color32::from_black_alpha(170));
}

fn cluster_into(mesh: &mut Mesh, at: Pos2, radius: f32, (color, selected): (Color32, bool)) {
    disc_into(mesh, at, radius + 3.5, Color32::from_black_alpha(130));
    disc_into(mesh, at, radius + 2.5, if selected { HALO } else { Color32::WHITE });
    disc_into(mesh, at, radius, color);
}

/// The radius of a cluster's disc in points: it grows with the number's digits.
fn cluster_radius(count: usize) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a handful of points")]
    let radius = (8.0 + 2.4 * (count.max(1) as f64).log10()) as f32;
    radius
}

const HALO: Color32 = Color32::from_rgb(255, 225, 60);

/// Dark, light and coloured rings: one of them stands out on any imagery.
fn halo_into(mesh: &mut Mesh, at: Pos2, current: bool) {
    let radius = RADIUS + if current { 9.0 } else { 6.5 };
    disc_into(mesh, at, radius + 1.5, Color32::from_black_alpha(200));
    disc_into(mesh, at, radius, HALO);
    disc_into(mesh, at, radius - 2.5, Color32::from_black_alpha(120));
}

fn luminance(color: Color32) -> f32 {
    (0.299 * f32::from(color.r()) + 0.587 * f32::from(color.g()) + 0.114 * f32::from(color.b())) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_click_means_the_nearest_marker_in_reach() {
        let one = |row| Hit::One(TargetId::from_row(row).unwrap());
        let drawn = vec![(pos2(10.0, 10.0), RADIUS, one(0)), (pos2(18.0, 10.0), RADIUS, one(1))];
        let markers = Markers { drawn, disc: None };
        assert!(matches!(markers.at(pos2(17.0, 10.0)), Some(Hit::One(id)) if id.row() == 1));
        assert!(matches!(markers.at(pos2(9.0, 15.0)), Some(Hit::One(id)) if id.row() == 0));
        assert!(markers.at(pos2(60.0, 60.0)).is_none());
    }
}
