//! What a screen reader and a keyboard find in the window: every control has a name, and Tab comes to each of them.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::WindowOptions;
use cogscope::library::Order;
use cogscope::ui::{Command, HelpPage, Pane};
use common::window::{Window, app, until};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{By, NodeT, Queryable};
use std::collections::BTreeSet;
use std::path::Path;

const ROLES: [Role; 14] = [
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::Slider,
    Role::SpinButton,
    Role::TextInput,
    Role::MultilineTextInput,
    Role::SearchInput,
    Role::ComboBox,
    Role::Link,
    Role::Tab,
    Role::TreeItem,
    Role::MenuItem,
    Role::ColorWell,
];

fn open_sample() -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let options = WindowOptions {
        paths: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data")],
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1600.0, 1000.0]);
    until(&mut window, "images and targets are known", |app| {
        let document = app.document();
        document.imagery.catalog.images().count() == 7 && document.targets.sources().len() == 2 && app.is_complete()
    });
    (window, settings)
}

fn give(window: &mut Window, command: Command) {
    window.state_mut().as_mut().expect("the window has been drawn").give(command);
    window.run_steps(8);
}

/// What can be operated and is not switched off: its kind, its name, where it is.
fn controls(window: &Window) -> Vec<(Role, String, egui::Rect)> {
    let is_control = By::new().predicate(|node| ROLES.contains(&node.role()) && !node.is_disabled());
    let of = |node: egui_kittest::Node<'_>| {
        let inner = node.accesskit_node();
        (inner.role(), inner.label().unwrap_or_default(), node.rect())
    };
    window.query_all(is_control).map(of).collect()
}

/// The stages at which the window is looked at: each panel, each dialog.
fn stages() -> Vec<(&'static str, Vec<Command>)> {
    let panes = Pane::ALL.map(|pane| (pane.title(), vec![Command::ShowPane(pane)]));
    let mut stages = panes.to_vec();
    stages.push(("a plot more", vec![Command::ShowPane(Pane::Plots), Command::AddPlot]));
    stages.push(("the audit's answer", vec![Command::ShowPane(Pane::Audit), Command::Audit]));
    stages.push(("reviewing", vec![Command::ShowPane(Pane::Chips), Command::SetReviewing(true)]));
    stages.push(("the palette", vec![Command::TogglePalette]));
    stages.push(("the notices", vec![Command::ToggleNotices]));
    stages.push(("the dialog to connect", vec![Command::OpenConnect]));
    stages.push(("the form for a path", vec![Command::AskForPath]));
    stages.push(("sorted by hand", vec![Command::ShowPane(Pane::Library), Command::SetOrder(Order::Manual)]));
    for page in HelpPage::all() {
        stages.push(("help", vec![Command::ShowHelp(page)]));
    }
    stages
}

#[test]
fn every_control_has_a_name() {
    let (mut window, _settings) = open_sample();
    let mut nameless = BTreeSet::new();
    let mut seen = 0;
    for (stage, commands) in stages() {
        give(&mut window, Command::Clear);
        commands.into_iter().for_each(|command| give(&mut window, command));
        until(&mut window, "it is drawn", |app| app.is_complete());
        for (role, label, rect) in controls(&window) {
            seen += 1;
            if !label.chars().any(char::is_alphanumeric) {
                nameless.insert(format!("{stage}: {role:?} at {:.0}, {:.0}", rect.center().x, rect.center().y));
            }
        }
    }
    assert!(seen > 500, "only {seen} controls were found");
    assert!(nameless.is_empty(), "{nameless:#?}");
}

/// The name of what has the focus.
fn focused(window: &Window) -> Option<(Role, String, egui::Rect)> {
    let node = window.query_all(By::new().predicate(|node| node.is_focused())).last()?;
    let inner = node.accesskit_node();
    Some((inner.role(), inner.label().unwrap_or_default(), node.rect()))
}

#[test]
fn tab_comes_to_every_control_and_goes_on() {
    let (mut window, _settings) = open_sample();
    for pane in Pane::ALL {
        give(&mut window, Command::Clear);
        give(&mut window, Command::ShowPane(pane));
        until(&mut window, "it is drawn", |app| app.is_complete());
        let name = |(role, label, _): &(Role, String, egui::Rect)| format!("{role:?} `{label}`");
        let all: BTreeSet<String> = controls(&window).iter().map(name).collect();
        let mut reached = BTreeSet::new();
        // Once round, and a half more for what scrolls into sight.
        for _ in 0..all.len() * 3 / 2 + 40 {
            window.key_press(Key::Tab);
            window.run_steps(1);
            reached.extend(focused(&window).as_ref().map(name));
        }
        let missed: Vec<&String> = all.difference(&reached).collect();
        assert!(missed.is_empty(), "{}: Tab did not come to {missed:#?}", pane.title());
    }
    // And back.
    window.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    window.run_steps(1);
    assert!(focused(&window).is_some());
    assert!(app(&window).document().notices.as_text().is_empty());
}
