//! How long the map takes for the sample data: statistics, tiles never drawn before, the same in another style.
//!
//! `cargo bench --no-default-features --bench tiles [-- FOLDER [ZOOM]]`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and what fails in it ends it"
)]

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cogscope::geo::{BoundingBox, MERCATOR_HALF_WORLD_M, TileCoord};
use cogscope::jobs::{Job, JobEvent, Jobs, JobsConfig, LayerId, MapLayer, StatisticsOf, TileKey, TileResult, TileWant};
use cogscope::library::{Catalog, Kind, Source};
use cogscope::render::{Painter, Style};

struct Bench {
    jobs: Jobs,
    woken: mpsc::Receiver<()>,
}

impl Bench {
    fn new() -> Self {
        let (wake, woken) = mpsc::channel();
        let wake = std::sync::Mutex::new(wake);
        let waker = move || drop(wake.lock().map(|wake| wake.send(())));
        Self { jobs: Jobs::new(Arc::new(waker), JobsConfig::default()), woken }
    }

    /// Hands every event to `take` until nothing waits or runs.
    fn until_idle(&self, mut take: impl FnMut(JobEvent)) -> Duration {
        let start = Instant::now();
        while !self.jobs.is_idle() {
            let _ = self.woken.recv_timeout(Duration::from_millis(1));
            self.jobs.drain(Duration::from_millis(4)).into_iter().for_each(&mut take);
        }
        start.elapsed()
    }
}

/// The tiles of a zoom that meet a box in EPSG:3857.
fn tiles(bounds: &BoundingBox, zoom: u8) -> Vec<TileCoord> {
    let tile_m = 2.0 * MERCATOR_HALF_WORLD_M / f64::from(1_u32 << zoom);
    let number = |metres: f64| ((metres + MERCATOR_HALF_WORLD_M) / tile_m).floor() as u32;
    let rows = number(-bounds.max_y())..=number(-bounds.min_y());
    let of_row = |y| (number(bounds.min_x())..=number(bounds.max_x())).filter_map(move |x| TileCoord::new(zoom, x, y));
    rows.flat_map(of_row).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let sample = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data/itaipu"));
    let folder = arguments.next().map_or(sample, PathBuf::from);
    let zoom = arguments.next().and_then(|zoom| zoom.parse().ok()).unwrap_or(13);
    let bench = Bench::new();
    let mut catalog = Catalog::new();
    bench.jobs.submit(Job::Scan { paths: vec![folder] });
    let scanned = bench.until_idle(|event| {
        if let JobEvent::ImageOpened { image, .. } = event {
            catalog.add_image(image);
        }
    });
    println!("scan: {} entries in {scanned:.2?}", catalog.len());
    let mut known: Vec<(Kind, Source, Option<Arc<cogscope::library::LayerStatistics>>)> = Vec::new();
    for (kind, _) in catalog.kinds() {
        let of_kind = |id: &&cogscope::library::EntryId| catalog.kind(**id) == Some(&kind);
        let sources = catalog.entries().iter().filter(of_kind).filter_map(|&id| Some(catalog.entry(id)?.source()));
        let sources: Vec<Source> = sources.collect();
        known.push((kind.clone(), sources[0].clone(), None));
        bench.jobs.submit(Job::Statistics(StatisticsOf { kind, sources, expression: None, area: None }));
    }
    let counted = bench.until_idle(|event| {
        if let JobEvent::StatisticsReady { of, result, .. } = event {
            let known = known.iter_mut().find(|(kind, ..)| *kind == of.kind);
            if let Some((.., statistics)) = known {
                *statistics = result.ok();
            }
        }
    });
    println!("statistics: {} kinds in {counted:.2?}", known.len());
    let Some(bounds) = catalog.bounds_mercator() else { return println!("nothing of it has a place on the map") };
    let tiles = tiles(&bounds, zoom);
    for (generation, (what, gamma)) in (1..).zip([("never drawn", 1.0), ("another style", 1.4)]) {
        let mut painters: Vec<(Kind, Arc<Painter>)> = Vec::new();
        for (kind, source, statistics) in &known {
            let style = Style { gamma, ..source.default_style() };
            let painter = style.painter(&source.color_source(statistics.as_deref())).expect("a default style fits");
            painters.push((kind.clone(), Arc::new(painter)));
        }
        let look = |kind: &Kind| {
            let painter = painters.iter().find(|(known, _)| known == kind).map(|(_, painter)| Arc::clone(painter));
            Some((painter?, cogscope::warp::Resampling::default()))
        };
        let start = Instant::now();
        let layer = MapLayer::of_catalog(LayerId(0), generation, &catalog, look);
        println!("layer: {} members in {:.2?}", layer.members.len(), start.elapsed());
        bench.jobs.set_layer(layer);
        let key = |&tile| TileKey { layer: LayerId(0), generation, tile, size: 256 };
        let wants: Vec<TileWant> = tiles.iter().map(|tile| TileWant { key: key(tile), visible: true }).collect();
        bench.jobs.want_tiles(&wants);
        let (mut pictures, mut failed, mut first) = (0, 0, None);
        let drawn = bench.until_idle(|event| match event {
            JobEvent::TileReady { result: TileResult::Ready(_), .. } => {
                pictures += 1;
                first.get_or_insert_with(|| start.elapsed());
            }
            JobEvent::TileReady { result: TileResult::Failed { .. }, .. } => failed += 1,
            _ => {}
        });
        let first = first.unwrap_or_default();
        println!(
            "tiles, {what}: {pictures} pictures and {failed} failures of {} in {drawn:.2?}, the first after {first:.2?}",
            tiles.len()
        );
    }
    println!("caches: {:?}", bench.jobs.memory());
}
