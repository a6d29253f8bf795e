//! The pictures that benchmarks read: COGs of 8,192 x 8,192 pixels with overviews, made here and written once.
//!
//! Content is noise of many wavelengths, sharp-edged parcels and a sensor's noise, so that it compresses about as imagery
//! does. Files are kept in `target/bench-data`; delete that folder to have them made anew.

#![allow(dead_code, reason = "each benchmark uses some of it")]

pub mod encode;
pub mod scene;
pub mod tiff;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::encode::Codec;
use self::scene::Level;
use self::tiff::{Band, CogFile, Place, WrittenLevel};

/// Columns and rows of a picture.
const SIDE: u32 = 8192;
/// Columns and rows of a tile, as GDAL's COG driver has them.
pub const TILE: u32 = 512;

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Reflectance of some bands, 16 bits.
    Reflectance { bands: usize },
    /// Colours of 8 bits.
    Colors { bands: usize },
    /// Heights in single precision.
    Heights,
}

/// A kind of picture; there is a file of it in each reference system.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    pub content: Content,
    pub codec: Codec,
}

/// All kinds.
pub const KINDS: [Kind; 5] = [
    Kind { name: "u16x3-deflate", content: Content::Reflectance { bands: 3 }, codec: Codec::Deflate },
    Kind { name: "u8x3-jpeg", content: Content::Colors { bands: 3 }, codec: Codec::Jpeg },
    Kind { name: "f32-deflate", content: Content::Heights, codec: Codec::Deflate },
    Kind { name: "u8x3-zstd", content: Content::Colors { bands: 3 }, codec: Codec::Zstd },
    Kind { name: "u8x3-lzw", content: Content::Colors { bands: 3 }, codec: Codec::Lzw },
];

/// Where pictures lie: over Thuringia, in UTM zone 32 north and in Web Mercator.
pub const PLACES: [Place; 2] = [
    Place { name: "utm", epsg: 32632, west: 600_000.0, north: 5_700_000.0, pixel_m: 10.0 },
    Place { name: "3857", epsg: 3857, west: 1_160_000.0, north: 6_700_000.0, pixel_m: 15.0 },
];

/// The folder of all files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data")
}

/// The file of a kind at a place.
pub fn path(kind: &Kind, place: &Place) -> PathBuf {
    folder().join(format!("{}-{}.tif", kind.name, place.name))
}

/// Makes those files that are not there yet.
pub fn make_all() -> std::io::Result<()> {
    std::fs::create_dir_all(folder())?;
    for kind in &KINDS {
        make(kind)?;
    }
    Ok(())
}

