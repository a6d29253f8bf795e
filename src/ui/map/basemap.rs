//! Drawing the offline base map: land, lakes, rivers, borders, and names that don't cover one another.

use super::viewport::Viewport;
use crate::basemap::{Basemap, Cell, Fill, Lines};
use crate::geo::Point;
use crate::ui::theme::{self, Palette};
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, pos2, vec2};

/// What the base map asks to be said of it.
pub const ATTRIBUTION: &str = "Natural Earth";

/// Rivers only confuse when the whole world is on the screen.
const RIVERS_FROM_ZOOM: f64 = 4.0;
/// Towns get names from here on.
const TOWNS_FROM_ZOOM: f64 = 4.0;
/// More names than this on the screen are no help.
const MOST_NAMES: usize = 80;

/// Draws land and water with their lines; the sea is what lies below.
pub fn paint(painter: &Painter, viewport: &Viewport, palette: &Palette) {
    let Some(bounds) = viewport.bounds() else { return };
    let cells = Basemap::embedded().cells(bounds, viewport.metres_per_point());
    let mut areas = Mesh::default();
    for cell in &cells {
        let place = CellPlace::new(viewport, cell);
        place.fill_into(&mut areas, &cell.land, palette.land);
    }
    for cell in &cells {
        let place = CellPlace::new(viewport, cell);
        place.fill_into(&mut areas, &cell.lakes, palette.map_background);
    }
    painter.add(areas);
    for cell in &cells {
        let place = CellPlace::new(viewport, cell);
        if viewport.zoom >= RIVERS_FROM_ZOOM {
            place.lines(painter, &cell.rivers, Stroke::new(1.0, palette.river));
        }
        place.lines(painter, &cell.coast, Stroke::new(1.0, palette.coast));
        place.lines(painter, &cell.borders, Stroke::new(1.0, palette.border));
    }
}

/// Draws names of countries and towns.
pub fn paint_names(painter: &Painter, viewport: &Viewport, palette: &Palette) {
    let Some(bounds) = viewport.bounds() else { return };
    let places = Basemap::embedded().places();
    let mut names = Names { painter, viewport, palette, taken: Vec::new() };
    if viewport.zoom < 7.0 {
        for country in places.countries_in(bounds) {
            let room = country.width_m / viewport.metres_per_point();
            names.country(country.name, country.place, room);
        }
    }
    if viewport.zoom >= TOWNS_FROM_ZOOM {
        for town in places.towns_in(bounds, viewport.zoom).into_iter().take(4 * MOST_NAMES) {
            names.town(town.name, town.place, town.is_capital);
        }
    }
}

/// Where a cell stands on the screen.
struct CellPlace {
    rect: Rect,
    visible: Rect,
}

impl CellPlace {
    fn new(viewport: &Viewport, cell: &Cell) -> Self {
        Self { rect: viewport.screen_rect(&cell.bounds), visible: viewport.rect.expand(4.0) }
    }

    fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        self.rect.min + vec2(x * self.rect.width(), y * self.rect.height())
    }

    fn fill_into(&self, mesh: &mut Mesh, fill: &Fill, color: Color32) {
        let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
        mesh.vertices.extend(fill.vertices.iter().map(|vertex| Vertex { pos: self.at(*vertex), uv: WHITE_UV, color }));
        mesh.indices.extend(fill.triangles.iter().map(|index| first + index));
    }

    fn lines(&self, painter: &Painter, lines: &Lines, stroke: Stroke) {
        for line in lines.iter() {
            let points: Vec<Pos2> = line.iter().map(|position| self.at(*position)).collect();
            if self.visible.intersects(Rect::from_points(&points)) {
                painter.line(points, stroke);
            }
        }
    }
}

/// Names that were drawn, so that none covers another.
struct Names<'a> {
    painter: &'a Painter,
    viewport: &'a Viewport,
    palette: &'a Palette,
    taken: Vec<Rect>,
}

impl Names<'_> {
    fn country(&mut self, name: &str, place: Point, room_points: f64) {
        let at = self.viewport.screen_from_plane(place);
        let font = theme::small_font();
        let width = self.painter.layout_no_wrap(name.to_owned(), font.clone(), Color32::WHITE).size().x;
        if f64::from(width) < room_points {
            self.draw(name, at, Align2::CENTER_CENTER, &font);
        }
    }

    fn town(&mut self, name: &str, place: Point, is_capital: bool) {
        let at = self.viewport.screen_from_plane(place);
        if self.draw(name, at + vec2(5.0, 0.0), Align2::LEFT_CENTER, &theme::small_font()) {
            let radius = if is_capital { 2.5 } else { 1.75 };
            self.painter.circle_filled(at, radius, self.palette.place_name);
        }
    }

    /// Draws a name where there is room for it.
    fn draw(&mut self, name: &str, at: Pos2, align: Align2, font: &FontId) -> bool {
        let galley = self.painter.layout_no_wrap(name.to_owned(), font.clone(), self.palette.place_name);
        let rect = align.anchor_size(at, galley.size());
        let room = rect.expand2(vec2(6.0, 2.0));
        let free = !self.taken.iter().any(|taken| taken.intersects(room));
        if self.taken.len() >= MOST_NAMES || !free || !self.viewport.rect.contains_rect(rect) {
            return false;
        }
        self.taken.push(room);
        let halo = self.palette.name_halo;
        for offset in [vec2(-1.0, 0.0), vec2(1.0, 0.0), vec2(0.0, -1.0), vec2(0.0, 1.0)] {
            self.painter.galley_with_override_text_color(rect.min + offset, galley.clone(), halo);
        }
        self.painter.galley(pos2(rect.min.x, rect.min.y), galley, self.palette.place_name);
        true
    }
}
