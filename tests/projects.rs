//! Projects and sessions in the window: everything that was set comes back, with a file that was saved by hand and without.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use cogscope::app::{CogscopeApp, WindowOptions};
use cogscope::document::{
    MapPosition, PlotSettings, Project, SavedQuery, SavedTemplate, StyleScope, TableSettings, save_project,
};
use cogscope::geo::LonLat;
use cogscope::library::{Entry, EntryId, ListPlace, Order};
use cogscope::render::{Stretch, Style};
use cogscope::report::chart::{ChartKind, ChartSpec};
use cogscope::targets::{ClassColor, TargetFilter};
use cogscope::ui::Command;
use common::window::{Window, app, click, until};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use std::fs;
use std::path::{Path, PathBuf};

fn open(settings: &Path, paths: &[PathBuf]) -> Window {
    let options =
        WindowOptions { paths: paths.to_vec(), config_folder: Some(settings.to_owned()), ..WindowOptions::default() };
    common::window::window(options, [1280.0, 800.0])
}

/// A folder with a copy of the sample data.
fn sample_copy() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let images = folder.path().join("images");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"), &images);
    (folder, images)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("made");
    for entry in fs::read_dir(from).expect("it is there").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("copied");
        }
    }
}

fn until_loaded(window: &mut Window) {
    until(window, "images and targets are known", |app| {
        let document = app.document();
        document.imagery.catalog.images().count() == 7 && document.targets.sources().len() == 2
    });
    until(window, "everything is on the screen", CogscopeApp::is_complete);
}

fn give(window: &mut Window, commands: Vec<Command>) {
    for command in commands {
        window.state_mut().as_mut().expect("the window has been drawn").give(command);
        window.run_steps(2);
    }
}

/// Changes everything that a project keeps.
fn set_everything(window: &mut Window) {
    let catalog = &app(window).document().imagery.catalog;
    let entry = |name: &str| {
        let found = catalog.entries().iter().find(|id| catalog.entry(**id).is_some_and(|entry| entry.name() == name));
        *found.expect("it is in the sample data")
    };
    let (landsat, other, olinda) =
        (entry("LC08_224077_20200518"), entry("LC08_224078_20200518"), entry("LE07_olinda_6band"));
    let kind = catalog.kind(landsat).expect("it has one").clone();
    let of_kind = Style { gamma: 1.5, ..Style::rgb([0, 1, 2]) };
    let own = Style { stretch: Stretch::Manual(vec![(10.0, 90.0)]), opacity: 0.5, ..Style::single(3) };
    let style = |scope, style| Command::SetStyle { scope, style: Box::new(style) };
    let chart =
        ChartSpec { kind: ChartKind::Bar, x: "class".to_owned(), title: "Mine".to_owned(), ..ChartSpec::default() };
    let position = LonLat::new(-54.5, -25.5).expect("it is on the earth");
    give(
        window,
        vec![
            style(StyleScope::Kind(kind), of_kind),
            style(StyleScope::Entry(olinda), own),
            Command::SetHidden { entry: other, hidden: true },
            Command::SetOrder(Order::Name),
            Command::SetFilter(TargetFilter { text: "a".to_owned(), ..TargetFilter::default() }),
            Command::ChooseTargets(1),
            Command::SetBeside { source: 0, is_beside: true },
            Command::SetClassColor { class: "dam".to_owned(), color: ClassColor { red: 1, green: 2, blue: 3 } },
            Command::SaveQuery(SavedQuery { name: "mine".to_owned(), sql: "SELECT 1 AS one".to_owned() }),
            Command::AddPlot,
            Command::Pin { position, keep_others: true },
            Command::FlyTo(MapPosition { lon_deg: -54.25, lat_deg: -25.5, zoom: 9.5 }),
        ],
    );
    let plot = app(window).document().plots.list().last().expect("one was added").id;
    let settings = Box::new(PlotSettings { spec: chart, query: String::new() });
    give(window, vec![Command::SetPlot { plot, settings }]);
    until(window, "the map stands", CogscopeApp::is_complete);
}

/// Whether what the window shows is what was set.
fn assert_everything(window: &Window, before: &Project) {
    let document = app(window).document();
    let project = app(window).project();
    assert_eq!(project.content(), before.content());
    let (map, map_before) = (project.map.expect("it stands"), before.map.expect("it stood"));
    assert!((map.lon_deg - map_before.lon_deg).abs() < 1e-9 && (map.zoom - map_before.zoom).abs() < 1e-9, "{map:?}");
    let catalog = &document.imagery.catalog;
    assert_eq!(catalog.entries().iter().filter(|id| catalog.is_hidden(**id)).count(), 1);
    assert_eq!(catalog.entries().iter().filter(|id| document.imagery.has_own_style(**id)).count(), 1);
    assert_eq!(document.targets.filter().text, "a");
    assert_eq!(document.targets.active(), 1);
    assert_eq!(document.targets.layers().iter().map(|layer| layer.source).collect::<Vec<_>>(), [0]);
    assert_eq!(document.targets.colors_by_name().get("dam"), Some(&ClassColor { red: 1, green: 2, blue: 3 }));
    assert_eq!(document.plots.list().last().map(|plot| plot.settings.spec.title.as_str()), Some("Mine"));
    assert_eq!(document.pins.len(), 1);
}

