//! How long a frame of the window takes with 100,000 targets on it while the map is panned, panels are scrolled and all targets are
//! filtered, sorted, selected and plotted: layout, shapes and tessellation, without the graphics card.
//!
//! `cargo bench --bench frame [-- TARGETS]`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and what fails in it ends it"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cogscope::app::{CogscopeApp, FailureSlot, WindowOptions};
use cogscope::targets::{SelectMode, TargetFilter};
use cogscope::ui::{Command, Pane};
use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, pos2,
    vec2,
};

const SIZE: egui::Vec2 = vec2(1920.0, 1080.0);
const FRAMES: usize = 240;

struct Window {
    ctx: Context,
    app: CogscopeApp,
    time_s: f64,
}

impl Window {
    /// Draws a frame; how long that took.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.time_s += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time_s),
            focused: true,
            events,
            ..RawInput::default()
        };
        let start = Instant::now();
        let mut output = self.ctx.run_ui(input, |ui| {
            self.app.tick(ui.ctx());
            self.app.show(ui);
        });
        let primitives = self.ctx.tessellate(std::mem::take(&mut output.shapes), 1.0);
        std::hint::black_box(primitives);
        let taken = start.elapsed();
        output.textures_delta.clear();
        taken
    }
}

impl Window {
    /// Draws frames with what `events` gives for each, and prints how long they took.
    fn measure(&mut self, name: &str, events: impl Fn(usize) -> Vec<Event>) {
        let mut times: Vec<Duration> = (1..=FRAMES).map(|frame| self.frame(events(frame))).collect();
        times.sort_unstable();
        let at = |part: f64| times.get((part * (times.len() - 1) as f64) as usize).copied().unwrap_or_default();
        println!("{name}: median {:.2?}, 95 % {:.2?}, longest {:.2?}", at(0.5), at(0.95), at(1.0));
    }

    /// Draws frames until all is done; prints how long that took, and the longest frame, which is how long the window stood.
    fn settle(&mut self, name: &str) {
        let (start, mut longest) = (Instant::now(), Duration::ZERO);
        for frame in 0.. {
            longest = longest.max(self.frame(Vec::new()));
            if frame > 3 && self.app.is_complete() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        println!("{name}: done after {:.2?}, longest frame {longest:.2?}", start.elapsed());
    }
}

fn button(at: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// Targets strewn over the sample scenes, in ten classes; the same at each run.
fn targets_csv(count: usize) -> String {
    let mut text = String::from("id,class,name,longitude,latitude,confidence\n");
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    for id in 0..count {
        let (lon, lat, confidence) = (-54.65 + 0.2 * next(), -25.65 + 0.35 * next(), next());
        writeln!(text, "{id},class {},target {id},{lon:.6},{lat:.6},{confidence:.3}", id % 10).expect("text grows");
    }
    text
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("many.csv"), targets_csv(count)).expect("written");
    let scenes = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/itaipu"));
    let options = WindowOptions {
        paths: vec![scenes, folder.path().to_owned()],
        config_folder: Some(folder.path().join("settings")),
        ..WindowOptions::default()
    };
    let ctx = Context::default();
    let app = CogscopeApp::new(&ctx, &options, FailureSlot::default());
    let mut window = Window { ctx, app, time_s: 0.0 };
    while !window.app.is_complete() || window.app.document().targets.shown().len() < count {
        window.frame(Vec::new());
        std::thread::sleep(Duration::from_millis(2));
    }
    println!("{} targets on the map at 1920 x 1080", window.app.document().targets.shown().len());
    let middle = pos2(SIZE.x / 2.0, SIZE.y / 2.0 - 100.0);
    for (name, step) in [("still", vec2(0.0, 0.0)), ("panned", vec2(1.5, 0.75))] {
        window.frame(vec![Event::PointerMoved(middle)]);
        window.frame(vec![button(middle, true)]);
        window.measure(name, |frame| {
            let there = if frame % 2 == 0 { frame as f32 } else { (FRAMES - frame) as f32 };
            vec![Event::PointerMoved(middle + step * there)]
        });
        window.frame(vec![button(middle, false)]);
    }
    panels(&mut window);
}

/// The panels below the map: each scrolled, and what is done with all targets at once.
fn panels(window: &mut Window) {
    let lower = pos2(SIZE.x / 2.0, SIZE.y - 120.0);
    let scroll = |frame: usize| {
        let by = if frame < FRAMES / 2 { -300.0 } else { 300.0 };
        let (unit, source, phase) = (MouseWheelUnit::Point, MouseWheelSource::Wheel, TouchPhase::Move);
        let (delta, modifiers) = (vec2(0.0, by), Modifiers::NONE);
        vec![Event::PointerMoved(lower), Event::MouseWheel { unit, source, delta, phase, modifiers }]
    };
    for (name, pane) in [("table", Pane::Table), ("chips", Pane::Chips)] {
        window.app.give(Command::ShowPane(pane));
        window.settle(&format!("{name} opened"));
        window.measure(&format!("{name} scrolled"), scroll);
    }
    window.app.give(Command::ShowPane(Pane::Table));
    window.settle("table again");
    // The head of the second column.
    let head = pos2(80.0, SIZE.y - 214.0);
    for name in ["table sorted by a text", "the other way round"] {
        window.frame(vec![Event::PointerMoved(head)]);
        window.frame(vec![button(head, true)]);
        window.frame(vec![button(head, false)]);
        window.settle(name);
    }
    println!("the table is sorted by {:?}", window.app.project().table.sort);
    window.app.give(Command::SetFilter(TargetFilter { text: "7".to_owned(), ..TargetFilter::default() }));
    window.settle("filtered by a text");
    window.app.give(Command::SetFilter(TargetFilter::default()));
    window.settle("filter dropped");
    let all = window.app.document().targets.shown().to_vec();
    window.app.give(Command::Select { mode: SelectMode::Replace, targets: all });
    window.settle("all selected");
    window.app.give(Command::ShowPane(Pane::Plots));
    window.settle("plots opened");
    window.measure("plots zoomed by the wheel", scroll);
}
