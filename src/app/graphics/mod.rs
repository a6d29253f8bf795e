//! What draws the window: a chain of ways, of which the first that works is used and remembered. A way that fails is followed by the
//! next one in a process of its own, for neither window systems nor drivers can be relied on to start twice in one.

mod adapter;
mod chain;
mod marker;
mod start;

pub use adapter::{SurfaceHealth, drawn_by, native_options_for};
pub use chain::{Chain, Tried, relaunch};
pub use marker::Marker;
pub use start::{Course, Start};
