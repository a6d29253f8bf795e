//! The window without a screen: the same panels drawn by wgpu into a texture, for `--screenshot` on a machine that has no
//! display. It needs a graphics or software adapter (Vulkan, DX12), but no window system.

use super::screenshot::{self, QUIET_FRAMES};
use super::{AppError, CogscopeApp, FailureSlot, WindowOptions};
use crate::diagnostics::LogFile;
use crate::render::RgbaImage;
use eframe::egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew, wgpu,
};
use egui::{Context, FullOutput, RawInput, Rect, TexturesDelta, pos2, vec2};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Between two frames that nothing is waiting for.
const FRAME_INTERVAL: Duration = Duration::from_millis(8);
/// A graphics card that takes longer than this has hung.
const GRAPHICS_PATIENCE: Duration = Duration::from_secs(10);
const BYTES_A_PIXEL: u32 = 4;

/// Whether there is a window system to open a window on.
pub fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Draws the window until everything visible has loaded, and writes it to `path` as PNG. `size` is in points, of which each
/// is one pixel.
pub fn take_screenshot(options: &WindowOptions, size: [u32; 2], path: &Path) -> Result<(), AppError> {
    let no_window = |error: String| AppError::NoWindow {
        tried: format!("off screen: {error}"),
        log: options.diagnostics.folder().map(LogFile::path),
    };
    let canvas = Canvas::new(size).map_err(no_window)?;
    let ctx = Context::default();
    let app_options = WindowOptions { screenshot: None, ..options.clone() };
    let mut app = CogscopeApp::new(&ctx, &app_options, FailureSlot::default());
    app.remember_nothing();
    let started = Instant::now();
    let mut quiet_frames = 0;
    loop {
        let mut output = frame(&ctx, &mut app, size, started.elapsed().as_secs_f64());
        canvas.take_textures(&mut output.textures_delta);
        quiet_frames = if app.is_complete() { quiet_frames + 1 } else { 0 };
        let late = started.elapsed() > screenshot::PATIENCE;
        if quiet_frames >= QUIET_FRAMES || late {
            if late {
                tracing::warn!("the screenshot is taken although not everything has loaded");
            }
            let picture = canvas.draw(&ctx, output).map_err(no_window)?;
            return screenshot::write(path, &picture)
                .map_err(|reason| AppError::Screenshot { path: path.to_owned(), reason });
        }
        std::thread::sleep(FRAME_INTERVAL);
    }
}

fn frame(ctx: &Context, app: &mut CogscopeApp, [width, height]: [u32; 2], time_s: f64) -> FullOutput {
    let screen_rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(width as f32, height as f32));
    let input = RawInput { screen_rect: Some(screen_rect), time: Some(time_s), focused: true, ..RawInput::default() };
    ctx.run_ui(input, |ui| {
        app.tick(ui.ctx());
        app.show(ui);
    })
}

/// What is drawn on instead of a window.
struct Canvas {
    graphics: RenderState,
    texture: wgpu::Texture,
    screen: ScreenDescriptor,
}

impl Canvas {
    fn new([width, height]: [u32; 2]) -> Result<Self, String> {
        let mut setup = WgpuSetupCreateNew::without_display_handle();
        // OpenGL needs a window system, and complains about its lack.
        setup.instance_descriptor.backends &= wgpu::Backends::PRIMARY;
        let setup = WgpuSetup::CreateNew(setup);
        let instance = pollster::block_on(setup.new_instance());
        let config = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
        let graphics = RenderState::create(&config, &instance, None, RendererOptions::default());
        let graphics = pollster::block_on(graphics).map_err(|error| error.to_string())?;
        let most = graphics.device.limits().max_texture_dimension_2d;
        if width == 0 || height == 0 || width > most || height > most {
            return Err(format!("{width}x{height} pixels; the graphics adapter draws 1 to {most} each way"));
        }
        let texture = graphics.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("window"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: graphics.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let screen = ScreenDescriptor { size_in_pixels: [width, height], pixels_per_point: 1.0 };
        Ok(Self { graphics, texture, screen })
    }

    fn take_textures(&self, delta: &mut TexturesDelta) {
        let mut renderer = self.graphics.renderer.write();
        for (id, images) in delta.set.drain() {
            for image in images {
                renderer.update_texture(&self.graphics.device, &self.graphics.queue, id, &image);
            }
        }
        for id in delta.free.drain() {
            renderer.free_texture(&id);
        }
    }

    fn draw(&self, ctx: &Context, output: FullOutput) -> Result<RgbaImage, String> {
        let RenderState { device, queue, .. } = &self.graphics;
        let mut renderer = self.graphics.renderer.write();
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let shapes = ctx.tessellate(output.shapes, self.screen.pixels_per_point);
        let buffers = renderer.update_buffers(device, queue, &mut encoder, &shapes, &self.screen);
        let view = self.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let attachment = wgpu::RenderPassColorAttachment {
            view: &view,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store },
            depth_slice: None,
        };
        let pass = wgpu::RenderPassDescriptor { color_attachments: &[Some(attachment)], ..Default::default() };
        renderer.render(&mut encoder.begin_render_pass(&pass).forget_lifetime(), &shapes, &self.screen);
        queue.submit(buffers.into_iter().chain([encoder.finish()]));
        self.read_back()
    }

    /// The texture's pixels. Rows in the buffer are padded to the alignment that copies need.
    fn read_back(&self) -> Result<RgbaImage, String> {
        let RenderState { device, queue, target_format, .. } = &self.graphics;
        let [width, height] = self.screen.size_in_pixels;
        let row_bytes = width * BYTES_A_PIXEL;
        let padded_row_bytes = row_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture of the window"),
            size: u64::from(padded_row_bytes) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(padded_row_bytes), rows_per_image: None };
        let into = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(self.texture.as_image_copy(), into, self.texture.size());
        let submission = queue.submit([encoder.finish()]);
        let (sender, mapped) = mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| drop(sender.send(result)));
        let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: Some(GRAPHICS_PATIENCE) };
        device.poll(wait).map_err(|error| error.to_string())?;
        mapped.recv().map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        let bytes = buffer.slice(..).get_mapped_range().map_err(|error| error.to_string())?;
        let (row_bytes, padded_row_bytes) = (row_bytes as usize, padded_row_bytes as usize);
        let rows = bytes.chunks_exact(padded_row_bytes).filter_map(|row| row.get(..row_bytes));
        let mut pixels: Vec<u8> = rows.flatten().copied().collect();
        if matches!(target_format, wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Bgra8UnormSrgb) {
            for pixel in pixels.chunks_exact_mut(BYTES_A_PIXEL as usize) {
                pixel.swap(0, 2);
            }
        }
        RgbaImage::new(width, height, pixels).map_err(|error| error.to_string())
    }
}
