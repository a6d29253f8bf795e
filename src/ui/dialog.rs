//! What dialogs have in common: they stand in the middle, fit the window whatever its scale, keep the focus to themselves, and say
//! whether Enter was pressed for their main button.

use super::theme;
use egui::{Align2, Context, Key, Vec2, Window, vec2};

/// Room between a dialog and the edge of the window, in points.
const MARGIN: f32 = 12.0;
/// What a title and the frame of a dialog take, in points.
const TITLE: f32 = 56.0;

/// A size for what is inside a dialog, at most what the window has room for.
pub fn fitting(ctx: &Context, wanted: Vec2) -> Vec2 {
    let room = ctx.content_rect().size() - vec2(2.0 * (MARGIN + theme::GRID * 3.0), 2.0 * MARGIN + TITLE);
    wanted.min(room.max(vec2(200.0, 120.0)))
}

/// Draws a dialog over everything else; nothing behind it takes keys or clicks until it is closed by its cross or by Escape. What does
/// not fit is scrolled. `add` gets whether Enter was pressed in a field of it.
pub fn dialog_ui(ctx: &Context, title: &str, width: f32, open: &mut bool, add: impl FnOnce(&mut egui::Ui, bool)) {
    let size = fitting(ctx, vec2(width, f32::INFINITY));
    let shown = Window::new(title)
        .open(open)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .order(egui::Order::Foreground)
        .collapsible(false)
        .resizable(false)
        .show(ctx, |ui| {
            // Enter in a text field takes the focus from it; on a button it is the button's own.
            let was_typing = ui.ctx().text_edit_focused();
            let has_entered = was_typing && ui.input(|input| input.key_pressed(Key::Enter));
            egui::ScrollArea::vertical().max_height(size.y).auto_shrink([false, true]).show(ui, |ui| {
                ui.set_width(size.x);
                add(ui, has_entered);
            });
        });
    if let Some(shown) = shown {
        ctx.memory_mut(|memory| memory.set_modal_layer(shown.response.layer_id));
    }
}
