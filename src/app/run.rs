//! Opening the window: graphics interfaces tried one after another, the window's size and title.

use super::{AppError, CogscopeApp, RendererChoice, WindowOptions, off_screen};
use crate::document::Settings;
use std::sync::{Arc, Mutex};

const DEFAULT_PIXELS: [u32; 2] = [1440, 900];
const LEAST_SIZE: [f32; 2] = [800.0, 520.0];

/// Opens the window and returns when it was closed.
pub fn run(options: &WindowOptions) -> Result<(), AppError> {
    let renderers: &[eframe::Renderer] = match options.renderer {
        RendererChoice::Auto => &[eframe::Renderer::Wgpu, eframe::Renderer::Glow],
        RendererChoice::Wgpu => &[eframe::Renderer::Wgpu],
        RendererChoice::Glow => &[eframe::Renderer::Glow],
    };
    if let Some(path) = options.screenshot.as_deref().filter(|_| !off_screen::has_display()) {
        return off_screen::take_screenshot(options, options.size.unwrap_or(DEFAULT_PIXELS), path);
    }
    let failure: Arc<Mutex<Option<AppError>>> = Arc::default();
    let mut tried = Vec::new();
    for renderer in renderers {
        let failure_of_app = Arc::clone(&failure);
        let creator: eframe::AppCreator<'_> =
            Box::new(move |creation| Ok(Box::new(CogscopeApp::new(&creation.egui_ctx, options, failure_of_app))));
        match eframe::run_native("cogscope", native_options(options, *renderer), creator) {
            Ok(()) => return failure.lock().map_or(Ok(()), |mut failure| failure.take().map_or(Ok(()), Err)),
            Err(error) => {
                tracing::info!(%error, ?renderer, "this graphics interface does not work");
                tried.push(format!("{renderer:?}: {}", without_source_places(&error.to_string())));
            }
        }
    }
    Err(AppError::NoWindow { tried: tried.join("; ") })
}

/// An error without the places in the sources of libraries (`/…/mod.rs:810: `) that some of them put into their words.
fn without_source_places(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains(".rs:"));
    words.collect::<Vec<_>>().join(" ")
}

fn native_options(options: &WindowOptions, renderer: eframe::Renderer) -> eframe::NativeOptions {
    let remembered = || {
        let path = Settings::path(options.config_folder.as_deref())?;
        Settings::load(&path).0.window_size
    };
    let in_points = |[width, height]: [u32; 2]| [width as f32, height as f32];
    let size = options.size.map(in_points).or_else(remembered).unwrap_or_else(|| in_points(DEFAULT_PIXELS));
    let viewport = egui::ViewportBuilder::default()
        .with_title("cogscope")
        .with_app_id("cogscope")
        .with_inner_size(size)
        .with_min_inner_size(LEAST_SIZE)
        .with_icon(super::icon::icon())
        .with_drag_and_drop(true);
    eframe::NativeOptions { viewport, renderer, centered: true, ..eframe::NativeOptions::default() }
}
