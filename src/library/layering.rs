//! How images and scenes are laid over one another: the one loop that draws the map's tiles, the command line's pictures and those of
//! the loopback endpoint, so that they are the same.

use std::sync::Arc;

use super::LibraryError;
use super::footprint::shifted_east;
use super::meet_on_map;
use super::mosaic::view_on_map;
use crate::geo::{BoundingBox, Crs, MERCATOR_HALF_WORLD_M};
use crate::raster::{PixelWindow, Raster};
use crate::render::{Painter, RgbaImage};
use crate::warp::View;

/// Of more members than this in one picture, those too small to be seen are left out.
const MANY: usize = 64;

/// Pixels across or down, whichever are more, below which a member is too small to be seen.
const TOO_SMALL_PX: f64 = 3.0;

/// An image or scene that can be laid over others.
pub trait Layered {
    /// The box around it in the plane of the [`Sheet`]; `None` if that isn't known.
    fn bounds(&self) -> Option<BoundingBox>;
    /// What makes a picture of its values.
    fn painter(&self) -> &Painter;
}

/// What members are laid on: a view, and the plane in which the boxes around them are known.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    view: &'a View,
    /// The box around the view in that plane; `None` if that can't be told.
    bounds: Option<BoundingBox>,
    /// Whether the view's rows and columns lie along the axes of the plane.
    is_straight: bool,
}

/// A picture, and what of it could not be read.
#[derive(Debug)]
pub struct Drawn {
    /// What was read, painted; transparent where there is nothing.
    pub picture: RgbaImage,
    /// Of members that are left out.
    pub failures: Vec<LibraryError>,
}

/// Reads the values of a member in a view, which may be a part of the whole one; `None` where no pixel is valid.
pub type Read<'a, M> = dyn Fn(&M, &View) -> Result<Option<Arc<Raster>>, LibraryError> + 'a;

impl<'a> Sheet<'a> {
    /// For members whose boxes are in EPSG:3857.
    pub fn on_map(view: &'a View) -> Self {
        if *view.crs() == Crs::web_mercator() {
            return Self::cut_out(view, view.bbox());
        }
        Self { view, bounds: view_on_map(view), is_straight: false }
    }

    /// A view that is cut out of the members' plane: `bounds` is what it covers there.
    pub fn cut_out(view: &'a View, bounds: BoundingBox) -> Self {
        Self { view, bounds: Some(bounds), is_straight: true }
    }

    /// Draws the members that meet the view, the topmost first, until nothing shines through. `go_on` is asked before each of
    /// them. A member that can't be read is left out.
    pub fn draw<M: Layered>(
        &self,
        members: &[M],
        read: &Read<'_, M>,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Drawn, LibraryError> {
        let view = self.view;
        let whole = (view.width(), view.height());
        let mut picture: Option<RgbaImage> = None;
        let mut failures = Vec::new();
        for member in self.meeting(members) {
            if !go_on() {
                return Err(LibraryError::Stopped);
            }
            // Of a member that covers little of the view, no more than that is read and painted.
            let Some(window) = self.window_of(member) else { continue };
            let part = if (window.width(), window.height()) == whole { None } else { view.part(window) };
            let below = match read(member, part.as_ref().unwrap_or(view)) {
                Ok(Some(raster)) => member.painter().paint(&raster),
                Ok(None) => continue,
                Err(error) if error.is_stopped() => return Err(error),
                Err(error) => {
                    failures.push(error);
                    continue;
                }
            };
            match &mut picture {
                None if (below.width, below.height) == whole => picture = Some(below),
                picture => picture
                    .get_or_insert_with(|| RgbaImage::transparent(whole.0, whole.1))
                    .composite_below(&below, (window.col(), window.row())),
            }
            if picture.as_ref().is_some_and(RgbaImage::is_opaque) {
                break;
            }
        }
        Ok(Drawn { picture: picture.unwrap_or_else(|| RgbaImage::transparent(whole.0, whole.1)), failures })
    }

