//! Opening the window: ways to draw it tried one after another, the window's size and title, and what is said when there is none.

use super::ending::end;
use super::graphics::{Chain, Marker, Start, SurfaceHealth, drawn_by, native_options_for, relaunch};
use super::{AppError, CogscopeApp, WindowOptions, dialogs, off_screen};
use crate::diagnostics::LogFile;
use crate::document::{NoticeLevel, Renderer, Settings};
use crate::jobs::panic_message;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const DEFAULT_PIXELS: [u32; 2] = [1440, 900];
const LEAST_SIZE: [f32; 2] = [800.0, 520.0];
/// A panic before this is put down to what draws the window, and the next way is tried.
const EARLY: Duration = Duration::from_secs(10);
/// A driver that has shown nothing by then hangs. Long enough for a slow disk and a busy processor.
const FIRST_FRAME_PATIENCE: Duration = Duration::from_secs(40);

/// Opens the window and returns when it was closed.
pub fn run(options: &WindowOptions) -> Result<(), AppError> {
    if let Some(path) = options.screenshot.as_deref().filter(|_| !off_screen::has_display()) {
        return off_screen::take_screenshot(options, options.size.unwrap_or(DEFAULT_PIXELS), path);
    }
    let result = open(options.clone());
    if let Err(error) = &result {
        tracing::info!("{error}");
        // A script that asks for a picture reads what stands on standard error.
        if options.screenshot.is_none() && off_screen::has_display() {
            dialogs::tell(&error.to_string());
        }
    }
    result
}

fn open(mut options: WindowOptions) -> Result<(), AppError> {
    let path = Settings::path(options.config_folder.as_deref());
    let kept = path.as_deref().map(Settings::load).unwrap_or_default();
    let mut settings = kept.value.unwrap_or_default();
    options.complaints.extend(kept.complaint.map(|text| (NoticeLevel::Warning, text)));
    // A picture of the window is no use of it that should be remembered.
    let path = path.filter(|_| options.screenshot.is_none());
    if let Some(path) = &path {
        note_crashes(path, &mut settings, &mut options, kept.may_be_replaced);
    }
    let order = options.renderer.map_or_else(|| settings.graphics.order(), |renderer| vec![renderer]);
    let mut chain = Chain::new(order, options.tried.clone());
    if let Some(last) = chain.tried().last() {
        let text = format!("The window could not be drawn by {}: {}", last.renderer.name(), last.reason);
        options.complaints.push((NoticeLevel::Info, text));
    }
    options.size = options
        .size
        .or_else(|| settings.window_size.map(|[width, height]| [whole_points(width), whole_points(height)]));
    options.ending.listen();
    while let Some(renderer) = chain.current() {
        let marker = path.as_deref().and_then(Path::parent).and_then(|folder| set_marker(folder, renderer));
        options.ending.removes(marker.as_ref().map(Marker::path));
        let reason = match open_with(&options, &chain, renderer, marker) {
            Ok(()) => return Ok(()),
            Err(Failure::Of(error)) => return Err(error),
            Err(Failure::Try(reason)) => reason,
        };
        tracing::info!(renderer = renderer.name(), reason, "this way to draw the window does not work");
        chain.fail(&reason);
        if chain.current().is_some() {
            match relaunch(&chain) {
                Ok(0) => return Ok(()),
                Ok(status) => end(status),
                Err(error) => tracing::warn!(%error, "no new process; trying in this one"),
            }
        }
    }
    let log = options.diagnostics.folder().map(LogFile::path);
    Err(AppError::NoWindow { tried: chain.failures(), log })
}

/// Takes in what starts that were cut off have left behind.
fn note_crashes(path: &Path, settings: &mut Settings, options: &mut WindowOptions, may_be_kept: bool) {
    let Some(folder) = path.parent() else { return };
    let crashed = Marker::take_left_behind(folder);
    let Some(last) = crashed.last() else { return };
    let text = format!(
        "The last start ended within seconds while the window was drawn by {}; another way to draw comes first now",
        last.name()
    );
    tracing::warn!("{text}");
    options.complaints.push((NoticeLevel::Warning, text));
    crashed.iter().for_each(|renderer| settings.graphics.crashed(*renderer));
    if may_be_kept && let Err(error) = settings.save(path) {
        tracing::warn!(%error, "settings not saved");
    }
}

fn set_marker(folder: &Path, renderer: Renderer) -> Option<Marker> {
    Marker::set(folder, renderer).inspect_err(|error| tracing::info!(%error, "the start leaves no mark")).ok()
}

/// Why there is no window now.
enum Failure {
    /// Another way to draw may help.
    Try(String),
    /// It would not.
    Of(AppError),
}

