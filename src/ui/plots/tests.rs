//! The panel as a user has it: three targets, of which two are dams, in a bar chart and a scatter plot.

use super::*;
use crate::document::{PlotData, PlotKey, PlotSettings};
use crate::report::chart::{ChartKind, ChartSpec, chart};
use crate::targets::{SelectMode, TargetId};
use crate::ui::table::rows_for_tests;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

struct Window {
    document: Document,
    state: PlotsState,
    commands: Vec<Command>,
}

fn spec(kind: ChartKind, x: &str, y: &str) -> ChartSpec {
    ChartSpec { kind, x: x.into(), y: y.into(), color: "class".into(), ..ChartSpec::default() }
}

/// Makes the charts that the window's jobs would make.
fn make(document: &mut Document) {
    let set = Arc::clone(document.targets.set().unwrap());
    let rows: Vec<u32> = document.targets.shown().iter().map(|id| u32::try_from(id.row()).unwrap()).collect();
    let plots: Vec<_> = document.plots.list().iter().map(|plot| (plot.id, plot.settings.clone())).collect();
    for (id, settings) in plots {
        let key = PlotKey { settings, revision: document.targets.revision(), query: None, colors: 0 };
        let made = chart(set.table(), &rows, &key.settings.spec, &document.targets.colors_by_name());
        document.plots.begin(id, key.clone());
        let made = made.map(Arc::new).map_err(|error| error.to_string());
        document.plots.finish(id, key, Arc::clone(&set), (Some(PlotData::of_set(&set)), made));
    }
}

fn harness(specs: &[ChartSpec]) -> Harness<'static, Window> {
    let mut document = Document::default();
    document.targets.add("targets.csv".into(), rows_for_tests());
    document.targets.recolor(&crate::targets::ColorOverrides::new());
    for spec in specs {
        document.plots.add(PlotSettings { spec: spec.clone(), ..PlotSettings::default() });
    }
    make(&mut document);
    let window = Window { document, state: PlotsState::default(), commands: Vec::new() };
    let draw = |ui: &mut egui::Ui, window: &mut Window| {
        plots_ui(ui, &window.document, &mut window.state, &mut window.commands);
    };
    let mut harness = Harness::builder()
        .with_size(vec2(900.0, 300.0))
        .with_context_setup(theme::install)
        .build_ui_state(draw, window);
    harness.run_steps(3);
    harness.state_mut().commands.clear();
    harness
}

fn picks(harness: &Harness<'_, Window>) -> Vec<(SelectMode, Vec<usize>)> {
    let of = |command: &Command| match command {
        Command::Select { mode, targets } => Some((*mode, targets.iter().map(|id| id.row()).collect())),
        _ => None,
    };
    harness.state().commands.iter().filter_map(of).collect()
}

fn drag(harness: &mut Harness<'_, Window>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    draw(harness, &[from, from + (to - from) * 0.5, to], modifiers);
}

/// Draws along a line with the button held.
fn draw(harness: &mut Harness<'_, Window>, line: &[Pos2], modifiers: Modifiers) {
    let [from, .., to] = *line else { return };
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    harness.event_modifiers(Event::PointerMoved(from), modifiers);
    harness.step();
    harness.event_modifiers(button(from, true), modifiers);
    harness.step();
    for at in line.iter().skip(1) {
        harness.event_modifiers(Event::PointerMoved(*at), modifiers);
        harness.step();
    }
    harness.event_modifiers(button(to, false), modifiers);
    harness.run_steps(2);
}

fn plot_rect(harness: &Harness<'_, Window>, title: &str) -> Rect {
    harness.get_by_role_and_label(Role::Image, &format!("Plot: {title}")).rect()
}

#[test]
fn a_click_on_a_bar_selects_its_targets_and_shift_adds() {
    let mut harness = harness(&[spec(ChartKind::Bar, "class", "")]);
    harness.get_by_role_and_label(Role::ListItem, "dam: 2").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::ListItem, "bridge: 1").click_modifiers(Modifiers::SHIFT);
    harness.run_steps(2);
    assert_eq!(picks(&harness), [(SelectMode::Replace, vec![0, 2]), (SelectMode::Add, vec![1])]);
}

#[test]
fn only_very_many_points_are_asked_to_be_counted() {
    for kind in [ChartKind::Bar, ChartKind::Histogram, ChartKind::Scatter] {
        let (x, y) = if kind == ChartKind::Bar { ("class", "") } else { ("longitude", "latitude") };
        let mut harness = harness(&[spec(kind, x, y)]);
        // Whatever was asked for at first did not come.
        harness.state_mut().state.forget_asked();
        harness.run_steps(5);
        let asks = |command: &Command| matches!(command, Command::WantDensity(_));
        assert!(!harness.state().commands.iter().any(asks), "{kind:?}");
    }
}

