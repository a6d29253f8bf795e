//! Options of the window for one way to draw it: which adapter, and whether frames reach the screen.

use crate::document::Renderer;
use eframe::egui_wgpu::{RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew, wgpu};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the frames that did not reach the screen, though it was there to be drawn on.
#[derive(Debug, Default)]
pub struct SurfaceHealth {
    lost_frames: AtomicU64,
}

impl SurfaceHealth {
    /// Frames that were lost so far.
    pub fn lost_frames(&self) -> u64 {
        self.lost_frames.load(Ordering::Relaxed)
    }

    pub(super) fn lose_frame(&self) {
        self.lost_frames.fetch_add(1, Ordering::Relaxed);
    }
}

/// What eframe has to know for `renderer`.
pub fn native_options_for(renderer: Renderer, health: &Arc<SurfaceHealth>) -> eframe::NativeOptions {
    let options = eframe::NativeOptions::default();
    match renderer {
        Renderer::Glow => eframe::NativeOptions { renderer: eframe::Renderer::Glow, ..options },
        Renderer::Wgpu | Renderer::Software => eframe::NativeOptions {
            renderer: eframe::Renderer::Wgpu,
            wgpu_options: configuration(renderer == Renderer::Software, Arc::clone(health)),
            ..options
        },
    }
}

/// What a link of the chain really ended up with: without graphics hardware, that is a software adapter.
pub fn drawn_by(link: Renderer, state: &RenderState) -> Renderer {
    match state.adapter.get_info().device_type {
        wgpu::DeviceType::Cpu => Renderer::Software,
        _ => link,
    }
}

fn configuration(software_only: bool, health: Arc<SurfaceHealth>) -> WgpuConfiguration {
    let usual = WgpuConfiguration::default();
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    if wgpu::Backends::from_env().is_none() {
        // OpenGL is a link of the chain of its own; asking for it here as well costs time.
        setup.instance_descriptor.backends = wgpu::Backends::PRIMARY;
    }
    setup.native_adapter_selector = Some(Arc::new(move |adapters, surface| choose(adapters, surface, software_only)));
    let usual_action = Arc::clone(&usual.on_surface_status);
    WgpuConfiguration {
        wgpu_setup: WgpuSetup::CreateNew(setup),
        on_surface_status: Arc::new(move |status| {
            use wgpu::CurrentSurfaceTexture::{Lost, Timeout, Validation};
            if matches!(status, Lost | Timeout | Validation) {
                health.lose_frame();
            }
            usual_action(status)
        }),
        ..usual
    }
}

/// The adapter to draw with: the fastest kind first, in the order in which they are told. The error is for people.
fn choose(
    adapters: &[wgpu::Adapter],
    surface: Option<&wgpu::Surface<'_>>,
    software_only: bool,
) -> Result<wgpu::Adapter, String> {
    let kind = |adapter: &wgpu::Adapter| adapter.get_info().device_type;
    let is_wanted = |adapter: &&wgpu::Adapter| !software_only || kind(adapter) == wgpu::DeviceType::Cpu;
    let can_show = |adapter: &&wgpu::Adapter| surface.is_none_or(|surface| adapter.is_surface_supported(surface));
    let mut fitting: Vec<&wgpu::Adapter> = adapters.iter().filter(is_wanted).filter(can_show).collect();
    fitting.sort_by_key(|adapter| slowness(kind(adapter)));
    fitting.first().map(|adapter| (*adapter).clone()).ok_or_else(|| {
        let kind = if software_only { "software adapter" } else { "adapter" };
        if adapters.is_empty() {
            format!("there is no {kind} of Vulkan, Direct3D 12 or Metal")
        } else {
            let names: Vec<String> = adapters.iter().map(|adapter| adapter.get_info().name).collect();
            format!("no {kind} that can draw the window; there is {}", names.join(", "))
        }
    })
}

fn slowness(kind: wgpu::DeviceType) -> u8 {
    match kind {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}
