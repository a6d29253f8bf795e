//! Who may ask the loopback endpoint: every line of that list is a test, against a server that listens.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::io::{Read as _, Write as _};
use std::time::Duration;

use cogscope::serve::{Limits, ServeOptions};
use common::endpoint::{Endpoint, options, shelf};
use common::http::{connect, get, read_answer, send};
use common::sample;

fn endpoint() -> Endpoint {
    Endpoint::of(&[sample("olinda/LE07_olinda_6band.tif")])
}

/// Of the same image, with other limits.
fn limited(limits: Limits) -> Endpoint {
    let shelf = shelf(&[sample("olinda/LE07_olinda_6band.tif")]);
    Endpoint::start(ServeOptions { limits, ..options() }, shelf)
}

/// A request for a path with these lines of headers.
fn request(path: &str, headers: &[&str]) -> String {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")
}

const MAP: &str = "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&BBOX=-35,-8.1,-34.8,-7.9\
                   &FORMAT=image/png";

#[test]
fn it_listens_at_the_loopback_addresses_only() {
    let endpoint = endpoint();
    let port = endpoint.address.port();
    assert_eq!(endpoint.address.ip().to_string(), "127.0.0.1");
    // Any address of 127/8 is this machine's own on Linux: one that isn't listened at refuses.
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let own = format!("[::1]:{port}");
        let answer = send(own.parse().unwrap(), &request("/nothing", &[&format!("Host: {own}")]));
        assert_eq!(answer.status, 404);
    }
    endpoint.server.stop();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is free again");
    let again = Endpoint::start(ServeOptions { port, ..options() }, shelf(&[]));
    assert_eq!(again.address.port(), port);
}

#[test]
fn every_answer_says_what_a_browser_may_make_of_it() {
    let endpoint = endpoint();
    let refused = send(endpoint.address, &request("/wms", &["Host: evil.com"]));
    assert_eq!(refused.status, 403);
    for answer in [get(endpoint.address, "/wms"), get(endpoint.address, "/nothing"), refused] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{answer:?}");
    }
}

#[test]
fn the_host_has_to_be_this_machine_at_this_port() {
    let endpoint = endpoint();
    let port = endpoint.address.port();
    let status = |headers: &[&str]| send(endpoint.address, &request("/cogs", headers)).status;
    for own in ["localhost", "127.0.0.1", "[::1]"] {
        assert_eq!(status(&[&format!("Host: {own}:{port}")]), 200, "{own}");
    }
    for foreign in
        ["127.0.0.1.evil.com", "localhost@evil", "0.0.0.0", "evil.com", "127.0.0.2", "[::]", "localhost.evil.com"]
    {
        assert_eq!(status(&[&format!("Host: {foreign}:{port}")]), 403, "{foreign}");
    }
    assert_eq!(status(&["Host: localhost"]), 403, "without the port");
    assert_eq!(status(&[&format!("Host: localhost:{}", port ^ 1)]), 403, "another port");
    assert_eq!(status(&[]), 400, "without a host");
    let own = format!("Host: localhost:{port}");
    assert_eq!(status(&[&own, &own]), 400, "two hosts");
    assert_eq!(status(&[&own, "Host: evil.com"]), 400);
}

#[test]
fn a_foreign_web_page_is_refused_and_a_listed_one_is_named_and_never_all() {
    let listed = "https://maps.example.org".to_owned();
    let shelf = shelf(&[sample("olinda/LE07_olinda_6band.tif")]);
    let endpoint = Endpoint::start(ServeOptions { origins: vec![listed.clone()], ..options() }, shelf);
    let host = format!("Host: {}", endpoint.address);
    let ask = |origin: &str| send(endpoint.address, &request("/cogs", &[&host, &format!("Origin: {origin}")]));
    for origin in [listed.as_str(), &format!("http://{}", endpoint.address)] {
        let answer = ask(origin);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(origin)));
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    for origin in
        ["null", "*", "https://evil.com", "http://localhost:1", "https://maps.example.org.evil.com", "file://"]
    {
        let answer = ask(origin);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{origin}");
    }
}

