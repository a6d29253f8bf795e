//! What the targets share: a file in memory's place, and TIFF files around the part that is to be tried.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::PathBuf;

use cogscope::cog::{BlockCache, Cog};
use cogscope::raster::PixelWindow;

/// Longest side of what is decoded of an image.
const SIDE: u32 = 128;

/// Opens bytes as a file named `image.tif`. The file is one of this process and is used again for each input.
pub fn open(bytes: &[u8]) -> Option<Cog> {
    let folder = std::env::var_os("FUZZ_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("cogscope-fuzz-{}.tif", std::process::id()));
    let mut file = File::options().create(true).write(true).truncate(true).open(&path).expect("a folder for a file");
    file.rewind().and_then(|()| file.write_all(bytes)).expect("room for a file");
    Cog::open(&path).ok()
}

/// Asks everything that can be asked without decoding.
pub fn describe(cog: &Cog) {
    let facts = cogscope::library::Facts::of(cog);
    assert_eq!(facts.width, cog.width());
}

/// Decodes the upper left corner of every level.
pub fn decode(cog: &Cog) {
    let cache = BlockCache::new(1 << 20);
    let bands: Vec<usize> = (0..cog.band_count().min(4)).collect();
    for (index, level) in cog.levels().iter().enumerate().take(4) {
        let is_small = u64::from(level.block_width) * u64::from(level.block_height) <= 1 << 20;
        let window = PixelWindow::new(0, 0, level.width.min(SIDE), level.height.min(SIDE));
        if let Some(window) = window.filter(|_| is_small && level.samples_per_pixel <= 16) {
            let _ = cog.read_window(index, window, &bands, &cache);
        }
    }
}

/// Number, type (2 text, 3 16 bits, 4 32 bits, 12 double) and the bytes of the values, little-endian.
pub type Tag = (u16, u16, Vec<u8>);

pub fn shorts(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A little-endian file with one directory: `data` at offset 8, the tags behind it.
pub fn file(tags: &mut Vec<Tag>, data: &[u8]) -> Vec<u8> {
    tags.sort_by_key(|(number, ..)| *number);
    let mut file = b"II*\0\0\0\0\0".to_vec();
    file.extend(data);
    file.resize(file.len().next_multiple_of(2), 0);
    let mut entries = Vec::new();
    for (number, kind, values) in &*tags {
        let width = match kind {
            3 => 2,
            4 => 4,
            12 => 8,
            _ => 1,
        };
        entries.extend([number.to_le_bytes(), kind.to_le_bytes()].concat());
        entries.extend(word(values.len() / width));
        let mut value = values.clone();
        if value.len() > 4 {
            let offset = word(file.len());
            file.extend(&value);
            file.resize(file.len().next_multiple_of(2), 0);
            value = offset.to_vec();
        }
        value.resize(4, 0);
        entries.extend(value);
    }
    let directory = word(file.len());
    file[4..8].copy_from_slice(&directory);
    file.extend(u16::try_from(tags.len()).expect("few tags").to_le_bytes());
    file.extend(entries);
    file.extend([0; 4]);
    file
}

pub fn word(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("small files").to_le_bytes()
}
