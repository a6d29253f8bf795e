//! The keys of the window, read once a frame before any panel: chords always, plain keys only while nobody types.

use crate::targets::Verdict;
use crate::ui::Command;
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

const CHORDS: &[(KeyboardShortcut, Command)] = &[
    (KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O), Command::AskForFiles),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::O), Command::AskForFolder),
    (KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S), Command::AskToSaveProject),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::S), Command::SaveProject),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::K), Command::TogglePalette),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::G), Command::FocusGoTo),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::F), Command::FocusTargetFilter),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::Q), Command::Quit),
    (KeyboardShortcut::new(Modifiers::NONE, Key::F5), Command::ReadAgain(None)),
    (KeyboardShortcut::new(Modifiers::NONE, Key::F11), Command::ToggleFullScreen),
    (KeyboardShortcut::new(Modifiers::NONE, Key::F1), Command::ToggleHelp),
];

/// Of these, a text that is being edited has its own.
const CHORDS_OUTSIDE_TEXTS: &[(KeyboardShortcut, Command)] = &[
    (KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z), Command::Redo),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::Z), Command::Undo),
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::Y), Command::Redo),
    (KeyboardShortcut::new(Modifiers::SHIFT, Key::F), Command::FilterToSelection),
];

/// While the review is on.
const REVIEW: &[(Key, Command)] = &[
    (Key::A, Command::Review(Some(Verdict::Accepted))),
    (Key::X, Command::Review(Some(Verdict::Rejected))),
    (Key::L, Command::AskRelabel),
    (Key::U, Command::Review(None)),
];

const PLAIN: &[(Key, Command)] = &[
    (Key::F, Command::FitAll),
    (Key::Plus, Command::ZoomBy(1.0)),
    (Key::Equals, Command::ZoomBy(1.0)),
    (Key::Minus, Command::ZoomBy(-1.0)),
    (Key::Z, Command::ZoomToSelection),
    (Key::J, Command::StepTarget { forward: true }),
    (Key::K, Command::StepTarget { forward: false }),
    (Key::ArrowDown, Command::StepTarget { forward: true }),
    (Key::ArrowUp, Command::StepTarget { forward: false }),
    (Key::Space, Command::ToggleChosen),
    (Key::S, Command::StretchToView),
    (Key::Num1, Command::ApplyPreset(0)),
    (Key::Num2, Command::ApplyPreset(1)),
    (Key::Num3, Command::ApplyPreset(2)),
    (Key::Num4, Command::ApplyPreset(3)),
    (Key::Num5, Command::ApplyPreset(4)),
    (Key::Num6, Command::ApplyPreset(5)),
    (Key::Num7, Command::ApplyPreset(6)),
    (Key::Num8, Command::ApplyPreset(7)),
    (Key::Num9, Command::ApplyPreset(8)),
    (Key::Escape, Command::Clear),
];

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
        take_chords(ctx, CHORDS, commands);
        let opens_a_field = |command: &Command| {
            matches!(command, Command::TogglePalette | Command::FocusGoTo | Command::FocusTargetFilter)
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
        if !is_typing {
            take_chords(ctx, CHORDS_OUTSIDE_TEXTS, commands);
            take_plain(ctx, is_reviewing, commands);
        }
    }

    fn hold(&mut self, ctx: &Context) {
        let is_key = |event: &Event| matches!(event, Event::Key { .. } | Event::Text(_) | Event::Paste(_));
        ctx.input_mut(|input| self.held.extend(input.events.extract_if(.., |event| is_key(event))));
    }
}

fn take_chords(ctx: &Context, chords: &[(KeyboardShortcut, Command)], commands: &mut Vec<Command>) {
    ctx.input_mut(|input| {
        for (chord, command) in chords {
            if input.consume_shortcut(chord) {
                commands.push(command.clone());
            }
        }
    });
}

fn take_plain(ctx: &Context, is_reviewing: bool, commands: &mut Vec<Command>) {
    ctx.input_mut(|input| {
        for (key, command) in REVIEW {
            if is_reviewing && input.consume_key(Modifiers::NONE, *key) {
                commands.push(command.clone());
            }
        }
    });
    // A widget with the focus has its own use for arrows and the space bar.
    let widget_has_focus = ctx.memory(|memory| memory.focused().is_some());
    ctx.input_mut(|input| {
        for (key, command) in PLAIN {
            if widget_has_focus && matches!(key, Key::ArrowDown | Key::ArrowUp | Key::Space) {
                continue;
            }
            if input.consume_key(Modifiers::NONE, *key) {
                commands.push(command.clone());
            }
        }
    });
}
