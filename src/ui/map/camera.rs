//! The map's middle and zoom, and how they move: thrown by the hand, flown by a command, zoomed about the pointer.

use super::viewport::{LEAST_ZOOM, MOST_ZOOM, Viewport, around_the_world};
use crate::geo::{BoundingBox, MERCATOR_HALF_WORLD_M, MapFrame, Point};
use egui::{Pos2, Rect, Vec2};
use std::sync::Arc;

/// The finest zoom that fitting a box chooses by itself.
const MOST_FITTED_ZOOM: f64 = 18.0;
/// Seconds in which a thrown map loses most of its speed.
const GLIDE_SECONDS: f32 = 0.18;
const LEAST_SPEED: f32 = 12.0;
/// Width of the view over zoom in a flight: the figure that van Wijk and Nuij found pleasant (2003, section 5).
const RHO: f64 = 1.42;
/// Flights cover so many of their path's units a second, within these seconds.
const FLIGHT_SPEED: f64 = 6.0;
const FLIGHT_SECONDS: (f64, f64) = (0.25, 1.4);

/// The map's middle and zoom over time.
#[derive(Clone, Debug)]
pub struct Camera {
    frame: Arc<MapFrame>,
    center: Point,
    zoom: f64,
    motion: Motion,
}

#[derive(Clone, Debug)]
enum Motion {
    Still,
    /// Points of the screen a second.
    Gliding(Vec2),
    Flying {
        flight: Flight,
        since_s: f64,
        length_s: f64,
    },
    /// Towards a zoom, keeping one place where it is on the screen.
    Zooming {
        target: f64,
        anchor: Point,
    },
    /// Wait for the map's first rectangle, then show this.
    Fitting(BoundingBox),
}

impl Default for Camera {
    fn default() -> Self {
        Self { frame: Arc::default(), center: Point::new(0.0, 0.0), zoom: 2.0, motion: Motion::Still }
    }
}

impl Camera {
    /// The map as it stands now, in `rect`.
    pub fn viewport(&self, rect: Rect) -> Viewport {
        Viewport { rect, frame: Arc::clone(&self.frame), center: self.center, zoom: self.zoom }
    }

    /// What the plane shows.
    pub fn frame(&self) -> &Arc<MapFrame> {
        &self.frame
    }

    /// From now on the plane shows another frame; whatever moved stops.
    pub fn set_frame(&mut self, frame: Arc<MapFrame>) {
        self.frame = frame;
        self.motion = Motion::Still;
    }

    /// Whether it will be somewhere else in the next frame.
    pub fn is_moving(&self) -> bool {
        !matches!(self.motion, Motion::Still)
    }

    /// Stands at once at a place.
    pub fn jump(&mut self, center: Point, zoom: f64) {
        self.motion = Motion::Still;
        self.center = center;
        self.zoom = zoom;
        self.keep_inside();
        self.come_around();
    }

    /// Shows a box at the next frame, without a flight.
    pub fn fit_at_once(&mut self, bounds: BoundingBox) {
        self.motion = Motion::Fitting(bounds);
    }

    /// Flies to where a box is shown whole.
    pub fn fly_to_bounds(&mut self, rect: Rect, bounds: &BoundingBox) {
        let (center, zoom) = Viewport::fitting(rect, bounds, MOST_FITTED_ZOOM);
        self.fly_to(rect, center, zoom);
    }

    /// Flies to a place.
    pub fn fly_to(&mut self, rect: Rect, center: Point, zoom: f64) {
        // The short way, also across the antimeridian.
        let center = if self.frame.is_web_mercator() {
            Point::new(self.center.x + around_the_world(center.x - self.center.x), center.y)
        } else {
            center
        };
        let flight = Flight::new(&self.viewport(rect), center, zoom.clamp(LEAST_ZOOM, MOST_ZOOM));
        let length_s = (flight.length / FLIGHT_SPEED).clamp(FLIGHT_SECONDS.0, FLIGHT_SECONDS.1);
        self.motion = Motion::Flying { flight, since_s: 0.0, length_s };
    }