#[test]
fn a_saved_project_brings_everything_back_after_its_folder_was_moved() {
    let (folder, images) = sample_copy();
    let [settings, other_settings] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    set_everything(&mut window);
    give(&mut window, vec![Command::SaveProjectTo(folder.path().join("survey"))]);
    until(&mut window, "it has a name", |app| app.document().name.title().as_deref() == Some("survey"));
    let before = app(&window).project();
    drop(window);

    let moved = tempfile::tempdir().expect("a temporary folder");
    let new = moved.path().join("new");
    fs::rename(folder.path(), &new).expect("moved");
    let mut again = open(other_settings.path(), &[new.join("survey.cogscope")]);
    until_loaded(&mut again);
    let old_text = folder.path().to_string_lossy().into_owned();
    let text = serde_json::to_string(&before).expect("JSON").replace(&old_text, &new.to_string_lossy());
    assert_everything(&again, &serde_json::from_str(&text).expect("a project"));
    until(&mut again, "nothing has changed since it was saved", |app| !app.document().name.is_unsaved);
    assert_eq!(app(&again).document().notices.as_text(), "");
}

#[test]
fn what_was_arranged_by_hand_comes_back() {
    let (_folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    let entry = |window: &Window, name: &str| {
        let catalog = &app(window).document().imagery.catalog;
        let found = catalog.entries().iter().find(|id| catalog.entry(**id).is_some_and(|entry| entry.name() == name));
        *found.expect("it is there")
    };
    let listed = |window: &Window| -> Vec<String> {
        let catalog = &app(window).document().imagery.catalog;
        catalog.entries().iter().filter_map(|id| Some(catalog.entry(*id)?.name().to_owned())).collect()
    };
    let pair = ["LC08_224077_20200518", "LC08_224078_20200518"].map(|name| entry(&window, name));
    give(&mut window, vec![Command::GroupEntries(pair.to_vec())]);
    let EntryId::Scene(scene) = app(&window).document().imagery.chosen.expect("the new scene") else {
        panic!("a scene")
    };
    let olinda = entry(&window, "LE07_olinda_6band");
    let band = app(&window).document().imagery.catalog.scene(scene).expect("it is there").bands.len() - 1;
    give(
        &mut window,
        vec![
            Command::NameBand { scene, band, name: "last".to_owned() },
            Command::MoveEntry { entry: olinda, place: ListPlace::Top },
            Command::ShowInOwnSystem(Some(olinda)),
        ],
    );
    let before = app(&window).project();
    assert_eq!(
        (before.arrangement.scenes.len(), listed(&window)),
        (1, names(["LE07_olinda_6band", "LC08_224077_20200518"]))
    );
    assert!(before.own_map.is_some());
    let session = settings.path().join("session.json");
    until(&mut window, "the session is kept", |_| {
        let kept =
            fs::read_to_string(&session).ok().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        kept.is_some_and(|kept| !kept["project"]["own_map"].is_null())
    });
    drop(window);

    let mut again = open(settings.path(), &[]);
    until_loaded(&mut again);
    assert_eq!(listed(&again), names(["LE07_olinda_6band", "LC08_224077_20200518"]));
    let project = app(&again).project();
    assert_eq!((project.arrangement, project.own_map), (before.arrangement, before.own_map));
    let imagery = &app(&again).document().imagery;
    assert!(imagery.own_map.is_some());
    let scenes: Vec<_> = imagery.catalog.entries().iter().filter_map(|id| imagery.catalog.entry(*id)).collect();
    let bands = scenes.iter().find_map(|entry| match entry {
        Entry::Scene(scene) => Some(scene.bands.iter().filter(|band| band.name == "last").count()),
        Entry::Image(_) => None,
    });
    assert_eq!(bands, Some(1));
}

fn names<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

#[test]
fn without_saving_anything_the_next_start_goes_on_where_this_one_ends() {
    let (_folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    set_everything(&mut window);
    let before = app(&window).project();
    let session = settings.path().join("session.json");
    until(&mut window, "the session is kept", |_| {
        fs::read_to_string(&session).is_ok_and(|text| text.contains("\"Mine\"") && text.contains("9.5"))
    });
    until(&mut window, "nothing is written any more", CogscopeApp::is_complete);
    drop(window);
    let mut again = open(settings.path(), &[]);
    until_loaded(&mut again);
    assert_everything(&again, &before);
    assert_eq!(app(&again).document().name.path, None);
}

#[test]
fn other_folders_keep_styles_and_queries_but_not_the_filter() {
    let (folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path(), &[images.clone()]);
    until_loaded(&mut window);
    set_everything(&mut window);
    window.state_mut().as_mut().map(|app| eframe::App::on_exit(app, None)).expect("the window has been drawn");
    drop(window);
    let again = open(settings.path(), &[folder.path().to_owned()]);
    let mut again = again;
    until_loaded(&mut again);
    let document = app(&again).document();
    assert!(document.targets.filter().is_empty());
    assert_eq!((document.project.styles.len(), document.project.queries.len()), (1, 1));
}

fn saved(window: &mut Window, folder: &Path) -> PathBuf {
    let path = folder.join("a.cogscope");
    give(window, vec![Command::SaveProjectTo(path.clone())]);
    until(window, "it is saved", |app| app.document().name.path.is_some());
    path
}

#[test]
fn changes_are_marked_and_asked_about_before_they_are_lost() {
    let (folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    let path = saved(&mut window, folder.path());
    assert!(window.query_by_role_and_label(Role::Button, "Save").is_none());
    give(&mut window, vec![Command::SaveQuery(SavedQuery { name: "q".to_owned(), sql: "SELECT 1".to_owned() })]);
    until(&mut window, "the change is marked", |app| app.document().name.is_unsaved);
    assert!(window.query_all_by_label_contains("a *").next().is_some());

    give(&mut window, vec![Command::NewProject]);
    assert!(window.query_all_by_label_contains("Save the changes to").next().is_some());
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(window.query_all_by_label_contains("Save the changes to").next().is_none());
    assert_eq!(app(&window).document().imagery.catalog.images().count(), 7, "everything is as it was");

    give(&mut window, vec![Command::NewProject]);
    click(&mut window, Role::Button, "Save");
    until(&mut window, "it is closed", |app| app.document().imagery.catalog.is_empty());
    assert!(fs::read_to_string(&path).expect("it is there").contains("SELECT 1"));
    assert_eq!(app(&window).document().name.path, None);

    give(&mut window, vec![Command::OpenPaths(vec![path.clone()])]);
    // The saved query of what is open now would be lost.
    click(&mut window, Role::Button, "Don't save");
    until_loaded(&mut window);
    give(&mut window, vec![Command::SaveQuery(SavedQuery { name: "r".to_owned(), sql: "SELECT 2".to_owned() })]);
    give(&mut window, vec![Command::NewProject]);
    click(&mut window, Role::Button, "Don't save");
    assert!(app(&window).document().imagery.catalog.is_empty());
    assert!(!fs::read_to_string(&path).expect("it is there").contains("SELECT 2"));
}

#[test]
fn a_key_saves_the_project_under_its_name() {
    let (folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    let path = saved(&mut window, folder.path());
    give(&mut window, vec![Command::SaveQuery(SavedQuery { name: "q".to_owned(), sql: "SELECT 1".to_owned() })]);
    until(&mut window, "the change is marked", |app| app.document().name.is_unsaved);
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    window.run_steps(2);
    until(&mut window, "it is saved", |app| !app.document().name.is_unsaved);
    assert!(fs::read_to_string(&path).expect("it is there").contains("SELECT 1"));
}

#[test]
fn a_project_of_a_later_version_changes_nothing_and_says_why() {
    let (folder, images) = sample_copy();
    let settings = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("later.cogscope");
    fs::write(&path, r#"{"format": "cogscope project", "version": 2}"#).expect("written");
    let mut window = open(settings.path(), &[images]);
    until_loaded(&mut window);
    give(&mut window, vec![Command::OpenPaths(vec![path])]);
    until(&mut window, "it is refused", |app| app.document().notices.as_text().contains("written by a newer cogscope"));
    let document = app(&window).document();
    assert_eq!((document.imagery.catalog.images().count(), &document.name.path), (7, &None));
}

#[test]
fn a_project_whose_files_have_gone_keeps_what_it_knows_of_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.cogscope");
    let template = SavedTemplate { name: "mine".to_owned(), text: "# Mine\n".to_owned() };
    let mut project = Project {
        sources: vec![folder.path().join("gone")],
        entries: vec![cogscope::document::SavedEntry {
            path: folder.path().join("gone/a.tif"),
            is_hidden: true,
            style: None,
        }],
        pins: vec![cogscope::document::SavedPin { lon_deg: 1.0, lat_deg: 2.0 }],
        table: TableSettings { hidden_columns: ["id".to_owned()].into(), sort: None },
        ..Project::default()
    };
    project.report.own_templates.push(template);
    project.report.template = "Mine".to_owned();
    save_project(&path, &project).expect("saved");
    let mut window = open(settings.path(), &[path.clone()]);
    until(&mut window, "it is told", |app| app.document().notices.as_text().contains("not there any more"));
    until(&mut window, "it is open", CogscopeApp::is_complete);
    assert_eq!(app(&window).project().content(), project.content());
    assert_eq!(app(&window).project().table, project.table);
    assert!(!app(&window).document().name.is_unsaved);
}
