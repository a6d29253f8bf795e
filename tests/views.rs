//! The views of targets in the window: plots, chips, table, audit and review, and that they are all linked. On the sample data.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::{CogscopeApp, WindowOptions};
use cogscope::targets::{SelectMode, TargetFilter, TargetId, Verdict, WordChoice};
use cogscope::ui::{ChipSheet, Command, PlotFile, SaveForm, SaveWish};
use common::window::{Window, app, click, until};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use std::path::Path;

/// A window on the sample data, with settings in this folder.
fn open(settings: &Path) -> Window {
    let options = WindowOptions {
        paths: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data")],
        config_folder: Some(settings.to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1280.0, 900.0]);
    until(&mut window, "images and targets are known", |app| {
        let document = app.document();
        document.imagery.catalog.images().count() == 7 && document.targets.sources().len() == 2
    });
    window
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

fn selected(window: &Window) -> Vec<usize> {
    app(window).document().targets.selection().iter().map(TargetId::row).collect()
}

/// The rows of a class.
fn of_class(window: &Window, name: &str) -> Vec<usize> {
    let set = app(window).document().targets.set().expect("targets are open");
    let class = set.class_named(name).expect("there is such a class");
    set.ids().filter(|id| set.class_of(*id) == Some(class)).map(TargetId::row).collect()
}

fn show_plots(window: &mut Window) {
    click(window, Role::Button, "Plots");
    until(window, "the plots are made", |app| {
        let plots = app.document().plots.list();
        plots.len() == 2 && plots.iter().all(|plot| plot.chart().is_some())
    });
}

#[test]
fn one_selection_shows_in_every_view_and_comes_back_by_undo() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    show_plots(&mut window);
    let dams = of_class(&window, "dam");
    let bar = format!("dam: {}", dams.len());
    window.get_by_role_and_label(Role::ListItem, &bar).click();
    window.run_steps(3);
    assert_eq!(selected(&window), dams);
    let words = format!("{} of {} selected", dams.len(), app(&window).document().targets.shown().len());
    assert!(window.query_all_by_label_contains(&words).next().is_some(), "{words}");

    click(&mut window, Role::Button, "Chips");
    let first = dams.first().and_then(|row| TargetId::from_row(*row)).expect("a dam");
    let label = {
        let set = app(&window).document().targets.set().expect("targets are open");
        set.target(first).expect("it is there").label()
    };
    window.get_by_role_and_label(Role::ListItem, &label).click_modifiers(Modifiers::COMMAND);
    window.run_steps(3);
    assert_eq!(selected(&window), dams[1..], "Ctrl takes one away");

    click(&mut window, Role::Button, "Table");
    press(&mut window, Key::Escape);
    assert!(selected(&window).is_empty());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(selected(&window), dams[1..]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(selected(&window), dams);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    window.run_steps(3);
    assert_eq!(selected(&window), dams[1..]);
}

#[test]
fn the_selection_can_be_shown_alone_and_zoomed_to() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    show_plots(&mut window);
    let dams = of_class(&window, "dam");
    window.get_by_role_and_label(Role::ListItem, &format!("dam: {}", dams.len())).click();
    window.run_steps(3);
    let before = app(&window).map_position();
    press(&mut window, Key::Z);
    until(&mut window, "the map has moved", move |app| app.map_position() != before);
    window.key_press_modifiers(Modifiers::SHIFT, Key::F);
    window.run_steps(3);
    let shown: Vec<usize> = app(&window).document().targets.shown().iter().map(|id| id.row()).collect();
    assert_eq!(shown, dams);
    until(&mut window, "the plots follow", |app| {
        let revision = app.document().targets.revision();
        app.document()
            .plots
            .list()
            .iter()
            .all(|plot| plot.made.as_ref().is_some_and(|made| made.key.revision == revision && made.chart.is_ok()))
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert!(app(&window).document().targets.shown().len() > dams.len());
}

#[test]
fn every_chip_is_cut_from_its_image() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    until(&mut window, "everything is on the screen", CogscopeApp::is_complete);
    click(&mut window, Role::Button, "Chips");
    until(&mut window, "the chips are there", CogscopeApp::is_complete);
    assert_eq!(app(&window).document().notices.as_text(), "", "nothing went wrong");
    let labels: Vec<String> = {
        let targets = &app(&window).document().targets;
        let set = targets.set().expect("targets are open");
        targets.shown().iter().filter_map(|id| set.target(*id)).map(|target| target.label()).take(200).collect()
    };
    let seen = labels.iter().filter(|label| window.query_all_by_role_and_label(Role::ListItem, label).next().is_some());
    assert!(seen.count() > 8, "a screenful of chips");
}

#[test]
fn a_review_by_keyboard_is_kept_apart_and_can_be_undone() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/targets.gpkg");
    let bytes = std::fs::read(&source).expect("the source is there");
    let mut window = open(settings.path());
    click(&mut window, Role::Button, "Chips");
    press(&mut window, Key::J);
    press(&mut window, Key::A);
    let verdicts = |window: &Window| app(window).document().review.len();
    assert_eq!(verdicts(&window), 0, "the keys are off at first");
    click(&mut window, Role::CheckBox, "Review");
    let first = app(&window).document().targets.current().expect("one is selected");
    press(&mut window, Key::X);
    let second = app(&window).document().targets.current().expect("the next one came up");
    assert_ne!(first, second);
    press(&mut window, Key::A);
    press(&mut window, Key::L);
    window.event(egui::Event::Text("barge".to_owned()));
    window.run_steps(3);
    press(&mut window, Key::Enter);
    let review = &app(&window).document().review;
    assert_eq!(review.verdict(first), Some(&Verdict::Rejected));
    assert_eq!(review.verdict(second), Some(&Verdict::Accepted));
    assert_eq!(review.len(), 3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(verdicts(&window), 2, "the other class is taken back");
    until(&mut window, "the review is saved", |app| app.is_complete());
    drop(window);
    assert_eq!(std::fs::read(&source).expect("the source is there"), bytes, "the source stays as it is");

    let mut again = open(settings.path());
    until(&mut again, "the review is read", |app| app.document().review.len() == 2);
    assert_eq!(app(&again).document().review.verdict(first), Some(&Verdict::Rejected));
}

#[test]
fn verdicts_are_columns_to_filter_by() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    let dams: Vec<TargetId> = of_class(&window, "dam").into_iter().filter_map(TargetId::from_row).collect();
    give(&mut window, Command::Select { mode: SelectMode::Replace, targets: dams[..2].to_vec() });
    give(&mut window, Command::Review(Some(Verdict::Rejected)));
    let has_column = |app: &CogscopeApp| {
        app.document().targets.set().is_some_and(|set| set.table().column_index("review verdict").is_some())
    };
    until(&mut window, "the verdicts are a column", has_column);
    let choice = WordChoice { column: "review verdict".into(), words: ["rejected".to_owned()].into() };
    give(&mut window, Command::SetFilter(TargetFilter { words: vec![choice], ..TargetFilter::default() }));
    assert_eq!(app(&window).document().targets.shown(), &dams[..2]);
    give(&mut window, Command::Undo);
    give(&mut window, Command::Undo);
    until(&mut window, "the verdict is taken back in the column too", |app| {
        let set = app.document().targets.set().expect("targets are open");
        let column = set.table().column_index("review verdict").expect("it stays");
        set.table().value(column, dams[0].row()).as_str() == Some("not reviewed")
    });
}