#[test]
fn a_box_in_a_scatter_plot_selects_what_is_inside() {
    let mut harness = harness(&[spec(ChartKind::Scatter, "longitude", "latitude")]);
    let rect = plot_rect(&harness, "latitude by longitude");
    // Itaipu lies in the north-east, the bridge in the south.
    drag(&mut harness, rect.center_top() + vec2(20.0, 4.0), rect.right_center() - vec2(4.0, 20.0), Modifiers::NONE);
    assert_eq!(picks(&harness), [(SelectMode::Replace, vec![0])]);
    harness.state_mut().commands.clear();
    drag(&mut harness, rect.left_top() + vec2(2.0, 2.0), rect.right_bottom() - vec2(2.0, 2.0), Modifiers::ALT);
    assert_eq!(picks(&harness), [(SelectMode::Intersect, vec![0, 1, 2])]);
}

#[test]
fn a_lasso_in_a_scatter_plot_selects_what_it_goes_around() {
    let mut harness = harness(&[spec(ChartKind::Scatter, "longitude", "latitude")]);
    harness.state_mut().state.tool = Tool::Lasso;
    harness.run_steps(2);
    let rect = plot_rect(&harness, "latitude by longitude");
    // Around the north-east, and then, with Alt, around more.
    let north_east = [
        rect.center_top() + vec2(20.0, 4.0),
        rect.right_top() + vec2(-4.0, 4.0),
        rect.right_center() - vec2(4.0, 20.0),
    ];
    draw(&mut harness, &north_east, Modifiers::NONE);
    assert_eq!(picks(&harness), [(SelectMode::Replace, vec![0])]);
    harness.state_mut().commands.clear();
    let (from, to) = (rect.left_top() + vec2(2.0, 2.0), rect.right_bottom() - vec2(2.0, 2.0));
    draw(&mut harness, &[from, pos2(to.x, from.y), to, pos2(from.x, to.y)], Modifiers::ALT);
    assert_eq!(picks(&harness), [(SelectMode::Intersect, vec![0, 1, 2])]);
}

#[test]
fn a_box_around_nothing_selects_nothing_unless_it_adds() {
    let mut harness = harness(&[spec(ChartKind::Scatter, "longitude", "latitude")]);
    let rect = plot_rect(&harness, "latitude by longitude");
    let (from, to) = (rect.center() + vec2(-8.0, -50.0), rect.center() + vec2(8.0, -40.0));
    drag(&mut harness, from, to, Modifiers::SHIFT);
    assert!(picks(&harness).is_empty());
    drag(&mut harness, from, to, Modifiers::NONE);
    assert_eq!(picks(&harness), [(SelectMode::Replace, vec![])]);
}

#[test]
fn a_group_that_is_switched_off_is_not_picked() {
    let mut harness = harness(&[spec(ChartKind::Scatter, "longitude", "latitude")]);
    harness.get_by_role_and_label(Role::CheckBox, "Show dam").click();
    harness.run_steps(2);
    let rect = plot_rect(&harness, "latitude by longitude");
    drag(&mut harness, rect.left_top() + vec2(2.0, 2.0), rect.right_bottom() - vec2(2.0, 2.0), Modifiers::NONE);
    assert_eq!(picks(&harness), [(SelectMode::Replace, vec![1])]);
}

#[test]
fn what_is_selected_elsewhere_is_marked_in_every_plot() {
    let mut harness = harness(&[spec(ChartKind::Bar, "class", ""), spec(ChartKind::Scatter, "longitude", "latitude")]);
    harness.state_mut().document.targets.select(SelectMode::Replace, &[TargetId::from_row(2).unwrap()]);
    harness.run_steps(2);
    let window = harness.state();
    let ids: Vec<PlotId> = window.document.plots.list().iter().map(|plot| plot.id).collect();
    let bars = &window.state.views[&ids[0]];
    assert_eq!([0, 1].map(|bar| bars.selected_share(bar)), [0.5, 0.0], "one of two dams, no bridge");
    let points = &window.state.views[&ids[1]];
    assert_eq!([0, 1, 2].map(|place| points.is_point_selected(place)), [false, false, true]);
}

#[test]
fn another_kind_of_plot_is_a_click_away() {
    let mut harness = harness(&[spec(ChartKind::Bar, "class", "")]);
    harness.get_by_role_and_label(Role::RadioButton, "Histogram").click();
    harness.run_steps(2);
    let set = harness.state().commands.iter().find_map(|command| match command {
        Command::SetPlot { settings, .. } => Some(settings.spec.clone()),
        _ => None,
    });
    let spec = set.expect("the plot is changed");
    assert_eq!((spec.kind, spec.x.as_str()), (ChartKind::Histogram, "length_m"));
}

#[test]
fn a_wish_that_makes_no_chart_says_why() {
    let harness = harness(&[spec(ChartKind::Scatter, "speed", "length_m")]);
    assert!(harness.query_all_by_label_contains("there is no column \"speed\"").next().is_some());
}

#[test]
fn only_a_panel_that_is_seen_asks_for_charts() {
    let mut harness = harness(&[]);
    assert!(harness.state_mut().state.take_seen());
    assert!(!harness.state_mut().state.take_seen());
    assert!(harness.query_all_by_label_contains("Add one with the button").next().is_some());
}
