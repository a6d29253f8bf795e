//! The keys of the window, read once a frame before any panel: chords always, plain keys only while nobody types.

use crate::ui::Command;
use crate::ui::keys::{BINDINGS, When};
use egui::{Context, Event, Key, Modifiers};

/// Frames from a chord that opens a text field until that has the focus.
const FRAMES_UNTIL_FOCUS: u8 = 2;

/// What the keyboard remembers from frame to frame.
#[derive(Default)]
pub struct Keys {
    /// Keys and texts that came before the field was there which they were meant for.
    held: Vec<Event>,
    frames_to_hold: u8,
    was_typing: bool,
}

impl Keys {
    /// Turns this frame's keys into commands, and takes them from the input.
    pub fn read(&mut self, ctx: &Context, is_reviewing: bool, commands: &mut Vec<Command>) {
        if self.frames_to_hold > 0 {
            self.frames_to_hold -= 1;
            self.hold(ctx);
            ctx.request_repaint();
            return;
        }
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            ctx.input_mut(|input| drop(input.events.splice(0..0, held)));
        }
        let before = commands.len();
        take(ctx, When::Always, commands);
        let opens_a_field = |command: &Command| {
            matches!(
                command,
                Command::TogglePalette | Command::FocusGoTo | Command::FocusTargetFilter | Command::AskForPath
            )
        };
        if commands.iter().skip(before).any(opens_a_field) {
            self.frames_to_hold = FRAMES_UNTIL_FOCUS;
            self.hold(ctx);
            return;
        }
        let is_typing = ctx.text_edit_focused();
        let was_typing = std::mem::replace(&mut self.was_typing, is_typing);
        // Escape leaves a text or closes a menu, and means nothing more then.
        if (was_typing || egui::Popup::is_any_open(ctx))
            && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
        {
            commands.push(Command::LeaveForm);
        }
        if is_typing {
            return;
        }
        take(ctx, When::OutsideTexts, commands);
        // Behind a dialog nothing moves.
        if ctx.memory(|memory| memory.top_modal_layer().is_none()) {
            if is_reviewing {
                take(ctx, When::Reviewing, commands);
            }
            take(ctx, When::OnMap, commands);
        }
    }

    fn hold(&mut self, ctx: &Context) {
        let is_key = |event: &Event| matches!(event, Event::Key { .. } | Event::Text(_) | Event::Paste(_));
        ctx.input_mut(|input| self.held.extend(input.events.extract_if(.., |event| is_key(event))));
    }
}

/// Takes the keys out of the input that mean something now.
fn take(ctx: &Context, when: When, commands: &mut Vec<Command>) {
    // A widget with the focus has its own use for arrows and the space bar.
    let widget_has_focus = ctx.memory(|memory| memory.focused().is_some());
    let is_of_widget = |key: Key| widget_has_focus && matches!(key, Key::ArrowDown | Key::ArrowUp | Key::Space);
    ctx.input_mut(|input| {
        for binding in BINDINGS.iter().filter(|binding| binding.when == when) {
            let key = binding.chord.logical_key;
            if when == When::OnMap && is_of_widget(key) {
                continue;
            }
            if input.consume_shortcut(&binding.chord) {
                commands.push(binding.command.clone());
            }
        }
    });
}