#[test]
fn targets_and_images_are_compared() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    click(&mut window, Role::Button, "Audit");
    click(&mut window, Role::Button, "Compare");
    until(&mut window, "they are compared", |app| app.document().audit.is_some());
    let document = app(&window).document();
    let found = &document.audit.as_ref().expect("there is an answer").found;
    assert_eq!(found.checked, document.targets.set().expect("targets are open").len());
    assert!(found.unreadable.is_empty());
}

#[test]
fn the_pixel_under_each_target_becomes_a_column() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    click(&mut window, Role::Button, "Add the pixel under each target");
    let line = window.get_by_role_and_label(Role::TextInput, "A band or a calculation");
    line.focus();
    window.run_steps(2);
    window.event(egui::Event::Text("(b3-b2)/(b3+b2)".to_owned()));
    window.run_steps(2);
    click(&mut window, Role::Button, "Add column");
    let name = "px (b3-b2)/(b3+b2)";
    until(&mut window, "the column is there", |app| {
        app.document().targets.set().is_some_and(|set| set.table().column_index(name).is_some())
    });
    let set = app(&window).document().targets.set().expect("targets are open");
    let column = set.table().column_index(name).and_then(|at| set.table().column(at)).expect("it is there");
    let values: Vec<f64> = column.values().filter_map(|value| value.as_f64()).collect();
    assert!(values.len() > set.len() / 2 && values.iter().all(|value| (-1.0..=1.0).contains(value)));
}

