//! The loopback endpoint in the test's own process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use cogscope::cog::BlockCache;
use cogscope::library::Opened;
use cogscope::serve::{Limits, OnShelf, ServeOptions, ServerHandle, Shelf};

use super::http::{self, Answer};

/// A server of some files, at a free port.
pub struct Endpoint {
    pub server: ServerHandle,
    pub address: SocketAddr,
}

/// How to serve in a test.
pub fn options() -> ServeOptions {
    ServeOptions {
        port: 0,
        needs_token: false,
        origins: Vec::new(),
        limits: Limits::default(),
        blocks: Arc::new(BlockCache::new(64 << 20)),
        ends_on_interrupt: false,
    }
}

/// What is served of files.
pub fn shelf(files: &[PathBuf]) -> Shelf {
    let opened = Opened::files(files, Err).unwrap();
    let entries = opened.order.iter().filter_map(|&id| opened.catalog.entry(id));
    let entries: Vec<OnShelf> = entries.map(|entry| OnShelf { entry, style: None }).collect();
    Shelf::new(&entries, &[], &rustc_hash::FxHashMap::default())
}

impl Endpoint {
    pub fn start(options: ServeOptions, shelf: Shelf) -> Self {
        let server = ServerHandle::start(options, shelf).unwrap();
        let authority = server.url().trim_start_matches("http://").split('/').next().unwrap().to_owned();
        Self { server, address: authority.parse().unwrap() }
    }

    /// Of files, without a token.
    pub fn of(files: &[PathBuf]) -> Self {
        Self::start(options(), shelf(files))
    }

    pub fn get(&self, path: &str) -> Answer {
        http::get(self.address, path)
    }
}