    /// Drags the world with the pointer.
    pub fn drag(&mut self, by: Vec2) {
        self.motion = Motion::Still;
        self.shift(by);
    }

    /// Lets the map glide on with a speed in points a second.
    pub fn throw(&mut self, speed: Vec2) {
        if speed.length() > 4.0 * LEAST_SPEED {
            self.motion = Motion::Gliding(speed);
        }
    }

    /// Zooms by so many levels at once, keeping the place under `about` where it is.
    pub fn zoom_about(&mut self, rect: Rect, about: Pos2, levels: f64) {
        let anchor = self.viewport(rect).plane_from_screen(about);
        self.motion = Motion::Still;
        self.set_zoom_about(anchor, self.zoom + levels);
    }

    /// Zooms smoothly by so many levels; presses in quick succession add up.
    pub fn zoom_smoothly(&mut self, rect: Rect, about: Option<Pos2>, levels: f64) {
        let from = if let Motion::Zooming { target, .. } = self.motion { target } else { self.zoom };
        let target = (from + levels).clamp(LEAST_ZOOM, MOST_ZOOM);
        let anchor = about.map_or(self.center, |at| self.viewport(rect).plane_from_screen(at));
        self.motion = Motion::Zooming { target, anchor };
    }

    /// Moves on by `seconds`.
    pub fn advance(&mut self, rect: Rect, seconds: f32) {
        match &mut self.motion {
            Motion::Still => {}
            Motion::Fitting(bounds) => {
                let (center, zoom) = Viewport::fitting(rect, bounds, MOST_FITTED_ZOOM);
                self.jump(center, zoom);
            }
            Motion::Gliding(speed) => {
                let by = *speed * seconds;
                *speed *= (-seconds / GLIDE_SECONDS).exp();
                if speed.length() < LEAST_SPEED {
                    self.motion = Motion::Still;
                }
                self.shift(by);
            }
            Motion::Zooming { target, anchor } => {
                let (target, anchor) = (*target, *anchor);
                let rest = (target - self.zoom) * f64::from((-seconds * 14.0).exp());
                let done = rest.abs() < 0.004;
                self.set_zoom_about(anchor, if done { target } else { target - rest });
                if done {
                    self.motion = Motion::Still;
                    self.come_around();
                }
            }
            Motion::Flying { flight, since_s, length_s } => {
                *since_s += f64::from(seconds);
                let part = (*since_s / *length_s).min(1.0);
                let (center, zoom) = flight.at(ease(part));
                self.center = center;
                self.zoom = zoom;
                self.keep_inside();
                if part >= 1.0 {
                    self.motion = Motion::Still;
                    self.come_around();
                }
            }
        }
    }

    fn shift(&mut self, by: Vec2) {
        let metres = Viewport::metres_per_point_at(self.zoom);
        self.center = Point::new(self.center.x - f64::from(by.x) * metres, self.center.y + f64::from(by.y) * metres);
        self.keep_inside();
        self.come_around();
    }

    fn set_zoom_about(&mut self, anchor: Point, zoom: f64) {
        let zoom = zoom.clamp(LEAST_ZOOM, MOST_ZOOM);
        let scale = (self.zoom - zoom).exp2();
        self.center =
            Point::new(anchor.x + (self.center.x - anchor.x) * scale, anchor.y + (self.center.y - anchor.y) * scale);
        self.zoom = zoom;
        self.keep_inside();
    }

    fn keep_inside(&mut self) {
        let inside = |metres: f64| {
            if metres.is_finite() { metres.clamp(-MERCATOR_HALF_WORLD_M, MERCATOR_HALF_WORLD_M) } else { 0.0 }
        };
        let goes_around = self.frame.is_web_mercator() && self.center.x.is_finite();
        self.center =
            Point::new(if goes_around { self.center.x } else { inside(self.center.x) }, inside(self.center.y));
        self.zoom = if self.zoom.is_finite() { self.zoom.clamp(LEAST_ZOOM, MOST_ZOOM) } else { LEAST_ZOOM };
    }
}

