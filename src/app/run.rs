//! Opening the window: graphics interfaces tried one after another, the window's size and title.

use super::{AppError, CogscopeApp, RendererChoice, WindowOptions};
use crate::document::Settings;
use std::sync::{Arc, Mutex};

const DEFAULT_SIZE: [f32; 2] = [1440.0, 900.0];
const LEAST_SIZE: [f32; 2] = [800.0, 520.0];

/// Opens the window and returns when it was closed.
pub fn run(options: &WindowOptions) -> Result<(), AppError> {
    let renderers: &[eframe::Renderer] = match options.renderer {
        RendererChoice::Auto => &[eframe::Renderer::Wgpu, eframe::Renderer::Glow],
        RendererChoice::Wgpu => &[eframe::Renderer::Wgpu],
        RendererChoice::Glow => &[eframe::Renderer::Glow],
    };
    let failure: Arc<Mutex<Option<AppError>>> = Arc::default();
    let mut tried = Vec::new();
    for renderer in renderers {
        let failure_of_app = Arc::clone(&failure);
        let creator: eframe::AppCreator<'_> =
            Box::new(move |creation| Ok(Box::new(CogscopeApp::new(&creation.egui_ctx, options, failure_of_app))));
        match eframe::run_native("cogscope", native_options(options, *renderer), creator) {
            Ok(()) => return failure.lock().map_or(Ok(()), |mut failure| failure.take().map_or(Ok(()), Err)),
            Err(error) => {
                tracing::warn!(%error, ?renderer, "this graphics interface does not work");
                tried.push(format!("{renderer:?}: {error}"));
            }
        }
    }
    Err(AppError::NoWindow { tried: tried.join("; ") })
}

fn native_options(options: &WindowOptions, renderer: eframe::Renderer) -> eframe::NativeOptions {
    let remembered = || {
        let path = Settings::path(options.config_folder.as_deref())?;
        Settings::load(&path).0.window_size
    };
    let size =
        options.size.map(|[width, height]| [width as f32, height as f32]).or_else(remembered).unwrap_or(DEFAULT_SIZE);
    let viewport = egui::ViewportBuilder::default()
        .with_title("cogscope")
        .with_app_id("cogscope")
        .with_inner_size(size)
        .with_min_inner_size(LEAST_SIZE)
        .with_icon(super::icon::icon())
        .with_drag_and_drop(true);
    eframe::NativeOptions { viewport, renderer, centered: true, ..eframe::NativeOptions::default() }
}
