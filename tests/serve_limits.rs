//! What a client may take of the machine: work that nobody waits for ends, the queue is as long as it says, and who takes nothing of
//! an answer loses the connection.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cogscope::cog::BlockCache;
use cogscope::serve::{Limits, ServeOptions};
use common::endpoint::{Endpoint, options, shelf};
use common::http::{Answer, connect, read_answer};
use common::sample;
use common::vast::{BLOCKS, bbox, vast_image};

/// Longer than anything here takes on a loaded machine.
const LONG: Duration = Duration::from_secs(60);

/// A server of an image, every block of which the largest picture of it needs, and the count of those that were decoded.
struct Costly {
    endpoint: Endpoint,
    blocks: Arc<BlockCache>,
    _folder: tempfile::TempDir,
}

impl Costly {
    fn start(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = vast_image(folder.path());
        // So few are kept that each is decoded again.
        let blocks = Arc::new(BlockCache::new(1 << 20));
        let options = ServeOptions { limits, blocks: Arc::clone(&blocks), ..options() };
        Self { endpoint: Endpoint::start(options, shelf(&[file])), blocks, _folder: folder }
    }

    /// Asks for the picture and leaves the answer on the way.
    fn ask(&self) -> TcpStream {
        let path = format!(
            "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:3857&BBOX={}&FORMAT=image/png\
             &WIDTH=4096&HEIGHT=4096",
            bbox()
        );
        let mut stream = connect(self.endpoint.address);
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.endpoint.address);
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// Waits until blocks are decoded that were not when `before` were.
    #[track_caller]
    fn works_on_from(&self, before: u64) -> u64 {
        let deadline = Instant::now() + LONG;
        while self.blocks.decoded() < before + 200 {
            assert!(Instant::now() < deadline, "nothing is done: {} blocks", self.blocks.decoded());
            std::thread::sleep(Duration::from_millis(5));
        }
        self.blocks.decoded()
    }

    /// Waits until no block is decoded any more; how many were.
    #[track_caller]
    fn comes_to_rest(&self) -> u64 {
        let deadline = Instant::now() + LONG;
        loop {
            let before = self.blocks.decoded();
            std::thread::sleep(Duration::from_millis(500));
            if self.blocks.decoded() == before {
                return before;
            }
            assert!(Instant::now() < deadline, "it goes on and on: {} blocks", self.blocks.decoded());
        }
    }
}

/// What is answered within a short time, `None` if nothing is.
fn answered_soon(stream: &mut TcpStream) -> Option<Answer> {
    stream.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
    let is_there = stream.peek(&mut [0]).is_ok_and(|bytes| bytes > 0);
    stream.set_read_timeout(Some(LONG)).unwrap();
    is_there.then(|| read_answer(stream))
}

#[test]
fn a_client_that_hangs_up_stops_the_reading_of_one_large_image() {
    let costly = Costly::start(Limits::default());
    let client = costly.ask();
    costly.works_on_from(0);
    drop(client);
    let read = costly.comes_to_rest();
    assert!(read < BLOCKS / 2, "{read} of {BLOCKS} blocks were read for nobody");
    // The server is well: the next one is answered.
    assert_eq!(costly.endpoint.get("/cogs").status, 200);
}

#[test]
fn what_takes_longer_than_the_deadline_is_given_up_and_told() {
    let costly = Costly::start(Limits { deadline: Duration::from_millis(700), ..Limits::default() });
    let answer = read_answer(&mut costly.ask());
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert!(answer.text().contains("took too long"), "{}", answer.text());
    let read = costly.comes_to_rest();
    assert!(read < BLOCKS / 2, "{read} of {BLOCKS} blocks were read for nobody");
}

#[test]
fn a_full_queue_refuses_and_those_in_it_are_served_one_after_the_other() {
    let costly = Costly::start(Limits { at_once: 1, most_waiting: 2, deadline: LONG, ..Limits::default() });
    let first = costly.ask();
    costly.works_on_from(0);
    let mut second = costly.ask();
    assert_eq!(answered_soon(&mut second), None, "it waits");
    let mut third = costly.ask();
    assert_eq!(answered_soon(&mut third), None, "it waits too");
    let refused = read_answer(&mut costly.ask());
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(refused.text().contains("too many pictures"), "{}", refused.text());
    // What reads no pixels is answered all the same.
    assert_eq!(costly.endpoint.get("/cogs").status, 200);
    // One that waits hangs up: its place in the queue is free.
    drop(third);
    let mut fourth = costly.ask();
    assert_eq!(answered_soon(&mut fourth), None, "it waits in the place of the third");
    // The first hangs up: the second gets its turn.
    drop(first);
    std::thread::sleep(Duration::from_millis(300));
    costly.works_on_from(costly.blocks.decoded());
    drop((second, fourth));
    costly.comes_to_rest();
}

