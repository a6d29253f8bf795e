//! The field for a calculation with bands. A mistake is told under the field, with a mark under the character.

use crate::render::{Expression, ExpressionError};
use crate::ui::theme;
use egui::text::CCursor;
use egui::{Stroke, TextEdit, pos2};

/// What is being typed.
#[derive(Default)]
pub struct ExpressionState {
    text: String,
    /// The expression that the text was last taken from.
    shown: Option<String>,
}

/// Draws the field. Returns the expression when it was changed into another one that makes sense.
pub fn expression_ui(
    ui: &mut egui::Ui,
    state: &mut ExpressionState,
    present: &str,
    band_names: &[&str],
) -> Option<String> {
    if state.shown.as_deref() != Some(present) {
        present.clone_into(&mut state.text);
        state.shown = Some(present.to_owned());
    }
    let error = Expression::parse(&state.text, band_names).err();
    let edit = TextEdit::singleline(&mut state.text)
        .hint_text("(b4-b3)/(b4+b3)")
        .desired_width(f32::INFINITY)
        .text_color_opt(error.as_ref().map(|_| theme::palette(ui).error));
    let output = edit.show(ui);
    let response = output.response.response.clone();
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Expression"));
    let changed = response.changed();
    response
        .on_hover_text(format!("Bands b1 to b{} or by name; + \u{2212} * / ^ and brackets", band_names.len().max(1)));
    if let Some(error) = &error {
        error_ui(ui, error, &output);
    }
    if !changed {
        return None;
    }
    Expression::parse(&state.text, band_names).ok()?;
    state.shown = Some(state.text.clone());
    (state.text != present).then(|| state.text.clone())
}

fn error_ui(ui: &mut egui::Ui, error: &ExpressionError, output: &egui::text_edit::TextEditOutput) {
    let color = theme::palette(ui).error;
    let at = output.galley.pos_from_cursor(CCursor::new(error.position));
    let next = output.galley.pos_from_cursor(CCursor::new(error.position.saturating_add(1)));
    let offset = output.galley_pos.to_vec2();
    let (left, bottom) = (at.left() + offset.x, at.bottom() + offset.y);
    let right = (next.left() + offset.x).max(left + 6.0);
    let painter = ui.painter().with_clip_rect(output.text_clip_rect.expand(2.0));
    painter.line_segment([pos2(left, bottom), pos2(right, bottom)], Stroke::new(2.0, color));
    let text = format!("{} (character {})", error.problem, error.position.saturating_add(1));
    ui.label(theme::note(ui, text).color(color));
}