#[test]
fn with_a_token_nothing_is_answered_without_it() {
    let shelf = shelf(&[sample("olinda/LE07_olinda_6band.tif")]);
    let endpoint = Endpoint::start(ServeOptions { needs_token: true, ..options() }, shelf);
    let url = endpoint.server.url().to_owned();
    let prefix = url.trim_end_matches('/').split(&endpoint.address.to_string()).nth(1).unwrap().to_owned();
    assert!(prefix.starts_with("/t/") && prefix.len() == 35, "{prefix}");
    assert_eq!(endpoint.get(&format!("{prefix}/cogs")).status, 200);
    let capabilities = endpoint.get(&format!("{prefix}/wms?REQUEST=GetCapabilities&SERVICE=WMS"));
    assert!(capabilities.text().contains(&format!("{prefix}/wms?")), "addresses in answers have it too");
    let last = if prefix.ends_with('0') { '1' } else { '0' };
    let nearly = format!("{}{last}", &prefix[..prefix.len() - 1]);
    for path in ["/", "/cogs", "/wms", "/t/", "/t/x/cogs", &format!("{nearly}/cogs"), &format!("{prefix}0/cogs")] {
        assert_eq!(endpoint.get(path).status, 403, "{path}");
    }
}

#[test]
fn only_reading_methods_are_understood() {
    let endpoint = endpoint();
    let status = |method: &str| {
        let head = format!(
            "{method} /cogs HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            endpoint.address
        );
        send(endpoint.address, &head)
    };
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"] {
        let answer = status(method);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
    assert_eq!(status("OPTIONS").status, 204);
    let head = status("HEAD");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn what_looks_for_files_finds_the_same_nothing_whether_they_exist_or_not() {
    let endpoint = endpoint();
    let missing = endpoint.get("/cogs/no-such-image");
    assert_eq!(missing.status, 404);
    let paths = [
        "/cogs/../Cargo.toml",
        "/cogs/..%2fCargo.toml",
        "/cogs/..%2F..%2Fetc%2Fpasswd",
        "/cogs/%2e%2e%2fCargo.toml",
        "/cogs/..%5cCargo.toml",
        "/cogs/C:",
        "/cogs/C%3A%5CWindows%5Cwin.ini",
        "/cogs/%5C%5C%3F%5CC%3A%5Cx",
        "/cogs/a%00.tif",
        "/cogs/file.tif:stream",
        "/cogs//etc/passwd",
        "/cogs/%252e%252e%252fCargo.toml",
        "/cogs/sample_data%2folinda%2fLE07_olinda_6band.tif",
        "/cogs/LE07_olinda_6band.tif",
        "/etc/passwd",
        "/tiles/..%2f/0/0/0.png",
        "/cogs/LE07_olinda_6band.tif/data",
    ];
    for path in paths {
        let answer = endpoint.get(path);
        assert_eq!((answer.status, &answer.body), (404, &missing.body), "{path}");
    }
    // Nothing that names a file or a URL is looked at.
    for layer in ["/etc/passwd", "http://127.0.0.1/x.tif", "sample_data/olinda/LE07_olinda_6band.tif", "..%2f"] {
        let answer =
            endpoint.get(&format!("{}&WIDTH=8&HEIGHT=8", MAP.replace("LAYERS=mosaic", &format!("LAYERS={layer}"))));
        assert!(answer.text().contains("LayerNotDefined"), "{layer}");
    }
}

#[test]
fn sizes_beyond_the_limit_are_refused_at_once() {
    let endpoint = endpoint();
    for (width, height) in
        [("4097", "1"), ("1", "4097"), ("2147483648", "2147483648"), ("18446744073709551616", "1"), ("-1", "1")]
    {
        let answer = endpoint.get(&format!("{MAP}&WIDTH={width}&HEIGHT={height}"));
        assert!(answer.text().contains("ServiceException"), "{width} x {height}");
    }
}

#[test]
fn headers_that_are_too_long_or_too_slow_end_the_connection() {
    let endpoint = limited(Limits { header_time: Duration::from_millis(200), ..Limits::default() });
    let padded = |bytes: usize| {
        let long = format!("X: {}", "a".repeat(bytes));
        send(endpoint.address, &request("/cogs", &[&format!("Host: {}", endpoint.address), &long])).status
    };
    assert_eq!((padded(15 << 10), padded((16 << 10) + 1)), (200, 431));
    let mut slow = connect(endpoint.address);
    slow.write_all(b"GET /cogs HTTP/1.1\r\nHost: ").unwrap();
    // The server ends the connection, whatever it says before.
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).starts_with("HTTP/1.1 200"));
    assert_eq!(get(endpoint.address, "/cogs").status, 200);
}

#[test]
fn connections_beyond_the_limit_wait_until_one_ends() {
    let endpoint = limited(Limits { connections: 2, header_time: Duration::from_secs(60), ..Limits::default() });
    let (first, second) = (connect(endpoint.address), connect(endpoint.address));
    let mut third = connect(endpoint.address);
    third.write_all(request("/cogs", &[&format!("Host: {}", endpoint.address)]).as_bytes()).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(third.peek(&mut [0]).is_err(), "it is not answered yet");
    drop(first);
    third.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    assert_eq!(read_answer(&mut third).status, 200);
    drop(second);
}
