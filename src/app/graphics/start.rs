//! The first seconds of a window: whether frames reach the screen, and when that is good enough to be remembered.

use super::{Marker, SurfaceHealth};
use crate::document::Renderer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A start that has lasted so long, with frames on the screen, went well.
const GOOD_AFTER: Duration = Duration::from_secs(10);
/// Frames that must have reached the screen.
const GOOD_FRAMES: u64 = 2;

/// How the start goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Ask again after this long.
    Wait(Duration),
    /// It went well.
    Good,
    /// Nothing reached the screen.
    NothingShown,
}

/// A start that is being watched.
#[derive(Debug)]
pub struct Start {
    link: Renderer,
    drawn_by: Renderer,
    health: Arc<SurfaceHealth>,
    shown: Arc<AtomicBool>,
    marker: Option<Marker>,
    since: Instant,
}

impl Start {
    /// A start with a link of the chain from now on. `shown` is set once frames have reached the screen.
    pub fn new(link: Renderer, health: Arc<SurfaceHealth>, shown: Arc<AtomicBool>, marker: Option<Marker>) -> Self {
        Self { link, drawn_by: link, health, shown, marker, since: Instant::now() }
    }

    /// It turned out what draws.
    pub fn set_drawn_by(&mut self, renderer: Renderer) {
        if renderer != self.drawn_by {
            self.drawn_by = renderer;
            if let Some(marker) = &mut self.marker {
                marker.add(renderer);
            }
        }
    }

    /// The link of the chain.
    pub fn link(&self) -> Renderer {
        self.link
    }

    /// What draws, which for the first link may be software.
    pub fn drawn_by(&self) -> Renderer {
        self.drawn_by
    }

    /// How it goes after `frames` frames were drawn.
    pub fn course(&self, frames: u64) -> Course {
        let reached = frames.saturating_sub(self.health.lost_frames());
        if reached >= GOOD_FRAMES {
            self.shown.store(true, Ordering::Release);
        }
        let left = GOOD_AFTER.saturating_sub(self.since.elapsed());
        match self.shown.load(Ordering::Acquire) {
            true if left.is_zero() => Course::Good,
            true => Course::Wait(left),
            false if left.is_zero() && self.health.lost_frames() > 0 => Course::NothingShown,
            // Frames that are lost are drawn again at once.
            false => Course::Wait(Duration::from_millis(50)),
        }
    }

    /// Whether the user has seen something of it.
    pub fn was_shown(&self) -> bool {
        self.shown.load(Ordering::Acquire)
    }

    /// Nothing more is to be watched.
    pub fn end(self) {
        if let Some(marker) = self.marker {
            marker.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(age: Duration, lost: u64) -> Start {
        let health = Arc::new(SurfaceHealth::default());
        for _ in 0..lost {
            health.lose_frame();
        }
        let mut start = Start::new(Renderer::Wgpu, health, Arc::default(), None);
        start.since = Instant::now().checked_sub(age).unwrap();
        start
    }

    #[test]
    fn ten_seconds_with_frames_on_the_screen_are_good() {
        assert!(matches!(start(Duration::from_secs(1), 0).course(9), Course::Wait(_)));
        assert_eq!(start(Duration::from_secs(11), 3).course(9), Course::Good);
    }

    #[test]
    fn frames_that_never_reach_the_screen_are_a_failure() {
        assert!(matches!(start(Duration::from_secs(1), 9).course(9), Course::Wait(_)));
        let start = start(Duration::from_secs(11), 9);
        assert_eq!(start.course(9), Course::NothingShown);
        assert!(!start.was_shown());
    }
}