#[test]
fn a_query_is_plotted_and_its_rows_are_linked() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    show_plots(&mut window);
    click(&mut window, Role::ComboBox, "Rows of the plot");
    click(&mut window, Role::Button, "New query\u{2026}");
    click(&mut window, Role::Button, "Save and plot");
    until(&mut window, "the answer is plotted", |app| {
        let first = app.document().plots.list().first().and_then(|plot| plot.made.as_ref());
        first.is_some_and(|made| made.key.query.is_some() && made.chart.is_ok())
    });
    press(&mut window, Key::Escape);
    let dams = of_class(&window, "dam");
    window.get_by_role_and_label(Role::ListItem, &format!("dam: {}", dams.len())).click();
    window.run_steps(3);
    assert_eq!(selected(&window), dams);
}

/// Gives a command and waits until it has been done.
fn give(window: &mut Window, command: Command) {
    window.state_mut().as_mut().expect("the window has been drawn").give(command);
    window.run_steps(2);
    until(window, "it is done", CogscopeApp::is_complete);
}

fn save(window: &mut Window, wish: SaveWish, path: &Path) -> Vec<u8> {
    give(window, Command::SaveTo { wish: Box::new(wish), path: path.to_owned() });
    std::fs::read(path).expect("it was saved")
}

/// Width and height of a PNG file.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    let info = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("it is a PNG");
    (info.info().width, info.info().height)
}

#[test]
fn what_is_seen_is_saved() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    show_plots(&mut window);
    let (plot, x, y) = {
        let plot = app(&window).document().plots.list().get(1).expect("a scatter plot");
        let chart = plot.chart().expect("it is made");
        (plot.id, chart.x.range, chart.y.range)
    };
    let file =
        |form| SaveWish::Plot(PlotFile { plot, form, size: [640, 360], x, y, hidden: Vec::new(), is_dark: false });
    let svg = save(&mut window, file(SaveForm::Svg), &folder.path().join("plot.svg"));
    assert!(String::from_utf8(svg).expect("it is text").starts_with("<svg"));
    let picture = save(&mut window, file(SaveForm::Png), &folder.path().join("plot.png"));
    assert_eq!(png_size(&picture), (1280, 720));
    let data = save(&mut window, file(SaveForm::Csv), &folder.path().join("plot.csv"));
    assert!(String::from_utf8(data).expect("it is text").starts_with("id,name,length_m,area_ha,class\n"));

    let ids: std::sync::Arc<[TargetId]> = app(&window).document().targets.shown().iter().copied().take(10).collect();
    let rows = |form| SaveWish::Table { form, ids: ids.clone(), columns: vec![0, 2] };
    let csv = save(&mut window, rows(SaveForm::Csv), &folder.path().join("rows.csv"));
    assert_eq!(String::from_utf8(csv).expect("it is text").lines().count(), 11);
    let geojson = save(&mut window, rows(SaveForm::GeoJson), &folder.path().join("rows.geojson"));
    let parsed: serde_json::Value = serde_json::from_slice(&geojson).expect("it is JSON");
    assert_eq!(parsed["features"].as_array().map(Vec::len), Some(10));

    let sheet = ChipSheet { title: "Chips".into(), ids: ids.clone(), across_m: 2000.0, pixels: 64, is_dark: true };
    let sheet = save(&mut window, SaveWish::ContactSheet(sheet), &folder.path().join("chips.png"));
    assert_eq!(png_size(&sheet), (8 + 4 * 72, 32 + 3 * 92), "four in a row, three rows");
    // A folder that isn't there is made; a place that can't be written to is told of.
    let nowhere = folder.path().join("plot.svg/plot.svg");
    give(&mut window, Command::SaveTo { wish: Box::new(file(SaveForm::Svg)), path: nowhere });
    assert!(app(&window).document().notices.as_text().contains("Not saved"));
}