    /// The members that can be seen, in their order.
    fn meeting<'m, M: Layered>(&self, members: &'m [M]) -> Vec<&'m M> {
        let Some(bounds) = self.bounds else { return members.iter().collect() };
        // What can't be told to be out of view is tried.
        let meets = |member: &&M| member.bounds().is_none_or(|own| meet_on_map(&own, &bounds));
        let mut seen: Vec<&M> = members.iter().filter(meets).collect();
        if seen.len() > MANY {
            let least = TOO_SMALL_PX * bounds.width() / f64::from(self.view.width());
            seen.retain(|member| member.bounds().is_none_or(|own| own.width().max(own.height()) >= least));
        }
        seen
    }

    fn window_of<M: Layered>(&self, member: &M) -> Option<PixelWindow> {
        let size = (self.view.width(), self.view.height());
        match member.bounds().zip(self.bounds).filter(|_| self.is_straight) {
            Some((own, bounds)) => window_on(&own, &bounds, size),
            None => PixelWindow::full(size.0, size.1),
        }
    }
}

/// The pixels of a view of `width` x `height` pixels that a member can touch, with one around them for what resampling spreads; the
/// whole view for a member that reaches into it from the other side of the antimeridian. `None` where they don't meet.
fn window_on(member: &BoundingBox, view: &BoundingBox, (width, height): (u32, u32)) -> Option<PixelWindow> {
    let world_m = 2.0 * MERCATOR_HALF_WORLD_M;
    let from_beyond = |by: f64| shifted_east(member, by).and_then(|member| member.intersection(view));
    let comes_from_beyond = [-world_m, world_m].into_iter().any(|by| from_beyond(by).is_some());
    let Some(shared) = member.intersection(view).filter(|_| !comes_from_beyond) else {
        return PixelWindow::full(width, height);
    };
    let pixel = |metres: f64, whole_m: f64, size: u32, by: f64| {
        let at = (metres * (f64::from(size) / whole_m) + by).clamp(0.0, f64::from(size));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a u32")]
        let at = at as u32;
        at
    };
    let across = |x: f64, by: f64| pixel(x - view.min_x(), view.width(), width, by);
    let down = |y: f64, by: f64| pixel(view.max_y() - y, view.height(), height, by);
    let (col, row) = (across(shared.min_x(), -1.0), down(shared.max_y(), -1.0));
    let (col_end, row_end) = (across(shared.max_x(), 2.0), down(shared.min_y(), 2.0));
    PixelWindow::new(col, row, col_end.saturating_sub(col), row_end.saturating_sub(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pixels_that_a_member_can_touch_are_drawn() {
        let tile = BoundingBox::new(0.0, 0.0, 256.0, 256.0).unwrap();
        let on = |west, south, east, north| {
            window_on(&BoundingBox::new(west, south, east, north).unwrap(), &tile, (256, 256))
        };
        assert_eq!(on(-10.0, -10.0, 300.0, 300.0), PixelWindow::full(256, 256));
        assert_eq!(on(10.2, 200.0, 20.4, 210.0), PixelWindow::new(9, 45, 13, 13));
        assert_eq!(on(250.0, -50.0, 400.0, 3.0), PixelWindow::new(249, 252, 7, 4));
        assert_eq!(on(1000.0, 0.0, 1001.0, 1.0), PixelWindow::full(256, 256), "on the other side of the antimeridian");
    }

    #[test]
    fn a_view_of_other_proportions_has_windows_of_its_own_pixels() {
        let view = BoundingBox::new(0.0, 0.0, 400.0, 100.0).unwrap();
        let member = BoundingBox::new(100.0, 50.0, 200.0, 100.0).unwrap();
        assert_eq!(window_on(&member, &view, (100, 50)), PixelWindow::new(24, 0, 28, 27));
    }

    #[test]
    fn a_member_across_the_antimeridian_is_drawn_on_both_edges_of_the_world() {
        let half = MERCATOR_HALF_WORLD_M;
        let world = BoundingBox::new(-half, -half, half, half).unwrap();
        let member = BoundingBox::new(half - 1e6, 0.0, half + 1e6, 1e6).unwrap();
        assert_eq!(window_on(&member, &world, (256, 256)), PixelWindow::full(256, 256));
    }
}
