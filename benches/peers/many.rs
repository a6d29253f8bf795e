//! Many files: a folder catalogued, and the memory that panning over large ones takes.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cogscope::geo::{BoundingBox, MERCATOR_HALF_WORLD_M, TileCoord};
use cogscope::jobs::{JobEvent, Jobs, JobsConfig, LayerId, MapLayer, TileKey, TileResult, TileWant};
use cogscope::library::{Catalog, ImageIds, ScanEvent, scan};
use cogscope::raster::Resampling;
use cogscope::render::Painter;
use serde_json::{Value, json};

use super::tiles::{style, told};
use super::time::of_process;
use super::{Failure, number, text};

/// A catalog of all images of a folder.
fn catalog_of(folder: &str) -> Result<Catalog, Failure> {
    let images = Mutex::new(Vec::new());
    let tell = |event: ScanEvent| {
        if let (ScanEvent::Image(image), Ok(mut images)) = (event, images.lock()) {
            images.push(*image);
        }
    };
    scan(&[PathBuf::from(folder)], &ImageIds::default(), &|| false, &tell);
    let mut catalog = Catalog::new();
    for image in images.into_inner().map_err(|_| "a scan broke off")? {
        catalog.add_image(image);
    }
    Ok(catalog)
}

/// A folder read into a catalog: headers and outlines.
pub fn catalog(command: &Value) -> Result<Value, Failure> {
    let (catalog, took) = of_process(|| catalog_of(text(command, "folder")?))?;
    let catalog = catalog?;
    let outlines = catalog.images().filter(|image| !image.footprint_lon_lat.is_empty()).count();
    let mut answer = told(took);
    answer["images"] = catalog.images().count().into();
    answer["outlines"] = outlines.into();
    Ok(answer)
}

/// Moves a screen of 1920 x 1080 pixels over all images of a folder, at some zooms, waiting each time until all is drawn.
pub fn pan(command: &Value) -> Result<Value, Failure> {
    let catalog = catalog_of(text(command, "folder")?)?;
    let config = JobsConfig::default();
    let (wake, woken) = mpsc::channel();
    let wake = Mutex::new(wake);
    let jobs = Jobs::new(Arc::new(move || drop(wake.lock().map(|wake| wake.send(())))), config);
    let mut painter: Option<Arc<Painter>> = None;
    for image in catalog.images().take(1) {
        let source = cogscope::library::Source::Image(Arc::clone(image));
        painter = Some(Arc::new(style(&source, 1.0).painter(&source.color_source(None))?));
    }
    let painter = painter.ok_or("no images")?;
    let layer = MapLayer::of_catalog(LayerId(0), 1, &catalog, |_| Some((Arc::clone(&painter), Resampling::default())));
    let centers: Vec<BoundingBox> = layer.members.iter().filter_map(|member| member.source.bounds_mercator()).collect();
    jobs.set_layer(layer);
    let (mut pictures, mut empty, mut failed, mut screens) = (0, 0, 0, 0);
    let mut most = (0, 0);
    let mut answered: HashSet<TileKey> = HashSet::new();
    for zoom in number(command, "from")? as u8..=number(command, "to")? as u8 {
        for bounds in &centers {
            let wants: Vec<TileWant> =
                screen_around(bounds, zoom).into_iter().filter(|want| !answered.contains(&want.key)).collect();
            jobs.want_tiles(&wants);
            screens += 1;
            while !jobs.is_idle() {
                let _ = woken.recv_timeout(Duration::from_millis(20));
                for event in jobs.drain(Duration::from_millis(20)) {
                    let JobEvent::TileReady { key, result } = event else { continue };
                    answered.insert(key);
                    match result {
                        TileResult::Ready(_) => pictures += 1,
                        TileResult::Empty => empty += 1,
                        TileResult::Failed { .. } => failed += 1,
                    }
                }
            }
            let held = jobs.memory();
            most = (most.0.max(held.blocks), most.1.max(held.rasters));
        }
    }
    Ok(json!({
        "images": centers.len(), "screens": screens, "pictures": pictures, "empty": empty, "failed": failed,
        "blocks_bytes": most.0, "rasters_bytes": most.1, "decoded": jobs.block_cache().decoded(),
        "budget_bytes": config.block_cache_bytes + config.raster_cache_bytes, "peak_resident_bytes": peak_resident_bytes(),
    }))
}

fn screen_around(bounds: &BoundingBox, zoom: u8) -> Vec<TileWant> {
    let tile_m = 2.0 * MERCATOR_HALF_WORLD_M / f64::from(1_u32 << zoom);
    let number = |metres: f64| ((metres + MERCATOR_HALF_WORLD_M) / tile_m).floor() as i64;
    let center = bounds.center();
    let (x, y) = (number(center.x), number(-center.y));
    let mut wants = Vec::new();
    for (dx, dy) in (-2..=2).flat_map(|dy| (-4..=3).map(move |dx| (dx, dy))) {
        let (Ok(x), Ok(y)) = (u32::try_from(x + dx), u32::try_from(y + dy)) else { continue };
        if let Some(tile) = TileCoord::new(zoom, x, y) {
            let key = TileKey { layer: LayerId(0), generation: 1, tile, size: 256 };
            wants.push(TileWant { key, visible: true });
        }
    }
    wants
}

/// The most memory that the process has held at once, where the system tells.
fn peak_resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
