//! The loopback endpoint: what is open, over HTTP, for other programs of the same workstation and for nobody else.
//!
//! - [`Shelf`]: what is served at one moment, an immutable snapshot that can be swapped while the server runs;
//! - [`ServerHandle`]: the server on a thread of its own, bound to 127.0.0.1 and [`::1`](std::net::Ipv6Addr::LOCALHOST) only;
//! - `guard`: who may ask; it stands before every protocol, so that none of them has to think of it;
//! - `pool`: what reads pixels, at most as many at a time as there are cores, none for a client that has gone;
//! - `picture`: the layers of a request as one picture, by the same code as `cogscope render`;
//! - `wms`, `tiles`, `wmts`, `rest`, `stac`, `titiler`, `landing`: a module a protocol, each with a `routes()` that [`routes`] merges.
//!
//! Nothing that a request says becomes a path, a URL or SQL: layers are looked up by their opaque ids.

mod days;
mod endpoint;
mod error;
mod found;
mod guard;
mod image_format;
mod json;
mod landing;
mod layer;
mod look_words;
mod paging;
mod parameters;
mod patience;
mod picture;
mod pool;
mod reply;
mod resolution;
mod rest;
mod routes;
mod server;
mod shelf;
mod stac;
mod target_layer;
mod targets;
mod tiles;
mod titiler;
mod token;
mod wms;
mod wmts;
mod xml;

pub use error::ServeError;
pub use layer::{Layer, LayerKind, NamedLook};
pub use look_words::style_words;
pub use server::{Ending, Limits, ServeOptions, ServerHandle};
pub use shelf::{OnShelf, Shelf};
pub use target_layer::TargetLayer;
