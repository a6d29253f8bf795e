//! Who may ask the loopback endpoint: every line of that list is a test, against a server that listens.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use common::endpoint::{Endpoint, options, shelf};
use common::http::{get, send};
use common::sample;

fn endpoint() -> Endpoint {
    Endpoint::of(&[sample("olinda/LE07_olinda_6band.tif")])
}

/// A request for a path with these lines of headers.
fn request(path: &str, headers: &[&str]) -> String {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")
}

#[test]
fn it_listens_at_the_loopback_addresses_only() {
    let endpoint = endpoint();
    let port = endpoint.address.port();
    assert_eq!(endpoint.address.ip().to_string(), "127.0.0.1");
    // Any address of 127/8 is this machine's own: one that isn't listened at refuses.
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let answer =
            send(format!("[::1]:{port}").parse().unwrap(), &request("/nothing", &[&format!("Host: [::1]:{port}")]));
        assert_eq!(answer.status, 404);
    }
    endpoint.server.stop();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is free again");
    let again = Endpoint::start(cogscope::serve::ServeOptions { port, ..options() }, shelf(&[]));
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
