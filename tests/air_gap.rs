//! The program talks to nobody but the server of targets that the user named and who asks its own loopback endpoint: its system calls are
//! traced while it starts, opens a folder, shows targets, makes reports and serves. The window needs a display.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use common::http::{encoded, get};
use common::program::Running;
#[cfg(feature = "window")]
use common::program::{Place, has_display, wait_until};
use common::trace::{can_trace, strangers, traced, traced_process};
use common::{cogscope, sample};

/// Ends what a tracer runs as the system would, and waits for both.
fn end(tracer: &mut Running) {
    let process = traced_process(tracer.0.id()).expect("it runs");
    let told = Command::new("kill").args(["-TERM", &process.to_string()]).status().unwrap();
    assert!(told.success());
    tracer.end();
}

#[track_caller]
fn assert_no_stranger(file: &Path, allowed: &[SocketAddr]) -> String {
    let trace = std::fs::read_to_string(file).unwrap();
    let strangers = strangers(&trace, allowed);
    assert!(strangers.is_empty(), "{}", strangers.join("\n"));
    trace
}

#[test]
fn what_reaches_out_is_found_in_a_trace() {
    let server: SocketAddr = "10.0.0.5:5432".parse().unwrap();
    for right in [
        r"17 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3",
        r#"17 connect(3, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X0"}, 20) = 0"#,
        r"socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 9",
        r#"17 bind(9, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
        r#"17 bind(9, {sa_family=AF_INET6, sin6_port=htons(8), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#,
        r#"17 connect(9, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr("10.0.0.5")}, 16 <unfinished ...>"#,
        r"17 <... connect resumed>)             = -1 EINPROGRESS (Operation now in progress)",
        r#"17 sendto(9, ""..., 56, MSG_NOSIGNAL, NULL, 0) = 56"#,
        r"17 +++ exited with 0 +++",
        r"17 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=18} ---",
    ] {
        assert!(strangers(right, &[server]).is_empty(), "{right}");
    }
    for wrong in [
        r"17 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 3",
        r"17 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3",
        r"17 socket(AF_PACKET, SOCK_RAW, htons(0 /* ETH_P_??? */)) = 3",
        r#"17 bind(9, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0"#,
        r#"17 connect(9, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.0.5")}, 16) = 0"#,
        r#"17 connect(9, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr("10.0.0.6")}, 16) = 0"#,
        r#"17 connect(9, {sa_family=AF_INET6, sin6_port=htons(5432), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2a00::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#,
        r#"17 sendto(9, ""..., 40, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 40"#,
    ] {
        assert_eq!(strangers(wrong, &[server]), [wrong]);
    }
}

#[test]
fn a_name_that_is_looked_up_is_seen() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let query = cogscope(["query", "SELECT 1", "--db", "host=nowhere.invalid user=a dbname=b"]);
    let output = traced(&query, &file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found = strangers(&std::fs::read_to_string(&file).unwrap(), &[]);
    assert!(found.iter().any(|line| line.contains("SOCK_DGRAM") || line.contains("htons(53)")), "{found:?}");
}

#[test]
fn reports_and_pictures_are_made_without_a_connection() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name);
    let image = sample("olinda/LE07_olinda_6band.tif");
    let commands = [
        cogscope(["report", "image", "--db", "sample_data/targets.gpkg", "--images", "sample_data", "-o"]),
        cogscope(["info", "--json"]),
        cogscope(["tile", image.to_str().unwrap(), "9/205/267", "-o"]),
    ];
    for (mut command, last) in commands.into_iter().zip([out("a.html"), image.clone(), out("a.png")]) {
        let file = out("trace");
        let output = traced(command.arg(last), &file).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        let trace = assert_no_stranger(&file, &[]);
        assert!(!trace.contains("socket("), "{trace}");
    }
}