/// Makes the files of one kind that are not there yet.
pub fn make(kind: &Kind) -> std::io::Result<()> {
    std::fs::create_dir_all(folder())?;
    let missing: Vec<&Place> = PLACES.iter().filter(|place| !path(kind, place).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    match kind.content {
        Content::Reflectance { bands } => write(kind, Level::<u16>::reflectance(SIDE, bands), &missing),
        Content::Colors { bands } => write(kind, Level::<u8>::colors(SIDE, bands), &missing),
        Content::Heights => write(kind, Level::<f32>::heights(SIDE), &missing),
    }
}

fn write<T: scene::Sample>(kind: &Kind, full: Level<T>, places: &[&Place]) -> std::io::Result<()> {
    let samples = full.planes.len();
    let mut levels = Vec::new();
    let mut level = full;
    loop {
        levels.push(compressed(&level, kind.codec)?);
        if level.side <= TILE {
            break;
        }
        level = level.half();
    }
    let band = Band { bits: T::BITS, format: T::FORMAT, samples };
    for place in places {
        let file = CogFile { big: false, band, codec: kind.codec, place, levels: &levels };
        // A file that is half written is none.
        let (path, draft) = (path(kind, place), folder().join("draft.tif"));
        file.write(&draft)?;
        std::fs::rename(&draft, &path)?;
    }
    Ok(())
}

fn compressed<T: scene::Sample>(level: &Level<T>, codec: Codec) -> std::io::Result<WrittenLevel> {
    let across = level.side.div_ceil(TILE);
    let tile = |index: u32| {
        let bytes = encode::tile(level, index % across * TILE, index / across * TILE, TILE, codec)?;
        Ok((u64::from(index), bytes))
    };
    let blocks: Vec<(u64, Vec<u8>)> = (0..across * across).into_par_iter().map(tile).collect::<std::io::Result<_>>()?;
    Ok(WrittenLevel { side: level.side, tile: TILE, blocks })
}

/// A picture of one byte a pixel that would take 100 GB: some 400,000 tiles, of which only those around its middle are written,
/// on each level. `number` tells files apart, which lie side by side.
pub fn make_huge(number: u32) -> std::io::Result<PathBuf> {
    const HUGE_SIDE: u32 = 632 * TILE;
    /// Tiles that are written on a level, across and down.
    const WRITTEN: u32 = 6;
    let path = folder().join("huge").join(format!("huge-{number:03}.tif"));
    if path.exists() {
        return Ok(path);
    }
    std::fs::create_dir_all(folder().join("huge"))?;
    let content = Level::<u8>::colors(TILE * WRITTEN, 1);
    let mut side = HUGE_SIDE;
    let mut levels = Vec::new();
    loop {
        let across = side.div_ceil(TILE);
        let (count, first) = (WRITTEN.min(across), (across - WRITTEN.min(across)) / 2);
        let mut blocks = Vec::new();
        for row in 0..count {
            for col in 0..count {
                let bytes = encode::tile(&content, col * TILE, row * TILE, TILE, Codec::Deflate)?;
                blocks.push((u64::from(first + row) * u64::from(across) + u64::from(first + col), bytes));
            }
        }
        levels.push(WrittenLevel { side, tile: TILE, blocks });
        if side <= TILE {
            break;
        }
        side = side.div_ceil(2);
    }
    let pixel_m = 0.05;
    let (col, row) = (f64::from(number % 10), f64::from(number / 10));
    let extent_m = f64::from(HUGE_SIDE) * pixel_m;
    let west = 400_000.0 + col * extent_m;
    let place = Place { name: "huge", epsg: 32632, west, north: 5_700_000.0 - row * extent_m, pixel_m };
    let band = Band { bits: 8, format: 1, samples: 1 };
    let file = CogFile { big: true, band, codec: Codec::Deflate, place: &place, levels: &levels };
    let draft = folder().join("draft.tif");
    file.write(&draft)?;
    std::fs::rename(&draft, &path)?;
    Ok(path)
}

/// A folder of `count` COGs of 8,192 x 8,192 pixels with overviews, side by side in two zones, of which nothing but the directories
/// is written.
pub fn make_many(count: u32) -> std::io::Result<PathBuf> {
    let folder = folder().join(format!("many-{count}"));
    if folder.exists() {
        return Ok(folder);
    }
    let draft = self::folder().join("many-draft");
    let _ = std::fs::remove_dir_all(&draft);
    let sides = std::iter::successors(Some(SIDE), |side| (*side > TILE).then_some(side / 2));
    let levels: Vec<WrittenLevel> = sides.map(|side| WrittenLevel { side, tile: TILE, blocks: Vec::new() }).collect();
    let band = Band { bits: 16, format: 1, samples: 3 };
    for number in 0..count {
        let below = draft.join(format!("{:03}", number / 100));
        std::fs::create_dir_all(&below)?;
        let (col, row) = (f64::from(number % 100), f64::from(number / 100));
        let epsg = if number % 2 == 0 { 32632 } else { 32633 };
        let place =
            Place { name: "many", epsg, west: 300_000.0 + col * 4_000.0, north: 6e6 - row * 4_000.0, pixel_m: 0.5 };
        let file = CogFile { big: false, band, codec: Codec::Deflate, place: &place, levels: &levels };
        file.write(&below.join(format!("S2A_MSIL2A_20200518_{number:06}.tif")))?;
    }
    std::fs::rename(&draft, &folder)?;
    Ok(folder)
}