/// Opens the menu of the row of a target.
fn open_menu(window: &mut Window, row: usize) -> String {
    let label = {
        let set = app(window).document().targets.set().expect("targets are open");
        set.target(TargetId::from_row(row).expect("a row")).expect("it is there").label()
    };
    let at = window.get_by_role_and_label(Role::Row, &label).rect().center();
    for pressed in [true, false] {
        let button = egui::PointerButton::Secondary;
        window.event(egui::Event::PointerMoved(at));
        window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        window.run_steps(2);
    }
    label
}

#[test]
fn the_menu_of_a_row_is_about_that_row_or_all_that_are_selected() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    let dams = of_class(&window, "dam");
    open_menu(&mut window, dams[0]);
    assert_eq!(selected(&window), dams[..1], "the row is selected");
    click(&mut window, Role::Button, "Select all of class dam");
    assert_eq!(selected(&window), dams);
    open_menu(&mut window, dams[1]);
    assert_eq!(selected(&window), dams, "what is selected stays so");
    window.query_all_by_label_contains(&format!("Copy {} rows", dams.len())).next().expect("it is offered").click();
    window.run_steps(3);
    let notices = app(&window).document().notices.as_text();
    assert!(notices.contains(&format!("{} rows copied", dams.len())), "{notices}");
    assert!(window.query_all_by_label_contains("rows copied").next().is_some(), "it is told in the status bar");
}

#[test]
fn what_the_filter_hides_of_the_selection_is_told_and_left_alone() {
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path());
    let dams = of_class(&window, "dam");
    let ids = dams[..3].iter().filter_map(|row| TargetId::from_row(*row)).collect::<Vec<_>>();
    let text = {
        let set = app(&window).document().targets.set().expect("targets are open");
        set.target(ids[0]).and_then(|target| target.name.map(str::to_owned)).expect("it has a name")
    };
    give(&mut window, Command::Select { mode: SelectMode::Replace, targets: ids.clone() });
    let filter = TargetFilter { text, ..Default::default() };
    give(&mut window, Command::SetFilter(filter));
    let words = "1 of 1 selected, 2 more hidden by the filter";
    assert!(window.query_all_by_label_contains(words).next().is_some());
    give(&mut window, Command::Review(Some(Verdict::Rejected)));
    let review = &app(&window).document().review;
    assert_eq!((review.len(), review.verdict(ids[0])), (1, Some(&Verdict::Rejected)));
    let filter = TargetFilter { text: "no such name".into(), ..Default::default() };
    give(&mut window, Command::SetFilter(filter));
    give(&mut window, Command::Review(Some(Verdict::Rejected)));
    assert_eq!(app(&window).document().review.len(), 1);
    assert!(app(&window).document().notices.as_text().contains("hidden by the filter"));
}