#[test]
fn serving_listens_at_this_machine_and_asks_nobody() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut serve = cogscope(["serve", "sample_data", "--db", "sample_data/targets.gpkg"]);
    serve.env("COGSCOPE_CONFIG_DIR", folder.path());
    let mut command = traced(&serve, &file);
    command.stdout(Stdio::piped());
    let mut running = Running::start(command);
    let mut url = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let authority = url.trim().trim_start_matches("http://").split('/').next().unwrap();
    let address: SocketAddr = authority.parse().unwrap();
    let map = "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&BBOX=-35,-8.1,-34.8,-7.9&WIDTH=64\
               &HEIGHT=64&FORMAT=image/png";
    let info = "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetCapabilities";
    for path in ["/", "/layers.json", info, map, "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"] {
        let answer = get(address, path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    }
    // What would have it fetch something, were it asked.
    let elsewhere = format!("/cog/info?url={}", encoded("http://10.9.8.7/a.tif"));
    assert!(get(address, &elsewhere).status >= 400);
    end(&mut running);
    let log = std::fs::read_to_string(folder.path().join("logs/cogscope.log")).unwrap();
    assert!(log.contains("serving images=3 has_secret_path=false") && log.contains("the server has ended"), "{log}");
    let trace = assert_no_stranger(&file, &[]);
    assert!(trace.contains(&format!("htons({})", address.port())) || trace.contains("sin_port=htons(0)"), "{trace}");
}

#[cfg(feature = "window")]
#[test]
fn the_window_opens_a_folder_and_talks_to_the_screen_only() {
    if !has_display() || !can_trace() {
        return;
    }
    let place = Place::new();
    let file = place.folder.path().join("trace");
    let mut running = Running::start(traced(&place.program(["--log", "debug", "sample_data"]), &file));
    wait_until("everything is drawn", || place.log().contains("view_complete"));
    end(&mut running);
    let trace = assert_no_stranger(&file, &[]);
    assert!(trace.contains("connect(") && trace.contains("sa_family=AF_UNIX"), "it is drawn on a screen");
}

/// Set for the process of this test that is traced.
const IS_TRACED: &str = "COGSCOPE_TEST_IS_TRACED";

#[cfg(feature = "window")]
#[test]
fn browsing_targets_and_a_report_and_the_endpoint_in_the_window_ask_nobody() {
    if std::env::var_os(IS_TRACED).is_some() {
        browse();
        return;
    }
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut this = Command::new(std::env::current_exe().unwrap());
    let name = "browsing_targets_and_a_report_and_the_endpoint_in_the_window_ask_nobody";
    this.args(["--exact", name, "--nocapture"]).env(IS_TRACED, "1");
    let output = traced(&this, &file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    // The test is its own client here: it may ask the endpoint that it has switched on.
    let served = told.lines().find_map(|line| line.split_once("served at ")?.1.trim().parse().ok()).expect("it served");
    let trace = assert_no_stranger(&file, &[served]);
    assert!(trace.contains("connect(") && trace.contains("bind("), "{trace}");
}

/// Opens the sample data, goes from target to target with every panel in front once, has a report made, and serves.
#[cfg(feature = "window")]
fn browse() {
    use cogscope::app::{CogscopeApp, WindowOptions};
    use cogscope::document::ServeWish;
    use cogscope::ui::{Command, Pane};
    use common::window::{app, until};

    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        paths: vec![sample("")],
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1280.0, 800.0]);
    until(&mut window, "targets are known", |app| !app.document().targets.shown().is_empty());
    for pane in Pane::ALL {
        for command in [Command::ShowPane(pane), Command::StepTarget { forward: true }] {
            window.state_mut().as_mut().unwrap().give(command);
            window.run_steps(2);
        }
        until(&mut window, "the panel is filled", CogscopeApp::is_complete);
    }
    until(&mut window, "a report is made", |app| app.report().is_some());
    let wish = ServeWish { port: 0, needs_token: false, origins: Vec::new() };
    window.state_mut().as_mut().unwrap().give(Command::StartServer(wish));
    until(&mut window, "it serves", |app| app.document().serving.url().is_some());
    let url = app(&window).document().serving.url().unwrap().to_owned();
    let authority = url.trim_start_matches("http://").split('/').next().unwrap();
    assert_eq!(get(authority.parse().unwrap(), "/layers.json").status, 200);
    println!("served at {authority}");
}

