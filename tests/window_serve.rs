//! The switch of the loopback endpoint in the window.

#![cfg(feature = "window")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cogscope::app::{CogscopeApp, WindowOptions};
use cogscope::document::{ServeWish, Serving};
use cogscope::ui::Command;
use common::http::{Answer, get};
use common::sample;
use common::window::{Window, app, click, until, until_window};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

fn open() -> (Window, tempfile::TempDir) {
    let settings = tempfile::tempdir().unwrap();
    let options = WindowOptions {
        paths: vec![sample("")],
        config_folder: Some(settings.path().to_owned()),
        ..WindowOptions::default()
    };
    let mut window = common::window::window(options, [1280.0, 800.0]);
    until(&mut window, "the sample is open", CogscopeApp::is_complete);
    (window, settings)
}

/// Where the window serves.
fn address(window: &Window) -> Option<SocketAddr> {
    let url = app(window).document().serving.url()?;
    url.trim_start_matches("http://").split('/').next()?.parse().ok()
}

fn ask(window: &Window, path: &str) -> Answer {
    let prefix = app(window).document().serving.url().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
    get(address(window).unwrap(), &format!("/{prefix}{path}"))
}

fn give(window: &mut Window, command: Command) {
    window.state_mut().as_mut().unwrap().give(command);
    window.run_steps(3);
}

const WISH: ServeWish = ServeWish { port: 0, needs_token: true, origins: Vec::new() };

#[test]
fn what_is_open_is_served_while_the_switch_is_on() {
    let (mut window, _settings) = open();
    assert_eq!(app(&window).document().serving, Serving::Off);
    give(&mut window, Command::StartServer(WISH));
    let address = address(&window).expect("it listens");
    assert_eq!(get(address, "/wms?REQUEST=GetCapabilities").status, 403, "the token is needed");
    let count =
        |window: &Window| ask(window, "wms?REQUEST=GetCapabilities&SERVICE=WMS").text().matches("<Layer ").count();
    until_window(&mut window, "the shelf is full", |window| count(window) > 4);
    let all = count(&window);
    let map = ask(
        &window,
        "wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic,targets&STYLES=,&SRS=EPSG:4326\
                            &BBOX=-55,-26,-54,-25&WIDTH=64&HEIGHT=64&FORMAT=image/png",
    );
    assert_eq!(map.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&map.body));
    let folder = sample("olinda");
    give(&mut window, Command::CloseFolder(folder));
    until_window(&mut window, "the shelf follows", |window| count(window) < all);
    give(&mut window, Command::StopServer);
    assert_eq!(app(&window).document().serving, Serving::Off);
    until_window(&mut window, "the port is free", |_| std::net::TcpStream::connect(address).is_err());
}

#[test]
fn stopping_does_not_wait_for_slow_clients_and_the_next_start_gets_the_same_port() {
    let (mut window, _settings) = open();
    give(&mut window, Command::StartServer(ServeWish { needs_token: false, ..WISH }));
    let address = address(&window).expect("it listens");
    // A client in the middle of its request, whom the server gives some seconds at its end.
    let mut slow = std::net::TcpStream::connect(address).unwrap();
    slow.write_all(b"GET /cogs HTTP/1.1\r\nHost: ").unwrap();
    assert_eq!(get(address, "/cogs").status, 200);
    let begun = Instant::now();
    give(&mut window, Command::StopServer);
    give(&mut window, Command::StartServer(ServeWish { port: address.port(), needs_token: false, ..WISH }));
    until_window(&mut window, "it serves again", |window| self::address(window) == Some(address));
    assert!(begun.elapsed() < Duration::from_millis(1500), "the window stood still for {:?}", begun.elapsed());
    assert_eq!(get(address, "/cogs").status, 200);
}

#[test]
fn a_port_that_is_taken_is_told_in_the_form() {
    let (mut window, _settings) = open();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    click(&mut window, Role::Button, "Serve");
    give(&mut window, Command::StartServer(ServeWish { port, ..WISH }));
    let reason = format!("port {port} is taken by another program; choose another port");
    assert_eq!(app(&window).document().serving, Serving::Failed { reason: reason.clone() });
    window.get_by_label(&reason);
}

#[test]
fn the_switch_shows_its_state_and_addresses_to_copy() {
    let (mut window, _settings) = open();
    give(&mut window, Command::StartServer(WISH));
    click(&mut window, Role::Button, "Serving");
    for name in ["QGIS", "GDAL XML", "Leaflet", "curl"] {
        window.get_by_role_and_label(Role::Button, &format!("Copy for {name}"));
    }
    click(&mut window, Role::CheckBox, "Serve what is open");
    assert_eq!(app(&window).document().serving, Serving::Off);
}

/// How long each of 150 frames took, and of as many more as it takes until something holds; the shortest first.
fn frames(window: &mut Window, holds: impl Fn() -> bool) -> Vec<Duration> {
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut frames = Vec::new();
    while frames.len() < 150 || !holds() {
        assert!(Instant::now() < deadline, "it never holds");
        // The pointer goes over the map, so that every frame has something to do.
        window.hover_at(egui::pos2(if frames.len().is_multiple_of(2) { 500.0 } else { 600.0 }, 400.0));
        let begun = Instant::now();
        window.step();
        frames.push(begun.elapsed());
    }
    frames.sort_unstable();
    frames
}

/// Asks for a picture; whether it came. What is under way when the server stops has no answer.
fn is_given(address: SocketAddr, path: &str) -> std::io::Result<bool> {
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}

#[test]
fn the_window_stays_smooth_under_a_flood_of_requests() {
    let (mut window, _settings) = open();
    give(&mut window, Command::StartServer(ServeWish { needs_token: false, ..WISH }));
    let address = address(&window).expect("it listens");
    until_window(&mut window, "the shelf is full", |window| ask(window, "cogs").text().matches("\"id\"").count() > 4);
    let calm = frames(&mut window, || true);

    let (is_over, given) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..40)
        .map(|client| {
            let (is_over, given) = (Arc::clone(&is_over), Arc::clone(&given));
            std::thread::spawn(move || {
                for number in 0.. {
                    if is_over.load(Ordering::Acquire) {
                        return;
                    }
                    // Each a little elsewhere.
                    let west = -55.5 + f64::from((number * 40 + client) % 997) * 1e-3;
                    let map = format!(
                        "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&FORMAT=image/png\
                         &BBOX={west},-26.5,{},-25&WIDTH=600&HEIGHT=600",
                        west + 1.5
                    );
                    given.fetch_add(usize::from(is_given(address, &map).unwrap_or(false)), Ordering::AcqRel);
                }
            })
        })
        .collect();
    let count = || given.load(Ordering::Acquire);
    until_window(&mut window, "pictures come", |_| count() > 2);
    let before = count();
    let busy = frames(&mut window, || count() > before + 2);
    is_over.store(true, Ordering::Release);
    give(&mut window, Command::StopServer);
    for client in clients {
        client.join().unwrap();
    }
    let told =
        |frames: &[Duration]| (frames[frames.len() / 2], frames[frames.len() * 95 / 100], frames[frames.len() - 1]);
    let ((calm_median, ..), (median, most, longest)) = (told(&calm), told(&busy));
    println!(
        "frames: median {calm_median:?}, under the flood {median:?}, 95 % below {most:?}, the longest {longest:?}; \
         {} frames, {} pictures",
        busy.len(),
        count() - before
    );
    assert!(median < calm_median * 4 + Duration::from_millis(10), "{median:?} instead of {calm_median:?}");
    assert!(longest < Duration::from_millis(500), "a frame took {longest:?}");
}
