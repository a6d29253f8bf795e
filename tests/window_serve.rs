//! The switch of the loopback endpoint in the window.

#![cfg(feature = "window")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should say so")]

mod common;

use std::io::Write as _;
use std::net::SocketAddr;
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