impl Camera {
    /// What was left over one edge of the world comes in over the other. Not while places that were taken from the screen before
    /// still count.
    fn come_around(&mut self) {
        if self.frame.is_web_mercator() {
            self.center.x = around_the_world(self.center.x);
        }
    }
}

fn ease(part: f64) -> f64 {
    part * part * (3.0 - 2.0 * part)
}

/// A path between two views that zooms out, travels and zooms in at an even pace: the optimal path of J. van Wijk and
/// W. Nuij, "Smooth and efficient zooming and panning" (2003), equations 8 and 9.
#[derive(Clone, Debug)]
struct Flight {
    from: Point,
    to: Point,
    from_width: f64,
    to_zoom: f64,
    metres_per_width: f64,
    distance: f64,
    r0: f64,
    length: f64,
}

impl Flight {
    fn new(from: &Viewport, to: Point, to_zoom: f64) -> Self {
        let points = f64::from(from.rect.width().max(from.rect.height()).max(1.0));
        let (w0, w1) = (from.metres_per_point() * points, Viewport::metres_per_point_at(to_zoom) * points);
        let distance = (to.x - from.center.x).hypot(to.y - from.center.y);
        let (r0, length) = if distance < w0 * 1e-6 {
            (f64::NAN, (w1 / w0).ln().abs() / RHO)
        } else {
            let bend = |w: f64, sign: f64| {
                (w1 * w1 - w0 * w0 + sign * RHO.powi(4) * distance * distance) / (2.0 * w * RHO * RHO * distance)
            };
            let r = |b: f64| (-b).asinh();
            let (r0, r1) = (r(bend(w0, 1.0)), r(bend(w1, -1.0)));
            (r0, (r1 - r0) / RHO)
        };
        Self { from: from.center, to, from_width: w0, to_zoom, metres_per_width: points, distance, r0, length }
    }