#[cfg(feature = "window")]
#[test]
fn the_window_connects_to_the_named_server_of_targets_and_to_no_other() {
    if !has_display() || !can_trace() {
        return;
    }
    let Some(database) = common::postgres::Database::create() else { return };
    database.execute(
        "CREATE TABLE found (id int PRIMARY KEY, class text, geom geometry(Point, 4326));
         INSERT INTO found VALUES (1, 'dam', 'SRID=4326;POINT(-54.5 -25.4)'); ANALYZE",
    );
    let place = Place::new();
    let file = place.folder.path().join("trace");
    let program = place.program(["--log", "debug", "--db", &database.settings(), "sample_data"]);
    let mut running = Running::start(traced(&program, &file));
    wait_until("everything is drawn", || place.log().contains("view_complete"));
    let session = place.folder.path().join("session.json");
    wait_until("the table is open", || std::fs::read_to_string(&session).is_ok_and(|text| text.contains("\"found\"")));
    end(&mut running);
    let value = |name: &str| {
        let settings = database.settings();
        settings.split_whitespace().find_map(|part| part.strip_prefix(name)).map(str::to_owned)
    };
    let server = format!("{}:{}", value("host=").unwrap(), value("port=").unwrap());
    let trace = assert_no_stranger(&file, &[server.parse().unwrap()]);
    assert!(trace.contains("sa_family=AF_INET,"), "it did connect");
}

/// What a page has a browser load: the values of the attributes and words of styles that do so, links to be clicked aside.
fn loaded(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["src=", "srcset=", "href=", "poster=", "data=", "url(", "@import", "fetch(", "import("] {
        for (at, _) in page.match_indices(start) {
            // Up to a tag's end; what stands after it is text.
            let tag = page[..at].rsplit('<').next().unwrap_or_default();
            let is_text = tag.contains('>') && start.ends_with('=');
            if is_text || (start == "href=" && tag.starts_with("a ")) {
                continue;
            }
            let value = page[at + start.len()..].trim_start_matches([' ', '"', '\'', '(', '`']);
            found.push(value.split(['"', '\'', ')', '>', ';', '`']).next().unwrap_or_default().to_owned());
        }
    }
    found
}

fn is_elsewhere(address: &str) -> bool {
    !address.starts_with("data:") && (address.contains("://") || address.starts_with("//"))
}

#[test]
fn what_a_page_loads_from_elsewhere_is_found() {
    for page in [
        r#"<img alt="" src="http://a.example/b.png">"#,
        "<script src='//a.example/b.js'></script>",
        r#"<link rel="stylesheet" href="https://a.example/b.css">"#,
        "<style>@import \"https://a.example/b.css\"; p { background: url(http://a.example/b.png) }</style>",
        "<script>fetch(`https://a.example/b`)</script>",
    ] {
        assert!(loaded(page).iter().any(|address| is_elsewhere(address)), "{page}: {:?}", loaded(page));
    }
    let page = r##"<a href="https://a.example/">a</a><img src="data:image/png;base64,AA=="><link href="page.css"><use href="#a">"##;
    assert!(!loaded(page).iter().any(|address| is_elsewhere(address)));
}

#[test]
fn pages_and_reports_load_nothing_from_elsewhere() {
    let endpoint = common::endpoint::Endpoint::of(&[sample("olinda/LE07_olinda_6band.tif")]);
    let landing = ["/", "/page.css", "/page.js", "/map.js"].map(|path| endpoint.get(path).text().to_owned());
    assert!(landing.iter().any(|page| loaded(page).len() > 1), "there is something to look at");
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.md");
    let picture =
        "# Own\n\n![spy](http://a.example/b.png) <img src=\"http://a.example/c.png\">\n\n[link](http://a.example/)\n";
    std::fs::write(&own, picture).unwrap();
    let mut pages = landing.to_vec();
    for (template, name) in [(own.to_str().unwrap(), "own.html"), ("class", "class.html"), ("class", "class.md")] {
        let file = folder.path().join(name);
        let output =
            cogscope(["report", template, "--db", "sample_data/targets.gpkg", "-o"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        pages.push(std::fs::read_to_string(&file).unwrap());
    }
    for page in pages {
        let elsewhere: Vec<String> = loaded(&page).into_iter().filter(|address| is_elsewhere(address)).collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
        let picture = page.split("![").skip(1).find(|rest| {
            rest.split_once("](")
                .is_some_and(|(_, address)| is_elsewhere(address.split(')').next().unwrap_or_default()))
        });
        assert!(picture.is_none(), "{picture:?}");
    }
}