fn open_with(
    options: &WindowOptions,
    chain: &Chain,
    renderer: Renderer,
    marker: Option<Marker>,
) -> Result<(), Failure> {
    let began = Instant::now();
    let (failure, health, shown) =
        (Arc::<Mutex<Option<AppError>>>::default(), Arc::<SurfaceHealth>::default(), Arc::<AtomicBool>::default());
    let start = Arc::new(Mutex::new(Some(Start::new(renderer, Arc::clone(&health), Arc::clone(&shown), marker))));
    let (for_app, of_app) = (Arc::clone(&start), Arc::clone(&failure));
    let app_options = options.clone();
    let creator: eframe::AppCreator<'_> = Box::new(move |creation| {
        let graphics = describe(creation);
        let drawn_by = creation.wgpu_render_state.as_ref().map_or(renderer, |state| drawn_by(renderer, state));
        tracing::info!(renderer = drawn_by.name(), graphics, "the window is there");
        app_options.ending.closes(&creation.egui_ctx);
        app_options.diagnostics.set_graphics(&graphics);
        let mut app = CogscopeApp::new(&creation.egui_ctx, &app_options, of_app);
        if let Some(mut start) = for_app.lock().unwrap_or_else(PoisonError::into_inner).take() {
            start.set_drawn_by(drawn_by);
            app.watch_start(start, graphics);
        }
        Ok(Box::new(app))
    });
    let (_ends_the_watch, over) = channel();
    if chain.has_next() && options.screenshot.is_none() {
        watch_first_frame(chain.clone(), shown, over);
    }
    let native_options = native_options(options, native_options_for(renderer, &health));
    let ran = catch_unwind(AssertUnwindSafe(|| eframe::run_native("cogscope", native_options, creator)));
    // A start that failed in a way that is known here left no crash.
    if let Some(start) = start.lock().unwrap_or_else(PoisonError::into_inner).take() {
        start.end();
    }
    let told = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (ran, told) {
        (Ok(Ok(())), None) => Ok(()),
        (Ok(Ok(())), Some(AppError::NothingShown)) => Err(Failure::Try(AppError::NothingShown.to_string())),
        (Ok(Ok(())), Some(error)) => Err(Failure::Of(error)),
        (Ok(Err(error)), _) => Err(Failure::Try(without_source_places(&error.to_string()))),
        (Err(panic), _) if began.elapsed() < EARLY => {
            Err(Failure::Try(without_source_places(&panic_message(panic.as_ref()))))
        }
        (Err(panic), _) => {
            let report = options.diagnostics.last_report();
            Err(Failure::Of(AppError::Crashed { message: panic_message(panic.as_ref()), report }))
        }
    }
}

/// Goes on with the next way to draw if nothing is on the screen after a long time: a driver that hangs returns no error.
fn watch_first_frame(mut chain: Chain, shown: Arc<AtomicBool>, over: Receiver<()>) {
    let watch = move || {
        let hangs = over.recv_timeout(FIRST_FRAME_PATIENCE) == Err(RecvTimeoutError::Timeout);
        if !hangs || shown.load(Ordering::Acquire) {
            return;
        }
        let reason = format!("no frame within {} s", FIRST_FRAME_PATIENCE.as_secs());
        tracing::error!(renderer = chain.current().map(Renderer::name), reason, "going on with the next way to draw");
        chain.fail(&reason);
        match relaunch(&chain) {
            Ok(status) => end(status),
            Err(error) => tracing::error!(%error, "no new process"),
        }
    };
    if let Err(error) = std::thread::Builder::new().name("first-frame".to_owned()).spawn(watch) {
        tracing::warn!(%error, "nobody watches for the first frame");
    }
}

/// What draws, in words.
fn describe(creation: &eframe::CreationContext<'_>) -> String {
    use eframe::glow::HasContext as _;
    if let Some(state) = &creation.wgpu_render_state {
        let about = state.adapter.get_info();
        let driver = [about.driver, about.driver_info].join(" ");
        return format!("wgpu, {:?}, {} ({:?}) {}", about.backend, about.name, about.device_type, driver.trim());
    }
    let version = creation.gl.as_ref().map(|gl| gl.version());
    version.map_or_else(String::new, |v| format!("OpenGL {}.{} {}", v.major, v.minor, v.vendor_info))
}

/// An error in words for people: without the places in the sources of libraries (`/…/mod.rs:810: `) that some of them put into their words.
fn without_source_places(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains(".rs:"));
    let text = words.collect::<Vec<_>>().join(" ");
    // What wgpu says where no driver is installed for any of its interfaces.
    text.replace(
        "WGPU error: Failed to create surface for any enabled backend: {}",
        "there is no driver of Vulkan, Direct3D 12 or Metal",
    )
}

fn native_options(options: &WindowOptions, with_graphics: eframe::NativeOptions) -> eframe::NativeOptions {
    let [width, height] = options.size.unwrap_or(DEFAULT_PIXELS);
    let viewport = egui::ViewportBuilder::default()
        .with_title("cogscope")
        .with_app_id("cogscope")
        .with_inner_size([width as f32, height as f32])
        .with_min_inner_size(LEAST_SIZE)
        .with_icon(super::icon::icon())
        .with_drag_and_drop(true);
    eframe::NativeOptions { viewport, centered: true, ..with_graphics }
}

/// A side of a window as it was remembered, which may be nonsense.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bounds above it, NaN is 0")]
fn whole_points(side: f32) -> u32 {
    side.clamp(0.0, 16_384.0).round() as u32
}
