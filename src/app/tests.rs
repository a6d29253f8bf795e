//! A defect in any kind of job: the window goes on, says so, and the same job does its work the next time.

#[allow(dead_code, reason = "shared with the tests that see the window from outside")]
#[path = "../../tests/common/window.rs"]
mod window;

use super::*;
use crate::db::postgres::{ServerAddress, ServerLogin};
use crate::db::{Limits, Query, StoreAddress};
use crate::geo::LonLat;
use crate::jobs::{ServerJob, TableOfServer};
use crate::render::Style;
use crate::targets::{LonLatBox, TargetFilter};
use crate::ui::{Pane, TableToShow};
use window::{Window, app, until};

fn open_sample() -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        paths: vec![sample_data::find().unwrap()],
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    (window::window(options, [1280.0, 800.0]), settings)
}

fn give(window: &mut Window, command: Command) {
    window.state_mut().as_mut().unwrap().give(command);
    window.run_steps(2);
}

fn submit(window: &mut Window, job: Job) {
    window.state_mut().as_mut().unwrap().submit(job).unwrap();
}

fn server() -> ServerAddress {
    // Nobody listens there.
    ServerLogin::parse("host=127.0.0.1 port=9 user=a dbname=b connect_timeout=2").unwrap().address
}

fn table() -> TableOfServer {
    TableOfServer { address: server(), table: "\"broken table\"".to_owned(), mapping: None }
}

/// Breaks all work whose label starts so, brings it about, and waits until the user is told; then everything has to work again.
fn survives(window: &mut Window, label: &str, bring_about: impl FnOnce(&mut Window)) {
    window.state_mut().as_mut().unwrap().document.notices.clear();
    app(window).jobs.break_work(Some(label));
    bring_about(window);
    until(window, label, |app| {
        let mut told = app.document.notices.list().iter().filter(|notice| notice.text.starts_with(label));
        told.any(|notice| notice.text.contains("a defect of this program (on purpose)"))
    });
    app(window).jobs.break_work(None);
    until(window, "nothing is being done any more", |app| app.jobs.is_idle());
    let done = Job::task("After that", |_| Ok::<_, String>(7));
    let app_now = window.state_mut().as_mut().unwrap();
    app_now.submit_then(done, |app, result: Result<i32, String>| {
        app.document.notices.add(NoticeLevel::Info, format!("then {result:?}"), None);
    });
    until(window, "what comes next is done", |app| app.document.notices.as_text().contains("then Ok(7)"));
}

#[test]
fn a_panic_in_any_kind_of_job_is_a_notice_and_everything_goes_on() {
    let (mut window, _settings) = open_sample();
    let complete = |app: &CogscopeApp| {
        app.document.imagery.catalog.images().count() == 7
            && app.document.targets.sources().len() == 2
            && app.is_complete()
    };
    until(&mut window, "everything is on the screen", complete);
    let window = &mut window;
    let again = |window: &mut Window| give(window, Command::ReadAgain(None));
    survives(window, "Looking through", again);
    survives(window, "Thumbnail of", again);
    survives(window, "Drawing tile", again);
    survives(window, "Targets of targets", again);
    survives(window, "Statistics of", |window| give(window, Command::StretchToView));
    survives(window, "A chip of", |window| give(window, Command::ShowPane(Pane::Chips)));
    survives(window, "Values at a point", |window| {
        give(window, Command::Pin { position: LonLat::new(-54.5, -25.4).unwrap(), keep_others: true });
    });
    survives(window, "Query of", |window| {
        let address = StoreAddress::file(&sample_data::find().unwrap().join("targets.gpkg"));
        submit(window, Job::Query { address, query: Query::new("SELECT 1"), limits: Limits::default() });
    });
    survives(window, "Connecting to", |window| {
        let login = Box::new(ServerLogin { address: server(), password: None });
        give(window, Command::ConnectServer { login, keeps_password: false, shows: TableToShow::First });
    });
    survives(window, "Targets of \"broken table\"", |window| submit(window, Job::Server(ServerJob::Describe(table()))));
    survives(window, "Targets of \"broken table\"", |window| {
        let view = LonLatBox { west: 0.0, south: 0.0, east: 1.0, north: 1.0 };
        let filter = Box::new(TargetFilter::default());
        submit(window, Job::Server(ServerJob::Load { table: table(), view, filter, images: Vec::new() }));
    });
    // Tasks: one that is done by those who draw, and one that may take long and that the window waits for.
    survives(window, "Keeping the session", |window| {
        give(window, Command::FlyTo(MapPosition { lon_deg: -54.0, lat_deg: -25.0, zoom: 7.0 }));
    });
    survives(window, "Saving the project", |window| {
        let folder = tempfile::tempdir().unwrap();
        give(window, Command::SaveProjectTo(folder.path().join("a")));
    });

    // What was broken works now.
    let entry = app(window).document.imagery.catalog.entries()[0];
    let style = Box::new(Style { gamma: 1.3, ..app(window).document.imagery.style(entry).unwrap() });
    give(window, Command::SetStyle { scope: crate::document::StyleScope::Entry(entry), style });
    again(window);
    until(window, "everything is on the screen", complete);
    let text = app(window).document.notices.as_text();
    let told_after = text.rsplit("then Ok(7)").next().unwrap_or_default();
    assert!(!told_after.contains("defect"), "{text}");
    let session = Session::path(app(window).settings_path.as_deref().unwrap());
    until(window, "the session is kept", |_| std::fs::read_to_string(&session).is_ok_and(|text| text.contains("1.3")));
}