#[test]
fn the_sixty_fifth_that_waits_is_refused() {
    // As it is by default, but for more connections, so that so many can wait, and for a deadline that this machine can't meet.
    let default = Limits::default();
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!((default.at_once, default.most_waiting, default.connections), (cores, 64, 64));
    assert_eq!((default.header_bytes, default.header_time), (16 << 10, Duration::from_secs(5)));
    assert_eq!(default.deadline, Duration::from_secs(30));
    let costly = Costly::start(Limits { connections: 2 * (cores + 64), deadline: LONG, ..default });
    let mut clients: Vec<TcpStream> = (0..cores).map(|_| costly.ask()).collect();
    costly.works_on_from(0);
    clients.extend((0..64).map(|_| costly.ask()));
    for client in &mut clients {
        client.set_nonblocking(true).unwrap();
        assert!(client.peek(&mut [0]).is_err(), "all of them are being worked on or wait");
    }
    let begun = Instant::now();
    let refused = read_answer(&mut costly.ask());
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(refused.text().contains("too many pictures"), "{}", refused.text());
    assert!(begun.elapsed() < Duration::from_secs(5), "it is told at once, not after {:?}", begun.elapsed());
    assert!(clients.iter().all(|client| client.peek(&mut [0]).is_err()), "and the others wait on");
    // All hang up: nothing of them is made.
    let before = costly.blocks.decoded();
    drop(clients);
    let after = costly.comes_to_rest();
    assert!(after - before < BLOCKS, "{} blocks were read for nobody", after - before);
    assert_eq!(costly.endpoint.get("/cogs").status, 200);
}

#[test]
fn who_finds_all_64_connections_taken_is_told_to_come_again() {
    let header_time = Duration::from_secs(1);
    let costly = Costly::start(Limits { deadline: LONG, header_time, ..Limits::default() });
    let clients: Vec<TcpStream> = (0..64).map(|_| costly.ask()).collect();
    costly.works_on_from(0);
    let refused = costly.endpoint.get("/cogs");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(refused.text().contains("too many connections"), "{}", refused.text());
    assert_eq!(refused.header("connection"), Some("close"));
    let foreign = format!("GET /cogs HTTP/1.1\r\nHost: evil.com:{}\r\n\r\n", costly.endpoint.address.port());
    assert_eq!(common::http::send(costly.endpoint.address, &foreign).status, 403, "who may ask is looked at first");
    drop(clients);
    assert_eq!(costly.endpoint.get("/cogs").status, 200);
}

#[test]
fn a_client_that_says_nothing_gives_its_connection_to_the_next() {
    let limits = Limits { connections: 1, header_time: Duration::from_millis(500), ..Limits::default() };
    let file = sample("olinda/LE07_olinda_6band.tif");
    let endpoint = Endpoint::start(ServeOptions { limits, ..options() }, shelf(&[file]));
    let _silent = connect(endpoint.address);
    let deadline = Instant::now() + LONG;
    while endpoint.get("/cogs").status != 200 {
        assert!(Instant::now() < deadline, "it holds its connection for ever");
    }
}

/// The bytes of a file of 64 MiB, more than the system takes for a client that reads nothing.
fn long_file(folder: &std::path::Path) -> PathBuf {
    let file = folder.join("long.tif");
    std::fs::copy(sample("olinda/LE07_olinda_6band.tif"), &file).unwrap();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(64 << 20).unwrap();
    file
}

fn ask_for_bytes(endpoint: &Endpoint) -> TcpStream {
    let id = endpoint.get("/cogs").text().split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut stream = connect(endpoint.address);
    let head = format!("GET /cogs/{id}/data HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", endpoint.address);
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn a_client_that_takes_nothing_of_an_answer_loses_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { connections: 1, write_time: Duration::from_millis(500), ..Limits::default() };
    let endpoint = Endpoint::start(ServeOptions { limits, ..options() }, shelf(&[long_file(folder.path())]));
    let mut slow = ask_for_bytes(&endpoint);
    let mut start = [0; 64];
    slow.read_exact(&mut start).unwrap();
    assert!(start.starts_with(b"HTTP/1.1 200 OK"));
    // The only place is free again, though this client has neither read on nor hung up.
    assert_eq!(endpoint.get("/cogs").status, 200);
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(rest.len() < 64 << 20, "{} bytes", rest.len());
}

#[test]
fn a_client_that_takes_its_time_but_reads_on_gets_everything() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { write_time: Duration::from_millis(1500), ..Limits::default() };
    let endpoint = Endpoint::start(ServeOptions { limits, ..options() }, shelf(&[long_file(folder.path())]));
    let mut steady = ask_for_bytes(&endpoint);
    let (mut read, mut piece) = (0, vec![0; 4 << 20]);
    loop {
        match steady.read(&mut piece).unwrap() {
            0 => break,
            some => read += some,
        }
        if read % (16 << 20) < piece.len() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    assert!(read > 64 << 20, "{read} bytes");
}
