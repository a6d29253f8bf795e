//! What the hand does to the map: drag and throw, wheel and pinch about the pointer, double click, box zoom with Shift,
//! arrow keys while the map has the focus.

use super::camera::Camera;
use crate::geo::BoundingBox;
use egui::{
    Color32, CursorIcon, EventFilter, Key, PointerButton, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2, vec2,
};

/// Points of the wheel that make one zoom level.
const WHEEL_POINTS_A_LEVEL: f64 = 100.0;
/// Points a second that an arrow key moves the map.
const ARROW_SPEED: f32 = 900.0;
/// A box smaller than this was a slip of the hand.
const LEAST_BOX_POINTS: f32 = 8.0;

/// Where a box began, and what came of it.
#[derive(Default)]
pub struct BoxZoom {
    start: Option<Pos2>,
    /// It selects what is inside instead of zooming to it.
    selects: bool,
    /// A box (EPSG:3857) whose targets are to be selected.
    pub selected: Option<BoundingBox>,
}

/// Moves the camera by this frame's input; true when it did.
pub fn handle(ui: &Ui, response: &Response, camera: &mut Camera, box_zoom: &mut BoxZoom) -> bool {
    let rect = response.rect;
    let zoomed = wheel(ui, response, camera);
    if response.drag_started() {
        response.request_focus();
    }
    if response.double_clicked() {
        camera.zoom_smoothly(rect, response.interact_pointer_pos(), 1.0);
    }
    let (shift, ctrl) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
    if response.drag_started_by(PointerButton::Primary) && (shift || ctrl) {
        box_zoom.selects = ctrl;
        box_zoom.start = ui.input(|i| i.pointer.press_origin());
    }
    if box_zoom.start.is_some() {
        drag_box(ui, response, camera, box_zoom);
    } else if response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle) {
        camera.drag(response.drag_delta());
        ui.set_cursor_icon(CursorIcon::Grabbing);
    } else if response.drag_stopped() {
        camera.throw(ui.input(|i| i.pointer.velocity()));
    } else if shift && response.hovered() {
        ui.set_cursor_icon(CursorIcon::Crosshair);
    }
    let panned = response.has_focus() && arrow_keys(ui, response, camera);
    zoomed || panned || response.dragged() || response.double_clicked()
}

fn wheel(ui: &Ui, response: &Response, camera: &mut Camera) -> bool {
    let Some(pointer) = response.hover_pos() else { return false };
    let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta(), f64::from(i.zoom_delta())));
    let levels = f64::from(scroll.y) / WHEEL_POINTS_A_LEVEL + pinch.log2();
    let zooms = levels != 0.0 && levels.is_finite();
    if zooms {
        camera.zoom_about(response.rect, pointer, levels);
    }
    zooms
}

fn drag_box(ui: &Ui, response: &Response, camera: &mut Camera, box_zoom: &mut BoxZoom) {
    let (Some(start), Some(now)) = (box_zoom.start, ui.input(|i| i.pointer.latest_pos())) else { return };
    let drawn = Rect::from_two_pos(start, now).intersect(response.rect);
    if response.drag_stopped() {
        box_zoom.start = None;
        let viewport = camera.viewport(response.rect);
        let (north_west, south_east) = (drawn.left_top(), drawn.right_bottom());
        let (a, b) = (viewport.plane_from_screen(north_west), viewport.plane_from_screen(south_east));
        if drawn.size().min_elem() >= LEAST_BOX_POINTS
            && let Some(bounds) = BoundingBox::new(a.x, b.y, b.x, a.y)
        {
            if box_zoom.selects {
                box_zoom.selected = Some(bounds);
            } else {
                camera.fly_to_bounds(response.rect, &bounds);
            }
        }
        return;
    }
    ui.set_cursor_icon(CursorIcon::Crosshair);
}

/// Draws the box that is being drawn.
pub fn paint_box(ui: &Ui, rect: Rect, box_zoom: &BoxZoom) {
    let (Some(start), Some(now)) = (box_zoom.start, ui.input(|i| i.pointer.latest_pos())) else { return };
    let drawn = Rect::from_two_pos(start, now).intersect(rect);
    let color = ui.visuals().hyperlink_color;
    ui.painter().rect(drawn, 0.0, color.gamma_multiply(0.15), Stroke::new(1.0, color), StrokeKind::Inside);
}

fn arrow_keys(ui: &Ui, response: &Response, camera: &mut Camera) -> bool {
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let (by, seconds) = ui.input(|i| {
        let pull = |key: Key, by: Vec2| if i.key_down(key) { by } else { Vec2::ZERO };
        let by = pull(Key::ArrowLeft, vec2(1.0, 0.0))
            + pull(Key::ArrowRight, vec2(-1.0, 0.0))
            + pull(Key::ArrowUp, vec2(0.0, 1.0))
            + pull(Key::ArrowDown, vec2(0.0, -1.0));
        (by, i.stable_dt.min(0.1))
    });
    if by != Vec2::ZERO {
        camera.drag(by * ARROW_SPEED * seconds);
        ui.request_repaint();
    }
    by != Vec2::ZERO
}

/// Shows that keys go to the map, and where its middle is.
pub fn focus_ring(ui: &Ui, response: &Response, color: Color32) {
    const CROSS: f32 = 8.0;
    if !response.has_focus() {
        return;
    }
    let (painter, middle) = (ui.painter(), response.rect.center());
    painter.rect_stroke(response.rect.shrink(1.0), 0.0, Stroke::new(2.0, color), StrokeKind::Inside);
    for (width, color) in [(3.0, Color32::from_black_alpha(110)), (1.0, Color32::WHITE)] {
        for arm in [vec2(CROSS, 0.0), vec2(0.0, CROSS)] {
            painter.line_segment([middle - arm, middle + arm], Stroke::new(width, color));
        }
    }
}