    /// Middle and zoom after a part (0 to 1) of the path.
    fn at(&self, part: f64) -> (Point, f64) {
        if part >= 1.0 || !self.length.is_finite() {
            return (self.to, self.to_zoom);
        }
        let along = part * self.length * RHO;
        let (travelled, width) = if self.r0.is_nan() {
            let to_width = Viewport::metres_per_point_at(self.to_zoom) * self.metres_per_width;
            (1.0, self.from_width * (to_width / self.from_width).powf(part))
        } else {
            let cosh = self.r0.cosh();
            let travelled =
                self.from_width / (RHO * RHO) * (cosh * (along + self.r0).tanh() - self.r0.sinh()) / self.distance;
            (travelled, self.from_width * cosh / (along + self.r0).cosh())
        };
        let place = Point::new(
            self.from.x + (self.to.x - self.from.x) * travelled,
            self.from.y + (self.to.y - self.from.y) * travelled,
        );
        let metres_per_point = width / self.metres_per_width;
        (place, (Viewport::metres_per_point_at(0.0) / metres_per_point).log2())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    const RECT: Rect = Rect { min: pos2(100.0, 50.0), max: pos2(900.0, 650.0) };

    fn settle(camera: &mut Camera) -> usize {
        for frame in 0..600 {
            if !camera.is_moving() {
                return frame;
            }
            camera.advance(RECT, 1.0 / 60.0);
        }
        panic!("still moving after ten seconds");
    }

    #[test]
    fn a_flight_ends_where_it_should_and_starts_where_it_is() {
        let mut camera = Camera::default();
        camera.jump(Point::new(-6.0e6, -2.9e6), 12.0);
        let to = Point::new(-3.9e6, -0.9e6);
        camera.fly_to(RECT, to, 14.0);
        let mut least_zoom = f64::MAX;
        let mut before = camera.viewport(RECT);
        while camera.is_moving() {
            camera.advance(RECT, 1.0 / 60.0);
            let now = camera.viewport(RECT);
            least_zoom = least_zoom.min(now.zoom);
            assert!((now.zoom - before.zoom).abs() < 1.0, "no jumps");
            before = now;
        }
        assert_eq!(camera.viewport(RECT).center, to);
        assert_eq!(camera.viewport(RECT).zoom, 14.0);
        assert!(least_zoom < 8.0, "it rises above a long way: {least_zoom}");
    }

    #[test]
    fn a_flight_to_the_same_place_only_zooms() {
        let mut camera = Camera::default();
        camera.jump(Point::new(1.0e6, 1.0e6), 5.0);
        camera.fly_to(RECT, Point::new(1.0e6, 1.0e6), 9.0);
        camera.advance(RECT, 0.1);
        let now = camera.viewport(RECT);
        assert!(now.zoom > 5.0 && now.zoom < 9.0);
        assert!((now.center.x - 1.0e6).abs() < 1e-6);
        settle(&mut camera);
        assert_eq!(camera.viewport(RECT).zoom, 9.0);
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let mut camera = Camera::default();
        camera.jump(Point::new(1.0e6, 4.0e6), 8.0);
        let at = pos2(333.0, 222.0);
        let place = camera.viewport(RECT).plane_from_screen(at);
        camera.zoom_about(RECT, at, 1.7);
        assert!((camera.viewport(RECT).screen_from_plane(place) - at).length() < 0.01);
        camera.zoom_smoothly(RECT, Some(at), -1.0);
        camera.zoom_smoothly(RECT, Some(at), -1.0);
        settle(&mut camera);
        assert!((camera.viewport(RECT).zoom - 7.7).abs() < 1e-9);
        assert!((camera.viewport(RECT).screen_from_plane(place) - at).length() < 0.01);
    }

    #[test]
    fn a_thrown_map_comes_to_rest() {
        let mut camera = Camera::default();
        camera.jump(Point::new(0.0, 0.0), 8.0);
        camera.throw(vec2(900.0, 0.0));
        assert!(settle(&mut camera) < 90);
        assert!(camera.viewport(RECT).center.x < 0.0);
    }

    #[test]
    fn the_map_goes_around_the_world_the_short_way() {
        let mut camera = Camera::default();
        let edge = MERCATOR_HALF_WORLD_M;
        camera.jump(Point::new(edge - 1e5, 0.0), 8.0);
        camera.drag(vec2(-1000.0, 0.0));
        assert!(camera.viewport(RECT).center.x < -edge / 2.0, "left over the one edge, in over the other");
        camera.jump(Point::new(edge - 1e5, 0.0), 8.0);
        camera.fly_to(RECT, Point::new(1e5 - edge, 0.0), 8.0);
        while camera.is_moving() {
            camera.advance(RECT, 1.0 / 60.0);
            assert!(camera.viewport(RECT).center.x.abs() > 0.9 * edge, "not around the whole earth");
        }
        assert!((camera.viewport(RECT).center.x - (1e5 - edge)).abs() < 1.0);
        camera.zoom_smoothly(RECT, Some(RECT.left_center()), 2.0);
        settle(&mut camera);
        assert!(camera.viewport(RECT).center.x.abs() <= edge);
    }

    #[test]
    fn the_map_cannot_be_lost() {
        let mut camera = Camera::default();
        camera.drag(vec2(1e9, -1e9));
        camera.zoom_about(RECT, RECT.center(), 1e6);
        let now = camera.viewport(RECT);
        assert!(now.center.x.abs() <= MERCATOR_HALF_WORLD_M && now.zoom <= MOST_ZOOM);
        camera.jump(Point::new(f64::NAN, 0.0), f64::NAN);
        assert!(camera.viewport(RECT).center.is_finite());
    }
}
