//! The panel as a user has it: three targets as chips.

use super::*;
use crate::targets::Verdict;
use crate::ui::table::rows_for_tests;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

struct Window {
    document: Document,
    state: ChipsState,
    commands: Vec<Command>,
}

fn harness() -> Harness<'static, Window> {
    let mut document = Document::default();
    document.targets.add("targets.csv".into(), rows_for_tests());
    let window = Window { document, state: ChipsState::default(), commands: Vec::new() };
    let draw = |ui: &mut egui::Ui, window: &mut Window| {
        chips_ui(ui, &window.document, &mut window.state, &mut window.commands);
        // What the window's frame does with a pick.
        for command in &window.commands {
            if let Command::Select { mode, targets } = command {
                window.document.select(*mode, targets);
            }
        }
    };
    let mut harness = Harness::builder()
        .with_size(vec2(900.0, 240.0))
        .with_context_setup(theme::install)
        .build_ui_state(draw, window);
    harness.run_steps(3);
    harness
}

fn clear(harness: &mut Harness<'_, Window>) {
    harness.state_mut().commands.clear();
}

fn selected(harness: &Harness<'_, Window>) -> Vec<usize> {
    harness.state().document.targets.selection().iter().map(TargetId::row).collect()
}

fn press(harness: &mut Harness<'_, Window>, key: Key) {
    clear(harness);
    harness.key_press(key);
    harness.run_steps(2);
}

#[test]
fn what_is_seen_and_missing_is_asked_for_once() {
    let mut harness = harness();
    let wanted = |harness: &Harness<'_, Window>| -> Vec<Vec<usize>> {
        let of = |command: &Command| match command {
            Command::WantChips(wanted) => Some(wanted.targets.iter().map(|id| id.row()).collect()),
            _ => None,
        };
        harness.state().commands.iter().filter_map(of).collect()
    };
    assert_eq!(wanted(&harness), [vec![1, 2, 0]], "by class, then by name");
    let generation = harness.state().state.generation;
    let key = ChipKey { generation, number: 2 };
    harness.state_mut().state.receive(key, Ok(None));
    clear(&mut harness);
    harness.run_steps(2);
    assert_eq!(wanted(&harness), [vec![1, 0]]);
    let old = ChipKey { generation: generation - 1, number: 1 };
    harness.state_mut().state.receive(old, Ok(None));
    clear(&mut harness);
    harness.run_steps(2);
    assert!(wanted(&harness).is_empty(), "a chip of an older look is no answer, and nothing is asked twice");
}

#[test]
fn arrows_walk_and_enter_flies_there() {
    let mut harness = harness();
    harness.get_by_role_and_label(Role::ListItem, "Friendship Bridge").click();
    harness.run_steps(2);
    assert_eq!(selected(&harness), [1]);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(selected(&harness), [2]);
    press(&mut harness, Key::End);
    assert_eq!(selected(&harness), [0]);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(selected(&harness), [0], "the last stays");
    press(&mut harness, Key::Enter);
    let flown =
        harness.state().commands.iter().any(|command| matches!(command, Command::FlyToTarget(id) if id.row() == 0));
    assert!(flown);
}

#[test]
fn keys_pick_as_everywhere() {
    let mut harness = harness();
    harness.get_by_role_and_label(Role::ListItem, "Itaipu").click();
    harness.run_steps(2);
    clear(&mut harness);
    harness.get_by_role_and_label(Role::ListItem, "Acaray").click_modifiers(Modifiers::SHIFT);
    harness.run_steps(2);
    assert_eq!(selected(&harness), [0, 2]);
    clear(&mut harness);
    harness.get_by_role_and_label(Role::ListItem, "Itaipu").click_modifiers(Modifiers::ALT);
    harness.run_steps(2);
    assert_eq!(selected(&harness), [0]);
}

#[test]
fn the_neighbour_is_the_next_chip() {
    let mut harness = harness();
    let id = |row| TargetId::from_row(row).unwrap();
    harness.state_mut().document.select(SelectMode::Replace, &[id(1)]);
    let window = harness.state();
    assert_eq!(window.state.neighbour(&window.document, true), Some(id(2)));
    assert_eq!(window.state.neighbour(&window.document, false), Some(id(1)));
}

#[test]
fn a_review_is_counted() {
    let mut harness = harness();
    let first = TargetId::from_row(0).unwrap();
    harness.state_mut().document.set_verdict(&[first], Some(&Verdict::Accepted));
    harness.run_steps(2);
    assert!(harness.query_all_by_label_contains("1 of 3 reviewed").next().is_some());
}
