//! How long it takes to find and open the images of a large folder, and to keep them in a catalog.
//!
//! Makes a folder of small images of its own: `cargo bench --no-default-features --bench scan [-- NUMBER]`.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and what fails in it ends it")]

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use cogscope::library::{Catalog, ImageIds, ScanEvent, scan};

/// A classic little-endian TIFF file of 8 x 8 bytes in UTM zone 21 south.
fn small_image(east_m: f64, north_m: f64) -> Vec<u8> {
    const PIXELS: u32 = 64;
    let scale = [30.0, 30.0, 0.0_f64];
    let tie_point = [0.0, 0.0, 0.0, east_m, north_m, 0.0_f64];
    let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32721];
    let entries: u16 = 12;
    let pixels_at = 8 + 2 + u32::from(entries) * 12 + 4;
    let scale_at = pixels_at + PIXELS;
    let tie_point_at = scale_at + 24;
    let keys_at = tie_point_at + 48;
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(entries.to_le_bytes());
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    };
    for (tag, value) in [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, pixels_at), (277, 1), (278, 8)] {
        entry(tag, 4, 1, value);
    }
    entry(279, 4, 1, PIXELS);
    entry(33550, 12, 3, scale_at);
    entry(33922, 12, 6, tie_point_at);
    entry(34735, 3, 16, keys_at);
    file.extend([0; 4]);
    file.extend([7; PIXELS as usize]);
    file.extend(scale.iter().chain(&tie_point).flat_map(|number| number.to_le_bytes()));
    file.extend(keys.iter().flat_map(|key| key.to_le_bytes()));
    file
}

/// Four bands a scene, a hundred scenes a folder.
fn fill(folder: &Path, number: u32) {
    for at in 0..number {
        let (scene, band) = (at / 4, at % 4 + 2);
        let below = folder.join(format!("{:03}", scene / 100));
        std::fs::create_dir_all(&below).expect("a folder for the images");
        let (east_m, north_m) =
            (300_000.0 + f64::from(scene % 50) * 240.0, 7_000_000.0 + f64::from(scene / 50) * 240.0);
        let path = below.join(format!("LC08_{scene:06}_20200518_B{band}.tif"));
        std::fs::write(path, small_image(east_m, north_m)).expect("an image is written");
    }
}

fn main() {
    let number = std::env::args().filter_map(|argument| argument.parse().ok()).next_back().unwrap_or(10_000);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    fill(folder.path(), number);
    for round in ["first", "second"] {
        let start = Instant::now();
        let first = Mutex::new(None);
        let images = Mutex::new(Vec::new());
        let tell = |event: ScanEvent| {
            if let ScanEvent::Image(image) = event {
                first.lock().expect("no panic").get_or_insert_with(|| start.elapsed());
                images.lock().expect("no panic").push(*image);
            }
        };
        let summary = scan(&[folder.path().to_path_buf()], &ImageIds::default(), &|| false, &tell);
        let scanned = start.elapsed();
        let mut catalog = Catalog::new();
        let start = Instant::now();
        let mut slowest = Duration::ZERO;
        for image in images.into_inner().expect("no panic") {
            let before = Instant::now();
            catalog.add_image(image);
            slowest = slowest.max(before.elapsed());
        }
        let listed = start.elapsed();
        let first = first.into_inner().expect("no panic").unwrap_or_default();
        println!(
            "{round} round: {} images in {scanned:.2?} (the first after {first:.2?}); {} scenes listed in {listed:.2?}, the slowest in {slowest:.2?}",
            summary.opened,
            catalog.len()
        );
    }
}
